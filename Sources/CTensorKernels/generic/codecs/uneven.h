// Sixteen uneven levels: IQ4_NL and IQ4_XS. The search is that of QuantCore's UnevenLevels and
// UnevenBlockEncoder, operation by operation.
//
// Lanes are sixteen scales for the same 32 values.
#ifndef TK_GENERIC_CODECS_UNEVEN_H
#define TK_GENERIC_CODECS_UNEVEN_H

#include "../../include/CTensorCodecs.h"
#include "half.h"
#include "input.h"

typedef struct {
  float levels[16], middles[15];
  /// From each level to the next.
  int32_t steps[15];
} tk_uneven;

/// How well scales store 32 values.
typedef struct {
  /// `sum(w x l)`, `sum(w l l)` and the weighted squared error.
  tk_f32 match, energy, error;
} tk_uneven_fit;

TK_INLINE tk_uneven tk_uneven_make(const int8_t *levels) {
  tk_uneven u;
  for (int i = 0; i < 16; i++) u.levels[i] = (float)levels[i];
  for (int i = 0; i < 15; i++) {
    u.middles[i] = (u.levels[i] + u.levels[i + 1]) / 2;
    u.steps[i] = levels[i + 1] - levels[i];
  }
  return u;
}

/// The levels nearest to values; of two equally near, the lower.
TK_INLINE tk_f32 tk_uneven_level(const tk_uneven *u, tk_f32 v) {
  // In whole numbers, for which there are more adders.
  tk_i32 level = tk_splat_i32((int32_t)u->levels[0]);
  for (int i = 0; i < 15; i++) level += (v > u->middles[i]) & u->steps[i];
  return tk_float(level);
}

/// The sums for the levels that `inverse` leads to.
TK_INLINE tk_uneven_fit tk_uneven_sums(const tk_uneven *u, const float *x, const float *w,
                                       tk_f32 inverse) {
  tk_uneven_fit fit = {tk_splat(0), tk_splat(0), tk_splat(0)};
  for (int i = 0; i < 32; i++) {
    const tk_f32 level = tk_uneven_level(u, x[i] * inverse);
    const tk_f32 weighted = w[i] * level;
    fit.match += weighted * x[i];
    fit.energy += weighted * level;
  }
  return fit;
}

/// The sums and the errors for scales.
TK_INLINE tk_uneven_fit tk_uneven_errors(const tk_uneven *u, const float *x, const float *w,
                                         tk_f32 scale) {
  const tk_f32 inverse = tk_inverse(scale);
  tk_uneven_fit fit = {tk_splat(0), tk_splat(0), tk_splat(0)};
  for (int i = 0; i < 32; i++) {
    const tk_f32 level = tk_uneven_level(u, x[i] * inverse);
    const tk_f32 weighted = w[i] * level;
    const tk_f32 difference = x[i] - scale * level;
    fit.match += weighted * x[i];
    fit.energy += weighted * level;
    fit.error += w[i] * difference * difference;
  }
  return fit;
}

TK_INLINE float tk_extreme(const float *x, size_t count) {
  float extreme = 0;
  for (size_t i = 0; i < count; i++) {
    if (__builtin_fabsf(x[i]) > __builtin_fabsf(extreme)) extreme = x[i];
  }
  return extreme;
}

/// The best scale, not rounded.
TK_INLINE float tk_uneven_scale(const tk_uneven *u, const float *x, const float *w) {
  const float extreme = tk_extreme(x, 32);
  float best = 0, best_gain = 0;
  tk_f32 inverse;
  for (int i = 0; i < 16; i++) {
    const float level = u->levels[i < 8 ? 0 : 15];
    inverse[i] = level * (0.76f + 0.08f * (float)(i % 8)) / extreme;
    if (!(__builtin_fabsf(inverse[i]) < __builtin_inff())) return 0;
  }
  // The second fit starts from the first one's levels: most of what is left to gain.
  for (int round = 0; round < 2; round++) {
    const tk_uneven_fit fit = tk_uneven_sums(u, x, w, inverse);
    const tk_f32 scale = fit.match / fit.energy;
    const tk_f32 gain = scale * fit.match;
    for (int i = 0; i < 16; i++) {
      if (gain[i] > best_gain && __builtin_fabsf(scale[i]) >= 0x1p-126f) {
        best_gain = gain[i];
        best = scale[i];
      }
    }
    inverse = 1 / scale;
  }
  return best;
}

