// What the formats with codebooks of points store a block as. The search is that of
// QuantCore/Blocks/LatticeEncoder.swift, which explains it, operation by operation.
//
// A block has 32 units of eight values; the lanes of all vectors here are sixteen of them, a chunk.
// Arrays of a block hold dimension d of unit u at 32 * d + u.
#ifndef TK_GENERIC_CODECS_LATTICE_H
#define TK_GENERIC_CODECS_LATTICE_H

#include "../../include/CTensorCodecs.h"
#include "half.h"
#include "input.h"

/// What distinguishes the types; constants after inlining. See `LatticeKind`.
typedef struct {
  /// Values of a point: 4 or 8.
  int dims;
  /// How many levels a value can have.
  int levels;
  /// Units that share a scale: 2 or 4.
  int units;
  bool has_signs, has_even_signs;
  /// How many offsets the points can have: 1 (none) or 2, and whether sub-blocks share them.
  int shifts;
  bool shares_shift;
  /// The scales are `d * step * (2 * k + 1)`, with k up to `highest`.
  float step;
  int highest;
  /// The largest magnitude that matters, in root mean squares.
  float reach;
} tk_lattice_kind;

enum { TK_PARTS = 2, TK_HALVES = 81, TK_COARSE = 5, TK_SLOTS = 2 * TK_NEAR };

/// `sum(w x p)` and `sum(w p p)` for all halves of a point, by their numbers.
typedef struct {
  float match[2][16 * TK_HALVES], energy[2][16 * TK_HALVES];
} tk_lattice_halves;

/// The points considered for a part of each unit, and the sums for them.
typedef struct {
  float match[16 * TK_SLOTS], energy[16 * TK_SLOTS];
  uint32_t cells[2][16];
} tk_lattice_slots;

/// The sums for the best points.
typedef struct {
  tk_f32 match, energy;
} tk_lattice_fit;

/// A block.
typedef struct {
  float values[256], weights[256];
  /// What it is stored as; the scale and the shift are there for each unit.
  float d;
  uint32_t signs[32], scales[32], shifts[32], points[TK_PARTS][32];
} tk_lattice_block;

/// The sum over the units of a sub-block, in each of their lanes.
TK_INLINE tk_f32 tk_sub_block_sum(tk_f32 v, const int units) {
  v += tk_swap1(v);
  return units == 4 ? v + tk_swap2(v) : v;
}

TK_INLINE tk_f32 tk_sub_block_max(tk_f32 v, const int units) {
  v = tk_max(v, tk_swap1(v));
  return units == 4 ? tk_max(v, tk_swap2(v)) : v;
}

TK_INLINE int tk_half_count(const tk_lattice_kind kind) {
  int count = 1;
  for (int i = 0; i < kind.dims / 2; i++) count *= kind.levels;
  return count;
}

TK_INLINE float tk_shift(const tk_lattice_kind kind, int a) {
  return kind.shifts == 1 ? 0 : a == 0 ? 0.125f : -0.125f;
}

/// The place of a part's slots. Offsets that units choose by themselves are in the same list.
TK_INLINE int tk_lattice_list(const tk_lattice_kind kind, int a, int part) {
  return kind.shares_shift ? a : part;
}

TK_INLINE int tk_lattice_lists(const tk_lattice_kind kind) {
  return kind.shares_shift ? kind.shifts : 8 / kind.dims;
}

/// Sums over the dimensions of a half, for all its levels.
TK_INLINE void tk_lattice_half(float *out, const float *factors, const float *levels,
                               const tk_lattice_kind kind) {
  TK_STORE(out, tk_splat(0));
  int count = 1;
  for (int d = 0; d < kind.dims / 2; d++) {
    const tk_f32 factor = TK_LOAD(tk_f32, factors + 32 * d);
    // The lowest level last, for it overwrites the sums so far.
    for (int l = kind.levels - 1; l >= 0; l--) {
      const tk_f32 product = factor * levels[l];
      for (int i = 0; i < count; i++) {
        TK_STORE(out + 16 * (count * l + i), TK_LOAD(tk_f32, out + 16 * i) + product);
      }
    }
    count *= kind.levels;
  }
}

