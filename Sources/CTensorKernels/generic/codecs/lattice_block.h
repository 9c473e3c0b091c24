// From the values of a block to all that it stores; see lattice.h.
#ifndef TK_GENERIC_CODECS_LATTICE_BLOCK_H
#define TK_GENERIC_CODECS_LATTICE_BLOCK_H

#include "lattice.h"

/// Replaces values by their magnitudes, but for the one sign of a unit that must be wrong.
TK_INLINE void tk_lattice_split_signs(tk_lattice_block *block, const tk_lattice *lattice,
                                      const tk_lattice_kind kind) {
  for (int u = 0; u < 32; u += 16) {
    float *x = block->values + u, *w = block->weights + u;
    tk_i32 signs = tk_splat_i32(0), odd = tk_splat_i32(0), place = tk_splat_i32(0);
    const tk_f32 lowest = lattice->levels[0] * tk_lattice_plain(x, w, lattice, kind);
    tk_f32 least = tk_splat(__builtin_inff());
    for (int d = 0; d < 8; d++) {
      const tk_f32 value = TK_LOAD(tk_f32, x + 32 * d);
      const tk_i32 negative = value < 0;
      const tk_f32 magnitude = tk_select(negative, -value, value);
      const tk_f32 reversed = (magnitude + lowest) * (magnitude + lowest);
      const tk_f32 cost =
          TK_LOAD(tk_f32, w + 32 * d) *
          tk_select(magnitude < 2.0f * lowest, 4.0f * lowest * magnitude, reversed);
      const tk_i32 lower = cost < least;
      TK_STORE(x + 32 * d, magnitude);
      signs |= negative & (1 << d);
      odd ^= negative;
      least = tk_select(lower, cost, least);
      place = (place & ~lower) | (lower & d);
    }
    for (int d = 0; d < 8 && kind.has_even_signs; d++) {
      const tk_i32 wrong = odd & (place == d);
      const tk_f32 value = TK_LOAD(tk_f32, x + 32 * d);
      TK_STORE(x + 32 * d, tk_select(wrong, -value, value));
      signs ^= wrong & (1 << d);
    }
    TK_STORE(block->signs + u, signs);
  }
}

TK_INLINE void tk_lattice_load(tk_lattice_block *block, const float *values,
                               const float *importance, const tk_lattice *lattice,
                               const tk_lattice_kind kind) {
  float x[256], w[256];
  tk_input_values(x, values, 256);
  tk_input_weights(w, importance, 256);
  for (int u = 0; u < 32; u++) {
    for (int d = 0; d < 8; d++) {
      block->values[32 * d + u] = x[8 * u + d];
      block->weights[32 * d + u] = w[8 * u + d];
    }
  }
  if (kind.has_signs) tk_lattice_split_signs(block, lattice, kind);
}

TK_INLINE tk_f32 tk_lattice_multiple(tk_f32 k, const tk_lattice_kind kind) {
  return kind.step * (2.0f * k + 1.0f);
}

/// The best k of the sub-blocks of a chunk for the unit `d`, the sums and the gains.
TK_INLINE tk_f32 tk_lattice_settle(const tk_lattice_slots *slots, float d, tk_f32 fitted,
                                   tk_lattice_fit *fit, tk_f32 *gain,
                                   const tk_lattice_kind kind) {
  const float highest = (float)kind.highest;
  const tk_f32 nearest = tk_nearest((fitted / (d * kind.step) - 1.0f) * 0.5f, 0, highest);
  tk_f32 best = nearest;
  fit->match = fit->energy = tk_splat(0);
  *gain = tk_splat(-__builtin_inff());
  for (int change = -1; change <= 1; change++) {
    const tk_f32 k = tk_nearest(nearest + (float)change, 0, highest);
    const tk_f32 scale = d * tk_lattice_multiple(k, kind);
    const tk_lattice_fit other = tk_lattice_sub_blocks(slots, TK_NEAR, scale, kind);
    const tk_f32 other_gain = scale * (2.0f * other.match - scale * other.energy);
    const tk_i32 better = other_gain > *gain;
    *gain = tk_select(better, other_gain, *gain);
    fit->match = tk_select(better, other.match, fit->match);
    fit->energy = tk_select(better, other.energy, fit->energy);
    best = tk_select(better, k, best);
  }
  return best;
}

