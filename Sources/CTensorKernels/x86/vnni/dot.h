// Integer dot products with VNNI, in registers of any width (registers.h): unsigned by signed bytes and
// pairs of 16 bits, exact. Before this, TK_VNNI(name) is defined for their intrinsics.
//
// TK_EMULATE_VNNI replaces these instructions with loops, so that a set's bits can be checked on a
// processor that lacks them.
#ifndef TK_VNNI_DOT_H
#define TK_VNNI_DOT_H

#include "../registers.h"

#define TK_SIGNED_CODES 0
#define TK_BIASED_TOKENS 1

TK_INLINE int tk_dots(const int width) { return width <= 8 ? 8 : 0; }

TK_INLINE int tk_biased_dots(const int most) { return most <= 128 ? 8 : 0; }

/// The sum of each row.
typedef tk_i32 tk_part;

TK_INLINE tk_part tk_part_zero(void) { return tk_splat_i32(0); }

/// Adds unsigned by signed bytes, four by four.
TK_INLINE tk_part tk_add_products(tk_part part, tk_u8 unsigned_bytes, tk_u8 signed_bytes) {
#if defined(TK_EMULATE_VNNI)
  for (int i = 0; i < 64; i++) part[i / 4] += unsigned_bytes[i] * (int8_t)signed_bytes[i];
  return part;
#else
  const tk_registers x = {.u8 = unsigned_bytes}, y = {.u8 = signed_bytes};
  tk_registers sum = {.i32 = part};
  TK_UNROLL for (int i = 0; i < TK_REGISTERS; i++)
    sum.part[i] = TK_VNNI(dpbusd)(sum.part[i], x.part[i], y.part[i]);
  return sum.i32;
#endif
}

TK_INLINE tk_part tk_dot4(tk_part part, tk_u8 w, const int8_t *a) {
  return tk_add_products(part, w, (tk_u8)tk_splat_i32(tk_load_i32(a)));
}

TK_INLINE tk_part tk_dot4_biased(tk_part part, tk_u8 w, const uint8_t *a) {
  return tk_add_products(part, (tk_u8)tk_splat_i32(tk_load_i32(a)), w);
}

TK_INLINE tk_i32 tk_part_sum(tk_part part) { return part; }

TK_INLINE tk_part tk_settled(tk_part part) {
  tk_registers x = {.i32 = part};
  TK_UNROLL for (int i = 0; i < TK_REGISTERS; i++) __asm__ volatile("" : "+v"(x.part[i]));
  return x.i32;
}

TK_INLINE tk_i32 tk_part_scaled(tk_i32 acc, tk_part part, tk_i32 scale) {
  return acc + part * scale;
}

TK_INLINE tk_i32 tk_spread(tk_i8x16 x) { return __builtin_convertvector(x, tk_i32); }

TK_INLINE tk_i32 tk_dot_pairs(const tk_i16 *w, const int16_t *s, const int n) {
  tk_registers sum = {.i32 = tk_splat_i32(0)};
  TK_UNROLL for (int i = 0; i < n; i++) {
#if defined(TK_EMULATE_VNNI)
    for (int j = 0; j < 32; j++) sum.i32[j / 2] += (int32_t)w[i][j] * s[2 * i + j % 2];
#else
    const tk_register pair = TK_MM(set1_epi32)(tk_load_i32(s + 2 * i));
    const tk_registers x = {.i16 = w[i]};
    TK_UNROLL for (int j = 0; j < TK_REGISTERS; j++)
      sum.part[j] = TK_VNNI(dpwssd)(sum.part[j], x.part[j], pair);
#endif
  }
  return sum.i32;
}

#endif
