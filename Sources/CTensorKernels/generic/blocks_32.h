// Products with weights that have a float scale for each 32 k, or 16.
#ifndef TK_GENERIC_BLOCKS_32_H
#define TK_GENERIC_BLOCKS_32_H

#include "sweep.h"

/// How the scales of a block are stored in a panel, for 16 rows each.
typedef enum {
  TK_SCALE_HALF,          // halves
  TK_SCALE_HALF_MINIMUM,  // halves; halves that are added to every value
  TK_SCALE_POWER,         // bytes: the exponent of a power of two, bias 128
  TK_SCALE_E4M3_PAIR,     // two times bytes: of 16 k each, floats of 8 bits, doubled
} tk_scale_32;

/// A type with blocks of 32 times `units`.
typedef struct {
  tk_coding coding;
  tk_scale_32 scale;
  int units;
} tk_format_32;

/// Where the codes of a block begin.
TK_INLINE size_t tk_header_32(const tk_format_32 format) {
  switch (format.scale) {
    case TK_SCALE_HALF:
    case TK_SCALE_E4M3_PAIR: break;
    case TK_SCALE_HALF_MINIMUM: return 64;
    case TK_SCALE_POWER: return 16;
  }
  return 32;
}

TK_INLINE size_t tk_bytes_32(const tk_format_32 format) {
  return tk_header_32(format) + (size_t)format.units * tk_unit_bytes(format.coding);
}

TK_INLINE size_t tk_panel_bytes_32(size_t k, const tk_format_32 format) {
  return k / 32 / (size_t)format.units * tk_bytes_32(format);
}

/// Groups of four k that have the same scale.
TK_INLINE int tk_groups_32(const tk_format_32 format) {
  return format.scale == TK_SCALE_E4M3_PAIR ? 4 : 8;
}

TK_INLINE tk_u32 tk_bytes_to_u32(const uint8_t *bytes) {
  return __builtin_convertvector(TK_LOAD(tk_u8x16, bytes), tk_u32);
}

/// 2 to the power of each byte less 128; the lowest two are subnormal.
TK_INLINE tk_f32 tk_power(const uint8_t *bytes) {
  const tk_u32 e = tk_bytes_to_u32(bytes);
  const tk_u32 low = (tk_u32)(e < 2);
  return (tk_f32)(((0x00200000 << (e & 1)) & low) | (((e - 1) << 23) & ~low));
}

/// Half of the 8-bit floats with 4 exponent bits, bias 7, and 3 fraction bits; 0x7f is 0.
TK_INLINE tk_f32 tk_half_e4m3(const uint8_t *bytes) {
  const tk_u32 bits = tk_bytes_to_u32(bytes);
  const tk_u32 nan = (tk_u32)(bits == 0x7f);
  return (tk_f32)((bits & 0x7f & ~nan) << 20) * 0x1p119f;
}

/// The scales and minima of a block.
TK_INLINE void tk_load_scale(const uint8_t *block, const tk_format_32 format, tk_f32 d[2],
                             tk_f32 *minimum) {
  switch (format.scale) {
    case TK_SCALE_HALF_MINIMUM: *minimum = tk_from_f16(block + 32); d[0] = tk_from_f16(block); break;
    case TK_SCALE_HALF: d[0] = tk_from_f16(block); break;
    case TK_SCALE_POWER: d[0] = tk_power(block); break;
    case TK_SCALE_E4M3_PAIR:
      d[0] = tk_half_e4m3(block);
      d[1] = tk_half_e4m3(block + 16);
      break;
  }
}

/// acc + d * scale * sum, and then + minimum * scale * total with minima.
TK_INLINE tk_f32 tk_finish_32(tk_f32 acc, tk_i32 sum, tk_f32 d, float scale, const bool minima,
                              tk_f32 minimum, float total) {
  acc = tk_fma(d * scale, tk_float(sum), acc);
  return minima ? tk_fma(minimum * scale, tk_splat(total), acc) : acc;
}

