// Products with weights in blocks of 256: whole-number scales of sub-blocks, one float scale.
#ifndef TK_GENERIC_BLOCKS_256_H
#define TK_GENERIC_BLOCKS_256_H

#include "sweep.h"

/// How the scales of sub-blocks are stored in a panel, for 16 rows each.
typedef enum {
  TK_SCALES_ONE,          // none: all are 1
  TK_SCALES_BYTES,        // [subs] signed bytes
  TK_SCALES_SIX_BITS,     // [subs] unsigned: low nibbles of two in a byte, upper bits of four
  TK_SCALES_CENTRED,      // the same, less 32
  TK_SCALES_NIBBLES,      // [subs] bytes: low half the scale, high half the minimum
} tk_scale_storage;

/// A type with blocks of 256.
typedef struct {
  tk_coding coding;
  tk_scale_storage scales;
  int subs;      // 8 or 16 sub-blocks
  bool minima;   // a second half, times a number of each sub-block, is subtracted
  float factor;  // what the half is multiplied with, a power of two
} tk_format_256;

/// The bytes of `count` numbers of six bits, or of the scales alone.
TK_INLINE size_t tk_scale_bytes(const tk_format_256 format) {
  switch (format.scales) {
    case TK_SCALES_ONE: return 0;
    case TK_SCALES_SIX_BITS:
    case TK_SCALES_CENTRED: return 12 * (size_t)format.subs;
    case TK_SCALES_BYTES:
    case TK_SCALES_NIBBLES: break;
  }
  return 16 * (size_t)format.subs;
}

/// Where the codes of a block begin.
TK_INLINE size_t tk_header_256(const tk_format_256 format) {
  const bool apart = format.minima && format.scales != TK_SCALES_NIBBLES;
  return (format.minima ? 64 : 32) + tk_scale_bytes(format) * (apart ? 2 : 1);
}

TK_INLINE size_t tk_bytes_256(const tk_format_256 format) {
  return tk_header_256(format) + 8 * tk_unit_bytes(format.coding);
}

/// The scales of a block of a panel.
typedef struct {
  tk_f32 d, dmin;
  tk_i32 scales[16];   // from tk_spread
  tk_i16 offsets[8];   // pairs of minima, or of scales where there is a zero point
} tk_scales_256;

/// The numbers of six bits of all sub-blocks.
TK_INLINE void tk_six_bits(const uint8_t *bytes, const int subs, tk_i8x16 *numbers) {
  typedef uint16_t u16x8 __attribute__((vector_size(16)));
  TK_UNROLL for (int i = 0; i < subs; i++) {
    const u16x8 low = TK_LOAD(u16x8, bytes + 16 * (i % (subs / 2))) >> (i < subs / 2 ? 0 : 4);
    const u16x8 upper = TK_LOAD(u16x8, bytes + 8 * subs + 16 * (i / 4));
    const u16x8 high = i % 4 < 2 ? upper << (4 - 2 * (i % 4)) : upper >> (2 * (i % 4) - 4);
    numbers[i] = (tk_i8x16)(((tk_u8x16)low & 15) | ((tk_u8x16)high & 0x30));
  }
}

