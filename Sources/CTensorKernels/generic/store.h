// The conversion of floats to the float types of a cache.
#ifndef TK_GENERIC_STORE_H
#define TK_GENERIC_STORE_H

#include "vectors.h"

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
