// Decoders of Q2_K to Q6_K.
#ifndef TK_GENERIC_CODECS_DECODE_K_H
#define TK_GENERIC_CODECS_DECODE_K_H

#include "stream.h"

TK_INLINE void tk_decode_q2_k_block(const uint8_t *in, float *values, int streaming) {
  const float d = tk_load_half(in + 80), dmin = tk_load_half(in + 82);
  const tk_u8x16 packed = tk_bytes(in);
  const tk_f32 scales = d * tk_code_values(packed & 15, 0);
  const tk_f32 minimums = dmin * tk_code_values(packed >> 4, 0);
  TK_UNROLL for (int j = 0; j < 16; j++) {
    const tk_u8x16 q = tk_bytes(in + 16 + 32 * (j / 8) + 16 * (j % 2)) >> (2 * (j / 2 % 4)) & 3;
    tk_put(values + 16 * j, scales[j] * tk_code_values(q, 0) - minimums[j], streaming);
  }
}
TK_DECODER(q2_k, 84, 256)

TK_INLINE void tk_decode_q3_k_block(const uint8_t *in, float *values, int streaming) {
  const float d = tk_load_half(in + 108);
  uint8_t s[16];
  for (int j = 0; j < 8; j++) {
    s[j] = (in[96 + j] & 15) | (in[104 + j % 4] >> (j / 4 * 2) & 3) << 4;
    s[8 + j] = in[96 + j] >> 4 | (in[104 + j % 4] >> (4 + j / 4 * 2) & 3) << 4;
  }
  const tk_f32 scales = d * tk_code_values(tk_bytes(s), 32);
  TK_UNROLL for (int j = 0; j < 16; j++) {
    const tk_u8x16 low = tk_bytes(in + 32 + 32 * (j / 8) + 16 * (j % 2)) >> (2 * (j / 2 % 4)) & 3;
    const tk_u8x16 high = tk_bytes(in + 16 * (j % 2)) >> (j / 2) & 1;
    tk_put(values + 16 * j, scales[j] * tk_code_values(low | high << 2, 4), streaming);
  }
}
TK_DECODER(q3_k, 110, 256)

/// The scales and minimums that SixBitScales.swift draws, times their units; in lanes 0 to 7.
TK_INLINE void tk_load_six_bit_scales(const uint8_t *in, float d, float dmin, tk_f32 *scales,
                                      tk_f32 *minimums) {
  uint8_t s[16] = {0}, m[16] = {0};
  for (int j = 0; j < 4; j++) {
    s[j] = in[j] & 63;
    m[j] = in[4 + j] & 63;
    s[4 + j] = (in[8 + j] & 15) | in[j] >> 6 << 4;
    m[4 + j] = in[8 + j] >> 4 | in[4 + j] >> 6 << 4;
  }
  *scales = d * tk_code_values(tk_bytes(s), 0);
  *minimums = dmin * tk_code_values(tk_bytes(m), 0);
}

TK_INLINE void tk_decode_q4_k_block(const uint8_t *in, float *values, int streaming) {
  tk_f32 scales, minimums;
  tk_load_six_bit_scales(in + 4, tk_load_half(in), tk_load_half(in + 2), &scales, &minimums);
  TK_UNROLL for (int j = 0; j < 8; j++) {
    TK_UNROLL for (int i = 0; i < 32; i += 16) {
      const tk_u8x16 q = tk_bytes(in + 16 + 32 * (j / 2) + i) >> (4 * (j % 2)) & 15;
      tk_put(values + 32 * j + i, scales[j] * tk_code_values(q, 0) - minimums[j], streaming);
    }
  }
}
TK_DECODER(q4_k, 144, 256)

TK_INLINE void tk_decode_q5_k_block(const uint8_t *in, float *values, int streaming) {
  tk_f32 scales, minimums;
  tk_load_six_bit_scales(in + 4, tk_load_half(in), tk_load_half(in + 2), &scales, &minimums);
  TK_UNROLL for (int j = 0; j < 8; j++) {
    TK_UNROLL for (int i = 0; i < 32; i += 16) {
      const tk_u8x16 low = tk_bytes(in + 48 + 32 * (j / 2) + i) >> (4 * (j % 2)) & 15;
      const tk_u8x16 high = tk_bytes(in + 16 + i) >> j & 1;
      tk_put(values + 32 * j + i, scales[j] * tk_code_values(low | high << 4, 0) - minimums[j],
             streaming);
    }
  }
}
TK_DECODER(q5_k, 176, 256)

TK_INLINE void tk_decode_q6_k_block(const uint8_t *in, float *values, int streaming) {
  const float d = tk_load_half(in + 208);
  const tk_f32 scales = d * tk_signed_values(TK_LOAD(tk_i8x16, in + 192));
  TK_UNROLL for (int j = 0; j < 16; j++) {
    // The quarter of a half of the block, and which 16 values of it.
    const int half = j / 8, quarter = j / 2 % 4, part = 16 * (j % 2);
    const tk_u8x16 low =
        tk_bytes(in + 64 * half + 32 * (quarter % 2) + part) >> (4 * (quarter / 2)) & 15;
    const tk_u8x16 high = tk_bytes(in + 128 + 32 * half + part) >> (2 * quarter) & 3;
    tk_put(values + 16 * j, scales[j] * tk_code_values(low | high << 4, 32), streaming);
  }
}
TK_DECODER(q6_k, 210, 256)

#endif