TK_INLINE void tk_load_scales(const uint8_t *block, const tk_format_256 format,
                              tk_scales_256 *s) {
  tk_i8x16 numbers[16], minima[16];
  const int subs = format.subs;
  const uint8_t *bytes = block + (format.minima ? 64 : 32);
  s->d = tk_from_f16(block);
  if (format.factor != 1) s->d *= format.factor;
  if (format.minima) s->dmin = tk_from_f16(block + 32);
  TK_UNROLL for (int i = 0; i < subs; i++) {
    typedef uint16_t u16x8 __attribute__((vector_size(16)));
    switch (format.scales) {
      case TK_SCALES_ONE: numbers[i] = (tk_i8x16)TK_SPLAT16(1); break;
      case TK_SCALES_BYTES: numbers[i] = TK_LOAD(tk_i8x16, bytes + 16 * i); break;
      case TK_SCALES_NIBBLES:
        numbers[i] = TK_LOAD(tk_i8x16, bytes + 16 * i) & 15;
        minima[i] = (tk_i8x16)(TK_LOAD(u16x8, bytes + 16 * i) >> 4) & 15;
        break;
      case TK_SCALES_SIX_BITS:
      case TK_SCALES_CENTRED: break;
    }
  }
  if (format.scales == TK_SCALES_SIX_BITS || format.scales == TK_SCALES_CENTRED) {
    tk_six_bits(bytes, subs, numbers);
    if (format.minima) tk_six_bits(bytes + tk_scale_bytes(format), subs, minima);
    if (format.scales == TK_SCALES_CENTRED)
      TK_UNROLL for (int i = 0; i < subs; i++) numbers[i] -= 32;
  }
  TK_UNROLL for (int i = 0; i < subs; i++) s->scales[i] = tk_spread(numbers[i]);
  if (!format.minima && !tk_zero(format.coding)) return;
  const tk_i8x16 *pairs = format.minima ? minima : numbers;
  TK_UNROLL for (int i = 0; i < subs / 2; i++)
    s->offsets[i] = tk_pairs(pairs[2 * i], pairs[2 * i + 1]);
}

/// acc + d * scale * product - dmin * scale * offset, the offset being the minima's part.
TK_INLINE tk_f32 tk_finish_256(tk_f32 acc, const tk_scales_256 *s, float scale, tk_i32 product,
                               const bool minima, tk_i32 offset) {
  acc = tk_fma(s->d * scale, tk_float(product), acc);
  return minima ? tk_fma(-(s->dmin * scale), tk_float(offset), acc) : acc;
}

/// The sums of codes of a token's block, times the offsets of sub-blocks.
TK_INLINE tk_i32 tk_offset_256(const tk_scales_256 *s, const int16_t *sums, const int subs) {
  if (subs == 16) return tk_dot_pairs(s->offsets, sums, 8);
  int16_t sums32[8];
  tk_sums_of_32(sums, sums32);
  return tk_dot_pairs(s->offsets, sums32, 4);
}

/// A block for a few tokens, codes unpacked in registers.
TK_INLINE void tk_few_256(const uint8_t *block, size_t k, const tk_activations *x, tk_f32 *acc,
                          const tk_format_256 format, const int tokens) {
  const tk_coding coding = format.coding;
  const int groups = 64 / format.subs;
  const int dots = tk_dots_of(coding, groups), zero = tk_zero(coding);
  const tk_u8 table = tk_level_table(coding, zero);
  tk_scales_256 s;
  tk_load_scales(block, format, &s);
  tk_i32 products[TK_FEW_TOKENS];
  TK_UNROLL for (int t = 0; t < tokens; t++) products[t] = tk_splat_i32(0);
  const uint8_t *unit = block + tk_header_256(format);
  const int8_t *codes = x->codes + k;
  tk_ask_ahead(block, tk_header_256(format), 1);
  TK_ROLLED for (int u = 0; u < 8; u++, unit += tk_unit_bytes(coding), codes += 32) {
    tk_ask_ahead(unit, tk_unit_bytes(coding), 1);
    tk_part parts[TK_FEW_TOKENS];
    TK_UNROLL for (int n = 0; n < 8; n++) {
      const int g = tk_group_of(n, dots);
      const tk_u8 levels = tk_load_level(unit, g, coding, table, zero);
      const tk_i32 scale = s.scales[8 / groups * u + n / groups];
      TK_UNROLL for (int t = 0; t < tokens; t++) {
        const int8_t *a = codes + (size_t)t * x->k + 4 * g;
        // Not tk_settled, as in tk_few_32: here that measured slower.
        parts[t] = tk_dot4(n % dots ? parts[t] : tk_part_zero(), levels, a);
        if (n % dots == dots - 1) products[t] = tk_part_scaled(products[t], parts[t], scale);
      }
    }
  }
  TK_UNROLL for (int t = 0; t < tokens; t++) {
    const size_t at = (size_t)t * (x->k / 256) + k / 256;
    tk_i32 product = products[t], offset = tk_splat_i32(0);
    if (format.minima || zero) offset = tk_offset_256(&s, x->sums + 16 * at, format.subs);
    if (zero) product -= offset * zero;
    acc[t] = tk_finish_256(acc[t], &s, x->scales[at], product, format.minima, offset);
  }
}

