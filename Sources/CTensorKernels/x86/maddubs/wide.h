// Products with weights whose codes have a range of 8 bits.
//
// vpmaddubsw cannot take these as they are. For a few tokens the weight's sign goes to the
// activation, four instructions for 32 products. With more tokens both sides are widened to 16 bits
// first, once for all of them, and multiplied in pairs (Winograd, "A New Algorithm for Inner
// Product", 1968):
//   w0 a0 + w1 a1 = (w0 + a1) (w1 + a0) - w0 w1 - a0 a1
// That takes four instructions for 32 products too, but of them only one needs the two units that
// multiply, instead of two; what is subtracted is known of each side alone. Sums may wrap: they are
// right modulo 2^32, and what is left in the end fits.
#ifndef TK_MADDUBS_WIDE_H
#define TK_MADDUBS_WIDE_H

#include "../../generic/blocks_256.h"
#include "../../generic/blocks_32.h"

/// Adds w[16 rows][4], signed, times a[4], times a scale. |-128| is 128 as an unsigned byte, and
/// 2 * 128 * 127 fits 16 bits.
TK_INLINE tk_i32 tk_dot4_bytes(tk_i32 sum, tk_u8 w, const int8_t *a, tk_i32 scale) {
  const tk_register four = TK_MM(set1_epi32)(tk_load_i32(a));
  tk_registers x = {.u8 = w};
  TK_UNROLL for (int i = 0; i < TK_REGISTERS; i++)
    x.part[i] =
        TK_MM(maddubs_epi16)(TK_MM(abs_epi8)(x.part[i]), TK_MM(sign_epi8)(four, x.part[i]));
  return tk_part_scaled(sum, x.i16, scale);
}

/// Adds a unit times a scale to the sums of a tile of tokens, whose codes are `k` apart.
TK_INLINE void tk_few_units(tk_i32 *sums, const uint8_t *unit, const tk_coding coding,
                            tk_u8 table, const int8_t *codes, size_t k, tk_i32 scale,
                            const int tokens) {
  tk_ask_ahead(unit, tk_unit_bytes(coding), 1);
  TK_UNROLL for (int n = 0; n < 8; n++) {
    const int g = tk_group_of(n, 8);
    const tk_u8 levels = tk_load_level(unit, g, coding, table, 0);
    TK_UNROLL for (int t = 0; t < tokens; t++) {
      sums[t] = tk_dot4_bytes(sums[t], levels, codes + (size_t)t * k + 4 * g, scale);
      if (tokens > 1) sums[t] = (tk_i32)tk_settled((tk_i16)sums[t]);
    }
  }
}

/// A run of a panel: of each group of four codes 0 and 2, then 1 and 3.
typedef struct {
  tk_i16 codes[TK_RUN / 4][2];
  tk_u32 start[8];  // sums of -w0 w1 of each unit, or of all in the first
  tk_f32 d[8];
  int count;  // of units
} tk_wide_run;

/// The same of a token.
typedef struct {
  int16_t codes[2][TK_RUN / 2];
  int32_t start[8];
  float scales[8];
} tk_wide_row;

/// Unpacks a unit times `scale`; returns its sum of -w0 w1.
TK_INLINE tk_u32 tk_widen_unit(tk_i16 codes[8][2], const uint8_t *unit, const tk_coding coding,
                               tk_u8 table, tk_i16 scale) {
  tk_u32 start = {0};
  TK_UNROLL for (int g = 0; g < 4; g++) {
    tk_u8 pair[2];
    tk_load_levels(unit, g, coding, table, 0, &pair[0], &pair[1]);
    TK_UNROLL for (int i = 0; i < 2; i++) {
      tk_i16 *target = codes[g + 4 * i];
      target[0] = ((tk_i16)pair[i] << 8 >> 8) * scale;
      target[1] = ((tk_i16)pair[i] >> 8) * scale;
      start -= (tk_u32)tk_madd(target[0], target[1]);
    }
  }
  return start;
}

