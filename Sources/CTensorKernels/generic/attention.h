// Attention over a tile of cached positions: queries against keys kept in rows, the softmax of a
// tile, the sums of cached values, and the merging of tiles.
#ifndef TK_GENERIC_ATTENTION_H
#define TK_GENERIC_ATTENTION_H

#include "math.h"
#include "tiles.h"

// Scores

/// Scores of `tile` columns, which share the keys.
TK_INLINE void tk_scores_tile(const float *q, const void *keys, size_t dim, size_t count,
                              float *scores, size_t stride, tk_element element, const int tile) {
  for (size_t j = 0; j < count; j++) {
    tk_f32 sums[TK_MAX_TILE];
    TK_UNROLL for (int c = 0; c < tile; c++) sums[c] = tk_splat(0);
    for (size_t d = 0; d < dim; d += 16) {
      const tk_f32 key = tk_load_floats(keys, j * dim + d, element);
      TK_UNROLL for (int c = 0; c < tile; c++)
        sums[c] = tk_fma(TK_LOAD(tk_f32, q + (size_t)c * dim + d), key, sums[c]);
    }
    TK_UNROLL for (int c = 0; c < tile; c++) scores[(size_t)c * stride + j] = tk_sum(sums[c]);
  }
}

TK_INLINE void tk_scores(const float *q, size_t columns, const void *keys, size_t dim,
                         size_t count, float *scores, size_t stride, tk_element element) {
#define TK_TILE(first, n)                                                              \
  tk_scores_tile(q + (first) * dim, keys, dim, count, scores + (first) * stride, stride, \
                 element, n)
  TK_FOR_TILES(columns, 4, TK_TILE);
#undef TK_TILE
}

// Softmax

/// Sixteen scores from lane `start` on, capped; -infinity outside the range.
TK_INLINE tk_f32 tk_visible_scores(const float *scores, size_t start, tk_range range,
                                   float softcap) {
  const tk_i32 lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  const tk_i32 place = lanes + (int32_t)start;
  tk_f32 x = TK_LOAD(tk_f32, scores + start);
  if (softcap > 0) x = tk_softcap(x, softcap);
  return tk_select((place >= (int32_t)range.first) & (place < (int32_t)range.last), x,
                   tk_splat(-__builtin_inff()));
}

TK_INLINE tk_share tk_soften_column(float *scores, tk_range range, float softcap) {
  tk_share share = {-__builtin_inff(), 0};
  if (range.first >= range.last) return share;
  const size_t start = range.first & ~15u;
  tk_f32 most = tk_splat(share.largest);
  for (size_t i = start; i < range.last; i += 16) {
    const tk_f32 x = tk_visible_scores(scores, i, range, softcap);
    TK_STORE(scores + i, x);
    most = tk_select(x > most, x, most);
  }
  for (int i = 0; i < 16; i++) share.largest = most[i] > share.largest ? most[i] : share.largest;
  share.largest += 0.0f;  // of two zeros the positive one
  const tk_f32 shift = tk_splat(share.largest);
  tk_f32 sums = tk_splat(0);
  for (size_t i = start; i < range.last; i += 16) {
    const tk_f32 e = tk_exp(TK_LOAD(tk_f32, scores + i) - shift);
    TK_STORE(scores + i, e);
    sums += e;
  }
  share.sum = tk_sum(sums);
  return share;
}

static TK_ALIGNED_SPILLS void tk_soften(float *scores, size_t stride, size_t columns,
                                        const tk_range *ranges, float softcap, tk_share *shares) {
  for (size_t c = 0; c < columns; c++)
    shares[c] = tk_soften_column(scores + c * stride, ranges[c], softcap);
}

// Sums of values

/// Vectors of four columns that are summed at a time.
#define TK_MIX_WIDTH (TK_FLOAT_TOKENS < 8 ? 1 : 4)

/// Positions whose values stay in the first-level cache while all their elements are summed.
#define TK_MIX_STEP 32

