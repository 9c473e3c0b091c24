// Queries against cached keys, cached values against probabilities, and the cache's conversions.
#ifndef TK_GENERIC_ATTENTION_H
#define TK_GENERIC_ATTENTION_H

#include "vectors.h"

/// Scores of `tile` heads, which share the keys.
TK_INLINE void tk_scores_tile(const float *q, const void *keys, size_t dim, size_t count,
                              float scale, float *scores, size_t stride, tk_element element,
                              const int tile) {
  for (size_t j = 0; j < count; j++) {
    tk_f32 sums[4];
    TK_UNROLL for (int h = 0; h < tile; h++) sums[h] = tk_splat(0);
    for (size_t d = 0; d < dim; d += 16) {
      const tk_f32 key = tk_load_floats(keys, j * dim + d, element);
      TK_UNROLL for (int h = 0; h < tile; h++)
        sums[h] = tk_fma(TK_LOAD(tk_f32, q + h * dim + d), key, sums[h]);
    }
    TK_UNROLL for (int h = 0; h < tile; h++) scores[h * stride + j] = scale * tk_sum(sums[h]);
  }
}

TK_INLINE void tk_scores(const float *q, size_t heads, const void *keys, size_t dim, size_t count,
                         float scale, float *scores, size_t stride, tk_element element) {
  for (; heads >= 4; heads -= 4, q += 4 * dim, scores += 4 * stride)
    tk_scores_tile(q, keys, dim, count, scale, scores, stride, element, 4);
  for (; heads >= 2; heads -= 2, q += 2 * dim, scores += 2 * stride)
    tk_scores_tile(q, keys, dim, count, scale, scores, stride, element, 2);
  if (heads) tk_scores_tile(q, keys, dim, count, scale, scores, stride, element, 1);
}

/// 16 * width elements of the sums of `tile` heads, which share the values.
TK_INLINE void tk_mix_tile(const float *probabilities, size_t stride, const void *values,
                           size_t dim, size_t count, float *out, size_t start, tk_element element,
                           const int tile, const int width) {
  tk_f32 sums[4];
  TK_UNROLL for (int i = 0; i < tile * width; i++) sums[i] = tk_splat(0);
  for (size_t j = 0; j < count; j++) {
    TK_UNROLL for (int w = 0; w < width; w++) {
      const tk_f32 value = tk_load_floats(values, j * dim + start + 16 * (size_t)w, element);
      TK_UNROLL for (int h = 0; h < tile; h++)
        sums[h * width + w] =
            tk_fma(tk_splat(probabilities[h * stride + j]), value, sums[h * width + w]);
    }
  }
  TK_UNROLL for (int h = 0; h < tile; h++)
    TK_UNROLL for (int w = 0; w < width; w++)
      TK_STORE(out + h * dim + start + 16 * (size_t)w, sums[h * width + w]);
}

/// The sums of `tile` heads: `width` vectors at a time, then one.
TK_INLINE void tk_mix_heads(const float *probabilities, size_t stride, const void *values,
                            size_t dim, size_t count, float *out, tk_element element,
                            const int tile, const int width) {
  size_t start = 0;
  for (; start + 16 * (size_t)width <= dim; start += 16 * (size_t)width)
    tk_mix_tile(probabilities, stride, values, dim, count, out, start, element, tile, width);
  for (; start < dim; start += 16)
    tk_mix_tile(probabilities, stride, values, dim, count, out, start, element, tile, 1);
}

TK_INLINE void tk_mix(const float *probabilities, size_t stride, size_t heads, const void *values,
                      size_t dim, size_t count, float *out, tk_element element) {
  for (; heads >= 4; heads -= 4, probabilities += 4 * stride, out += 4 * dim)
    tk_mix_heads(probabilities, stride, values, dim, count, out, element, 4, 1);
  for (; heads >= 2; heads -= 2, probabilities += 2 * stride, out += 2 * dim)
    tk_mix_heads(probabilities, stride, values, dim, count, out, element, 2, 2);
  if (heads) tk_mix_heads(probabilities, stride, values, dim, count, out, element, 1, 4);
}

#define TK_ATTENTION(name, element)                                                              \
  static void tk_scores_##name(const float *q, size_t heads, const void *keys, size_t dim,       \
                               size_t count, float scale, float *scores, size_t stride) {        \
    tk_scores(q, heads, keys, dim, count, scale, scores, stride, element);                       \
  }                                                                                              \
  static void tk_mix_##name(const float *probabilities, size_t stride, size_t heads,             \
                            const void *values, size_t dim, size_t count, float *out) {          \
    tk_mix(probabilities, stride, heads, values, dim, count, out, element);                      \
  }

TK_ATTENTION(f32, TK_ELEMENT_F32)
TK_ATTENTION(f16, TK_ELEMENT_F16)
TK_ATTENTION(bf16, TK_ELEMENT_BF16)

static void tk_store_f32(const float *x, size_t n, void *out) {
  __builtin_memcpy(out, x, n * sizeof(float));
}

static void tk_store_f16(const float *x, size_t n, void *out) {
  uint16_t *halves = out;
  const size_t whole = n & ~(size_t)15;
  for (size_t i = 0; i < whole; i += 16) TK_STORE(halves + i, tk_to_f16(TK_LOAD(tk_f32, x + i)));
  if (whole < n) {
    const tk_f16x16 last = tk_to_f16(tk_load_part(x + whole, n - whole));
    __builtin_memcpy(halves + whole, &last, (n - whole) * sizeof(uint16_t));
  }
}

static void tk_store_bf16(const float *x, size_t n, void *out) {
  uint16_t *halves = out;
  const size_t whole = n & ~(size_t)15;
  for (size_t i = 0; i < whole; i += 16) TK_STORE(halves + i, tk_to_bf16(TK_LOAD(tk_f32, x + i)));
  if (whole < n) {
    const tk_u16x16 last = tk_to_bf16(tk_load_part(x + whole, n - whole));
    __builtin_memcpy(halves + whole, &last, (n - whole) * sizeof(uint16_t));
  }
}

#endif
