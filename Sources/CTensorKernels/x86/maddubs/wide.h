// Products with weights whose codes have a range of 8 bits.
//
// vpmaddubsw cannot take these as they are. For a single token the weight's sign goes to the
// activation, four instructions for 32 products. With more tokens both sides are widened to 16 bits
// first, once for all of them; then two instructions make 16 products, and only one of these needs
// the two units that multiply.
#ifndef TK_MADDUBS_WIDE_H
#define TK_MADDUBS_WIDE_H

#include "../../generic/blocks_256.h"
#include "../../generic/blocks_32.h"

/// Adds w[16 rows][4], signed, times a[4]. |-128| is 128 as an unsigned byte, and 2 * 128 * 127 fits
/// 16 bits.
TK_INLINE tk_i32 tk_dot4_bytes(tk_i32 sum, tk_u8 w, const int8_t *a) {
  const tk_register four = TK_MM(set1_epi32)(tk_load_i32(a));
  tk_registers x = {.u8 = w};
  TK_UNROLL for (int i = 0; i < TK_REGISTERS; i++)
    x.part[i] =
        TK_MM(maddubs_epi16)(TK_MM(abs_epi8)(x.part[i]), TK_MM(sign_epi8)(four, x.part[i]));
  return sum + tk_part_sum(x.i16);
}

/// The sum of a unit for a single token.
TK_INLINE tk_i32 tk_one_unit(const uint8_t *unit, const tk_coding coding, tk_u8 table,
                             const int8_t *a) {
  tk_i32 low = tk_splat_i32(0), high = tk_splat_i32(0);
  tk_ask_ahead(unit, tk_unit_bytes(coding));
  TK_UNROLL for (int g = 0; g < 4; g++) {
    tk_u8 first, second;
    tk_load_levels(unit, g, coding, table, 0, &first, &second);
    low = tk_dot4_bytes(low, first, a + 4 * g);
    high = tk_dot4_bytes(high, second, a + 16 + 4 * g);
  }
  return low + high;
}

/// A run of a panel: of each group of four codes 0 and 2, then 1 and 3.
typedef struct {
  tk_i16 codes[TK_RUN / 4][2];
  tk_f32 d[8];
  int count;  // of units
} tk_wide_run;

/// The same of a token.
typedef struct {
  int16_t codes[2][TK_RUN / 2];
  float scales[8];
} tk_wide_row;

TK_INLINE void tk_widen_unit(tk_wide_run *run, size_t u, const uint8_t *unit,
                             const tk_coding coding, tk_u8 table, tk_i16 scale) {
  TK_UNROLL for (int g = 0; g < 4; g++) {
    tk_u8 pair[2];
    tk_load_levels(unit, g, coding, table, 0, &pair[0], &pair[1]);
    TK_UNROLL for (int i = 0; i < 2; i++) {
      tk_i16 *target = run->codes[8 * u + (size_t)(g + 4 * i)];
      target[0] = ((tk_i16)pair[i] << 8 >> 8) * scale;
      target[1] = ((tk_i16)pair[i] >> 8) * scale;
    }
  }
}

/// Fills a row; `block` k have a scale.
TK_INLINE void tk_fill_wide(const tk_activations *x, size_t token, size_t run, const size_t block,
                            tk_wide_row *row) {
  typedef int16_t i16x16 __attribute__((vector_size(32)));
  const size_t left = x->k - TK_RUN * run, count = left < TK_RUN ? left : TK_RUN;
  for (size_t i = 0; i < count; i += 32) {
    const i16x16 codes = TK_LOAD(i16x16, x->codes + token * x->k + TK_RUN * run + i);
    TK_STORE(row->codes[0] + i / 2, codes << 8 >> 8);
    TK_STORE(row->codes[1] + i / 2, codes >> 8);
  }
  __builtin_memcpy(row->scales, x->scales + token * (x->k / block) + TK_RUN / block * run,
                   count / block * sizeof(float));
}

