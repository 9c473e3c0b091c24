// Q6_K.
#ifndef TK_GENERIC_CODECS_Q6_K_H
#define TK_GENERIC_CODECS_Q6_K_H

#include "symmetric.h"

TK_INLINE void tk_encode_q6_k_block(const float *values, const float *importance, uint8_t *out,
                                    const int weighted) {
  const tk_symmetric s = {-32, -128, weighted};
  tk_group group;
  uint8_t q[256];
  tk_load_group(&group, 16, values, NULL, importance, NULL);
  const tk_symmetric_numbers numbers = tk_symmetric_encode(&group, s);
  tk_symmetric_levels(&group, s, numbers, q);
  for (int half = 0; half < 2; half++) {
    for (int i = 0; i < 32; i++) {
      const uint8_t *p = q + 128 * half + i;
      out[64 * half + i] = (p[0] & 15) | p[64] << 4;
      out[64 * half + 32 + i] = (p[32] & 15) | p[96] << 4;
      out[128 + 32 * half + i] = p[0] >> 4 | p[32] >> 4 << 2 | p[64] >> 4 << 4 | p[96] >> 4 << 6;
    }
  }
  for (int j = 0; j < 16; j++) out[192 + j] = (uint8_t)(int8_t)numbers.scales[j];
  tk_store_half(out + 208, numbers.d[0]);
}

static void tk_encode_q6_k(const float *values, size_t blocks, const float *importance,
                           size_t row_blocks, uint8_t *out) {
  for (size_t b = 0; b < blocks; b++) {
    if (importance)
      tk_encode_q6_k_block(values + 256 * b, importance + 256 * (b % row_blocks), out + 210 * b, 1);
    else
      tk_encode_q6_k_block(values + 256 * b, NULL, out + 210 * b, 0);
  }
}

#endif