TK_INLINE void tk_lattice_make_halves(tk_lattice_halves *out, const float *x, const float *w,
                                      const tk_lattice *lattice, float shift,
                                      const tk_lattice_kind kind) {
  float weighted[8 * 32], levels[8], squares[8];
  for (int d = 0; d < kind.dims; d++) {
    TK_STORE(weighted + 32 * d, TK_LOAD(tk_f32, w + 32 * d) * TK_LOAD(tk_f32, x + 32 * d));
  }
  for (int l = 0; l < kind.levels; l++) {
    levels[l] = lattice->levels[l] + shift;
    squares[l] = levels[l] * levels[l];
  }
  for (int h = 0; h < 2; h++) {
    const int first = 32 * h * (kind.dims / 2);
    tk_lattice_half(out->match[h], weighted + first, levels, kind);
    tk_lattice_half(out->energy[h], w + first, squares, kind);
  }
}

/// The cells of the values over `scale`.
TK_INLINE void tk_lattice_cells(uint32_t *out, const float *x, tk_f32 scale,
                                const tk_lattice *lattice, float shift,
                                const tk_lattice_kind kind) {
  const float first = lattice->levels[0];
  const float density = (float)(kind.levels - 1) / (lattice->levels[kind.levels - 1] - first);
  const tk_f32 slope = density / scale;
  const float offset = (first + shift) * density;
  tk_f32 cell = tk_splat(0);
  for (int d = kind.dims - 1; d >= 0; d--) {
    const tk_f32 exact = TK_LOAD(tk_f32, x + 32 * d) * slope - offset;
    cell = cell * (float)kind.levels + tk_nearest(exact, 0, (float)(kind.levels - 1));
  }
  const tk_i32 cells = __builtin_convertvector(cell, tk_i32);
  TK_STORE(out, cells);
}

/// Fills `count` slots of each list from `first` on with the points nearest to the values over
/// `scale`; those of a second offset, in the same list, lie `stride` behind those of the first.
TK_INLINE void tk_lattice_fill(tk_lattice_slots *slots, const tk_lattice_halves *halves,
                               const float *x, tk_f32 scale, const tk_lattice *lattice,
                               const int first, const int count, const int stride,
                               const tk_lattice_kind kind) {
  for (int a = 0; a < kind.shifts; a++) {
    for (int part = 0; part < 8 / kind.dims; part++) {
      tk_lattice_slots *list = slots + tk_lattice_list(kind, a, part);
      const tk_lattice_halves *sums = halves + a + part;
      const int start = 16 * (first + (kind.shares_shift ? 0 : a * stride));
      tk_lattice_cells(list->cells[a], x + 32 * kind.dims * part, scale, lattice,
                       tk_shift(kind, a), kind);
      for (int lane = 0; lane < 16; lane++) {
        const uint16_t *near = lattice->near + TK_NEAR * list->cells[a][lane];
        float *match = list->match + start + lane, *energy = list->energy + start + lane;
        for (int k = 0; k < count; k++) {
          const int lower = 16 * (near[k] & 255) + lane, upper = 16 * (near[k] >> 8) + lane;
          match[16 * k] = sums->match[0][lower] + sums->match[1][upper];
          energy[16 * k] = sums->energy[0][lower] + sums->energy[1][upper];
        }
      }
    }
  }
}

/// The sums for the best of `count` slots, and which these are.
TK_INLINE tk_lattice_fit tk_lattice_best(const tk_lattice_slots *list, const int count,
                                         tk_f32 scale, tk_f32 *gain, tk_i32 *slot) {
  const tk_f32 half = scale * 0.5f;
  tk_lattice_fit best = {TK_LOAD(tk_f32, list->match), TK_LOAD(tk_f32, list->energy)};
  *gain = best.match - half * best.energy;
  *slot = tk_splat_i32(0);
  for (int k = 1; k < count; k++) {
    const tk_f32 match = TK_LOAD(tk_f32, list->match + 16 * k);
    const tk_f32 energy = TK_LOAD(tk_f32, list->energy + 16 * k);
    const tk_f32 other = match - half * energy;
    const tk_i32 better = other > *gain;
    *gain = tk_select(better, other, *gain);
    best.match = tk_select(better, match, best.match);
    best.energy = tk_select(better, energy, best.energy);
    *slot = (*slot & ~better) | (better & k);
  }
  return best;
}

