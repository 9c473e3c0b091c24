// Products with F32, F16 and BF16 weights.
#ifndef TK_GENERIC_MATMUL_FLOAT_H
#define TK_GENERIC_MATMUL_FLOAT_H

#include "tiles.h"

/// Elements that are summed before they are added to the result.
#define TK_FLOAT_RUN 256

/// `count` panels with `tokens` tokens, count * tokens at least four where possible: sums are
/// independent and hide each other's latency.
TK_INLINE void tk_float_direct(const uint8_t *panels, size_t panel_bytes, const float *x,
                               size_t stride, size_t k, float *out, size_t out_stride,
                               tk_element element, const int count, const int tokens) {
  tk_f32 sums[TK_MAX_TILE], run[TK_MAX_TILE];
  TK_UNROLL for (int i = 0; i < count * tokens; i++) sums[i] = tk_splat(0);
  for (size_t start = 0; start < k; start += TK_FLOAT_RUN) {
    const size_t end = start + TK_FLOAT_RUN < k ? start + TK_FLOAT_RUN : k;
    TK_UNROLL for (int i = 0; i < count * tokens; i++) run[i] = tk_splat(0);
    for (size_t i = start; i < end; i++) {
      TK_UNROLL for (int p = 0; p < count; p++) {
        const tk_f32 w = tk_load_floats(panels + p * panel_bytes, 16 * i, element);
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

/// Adds one run of a panel to the results of `tokens` tokens.
TK_INLINE void tk_float_tile(const float *weights, const float *x, size_t stride, size_t run,
                             float *out, size_t out_stride, bool first, const int tokens) {
  tk_f32 sums[TK_MAX_TILE];
  TK_UNROLL for (int t = 0; t < tokens; t++) sums[t] = tk_splat(0);
  for (size_t i = 0; i < run; i++) {
    const tk_f32 w = TK_LOAD(tk_f32, weights + 16 * i);
    TK_UNROLL for (int t = 0; t < tokens; t++)
      sums[t] = tk_fma(w, tk_splat(x[t * stride + i]), sums[t]);
  }
  TK_UNROLL for (int t = 0; t < tokens; t++) {
    float *result = out + t * out_stride;
    TK_STORE(result, (first ? tk_splat(0) : TK_LOAD(tk_f32, result)) + sums[t]);
  }
}

/// One run of a panel for all tokens, the weights as floats.
static void tk_float_run(const float *weights, const float *x, size_t stride, size_t run,
                         size_t tokens, float *out, size_t out_stride, bool first) {
#define TK_TILE(token, count)                                                                \
  tk_float_tile(weights, x + (token) * stride, stride, run, out + (token) * out_stride,      \
                out_stride, first, count)
  TK_FOR_TILES(tokens, TK_FLOAT_TOKENS, TK_TILE);
#undef TK_TILE
}

TK_INLINE void tk_matmul_float(const void *panels, size_t panel_count, const tk_activations *x,
                               size_t tokens, float *out, size_t out_stride, tk_element element) {
  const size_t k = x->k;
  const size_t panel_bytes = 16 * k * tk_element_bytes(element);
  const uint8_t *panel = panels;
  if (tokens <= 2 * TK_FLOAT_TOKENS) {
    tk_matmul_few(panel, panel_count, x, tokens, out, out_stride, element);
    return;
  }
  float unpacked[16 * TK_FLOAT_RUN] __attribute__((aligned(64)));
  for (size_t p = 0; p < panel_count; p++, panel += panel_bytes, out += 16) {
    for (size_t start = 0; start < k; start += TK_FLOAT_RUN) {
      const size_t run = k - start < TK_FLOAT_RUN ? k - start : TK_FLOAT_RUN;
      const float *weights = unpacked;
      if (element == TK_ELEMENT_F32) {
        weights = (const float *)panel + 16 * start;
      } else {
        for (size_t i = 0; i < run; i++)
          TK_STORE(unpacked + 16 * i, tk_load_floats(panel, 16 * (start + i), element));
      }
      tk_float_run(weights, x->values + start, x->values_stride, run, tokens, out, out_stride,
                   start == 0);
    }
  }
}

#define TK_MATMUL_FLOAT(name, element)                                                         \
  static TK_ALIGNED_SPILLS void tk_matmul_##name(const void *panels, size_t panel_count,        \
                                                 const tk_activations *x, size_t tokens,        \
                                                 float *out, size_t out_stride) {               \
    tk_matmul_float(panels, panel_count, x, tokens, out, out_stride, element);                 \
  }

TK_MATMUL_FLOAT(f32, TK_ELEMENT_F32)
TK_MATMUL_FLOAT(f16, TK_ELEMENT_F16)
TK_MATMUL_FLOAT(bf16, TK_ELEMENT_BF16)

#endif
