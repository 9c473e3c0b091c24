// Products with BF16 weights, which are packed in pairs of k, as vdpbf16ps takes them: it multiplies pairs
// of bfloat16s and adds the products to a float, the second one first, with one rounding each. Sets
// without it compute the same with fma. It takes subnormal numbers for zeros; no sum is one, as no
// factor below 2^-56 is left.
#ifndef TK_GENERIC_MATMUL_BF16_H
#define TK_GENERIC_MATMUL_BF16_H

#include "sweep.h"

/// The bits of 2^-56.
#define TK_LEAST_BF16 0x2380

/// A run of a token, rounded. A set with the instruction has tk_dot_bf16(sum, w[16 rows][2], a[2]).
typedef struct {
#if defined(TK_HAS_DOT_BF16)
  uint16_t values[TK_RUN];
#else
  float values[TK_RUN];
#endif
} tk_bf16_row;

/// Adds a pair of k of sixteen rows times that of a token.
TK_INLINE tk_f32 tk_add_pair(tk_f32 sum, tk_u32 w, const tk_bf16_row *row, size_t pair) {
#if defined(TK_HAS_DOT_BF16)
  return tk_dot_bf16(sum, w, row->values + 2 * pair);
#else
  sum = tk_fma((tk_f32)(w & 0xffff0000), tk_splat(row->values[2 * pair + 1]), sum);
  return tk_fma((tk_f32)(w << 16), tk_splat(row->values[2 * pair]), sum);
#endif
}

/// Rounds sixteen floats; small ones become zeros.
TK_INLINE void tk_round_bf16(tk_bf16_row *row, size_t index, tk_f32 x) {
  const tk_u16x16 bits = tk_to_bf16(x);
  const tk_u16x16 kept = bits & (tk_u16x16)((bits & 0x7fff) >= TK_LEAST_BF16);
#if defined(TK_HAS_DOT_BF16)
  TK_STORE(row->values + index, kept);
#else
  TK_STORE(row->values + index, tk_from_bf16(&kept));
#endif
}

TK_INLINE size_t tk_bf16_panel_bytes(size_t k) { return 64 * ((k + 1) / 2); }

TK_INLINE void tk_fill_bf16(const tk_activations *x, size_t token, size_t tokens, size_t run,
                            void *row) {
  (void)tokens;
  const float *values = x->values + token * x->values_stride + TK_RUN * run;
  const size_t left = x->k - TK_RUN * run, count = left < TK_RUN ? left : TK_RUN;
  size_t i = 0;
  for (; i + 16 <= count; i += 16) tk_round_bf16(row, i, TK_LOAD(tk_f32, values + i));
  if (i < count) tk_round_bf16(row, i, tk_load_part(values + i, count - i));
}

/// `count` panels with `tokens` tokens, as tk_float_direct.
TK_INLINE void tk_bf16_direct(const uint8_t *panels, const tk_activations *x, size_t first,
                              float *out, size_t out_stride, const int count, const int tokens) {
  const size_t panel_bytes = tk_bf16_panel_bytes(x->k);
  tk_bf16_row rows[TK_MAX_TILE];
  tk_f32 sums[TK_MAX_TILE], run[TK_MAX_TILE];
  TK_UNROLL for (int i = 0; i < count * tokens; i++) sums[i] = tk_splat(0);
  for (size_t start = 0; start < x->k; start += TK_RUN, panels += 32 * TK_RUN) {
    const size_t left = x->k - start, pairs = left < TK_RUN ? (left + 1) / 2 : TK_RUN / 2;
    TK_UNROLL for (int t = 0; t < tokens; t++)
      tk_fill_bf16(x, first + (size_t)t, first + (size_t)tokens, start / TK_RUN, rows + t);
    TK_UNROLL for (int i = 0; i < count * tokens; i++) run[i] = tk_splat(0);
    for (size_t pair = 0; pair < pairs; pair++) {
      TK_UNROLL for (int p = 0; p < count; p++) {
        const uint8_t *place = panels + (size_t)p * panel_bytes + 64 * pair;
        tk_ask_ahead(place, 64, count);
        const tk_u32 w = TK_LOAD(tk_u32, place);
        TK_UNROLL for (int t = 0; t < tokens; t++)
          run[p * tokens + t] = tk_add_pair(run[p * tokens + t], w, rows + t, pair);
      }
    }
    TK_UNROLL for (int i = 0; i < count * tokens; i++) sums[i] += run[i];
  }
  TK_UNROLL for (int p = 0; p < count; p++)
    TK_UNROLL for (int t = 0; t < tokens; t++)
      TK_STORE(out + (first + (size_t)t) * out_stride + 16 * p, sums[p * tokens + t]);
}

