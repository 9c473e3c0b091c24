// Decoders of IQ1, IQ2 and IQ3: points of a codebook, with signs or a shift.
#ifndef TK_GENERIC_CODECS_POINTS_H
#define TK_GENERIC_CODECS_POINTS_H

#include "../../include/CTensorCodecs.h"
#include "stream.h"

/// Eight values of a codebook's point.
TK_INLINE uint64_t tk_point_8(const int8_t *points, uint32_t index) {
  uint64_t point;
  __builtin_memcpy(&point, points + 8 * index, 8);
  return point;
}

/// Eight values of two points of four.
TK_INLINE uint64_t tk_points_4(const int8_t *points, uint32_t first, uint32_t second) {
  uint32_t a, b;
  __builtin_memcpy(&a, points + 4 * first, 4);
  __builtin_memcpy(&b, points + 4 * second, 4);
  return a | (uint64_t)b << 32;
}

TK_INLINE tk_i8x16 tk_join_points(uint64_t first, uint64_t second) {
  typedef uint64_t u64x2 __attribute__((vector_size(16)));
  return (tk_i8x16)(u64x2){first, second};
}

/// Stores sixteen values with signs, times a scale.
TK_INLINE void tk_put_signed(uint64_t first, uint64_t second, uint32_t signs, float scale,
                             float *values, int streaming) {
  const tk_i8x16 negative = tk_bit_mask(signs);
  const tk_i8x16 points = (tk_join_points(first, second) ^ negative) - negative;
  tk_put(values, scale * tk_signed_values(points), streaming);
}

/// Eight signs from seven; see SignPatterns.swift.
TK_INLINE uint32_t tk_complete_signs(uint32_t stored) {
  const uint32_t low = stored & 127;
  uint32_t parity = low ^ low >> 4;
  parity ^= parity >> 2;
  parity ^= parity >> 1;
  return low | (parity & 1) << 7;
}

/// Sixteen signs from twice seven.
TK_INLINE uint32_t tk_complete_pair(uint32_t stored) {
  return tk_complete_signs(stored) | tk_complete_signs(stored >> 7) << 8;
}

TK_INLINE void tk_decode_iq2_xxs_block(const uint8_t *in, float *values, int streaming) {
  const float d = tk_load_half(in);
  const int8_t *points = tk_points[TK_POINTS_IQ2_XXS];
  for (int j = 0; j < 8; j++) {
    const uint8_t *q = in + 2 + 8 * j;
    const uint32_t packed = tk_load_32(q + 4);
    const float scale = d * ((float)(packed >> 28) + 0.5f) * 0.25f;
    TK_UNROLL for (int k = 0; k < 4; k += 2)
      tk_put_signed(tk_point_8(points, q[k]), tk_point_8(points, q[k + 1]),
                    tk_complete_pair(packed >> (7 * k)), scale, values + 32 * j + 8 * k, streaming);
  }
}
TK_DECODER(iq2_xxs, 66, 256)

TK_INLINE void tk_decode_iq2_xs_block(const uint8_t *in, float *values, int streaming) {
  const float d = tk_load_half(in);
  const int8_t *points = tk_points[TK_POINTS_IQ2_XS];
  for (int j = 0; j < 16; j++) {
    const int s = in[66 + j / 2] >> (4 * (j % 2)) & 15;
    const uint32_t packed = tk_load_32(in + 2 + 4 * j);
    const uint32_t signs =
        tk_complete_signs(packed >> 9) | tk_complete_signs(packed >> 25) << 8;
    tk_put_signed(tk_point_8(points, packed & 511), tk_point_8(points, packed >> 16 & 511), signs,
                  d * ((float)s + 0.5f) * 0.25f, values + 16 * j, streaming);
  }
}
TK_DECODER(iq2_xs, 74, 256)

TK_INLINE void tk_decode_iq2_s_block(const uint8_t *in, float *values, int streaming) {
  const float d = tk_load_half(in);
  const int8_t *points = tk_points[TK_POINTS_IQ2_S];
  for (int j = 0; j < 16; j++) {
    const int s = in[74 + j / 2] >> (4 * (j % 2)) & 15;
    const uint32_t high = in[66 + j / 2] >> (4 * (j % 2));
    tk_put_signed(tk_point_8(points, in[2 + 2 * j] | (high & 3) << 8),
                  tk_point_8(points, in[3 + 2 * j] | (high >> 2 & 3) << 8),
                  tk_load_16(in + 34 + 2 * j), d * ((float)s + 0.5f) * 0.25f, values + 16 * j,
                  streaming);
  }
}
TK_DECODER(iq2_s, 82, 256)

