// Decoders of 4-bit numbers of levels: MXFP4 and NVFP4, IQ4_NL and IQ4_XS.
#ifndef TK_GENERIC_CODECS_DECODE_LEVELS_H
#define TK_GENERIC_CODECS_DECODE_LEVELS_H

#include "points.h"

#if defined(__aarch64__)
#include <arm_neon.h>
#endif

/// The bytes of a table that numbers below 16 name.
TK_INLINE tk_i8x16 tk_look_up(tk_i8x16 table, tk_u8x16 numbers) {
#if defined(__x86_64__)
  typedef char chars __attribute__((vector_size(16)));
  return (tk_i8x16)__builtin_ia32_pshufb128((chars)table, (chars)numbers);
#else
  return (tk_i8x16)vqtbl1q_s8((int8x16_t)table, (uint8x16_t)numbers);
#endif
}

TK_INLINE void tk_put_levels(tk_i8x16 table, const uint8_t *in, float d, float *values,
                             int streaming) {
  const tk_u8x16 q = tk_bytes(in);
  tk_put(values, d * tk_signed_values(tk_look_up(table, q & 15)), streaming);
  tk_put(values + 16, d * tk_signed_values(tk_look_up(table, q >> 4)), streaming);
}

/// The levels of E2M1.swift.
TK_INLINE tk_i8x16 tk_e2m1_levels(void) {
  return (tk_i8x16){0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};
}

TK_INLINE void tk_decode_mxfp4_block(const uint8_t *in, float *values, int streaming) {
  const uint32_t e = in[0], bits = e < 2 ? 0x00200000u << e : (e - 1) << 23;
  float d;
  __builtin_memcpy(&d, &bits, 4);
  tk_put_levels(tk_e2m1_levels(), in + 1, d, values, streaming);
}
TK_DECODER(mxfp4, 17, 32)

/// An 8-bit floating-point number, as E4M3.swift has it.
TK_INLINE float tk_load_e4m3(uint8_t byte) {
  if (byte == 0x7f) return 0;
  const uint32_t exponent = byte >> 3 & 15, fraction = byte & 7;
  if (exponent == 0) return (float)fraction * 0x1p-9f;
  const uint32_t bits = (exponent + 120) << 23 | fraction << 20;
  float value;
  __builtin_memcpy(&value, &bits, 4);
  return value;
}

TK_INLINE void tk_decode_nvfp4_block(const uint8_t *in, float *values, int streaming) {
  TK_UNROLL for (int j = 0; j < 4; j += 2) {
    const tk_u8x16 q = tk_bytes(in + 4 + 8 * j), low = q & 15, high = q >> 4;
    const tk_u8x16 first = __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18,
                                                   19, 20, 21, 22, 23);
    const tk_u8x16 second = __builtin_shufflevector(low, high, 8, 9, 10, 11, 12, 13, 14, 15, 24,
                                                    25, 26, 27, 28, 29, 30, 31);
    const float d = tk_load_e4m3(in[j]) * 0.5f, e = tk_load_e4m3(in[j + 1]) * 0.5f;
    const tk_i8x16 levels = tk_e2m1_levels();
    tk_put(values + 16 * j, d * tk_signed_values(tk_look_up(levels, first)), streaming);
    tk_put(values + 16 * j + 16, e * tk_signed_values(tk_look_up(levels, second)), streaming);
  }
}
TK_DECODER(nvfp4, 36, 64)

TK_INLINE tk_i8x16 tk_iq4_table(void) { return TK_LOAD(tk_i8x16, tk_points[TK_POINTS_IQ4]); }

TK_INLINE void tk_decode_iq4_nl_block(const uint8_t *in, float *values, int streaming) {
  tk_put_levels(tk_iq4_table(), in + 2, tk_load_half(in), values, streaming);
}
TK_DECODER(iq4_nl, 18, 32)

TK_INLINE void tk_decode_iq4_xs_block(const uint8_t *in, float *values, int streaming) {
  const float d = tk_load_half(in);
  const uint32_t high = tk_load_16(in + 2);
  const tk_i8x16 table = tk_iq4_table();
  TK_UNROLL for (int j = 0; j < 8; j++) {
    const int s = (in[4 + j / 2] >> (4 * (j % 2)) & 15) | (high >> (2 * j) & 3) << 4;
    tk_put_levels(table, in + 8 + 16 * j, d * (float)(s - 32), values + 32 * j, streaming);
  }
}
TK_DECODER(iq4_xs, 136, 256)

#endif
