// Encoders of blocks of 32 values: Q4_0, Q4_1, Q5_0, Q5_1 and Q8_0. See CentredBlockEncoder.swift and
// LineBlockEncoder.swift.
#ifndef TK_GENERIC_CODECS_ENCODE_32_H
#define TK_GENERIC_CODECS_ENCODE_32_H

#include "lanes.h"

/// Stores the nearest half, never infinite; NaN becomes zero.
TK_INLINE void tk_store_half_limited(uint8_t *out, float value) {
  const float limited = value < -65504 ? -65504 : value > 65504 ? 65504 : value;
  tk_store_half(out, value == value ? limited : 0);
}

/// Levels of 4 or 5 bits, with the fifth bits before the others.
TK_INLINE void tk_store_levels_32(tk_i32 low, tk_i32 high, const int bits, uint8_t *out) {
  if (bits == 5) {
    const tk_i32 places = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384,
                           32768};
    const uint32_t fifth =
        (uint32_t)__builtin_reduce_add((low >> 4) * places) |
        (uint32_t)__builtin_reduce_add((high >> 4) * places) << 16;
    __builtin_memcpy(out, &fifth, 4);
    out += 4;
  }
  TK_STORE(out, __builtin_convertvector((low & 15) | high << 4, tk_u8x16));
}

/// A value's level, where levels are whole numbers from 0.
TK_INLINE tk_i32 tk_truncated(tk_f32 v, float highest) {
  const tk_f32 limited = tk_min(tk_max(v, tk_splat(0)), tk_splat(highest));
  return __builtin_convertvector(limited, tk_i32);
}

TK_INLINE int32_t tk_largest_bits(tk_f32 a, tk_f32 b) {
  const tk_i32 x = (tk_i32)a & INT32_MAX, y = (tk_i32)b & INT32_MAX;
  return __builtin_reduce_max(__builtin_elementwise_max(x, y));
}

/// The first of 32 values with the largest magnitude.
TK_INLINE float tk_first_extreme(tk_f32 a, tk_f32 b) {
  const int32_t bits = tk_largest_bits(a, b);
  float magnitude;
  __builtin_memcpy(&magnitude, &bits, 4);
  if (magnitude == 0) return 0;  // of either sign
  const tk_i32 positive = (a == magnitude) | (b == magnitude);
  const tk_i32 negative = (a == -magnitude) | (b == -magnitude);
  if (!__builtin_reduce_or(negative)) return magnitude;
  if (!__builtin_reduce_or(positive)) return -magnitude;
  for (int i = 0; i < 16; i++)
    if (tk_abs(a)[i] == magnitude) return a[i];
  for (int i = 0; i < 16; i++)
    if (tk_abs(b)[i] == magnitude) return b[i];
  return magnitude;
}

TK_INLINE void tk_encode_centred_plain(const float *values, const int bits, uint8_t *out) {
  const tk_f32 low = tk_encodable(TK_LOAD(tk_f32, values));
  const tk_f32 high = tk_encodable(TK_LOAD(tk_f32, values + 16));
  const float half = (float)(1 << (bits - 1));
  const float d = tk_first_extreme(low, high) / -half;
  const float inverse = d == 0 ? 0 : 1 / d, offset = half + 0.5f;
  tk_store_half_limited(out, d);
  tk_store_levels_32(tk_truncated(low * inverse + offset, 2 * half - 1),
                     tk_truncated(high * inverse + offset, 2 * half - 1), bits, out + 2);
}

TK_INLINE void tk_encode_line_plain(const float *values, const int bits, uint8_t *out) {
  const tk_f32 a = tk_encodable(TK_LOAD(tk_f32, values));
  const tk_f32 b = tk_encodable(TK_LOAD(tk_f32, values + 16));
  float low = -tk_block_max(tk_max(-a, -b), 1)[0], high = tk_block_max(tk_max(a, b), 1)[0];
  if (low == 0) {
    // Of zeros, the first one's sign counts.
    int i = 0;
    while (values[i] != low) i++;
    low = values[i];
    if (high == 0) high = low;
  }
  const float highest = (float)((1 << bits) - 1), d = (high - low) / highest;
  const float inverse = d == 0 ? 0 : 1 / d;
  tk_store_half_limited(out, d);
  tk_store_half_limited(out + 2, low);
  tk_store_levels_32(tk_truncated((a - low) * inverse + 0.5f, highest),
                     tk_truncated((b - low) * inverse + 0.5f, highest), bits, out + 4);
}

