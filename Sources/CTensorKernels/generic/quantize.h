// Activations to 8-bit codes.
#ifndef TK_GENERIC_QUANTIZE_H
#define TK_GENERIC_QUANTIZE_H

#include "vectors.h"

TK_INLINE void tk_quantize(const float *x, size_t n, int8_t *codes, float *scales, int16_t *sums,
                           const size_t block) {
  for (size_t start = 0; start < n; start += block) {
    // The bits of magnitudes order like the magnitudes, with infinities and NaNs at the end.
    tk_i32 bits = tk_splat_i32(0);
    for (size_t i = start; i < start + block; i += 16)
      bits = __builtin_elementwise_max(bits, TK_LOAD(tk_i32, x + i) & 0x7fffffff);
    const int32_t most = __builtin_reduce_max(bits);
    float largest;
    __builtin_memcpy(&largest, &most, sizeof(largest));

    const bool finite = most < 0x7f800000;
    if (!finite || largest < 0x1p-120f) {
      scales[start / block] = finite ? 0 : __builtin_nanf("");
      __builtin_memset(codes + start, 0, block);
      __builtin_memset(sums + start / 16, 0, block / 16 * sizeof(*sums));
      continue;
    }
    scales[start / block] = largest / 127;
    const tk_f32 inverse = tk_splat(127 / largest);
    const tk_f32 magic = tk_splat(0x1.8p23f);  // leaves the nearest whole number in the low bits
    for (size_t i = start; i < start + block; i += 16) {
      const tk_f32 shifted = TK_LOAD(tk_f32, x + i) * inverse + magic;
      const tk_i32 whole = (tk_i32)shifted - (tk_i32)magic;
      TK_STORE(codes + i, __builtin_convertvector(whole, tk_i8x16));
      sums[i / 16] = (int16_t)__builtin_reduce_add(whole);
    }
  }
}

static void tk_quantize32(const float *x, size_t n, int8_t *codes, float *scales, int16_t *sums) {
  tk_quantize(x, n, codes, scales, sums, 32);
}

static void tk_quantize256(const float *x, size_t n, int8_t *codes, float *scales, int16_t *sums) {
  tk_quantize(x, n, codes, scales, sums, 256);
}

#endif
