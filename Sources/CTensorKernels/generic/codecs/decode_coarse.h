// Decoders of one and two bits: Q1_0, Q2_0, TQ1_0 and TQ2_0.
#ifndef TK_GENERIC_CODECS_DECODE_COARSE_H
#define TK_GENERIC_CODECS_DECODE_COARSE_H

#include "stream.h"

TK_INLINE void tk_decode_q1_0_block(const uint8_t *in, float *values, int streaming) {
  const tk_i32 d = (tk_i32)tk_splat(tk_load_half(in));
  TK_UNROLL for (int i = 0; i < 128; i += 16) {
    const tk_i32 is_set =
        __builtin_convertvector(tk_bit_mask(tk_load_16(in + 2 + i / 8)), tk_i32);
    tk_put(values + i, (tk_f32)(d ^ (~is_set & INT32_MIN)), streaming);
  }
}
TK_DECODER(q1_0, 18, 128)

TK_INLINE void tk_decode_q2_0_block(const uint8_t *in, float *values, int streaming) {
  const float d = tk_load_half(in);
  const tk_u32 places = {0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30};
  TK_UNROLL for (int i = 0; i < 64; i += 16) {
    const tk_u32 word = (tk_u32)tk_splat_i32((int32_t)tk_load_32(in + 2 + i / 4));
    const tk_i32 q = (tk_i32)(word >> places & 3) - 1;
    tk_put(values + i, d * tk_float(q), streaming);
  }
}
TK_DECODER(q2_0, 18, 64)

/// `digits` ternary values of sixteen bytes, `stride` values apart.
TK_INLINE void tk_put_digits(tk_u8x16 bytes, const int digits, const int stride, float d,
                             float *values) {
  tk_u16x16 fraction = __builtin_convertvector(bytes, tk_u16x16);
  TK_UNROLL for (int k = 0; k < digits; k++) {
    const tk_u16x16 product = fraction * 3;
    fraction = product & 255;
    const tk_i32 q = __builtin_convertvector(product >> 8, tk_i32) - 1;
    TK_STORE(values + stride * k, d * tk_float(q));
  }
}

TK_INLINE void tk_decode_tq1_0_block(const uint8_t *in, float *values, int streaming) {
  const float d = tk_load_half(in + 52);
  // Stores past the caches are fast only one after the other.
  float ordered[256];
  float *to = streaming ? ordered : values;
  tk_put_digits(tk_bytes(in), 5, 32, d, to);
  tk_put_digits(tk_bytes(in + 16), 5, 32, d, to + 16);
  tk_put_digits(tk_bytes(in + 32), 5, 16, d, to + 160);
  for (int i = 0; i < 240 && streaming; i += 16)
    tk_put(values + i, TK_LOAD(tk_f32, ordered + i), streaming);
  // The last sixteen values are four digits of four bytes each: a power of 3 shifts the digit up.
  typedef uint32_t u32x4 __attribute__((vector_size(16)));
  const uint32_t word = tk_load_32(in + 48);
  const tk_u16x16 bytes =
      __builtin_convertvector((tk_u8x16)(u32x4){word, word, word, word}, tk_u16x16);
  const tk_u16x16 powers = {1, 1, 1, 1, 3, 3, 3, 3, 9, 9, 9, 9, 27, 27, 27, 27};
  const tk_u16x16 q = (bytes * powers & 255) * 3 >> 8;
  tk_put(values + 240, d * tk_float(__builtin_convertvector(q, tk_i32) - 1), streaming);
}
TK_DECODER(tq1_0, 54, 256)

TK_INLINE void tk_decode_tq2_0_block(const uint8_t *in, float *values, int streaming) {
  const float d = tk_load_half(in + 64);
  TK_UNROLL for (int j = 0; j < 16; j++) {
    const tk_u8x16 q = tk_bytes(in + 32 * (j / 8) + 16 * (j % 2)) >> (2 * (j / 2 % 4)) & 3;
    tk_put(values + 16 * j, d * tk_code_values(q, 1), streaming);
  }
}
TK_DECODER(tq2_0, 66, 256)

#endif
