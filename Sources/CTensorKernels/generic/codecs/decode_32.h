// Decoders of blocks of 32 values, and of the operands Q8_1 and Q8_K.
#ifndef TK_GENERIC_CODECS_DECODE_32_H
#define TK_GENERIC_CODECS_DECODE_32_H

#include "stream.h"

TK_INLINE void tk_decode_q4_0_block(const uint8_t *in, float *values, int streaming) {
  const float d = tk_load_half(in);
  const tk_u8x16 q = tk_bytes(in + 2);
  tk_put(values, d * tk_code_values(q & 15, 8), streaming);
  tk_put(values + 16, d * tk_code_values(q >> 4, 8), streaming);
}
TK_DECODER(q4_0, 18, 32)

TK_INLINE void tk_decode_q4_1_block(const uint8_t *in, float *values, int streaming) {
  const float d = tk_load_half(in), m = tk_load_half(in + 2);
  const tk_u8x16 q = tk_bytes(in + 4);
  tk_put(values, d * tk_code_values(q & 15, 0) + m, streaming);
  tk_put(values + 16, d * tk_code_values(q >> 4, 0) + m, streaming);
}
TK_DECODER(q4_1, 20, 32)

/// The 32 levels of 5 bits that FifthBits.swift draws.
TK_INLINE void tk_load_fifth_bits(const uint8_t *in, tk_u8x16 *low, tk_u8x16 *high) {
  const uint32_t bits = tk_load_32(in);
  const tk_u8x16 q = tk_bytes(in + 4);
  *low = (q & 15) | ((tk_u8x16)tk_bit_mask(bits) & 16);
  *high = (q >> 4) | ((tk_u8x16)tk_bit_mask(bits >> 16) & 16);
}

TK_INLINE void tk_decode_q5_0_block(const uint8_t *in, float *values, int streaming) {
  const float d = tk_load_half(in);
  tk_u8x16 low, high;
  tk_load_fifth_bits(in + 2, &low, &high);
  tk_put(values, d * tk_code_values(low, 16), streaming);
  tk_put(values + 16, d * tk_code_values(high, 16), streaming);
}
TK_DECODER(q5_0, 22, 32)

TK_INLINE void tk_decode_q5_1_block(const uint8_t *in, float *values, int streaming) {
  const float d = tk_load_half(in), m = tk_load_half(in + 2);
  tk_u8x16 low, high;
  tk_load_fifth_bits(in + 4, &low, &high);
  tk_put(values, d * tk_code_values(low, 0) + m, streaming);
  tk_put(values + 16, d * tk_code_values(high, 0) + m, streaming);
}
TK_DECODER(q5_1, 24, 32)

TK_INLINE void tk_decode_signed_bytes(const uint8_t *in, int count, float d, float *values,
                                      int streaming) {
  for (int i = 0; i < count; i += 16)
    tk_put(values + i, d * tk_signed_values(TK_LOAD(tk_i8x16, in + i)), streaming);
}

TK_INLINE void tk_decode_q8_0_block(const uint8_t *in, float *values, int streaming) {
  tk_decode_signed_bytes(in + 2, 32, tk_load_half(in), values, streaming);
}
TK_DECODER(q8_0, 34, 32)

TK_INLINE void tk_decode_q8_1_block(const uint8_t *in, float *values, int streaming) {
  tk_decode_signed_bytes(in + 4, 32, tk_load_half(in), values, streaming);
}
TK_DECODER(q8_1, 36, 32)

TK_INLINE void tk_decode_q8_k_block(const uint8_t *in, float *values, int streaming) {
  float d;
  __builtin_memcpy(&d, in, 4);
  tk_decode_signed_bytes(in + 4, 256, d, values, streaming);
}
TK_DECODER(q8_k, 292, 256)

#endif
