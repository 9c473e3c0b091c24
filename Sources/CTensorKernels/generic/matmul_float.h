// Products with F32 and F16 weights.
#ifndef TK_GENERIC_MATMUL_FLOAT_H
#define TK_GENERIC_MATMUL_FLOAT_H

#include "sweep.h"

/// `count` panels with `tokens` tokens, count * tokens at least four where possible: sums are
/// independent and hide each other's latency.
TK_INLINE void tk_float_direct(const uint8_t *panels, size_t panel_bytes, const float *x,
                               size_t stride, size_t k, float *out, size_t out_stride,
                               tk_element element, const int count, const int tokens) {
  tk_f32 sums[TK_MAX_TILE], run[TK_MAX_TILE];
  TK_UNROLL for (int i = 0; i < count * tokens; i++) sums[i] = tk_splat(0);
  for (size_t start = 0; start < k; start += TK_RUN) {
    const size_t end = start + TK_RUN < k ? start + TK_RUN : k;
    TK_UNROLL for (int i = 0; i < count * tokens; i++) run[i] = tk_splat(0);
    for (size_t i = start; i < end; i++) {
      TK_UNROLL for (int p = 0; p < count; p++) {
        const uint8_t *panel = panels + p * panel_bytes;
        if (element == TK_ELEMENT_F32 || i % 2 == 0)
          tk_ask_ahead(panel + 16 * i * tk_element_bytes(element), 64, count);
        const tk_f32 w = tk_load_floats(panel, 16 * i, element);
        TK_UNROLL for (int t = 0; t < tokens; t++)
          run[p * tokens + t] = tk_fma(w, tk_splat(x[t * stride + i]), run[p * tokens + t]);
      }
    }
    TK_UNROLL for (int i = 0; i < count * tokens; i++) sums[i] += run[i];
  }
  TK_UNROLL for (int p = 0; p < count; p++)
    TK_UNROLL for (int t = 0; t < tokens; t++)
      TK_STORE(out + t * out_stride + 16 * p, sums[p * tokens + t]);
}

/// A call with few tokens.
TK_INLINE void tk_matmul_few(const uint8_t *panel, size_t panel_count, const tk_activations *x,
                             size_t tokens, float *out, size_t out_stride, tk_element element) {
  const size_t bytes = 16 * x->k * tk_element_bytes(element);
#define TK_DIRECT(token, panels, n)                                                          \
  tk_float_direct(panel, bytes, x->values + (token) * x->values_stride, x->values_stride, x->k, \
                  out + (token) * out_stride, out_stride, element, panels, n)
  if (tokens == 1) {
    for (; panel_count >= 4; panel_count -= 4, panel += 4 * bytes, out += 64) TK_DIRECT(0, 4, 1);
    for (; panel_count >= 2; panel_count -= 2, panel += 2 * bytes, out += 32) TK_DIRECT(0, 2, 1);
  } else if (tokens == 2) {
    for (; panel_count >= 2; panel_count -= 2, panel += 2 * bytes, out += 32) TK_DIRECT(0, 2, 2);
  }
  for (; panel_count; panel_count--, panel += bytes, out += 16) {
#define TK_TILE(token, n) TK_DIRECT(token, 1, n)
    TK_FOR_TILES(tokens, TK_FLOAT_TOKENS, TK_TILE);
#undef TK_TILE
  }
#undef TK_DIRECT
}

TK_INLINE void tk_fill_floats(const tk_activations *x, size_t token, size_t run, void *row) {
  const size_t left = x->k - TK_RUN * run, count = left < TK_RUN ? left : TK_RUN;
  __builtin_memcpy(row, x->values + token * x->values_stride + TK_RUN * run, 4 * count);
}

