// Blocks of 256 values in sub-blocks with a scale and a minimum each: Q2_K, Q4_K and Q5_K. See
// AffineBlockEncoder.swift.
#ifndef TK_GENERIC_CODECS_AFFINE_H
#define TK_GENERIC_CODECS_AFFINE_H

#include "lanes.h"

/// What is looked for: levels from 0 to `highest`, scales and minimums from 0 to `highest_scale`;
/// sub-blocks of `size` values, `blocks` blocks in a group.
typedef struct {
  float highest;
  float highest_scale;
  int size;
  int blocks;
  int weighted;
} tk_affine;

/// value = scale * level - minimum.
typedef struct {
  tk_f32 scale, minimum;
} tk_line;

/// The numbers of a block: its units, and the scales and minimums in units of them.
typedef struct {
  tk_f32 d, dmin, scales, minimums, error;
} tk_affine_numbers;

/// Sums over a sub-block, w, w x, w level, w x level, w level level, for a line's levels; and the
/// line's error.
typedef struct {
  tk_f32 w, x, l, xl, ll, error;
} tk_line_sums;

TK_INLINE void tk_line_measure(const tk_group *group, const tk_affine a, tk_line line,
                               tk_line_sums *sums) {
  const tk_f32 inverse = tk_inverse(line.scale);
  tk_f32 l = tk_splat(0), xl = tk_splat(0), ll = tk_splat(0), error = tk_splat(0);
  for (int i = 0; i < a.size; i++) {
    const tk_f32 x = group->x[i], shifted = x + line.minimum;
    const tk_f32 level = tk_nearest(shifted * inverse, 0, a.highest);
    const tk_f32 weighted = a.weighted ? group->w[i] * level : level;
    const tk_f32 difference = shifted - line.scale * level;
    l += weighted;
    xl += weighted * x;
    ll += weighted * level;
    error += a.weighted ? group->w[i] * difference * difference : difference * difference;
  }
  sums->l = l, sums->xl = xl, sums->ll = ll, sums->error = error;
}

TK_INLINE tk_f32 tk_line_error(const tk_group *group, const tk_affine a, tk_line line) {
  const tk_f32 inverse = tk_inverse(line.scale);
  tk_f32 error = tk_splat(0);
  for (int i = 0; i < a.size; i++) {
    const tk_f32 shifted = group->x[i] + line.minimum;
    const tk_f32 level = tk_nearest(shifted * inverse, 0, a.highest);
    const tk_f32 difference = shifted - line.scale * level;
    error += a.weighted ? group->w[i] * difference * difference : difference * difference;
  }
  return error;
}

/// The line that suits the measured levels best; the measured one where there is none.
TK_INLINE tk_line tk_line_fit(tk_line_sums s, tk_line line) {
  const tk_f32 determinant = s.w * s.ll - s.l * s.l;
  const tk_f32 scale = (s.w * s.xl - s.x * s.l) / determinant;
  const tk_f32 minimum = (s.l * s.xl - s.ll * s.x) / determinant;
  // The lowest level cannot lie above zero: then a line through the origin.
  const tk_i32 is_below = (minimum > 0) & (determinant > 1e-5f * s.w * s.ll);
  const tk_line fitted = {tk_select(is_below, scale, s.xl / s.ll),
                          tk_select(is_below, minimum, tk_splat(0))};
  const tk_i32 is_usable =
      (fitted.scale > 0x1p-60f) & (fitted.scale < 1e9f) & (fitted.minimum < 1e9f);
  return (tk_line){tk_select(is_usable, fitted.scale, line.scale),
                   tk_select(is_usable, fitted.minimum, line.minimum)};
}

/// Lines that a fit starts from: what is added to the number of levels that span the values, and by
/// how many levels the lowest one lies below them. The first seven make the narrow lines.
typedef struct {
  float levels, below;
} tk_line_start;

static const tk_line_start tk_line_starts[] = {
    {-1.1f, 0}, {-0.6f, 0},   {-0.1f, 0},    {0.4f, 0},     {0.9f, 0},
    {-0.3f, 0.5f}, {0.3f, 0.5f}, {-0.8f, -0.4f}, {0, -0.4f},
};

