// Integer dot products with the widening multiplications that every 64-bit Arm processor has.
//
// Products are added in 16 bits as long as that is exact: a product of codes of 4 bits is at most
// 15 * 127 = 1905, and eight make 15240; of 6 bits, signed, 32 * 127 = 4064, and four make 16256;
// of 8 bits 128 * 127 = 16256, and two make 32512.
#ifndef TK_NEON_DOT_H
#define TK_NEON_DOT_H

#include "../pairs.h"

#define TK_FLOAT_TOKENS 6
#define TK_CODES_TOKENS 2

/// Codes of `width` bits, signed, times 127, as often as fits 16 bits (8 are needed at most).
TK_INLINE int tk_dots(const int width) { return width <= 6 ? 8 : 512 >> width; }

/// [16 rows][4], two rows to a register.
typedef struct {
  int16x8_t rows[8];
} tk_part;

TK_INLINE tk_part tk_part_zero(void) {
  tk_part part;
  TK_UNROLL for (int i = 0; i < 8; i++) part.rows[i] = vdupq_n_s16(0);
  return part;
}

TK_INLINE int8x16_t tk_splat4(const int8_t *a) {
  return vreinterpretq_s8_s32(vdupq_n_s32(TK_LOAD(int32_t, a)));
}

TK_INLINE tk_part tk_dot4(tk_part part, tk_u8 w, const int8_t *a) {
  const int8x16_t four = tk_splat4(a);
  const tk_quarters codes = {.u8 = w};
  TK_UNROLL for (int i = 0; i < 4; i++) {
    part.rows[2 * i] =
        vmlal_s8(part.rows[2 * i], vget_low_s8(codes.s8[i]), vget_low_s8(four));
    part.rows[2 * i + 1] = vmlal_high_s8(part.rows[2 * i + 1], codes.s8[i], four);
  }
  return part;
}

TK_INLINE tk_i32 tk_part_sum(tk_part part) {
  tk_quarters sums;
  TK_UNROLL for (int i = 0; i < 4; i++)
    sums.s32[i] = vpaddq_s32(vpaddlq_s16(part.rows[2 * i]), vpaddlq_s16(part.rows[2 * i + 1]));
  return sums.i32;
}

TK_INLINE tk_i32 tk_part_scaled(tk_i32 acc, tk_part part, tk_i32 scale) {
  return acc + tk_part_sum(part) * scale;
}

#endif
