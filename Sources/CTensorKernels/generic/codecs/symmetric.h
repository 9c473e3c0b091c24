// Blocks of 256 values in sixteen sub-blocks with a signed scale each: Q3_K and Q6_K. See
// SignedBlockEncoder.swift.
#ifndef TK_GENERIC_CODECS_SYMMETRIC_H
#define TK_GENERIC_CODECS_SYMMETRIC_H

#include "lanes.h"

/// What is looked for: levels and scales from the lowest, a power of two, to one below its opposite.
typedef struct {
  float lowest;
  float lowest_scale;
  int weighted;
} tk_symmetric;

/// The numbers of a block: its unit and the scales in units of it.
typedef struct {
  tk_f32 d, scales, error;
} tk_symmetric_numbers;

/// Sums over a sub-block with the levels that `inverse` leads to: w x level, w level level.
TK_INLINE void tk_symmetric_sums(const tk_group *group, const tk_symmetric s, tk_f32 inverse,
                                 tk_f32 *sum_xl, tk_f32 *sum_ll) {
  tk_f32 xl = tk_splat(0), ll = tk_splat(0);
  for (int i = 0; i < 16; i++) {
    const tk_f32 level = tk_nearest(group->x[i] * inverse, s.lowest, -s.lowest - 1);
    const tk_f32 weighted = s.weighted ? group->w[i] * level : level;
    xl += weighted * group->x[i];
    ll += weighted * level;
  }
  *sum_xl = xl, *sum_ll = ll;
}

TK_INLINE tk_f32 tk_symmetric_error(const tk_group *group, const tk_symmetric s, tk_f32 scale) {
  const tk_f32 inverse = tk_inverse(scale);
  tk_f32 error = tk_splat(0);
  for (int i = 0; i < 16; i++) {
    const tk_f32 level = tk_nearest(group->x[i] * inverse, s.lowest, -s.lowest - 1);
    const tk_f32 difference = group->x[i] - scale * level;
    error += s.weighted ? group->w[i] * difference * difference : difference * difference;
  }
  return error;
}

/// Chooses the scales for the unit `d`: of the two around a fitted one, the better.
TK_INLINE tk_symmetric_numbers tk_symmetric_settle(const tk_group *group, const tk_symmetric s,
                                                   tk_f32 fitted, tk_f32 d) {
  const tk_f32 lower =
      tk_nearest(fitted * tk_inverse(d) - 0.5f, s.lowest_scale, -s.lowest_scale - 2);
  const tk_f32 upper = lower + 1;
  const tk_f32 lower_error = tk_symmetric_error(group, s, d * lower);
  const tk_f32 upper_error = tk_symmetric_error(group, s, d * upper);
  const tk_f32 scales = tk_select(upper_error < lower_error, upper, lower);
  return (tk_symmetric_numbers){d, scales, tk_block_sum(tk_min(upper_error, lower_error), 1)};
}

/// The best scale of each sub-block, not rounded; negative where the extreme value is positive.
TK_INLINE tk_f32 tk_symmetric_fit(const tk_group *group, const tk_symmetric s, tk_f32 extreme) {
  const tk_f32 unit = tk_select(tk_abs(extreme) > 0x1p-40f, 1 / extreme, tk_splat(0));
  tk_f32 best_xl = tk_splat(0), best_ll = tk_splat(1);
  tk_f32 xl, ll;
  for (int start = -3; start <= 3; start++) {
    tk_symmetric_sums(group, s, unit * (s.lowest + 0.3f * (float)start), &xl, &ll);
    const tk_i32 is_better = xl * xl * best_ll > best_xl * best_xl * ll;
    best_xl = tk_select(is_better, xl, best_xl);
    best_ll = tk_select(is_better, ll, best_ll);
  }
  // Once more from the best fit, which may move a few levels.
  tk_symmetric_sums(group, s, best_ll * tk_inverse(best_xl), &xl, &ll);
  const tk_i32 is_better = xl * xl * best_ll > best_xl * best_xl * ll;
  best_xl = tk_select(is_better, xl, best_xl);
  best_ll = tk_select(is_better, ll, best_ll);
  return best_xl / best_ll;
}

/// The unit that suits the levels of `numbers` best, 0 where there is none.
TK_INLINE tk_f32 tk_symmetric_refit(const tk_group *group, const tk_symmetric s,
                                    tk_symmetric_numbers numbers) {
  tk_f32 xl, ll;
  tk_symmetric_sums(group, s, tk_inverse(numbers.d * numbers.scales), &xl, &ll);
  xl = tk_block_sum(numbers.scales * xl, 1);
  ll = tk_block_sum(numbers.scales * numbers.scales * ll, 1);
  return tk_rounded(xl * tk_inverse(ll));
}