enum { TK_LINE_STARTS = 9, TK_NARROW_STARTS = 7 };

/// The best lines of each sub-block, not rounded: with the lowest level at or below the lowest value
/// to start with, and with all starts.
TK_INLINE void tk_affine_fit(const tk_group *group, const tk_affine a, tk_line_sums sums,
                             tk_line *narrow, tk_line *wide) {
  tk_f32 low = tk_splat(0), high = group->x[0];
  for (int i = 0; i < a.size; i++) {
    low = tk_min(group->x[i], low);
    high = tk_max(group->x[i], high);
  }
  const tk_f32 range = high - low;
  tk_line best = {range / a.highest, -low};
  tk_f32 least = tk_splat(__builtin_inff());
  for (int start = 0; start < TK_LINE_STARTS; start++) {
    if (start == TK_NARROW_STARTS) *narrow = best;
    const float levels = 1 / (a.highest + tk_line_starts[start].levels);
    const float below = tk_line_starts[start].below / a.highest;
    tk_line line = {tk_select(range > 0x1p-40f, range * levels, tk_splat(0)), range * below - low};
    for (int fit = 0; fit <= 2; fit++) {
      if (fit < 2)
        tk_line_measure(group, a, line, &sums);
      else
        sums.error = tk_line_error(group, a, line);
      const tk_i32 is_better = sums.error < least;
      least = tk_min(sums.error, least);
      best.scale = tk_select(is_better, line.scale, best.scale);
      best.minimum = tk_select(is_better, line.minimum, best.minimum);
      if (fit < 2) line = tk_line_fit(sums, line);
    }
  }
  *wide = best;
}

/// Chooses the scales and minimums for the units of `numbers`, each among `count` near the fitted
/// one.
TK_INLINE void tk_affine_settle(const tk_group *group, const tk_affine a, tk_line fitted,
                                const int count, tk_affine_numbers *numbers) {
  const tk_f32 d = numbers->d, dmin = numbers->dmin;
  const float before = 0.5f * (float)(count - 1), last = a.highest_scale - (float)(count - 1);
  const tk_f32 scale = tk_nearest(fitted.scale * tk_inverse(d) - before, 0, last);
  const tk_f32 minimum = tk_nearest(fitted.minimum * tk_inverse(dmin) - before, 0, last);
  tk_f32 least = tk_splat(__builtin_inff()), scales = scale, minimums = minimum;
  for (int i = 0; i < count; i++) {
    for (int k = 0; k < count; k++) {
      const tk_f32 s = scale + (float)i, m = minimum + (float)k;
      const tk_f32 error = tk_line_error(group, a, (tk_line){d * s, dmin * m});
      const tk_i32 is_better = error < least;
      least = tk_min(error, least);
      scales = tk_select(is_better, s, scales);
      minimums = tk_select(is_better, m, minimums);
    }
  }
  numbers->scales = scales, numbers->minimums = minimums;
  numbers->error = tk_block_sum(least, a.blocks);
}

/// The first settling: units for the largest scale and the largest minimum.
TK_INLINE tk_affine_numbers tk_affine_settle_first(const tk_group *group, const tk_affine a,
                                                   tk_line fitted) {
  tk_affine_numbers numbers;
  numbers.d = tk_unit(tk_block_max(fitted.scale, a.blocks) / a.highest_scale);
  numbers.dmin = tk_unit(tk_block_max(fitted.minimum, a.blocks) / a.highest_scale);
  tk_affine_settle(group, a, fitted, 3, &numbers);
  return numbers;
}

/// Takes `other` where it is allowed and stores a block better.
TK_INLINE void tk_affine_improve(tk_affine_numbers *best, tk_affine_numbers other, tk_i32 allowed) {
  const tk_i32 is_better = allowed & (other.error < best->error);
  best->d = tk_select(is_better, other.d, best->d);
  best->dmin = tk_select(is_better, other.dmin, best->dmin);
  best->scales = tk_select(is_better, other.scales, best->scales);
  best->minimums = tk_select(is_better, other.minimums, best->minimums);
  best->error = tk_select(is_better, other.error, best->error);
}