/// Fills a row; `block` k have a scale, 32 or all of them.
TK_INLINE void tk_fill_wide(const tk_activations *x, size_t token, size_t run, const size_t block,
                            tk_wide_row *row) {
  typedef int16_t i16x16 __attribute__((vector_size(32)));
  typedef int32_t i32x16 __attribute__((vector_size(64)));
  const size_t left = x->k - TK_RUN * run, count = left < TK_RUN ? left : TK_RUN;
  for (size_t u = 0; u < count / 32; u++) {
    const i16x16 codes = TK_LOAD(i16x16, x->codes + token * x->k + TK_RUN * run + 32 * u);
    const i16x16 even = codes << 8 >> 8, odd = codes >> 8;
    TK_STORE(row->codes[0] + 16 * u, even);
    TK_STORE(row->codes[1] + 16 * u, odd);
    const i32x16 products =
        __builtin_convertvector(even, i32x16) * __builtin_convertvector(odd, i32x16);
    const int32_t sum = __builtin_reduce_add(products);
    if (block == 32 || u == 0) row->start[u] = -sum;
    else row->start[0] -= sum;
  }
  __builtin_memcpy(row->scales, x->scales + token * (x->k / block) + TK_RUN / block * run,
                   count / block * sizeof(float));
}

/// Adds the groups of `units` units from `unit` on to the sums of each row.
TK_INLINE void tk_wide_units(tk_u32 *sums, const tk_wide_run *run, const tk_wide_row *rows,
                             int unit, int units, const int tokens) {
  TK_ROLLED for (int g = 8 * unit; g < 8 * (unit + units); g++) {
    const tk_i16 w0 = run->codes[g][0], w1 = run->codes[g][1];
    TK_UNROLL for (int t = 0; t < tokens; t++) {
      const tk_i16 a0 = (tk_i16)tk_splat_i32(tk_load_i32(rows[t].codes[0] + 2 * g));
      const tk_i16 a1 = (tk_i16)tk_splat_i32(tk_load_i32(rows[t].codes[1] + 2 * g));
      sums[t] += (tk_u32)tk_madd(w0 + a1, w1 + a0);
    }
  }
}

/// A run for one tile: units with a scale each, or with one that all of them have.
TK_INLINE void tk_wide_tile(const tk_wide_run *run, const tk_wide_row *rows, float *out,
                            const bool together, const int tokens) {
  TK_ROLLED for (int u = 0; u < (together ? 1 : run->count); u++) {
    tk_u32 sums[TK_MAX_TILE];
    TK_UNROLL for (int t = 0; t < tokens; t++)
      sums[t] = run->start[u] + (tk_u32)tk_splat_i32(rows[t].start[u]);
    tk_wide_units(sums, run, rows, u, together ? 8 : 1, tokens);
    TK_UNROLL for (int t = 0; t < tokens; t++) {
      const tk_f32 acc = TK_LOAD(tk_f32, out + 16 * t);
      TK_STORE(out + 16 * t, tk_fma(run->d[u] * rows[t].scales[u], tk_float((tk_i32)sums[t]), acc));
    }
  }
}

