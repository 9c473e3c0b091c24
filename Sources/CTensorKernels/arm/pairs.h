// What the sets for Arm share.
#ifndef TK_ARM_PAIRS_H
#define TK_ARM_PAIRS_H

#include "../generic/vectors.h"

// Products take signed codes on both sides.
#define TK_SIGNED_CODES 1
#define tk_settled(part) (part)
#define TK_BIASED_TOKENS 0
#define tk_biased_dots(most) 0
#define tk_dot4_biased(part, w, a) ((void)(w), (void)(a), (part))

/// A vector of 64 bytes as four registers.
typedef union {
  tk_u8 u8;
  tk_i16 i16;
  tk_i32 i32;
  int8x16_t s8[4];
  uint8x16_t u8s[4];
  int16x8_t s16[4];
  int32x4_t s32[4];
} tk_quarters;

TK_INLINE tk_i32 tk_spread(tk_i8x16 x) { return __builtin_convertvector(x, tk_i32); }

TK_INLINE tk_u8 tk_lookup(tk_u8 table, tk_u8 codes) {
  const tk_quarters levels = {.u8 = table};
  tk_quarters x = {.u8 = codes};
  TK_UNROLL for (int i = 0; i < 4; i++) x.u8s[i] = vqtbl1q_u8(levels.u8s[i], x.u8s[i]);
  return x.u8;
}

TK_INLINE tk_i32 tk_dot_pairs(const tk_i16 *w, const int16_t *s, const int n) {
  int32x4_t low[4], high[4];
  TK_UNROLL for (int i = 0; i < 4; i++) low[i] = high[i] = vdupq_n_s32(0);
  TK_UNROLL for (int j = 0; j < n; j++) {
    const int16x8_t pair = vreinterpretq_s16_s32(vdupq_n_s32(TK_LOAD(int32_t, s + 2 * j)));
    const tk_quarters rows = {.i16 = w[j]};
    TK_UNROLL for (int i = 0; i < 4; i++) {
      low[i] = vmlal_s16(low[i], vget_low_s16(rows.s16[i]), vget_low_s16(pair));
      high[i] = vmlal_high_s16(high[i], rows.s16[i], pair);
    }
  }
  tk_quarters sums;
  TK_UNROLL for (int i = 0; i < 4; i++) sums.s32[i] = vpaddq_s32(low[i], high[i]);
  return sums.i32;
}

#endif