/// A row's sixteen blocks, or fewer and the last one again and again: one in each lane, with the
/// weights of a search. `mean` is the row's mean square.
TK_INLINE void tk_load_blocks_32(tk_group *group, const float *values, const float *importance,
                                 size_t count, float mean) {
  for (size_t j = 0; j < 16; j++) {
    const size_t block = j < count ? j : count - 1;
    tk_i32 any = tk_splat_i32(0);
    for (size_t i = 0; i < 32; i += 16) {
      const tk_f32 w = TK_LOAD(tk_f32, importance + 32 * block + i);
      any |= (w > 0) & (w < __builtin_inff());
    }
    const bool has_weights = __builtin_reduce_or(any) != 0;
    for (size_t i = 0; i < 32; i += 16) {
      const tk_f32 x = tk_encodable(TK_LOAD(tk_f32, values + 32 * block + i));
      const tk_f32 w = TK_LOAD(tk_f32, importance + 32 * block + i);
      const tk_f32 usable = tk_select((w > 0) & (w < __builtin_inff()), w, tk_splat(0));
      const tk_f32 spread = __builtin_elementwise_sqrt(mean + x * x);
      TK_STORE(group->values + 32 * j + i, x);
      TK_STORE(group->weights + 32 * j + i,
               has_weights ? usable * spread : spread);
    }
  }
  for (int i = 0; i < 32; i += 16) {
    tk_transpose(group->values + i, 32, group->x + i);
    tk_transpose(group->weights + i, 32, group->w + i);
  }
}

/// The mean square of a row, added up in order.
TK_INLINE float tk_mean_square(const float *values, size_t count) {
  float sum = 0;
  for (size_t i = 0; i < count; i += 16) {
    const tk_f32 x = tk_encodable(TK_LOAD(tk_f32, values + i)), squares = x * x;
    TK_UNROLL for (int k = 0; k < 16; k++) sum += squares[k];
  }
  return sum / (float)count;
}

/// The scales of sixteen blocks with centred levels, and the inverses that lead to the levels.
static void tk_search_centred(const tk_group *group, const float half, tk_f32 *scale,
                              tk_f32 *inverse) {
  tk_f32 extreme = tk_splat(0);
  for (int i = 0; i < 32; i++)
    extreme = tk_select(tk_abs(group->x[i]) > tk_abs(extreme), group->x[i], extreme);
  const tk_i32 is_there = tk_abs(extreme) >= 1e-15f;
  tk_f32 best = tk_splat(0);
  for (int start = 0; start < 20; start++) {
    // The plain scale first, then those around it.
    const int step = start == 0 ? 0 : start - 10;
    if (start != 0 && step == 0) continue;
    const tk_f32 candidate = -(half + 0.1f * (float)step) / extreme;
    tk_f32 xl = tk_splat(0), ll = tk_splat(0);
    for (int i = 0; i < 32; i++) {
      const tk_f32 x = group->x[i], w = group->w[i];
      const tk_f32 level = tk_nearest(candidate * x, -half, half - 1);
      xl += w * x * level;
      ll += w * level * level;
    }
    const tk_f32 fitted = tk_select(ll != 0, xl / ll, tk_splat(0));
    const tk_i32 is_better =
        start == 0 ? tk_splat_i32(-1) : (ll > 0) & (xl * xl > best * ll);
    *scale = start == 0 ? fitted : tk_select(is_better, fitted, *scale);
    *inverse = start == 0 ? candidate : tk_select(is_better, candidate, *inverse);
    best = tk_select(is_better, fitted * xl, best);
  }
  *scale = tk_select(is_there, *scale, tk_splat(0));
  // Where there is nothing to store, all levels are the lowest.
  *inverse = tk_select(is_there, *inverse, tk_splat(0));
}

/// The lines of sixteen blocks, and the inverses and the lowest values that lead to the levels.
static void tk_search_line(const tk_group *group, const float highest, tk_f32 *scale, tk_f32 *low,
                           tk_f32 *inverse, tk_f32 *base) {
  tk_f32 least_x = group->x[0], most_x = group->x[0], sum_w = tk_splat(0), sum_x = tk_splat(0);
  for (int i = 0; i < 32; i++) {
    const tk_f32 x = group->x[i], w = group->w[i];
    least_x = tk_min(x, least_x);
    most_x = tk_max(x, most_x);
    sum_w += w;
    sum_x += w * x;
  }
  tk_f32 lowest = tk_select(least_x > 0, tk_splat(0), least_x);
  const tk_i32 is_there = most_x > lowest;
  tk_f32 least = tk_splat(0);
  *scale = *inverse = tk_splat(0);
  *base = lowest;
  for (int start = -1; start <= 36; start++) {
    const float levels = start < 0 ? highest : -0.9f + 0.05f * (float)start + highest;
    const tk_f32 candidate = levels / (most_x - lowest);
    tk_f32 l = tk_splat(0), ll = tk_splat(0), xl = tk_splat(0);
    for (int i = 0; i < 32; i++) {
      const tk_f32 x = group->x[i], w = group->w[i];
      const tk_f32 level = tk_nearest(candidate * (x - lowest), 0, highest);
      l += w * level;
      ll += w * level * level;
      xl += w * level * x;
    }
    const tk_f32 determinant = sum_w * ll - l * l;
    tk_f32 fitted = (sum_w * xl - sum_x * l) / determinant;
    tk_f32 minimum = (ll * sum_x - l * xl) / determinant;
    fitted = tk_select(minimum > 0, xl / ll, fitted);
    minimum = tk_select(minimum > 0, tk_splat(0), minimum);
    if (start < 0) fitted = 1 / candidate, minimum = lowest;
    tk_f32 error = tk_splat(0);
    for (int i = 0; i < 32; i++) {
      const tk_f32 x = group->x[i];
      const tk_f32 level = tk_nearest(candidate * (x - lowest), 0, highest);
      const tk_f32 difference = fitted * level + minimum - x;
      error += group->w[i] * (difference * difference);
    }
    const tk_i32 is_better =
        start < 0 ? tk_splat_i32(-1) : (determinant > 0) & (error < least);
    *scale = tk_select(is_better, fitted, *scale);
    *inverse = tk_select(is_better, candidate, *inverse);
    *base = tk_select(is_better, lowest, *base);
    least = tk_select(is_better, error, least);
    lowest = tk_select(is_better, minimum, lowest);
  }
  *low = lowest;
  *scale = tk_select(is_there, *scale, tk_splat(0));
  *inverse = tk_select(is_there, *inverse, tk_splat(0));
}