/// An unpacked block of a panel.
typedef struct {
  tk_scales_256 scales;
  tk_i32 excess;  // what the 128s of tokens add to products
  int subs, dots;
  bool minima;
  uint8_t codes[16 * TK_RUN] __attribute__((aligned(64)));
} tk_block_256;

TK_INLINE void tk_unpack_256(const uint8_t *block, const tk_format_256 format,
                             tk_block_256 *unpacked) {
  const tk_coding coding = format.coding;
  const tk_u8 table = tk_level_table(coding, 0);
  const bool halves = format.subs == 16;
  unpacked->subs = format.subs;
  unpacked->minima = format.minima;
  unpacked->dots = tk_dots_of_run(coding, halves ? 4 : 8);
  tk_load_scales(block, format, &unpacked->scales);
  unpacked->excess = tk_splat_i32(0);
  const uint8_t *unit = block + tk_header_256(format);
  TK_ROLLED for (int u = 0; u < 8; u++, unit += tk_unit_bytes(coding)) {
    tk_excess excess;
    tk_unpack_unit(unit, coding, table, unpacked->codes + 512 * u, &excess);
    if (!tk_is_biased(coding)) continue;
    const tk_i32 *scales = unpacked->scales.scales + (halves ? 2 * u : u);
    TK_UNROLL for (int i = 0; i < tk_excess_parts(coding); i++) {
      unpacked->excess = tk_part_scaled(unpacked->excess, excess.parts[0][i], scales[0]);
      unpacked->excess = tk_part_scaled(unpacked->excess, excess.parts[1][i], scales[halves]);
    }
  }
}

/// One block of some panels for one tile of rows; `groups` of four k have the same scale.
TK_INLINE void tk_tile_256(const tk_block_256 *blocks, const tk_slab_row *rows, float *sums,
                           const bool minima, const int groups, const int dots, const int panels,
                           const int tokens) {
  tk_i32 products[2][TK_MAX_TILE];
#define TK_EACH TK_UNROLL for (int p = 0; p < panels; p++) TK_UNROLL for (int t = 0; t < tokens; t++)
  TK_EACH products[p][t] = tk_splat_i32(0);
  TK_ROLLED for (int unit = 0; unit < 8; unit++) {
    TK_UNROLL for (int g = 0; g < 8; g += dots) {
      tk_part parts[2][TK_MAX_TILE];
      const uint8_t *codes[2];
      TK_UNROLL for (int p = 0; p < panels; p++) codes[p] = blocks[p].codes + 512 * unit + 64 * g;
      tk_dot_rows(parts, codes, dots, rows, 32 * unit + 4 * g, !minima, panels, tokens);
      TK_EACH {
        const tk_i32 scale = blocks[p].scales.scales[8 / groups * unit + g / groups];
        products[p][t] = tk_part_scaled(products[p][t], parts[p][t], scale);
      }
    }
  }
  TK_EACH {
    const tk_block_256 *const block = blocks + p;
    float *const place = sums + p * TK_SUMS_STRIDE + 16 * t;
    const tk_i32 product =
        TK_BIASED_TOKENS && !minima ? products[p][t] - block->excess : products[p][t];
    const tk_i32 offset = minima ? tk_dot_pairs(block->scales.offsets, rows[t].sums, 32 / groups)
                                 : tk_splat_i32(0);
    TK_STORE(place, tk_finish_256(TK_LOAD(tk_f32, place), &block->scales, rows[t].scales[0],
                                  product, minima, offset));
  }
#undef TK_EACH
}

