// Products with weights that have a float scale for each 32 k, or 16.
#ifndef TK_GENERIC_BLOCKS_32_H
#define TK_GENERIC_BLOCKS_32_H

#include "codes.h"

/// Units of 32 k that are prepared at a time.
#define TK_CHUNK 8

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

/// acc += d * scale * (sum - offset), and then minimum * scale * offset instead with minima.
TK_INLINE tk_f32 tk_finish_32(tk_f32 acc, tk_i32 sum, tk_f32 d, float scale, int32_t offset,
                              const bool minima, tk_f32 minimum) {
  if (!minima) return tk_fma(d * scale, tk_float(sum - offset), acc);
  acc = tk_fma(d * scale, tk_float(sum), acc);
  return tk_fma(minimum * scale, tk_splat((float)offset), acc);
}

/// Sums of codes of up to TK_CHUNK units, of 32 each or of 16, times `factor`.
TK_INLINE void tk_sums_of_chunk(const int16_t *sums, size_t count, const int groups,
                                const int32_t factor, int32_t out[2 * TK_CHUNK]) {
  typedef int32_t i32x8 __attribute__((vector_size(32)));
  typedef int16_t i16x16 __attribute__((vector_size(32)));
  if (count < TK_CHUNK) {
    for (size_t u = 0; u < count; u++) {
      if (groups == 8) out[u] = factor * (sums[2 * u] + sums[2 * u + 1]);
      if (groups == 4) out[2 * u] = factor * sums[2 * u], out[2 * u + 1] = factor * sums[2 * u + 1];
    }
  } else if (groups == 8) {
    const i32x8 pairs = TK_LOAD(i32x8, sums);
    TK_STORE(out, ((pairs << 16 >> 16) + (pairs >> 16)) * factor);
  } else {
    TK_STORE(out, __builtin_convertvector(TK_LOAD(i16x16, sums), tk_i32) * factor);
  }
}

/// A panel for a single token.
TK_INLINE void tk_one_32(const uint8_t *panel, tk_tokens x, float *out,
                         const tk_format_32 format) {
  const tk_coding coding = format.coding;
  const bool minima = format.scale == TK_SCALE_HALF_MINIMUM;
  const int groups = tk_groups_32(format), dots = tk_dots_of(coding, groups);
  const int factor = minima ? 1 : tk_zero(coding);
  const tk_u8 table = tk_level_table(coding);
  tk_f32 acc = tk_splat(0), d[2], minimum = tk_splat(0);
  for (size_t i = 0; i < x.blocks; i += (size_t)format.units, panel += tk_bytes_32(format)) {
    tk_load_scale(panel, format, d, &minimum);
    const uint8_t *unit = panel + tk_header_32(format);
    for (size_t u = i; u < i + (size_t)format.units; u++, unit += tk_unit_bytes(coding)) {
      const int8_t *a = x.codes + 32 * u;
      tk_part low = tk_part_zero(), high = tk_part_zero();
      tk_i32 sums[2] = {tk_splat_i32(0), tk_splat_i32(0)};
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
          sums[0] += tk_part_sum(low);
          sums[1] += tk_part_sum(high);
          low = high = tk_part_zero();
        }
      }
      const float scale = x.scales[u];
      const int16_t *codes = x.sums + 2 * u;
      if (groups == 4) {
        acc = tk_finish_32(acc, sums[0], d[0], scale, factor * codes[0], false, minimum);
        acc = tk_finish_32(acc, sums[1], d[1], scale, factor * codes[1], false, minimum);
      } else {
        const tk_i32 sum = dots == 8 ? tk_part_sum(low) : sums[0] + sums[1];
        const int32_t offset = factor * (codes[0] + codes[1]);
        acc = tk_finish_32(acc, sum, d[0], scale, offset, minima, minimum);
      }
    }
  }
  TK_STORE(out, acc);
}

/// Unpacked units of a panel.
typedef struct {
  tk_f32 d[TK_CHUNK][2], minimum[TK_CHUNK];
  size_t first;  // unit
  size_t count;  // up to TK_CHUNK
  int groups, dots, zero;
  bool minima;
  uint8_t codes[16 * 32 * TK_CHUNK] __attribute__((aligned(64)));
} tk_chunk_32;