/// Rows of blocks of a number of bytes, with or without a search.
TK_INLINE void tk_encode_32(const float *values, size_t blocks, const float *importance,
                            size_t row_blocks, const int bits, const int is_line, uint8_t *out) {
  const size_t bytes = (is_line ? 4 : 2) + (bits == 5 ? 20 : 16);
  const float half = (float)(1 << (bits - 1));
  if (!importance) {
    for (size_t b = 0; b < blocks; b++) {
      if (is_line)
        tk_encode_line_plain(values + 32 * b, bits, out + bytes * b);
      else
        tk_encode_centred_plain(values + 32 * b, bits, out + bytes * b);
    }
    return;
  }
  tk_group group;
  for (size_t row = 0; row < blocks; row += row_blocks) {
    const float mean = tk_mean_square(values + 32 * row, 32 * row_blocks);
    for (size_t b = 0; b < row_blocks; b += 16) {
      const size_t count = row_blocks - b < 16 ? row_blocks - b : 16;
      tk_load_blocks_32(&group, values + 32 * (row + b), importance + 32 * b, count, mean);
      tk_f32 scale, low = tk_splat(0), inverse, base = tk_splat(0);
      if (is_line)
        tk_search_line(&group, 2 * half - 1, &scale, &low, &inverse, &base);
      else
        tk_search_centred(&group, half, &scale, &inverse);
      for (size_t j = 0; j < count; j++) {
        uint8_t *block = out + bytes * (row + b + j);
        const float *x = group.values + 32 * j;
        const float lowest = is_line ? 0 : -half, offset = is_line || inverse[j] == 0 ? 0 : half;
        tk_i32 levels[2];
        for (int i = 0; i < 2; i++) {
          const tk_f32 scaled = inverse[j] * (TK_LOAD(tk_f32, x + 16 * i) - base[j]);
          levels[i] = __builtin_convertvector(
              tk_nearest(scaled, lowest, lowest + 2 * half - 1) + offset, tk_i32);
        }
        tk_store_half_limited(block, scale[j]);
        if (is_line) tk_store_half_limited(block + 2, low[j]);
        tk_store_levels_32(levels[0], levels[1], bits, block + (is_line ? 4 : 2));
      }
    }
  }
}

#define TK_ENCODER_32(name, bits, is_line)                                              \
  static void tk_encode_##name(const float *values, size_t blocks, const float *importance, \
                               size_t row_blocks, uint8_t *out) {                       \
    tk_encode_32(values, blocks, importance, row_blocks, bits, is_line, out);           \
  }

TK_ENCODER_32(q4_0, 4, 0)
TK_ENCODER_32(q4_1, 4, 1)
TK_ENCODER_32(q5_0, 5, 0)
TK_ENCODER_32(q5_1, 5, 1)

/// The nearest whole numbers from -127 to 127; halves away from zero.
TK_INLINE tk_i8x16 tk_rounded_bytes(tk_f32 v) {
  const tk_f32 even = tk_nearest(v, -127, 127), rest = v - even;
  const tk_i32 up = (v > 0) & (rest == 0.5f), down = (v < 0) & (rest == -0.5f);
  return __builtin_convertvector(__builtin_convertvector(even, tk_i32) - up + down, tk_i8x16);
}

static void tk_encode_q8_0(const float *values, size_t blocks, const float *importance,
                           size_t row_blocks, uint8_t *out) {
  (void)importance, (void)row_blocks;
  for (size_t b = 0; b < blocks; b++, values += 32, out += 34) {
    const tk_f32 low = tk_encodable(TK_LOAD(tk_f32, values));
    const tk_f32 high = tk_encodable(TK_LOAD(tk_f32, values + 16));
    const int32_t bits = tk_largest_bits(low, high);
    float largest;
    __builtin_memcpy(&largest, &bits, 4);
    const float scale = largest / 127, d = scale < 65504 ? scale : 65504;
    const float inverse = d > 0 ? 1 / d : 0;
    tk_store_half(out, d);
    TK_STORE(out + 2, tk_rounded_bytes(low * inverse));
    TK_STORE(out + 18, tk_rounded_bytes(high * inverse));
  }
}

#endif