/// What a call of tk_mix works on.
typedef struct {
  const float *weights;
  size_t stride;
  const tk_range *ranges;
  const void *values;
  size_t row;  // elements from one value to the next
  float *out;
  size_t dim;
} tk_mixture;

/// Adds positions `begin` ..< `end` to 16 * width elements from `start` on, of `tile` columns.
TK_INLINE void tk_mix_tile(const tk_mixture *mix, size_t column, size_t start, size_t begin,
                           size_t end, tk_element element, const int tile, const int width) {
  const float *weights = mix->weights + column * mix->stride;
  const tk_range *ranges = mix->ranges + column;
  // What all columns see; some of them see more before and after it.
  size_t first = begin, last = end;
  TK_UNROLL for (int c = 0; c < tile; c++) {
    first = ranges[c].first > first ? ranges[c].first : first;
    last = ranges[c].last < last ? ranges[c].last : last;
  }
  float *out = mix->out + column * mix->dim + start;
  tk_f32 sums[16];
  TK_UNROLL for (int c = 0; c < tile; c++)
    TK_UNROLL for (int w = 0; w < width; w++)
      sums[c * width + w] = TK_LOAD(tk_f32, out + (size_t)c * mix->dim + 16 * (size_t)w);
#define TK_MIX_POSITION(j, is_seen)                                                             \
  TK_UNROLL for (int w = 0; w < width; w++) {                                                   \
    const tk_f32 value =                                                                        \
        tk_load_floats(mix->values, (j) * mix->row + start + 16 * (size_t)w, element);          \
    TK_UNROLL for (int c = 0; c < tile; c++)                                                    \
      if (is_seen)                                                                              \
        sums[c * width + w] = tk_fma(tk_splat(weights[(size_t)c * mix->stride + (j)]), value,   \
                                     sums[c * width + w]);                                      \
  }
  size_t j = begin;
  for (; j < end && j < first; j++) TK_MIX_POSITION(j, j >= ranges[c].first && j < ranges[c].last)
  for (; j < last; j++) {
    // The next step's values; those that are floats already lie close together.
    if (tile <= 4) __builtin_prefetch(tk_place(mix->values, (j + TK_MIX_STEP) * mix->row + start, element));
    TK_MIX_POSITION(j, true)
  }
  for (; j < end; j++) TK_MIX_POSITION(j, j >= ranges[c].first && j < ranges[c].last)
#undef TK_MIX_POSITION
  TK_UNROLL for (int c = 0; c < tile; c++)
    TK_UNROLL for (int w = 0; w < width; w++)
      TK_STORE(out + (size_t)c * mix->dim + 16 * (size_t)w, sums[c * width + w]);
}

/// All elements of `tile` columns: `width` vectors at a time, then one.
TK_INLINE void tk_mix_columns(const tk_mixture *mix, size_t column, size_t begin, size_t end,
                              tk_element element, const int tile, const int width) {
  size_t start = 0;
  for (; start + 16 * (size_t)width <= mix->dim; start += 16 * (size_t)width)
    tk_mix_tile(mix, column, start, begin, end, element, tile, width);
  for (; start < mix->dim; start += 16)
    tk_mix_tile(mix, column, start, begin, end, element, tile, 1);
}

/// A few positions of few columns.
TK_INLINE void tk_mix_few(const tk_mixture *mix, size_t columns, size_t begin, size_t end,
                          tk_element element) {
  size_t column = 0;
  for (; column + 4 <= columns; column += 4)
    tk_mix_columns(mix, column, begin, end, element, 4, TK_MIX_WIDTH);
  if (columns - column >= 2) {
    tk_mix_columns(mix, column, begin, end, element, 2, TK_MIX_WIDTH < 4 ? 2 : 4);
    column += 2;
  }
  if (column < columns) tk_mix_columns(mix, column, begin, end, element, 1, 4);
}