/// The units of a chunk for one tile.
TK_INLINE void tk_tile_32(const tk_chunk_32 *chunk, tk_tokens x, float *out, size_t out_stride,
                          const bool minima, const int groups, const int dots,
                          const int tokens) {
  tk_f32 acc[TK_MAX_TILE];
  TK_UNROLL for (int t = 0; t < tokens; t++)
    acc[t] = chunk->first == 0 ? tk_splat(0) : TK_LOAD(tk_f32, out + t * out_stride);
  int32_t offsets[TK_MAX_TILE][2 * TK_CHUNK];
  TK_UNROLL for (int t = 0; t < tokens; t++)
    tk_sums_of_chunk(x.sums + t * (x.k / 16) + 2 * chunk->first, chunk->count, groups,
                     minima ? 1 : chunk->zero, offsets[t]);
  const uint8_t *codes = chunk->codes;
  TK_ROLLED for (size_t u = 0; u < chunk->count; u++) {
    TK_ROLLED for (int half = 0; half < 8 / groups; half++) {
      tk_i32 sums[TK_MAX_TILE];
      const int8_t *a = x.codes + 32 * (chunk->first + u) + 16 * (size_t)half;
      TK_UNROLL for (int g = 0; g < groups; g += dots, codes += 64 * dots) {
        tk_part parts[TK_MAX_TILE];
        tk_dot_groups(parts, codes, dots, a + 4 * g, x.k, tokens);
        TK_UNROLL for (int t = 0; t < tokens; t++)
          sums[t] = g == 0 ? tk_part_sum(parts[t]) : sums[t] + tk_part_sum(parts[t]);
      }
      TK_UNROLL for (int t = 0; t < tokens; t++)
        acc[t] = tk_finish_32(acc[t], sums[t], chunk->d[u][half],
                              x.scales[t * x.blocks + chunk->first + u],
                              offsets[t][(size_t)(8 / groups) * u + (size_t)half], minima,
                              chunk->minimum[u]);
    }
  }
  TK_UNROLL for (int t = 0; t < tokens; t++) TK_STORE(out + t * out_stride, acc[t]);
}

TK_INLINE void tk_all_tiles_32(const tk_chunk_32 *chunk, const tk_activations *x, size_t tokens,
                               float *out, size_t out_stride, const bool minima,
                               const int groups, const int dots) {
#define TK_TILE(token, n)                                                                       \
  tk_tile_32(chunk, tk_tokens_from(x, token, 32), out + (token) * out_stride, out_stride,       \
             minima, groups, dots, n)
  TK_FOR_TILES(tokens, TK_CODES_TOKENS, TK_TILE);
#undef TK_TILE
}

/// A chunk for all tokens: code that all types share.
static __attribute__((noinline)) void tk_tiles_32(const tk_chunk_32 *chunk,
                                                  const tk_activations *x, size_t tokens,
                                                  float *out, size_t out_stride) {
  if (chunk->groups == 4) {
    tk_all_tiles_32(chunk, x, tokens, out, out_stride, false, 4, 4);
    return;
  }
  switch (chunk->dots + 16 * chunk->minima) {
    case 8: tk_all_tiles_32(chunk, x, tokens, out, out_stride, false, 8, 8); return;
    case 4: tk_all_tiles_32(chunk, x, tokens, out, out_stride, false, 8, 4); return;
    case 2: tk_all_tiles_32(chunk, x, tokens, out, out_stride, false, 8, 2); return;
    case 16 + 8: tk_all_tiles_32(chunk, x, tokens, out, out_stride, true, 8, 8); return;
    default: tk_all_tiles_32(chunk, x, tokens, out, out_stride, true, 8, 4); return;
  }
}

TK_INLINE void tk_matmul_32(const uint8_t *panel, size_t panel_count, const tk_activations *x,
                            size_t tokens, float *out, size_t out_stride,
                            const tk_format_32 format) {
  const size_t units = x->k / 32, per_block = (size_t)format.units;
  const size_t bytes = tk_bytes_32(format);
  const size_t panel_bytes = units / per_block * bytes;
  if (tokens == 1) {
    for (size_t p = 0; p < panel_count; p++, panel += panel_bytes, out += 16)
      tk_one_32(panel, tk_tokens_from(x, 0, 32), out, format);
    return;
  }
  const tk_u8 table = tk_level_table(format.coding);
  tk_chunk_32 chunk;
  chunk.groups = tk_groups_32(format);
  chunk.dots = tk_dots_of(format.coding, chunk.groups);
  chunk.zero = tk_zero(format.coding);
  chunk.minima = format.scale == TK_SCALE_HALF_MINIMUM;
  for (size_t p = 0; p < panel_count; p++, panel += panel_bytes, out += 16) {
    for (chunk.first = 0; chunk.first < units; chunk.first += TK_CHUNK) {
      chunk.count = units - chunk.first < TK_CHUNK ? units - chunk.first : TK_CHUNK;
      for (size_t i = 0; i < chunk.count; i++) {
        const size_t unit = chunk.first + i;
        const uint8_t *block = panel + unit / per_block * bytes;
        tk_load_scale(block, format, chunk.d[i], &chunk.minimum[i]);
        tk_unpack_unit(
            block + tk_header_32(format) + unit % per_block * tk_unit_bytes(format.coding),
            format.coding, table, chunk.codes + 512 * i);
      }
      tk_tiles_32(&chunk, x, tokens, out, out_stride);
    }
  }
}

/// Defines the kernel of a type.
#define TK_BLOCKS_32(name, ...)                                                                \
  static void tk_matmul_##name(const void *panels, size_t panel_count, const tk_activations *x, \
                               size_t tokens, float *out, size_t out_stride) {                 \
    tk_matmul_32(panels, panel_count, x, tokens, out, out_stride, (tk_format_32){__VA_ARGS__}); \
  }

#endif
