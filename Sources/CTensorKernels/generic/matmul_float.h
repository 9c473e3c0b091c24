// Products with F32, F16 and BF16 weights.
#ifndef TK_GENERIC_MATMUL_FLOAT_H
#define TK_GENERIC_MATMUL_FLOAT_H

#include "tiles.h"

/// Elements that are summed before they are added to the result.
#define TK_RUN 256

/// `count` panels with one token: the panels' sums are independent and hide each other's latency.
TK_INLINE void tk_float_vector(const uint8_t *panels, size_t panel_bytes, const float *x, size_t k,
                               float *out, tk_element element, const int count) {
  tk_f32 sums[4];
  TK_UNROLL for (int p = 0; p < count; p++) sums[p] = tk_splat(0);
  for (size_t start = 0; start < k; start += TK_RUN) {
    const size_t end = start + TK_RUN < k ? start + TK_RUN : k;
    tk_f32 run[4];
    TK_UNROLL for (int p = 0; p < count; p++) run[p] = tk_splat(0);
    for (size_t i = start; i < end; i++) {
      const tk_f32 value = tk_splat(x[i]);
      TK_UNROLL for (int p = 0; p < count; p++)
        run[p] = tk_fma(tk_load_floats(panels + p * panel_bytes, 16 * i, element), value, run[p]);
    }
    TK_UNROLL for (int p = 0; p < count; p++) sums[p] += run[p];
  }
  TK_UNROLL for (int p = 0; p < count; p++) TK_STORE(out + 16 * p, sums[p]);
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
  if (tokens == 1) {
    for (; panel_count >= 4; panel_count -= 4, panel += 4 * panel_bytes, out += 64)
      tk_float_vector(panel, panel_bytes, x->values, k, out, element, 4);
    for (; panel_count >= 2; panel_count -= 2, panel += 2 * panel_bytes, out += 32)
      tk_float_vector(panel, panel_bytes, x->values, k, out, element, 2);
    if (panel_count) tk_float_vector(panel, panel_bytes, x->values, k, out, element, 1);
    return;
  }
  float unpacked[16 * TK_RUN] __attribute__((aligned(64)));
  for (size_t p = 0; p < panel_count; p++, panel += panel_bytes, out += 16) {
    for (size_t start = 0; start < k; start += TK_RUN) {
      const size_t run = k - start < TK_RUN ? k - start : TK_RUN;
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
  static void tk_matmul_##name(const void *panels, size_t panel_count, const tk_activations *x, \
                               size_t tokens, float *out, size_t out_stride) {                 \
    tk_matmul_float(panels, panel_count, x, tokens, out, out_stride, element);                 \
  }

TK_MATMUL_FLOAT(f32, TK_ELEMENT_F32)
TK_MATMUL_FLOAT(f16, TK_ELEMENT_F16)
TK_MATMUL_FLOAT(bf16, TK_ELEMENT_BF16)

#endif
