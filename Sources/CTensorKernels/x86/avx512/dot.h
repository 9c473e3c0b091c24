// Integer dot products with AVX-512 VNNI: unsigned by signed bytes, exact.
//
// TK_EMULATE_VNNI replaces the three instructions with loops, so that the set can be compiled for
// and its bits checked on a processor without AVX-512.
#ifndef TK_AVX512_DOT_H
#define TK_AVX512_DOT_H

#include "../../generic/vectors.h"

#define TK_SIGNED_CODES 0
#define TK_BIASED_TOKENS 1
#define TK_FLOAT_TOKENS 8
#define TK_CODES_TOKENS 8

TK_INLINE int tk_dots(const int width) { return width <= 8 ? 8 : 0; }

TK_INLINE int tk_biased_dots(const int most) { return most <= 128 ? 8 : 0; }

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

TK_INLINE tk_part tk_dot4_biased(tk_part part, tk_u8 w, const uint8_t *a) {
#if defined(TK_EMULATE_VNNI)
  for (int i = 0; i < 64; i++) part[i / 4] += (int8_t)w[i] * (int32_t)a[i % 4];
  return part;
#else
  const __m512i four = _mm512_set1_epi32(TK_LOAD(int32_t, a));
  return (tk_i32)_mm512_dpbusd_epi32((__m512i)part, four, (__m512i)w);
#endif
}

TK_INLINE tk_u8 tk_lookup(tk_u8 table, tk_u8 codes) {
#if defined(TK_EMULATE_VNNI)
  for (int i = 0; i < 64; i++) codes[i] = table[codes[i]];
  return codes;
#else
  return (tk_u8)_mm512_shuffle_epi8((__m512i)table, (__m512i)codes);
#endif
}

TK_INLINE tk_i32 tk_part_sum(tk_part part) { return part; }

TK_INLINE tk_part tk_settled(tk_part part) {
#if !defined(TK_EMULATE_VNNI)
  __asm__ volatile("" : "+v"(part));
#endif
  return part;
}

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

#endif
