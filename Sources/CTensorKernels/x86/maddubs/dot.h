// Integer dot products with the instructions of SSSE3, in registers of any width (registers.h).
//
// pmaddubsw multiplies unsigned by signed bytes and adds pairs, saturating to 16 bits. Codes of 4
// bits sum to at most 8 * 2 * 15 * 127 = 30480 over a block of 32, codes of 6 bits to
// 2 * 2 * 63 * 127 = 32004 over 8 k: exact. So do signed levels with unsigned activations of up to
// 255: 8 * 2 * 8 * 255 = 32640. pmaddwd then widens, adds and applies a scale at once.
#ifndef TK_MADDUBS_DOT_H
#define TK_MADDUBS_DOT_H

#include "../registers.h"

#define TK_SIGNED_CODES 0
#define TK_BIASED_TOKENS 1

/// Codes of `width` bits, unsigned, times 127, twice as often as fits 16 bits (8 are needed at most).
TK_INLINE int tk_dots(const int width) { return width <= 4 ? 8 : 128 >> width; }

/// Levels from -most to most, times 255, as often.
TK_INLINE int tk_biased_dots(const int most) {
  return most <= 8 ? 8 : most <= 16 ? 4 : most <= 32 ? 2 : most <= 64 ? 1 : 0;
}

/// [16 rows][2].
typedef tk_i16 tk_part;

TK_INLINE tk_part tk_part_zero(void) { return (tk_part){0}; }

TK_INLINE tk_part tk_dot4(tk_part part, tk_u8 w, const int8_t *a) {
  const tk_register four = TK_MM(set1_epi32)(tk_load_i32(a));
  tk_registers x = {.u8 = w};
  TK_UNROLL for (int i = 0; i < TK_REGISTERS; i++)
    x.part[i] = TK_MM(maddubs_epi16)(x.part[i], four);
  return part + x.i16;
}

TK_INLINE tk_part tk_dot4_biased(tk_part part, tk_u8 w, const uint8_t *a) {
  const tk_register four = TK_MM(set1_epi32)(tk_load_i32(a));
  tk_registers x = {.u8 = w};
  TK_UNROLL for (int i = 0; i < TK_REGISTERS; i++)
    x.part[i] = TK_MM(maddubs_epi16)(four, x.part[i]);
  return part + x.i16;
}

/// Sixteen sums of pairs.
TK_INLINE tk_i32 tk_madd(tk_i16 a, tk_i16 b) {
  tk_registers x = {.i16 = a};
  const tk_registers y = {.i16 = b};
  TK_UNROLL for (int i = 0; i < TK_REGISTERS; i++)
    x.part[i] = TK_MM(madd_epi16)(x.part[i], y.part[i]);
  return x.i32;
}

TK_INLINE tk_i32 tk_part_sum(tk_part part) { return tk_madd(part, (tk_i16)tk_splat_i32(0x10001)); }

TK_INLINE tk_i32 tk_part_scaled(tk_i32 acc, tk_part part, tk_i32 scale) {
  return acc + tk_madd(part, (tk_i16)scale);
}

TK_INLINE tk_part tk_settled(tk_part part) {
  tk_registers x = {.i16 = part};
  TK_UNROLL for (int i = 0; i < TK_REGISTERS; i++) __asm__ volatile("" : "+x"(x.part[i]));
  return x.i16;
}

/// Each number twice, as 16 bits.
TK_INLINE tk_i32 tk_spread(tk_i8x16 x) {
  const tk_i8x32 twice =
      __builtin_shufflevector(x, x, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10,
                              10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15);
  return (tk_i32)__builtin_convertvector(twice, tk_i16);
}

TK_INLINE tk_i32 tk_dot_pairs(const tk_i16 *w, const int16_t *s, const int n) {
  tk_i32 sum = tk_splat_i32(0);
  TK_UNROLL for (int i = 0; i < n; i++)
    sum += tk_madd(w[i], (tk_i16)tk_splat_i32(tk_load_i32(s + 2 * i)));
  return sum;
}

#endif
