// Slabs of tokens: blocks of 32 and of 256 with pairs of rows and of tokens.
#ifndef TK_I8MM_TILES_H
#define TK_I8MM_TILES_H

#include "pairs.h"

#include "../../generic/blocks_256.h"
#include "../../generic/blocks_32.h"

/// The scales and minima of units.
typedef struct {
  tk_twice d[8][2], minima[8];
} tk_twice_32;

/// The units for a tile; `groups` of four k have the same scale.
TK_INLINE void tk_pairs_32(const tk_units_32 *units, const tk_twice_32 *twice,
                           const tk_pair_tile *tile, const bool minima, const int groups,
                           const int pairs) {
  float32x4_t scales[TK_TILE_PAIRS][8], totals[TK_TILE_PAIRS][8];
  TK_UNROLL for (int p = 0; p < pairs; p++) {
    const tk_slab_row *pair = tile->pairs[p];
    tk_spread_pair(scales[p], pair[0].scales, pair[1].scales);
    if (minima) tk_spread_pair(totals[p], pair[0].totals, pair[1].totals);
  }
  TK_ROLLED for (int row = 0; row < 16; row += 8) {
    float32x4_t acc[TK_TILE_PAIRS][4];
    TK_UNROLL for (int p = 0; p < pairs; p++) tk_load_sums(acc[p], tile->sums + 32 * p, row);
    TK_ROLLED for (size_t u = 0; u < (size_t)units->count; u++) {
      TK_UNROLL for (int half = 0; half < 8 / groups; half++) {
        int32x4_t sums[TK_TILE_PAIRS][4];
        tk_multiply_steps(sums, units->codes + 8 * row, tile, u, groups / 2 * half, groups / 2,
                          pairs);
        const float32x4_t *d = twice->d[u][half].f32 + row / 2;
        const float32x4_t *minimum = twice->minima[u].f32 + row / 2;
        TK_UNROLL for (int p = 0; p < pairs; p++) TK_UNROLL for (int i = 0; i < 4; i++) {
          const float32x4_t scale = scales[p][u];
          acc[p][i] = vfmaq_f32(acc[p][i], vmulq_f32(d[i], scale), vcvtq_f32_s32(sums[p][i]));
          if (minima) acc[p][i] = vfmaq_f32(acc[p][i], vmulq_f32(minimum[i], scale), totals[p][u]);
        }
      }
    }
    TK_UNROLL for (int p = 0; p < pairs; p++) tk_store_sums(tile->sums + 32 * p, row, acc[p]);
  }
}

TK_INLINE void tk_all_pairs_32(const tk_units_32 *units, const tk_slab_row *rows, size_t tokens,
                               float *sums, const bool minima, const int groups) {
  tk_twice_32 twice;
  TK_ROLLED for (int u = 0; u < units->count; u++) {
    TK_UNROLL for (int half = 0; half < 8 / groups; half++)
      tk_set_twice(&twice.d[u][half], &units->d[u][half]);
    if (minima) tk_set_twice(&twice.minima[u], &units->minimum[u]);
  }
  tk_slab_row last[2];
  if (tokens % 2) tk_pair_last(last, rows + tokens - 1);
#define TK_TILE(first, n)                                                                 \
  {                                                                                       \
    const tk_pair_tile tile = tk_tile_from(first, rows, tokens, last, sums, n);           \
    tk_pairs_32(units, &twice, &tile, minima, groups, n);                                 \
  }
  TK_FOR_TILES((tokens + 1) / 2, TK_TILE_PAIRS, TK_TILE);
#undef TK_TILE
}

static __attribute__((noinline)) void tk_tiles_32(const tk_units_32 *units, int panels,
                                                  const tk_slab_row *rows, size_t tokens,
                                                  float *sums) {
  (void)panels;
  if (units->minima) tk_all_pairs_32(units, rows, tokens, sums, true, 8);
  else if (units->groups == 8) tk_all_pairs_32(units, rows, tokens, sums, false, 8);
  else tk_all_pairs_32(units, rows, tokens, sums, false, 4);
}

/// The scales and minima of a block; the minima of sub-blocks as bytes, [subs / 8][8 row pairs][2][8].
typedef struct {
  tk_twice d, dmin, scales[16];
  int8_t minima[2 * 128];
} tk_twice_256;

TK_INLINE void tk_set_twice_256(tk_twice_256 *twice, const tk_scales_256 *s, const bool minima,
                                const int subs) {
  tk_set_twice(&twice->d, &s->d);
  TK_ROLLED for (int i = 0; i < subs; i++) tk_set_twice(&twice->scales[i], &s->scales[i]);
  if (!minima) return;
  tk_set_twice(&twice->dmin, &s->dmin);
  TK_UNROLL for (int e = 0; e < subs / 8; e++) TK_UNROLL for (int i = 0; i < 4; i++) {
    int16x4x4_t four;
    TK_UNROLL for (int j = 0; j < 4; j++) {
      const tk_quarters rows = {.i16 = s->offsets[4 * e + j]};
      four.val[j] = vreinterpret_s16_s8(vmovn_s16(rows.s16[i]));
    }
    vst4_s16((int16_t *)(twice->minima + 128 * e + 32 * i), four);
  }
}