TK_INLINE void tk_decode_iq3_xxs_block(const uint8_t *in, float *values, int streaming) {
  const float d = tk_load_half(in);
  const int8_t *points = tk_points[TK_POINTS_IQ3_XXS];
  for (int j = 0; j < 16; j++) {
    const uint8_t *q = in + 2 + 4 * j;
    const uint32_t packed = tk_load_32(in + 66 + 4 * (j / 2));
    tk_put_signed(tk_points_4(points, q[0], q[1]), tk_points_4(points, q[2], q[3]),
                  tk_complete_pair(packed >> (14 * (j % 2))),
                  d * ((float)(packed >> 28) + 0.5f) * 0.5f, values + 16 * j, streaming);
  }
}
TK_DECODER(iq3_xxs, 98, 256)

TK_INLINE void tk_decode_iq3_s_block(const uint8_t *in, float *values, int streaming) {
  const float d = tk_load_half(in);
  const int8_t *points = tk_points[TK_POINTS_IQ3_S];
  for (int j = 0; j < 16; j++) {
    const uint8_t *q = in + 2 + 4 * j;
    const int s = in[106 + j / 4] >> (4 * (j / 2 % 2)) & 15;
    const uint32_t high = (uint32_t)in[66 + j / 2] << 8 >> (4 * (j % 2));
    tk_put_signed(tk_points_4(points, q[0] | (high & 256), q[1] | (high >> 1 & 256)),
                  tk_points_4(points, q[2] | (high >> 2 & 256), q[3] | (high >> 3 & 256)),
                  tk_load_16(in + 74 + 2 * j), d * (float)(2 * s + 1), values + 16 * j, streaming);
  }
}
TK_DECODER(iq3_s, 110, 256)

/// Stores sixteen values of two points and their shifts, times a scale.
TK_INLINE void tk_put_shifted(uint64_t first, uint64_t second, float shift, float second_shift,
                              float scale, float *values, int streaming) {
  const float a = shift, b = second_shift;
  const tk_f32 shifts = {a, a, a, a, a, a, a, a, b, b, b, b, b, b, b, b};
  const tk_f32 points = tk_signed_values(tk_join_points(first, second));
  tk_put(values, scale * (points + shifts), streaming);
}

TK_INLINE void tk_decode_iq1_s_block(const uint8_t *in, float *values, int streaming) {
  const float d = tk_load_half(in);
  const int8_t *points = tk_points[TK_POINTS_IQ1];
  for (int j = 0; j < 16; j++) {
    const uint32_t word = tk_load_16(in + 34 + 2 * (j / 2)), high = word << 8 >> (6 * (j % 2));
    const float shift = word >> 15 ? -0.125f : 0.125f;
    tk_put_shifted(tk_point_8(points, in[2 + 2 * j] | (high & 0x700)),
                   tk_point_8(points, in[3 + 2 * j] | (high >> 3 & 0x700)), shift, shift,
                   d * (float)(2 * (word >> 12 & 7) + 1), values + 16 * j, streaming);
  }
}
TK_DECODER(iq1_s, 50, 256)

TK_INLINE void tk_decode_iq1_m_block(const uint8_t *in, float *values, int streaming) {
  uint8_t half[2];
  half[0] = in[49] >> 4 | (in[51] & 0xf0);
  half[1] = in[53] >> 4 | (in[55] & 0xf0);
  const float d = tk_load_half(half);
  const int8_t *points = tk_points[TK_POINTS_IQ1];
  for (int j = 0; j < 16; j++) {
    const uint32_t s = tk_load_16(in + 48 + 2 * (j / 4)) >> (3 * (j % 4)) & 7;
    const uint32_t high = in[32 + j];
    tk_put_shifted(tk_point_8(points, in[2 * j] | (high & 7) << 8),
                   tk_point_8(points, in[2 * j + 1] | (high >> 4 & 7) << 8),
                   high & 8 ? -0.125f : 0.125f, high & 128 ? -0.125f : 0.125f,
                   d * (float)(2 * s + 1), values + 16 * j, streaming);
  }
}
TK_DECODER(iq1_m, 56, 256)

#endif