/// Improves the units by those that suit the levels best, where there are any.
TK_INLINE void tk_affine_refit(const tk_group *group, const tk_affine a, tk_line fitted,
                               tk_line_sums sums, tk_affine_numbers *best) {
  // value = d * (scale * level) - dmin * minimum.
  const tk_f32 s = best->scales, m = best->minimums;
  tk_line_measure(group, a, (tk_line){best->d * s, best->dmin * m}, &sums);
  const tk_f32 ss = tk_block_sum(s * s * sums.ll, a.blocks);
  const tk_f32 sm = tk_block_sum(s * m * sums.l, a.blocks);
  const tk_f32 mm = tk_block_sum(m * m * sums.w, a.blocks);
  const tk_f32 xs = tk_block_sum(s * sums.xl, a.blocks);
  const tk_f32 xm = tk_block_sum(m * sums.x, a.blocks);
  const tk_f32 determinant = ss * mm - sm * sm;
  const tk_i32 has_both = determinant > 1e-4f * ss * mm;
  const tk_f32 d = tk_select(has_both, (xs * mm - xm * sm) / determinant, xs / ss);
  const tk_f32 dmin = tk_select(has_both, (xs * sm - xm * ss) / determinant, tk_splat(0));
  const tk_i32 is_usable = (has_both | (mm == 0)) & (d > 0x1p-25f) & (d < 1e9f) & (dmin >= 0) &
                           (dmin < 1e9f);
  tk_affine_numbers other;
  other.d = tk_select(is_usable, tk_rounded(d), best->d);
  other.dmin = tk_select(is_usable, tk_rounded(dmin), best->dmin);
  tk_affine_settle(group, a, fitted, 3, &other);
  tk_affine_improve(best, other, is_usable);
}

/// Tries other units where some sub-blocks have far smaller scales than others: theirs are stored
/// coarsely, and another unit may suit them better.
static __attribute__((noinline)) void tk_affine_settle_units(const tk_group *group,
                                                             const tk_affine a, tk_line fitted,
                                                             tk_i32 is_uneven,
                                                             tk_affine_numbers *best) {
  static const float factors[] = {2.7f,  2.3f, 2,     1.8f, 1.6f,  1.45f, 1.3f, 1.2f, 1.1f,
                                  0.95f, 0.9f, 0.85f, 0.8f, 0.75f, 0.7f,  0.6f, 0.5f, 0.4f};
  const tk_f32 scale = tk_block_max(fitted.scale, a.blocks) / a.highest_scale;
  const tk_f32 minimum = tk_block_max(fitted.minimum, a.blocks) / a.highest_scale;
  for (int of_scales = 0; of_scales < 2; of_scales++) {
    const tk_affine_numbers from = *best;
    for (size_t i = 0; i < sizeof(factors) / sizeof(factors[0]); i++) {
      tk_affine_numbers other = from;
      if (of_scales)
        other.d = tk_unit(scale * factors[i]);
      else
        other.dmin = tk_unit(minimum * factors[i]);
      tk_affine_settle(group, a, fitted, 2, &other);
      tk_affine_improve(best, other, is_uneven);
    }
  }
}