static __attribute__((noinline)) TK_ALIGNED_SPILLS void tk_wide_tiles(
    const tk_wide_run *run, const tk_wide_row *rows, size_t tokens, float *sums, bool together) {
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

TK_INLINE void tk_wide_few_32(const uint8_t *block, size_t k, const tk_activations *x,
                              tk_f32 *acc, const tk_format_32 format, const int tokens) {
  const tk_u8 table = tk_level_table(format.coding, 0);
  tk_i32 sums[TK_FEW_TOKENS];
  TK_UNROLL for (int t = 0; t < tokens; t++) sums[t] = tk_splat_i32(0);
  tk_few_units(sums, block + tk_header_32(format), format.coding, table, x->codes + k, x->k,
               tk_splat_i32(0x10001), tokens);
  const tk_f32 d = tk_from_f16(block);
  TK_UNROLL for (int t = 0; t < tokens; t++) {
    const float scale = x->scales[((size_t)t * x->k + k) / 32];
    acc[t] = tk_fma(d * scale, tk_float(sums[t]), acc[t]);
  }
}

TK_INLINE void tk_wide_few_256(const uint8_t *block, size_t k, const tk_activations *x,
                               tk_f32 *acc, const tk_format_256 format, const int tokens) {
  const tk_u8 table = tk_level_table(format.coding, 0);
  tk_scales_256 s;
  tk_load_scales(block, format, &s);
  tk_i32 sums[TK_FEW_TOKENS];
  TK_UNROLL for (int t = 0; t < tokens; t++) sums[t] = tk_splat_i32(0);
  const uint8_t *unit = block + tk_header_256(format);
  const int8_t *codes = x->codes + k;
  TK_ROLLED for (int u = 0; u < 8; u++, unit += tk_unit_bytes(format.coding), codes += 32)
    tk_few_units(sums, unit, format.coding, table, codes, x->k, s.scales[u], tokens);
  TK_UNROLL for (int t = 0; t < tokens; t++) {
    const float scale = x->scales[((size_t)t * x->k + k) / 256];
    acc[t] = tk_fma(s.d * scale, tk_float(sums[t]), acc[t]);
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
    run->start[u] = tk_widen_unit(run->codes + 8 * u, block + tk_header_32(format), format.coding,
                                  table, one);
  }
}

/// The scales of sub-blocks go into the codes.
TK_INLINE void tk_wide_run_256(const uint8_t *block, const tk_format_256 format,
                               tk_wide_run *run) {
  const tk_u8 table = tk_level_table(format.coding, 0);
  tk_scales_256 s;
  tk_load_scales(block, format, &s);
  run->d[0] = s.d;
  run->start[0] = (tk_u32){0};
  const uint8_t *unit = block + tk_header_256(format);
  for (size_t u = 0; u < 8; u++, unit += tk_unit_bytes(format.coding))
    run->start[0] += tk_widen_unit(run->codes + 8 * u, unit, format.coding, table,
                                   (tk_i16)s.scales[u]);
}

// Replace the generic kernels of these types.

#define TK_BYTES_32(name, ...)                                                                 \
  static const tk_format_32 tk_format_##name = {__VA_ARGS__};                                  \
  TK_INLINE void tk_fill_##name(const tk_activations *x, size_t token, size_t tokens,          \
                                size_t run, void *row) {                                       \
    (void)tokens;                                                                              \
    tk_fill_wide(x, token, run, 32, row);                                                      \
  }                                                                                            \
  TK_INLINE void tk_run_##name(const tk_panels panels, size_t run, size_t k, const void *rows, \
                               size_t tokens, float *sums) {                                   \
    tk_wide_run wide;                                                                          \
    const size_t left = k / 32 - 8 * run;                                                      \
    tk_wide_run_32(panels.first, 8 * run, left < 8 ? left : 8, tk_format_##name, &wide);              \
    tk_wide_tiles(&wide, rows, tokens, sums, false);                                           \
  }                                                                                            \
  TK_INLINE void tk_few_##name(const uint8_t *block, size_t k, const tk_activations *x,        \
                               tk_f32 *acc, int tokens) {                                      \
    tk_wide_few_32(block, k, x, acc, tk_format_##name, tokens);                                \
  }                                                                                            \
  TK_MATMUL_CODES(name, tk_wide_row, tk_panel_bytes_32(x->k, tk_format_##name),                \
                  tk_panel_bytes_32(TK_RUN, tk_format_##name),                                 \
                  tk_bytes_32(tk_format_##name), 32)

#define TK_BYTES_256(name, ...)                                                                \
  static const tk_format_256 tk_format_##name = {__VA_ARGS__};                                 \
  TK_INLINE void tk_fill_##name(const tk_activations *x, size_t token, size_t tokens,          \
                                size_t run, void *row) {                                       \
    (void)tokens;                                                                              \
    tk_fill_wide(x, token, run, 256, row);                                                     \
  }                                                                                            \
  TK_INLINE void tk_run_##name(const tk_panels panels, size_t run, size_t k, const void *rows, \
                               size_t tokens, float *sums) {                                   \
    (void)k;                                                                                   \
    tk_wide_run wide;                                                                          \
    tk_wide_run_256(panels.first + run * tk_bytes_256(tk_format_##name), tk_format_##name, &wide);    \
    tk_wide_tiles(&wide, rows, tokens, sums, true);                                            \
  }                                                                                            \
  TK_INLINE void tk_few_##name(const uint8_t *block, size_t k, const tk_activations *x,        \
                               tk_f32 *acc, int tokens) {                                      \
    tk_wide_few_256(block, k, x, acc, tk_format_##name, tokens);                               \
  }                                                                                            \
  TK_MATMUL_CODES(name, tk_wide_row, x->k / 256 * tk_bytes_256(tk_format_##name),              \
                  tk_bytes_256(tk_format_##name), tk_bytes_256(tk_format_##name), 256)

#endif
