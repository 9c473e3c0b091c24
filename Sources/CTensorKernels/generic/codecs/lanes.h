// Searches over sub-blocks, a sub-block in each lane.
//
// A group is sixteen sub-blocks: a block that has so many, or two blocks of eight. What belongs to a
// whole block is in all lanes of its sub-blocks. Every operation is the one that the plain Swift
// encoders do, in their order, so the results are the same bits; where two values are compared, the
// order of the operands matters for NaN.
#ifndef TK_GENERIC_CODECS_LANES_H
#define TK_GENERIC_CODECS_LANES_H

#include "../vectors.h"

/// The values of a group: as they lie in memory, and value i of every sub-block in element i.
typedef struct {
  float values[512];
  float weights[512];
  tk_f32 x[32];
  tk_f32 w[32];
} tk_group;

TK_INLINE tk_f32 tk_abs(tk_f32 v) { return (tk_f32)((tk_i32)v & 0x7fffffff); }

TK_INLINE tk_f32 tk_max(tk_f32 a, tk_f32 b) { return tk_select(a > b, a, b); }

TK_INLINE tk_f32 tk_min(tk_f32 a, tk_f32 b) { return tk_select(a < b, a, b); }

/// The nearest whole numbers, ties to even, within a range below 2^22; NaN gives the lowest.
TK_INLINE tk_f32 tk_nearest(tk_f32 v, float lowest, float highest) {
  const tk_f32 magic = tk_splat(12582912);
  return (tk_min(tk_max(v, tk_splat(lowest)), tk_splat(highest)) + magic) - magic;
}

/// 1 / v, and 0 for 0.
TK_INLINE tk_f32 tk_inverse(tk_f32 v) { return tk_select(v != 0, 1 / v, tk_splat(0)); }

/// The nearest values that a half can store; none infinite.
TK_INLINE tk_f32 tk_rounded(tk_f32 v) {
  const tk_f32 limited = tk_max(tk_min(v, tk_splat(65504)), tk_splat(-65504));
  return __builtin_convertvector(tk_to_f16(limited), tk_f32);
}

/// The same, but not nearer to zero where halves lie far apart.
TK_INLINE tk_f32 tk_unit(tk_f32 v) {
  const tk_f32 nearest = tk_rounded(v);
  const tk_f32 away = (tk_f32)((tk_i32)(tk_abs(nearest) + 0x1p-24f) | ((tk_i32)v & INT32_MIN));
  const tk_i32 is_less = (tk_abs(nearest) < tk_abs(v)) & (tk_abs(nearest) < 0x1p-14f);
  return tk_select(is_less, away, nearest);
}

#define TK_SHUFFLE16(v, ...) __builtin_shufflevector((v), (v), __VA_ARGS__)

TK_INLINE tk_f32 tk_swap8(tk_f32 v) {
  return TK_SHUFFLE16(v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
}

TK_INLINE tk_f32 tk_swap4(tk_f32 v) {
  return TK_SHUFFLE16(v, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);
}

TK_INLINE tk_f32 tk_swap2(tk_f32 v) {
  return TK_SHUFFLE16(v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
}

TK_INLINE tk_f32 tk_swap1(tk_f32 v) {
  return TK_SHUFFLE16(v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
}

/// Sums over the lanes of each block.
TK_INLINE tk_f32 tk_block_sum(tk_f32 v, const int blocks) {
  if (blocks == 1) v += tk_swap8(v);
  v += tk_swap4(v);
  v += tk_swap2(v);
  return v + tk_swap1(v);
}

/// The largest of the lanes of each block.
TK_INLINE tk_f32 tk_block_max(tk_f32 v, const int blocks) {
  if (blocks == 1) v = tk_max(v, tk_swap8(v));
  v = tk_max(v, tk_swap4(v));
  v = tk_max(v, tk_swap2(v));
  return tk_max(v, tk_swap1(v));
}

/// The lane of the largest magnitude of each block; the positive one of two.
TK_INLINE tk_f32 tk_block_extreme(tk_f32 v, const int blocks) {
  const tk_f32 high = tk_block_max(v, blocks), low = tk_block_max(-v, blocks);
  return tk_select(high >= low, high, -low);
}

/// Sixteen rows of sixteen, a column at a time.
TK_INLINE void tk_transpose(const float *rows, size_t stride, tk_f32 *columns) {
  float *out = (float *)(void *)columns;
  for (int j = 0; j < 16; j++)
    for (int i = 0; i < 16; i++) out[16 * i + j] = rows[stride * j + i];
}

/// Values that can be calculated with: no NaN, none larger than a format can store.
TK_INLINE tk_f32 tk_encodable(tk_f32 x) {
  x = tk_select(x == x, x, tk_splat(0));
  return tk_min(tk_max(x, tk_splat(-3e8f)), tk_splat(3e8f));
}

/// Weights of a block: the caller's, their largest being 1.
TK_INLINE void tk_load_weights(const float *importance, const int size, float *weights) {
  tk_f32 largest = tk_splat(0);
  for (int i = 0; i < size; i += 16) {
    const tk_f32 w = TK_LOAD(tk_f32, importance + i);
    const tk_f32 usable = tk_select((w > 0) & (w < __builtin_inff()), w, tk_splat(0));
    largest = tk_max(largest, usable);
    TK_STORE(weights + i, usable);
  }
  largest = tk_block_max(largest, 1);
  for (int i = 0; i < size; i += 16) {
    const tk_f32 w = TK_LOAD(tk_f32, weights + i) / largest;
    TK_STORE(weights + i, tk_select(largest > 0, w, tk_splat(1)));
  }
}

/// Loads a group of sub-blocks of `size` values from blocks of 256. `importance` has those of the
/// first block; `next` those of the second.
TK_INLINE void tk_load_group(tk_group *group, const int size, const float *first,
                             const float *second, const float *importance, const float *next) {
  for (int i = 0; i < 256; i += 16) {
    TK_STORE(group->values + i, tk_encodable(TK_LOAD(tk_f32, first + i)));
    if (size == 32) TK_STORE(group->values + 256 + i, tk_encodable(TK_LOAD(tk_f32, second + i)));
  }
  for (int i = 0; i < size; i += 16) tk_transpose(group->values + i, size, group->x + i);
  if (!importance) return;
  tk_load_weights(importance, 256, group->weights);
  if (size == 32) tk_load_weights(next, 256, group->weights + 256);
  for (int i = 0; i < size; i += 16) tk_transpose(group->weights + i, size, group->w + i);
}

TK_INLINE void tk_store_half(uint8_t *out, float value) {
  const _Float16 half = (_Float16)value;
  __builtin_memcpy(out, &half, 2);
}

#endif