/// Stores blocks of one value, with zeros below it or alone, with the least rounding: any level and
/// any scale may do it, or any minimum.
static __attribute__((noinline)) void tk_affine_settle_rounding(const tk_group *group,
                                                                const tk_affine a, tk_i32 is_exact,
                                                                tk_f32 largest,
                                                                tk_affine_numbers *best) {
  tk_affine_numbers other = *best;
  tk_line fitted = {tk_splat(0), tk_splat(0)};
  for (int lane = 0; lane < 16; lane += 16 / a.blocks) {
    if (!is_exact[lane]) continue;
    const float magnitude = __builtin_fabsf(largest[lane]);
    const bool is_positive = largest[lane] > 0;
    float least = __builtin_inff(), best_level = 1, unit = 0;
    for (float level = is_positive ? a.highest : 1; level > 0; level--) {
      for (float scale = a.highest_scale; scale > a.highest_scale / 2; scale--) {
        const float d = tk_rounded(tk_splat(magnitude / (level * scale)))[0];
        const float error = __builtin_fabsf(magnitude - d * (level * scale));
        if (error < least) least = error, best_level = level, unit = d;
      }
    }
    for (int j = lane; j < lane + 16 / a.blocks; j++) {
      other.d[j] = is_positive ? unit : 0;
      other.dmin[j] = is_positive ? 0 : unit;
      fitted.scale[j] = is_positive ? magnitude / best_level : 0;
      fitted.minimum[j] = is_positive ? 0 : magnitude;
    }
  }
  tk_affine_settle(group, a, fitted, 3, &other);
  tk_affine_improve(best, other, is_exact);
}

/// Chooses all numbers.
TK_INLINE tk_affine_numbers tk_affine_encode(const tk_group *group, const tk_affine a) {
  tk_line_sums sums;
  sums.w = sums.x = tk_splat(0);
  tk_f32 low = group->x[0], high = group->x[0];
  for (int i = 0; i < a.size; i++) {
    sums.w += a.weighted ? group->w[i] : tk_splat(1);
    sums.x += a.weighted ? group->w[i] * group->x[i] : group->x[i];
    low = tk_min(low, group->x[i]);
    high = tk_max(high, group->x[i]);
  }
  tk_line narrow, fitted;
  tk_affine_fit(group, a, sums, &narrow, &fitted);
  tk_affine_numbers best = tk_affine_settle_first(group, a, narrow);
  const tk_affine_numbers other = tk_affine_settle_first(group, a, fitted);
  const tk_i32 is_wide = other.error < best.error;
  fitted.scale = tk_select(is_wide, fitted.scale, narrow.scale);
  fitted.minimum = tk_select(is_wide, fitted.minimum, narrow.minimum);
  tk_affine_improve(&best, other, is_wide);

  const tk_i32 is_uneven = -tk_block_max(-fitted.scale, a.blocks) <
                           tk_block_max(fitted.scale, a.blocks) * 0.25f;
  if (is_uneven[0] | is_uneven[15]) tk_affine_settle_units(group, a, fitted, is_uneven, &best);
  for (int refit = 0; refit < 2; refit++) tk_affine_refit(group, a, fitted, sums, &best);

  low = -tk_block_max(-low, a.blocks), high = tk_block_max(high, a.blocks);
  tk_f32 middle = tk_splat(0);
  for (int i = 0; i < a.size; i++)
    middle = tk_max(middle, tk_min(group->x[i] - low, high - group->x[i]));
  const tk_f32 largest = tk_select(high > 0, high, low), near = tk_abs(largest) * 0x1p-9f;
  const tk_i32 is_exact = (tk_block_max(middle, a.blocks) <= near) & (best.error > 0) &
                          ((low == 0) | (high - low <= near));
  if (is_exact[0] | is_exact[15]) tk_affine_settle_rounding(group, a, is_exact, largest, &best);
  return best;
}

/// The levels of the values.
TK_INLINE void tk_affine_levels(const tk_group *group, const tk_affine a,
                                tk_affine_numbers numbers, uint8_t *levels) {
  const tk_f32 scale = numbers.d * numbers.scales, minimum = numbers.dmin * numbers.minimums;
  const tk_f32 inverse = tk_inverse(scale);
  for (int j = 0; j < 16; j++) {
    for (int i = a.size * j; i < a.size * (j + 1); i += 16) {
      const tk_f32 shifted = TK_LOAD(tk_f32, group->values + i) + tk_splat(minimum[j]);
      const tk_f32 level = tk_nearest(shifted * tk_splat(inverse[j]), 0, a.highest);
      const tk_i32 code = __builtin_convertvector(level, tk_i32);
      TK_STORE(levels + i, __builtin_convertvector(code, tk_u8x16));
    }
  }
}

#endif