/// The sums of each sub-block for the best points, in all its lanes.
TK_INLINE tk_lattice_fit tk_lattice_sub_blocks(const tk_lattice_slots *slots, const int count,
                                               tk_f32 scale, const tk_lattice_kind kind) {
  tk_lattice_fit fits[2];
  for (int i = 0; i < tk_lattice_lists(kind); i++) {
    tk_f32 gain;
    tk_i32 slot;
    fits[i] = tk_lattice_best(slots + i, kind.shares_shift ? count : count * kind.shifts, scale,
                              &gain, &slot);
  }
  if (kind.dims == 4) {
    fits[0].match += fits[1].match;
    fits[0].energy += fits[1].energy;
  }
  for (int i = 0; i < (kind.shares_shift ? 2 : 1); i++) {
    fits[i].match = tk_sub_block_sum(fits[i].match, kind.units);
    fits[i].energy = tk_sub_block_sum(fits[i].energy, kind.units);
  }
  if (kind.shares_shift) {
    const tk_f32 half = scale * 0.5f;
    const tk_i32 better =
        fits[1].match - half * fits[1].energy > fits[0].match - half * fits[0].energy;
    fits[0].match = tk_select(better, fits[1].match, fits[0].match);
    fits[0].energy = tk_select(better, fits[1].energy, fits[0].energy);
  }
  return fits[0];
}

/// The scale that makes the largest magnitude of each sub-block the highest level.
TK_INLINE tk_f32 tk_lattice_plain(const float *x, const float *w, const tk_lattice *lattice,
                                  const tk_lattice_kind kind) {
  tk_f32 largest = tk_splat(0), squares = tk_splat(0), weights = tk_splat(0);
  for (int d = 0; d < 8; d++) {
    const tk_f32 value = TK_LOAD(tk_f32, x + 32 * d), weight = TK_LOAD(tk_f32, w + 32 * d);
    largest = tk_max(largest, tk_abs(value));
    squares += weight * value * value;
    weights += weight;
  }
  largest = tk_sub_block_max(largest, kind.units);
  const tk_f32 mean =
      tk_sub_block_sum(squares, kind.units) / tk_sub_block_sum(weights, kind.units);
  // Without weights the mean is no number, and the second operand counts.
  largest = tk_min(kind.reach * __builtin_elementwise_sqrt(mean), largest);
  return largest / lattice->levels[kind.levels - 1];
}

/// The scale that suits each sub-block of a chunk, whose slots are then filled for it.
TK_INLINE tk_f32 tk_lattice_scale(tk_lattice_slots *slots, const float *x, const float *w,
                                  const tk_lattice *lattice, const tk_lattice_kind kind) {
  static const float coarse[] = {0.55f, 0.72f, 0.93f, 1.2f};
  static const float starts[] = {0.45f, 0.52f, 0.6f, 0.68f, 0.77f,
                                 0.87f, 0.98f, 1.1f, 1.24f, 1.4f};
  tk_lattice_halves halves[2];
  for (int a = 0; a < kind.shifts; a++) {
    for (int part = 0; part < 8 / kind.dims; part++) {
      const int first = 32 * kind.dims * part;
      tk_lattice_make_halves(halves + a + part, x + first, w + first, lattice, tk_shift(kind, a),
                             kind);
    }
  }
  const tk_f32 plain = tk_lattice_plain(x, w, lattice, kind);
  for (int i = 0; i < 4; i++) {
    tk_lattice_fill(slots, halves, x, plain * coarse[i], lattice, TK_COARSE * i, TK_COARSE,
                    TK_NEAR, kind);
  }
  const float flat = __builtin_fabsf(lattice->levels[kind.levels - 1] / lattice->levels[0]);
  tk_lattice_fill(slots, halves, x, plain * flat, lattice, 4 * TK_COARSE, TK_NEAR - 4 * TK_COARSE,
                  TK_NEAR, kind);
  tk_f32 best = tk_splat(0), best_gain = tk_splat(0);
  for (int i = 0; i < 11; i++) {
    const float start = i < 10 ? starts[i] : flat;
    const tk_lattice_fit fit = tk_lattice_sub_blocks(slots, TK_NEAR, plain * start, kind);
    const tk_f32 scale = fit.match / fit.energy;
    const tk_f32 gain = scale * fit.match;
    const tk_i32 better = (gain > best_gain) & (gain < __builtin_inff()) & (scale > 0);
    best_gain = tk_select(better, gain, best_gain);
    best = tk_select(better, scale, best);
  }
  tk_lattice_fill(slots, halves, x, best, lattice, 0, TK_NEAR, TK_NEAR, kind);
  return best;
}

#endif
