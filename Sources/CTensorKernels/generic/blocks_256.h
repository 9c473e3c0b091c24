// Products with weights in blocks of 256: whole-number scales of sub-blocks, one float scale.
#ifndef TK_GENERIC_BLOCKS_256_H
#define TK_GENERIC_BLOCKS_256_H

#include "codes.h"

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

/// acc += d * scale * (product - zero point's part) - dmin * scale * minima's part, for block b.
TK_INLINE void tk_finish_256(tk_f32 *acc, const tk_i32 *products, const tk_scales_256 *s,
                             tk_tokens x, size_t b, const int subs, const int zero,
                             const bool minima, const int tokens) {
  TK_UNROLL for (int t = 0; t < tokens; t++) {
    const float scale = x.scales[t * x.blocks + b];
    const int16_t *sums = x.sums + t * (x.k / 16) + 16 * b;
    tk_i32 product = products[t], offset = tk_splat_i32(0);
    if (minima || zero) {
      int16_t sums32[8];
      if (subs == 8) {
        tk_sums_of_32(sums, sums32);
        offset = tk_dot_pairs(s->offsets, sums32, 4);
      } else {
        offset = tk_dot_pairs(s->offsets, sums, 8);
      }
    }
    if (zero) product -= offset * zero;
    acc[t] = tk_fma(s->d * scale, tk_float(product), acc[t]);
    if (minima) acc[t] = tk_fma(-(s->dmin * scale), tk_float(offset), acc[t]);
  }
}

/// A panel for a single token.
TK_INLINE void tk_one_256(const uint8_t *panel, tk_tokens x, float *out,
                          const tk_format_256 format) {
  const tk_coding coding = format.coding;
  const bool halves = format.subs == 16;
  const int dots = tk_dots_of(coding, halves ? 4 : 8);
  const tk_u8 table = tk_level_table(coding);
  tk_f32 acc = tk_splat(0);
  for (size_t b = 0; b < x.blocks; b++, panel += tk_bytes_256(format)) {
    tk_scales_256 s;
    tk_load_scales(panel, format, &s);
    tk_i32 product = tk_splat_i32(0);
    const uint8_t *unit = panel + tk_header_256(format);
    const int8_t *a = x.codes + 256 * b;
    TK_ROLLED for (int u = 0; u < 8; u++, unit += tk_unit_bytes(coding), a += 32) {
      const tk_i32 *scales = s.scales + (halves ? 2 * u : u);
      tk_part low = tk_part_zero(), high = tk_part_zero();
      TK_UNROLL for (int g = 0; g < 4; g++) {
        tk_u8 first, second;
        tk_load_levels(unit, g, coding, table, &first, &second);
        low = tk_dot4(low, first, a + 4 * g);
        if (dots == 8) {
          low = tk_dot4(low, second, a + 16 + 4 * g);
          continue;
        }
        high = tk_dot4(high, second, a + 16 + 4 * g);
        if (g % dots == dots - 1) {
          product = tk_part_scaled(product, low, scales[0]);
          product = tk_part_scaled(product, high, scales[halves]);
          low = high = tk_part_zero();
        }
      }
      if (dots == 8) product = tk_part_scaled(product, low, scales[0]);
    }
    tk_finish_256(&acc, &product, &s, x, b, format.subs, tk_zero(coding), format.minima, 1);
  }
  TK_STORE(out, acc);
}

/// An unpacked block of a panel.
typedef struct {
  tk_scales_256 scales;
  int subs, dots, zero;
  bool minima;
  uint8_t codes[16 * 256] __attribute__((aligned(64)));
} tk_block_256;

