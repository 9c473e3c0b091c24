// Operations on one row of activations.
#ifndef TK_GENERIC_ROWS_H
#define TK_GENERIC_ROWS_H

#include "vectors.h"

static void tk_rms_norm(const float *x, const float *weight, size_t n, float eps, float *out) {
  const size_t whole = n & ~(size_t)15;
  tk_f32 squares = tk_splat(0);
  for (size_t i = 0; i < whole; i += 16) {
    const tk_f32 v = TK_LOAD(tk_f32, x + i);
    squares = tk_fma(v, v, squares);
  }
  if (whole < n) {
    const tk_f32 v = tk_load_part(x + whole, n - whole);
    squares = tk_fma(v, v, squares);
  }
  const float factor = 1 / __builtin_elementwise_sqrt(tk_sum(squares) / (float)n + eps);
  const tk_f32 factors = tk_splat(factor);
  for (size_t i = 0; i < whole; i += 16) {
    tk_f32 v = TK_LOAD(tk_f32, x + i) * factors;
    if (weight) v *= TK_LOAD(tk_f32, weight + i);
    TK_STORE(out + i, v);
  }
  for (size_t i = whole; i < n; i++) {
    const float v = x[i] * factor;
    out[i] = weight ? v * weight[i] : v;
  }
}

static void tk_add(const float *a, const float *b, size_t n, float *out) {
  size_t i = 0;
  for (; i + 16 <= n; i += 16)
    TK_STORE(out + i, TK_LOAD(tk_f32, a + i) + TK_LOAD(tk_f32, b + i));
  for (; i < n; i++) out[i] = a[i] + b[i];
}

static void tk_multiply(const float *a, const float *b, size_t n, float *out) {
  size_t i = 0;
  for (; i + 16 <= n; i += 16)
    TK_STORE(out + i, TK_LOAD(tk_f32, a + i) * TK_LOAD(tk_f32, b + i));
  for (; i < n; i++) out[i] = a[i] * b[i];
}

static void tk_add_scaled(const float *x, float factor, size_t n, float *sum) {
  const tk_f32 factors = tk_splat(factor);
  const size_t whole = n & ~(size_t)15, rest = n - whole;
  for (size_t i = 0; i < whole; i += 16)
    TK_STORE(sum + i, tk_fma(factors, TK_LOAD(tk_f32, x + i), TK_LOAD(tk_f32, sum + i)));
  if (!rest) return;
  const tk_f32 last = tk_load_part(sum + whole, rest);
  tk_store_part(sum + whole, tk_fma(factors, tk_load_part(x + whole, rest), last), rest);
}

TK_INLINE void tk_rotate(tk_f32 *a, tk_f32 *b, tk_f32 cosine, tk_f32 sine) {
  const tk_f32 turned = tk_fma(*a, cosine, -(*b * sine));
  *b = tk_fma(*a, sine, *b * cosine);
  *a = turned;
}

/// Rotates a lone pair with the first lane of the vector code, so that both round alike.
TK_INLINE void tk_rotate_one(float *a, float *b, float cosine, float sine) {
  tk_f32 x = tk_splat(*a), y = tk_splat(*b);
  tk_rotate(&x, &y, tk_splat(cosine), tk_splat(sine));
  *a = x[0];
  *b = y[0];
}

static void tk_rope_pairs(float *x, const float *cosines, const float *sines, size_t pairs) {
  size_t i = 0;
  for (; i + 16 <= pairs; i += 16) {
    const tk_f32 first = TK_LOAD(tk_f32, x + 2 * i), last = TK_LOAD(tk_f32, x + 2 * i + 16);
    tk_f32 a = __builtin_shufflevector(first, last, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24,
                                       26, 28, 30);
    tk_f32 b = __builtin_shufflevector(first, last, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25,
                                       27, 29, 31);
    tk_rotate(&a, &b, TK_LOAD(tk_f32, cosines + i), TK_LOAD(tk_f32, sines + i));
    TK_STORE(x + 2 * i, __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6,
                                                22, 7, 23));
    TK_STORE(x + 2 * i + 16, __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28,
                                                     13, 29, 14, 30, 15, 31));
  }
  for (; i < pairs; i++) tk_rotate_one(x + 2 * i, x + 2 * i + 1, cosines[i], sines[i]);
}

static void tk_rope_halves(float *x, const float *cosines, const float *sines, size_t pairs) {
  size_t i = 0;
  for (; i + 16 <= pairs; i += 16) {
    tk_f32 a = TK_LOAD(tk_f32, x + i), b = TK_LOAD(tk_f32, x + pairs + i);
    tk_rotate(&a, &b, TK_LOAD(tk_f32, cosines + i), TK_LOAD(tk_f32, sines + i));
    TK_STORE(x + i, a);
    TK_STORE(x + pairs + i, b);
  }
  for (; i < pairs; i++) tk_rotate_one(x + i, x + pairs + i, cosines[i], sines[i]);
}

#endif