/// A run of some panels for one tile of rows.
TK_INLINE void tk_bf16_tile(const tk_panels weights, size_t pairs, const tk_bf16_row *rows,
                            float *out, const int panels, const int tokens) {
  tk_f32 sums[2][TK_MAX_TILE];
#define TK_EACH TK_UNROLL for (int p = 0; p < panels; p++) TK_UNROLL for (int t = 0; t < tokens; t++)
  TK_EACH sums[p][t] = tk_splat(0);
  for (size_t pair = 0; pair < pairs; pair++) {
    tk_u32 w[2];
    TK_UNROLL for (int p = 0; p < panels; p++)
      w[p] = TK_LOAD(tk_u32, weights.first + (size_t)p * weights.bytes + 64 * pair);
    TK_UNROLL for (int t = 0; t < tokens; t++)
      TK_UNROLL for (int p = 0; p < panels; p++)
        sums[p][t] = tk_add_pair(sums[p][t], w[p], rows + t, pair);
  }
  TK_EACH {
    float *const place = out + p * TK_SUMS_STRIDE + 16 * t;
    TK_STORE(place, TK_LOAD(tk_f32, place) + sums[p][t]);
  }
#undef TK_EACH
}

TK_INLINE void tk_run_bf16(const tk_panels panels, size_t run, size_t k, const void *rows,
                           size_t tokens, float *sums) {
  const size_t left = k - TK_RUN * run, pairs = left < TK_RUN ? (left + 1) / 2 : TK_RUN / 2;
  const tk_panels weights = {panels.first + 32 * TK_RUN * run, panels.bytes, panels.count};
#define TK_TILE(token, n) \
  tk_bf16_tile(weights, pairs, (const tk_bf16_row *)rows + (token), sums + 16 * (token), 2, n)
  if (TK_TILE_PANELS > 1 && panels.count > 1) {
    TK_FOR_TILES(tokens, TK_PAIR_TILE, TK_TILE);
    return;
  }
#undef TK_TILE
#define TK_TILE(token, n) \
  tk_bf16_tile(weights, pairs, (const tk_bf16_row *)rows + (token), sums + 16 * (token), 1, n)
  TK_FOR_TILES(tokens, TK_FLOAT_TOKENS, TK_TILE);
#undef TK_TILE
}

static TK_ALIGNED_SPILLS void tk_matmul_bf16(const void *panels, size_t panel_count,
                                             const tk_activations *x, size_t tokens, float *out,
                                             size_t out_stride) {
  const size_t bytes = tk_bf16_panel_bytes(x->k);
  const uint8_t *panel = panels;
  if (tokens > 2 * TK_FLOAT_TOKENS) {
    tk_visit((tk_sweep){panels, panel_count, bytes, tokens, x, out, out_stride},
             sizeof(tk_bf16_row), 32 * TK_RUN, tk_fill_bf16, tk_run_bf16);
    return;
  }
  if (tokens == 1)
    for (; panel_count >= 4; panel_count -= 4, panel += 4 * bytes, out += 64)
      tk_bf16_direct(panel, x, 0, out, out_stride, 4, 1);
  else if (tokens <= 4)
    for (; panel_count >= 2; panel_count -= 2, panel += 2 * bytes, out += 32) {
#define TK_TILE(token, n) tk_bf16_direct(panel, x, token, out, out_stride, 2, n)
      TK_FOR_TILES(tokens, 4, TK_TILE);
#undef TK_TILE
    }
  for (; panel_count; panel_count--, panel += bytes, out += 16) {
#define TK_TILE(token, n) tk_bf16_direct(panel, x, token, out, out_stride, 1, n)
    TK_FOR_TILES(tokens, TK_FLOAT_TOKENS, TK_TILE);
#undef TK_TILE
  }
}

TK_ARRANGEMENT(bf16, sizeof(tk_bf16_row))

#endif
