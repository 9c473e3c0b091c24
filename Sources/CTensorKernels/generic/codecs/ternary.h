// TQ1_0 and TQ2_0.
#ifndef TK_GENERIC_CODECS_TERNARY_H
#define TK_GENERIC_CODECS_TERNARY_H

#include "half.h"
#include "input.h"

/// The levels of a block, 0 to 2, sixteen to an element; gives the scale.
TK_INLINE float tk_ternary_levels(tk_i32 *levels, const float *values) {
  tk_f32 most = tk_splat(0);
  for (int i = 0; i < 16; i++) {
    const tk_f32 x = tk_encodable(TK_LOAD(tk_f32, values + 16 * i));
    const tk_f32 size = tk_abs(x);
    most = tk_max(size, most);
  }
  float largest = 0;
  for (int i = 0; i < 16; i++) largest = most[i] > largest ? most[i] : largest;
  const float inverse = largest >= 0x1p-126f ? 1 / largest : 0;
  for (int i = 0; i < 16; i++) {
    const tk_f32 scaled = tk_encodable(TK_LOAD(tk_f32, values + 16 * i)) * inverse;
    // Halves round away from zero.
    levels[i] = 1 - (scaled >= 0.5f) + (scaled <= -0.5f);
  }
  return largest;
}

/// Bytes of `digits` base-3 numbers, `stride` elements apart, as fractions of 256.
TK_INLINE tk_u8x16 tk_ternary_bytes(const tk_i32 *levels, const int digits, const int stride) {
  tk_u32 number = (tk_u32)levels[0];
  for (int k = 1; k < 5; k++) {
    number *= 3;
    if (k < digits) number += (tk_u32)levels[k * stride];
  }
  return __builtin_convertvector((256 * number + 242) / 243, tk_u8x16);
}

static void tk_encode_tq1_0(const float *values, size_t blocks, const float *importance,
                            size_t row_blocks, uint8_t *out) {
  (void)importance, (void)row_blocks;
  for (size_t b = 0; b < blocks; b++, out += 54) {
    tk_i32 levels[16];
    const float d = tk_ternary_levels(levels, values + 256 * b);
    for (int i = 0; i < 2; i++) TK_STORE(out + 16 * i, tk_ternary_bytes(levels + i, 5, 2));
    TK_STORE(out + 32, tk_ternary_bytes(levels + 10, 5, 1));
    // The last four numbers are made of one element.
    for (int i = 0; i < 4; i++) {
      int number = 0;
      for (int k = 0; k < 4; k++) number = 3 * number + levels[15][4 * k + i];
      out[48 + i] = (uint8_t)((256 * 3 * number + 242) / 243);
    }
    tk_store_half(out + 52, tk_half_rounded(d));
  }
}

static void tk_encode_tq2_0(const float *values, size_t blocks, const float *importance,
                            size_t row_blocks, uint8_t *out) {
  (void)importance, (void)row_blocks;
  for (size_t b = 0; b < blocks; b++, out += 66) {
    tk_i32 levels[16];
    const float d = tk_ternary_levels(levels, values + 256 * b);
    for (int i = 0; i < 4; i++) {
      const tk_i32 *first = levels + i / 2 * 8 + i % 2;
      const tk_i32 packed = first[0] | first[2] << 2 | first[4] << 4 | first[6] << 6;
      const tk_u8x16 bytes = __builtin_convertvector(packed, tk_u8x16);
      TK_STORE(out + 16 * i, bytes);
    }
    tk_store_half(out + 64, tk_half_rounded(d));
  }
}

#endif
