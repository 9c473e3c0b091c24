// F16 and BF16.
#ifndef TK_GENERIC_CODECS_FLOAT16_H
#define TK_GENERIC_CODECS_FLOAT16_H

#include "../vectors.h"
#include "stream.h"

TK_INLINE void tk_decode_16(const uint8_t *in, size_t count, int streaming, float *values,
                            const tk_element element) {
  size_t i = 0;
  for (; i + 16 <= count; i += 16) tk_put(values + i, tk_load_floats(in, i, element), streaming);
  tk_end_stream(streaming);
  if (i == count) return;
  uint8_t rest[32] = {0};
  __builtin_memcpy(rest, in + 2 * i, 2 * (count - i));
  tk_store_part(values + i, tk_load_floats(rest, 0, element), count - i);
}

TK_INLINE void tk_encode_16(const float *values, size_t count, uint8_t *out, const int is_bf16) {
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const tk_f32 x = TK_LOAD(tk_f32, values + i);
    if (is_bf16)
      TK_STORE(out + 2 * i, tk_to_bf16(x));
    else
      TK_STORE(out + 2 * i, tk_to_f16(x));
  }
  if (i == count) return;
  const tk_f32 x = tk_load_part(values + i, count - i);
  uint8_t rest[32];
  if (is_bf16)
    TK_STORE(rest, tk_to_bf16(x));
  else
    TK_STORE(rest, tk_to_f16(x));
  __builtin_memcpy(out + 2 * i, rest, 2 * (count - i));
}

static void tk_encode_f16(const float *values, size_t blocks, const float *importance,
                          size_t row_blocks, uint8_t *out) {
  (void)importance, (void)row_blocks;
  tk_encode_16(values, blocks, out, 0);
}

static void tk_encode_bf16(const float *values, size_t blocks, const float *importance,
                           size_t row_blocks, uint8_t *out) {
  (void)importance, (void)row_blocks;
  tk_encode_16(values, blocks, out, 1);
}

static void tk_decode_f16(const uint8_t *in, size_t blocks, int streaming, float *values) {
  tk_decode_16(in, blocks, streaming, values, TK_ELEMENT_F16);
}

static void tk_decode_bf16(const uint8_t *in, size_t blocks, int streaming, float *values) {
  tk_decode_16(in, blocks, streaming, values, TK_ELEMENT_BF16);
}

#endif
