// Unpacking the codes and scales of panels.
//
// A set's dot.h, included before, provides:
//   TK_SIGNED_CODES   1 where tk_dot4 takes signed codes (zero point already subtracted), 0 where
//                     it takes unsigned ones (and the zero point is subtracted by way of the sums)
//   TK_DOTS_6BIT      tk_dot4 calls that one part takes with codes of 6 bits (with 4 bits: 8)
//   tk_part           sums of products of 16 rows, in whatever form is cheapest; tk_part_zero()
//   tk_dot4(part, w, a)            adds w[16 rows][4] times a[4]
//   tk_part_sum(part)              the sum of each row
//   tk_part_scaled(acc, part, s)   acc + the sum of each row * s, s from tk_spread
//   tk_spread(bytes)               sixteen signed bytes, one per row, as tk_part_scaled takes them
//   tk_dot_pairs(w, s, n)          sum over i < n of w[i][row][0] * s[2 i] + w[i][row][1] *
//                                  s[2 i + 1]
//   tk_dot32_bytes(sums, w, a, stride, tokens)
//                                  sums[t] += signed codes w[8][16 rows][4] times token t's 32
//                                  codes; TK_BYTES_ZERO times the sum of these is subtracted after
//   TK_FLOAT_TOKENS, TK_CODES_TOKENS, TK_BYTES_TOKENS
//                                  tokens of a tile for floats, for unsigned codes, for bytes
//   TK_UNPACK_TOKENS               tokens from which unpacking weights ahead pays
#ifndef TK_GENERIC_CODES_H
#define TK_GENERIC_CODES_H

#include "tiles.h"

/// Codes of 16 rows x 4 k, as tk_dot4 takes them.
TK_INLINE tk_u8 tk_codes(tk_u8 unsigned_codes, uint8_t zero) {
  return TK_SIGNED_CODES ? unsigned_codes - zero : unsigned_codes;
}

/// Groups g (first) and g + 4 (second) of 32 4-bit codes.
TK_INLINE void tk_load_nibbles(const uint8_t *nibbles, int g, uint8_t zero, tk_u8 *first,
                               tk_u8 *second) {
  const tk_u8 bytes = TK_LOAD(tk_u8, nibbles + 64 * g);
  *first = tk_codes(tk_low_nibbles(bytes), zero);
  *second = tk_codes(tk_high_nibbles(bytes), zero);
}

/// Adds groups g and g + 4 of 32 packed 4-bit codes times each token's.
TK_INLINE void tk_dot_nibbles(tk_part *parts, const uint8_t *nibbles, int g, uint8_t zero,
                              const int8_t *a, size_t stride, const int tokens) {
  tk_u8 first, second;
  tk_load_nibbles(nibbles, g, zero, &first, &second);
  TK_UNROLL for (int t = 0; t < tokens; t++) {
    parts[t] = tk_dot4(parts[t], first, a + t * stride + 4 * g);
    parts[t] = tk_dot4(parts[t], second, a + t * stride + 16 + 4 * g);
  }
}

/// Adds 32 4-bit codes, packed, times each token's. Tokens are `stride` codes apart.
TK_INLINE void tk_dot32_packed(tk_part *parts, const uint8_t *nibbles, uint8_t zero,
                               const int8_t *a, size_t stride, const int tokens) {
  if (tokens == 1) {
    TK_UNROLL for (int g = 0; g < 4; g++)
      tk_dot_nibbles(parts, nibbles, g, zero, a, stride, tokens);
  } else {
    TK_ROLLED for (int g = 0; g < 4; g++)
      tk_dot_nibbles(parts, nibbles, g, zero, a, stride, tokens);
  }
}

/// Adds 4 * `groups` codes, unpacked, times each token's.
TK_INLINE void tk_dot_unpacked(tk_part *parts, const uint8_t *codes, const int groups,
                               const int8_t *a, size_t stride, const int tokens) {
  TK_UNROLL for (int g = 0; g < groups; g++) {
    const tk_u8 w = TK_LOAD(tk_u8, codes + 64 * g);
    TK_UNROLL for (int t = 0; t < tokens; t++)
      parts[t] = tk_dot4(parts[t], w, a + t * stride + 4 * g);
  }
}

/// Sixteen bytes each of two sub-blocks as pairs [16 rows][2].
TK_INLINE tk_i16 tk_pairs(tk_i8x16 a, tk_i8x16 b) {
  const tk_i8x32 pairs =
      __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24,
                              9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  return __builtin_convertvector(pairs, tk_i16);
}

#endif