TK_INLINE void tk_all_tiles_256(const tk_block_256 *blocks, const int panels,
                                const tk_slab_row *rows, size_t tokens, float *sums,
                                const bool minima, const int groups, const int dots) {
#define TK_TILE(token, n) \
  tk_tile_256(blocks, rows + (token), sums + 16 * (token), minima, groups, dots, panels, n)
  if (panels == 2) TK_FOR_TILES(tokens, TK_PAIR_TILE, TK_TILE);
  else TK_FOR_TILES(tokens, TK_CODES_TOKENS, TK_TILE);
#undef TK_TILE
}

#ifndef TK_OWN_TILES
/// One block for all tokens: code that all types share.
static __attribute__((noinline)) TK_ALIGNED_SPILLS void tk_tiles_256(
    const tk_block_256 *blocks, int panels, const tk_slab_row *rows, size_t tokens, float *sums) {
#define TK_CASE(subs, dots, minima)                                                       \
  case (subs) * 64 + (dots) * 2 + (minima):                                               \
    if (TK_TILE_PANELS > 1 && panels > 1)                                                 \
      tk_all_tiles_256(blocks, 2, rows, tokens, sums, minima, 64 / (subs), dots);         \
    else                                                                                  \
      tk_all_tiles_256(blocks, 1, rows, tokens, sums, minima, 64 / (subs), dots);         \
    return;
  switch (blocks->subs * 64 + blocks->dots * 2 + blocks->minima) {
    TK_CASE(8, 8, true)
    TK_CASE(8, 8, false)
    TK_CASE(8, 4, true)
    TK_CASE(8, 4, false)
    TK_CASE(8, 2, false)
    TK_CASE(8, 1, false)
    TK_CASE(16, 4, true)
    TK_CASE(16, 4, false)
    TK_CASE(16, 2, false)
    TK_CASE(16, 1, false)
    default: __builtin_unreachable();
  }
#undef TK_CASE
}
#endif

TK_INLINE void tk_fill_256(const tk_activations *x, size_t token, size_t tokens, size_t run,
                           const tk_format_256 format, tk_slab_row *row) {
  tk_fill_codes(x, token, tokens, run, !format.minima, row);
  row->scales[0] = x->scales[token * (x->k / 256) + run];
  if (!format.minima) return;
  const int16_t *sums = x->sums + token * (x->k / 16) + 16 * run;
  if (format.subs == 8) tk_sums_of_32(sums, row->sums);
  else __builtin_memcpy(row->sums, sums, 32);
}

/// Defines the kernel of a type.
#define TK_BLOCKS_256(name, ...)                                                               \
  static const tk_format_256 tk_format_##name = {__VA_ARGS__};                                 \
  TK_INLINE void tk_fill_##name(const tk_activations *x, size_t token, size_t tokens,          \
                                size_t run, void *row) {                                       \
    tk_fill_256(x, token, tokens, run, tk_format_##name, row);                                 \
  }                                                                                            \
  TK_INLINE void tk_run_##name(const tk_panels panels, size_t run, size_t k, const void *rows, \
                               size_t tokens, float *sums) {                                   \
    (void)k;                                                                                   \
    tk_block_256 blocks[TK_TILE_PANELS];                                                       \
    for (int p = 0; p < panels.count; p++)                                                     \
      tk_unpack_256(panels.first + p * panels.bytes + run * tk_bytes_256(tk_format_##name),    \
                    tk_format_##name, blocks + p);                                             \
    tk_tiles_256(blocks, panels.count, rows, tokens, sums);                                    \
  }                                                                                            \
  TK_INLINE void tk_few_##name(const uint8_t *block, size_t k, const tk_activations *x,        \
                               tk_f32 *acc, int tokens) {                                      \
    tk_few_256(block, k, x, acc, tk_format_##name, tokens);                                    \
  }                                                                                            \
  TK_MATMUL_CODES(name, tk_slab_row, x->k / 256 * tk_bytes_256(tk_format_##name),              \
                  tk_bytes_256(tk_format_##name), tk_bytes_256(tk_format_##name), 256)

#endif