/// Chooses the unit and the scales.
TK_INLINE void tk_lattice_numbers(tk_lattice_block *block, tk_f32 *chosen,
                                  tk_lattice_slots slots[2][2], const tk_f32 *fitted,
                                  const tk_lattice_kind kind) {
  static const float starts[] = {1.06f, 1, 0.94f, 0.88f};
  float largest = 0, best_gain = 0;
  for (int c = 0; c < 2; c++) {
    for (int lane = 0; lane < 16; lane++) {
      largest = fitted[c][lane] > largest ? fitted[c][lane] : largest;
    }
  }
  block->d = 0;
  chosen[0] = chosen[1] = tk_splat(0);
  const float reach = kind.step * (float)(2 * kind.highest + 1);
  for (int i = 0; i < 4 && largest > 0; i++) {
    float d = tk_half_unit(starts[i] * largest / reach);
    // Twice: for that unit, and for the one that suits what it led to.
    for (int round = 0; round < 2 && d > 0; round++) {
      float gain = 0, match = 0, energy = 0;
      tk_f32 scales[2];
      for (int c = 0; c < 2; c++) {
        tk_lattice_fit fit;
        tk_f32 gains;
        scales[c] = tk_lattice_settle(slots[c], d, fitted[c], &fit, &gains, kind);
        const tk_f32 multiple = tk_lattice_multiple(scales[c], kind);
        fit.match = multiple * fit.match;
        fit.energy = multiple * multiple * fit.energy;
        for (int lane = 0; lane < 16; lane += kind.units) {
          gain += gains[lane];
          match += fit.match[lane];
          energy += fit.energy[lane];
        }
      }
      if (gain > best_gain) {
        best_gain = gain;
        block->d = d;
        chosen[0] = scales[0];
        chosen[1] = scales[1];
      }
      d = tk_half_rounded(match / energy);
    }
  }
}

/// Chooses the points of a chunk.
TK_INLINE void tk_lattice_points(tk_lattice_block *block, const int chunk, tk_f32 chosen,
                                 const tk_lattice_slots *slots, const tk_lattice *lattice,
                                 const tk_lattice_kind kind) {
  const tk_f32 scale = block->d * tk_lattice_multiple(chosen, kind);
  tk_f32 gains[2];
  uint32_t best[2][16], second[16] = {0};
  for (int i = 0; i < tk_lattice_lists(kind); i++) {
    tk_i32 slot;
    tk_lattice_best(slots + i, kind.shares_shift ? TK_NEAR : TK_NEAR * kind.shifts, scale,
                    &gains[i], &slot);
    TK_STORE(best[i], slot);
  }
  if (kind.shares_shift) {
    const tk_i32 better = tk_sub_block_sum(gains[1], kind.units) >
                          tk_sub_block_sum(gains[0], kind.units);
    TK_STORE(second, better & 1);
  }
  for (int lane = 0; lane < 16; lane++) {
    const int u = 16 * chunk + lane;
    block->scales[u] = (uint32_t)chosen[lane];
    for (int part = 0; part < 8 / kind.dims; part++) {
      const uint32_t list = kind.shares_shift ? second[lane] : (uint32_t)part;
      const uint32_t slot = best[list][lane];
      const uint32_t a = kind.shares_shift ? list : slot / TK_NEAR;
      const uint32_t cell = slots[list].cells[a][lane];
      const uint32_t point = lattice->near[TK_NEAR * cell + slot % TK_NEAR];
      block->points[part][u] =
          lattice->numbers[(point & 255) + (point >> 8) * (uint32_t)tk_half_count(kind)];
      block->shifts[u] = a;
    }
  }
}

/// Chooses all that a block stores.
TK_INLINE void tk_lattice_encode(tk_lattice_block *block, const float *values,
                                 const float *importance, const tk_lattice *lattice,
                                 const tk_lattice_kind kind) {
  tk_lattice_slots slots[2][2];
  tk_f32 fitted[2], chosen[2];
  tk_lattice_load(block, values, importance, lattice, kind);
  for (int c = 0; c < 2; c++) {
    fitted[c] = tk_lattice_scale(slots[c], block->values + 16 * c, block->weights + 16 * c,
                                 lattice, kind);
  }
  tk_lattice_numbers(block, chosen, slots, fitted, kind);
  for (int c = 0; c < 2; c++) {
    tk_lattice_points(block, c, chosen[c], slots[c], lattice, kind);
  }
}

#endif
