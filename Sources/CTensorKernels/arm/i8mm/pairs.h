// Products with the matrix multiplication of bytes: two tokens times two rows.
//
// An instruction multiplies [2][8 k] by [2][8 k]. A run's codes are kept as steps of 8 k: those of a
// panel as [32 steps][8 row pairs][2][8 k]. Those of two tokens share their two rows of the slab: k 0-127
// of both in the first row, as [16 steps][2][8 k], k 128-255 in the second. A last token without a
// partner lies in its row as it is.
//
// The result is [2 tokens][2 rows]. Sums stay in this form while a run is added up, for scales are
// loaded in it as easily as in any other.
#ifndef TK_I8MM_PAIRS_H
#define TK_I8MM_PAIRS_H

#include "../../generic/sweep.h"

/// Pairs of tokens in a tile. Eight rows are multiplied at a time: two kinds of sums, codes and scales
/// of more pairs would not fit the registers.
#define TK_TILE_PAIRS 2

/// Puts the codes of a unit of a token, the first or second of a pair, in their place.
TK_INLINE void tk_place_unit(tk_slab_row *pair, size_t unit, size_t second, const int8_t *codes) {
  int8_t *const place = pair[unit / 4].codes + 64 * (unit % 4) + 8 * second;
  TK_UNROLL for (int s = 0; s < 4; s++) __builtin_memcpy(place + 16 * s, codes + 8 * s, 8);
}

TK_INLINE void tk_fill_codes(const tk_activations *x, size_t token, size_t tokens, size_t run,
                             const bool signed_levels, tk_slab_row *row) {
  (void)signed_levels;
  const int8_t *codes = x->codes + token * x->k + TK_RUN * run;
  const size_t left = x->k - TK_RUN * run, count = left < TK_RUN ? left : TK_RUN;
  const size_t second = token % 2;
  if (!second && token + 1 == tokens) {
    __builtin_memcpy(row->codes, codes, count);
    return;
  }
  for (size_t u = 0; u < count / 32; u++) tk_place_unit(row - second, u, second, codes + 32 * u);
}

/// A last token with a partner that is zero.
TK_INLINE void tk_pair_last(tk_slab_row pair[2], const tk_slab_row *row) {
  __builtin_memset(pair, 0, 2 * sizeof(*pair));
  __builtin_memcpy(pair[0].scales, row->scales, sizeof(*row) - sizeof(row->codes));
  for (size_t u = 0; u < TK_RUN / 32; u++) tk_place_unit(pair, u, 0, row->codes + 32 * u);
}

TK_INLINE void tk_keep_levels(uint8_t *codes, const int g, const tk_u8 *levels) {
  if (g % 2 == 0) return;
  const tk_quarters even = {.u8 = levels[g - 1]}, odd = {.u8 = levels[g]};
  TK_UNROLL for (int half = 0; half < 2; half++) {
    tk_quarters zipped;
    TK_UNROLL for (int i = 0; i < 2; i++) {
      const int quarter = 2 * half + i;
      zipped.s32[2 * i] = vzip1q_s32(even.s32[quarter], odd.s32[quarter]);
      zipped.s32[2 * i + 1] = vzip2q_s32(even.s32[quarter], odd.s32[quarter]);
    }
    TK_STORE(codes + 64 * (g - 1 + half), zipped.u8);
  }
}

/// Where the pairs of a tile lie, and where their sums do.
typedef struct {
  const tk_slab_row *pairs[TK_TILE_PAIRS];
  float *sums;
} tk_pair_tile;

/// The tile from pair `first` on; `last` is from tk_pair_last. The sums of a missing partner have a
/// place, too: a slab with an odd number of tokens is not full.
TK_INLINE tk_pair_tile tk_tile_from(size_t first, const tk_slab_row *rows, size_t tokens,
                                    const tk_slab_row *last, float *sums, const int pairs) {
  tk_pair_tile tile = {.sums = sums + 32 * first};
  TK_UNROLL for (int p = 0; p < pairs; p++) {
    const size_t token = 2 * (first + (size_t)p);
    tile.pairs[p] = token + 1 == tokens ? last : rows + token;
  }
  return tile;
}

