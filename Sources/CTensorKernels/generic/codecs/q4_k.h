// Q4_K and Q5_K.
#ifndef TK_GENERIC_CODECS_Q4_K_H
#define TK_GENERIC_CODECS_Q4_K_H

#include "affine.h"

/// One block of the two of a group.
TK_INLINE void tk_store_q4_k(tk_affine_numbers numbers, const int lane, const uint8_t *q,
                             const int bits, uint8_t *out) {
  uint8_t s[8], m[8];
  for (int j = 0; j < 8; j++) {
    s[j] = (uint8_t)numbers.scales[lane + j];
    m[j] = (uint8_t)numbers.minimums[lane + j];
  }
  tk_store_half(out, numbers.d[lane]);
  tk_store_half(out + 2, numbers.dmin[lane]);
  for (int j = 0; j < 4; j++) {
    out[4 + j] = s[j] | s[j + 4] >> 4 << 6;
    out[8 + j] = m[j] | m[j + 4] >> 4 << 6;
    out[12 + j] = (s[j + 4] & 15) | m[j + 4] << 4;
  }
  out += 16;
  if (bits == 5) {
    for (int i = 0; i < 32; i++) {
      uint8_t high = 0;
      for (int j = 0; j < 8; j++) high |= q[32 * j + i] >> 4 << j;
      out[i] = high;
    }
    out += 32;
  }
  for (int pair = 0; pair < 4; pair++)
    for (int i = 0; i < 32; i++)
      out[32 * pair + i] = (q[64 * pair + i] & 15) | q[64 * pair + 32 + i] << 4;
}

/// Two blocks; where `is_last`, the second is the first again.
TK_INLINE void tk_encode_q4_k_pair(const float *values, const float *importance, const float *next,
                                   int is_last, const int bits, uint8_t *out, const int weighted) {
  const tk_affine a = {(float)((1 << bits) - 1), 63, 32, 2, weighted};
  const int bytes = bits == 4 ? 144 : 176;
  tk_group group;
  uint8_t q[512];
  tk_load_group(&group, 32, values, is_last ? values : values + 256, importance, next);
  const tk_affine_numbers numbers = tk_affine_encode(&group, a);
  tk_affine_levels(&group, a, numbers, q);
  tk_store_q4_k(numbers, 0, q, bits, out);
  if (!is_last) tk_store_q4_k(numbers, 8, q + 256, bits, out + bytes);
}

TK_INLINE void tk_encode_q4_k_blocks(const float *values, size_t blocks, const float *importance,
                                     size_t row_blocks, const int bits, uint8_t *out) {
  for (size_t b = 0; b < blocks; b += 2) {
    const int is_last = b + 1 == blocks;
    const float *x = values + 256 * b;
    uint8_t *block = out + (bits == 4 ? 144 : 176) * b;
    if (importance)
      tk_encode_q4_k_pair(x, importance + 256 * (b % row_blocks),
                          importance + 256 * ((b + 1) % row_blocks), is_last, bits, block, 1);
    else
      tk_encode_q4_k_pair(x, NULL, NULL, is_last, bits, block, 0);
  }
}

static void tk_encode_q4_k(const float *values, size_t blocks, const float *importance,
                           size_t row_blocks, uint8_t *out) {
  tk_encode_q4_k_blocks(values, blocks, importance, row_blocks, 4, out);
}

static void tk_encode_q5_k(const float *values, size_t blocks, const float *importance,
                           size_t row_blocks, uint8_t *out) {
  tk_encode_q4_k_blocks(values, blocks, importance, row_blocks, 5, out);
}

#endif
