// Stores of decoded values.
#ifndef TK_GENERIC_CODECS_STREAM_H
#define TK_GENERIC_CODECS_STREAM_H

#include "../vectors.h"

typedef float tk_f32x8 __attribute__((vector_size(32)));
typedef float tk_f32x4 __attribute__((vector_size(16)));

/// Stores sixteen values, past the caches where that is asked for and the address allows it.
TK_INLINE void tk_put(float *out, tk_f32 v, int streaming) {
#if __has_builtin(__builtin_nontemporal_store)
  if (streaming && (uintptr_t)out % 32 == 0) {
    tk_f32x8 *to = (tk_f32x8 *)(void *)out;
    __builtin_nontemporal_store(__builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7), to);
    __builtin_nontemporal_store(__builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15), to + 1);
    return;
  }
  if (streaming && (uintptr_t)out % 16 == 0) {
    tk_f32x4 *to = (tk_f32x4 *)(void *)out;
    __builtin_nontemporal_store(__builtin_shufflevector(v, v, 0, 1, 2, 3), to);
    __builtin_nontemporal_store(__builtin_shufflevector(v, v, 4, 5, 6, 7), to + 1);
    __builtin_nontemporal_store(__builtin_shufflevector(v, v, 8, 9, 10, 11), to + 2);
    __builtin_nontemporal_store(__builtin_shufflevector(v, v, 12, 13, 14, 15), to + 3);
    return;
  }
#endif
  TK_STORE(out, v);
}

/// Makes stores past the caches visible before whatever follows.
TK_INLINE void tk_end_stream(int streaming) {
#if defined(__x86_64__)
  if (streaming) __builtin_ia32_sfence();
#else
  (void)streaming;
#endif
}

/// Defines `tk_decode_<name>`, which decodes block by block with `tk_decode_<name>_block(in, values,
/// streaming)`.
#define TK_DECODER(name, block_bytes, block_values)                                      \
  static void tk_decode_##name(const uint8_t *in, size_t blocks, int streaming,          \
                               float *values) {                                          \
    if (streaming) {                                                                     \
      for (size_t b = 0; b < blocks; b++)                                                \
        tk_decode_##name##_block(in + (block_bytes) * b, values + (block_values) * b, 1); \
      tk_end_stream(1);                                                                  \
    } else {                                                                             \
      for (size_t b = 0; b < blocks; b++)                                                \
        tk_decode_##name##_block(in + (block_bytes) * b, values + (block_values) * b, 0); \
    }                                                                                    \
  }

// Sixteen codes at a time.

TK_INLINE tk_u8x16 tk_bytes(const uint8_t *in) { return TK_LOAD(tk_u8x16, in); }

/// Codes less a zero point, as floats.
TK_INLINE tk_f32 tk_code_values(tk_u8x16 codes, const int zero) {
  return tk_float(__builtin_convertvector(codes, tk_i32) - zero);
}

TK_INLINE tk_f32 tk_signed_values(tk_i8x16 codes) {
  return tk_float(__builtin_convertvector(codes, tk_i32));
}

/// Bytes of all ones where the bits of a number are set, bit i in byte i.
TK_INLINE tk_i8x16 tk_bit_mask(uint32_t bits) {
  const tk_u8x16 bytes = {(uint8_t)bits, (uint8_t)(bits >> 8)};
  const tk_u8x16 spread =
      __builtin_shufflevector(bytes, bytes, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
  const tk_u8x16 places = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  return (tk_i8x16)((spread & places) == places);
}

TK_INLINE uint16_t tk_load_16(const uint8_t *in) {
  uint16_t bits;
  __builtin_memcpy(&bits, in, 2);
  return bits;
}

TK_INLINE uint32_t tk_load_32(const uint8_t *in) {
  uint32_t bits;
  __builtin_memcpy(&bits, in, 4);
  return bits;
}

TK_INLINE float tk_load_half(const uint8_t *in) {
  _Float16 half;
  __builtin_memcpy(&half, in, 2);
  return (float)half;
}

#endif