/// A block for a few tokens, codes unpacked in registers.
TK_INLINE void tk_few_32(const uint8_t *block, size_t k, const tk_activations *x, tk_f32 *acc,
                         const tk_format_32 format, const int tokens) {
  const tk_coding coding = format.coding;
  const bool minima = format.scale == TK_SCALE_HALF_MINIMUM;
  const int groups = tk_groups_32(format), dots = tk_dots_of(coding, groups);
  const int zero = tk_zero(coding);
  const tk_u8 table = tk_level_table(coding, zero);
  const size_t units = x->k / 32, first = k / 32;
  tk_f32 d[2], minimum = tk_splat(0);
  tk_load_scale(block, format, d, &minimum);
  const uint8_t *unit = block + tk_header_32(format);
  for (size_t u = first; u < first + (size_t)format.units; u++, unit += tk_unit_bytes(coding)) {
    tk_ask_ahead(unit, tk_unit_bytes(coding), 1);
    tk_part parts[TK_FEW_TOKENS];
    tk_i32 sums[TK_FEW_TOKENS];
    const int8_t *codes[TK_FEW_TOKENS];
    TK_UNROLL for (int t = 0; t < tokens; t++) codes[t] = x->codes + (size_t)t * x->k + 32 * u;
    TK_UNROLL for (int n = 0; n < 8; n++) {
      const int g = tk_group_of(n, dots);
      const tk_u8 levels = tk_load_level(unit, g, coding, table, zero);
      TK_UNROLL for (int t = 0; t < tokens; t++) {
        parts[t] = tk_dot4(n % dots ? parts[t] : tk_part_zero(), levels, codes[t] + 4 * g);
        // Otherwise the compiler finishes one token after the other and spills all levels meanwhile.
        if (tokens > 1) parts[t] = tk_settled(parts[t]);
        if (n % dots != dots - 1) continue;
        const tk_i32 sum = tk_part_sum(parts[t]);
        sums[t] = n % groups < dots ? sum : sums[t] + sum;
        if (n % groups != groups - 1) continue;
        const size_t at = (size_t)t * units + u;
        const int16_t *pair = x->sums + 2 * at;
        const int32_t total = groups == 8 ? pair[0] + pair[1] : pair[n / 4];
        acc[t] = tk_finish_32(acc[t], sums[t] - zero * total, d[n / groups], x->scales[at], minima,
                              minimum, (float)total);
      }
    }
  }
}

/// Unpacked units of a run of a panel.
typedef struct {
  tk_f32 d[8][2], minimum[8];
  tk_i32 excess[8][2];  // what the 128s of tokens add to sums
  int count;           // of units, up to 8
  int groups, dots;
  bool minima;
  uint8_t codes[16 * TK_RUN] __attribute__((aligned(64)));
} tk_units_32;

/// Unpacks `count` units from unit `first` on.
TK_INLINE void tk_unpack_32(const uint8_t *panel, size_t first, size_t count,
                            const tk_format_32 format, tk_units_32 *units) {
  const tk_coding coding = format.coding;
  const tk_u8 table = tk_level_table(coding, 0);
  const size_t per_block = (size_t)format.units;
  units->groups = tk_groups_32(format);
  units->dots = tk_dots_of_run(coding, units->groups);
  units->minima = format.scale == TK_SCALE_HALF_MINIMUM;
  units->count = (int)count;
  TK_ROLLED for (size_t u = 0; u < count; u++) {
    const uint8_t *block = panel + (first + u) / per_block * tk_bytes_32(format);
    const uint8_t *unit =
        block + tk_header_32(format) + (first + u) % per_block * tk_unit_bytes(coding);
    tk_load_scale(block, format, units->d[u], &units->minimum[u]);
    tk_excess excess;
    tk_unpack_unit(unit, coding, table, units->codes + 512 * u, &excess);
    units->excess[u][0] = units->excess[u][1] = tk_splat_i32(0);
    if (!tk_is_biased(coding)) continue;
    const int other = units->groups == 4;
    TK_UNROLL for (int i = 0; i < tk_excess_parts(coding); i++) {
      units->excess[u][0] += tk_part_sum(excess.parts[0][i]);
      units->excess[u][other] += tk_part_sum(excess.parts[1][i]);
    }
  }
}

/// The units of some panels for one tile of rows.
TK_INLINE void tk_tile_32(const tk_units_32 *units, const tk_slab_row *rows, float *sums,
                          const bool minima, const int groups, const int dots, const int panels,
                          const int tokens) {
  // Registers that hold the sums of two panels hold those of one and these as well.
  const bool kept = TK_TILE_PANELS > 1;
  tk_f32 acc[2][TK_MAX_TILE];
#define TK_EACH TK_UNROLL for (int p = 0; p < panels; p++) TK_UNROLL for (int t = 0; t < tokens; t++)
  if (kept) TK_EACH acc[p][t] = TK_LOAD(tk_f32, sums + p * TK_SUMS_STRIDE + 16 * t);
  TK_ROLLED for (int u = 0; u < units->count; u++) {
    TK_UNROLL for (int half = 0; half < 8 / groups; half++) {
      tk_i32 products[2][TK_MAX_TILE];
      TK_UNROLL for (int g = groups * half; g < groups * (half + 1); g += dots) {
        tk_part parts[2][TK_MAX_TILE];
        const uint8_t *codes[2];
        TK_UNROLL for (int p = 0; p < panels; p++) codes[p] = units[p].codes + 512 * u + 64 * g;
        tk_dot_rows(parts, codes, dots, rows, 32 * u + 4 * g, !minima, panels, tokens);
        TK_EACH {
          const tk_i32 sum = tk_part_sum(parts[p][t]);
          products[p][t] = g == groups * half ? sum : products[p][t] + sum;
        }
      }
      TK_EACH {
        const tk_units_32 *const unit = units + p;
        float *const place = sums + p * TK_SUMS_STRIDE + 16 * t;
        const tk_i32 product = TK_BIASED_TOKENS && !minima
                                   ? products[p][t] - unit->excess[u][half]
                                   : products[p][t];
        const tk_f32 sum =
            tk_finish_32(kept ? acc[p][t] : TK_LOAD(tk_f32, place), product, unit->d[u][half],
                         rows[t].scales[u], minima, unit->minimum[u], rows[t].totals[u]);
        if (kept) acc[p][t] = sum;
        else TK_STORE(place, sum);
      }
    }
  }
  if (kept) TK_EACH TK_STORE(sums + p * TK_SUMS_STRIDE + 16 * t, acc[p][t]);
#undef TK_EACH
}

