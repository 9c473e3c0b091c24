// Integer dot products with the signed dot product of Armv8.2.
#ifndef TK_DOTPROD_DOT_H
#define TK_DOTPROD_DOT_H

#include "../pairs.h"

#define TK_SIGNED_CODES 1
#define TK_DOTS_6BIT 4
#define TK_BYTES_ZERO 0
#define TK_FLOAT_TOKENS 6
#define TK_CODES_TOKENS 4
#define TK_BYTES_TOKENS 4
#define TK_UNPACK_TOKENS 12

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

TK_INLINE void tk_dot32_bytes(tk_i32 *sums, const uint8_t *w, const int8_t *a, size_t stride,
                              const int tokens) {
  TK_UNROLL for (int g = 0; g < 8; g++) {
    const tk_u8 codes = TK_LOAD(tk_u8, w + 64 * g);
    TK_UNROLL for (int t = 0; t < tokens; t++)
      sums[t] = tk_dot4(sums[t], codes, a + t * stride + 4 * g);
  }
}

#endif