/// The numbers that store a block of one magnitude (zeros aside) with the least rounding: any
/// level and any scale may do it.
static __attribute__((noinline)) tk_symmetric_numbers tk_symmetric_settle_rounding(
    const tk_group *group, const tk_symmetric s, float largest, tk_symmetric_numbers numbers) {
  tk_f32 other_magnitude = tk_splat(0);
  for (int i = 0; i < 16; i++) {
    const tk_f32 magnitude = tk_abs(group->x[i]);
    const tk_f32 distance = tk_min(magnitude, __builtin_fabsf(largest) - magnitude);
    other_magnitude = tk_max(other_magnitude, distance);
  }
  if (tk_block_max(other_magnitude, 1)[0] > __builtin_fabsf(largest) * 0x1p-9f) return numbers;
  float best = __builtin_inff(), best_level = 0, best_d = 0;
  for (float level = s.lowest; level < 0; level++) {
    for (float scale = s.lowest_scale; scale <= s.lowest_scale / 2; scale++) {
      const float d = tk_rounded(tk_splat(largest / (level * scale)))[0];
      const float error = __builtin_fabsf(largest - d * (level * scale));
      if (error < best) best = error, best_level = level, best_d = d;
    }
  }
  if (best_d == 0) return numbers;
  const tk_symmetric_numbers other =
      tk_symmetric_settle(group, s, tk_splat(largest / best_level), tk_splat(best_d));
  return other.error[0] < numbers.error[0] ? other : numbers;
}

/// Chooses all numbers.
TK_INLINE tk_symmetric_numbers tk_symmetric_encode(const tk_group *group, const tk_symmetric s) {
  tk_f32 extreme = tk_splat(0);
  for (int i = 0; i < 16; i++)
    extreme = tk_select(tk_abs(group->x[i]) > tk_abs(extreme), group->x[i], extreme);
  const tk_f32 fitted = tk_symmetric_fit(group, s, extreme);
  const tk_f32 largest_fitted = tk_block_extreme(fitted, 1);
  tk_symmetric_numbers best =
      tk_symmetric_settle(group, s, fitted, tk_unit(largest_fitted / s.lowest_scale));
  const float least = -tk_block_max(-tk_abs(fitted), 1)[0];
  if (least < __builtin_fabsf(largest_fitted[0]) / 8) {
    // Small scales are stored coarsely, and another unit may suit them better.
    for (float step = -8; step <= 16; step++) {
      const tk_symmetric_numbers other = tk_symmetric_settle(
          group, s, fitted, tk_unit(largest_fitted / (s.lowest_scale + step)));
      if (other.error[0] < best.error[0]) best = other;
    }
  }
  for (int refit = 0; refit < 2; refit++) {
    const tk_f32 unit = tk_symmetric_refit(group, s, best);
    if (unit[0] == 0) break;
    const tk_symmetric_numbers refitted = tk_symmetric_settle(group, s, fitted, unit);
    if (!(refitted.error[0] < best.error[0])) break;
    best = refitted;
  }
  const float largest = tk_block_extreme(extreme, 1)[0], d = __builtin_fabsf(best.d[0]);
  const float rounding = largest * (d < 0x1p-14f ? 0x1p-25f / d : 0x1p-11f);
  if (best.error[0] > 0 && best.error[0] <= 256 * rounding * rounding)
    best = tk_symmetric_settle_rounding(group, s, largest, best);
  return best;
}

/// The levels of the values, counted from the lowest one.
TK_INLINE void tk_symmetric_levels(const tk_group *group, const tk_symmetric s,
                                   tk_symmetric_numbers numbers, uint8_t *levels) {
  const tk_f32 inverse = tk_inverse(numbers.d * numbers.scales);
  for (int j = 0; j < 16; j++) {
    const tk_f32 x = TK_LOAD(tk_f32, group->values + 16 * j);
    const tk_f32 level = tk_nearest(x * tk_splat(inverse[j]), s.lowest, -s.lowest - 1);
    const tk_i32 code = __builtin_convertvector(level - s.lowest, tk_i32);
    TK_STORE(levels + 16 * j, __builtin_convertvector(code, tk_u8x16));
  }
}

#endif
