// Unpacking the codes of panels.
//
// A set's dot.h, included before, provides:
//   TK_SIGNED_CODES   1 where tk_dot4 takes signed codes (zero point already subtracted), 0 where
//                     it takes unsigned ones (and the zero point is subtracted by way of the sums)
//   tk_dots(width)    tk_dot4 calls that one part takes, with codes whose range is `width` bits; 0
//                     where it takes none
//   tk_part           sums of products of 16 rows, in whatever form is cheapest; tk_part_zero()
//   tk_dot4(part, w, a)            adds w[16 rows][4] times a[4]
//   TK_BIASED_TOKENS  1 where products with slabs of tokens take levels below zero as they are, and
//                     codes of tokens with 128 added, unsigned
//   tk_biased_dots(most)           as tk_dots, for levels of magnitude `most`; tk_dot4_biased
//   tk_part_sum(part)              the sum of each row
//   tk_part_scaled(acc, part, s)   acc + the sum of each row * s, s from tk_spread
//   tk_spread(bytes)               sixteen signed bytes, one per row, as tk_part_scaled takes them
//   tk_dot_pairs(w, s, n)          sum over i < n of w[i][row][0] * s[2 i] + w[i][row][1] *
//                                  s[2 i + 1]
//   tk_lookup(table, codes)        table[code] of each byte, code < 16; the table repeats each 16
//   tk_settled(part)               the part, in registers at this point of the code, so that the
//                                  compiler keeps the order of what is around it
//   TK_FLOAT_TOKENS, TK_CODES_TOKENS
//                                  tokens of a tile for floats, for codes
// A set that defines TK_OWN_TILES keeps the codes of slabs of tokens and of panels in an order of its
// own: it has a tk_fill_codes, a tk_keep_levels, a tk_tiles_32 and a tk_tiles_256.
#ifndef TK_GENERIC_CODES_H
#define TK_GENERIC_CODES_H

#include "tiles.h"

/// Groups of four k in a run of 256.
#define TK_RUN_GROUPS 64

/// What the codes of a type mean.
typedef struct {
  int bits;    // of a code: 1 to 6, or 8
  int width;   // bits of the range of the levels
  int zero;    // level of code c: c - zero, or with `levels` the zero point that makes the lowest 0
  const int8_t *levels;  // sixteen, or NULL
} tk_coding;

/// Bytes of a run of 32 k of a panel.
TK_INLINE size_t tk_unit_bytes(const tk_coding coding) { return 64 * (size_t)coding.bits; }

/// The zero point that tk_dot4's result contains.
TK_INLINE int tk_zero(const tk_coding coding) { return TK_SIGNED_CODES ? 0 : coding.zero; }

/// The calls of tk_dot4 after which a sub-block of `groups` groups applies its scale.
TK_INLINE int tk_dots_of(const tk_coding coding, const int groups) {
  return tk_dots(coding.width) < groups ? tk_dots(coding.width) : groups;
}

/// Bits `from` and up of each byte (as many as `mask` has), moved to where `mask` is.
TK_INLINE tk_u8 tk_move_bits(tk_u8 bytes, const int from, const int to, const uint8_t mask) {
  const tk_u16 pairs = (tk_u16)bytes;
  return (tk_u8)(from < to ? pairs << (to - from) : pairs >> (from - to)) & mask;
}