/// The sums of codes of two tokens times the minima of eight rows. A sum has 13 bits and is multiplied
/// as two bytes.
TK_INLINE void tk_offsets(int32x4_t offsets[4], const int8_t *minima, const tk_slab_row *pair,
                          const int subs) {
  int8x16_t high[2], low[2];
  TK_UNROLL for (int e = 0; e < subs / 8; e++) {
    const int16x8_t a = vld1q_s16(pair[0].sums + 8 * e), b = vld1q_s16(pair[1].sums + 8 * e);
    high[e] = vshrn_high_n_s16(vshrn_n_s16(a, 6), b, 6);
    low[e] = vandq_s8(vuzp1q_s8(vreinterpretq_s8_s16(a), vreinterpretq_s8_s16(b)),
                      vdupq_n_s8(63));
  }
  TK_UNROLL for (int i = 0; i < 4; i++) {
    int8x16_t rows[2];
    int32x4_t sum = vdupq_n_s32(0);
    TK_UNROLL for (int e = 0; e < subs / 8; e++) {
      rows[e] = vld1q_s8(minima + 128 * e + 16 * i);
      sum = vmmlaq_s32(sum, high[e], rows[e]);
    }
    sum = vshlq_n_s32(sum, 6);
    TK_UNROLL for (int e = 0; e < subs / 8; e++) sum = vmmlaq_s32(sum, low[e], rows[e]);
    offsets[i] = sum;
  }
}

/// A block for a tile.
TK_INLINE void tk_pairs_256(const tk_block_256 *block, const tk_twice_256 *twice,
                            const tk_pair_tile *tile, const bool minima, const int subs,
                            const int pairs) {
  const int parts = subs / 8, steps = 4 / parts;
  TK_ROLLED for (int row = 0; row < 16; row += 8) {
    int32x4_t products[TK_TILE_PAIRS][4];
    TK_UNROLL for (int p = 0; p < pairs; p++)
      TK_UNROLL for (int i = 0; i < 4; i++) products[p][i] = vdupq_n_s32(0);
    TK_ROLLED for (size_t u = 0; u < 8; u++) {
      TK_UNROLL for (int part = 0; part < parts; part++) {
        int32x4_t sums[TK_TILE_PAIRS][4];
        tk_multiply_steps(sums, block->codes + 8 * row, tile, u, steps * part, steps, pairs);
        const int32x4_t *scale = twice->scales[(size_t)parts * u + (size_t)part].s32 + row / 2;
        TK_UNROLL for (int p = 0; p < pairs; p++)
          TK_UNROLL for (int i = 0; i < 4; i++)
            products[p][i] = vmlaq_s32(products[p][i], sums[p][i], scale[i]);
      }
    }
    const float32x4_t *d = twice->d.f32 + row / 2, *dmin = twice->dmin.f32 + row / 2;
    TK_UNROLL for (int p = 0; p < pairs; p++) {
      const tk_slab_row *pair = tile->pairs[p];
      const float32x4_t scale =
          vcombine_f32(vdup_n_f32(pair[0].scales[0]), vdup_n_f32(pair[1].scales[0]));
      int32x4_t offsets[4];
      if (minima) tk_offsets(offsets, twice->minima + 8 * row, pair, subs);
      float32x4_t acc[4];
      tk_load_sums(acc, tile->sums + 32 * p, row);
      TK_UNROLL for (int i = 0; i < 4; i++) {
        acc[i] = vfmaq_f32(acc[i], vmulq_f32(d[i], scale), vcvtq_f32_s32(products[p][i]));
        if (minima)
          acc[i] = vfmsq_f32(acc[i], vmulq_f32(dmin[i], scale), vcvtq_f32_s32(offsets[i]));
      }
      tk_store_sums(tile->sums + 32 * p, row, acc);
    }
  }
}

TK_INLINE void tk_all_pairs_256(const tk_block_256 *block, const tk_slab_row *rows, size_t tokens,
                                float *sums, const bool minima, const int subs) {
  tk_twice_256 twice;
  tk_set_twice_256(&twice, &block->scales, minima, subs);
  tk_slab_row last[2];
  if (tokens % 2) tk_pair_last(last, rows + tokens - 1);
#define TK_TILE(first, n)                                                                 \
  {                                                                                       \
    const tk_pair_tile tile = tk_tile_from(first, rows, tokens, last, sums, n);           \
    tk_pairs_256(block, &twice, &tile, minima, subs, n);                                  \
  }
  TK_FOR_TILES((tokens + 1) / 2, TK_TILE_PAIRS, TK_TILE);
#undef TK_TILE
}

static __attribute__((noinline)) void tk_tiles_256(const tk_block_256 *block, int panels,
                                                   const tk_slab_row *rows, size_t tokens,
                                                   float *sums) {
  (void)panels;
  if (block->subs == 16) {
    if (block->minima) tk_all_pairs_256(block, rows, tokens, sums, true, 16);
    else tk_all_pairs_256(block, rows, tokens, sums, false, 16);
  } else {
    if (block->minima) tk_all_pairs_256(block, rows, tokens, sums, true, 8);
    else tk_all_pairs_256(block, rows, tokens, sums, false, 8);
  }
}

#endif