TK_INLINE int tk_has_one_magnitude(const float *x, size_t count) {
  for (size_t i = 1; i < count; i++) {
    if (__builtin_fabsf(x[i]) != __builtin_fabsf(x[0])) return 0;
  }
  return 1;
}

/// Replaces a scale by the best of sixteen, if that is better.
TK_INLINE void tk_uneven_consider(const tk_uneven *u, const float *x, const float *w,
                                  tk_f32 scales, float *best, float *least) {
  const tk_uneven_fit fit = tk_uneven_errors(u, x, w, scales);
  for (int i = 0; i < 16; i++) {
    if (fit.error[i] < *least) {
      *least = fit.error[i];
      *best = scales[i];
    }
  }
}

/// The best scale among those that a half can store.
TK_INLINE float tk_uneven_stored_scale(const tk_uneven *u, const float *x, const float *w) {
  const float fitted = tk_uneven_scale(u, x, w);
  const float rounded = tk_half_rounded(fitted);
  float best = 0, least = __builtin_inff();
  tk_f32 scales = tk_splat(0);
  scales[1] = rounded;
  scales[2] = tk_half_unit(fitted);
  for (int i = 3; i < 9; i++) scales[i] = tk_half_neighbour(rounded, i < 6 ? i - 6 : i - 5);
  tk_uneven_consider(u, x, w, scales, &best, &least);
  if (tk_has_one_magnitude(x, 32)) {
    for (int i = 0; i < 16; i++) scales[i] = tk_half_rounded(x[0] / u->levels[i]);
    tk_uneven_consider(u, x, w, scales, &best, &least);
  }
  return best;
}

/// Writes the numbers of 32 levels, sixteen bytes.
TK_INLINE void tk_uneven_put(const tk_uneven *u, const float *x, float scale, uint8_t *out) {
  const float inverse = scale == 0 ? 0 : 1 / scale;
  tk_i32 numbers[2];
  for (int half = 0; half < 2; half++) {
    const tk_f32 v = TK_LOAD(tk_f32, x + 16 * half) * inverse;
    numbers[half] = tk_splat_i32(0);
    for (int i = 0; i < 15; i++) numbers[half] -= v > u->middles[i];
  }
  const tk_u8x16 bytes = __builtin_convertvector(numbers[0] | numbers[1] << 4, tk_u8x16);
  TK_STORE(out, bytes);
}

static void tk_encode_iq4_nl(const float *values, size_t blocks, const float *importance,
                             size_t row_blocks, uint8_t *out) {
  const tk_uneven u = tk_uneven_make(tk_points[TK_POINTS_IQ4]);
  for (size_t b = 0; b < blocks; b++) {
    float x[32], w[32];
    tk_input_values(x, values + 32 * b, 32);
    tk_input_weights(w, importance ? importance + 32 * (b % row_blocks) : NULL, 32);
    const float d = tk_uneven_stored_scale(&u, x, w);
    tk_store_half(out + 18 * b, d);
    tk_uneven_put(&u, x, d, out + 18 * b + 2);
  }
}

enum { TK_UNITS = 5 };

/// A unit for IQ4_XS, what follows from it, and the unit that suits that best.
typedef struct {
  float d, error, refitted;
  float scales[8];
} tk_uneven_numbers;

