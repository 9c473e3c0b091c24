// Integer dot products with the signed dot product of Armv8.2.
#ifndef TK_DOTPROD_DOT_H
#define TK_DOTPROD_DOT_H

#include "../pairs.h"

#define TK_FLOAT_TOKENS 6
#define TK_CODES_TOKENS 4

TK_INLINE int tk_dots(const int width) { return width <= 8 ? 8 : 0; }

/// The sum of each row.
typedef tk_i32 tk_part;

TK_INLINE tk_part tk_part_zero(void) { return tk_splat_i32(0); }

TK_INLINE tk_part tk_dot4(tk_part part, tk_u8 w, const int8_t *a) {
  const int8x16_t four = vreinterpretq_s8_s32(vdupq_n_s32(TK_LOAD(int32_t, a)));
  const tk_quarters codes = {.u8 = w};
  tk_quarters sums = {.i32 = part};
  TK_UNROLL for (int i = 0; i < 4; i++) sums.s32[i] = vdotq_s32(sums.s32[i], codes.s8[i], four);
  return sums.i32;
}

TK_INLINE tk_i32 tk_part_sum(tk_part part) { return part; }

TK_INLINE tk_i32 tk_part_scaled(tk_i32 acc, tk_part part, tk_i32 scale) {
  return acc + part * scale;
}

#endif
