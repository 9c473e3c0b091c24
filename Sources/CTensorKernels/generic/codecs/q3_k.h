// Q3_K.
#ifndef TK_GENERIC_CODECS_Q3_K_H
#define TK_GENERIC_CODECS_Q3_K_H

#include "symmetric.h"

TK_INLINE void tk_encode_q3_k_block(const float *values, const float *importance, uint8_t *out,
                                    const int weighted) {
  const tk_symmetric s = {-4, -32, weighted};
  tk_group group;
  uint8_t q[256];
  tk_load_group(&group, 16, values, NULL, importance, NULL);
  const tk_symmetric_numbers numbers = tk_symmetric_encode(&group, s);
  tk_symmetric_levels(&group, s, numbers, q);
  for (int i = 0; i < 32; i++) {
    uint8_t high = 0;
    for (int k = 0; k < 8; k++) high |= (q[32 * k + i] >> 2) << k;
    out[i] = high;
    for (int half = 0; half < 2; half++) {
      uint8_t low = 0;
      for (int k = 0; k < 4; k++) low |= (q[128 * half + 32 * k + i] & 3) << 2 * k;
      out[32 + 32 * half + i] = low;
    }
  }
  uint8_t scales[16];
  for (int j = 0; j < 16; j++) scales[j] = (uint8_t)(numbers.scales[j] + 32);
  for (int j = 0; j < 8; j++) out[96 + j] = (scales[j] & 15) | scales[j + 8] << 4;
  for (int j = 0; j < 4; j++)
    out[104 + j] = scales[j] >> 4 | scales[4 + j] >> 4 << 2 | scales[8 + j] >> 4 << 4 |
                   scales[12 + j] >> 4 << 6;
  tk_store_half(out + 108, numbers.d[0]);
}

static void tk_encode_q3_k(const float *values, size_t blocks, const float *importance,
                           size_t row_blocks, uint8_t *out) {
  for (size_t b = 0; b < blocks; b++) {
    if (importance)
      tk_encode_q3_k_block(values + 256 * b, importance + 256 * (b % row_blocks), out + 110 * b, 1);
    else
      tk_encode_q3_k_block(values + 256 * b, NULL, out + 110 * b, 0);
  }
}

#endif