/// Chooses the scales for some units.
TK_INLINE void tk_uneven_settle(const tk_uneven *u, const float *x, const float *w,
                                const float *fitted, tk_uneven_numbers *numbers) {
  float match[TK_UNITS] = {0}, energy[TK_UNITS] = {0};
  for (int i = 0; i < TK_UNITS; i++) numbers[i].error = 0;
  for (int j = 0; j < 8; j++) {
    tk_f32 scales = tk_splat(0), multiples = tk_splat(0);
    for (int i = 0; i < TK_UNITS; i++) {
      const float d = numbers[i].d, exact = fitted[j] * (d == 0 ? 0 : 1 / d);
      const float limited = exact > -31 ? (exact < 30 ? exact : 30) : -31;
      const float nearest = (limited + 12582912.0f) - 12582912.0f;
      for (int k = 0; k < 3; k++) multiples[3 * i + k] = nearest + (float)(k - 1);
      for (int k = 0; k < 3; k++) scales[3 * i + k] = d * multiples[3 * i + k];
    }
    const tk_uneven_fit fit = tk_uneven_errors(u, x + 32 * j, w + 32 * j, scales);
    for (int i = 0; i < TK_UNITS; i++) {
      int best = 3 * i;
      for (int k = 3 * i + 1; k < 3 * i + 3; k++) best = fit.error[k] < fit.error[best] ? k : best;
      numbers[i].scales[j] = multiples[best];
      numbers[i].error += fit.error[best];
      match[i] += multiples[best] * fit.match[best];
      energy[i] += multiples[best] * multiples[best] * fit.energy[best];
    }
  }
  for (int i = 0; i < TK_UNITS; i++) numbers[i].refitted = tk_half_rounded(match[i] / energy[i]);
}

TK_INLINE void tk_uneven_keep(tk_uneven_numbers *best, const tk_uneven_numbers *numbers) {
  for (int i = 0; i < TK_UNITS; i++) {
    if (numbers[i].error < best->error) *best = numbers[i];
  }
}

/// Chooses the unit and the scales of a block.
TK_INLINE tk_uneven_numbers tk_uneven_block(const tk_uneven *u, const float *x, const float *w) {
  tk_uneven_numbers numbers[TK_UNITS], best = {.error = __builtin_inff()};
  float fitted[8];
  for (int j = 0; j < 8; j++) fitted[j] = tk_uneven_scale(u, x + 32 * j, w + 32 * j);
  const float extreme = tk_extreme(fitted, 8);
  for (int i = 0; i < TK_UNITS; i++) numbers[i].d = tk_half_unit(extreme / (float)(i - 32));
  tk_uneven_settle(u, x, w, fitted, numbers);
  tk_uneven_keep(&best, numbers);
  for (int i = 0; i < TK_UNITS; i++) numbers[i].d = numbers[i].refitted;
  tk_uneven_settle(u, x, w, fitted, numbers);
  tk_uneven_keep(&best, numbers);
  if (tk_has_one_magnitude(x, 256) && x[0] != 0) {
    // Only the rounding of the unit matters, and any level may do.
    for (int level = 0; level < 16; level++) {
      for (int j = 0; j < 8; j++) fitted[j] = x[0] / u->levels[level];
      for (int i = 0; i < TK_UNITS; i++) numbers[i].d = tk_half_unit(fitted[0] / (float)(i - 32));
      tk_uneven_settle(u, x, w, fitted, numbers);
      tk_uneven_keep(&best, numbers);
    }
  }
  return best;
}

static void tk_encode_iq4_xs(const float *values, size_t blocks, const float *importance,
                             size_t row_blocks, uint8_t *out) {
  const tk_uneven u = tk_uneven_make(tk_points[TK_POINTS_IQ4]);
  for (size_t b = 0; b < blocks; b++, out += 136) {
    float x[256], w[256];
    tk_input_values(x, values + 256 * b, 256);
    tk_input_weights(w, importance ? importance + 256 * (b % row_blocks) : NULL, 256);
    const tk_uneven_numbers numbers = tk_uneven_block(&u, x, w);
    uint32_t high = 0;
    tk_store_half(out, numbers.d);
    for (int j = 0; j < 8; j++) {
      const uint32_t packed = (uint32_t)((int)numbers.scales[j] + 32);
      high |= packed >> 4 << (2 * j);
      out[4 + j / 2] = (uint8_t)(j % 2 ? out[4 + j / 2] | (packed & 15) << 4 : packed & 15);
      tk_uneven_put(&u, x + 32 * j, numbers.d * numbers.scales[j], out + 8 + 16 * j);
    }
    tk_put_16(out + 2, (uint16_t)high);
  }
}

#endif