/// Adds `count` columns of some panels times a tile of rows to the sums of these.
TK_INLINE void tk_float_tile(const float *const *weights, size_t count, const float *rows,
                             float *out, const int panels, const int tokens) {
  tk_f32 sums[2][TK_MAX_TILE];
#define TK_EACH TK_UNROLL for (int p = 0; p < panels; p++) TK_UNROLL for (int t = 0; t < tokens; t++)
  TK_EACH sums[p][t] = tk_splat(0);
  for (size_t i = 0; i < count; i++) {
    tk_f32 w[2];
    TK_UNROLL for (int p = 0; p < panels; p++) w[p] = TK_LOAD(tk_f32, weights[p] + 16 * i);
    TK_UNROLL for (int t = 0; t < tokens; t++) {
      const tk_f32 x = tk_splat(rows[TK_RUN * t + i]);
      TK_UNROLL for (int p = 0; p < panels; p++) sums[p][t] = tk_fma(w[p], x, sums[p][t]);
    }
  }
  TK_EACH {
    float *const place = out + p * TK_SUMS_STRIDE + 16 * t;
    TK_STORE(place, TK_LOAD(tk_f32, place) + sums[p][t]);
  }
#undef TK_EACH
}

static __attribute__((noinline)) TK_ALIGNED_SPILLS void tk_float_tiles(
    const float *const *weights, int panels, size_t count, const float *rows, size_t tokens,
    float *sums) {
#define TK_TILE(token, n) \
  tk_float_tile(weights, count, rows + TK_RUN * (token), sums + 16 * (token), 2, n)
  if (TK_TILE_PANELS > 1 && panels > 1) {
    TK_FOR_TILES(tokens, TK_PAIR_TILE, TK_TILE);
    return;
  }
#undef TK_TILE
#define TK_TILE(token, n) \
  tk_float_tile(weights, count, rows + TK_RUN * (token), sums + 16 * (token), 1, n)
  TK_FOR_TILES(tokens, TK_FLOAT_TOKENS, TK_TILE);
#undef TK_TILE
}

TK_INLINE void tk_run_floats(const tk_panels panels, size_t run, size_t k, const void *rows,
                             size_t tokens, float *sums, const tk_element element) {
  const size_t first = TK_RUN * run, count = k - first < TK_RUN ? k - first : TK_RUN;
  float unpacked[TK_TILE_PANELS][16 * TK_RUN] __attribute__((aligned(64)));
  const float *weights[TK_TILE_PANELS];
  for (int p = 0; p < panels.count; p++) {
    const uint8_t *panel = panels.first + p * panels.bytes;
    weights[p] = unpacked[p];
    if (element == TK_ELEMENT_F32) weights[p] = (const float *)panel + 16 * first;
    else
      for (size_t i = 0; i < count; i++)
        TK_STORE(unpacked[p] + 16 * i, tk_load_floats(panel, 16 * (first + i), element));
  }
  tk_float_tiles(weights, panels.count, count, rows, tokens, sums);
}

#define TK_MATMUL_FLOAT(name, element)                                                         \
  TK_INLINE void tk_fill_##name(const tk_activations *x, size_t token, size_t tokens,          \
                                size_t run, void *row) {                                       \
    (void)tokens;                                                                              \
    tk_fill_floats(x, token, run, row);                                                        \
  }                                                                                            \
  TK_INLINE void tk_run_##name(const tk_panels panels, size_t run, size_t k, const void *rows, \
                               size_t tokens, float *sums) {                                   \
    tk_run_floats(panels, run, k, rows, tokens, sums, element);                                 \
  }                                                                                            \
  static TK_ALIGNED_SPILLS void tk_matmul_##name(const void *panels, size_t panel_count,       \
                                                 const tk_activations *x, size_t tokens,       \
                                                 float *out, size_t out_stride) {              \
    if (tokens <= 2 * TK_FLOAT_TOKENS) {                                                       \
      tk_matmul_few(panels, panel_count, x, tokens, out, out_stride, element);                 \
      return;                                                                                  \
    }                                                                                          \
    const size_t panel_bytes = 16 * x->k * tk_element_bytes(element);                          \
    tk_visit((tk_sweep){panels, panel_count, panel_bytes, tokens, x, out, out_stride},         \
             4 * TK_RUN, 16 * TK_RUN * tk_element_bytes(element), tk_fill_##name,              \
             tk_run_##name);                                                                   \
  }                                                                                            \
  TK_ARRANGEMENT(name, 4 * TK_RUN)

TK_MATMUL_FLOAT(f32, TK_ELEMENT_F32)
TK_MATMUL_FLOAT(f16, TK_ELEMENT_F16)

#endif
