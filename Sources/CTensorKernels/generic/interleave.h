// Codes of sixteen rows to units of a panel.
#ifndef TK_GENERIC_INTERLEAVE_H
#define TK_GENERIC_INTERLEAVE_H

#include "vectors.h"

/// A unit: 32 codes, one to a byte, of rows `stride` bytes apart.
TK_INLINE void tk_interleave_unit(const uint8_t *codes, size_t stride, const int bits,
                                  uint8_t *unit) {
  uint32_t words[8][16] __attribute__((aligned(64)));
  for (size_t r = 0; r < 16; r++)
    TK_UNROLL for (size_t g = 0; g < 8; g++)
      words[g][r] = TK_LOAD(uint32_t, codes + r * stride + 4 * g);
  if (bits == 8) {
    __builtin_memcpy(unit, words, sizeof(words));
    return;
  }
  tk_u32 groups[8];
  TK_UNROLL for (int g = 0; g < 8; g++) groups[g] = TK_LOAD(tk_u32, words[g]);
  if (bits & 4) {
    TK_UNROLL for (int g = 0; g < 4; g++)
      TK_STORE(unit + 64 * g, (groups[g] & 0x0f0f0f0f) | (groups[g + 4] & 0x0f0f0f0f) << 4);
    unit += 256;
  }
  if (bits & 2) {
    TK_UNROLL for (int h = 0; h < 2; h++) {
      tk_u32 pairs = {0};
      TK_UNROLL for (int g = 0; g < 4; g++)
        pairs |= (groups[4 * h + g] >> (bits & 4) & 0x03030303) << (2 * g);
      TK_STORE(unit + 64 * h, pairs);
    }
    unit += 128;
  }
  if (bits & 1) {
    tk_u32 single = {0};
    TK_UNROLL for (int g = 0; g < 8; g++) single |= (groups[g] >> (bits & 6) & 0x01010101) << g;
    TK_STORE(unit, single);
  }
}

static void tk_interleave(const uint8_t *codes, size_t k, int bits, uint8_t *units) {
#define TK_CASE(n)                                                 \
  case n:                                                          \
    for (size_t i = 0; i < k; i += 32, units += 64 * n)            \
      tk_interleave_unit(codes + i, k, n, units);                  \
    break;
  switch (bits) {
    TK_CASE(1) TK_CASE(2) TK_CASE(3) TK_CASE(4) TK_CASE(5) TK_CASE(6) TK_CASE(8)
    default: break;
  }
#undef TK_CASE
}

#endif