/// One block for one tile; `groups` of four k have the same scale.
TK_INLINE void tk_tile_256(const tk_block_256 *block, tk_tokens x, size_t b, float *out,
                           size_t out_stride, const int groups, const int dots, const int tokens) {
  tk_i32 products[TK_MAX_TILE];
  TK_UNROLL for (int t = 0; t < tokens; t++) products[t] = tk_splat_i32(0);
  const int8_t *a = x.codes + 256 * b;
  const uint8_t *codes = block->codes;
  TK_ROLLED for (int sub = 0; sub < TK_RUN_GROUPS / groups; sub++) {
    const tk_i32 scale = block->scales.scales[sub];
    TK_UNROLL for (int g = 0; g < groups; g += dots, codes += 64 * dots, a += 4 * dots) {
      tk_part parts[TK_MAX_TILE];
      tk_dot_groups(parts, codes, dots, a, x.k, tokens);
      TK_UNROLL for (int t = 0; t < tokens; t++)
        products[t] = tk_part_scaled(products[t], parts[t], scale);
    }
  }
  tk_f32 acc[TK_MAX_TILE];
  TK_UNROLL for (int t = 0; t < tokens; t++)
    acc[t] = b == 0 ? tk_splat(0) : TK_LOAD(tk_f32, out + t * out_stride);
  tk_finish_256(acc, products, &block->scales, x, b, block->subs, block->zero, block->minima,
                tokens);
  TK_UNROLL for (int t = 0; t < tokens; t++) TK_STORE(out + t * out_stride, acc[t]);
}

TK_INLINE void tk_all_tiles_256(const tk_block_256 *block, const tk_activations *x, size_t tokens,
                                size_t b, float *out, size_t out_stride, const int groups,
                                const int dots) {
#define TK_TILE(token, n)                                                                      \
  tk_tile_256(block, tk_tokens_from(x, token, 256), b, out + (token) * out_stride, out_stride, \
              groups, dots, n)
  TK_FOR_TILES(tokens, TK_CODES_TOKENS, TK_TILE);
#undef TK_TILE
}

/// One block for all tokens: code that all types share.
static __attribute__((noinline)) void tk_tiles_256(const tk_block_256 *block,
                                                   const tk_activations *x, size_t tokens,
                                                   size_t b, float *out, size_t out_stride) {
  if (block->subs == 8) {
    switch (block->dots) {
      case 8: tk_all_tiles_256(block, x, tokens, b, out, out_stride, 8, 8); return;
      case 4: tk_all_tiles_256(block, x, tokens, b, out, out_stride, 8, 4); return;
      case 2: tk_all_tiles_256(block, x, tokens, b, out, out_stride, 8, 2); return;
      default: tk_all_tiles_256(block, x, tokens, b, out, out_stride, 8, 1); return;
    }
  }
  switch (block->dots) {
    case 4: tk_all_tiles_256(block, x, tokens, b, out, out_stride, 4, 4); return;
    case 2: tk_all_tiles_256(block, x, tokens, b, out, out_stride, 4, 2); return;
    default: tk_all_tiles_256(block, x, tokens, b, out, out_stride, 4, 1); return;
  }
}

TK_INLINE void tk_matmul_256(const uint8_t *panel, size_t panel_count, const tk_activations *x,
                             size_t tokens, float *out, size_t out_stride,
                             const tk_format_256 format) {
  const size_t blocks = x->k / 256;
  const size_t bytes = tk_bytes_256(format);
  if (tokens == 1) {
    for (size_t p = 0; p < panel_count; p++, panel += blocks * bytes, out += 16)
      tk_one_256(panel, tk_tokens_from(x, 0, 256), out, format);
    return;
  }
  const tk_u8 table = tk_level_table(format.coding);
  tk_block_256 block;
  block.subs = format.subs;
  block.dots = tk_dots_of(format.coding, format.subs == 16 ? 4 : 8);
  block.zero = tk_zero(format.coding);
  block.minima = format.minima;
  for (size_t p = 0; p < panel_count; p++, out += 16) {
    for (size_t b = 0; b < blocks; b++, panel += bytes) {
      tk_load_scales(panel, format, &block.scales);
      const uint8_t *unit = panel + tk_header_256(format);
      for (int u = 0; u < 8; u++, unit += tk_unit_bytes(format.coding))
        tk_unpack_unit(unit, format.coding, table, block.codes + 512 * u);
      tk_tiles_256(&block, x, tokens, b, out, out_stride);
    }
  }
}

/// Defines the kernel of a type.
#define TK_BLOCKS_256(name, ...)                                                               \
  static void tk_matmul_##name(const void *panels, size_t panel_count, const tk_activations *x, \
                               size_t tokens, float *out, size_t out_stride) {                 \
    tk_matmul_256(panels, panel_count, x, tokens, out, out_stride,                             \
                  (tk_format_256){__VA_ARGS__});                                               \
  }

#endif