/// Adds the groups of `units` units from `unit` on to the sums of each row.
TK_INLINE void tk_wide_units(tk_i32 *sums, const tk_wide_run *run, const tk_wide_row *rows,
                             int unit, int units, const int tokens) {
  TK_ROLLED for (int g = 8 * unit; g < 8 * (unit + units); g++) {
    TK_UNROLL for (int half = 0; half < 2; half++) {
      const tk_i16 w = run->codes[g][half];
      TK_UNROLL for (int t = 0; t < tokens; t++) {
        const int32_t pair = tk_load_i32(rows[t].codes[half] + 2 * g);
        sums[t] += tk_madd(w, (tk_i16)tk_splat_i32(pair));
      }
    }
  }
}

/// A run for one tile: units with a scale each, or with one that all of them have.
TK_INLINE void tk_wide_tile(const tk_wide_run *run, const tk_wide_row *rows, float *out,
                            const bool together, const int tokens) {
  TK_ROLLED for (int u = 0; u < (together ? 1 : run->count); u++) {
    tk_i32 sums[TK_MAX_TILE];
    TK_UNROLL for (int t = 0; t < tokens; t++) sums[t] = tk_splat_i32(0);
    tk_wide_units(sums, run, rows, u, together ? 8 : 1, tokens);
    TK_UNROLL for (int t = 0; t < tokens; t++) {
      const tk_f32 acc = TK_LOAD(tk_f32, out + 16 * t);
      TK_STORE(out + 16 * t, tk_fma(run->d[u] * rows[t].scales[u], tk_float(sums[t]), acc));
    }
  }
}

static __attribute__((noinline)) void tk_wide_tiles(const tk_wide_run *run,
                                                    const tk_wide_row *rows, size_t tokens,
                                                    float *sums, bool together) {
#define TK_TILE(token, n) tk_wide_tile(run, rows + (token), sums + 16 * (token), false, n)
  if (!together) {
    TK_FOR_TILES(tokens, TK_CODES_TOKENS, TK_TILE);
    return;
  }
#undef TK_TILE
#define TK_TILE(token, n) tk_wide_tile(run, rows + (token), sums + 16 * (token), true, n)
  TK_FOR_TILES(tokens, TK_CODES_TOKENS, TK_TILE);
#undef TK_TILE
}

TK_INLINE void tk_wide_panels_32(const uint8_t *block, size_t panel_count, const tk_activations *x,
                                 float *out, const tk_format_32 format) {
  const tk_u8 table = tk_level_table(format.coding, 0);
  for (size_t p = 0; p < panel_count; p++, out += 16) {
    tk_f32 acc = tk_splat(0);
    for (size_t u = 0; u < x->k / 32; u++, block += tk_bytes_32(format)) {
      const tk_i32 sum =
          tk_one_unit(block + tk_header_32(format), format.coding, table, x->codes + 32 * u);
      acc = tk_fma(tk_from_f16(block) * x->scales[u], tk_float(sum), acc);
    }
    TK_STORE(out, acc);
  }
}

TK_INLINE void tk_wide_panels_256(const uint8_t *block, size_t panel_count,
                                  const tk_activations *x, float *out,
                                  const tk_format_256 format) {
  const tk_u8 table = tk_level_table(format.coding, 0);
  tk_scales_256 s;
  for (size_t p = 0; p < panel_count; p++, out += 16) {
    tk_f32 acc = tk_splat(0);
    for (size_t b = 0; b < x->k / 256; b++, block += tk_bytes_256(format)) {
      tk_load_scales(block, format, &s);
      tk_i32 product = tk_splat_i32(0);
      const uint8_t *unit = block + tk_header_256(format);
      for (int u = 0; u < 8; u++, unit += tk_unit_bytes(format.coding)) {
        const int8_t *a = x->codes + 256 * b + 32 * (size_t)u;
        product += tk_one_unit(unit, format.coding, table, a) * (s.scales[u] >> 16);
      }
      acc = tk_fma(s.d * x->scales[b], tk_float(product), acc);
    }
    TK_STORE(out, acc);
  }
}