/// Sixteen elements of many columns, the values as floats that lie close together.
static void tk_mix_many(const tk_mixture *mix, size_t columns, size_t begin, size_t end) {
#define TK_TILE(first, n) tk_mix_tile(mix, first, 0, begin, end, TK_ELEMENT_F32, n, 1)
  TK_FOR_TILES(columns, TK_FLOAT_TOKENS, TK_TILE);
#undef TK_TILE
}

TK_INLINE void tk_mix(const float *weights, size_t stride, size_t columns,
                      const tk_range *ranges, const void *values, size_t row, size_t dim,
                      float *out, tk_element element) {
  tk_mixture mix = {weights, stride, ranges, values, row, out, dim};
  size_t begin = TK_TILE_POSITIONS, end = 0;
  for (size_t c = 0; c < columns; c++) {
    if (ranges[c].first >= ranges[c].last) continue;
    begin = ranges[c].first < begin ? ranges[c].first : begin;
    end = ranges[c].last > end ? ranges[c].last : end;
  }
  for (size_t i = 0; i < columns * dim; i += 16) TK_STORE(out + i, tk_splat(0));
  if (columns <= 2 * TK_FLOAT_TOKENS) {
    for (size_t step; begin < end; begin = step) {
      step = begin + TK_MIX_STEP < end ? begin + TK_MIX_STEP : end;
      tk_mix_few(&mix, columns, begin, step, element);
    }
    return;
  }
  // With many columns each value becomes a float once.
  float unpacked[16 * TK_TILE_POSITIONS] __attribute__((aligned(64)));
  mix.values = unpacked;
  mix.row = 16;
  for (size_t start = 0; start < dim; start += 16) {
    for (size_t j = begin; j < end; j++)
      TK_STORE(unpacked + 16 * j, tk_load_floats(values, j * row + start, element));
    mix.out = out + start;
    tk_mix_many(&mix, columns, begin, end);
  }
}

// Merging

/// The first lane of e to the power of x.
TK_INLINE float tk_exp_one(float x) { return tk_exp(tk_splat(x))[0]; }

static TK_ALIGNED_SPILLS void tk_merge(float *sums, tk_share *totals, const float *tile,
                                       const tk_share *parts, size_t columns, size_t dim) {
  for (size_t c = 0; c < columns; c++, sums += dim, tile += dim) {
    if (parts[c].sum == 0) continue;
    const float largest =
        parts[c].largest > totals[c].largest ? parts[c].largest : totals[c].largest;
    const float old = tk_exp_one(totals[c].largest - largest);
    const float new = tk_exp_one(parts[c].largest - largest);
    totals[c].largest = largest;
    totals[c].sum = tk_fma(tk_splat(parts[c].sum), tk_splat(new),
                           tk_splat(totals[c].sum * old))[0];
    for (size_t d = 0; d < dim; d += 16)
      TK_STORE(sums + d, tk_fma(TK_LOAD(tk_f32, tile + d), tk_splat(new),
                                TK_LOAD(tk_f32, sums + d) * old));
  }
}

// The types

#define TK_ATTENTION(name, element)                                                             \
  static void tk_scores_##name(const float *q, size_t columns, const void *keys, size_t dim,    \
                               size_t count, float *scores, size_t stride) {                    \
    tk_scores(q, columns, keys, dim, count, scores, stride, element);                           \
  }                                                                                             \
  static void tk_mix_##name(const float *weights, size_t stride, size_t columns,                \
                            const tk_range *ranges, const void *values, size_t row, size_t dim, \
                            float *out) {                                                       \
    tk_mix(weights, stride, columns, ranges, values, row, dim, out, element);                   \
  }

TK_ATTENTION(f32, TK_ELEMENT_F32)
TK_ATTENTION(f16, TK_ELEMENT_F16)
TK_ATTENTION(bf16, TK_ELEMENT_BF16)
TK_ATTENTION(q8_0, TK_ELEMENT_Q8_0)
TK_ATTENTION(q4_0, TK_ELEMENT_Q4_0)

#endif
