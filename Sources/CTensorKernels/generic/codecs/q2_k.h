// Q2_K.
#ifndef TK_GENERIC_CODECS_Q2_K_H
#define TK_GENERIC_CODECS_Q2_K_H

#include "affine.h"

TK_INLINE void tk_encode_q2_k_block(const float *values, const float *importance, uint8_t *out,
                                    const int weighted) {
  const tk_affine a = {3, 15, 16, 1, weighted};
  tk_group group;
  uint8_t q[256];
  tk_load_group(&group, 16, values, NULL, importance, NULL);
  const tk_affine_numbers numbers = tk_affine_encode(&group, a);
  tk_affine_levels(&group, a, numbers, q);
  for (int j = 0; j < 16; j++)
    out[j] = (uint8_t)numbers.scales[j] | (uint8_t)numbers.minimums[j] << 4;
  for (int half = 0; half < 2; half++) {
    for (int i = 0; i < 32; i++) {
      const uint8_t *p = q + 128 * half + i;
      out[16 + 32 * half + i] = p[0] | p[32] << 2 | p[64] << 4 | p[96] << 6;
    }
  }
  tk_store_half(out + 80, numbers.d[0]);
  tk_store_half(out + 82, numbers.dmin[0]);
}

static void tk_encode_q2_k(const float *values, size_t blocks, const float *importance,
                           size_t row_blocks, uint8_t *out) {
  for (size_t b = 0; b < blocks; b++) {
    if (importance)
      tk_encode_q2_k_block(values + 256 * b, importance + 256 * (b % row_blocks), out + 84 * b, 1);
    else
      tk_encode_q2_k_block(values + 256 * b, NULL, out + 84 * b, 0);
  }
}

#endif