TK_INLINE void tk_wide_run_32(const uint8_t *panel, size_t first, size_t count,
                              const tk_format_32 format, tk_wide_run *run) {
  const tk_i16 one = (tk_i16)tk_splat_i32(0x10001);
  const tk_u8 table = tk_level_table(format.coding, 0);
  const uint8_t *block = panel + first * tk_bytes_32(format);
  run->count = (int)count;
  for (size_t u = 0; u < count; u++, block += tk_bytes_32(format)) {
    run->d[u] = tk_from_f16(block);
    tk_widen_unit(run, u, block + tk_header_32(format), format.coding, table, one);
  }
}

/// The scales of sub-blocks go into the codes.
TK_INLINE void tk_wide_run_256(const uint8_t *block, const tk_format_256 format,
                               tk_wide_run *run) {
  const tk_u8 table = tk_level_table(format.coding, 0);
  tk_scales_256 s;
  tk_load_scales(block, format, &s);
  run->d[0] = s.d;
  const uint8_t *unit = block + tk_header_256(format);
  for (size_t u = 0; u < 8; u++, unit += tk_unit_bytes(format.coding))
    tk_widen_unit(run, u, unit, format.coding, table, (tk_i16)s.scales[u]);
}

// Replace the generic kernels of these types.

#define TK_BYTES_32(name, ...)                                                                 \
  static const tk_format_32 tk_format_##name = {__VA_ARGS__};                                  \
  TK_INLINE void tk_fill_##name(const tk_activations *x, size_t token, size_t run, void *row) { \
    tk_fill_wide(x, token, run, 32, row);                                                      \
  }                                                                                            \
  TK_INLINE void tk_run_##name(const uint8_t *panel, size_t run, size_t k, const void *rows,   \
                               size_t tokens, float *sums) {                                   \
    tk_wide_run wide;                                                                          \
    const size_t left = k / 32 - 8 * run;                                                      \
    tk_wide_run_32(panel, 8 * run, left < 8 ? left : 8, tk_format_##name, &wide);              \
    tk_wide_tiles(&wide, rows, tokens, sums, false);                                           \
  }                                                                                            \
  static void tk_matmul_##name(const void *panels, size_t panel_count, const tk_activations *x, \
                               size_t tokens, float *out, size_t out_stride) {                 \
    if (tokens == 1) return tk_wide_panels_32(panels, panel_count, x, out, tk_format_##name);  \
    const size_t panel_bytes = tk_panel_bytes_32(x->k, tk_format_##name);                      \
    tk_visit((tk_sweep){panels, panel_count, panel_bytes, tokens, x, out, out_stride},         \
             sizeof(tk_wide_row), tk_fill_##name, tk_run_##name);                              \
  }

#define TK_BYTES_256(name, ...)                                                                \
  static const tk_format_256 tk_format_##name = {__VA_ARGS__};                                 \
  TK_INLINE void tk_fill_##name(const tk_activations *x, size_t token, size_t run, void *row) { \
    tk_fill_wide(x, token, run, 256, row);                                                     \
  }                                                                                            \
  TK_INLINE void tk_run_##name(const uint8_t *panel, size_t run, size_t k, const void *rows,   \
                               size_t tokens, float *sums) {                                   \
    (void)k;                                                                                   \
    tk_wide_run wide;                                                                          \
    tk_wide_run_256(panel + run * tk_bytes_256(tk_format_##name), tk_format_##name, &wide);    \
    tk_wide_tiles(&wide, rows, tokens, sums, true);                                            \
  }                                                                                            \
  static void tk_matmul_##name(const void *panels, size_t panel_count, const tk_activations *x, \
                               size_t tokens, float *out, size_t out_stride) {                 \
    if (tokens == 1) return tk_wide_panels_256(panels, panel_count, x, out, tk_format_##name); \
    const size_t panel_bytes = x->k / 256 * tk_bytes_256(tk_format_##name);                    \
    tk_visit((tk_sweep){panels, panel_count, panel_bytes, tokens, x, out, out_stride},         \
             sizeof(tk_wide_row), tk_fill_##name, tk_run_##name);                              \
  }

#endif