/// The codes of groups g and g + 4 of the eight of a unit: nibbles, pairs of bits and single bits,
/// as many of these as the bits of a code are made of.
TK_INLINE void tk_load_codes(const uint8_t *unit, const int g, const int bits, tk_u8 *first,
                             tk_u8 *second) {
  if (bits == 8) {
    *first = TK_LOAD(tk_u8, unit + 64 * g);
    *second = TK_LOAD(tk_u8, unit + 64 * g + 256);
    return;
  }
  tk_u8 a = {0}, b = {0};
  if (bits & 4) {
    const tk_u8 nibbles = TK_LOAD(tk_u8, unit + 64 * g);
    a = tk_low_nibbles(nibbles);
    b = tk_high_nibbles(nibbles);
    unit += 256;
  }
  if (bits & 2) {
    const int to = bits & 4;
    a |= tk_move_bits(TK_LOAD(tk_u8, unit), 2 * g, to, (uint8_t)(3 << to));
    b |= tk_move_bits(TK_LOAD(tk_u8, unit + 64), 2 * g, to, (uint8_t)(3 << to));
    unit += 128;
  }
  if (bits & 1) {
    const int to = bits & 6;
    a |= tk_move_bits(TK_LOAD(tk_u8, unit), g, to, (uint8_t)(1 << to));
    b |= tk_move_bits(TK_LOAD(tk_u8, unit), g + 4, to, (uint8_t)(1 << to));
  }
  *first = a;
  *second = b;
}

/// Sixteen levels, raised by `shift`, as tk_lookup takes them.
TK_INLINE tk_u8 tk_level_table(const tk_coding coding, const int shift) {
  if (!coding.levels) return (tk_u8){0};
  const tk_u8x16 once = TK_LOAD(tk_u8x16, coding.levels) + (uint8_t)shift;
  typedef uint8_t u8x32 __attribute__((vector_size(32)));
  const u8x32 twice = __builtin_shufflevector(once, once, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
                                              13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
                                              13, 14, 15);
  tk_u8 table;
  __builtin_memcpy(&table, &twice, 32);
  __builtin_memcpy((uint8_t *)&table + 32, &twice, 32);
  return table;
}

/// The levels of the same groups, raised by `shift`; `table` is from the same shift.
TK_INLINE void tk_load_levels(const uint8_t *unit, const int g, const tk_coding coding,
                              tk_u8 table, const int shift, tk_u8 *first, tk_u8 *second) {
  tk_load_codes(unit, g, coding.bits, first, second);
  if (coding.levels) {
    *first = tk_lookup(table, *first);
    *second = tk_lookup(table, *second);
  } else {
    // A signed byte is a level; any other code is one when the zero point is subtracted.
    const uint8_t change = (uint8_t)(coding.bits == 8 ? shift : shift - coding.zero);
    if (change) {
      *first += change;
      *second += change;
    }
  }
}

/// Asks for what follows `count` bytes of weights later in one of some streams that are read together:
/// two pages of all of them. With few tokens processors wait for memory, and what they fetch ahead by
/// themselves ends with the page.
TK_INLINE void tk_ask_ahead(const uint8_t *bytes, const size_t count, const int streams) {
  TK_UNROLL for (size_t i = 0; i < count; i += 64)
    __builtin_prefetch(bytes + 8192 / streams + i);
}

/// Tokens whose sums are kept in registers while codes are unpacked, which pays up to twice as many
/// tokens; more are multiplied with codes that were unpacked before.
#define TK_FEW_TOKENS (TK_CODES_TOKENS < 4 ? TK_CODES_TOKENS : 4)
#define TK_MOST_FEW (2 * TK_FEW_TOKENS)

/// The n-th group of a unit to be multiplied: those that share a load follow one another where one
/// part takes all of them.
TK_INLINE int tk_group_of(const int n, const int dots) {
  return dots == 8 ? n / 2 + n % 2 * 4 : n;
}

/// The levels of one group of a unit.
TK_INLINE tk_u8 tk_load_level(const uint8_t *unit, const int g, const tk_coding coding,
                              tk_u8 table, const int shift) {
  tk_u8 first, second;
  tk_load_levels(unit, g % 4, coding, table, shift, &first, &second);
  return g < 4 ? first : second;
}

/// The sums of 32 codes each, of 256, from those of 16.
TK_INLINE void tk_sums_of_32(const int16_t *sums, int16_t out[8]) {
  typedef int32_t i32x8 __attribute__((vector_size(32)));
  typedef int16_t i16x8 __attribute__((vector_size(16)));
  const i32x8 pairs = TK_LOAD(i32x8, sums);
  TK_STORE(out, __builtin_convertvector((pairs << 16 >> 16) + (pairs >> 16), i16x8));
}

#endif
