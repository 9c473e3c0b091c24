// Integer dot products with AVX-512 VNNI: unsigned by signed bytes, exact.
//
// TK_EMULATE_VNNI replaces the three instructions with loops, so that the set can be compiled for
// and its bits checked on a processor without AVX-512.
#ifndef TK_AVX512_DOT_H
#define TK_AVX512_DOT_H

#include "../../generic/vectors.h"

#define TK_SIGNED_CODES 0
#define TK_DOTS_6BIT 4
#define TK_BYTES_ZERO 128
#define TK_FLOAT_TOKENS 8
#define TK_CODES_TOKENS 8
#define TK_BYTES_TOKENS 8
#define TK_UNPACK_TOKENS 16

/// The sum of each row.
typedef tk_i32 tk_part;

TK_INLINE tk_part tk_part_zero(void) { return tk_splat_i32(0); }

TK_INLINE tk_part tk_dot4(tk_part part, tk_u8 w, const int8_t *a) {
#if defined(TK_EMULATE_VNNI)
  for (int i = 0; i < 64; i++) part[i / 4] += (int32_t)w[i] * a[i % 4];
  return part;
#else
  const __m512i four = _mm512_set1_epi32(TK_LOAD(int32_t, a));
  return (tk_i32)_mm512_dpbusd_epi32((__m512i)part, (__m512i)w, four);
#endif
}

TK_INLINE tk_i32 tk_part_sum(tk_part part) { return part; }

TK_INLINE tk_i32 tk_part_scaled(tk_i32 acc, tk_part part, tk_i32 scale) {
  return acc + part * scale;
}

TK_INLINE tk_i32 tk_spread(tk_i8x16 x) { return __builtin_convertvector(x, tk_i32); }

TK_INLINE tk_i32 tk_dot_pairs(const tk_i16 *w, const int16_t *s, const int n) {
  tk_i32 sum = tk_splat_i32(0);
  TK_UNROLL for (int i = 0; i < n; i++) {
#if defined(TK_EMULATE_VNNI)
    for (int j = 0; j < 32; j++) sum[j / 2] += (int32_t)w[i][j] * s[2 * i + j % 2];
#else
    const __m512i pair = _mm512_set1_epi32(TK_LOAD(int32_t, s + 2 * i));
    sum = (tk_i32)_mm512_dpwssd_epi32((__m512i)sum, (__m512i)w[i], pair);
#endif
  }
  return sum;
}

/// Adding 128 makes signed codes unsigned.
TK_INLINE void tk_dot32_bytes(tk_i32 *sums, const uint8_t *w, const int8_t *a, size_t stride,
                              const int tokens) {
  TK_UNROLL for (int g = 0; g < 8; g++) {
    const tk_u8 codes = TK_LOAD(tk_u8, w + 64 * g) ^ 0x80;
    TK_UNROLL for (int t = 0; t < tokens; t++)
      sums[t] = tk_dot4(sums[t], codes, a + t * stride + 4 * g);
  }
}

#endif