TK_INLINE void tk_all_tiles_32(const tk_units_32 *units, const int panels,
                               const tk_slab_row *rows, size_t tokens, float *sums,
                               const bool minima, const int groups, const int dots) {
#define TK_TILE(token, n) \
  tk_tile_32(units, rows + (token), sums + 16 * (token), minima, groups, dots, panels, n)
  if (panels == 2) TK_FOR_TILES(tokens, TK_PAIR_TILE, TK_TILE);
  else TK_FOR_TILES(tokens, TK_CODES_TOKENS, TK_TILE);
#undef TK_TILE
}

#ifndef TK_OWN_TILES
/// A run for all tokens: code that all types share.
static __attribute__((noinline)) TK_ALIGNED_SPILLS void tk_tiles_32(
    const tk_units_32 *units, int panels, const tk_slab_row *rows, size_t tokens, float *sums) {
#define TK_CASE(groups, dots, minima)                                                     \
  case (groups) * 64 + (dots) * 2 + (minima):                                             \
    if (TK_TILE_PANELS > 1 && panels > 1)                                                 \
      tk_all_tiles_32(units, 2, rows, tokens, sums, minima, groups, dots);                \
    else                                                                                  \
      tk_all_tiles_32(units, 1, rows, tokens, sums, minima, groups, dots);                \
    return;
  switch (units->groups * 64 + units->dots * 2 + units->minima) {
    TK_CASE(8, 8, true)
    TK_CASE(8, 8, false)
    TK_CASE(8, 4, true)
    TK_CASE(8, 4, false)
    TK_CASE(8, 2, false)
    TK_CASE(4, 4, false)
    default: __builtin_unreachable();
  }
#undef TK_CASE
}
#endif

TK_INLINE void tk_fill_32(const tk_activations *x, size_t token, size_t tokens, size_t run,
                          const tk_format_32 format, tk_slab_row *row) {
  const bool minima = format.scale == TK_SCALE_HALF_MINIMUM;
  const size_t units = x->k / 32, first = 8 * run;
  tk_fill_codes(x, token, tokens, run, !minima, row);
  for (size_t u = 0; u < 8 && first + u < units; u++) {
    row->scales[u] = x->scales[token * units + first + u];
    const int16_t *sums = x->sums + 2 * (token * units + first + u);
    row->totals[u] = (float)(sums[0] + sums[1]);
  }
}

/// Defines the kernel of a type.
#define TK_BLOCKS_32(name, ...)                                                                \
  static const tk_format_32 tk_format_##name = {__VA_ARGS__};                                  \
  TK_INLINE void tk_fill_##name(const tk_activations *x, size_t token, size_t tokens,          \
                                size_t run, void *row) {                                       \
    tk_fill_32(x, token, tokens, run, tk_format_##name, row);                                  \
  }                                                                                            \
  TK_INLINE void tk_run_##name(const tk_panels panels, size_t run, size_t k, const void *rows, \
                               size_t tokens, float *sums) {                                   \
    tk_units_32 units[TK_TILE_PANELS];                                                         \
    const size_t left = k / 32 - 8 * run;                                                      \
    for (int p = 0; p < panels.count; p++)                                                     \
      tk_unpack_32(panels.first + p * panels.bytes, 8 * run, left < 8 ? left : 8,              \
                   tk_format_##name, units + p);                                               \
    tk_tiles_32(units, panels.count, rows, tokens, sums);                                      \
  }                                                                                            \
  TK_INLINE void tk_few_##name(const uint8_t *block, size_t k, const tk_activations *x,        \
                               tk_f32 *acc, int tokens) {                                      \
    tk_few_32(block, k, x, acc, tk_format_##name, tokens);                                     \
  }                                                                                            \
  TK_MATMUL_CODES(name, tk_slab_row, tk_panel_bytes_32(x->k, tk_format_##name),                \
                  tk_panel_bytes_32(TK_RUN, tk_format_##name),                                 \
                  tk_bytes_32(tk_format_##name), 32 * (size_t)tk_format_##name.units)

#endif