/// Sets sums [pairs][4] to the products of `steps` steps of a unit, from step `first` on, with eight
/// rows, whose codes begin at `codes`.
TK_INLINE void tk_multiply_steps(int32x4_t sums[][4], const uint8_t *codes,
                                 const tk_pair_tile *tile, size_t unit, const int first,
                                 const int steps, const int pairs) {
  // What a row of the slab has besides codes takes as much as the codes of a unit of a pair.
  _Static_assert(sizeof(tk_slab_row) == 5 * 64, "rows of the slab");
  const size_t place = 64 * (unit + unit / 4);
  TK_UNROLL for (int s = first; s < first + steps; s++) {
    int8x16_t w[4];
    TK_UNROLL for (int i = 0; i < 4; i++)
      w[i] = vld1q_s8((const int8_t *)codes + 512 * unit + 128 * s + 16 * i);
    TK_UNROLL for (int p = 0; p < pairs; p++) {
      const int8x16_t a = vld1q_s8((const int8_t *)tile->pairs[p] + place + 16 * s);
      TK_UNROLL for (int i = 0; i < 4; i++)
        sums[p][i] = vmmlaq_s32(s == first ? vdupq_n_s32(0) : sums[p][i], a, w[i]);
    }
  }
}

/// The first halves of two registers, and the second ones.
TK_INLINE int32x4_t tk_first_halves(int32x4_t a, int32x4_t b) {
  return vreinterpretq_s32_s64(vzip1q_s64(vreinterpretq_s64_s32(a), vreinterpretq_s64_s32(b)));
}

TK_INLINE int32x4_t tk_second_halves(int32x4_t a, int32x4_t b) {
  return vreinterpretq_s32_s64(vzip2q_s64(vreinterpretq_s64_s32(a), vreinterpretq_s64_s32(b)));
}

/// A number of each row, as two tokens need it: [8 row pairs][2][2 rows].
typedef union {
  int32x4_t s32[8];
  float32x4_t f32[8];
} tk_twice;

TK_INLINE void tk_set_twice(tk_twice *twice, const void *rows) {
  TK_UNROLL for (int i = 0; i < 4; i++) {
    const int32x4_t four = vld1q_s32((const int32_t *)rows + 4 * i);
    twice->s32[2 * i] = tk_first_halves(four, four);
    twice->s32[2 * i + 1] = tk_second_halves(four, four);
  }
}

/// Eight numbers of each of two tokens: [8][2 tokens][2].
TK_INLINE void tk_spread_pair(float32x4_t out[8], const float *a, const float *b) {
  TK_UNROLL for (int i = 0; i < 8; i += 4) {
    const int32x4_t x = vld1q_s32((const int32_t *)a + i), y = vld1q_s32((const int32_t *)b + i);
    const int32x4_t x01 = vzip1q_s32(x, x), x23 = vzip2q_s32(x, x);
    const int32x4_t y01 = vzip1q_s32(y, y), y23 = vzip2q_s32(y, y);
    out[i] = vreinterpretq_f32_s32(tk_first_halves(x01, y01));
    out[i + 1] = vreinterpretq_f32_s32(tk_second_halves(x01, y01));
    out[i + 2] = vreinterpretq_f32_s32(tk_first_halves(x23, y23));
    out[i + 3] = vreinterpretq_f32_s32(tk_second_halves(x23, y23));
  }
}

/// The sums of two tokens and eight rows, which begin at `row`, as [4][2 tokens][2 rows], and back.
TK_INLINE void tk_load_sums(float32x4_t acc[4], const float *sums, int row) {
  TK_UNROLL for (int i = 0; i < 2; i++) {
    const int32x4_t a = vld1q_s32((const int32_t *)sums + row + 4 * i);
    const int32x4_t b = vld1q_s32((const int32_t *)sums + 16 + row + 4 * i);
    acc[2 * i] = vreinterpretq_f32_s32(tk_first_halves(a, b));
    acc[2 * i + 1] = vreinterpretq_f32_s32(tk_second_halves(a, b));
  }
}

TK_INLINE void tk_store_sums(float *sums, int row, const float32x4_t acc[4]) {
  TK_UNROLL for (int i = 0; i < 2; i++) {
    const int32x4_t a = vreinterpretq_s32_f32(acc[2 * i]);
    const int32x4_t b = vreinterpretq_s32_f32(acc[2 * i + 1]);
    vst1q_s32((int32_t *)sums + row + 4 * i, tk_first_halves(a, b));
    vst1q_s32((int32_t *)sums + 16 + row + 4 * i, tk_second_halves(a, b));
  }
}

#endif
