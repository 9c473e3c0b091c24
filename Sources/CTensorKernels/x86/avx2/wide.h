// Products with weights whose codes have a range of 8 bits.
//
// vpmaddubsw cannot take these as they are. For a single token the weight's sign goes to the
// activation, four instructions for 32 products. With more tokens both sides are widened to 16 bits
// first, once for all of them; then two instructions make 16 products, and only one of these needs
// the two units that multiply.
#ifndef TK_AVX2_WIDE_H
#define TK_AVX2_WIDE_H

#include "../../generic/blocks_256.h"
#include "../../generic/blocks_32.h"

/// Tokens that are widened at a time.
#define TK_WIDE_TOKENS 64

/// Adds w[16 rows][4], signed, times a[4]. |-128| is 128 as an unsigned byte, and 2 * 128 * 127 fits
/// 16 bits.
TK_INLINE tk_i32 tk_dot4_bytes(tk_i32 sum, tk_u8 w, const int8_t *a) {
  const tk_halves codes = {.u8 = w};
  const __m256i four = _mm256_set1_epi32(tk_load_i32(a)), ones = _mm256_set1_epi16(1);
  tk_halves sums = {.i32 = sum};
  TK_UNROLL for (int h = 0; h < 2; h++) {
    const __m256i pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(codes.half[h]),
                                               _mm256_sign_epi8(four, codes.half[h]));
    sums.half[h] = _mm256_add_epi32(sums.half[h], _mm256_madd_epi16(pairs, ones));
  }
  return sums.i32;
}

/// The sum of a unit for a single token.
TK_INLINE tk_i32 tk_one_unit(const uint8_t *unit, const tk_coding coding, tk_u8 table,
                             const int8_t *a) {
  tk_i32 low = tk_splat_i32(0), high = tk_splat_i32(0);
  TK_UNROLL for (int g = 0; g < 4; g++) {
    tk_u8 first, second;
    tk_load_levels(unit, g, coding, table, &first, &second);
    low = tk_dot4_bytes(low, first, a + 4 * g);
    high = tk_dot4_bytes(high, second, a + 16 + 4 * g);
  }
  return low + high;
}

/// Up to 256 k of a panel: of each group of four codes 0 and 2, then 1 and 3.
typedef struct {
  tk_i16 codes[TK_RUN_GROUPS][2];
  tk_f32 d[TK_CHUNK];
} tk_wide_weights;

/// The same for tokens.
typedef struct {
  int16_t codes[TK_WIDE_TOKENS][2][2 * TK_RUN_GROUPS] __attribute__((aligned(64)));
} tk_wide_tokens;

TK_INLINE void tk_widen_unit(tk_wide_weights *wide, int u, const uint8_t *unit,
                             const tk_coding coding, tk_u8 table, tk_i16 scale) {
  TK_UNROLL for (int g = 0; g < 4; g++) {
    tk_u8 pair[2];
    tk_load_levels(unit, g, coding, table, &pair[0], &pair[1]);
    TK_UNROLL for (int i = 0; i < 2; i++) {
      tk_i16 *target = wide->codes[8 * u + g + 4 * i];
      target[0] = ((tk_i16)pair[i] << 8 >> 8) * scale;
      target[1] = ((tk_i16)pair[i] >> 8) * scale;
    }
  }
}

/// Widens `count` units of some tokens.
static void tk_widen_tokens(tk_wide_tokens *wide, tk_tokens x, size_t first, size_t count,
                            size_t tokens) {
  typedef int16_t i16x16 __attribute__((vector_size(32)));
  for (size_t t = 0; t < tokens; t++) {
    for (size_t u = 0; u < count; u++) {
      const i16x16 codes = TK_LOAD(i16x16, x.codes + t * x.k + 32 * (first + u));
      TK_STORE(wide->codes[t][0] + 16 * u, codes << 8 >> 8);
      TK_STORE(wide->codes[t][1] + 16 * u, codes >> 8);
    }
  }
}

/// Adds `groups` groups from `first` on to the sums of each token.
TK_INLINE void tk_wide_groups(tk_i32 *sums, const tk_wide_weights *weights,
                              const tk_wide_tokens *wide, size_t token, int first, int groups,
                              const int tokens) {
  TK_ROLLED for (int g = first; g < first + groups; g++) {
    TK_UNROLL for (int half = 0; half < 2; half++) {
      const tk_i16 w = weights->codes[g][half];
      TK_UNROLL for (int t = 0; t < tokens; t++) {
        const int32_t pair = tk_load_i32(wide->codes[token + (size_t)t][half] + 2 * g);
        sums[t] += tk_madd(w, (tk_i16)tk_splat_i32(pair));
      }
    }
  }
}

/// The units of a chunk, each with a scale of its own, for one tile.
TK_INLINE void tk_wide_tile_32(const tk_wide_weights *weights, const tk_wide_tokens *wide,
                               tk_tokens x, size_t token, size_t first, size_t count, float *out,
                               size_t out_stride, const int tokens) {
  tk_f32 acc[TK_MAX_TILE];
  TK_UNROLL for (int t = 0; t < tokens; t++)
    acc[t] = first == 0 ? tk_splat(0) : TK_LOAD(tk_f32, out + t * out_stride);
  for (size_t u = 0; u < count; u++) {
    tk_i32 sums[TK_MAX_TILE];
    TK_UNROLL for (int t = 0; t < tokens; t++) sums[t] = tk_splat_i32(0);
    tk_wide_groups(sums, weights, wide, token, 8 * (int)u, 8, tokens);
    TK_UNROLL for (int t = 0; t < tokens; t++)
      acc[t] = tk_fma(weights->d[u] * x.scales[t * x.blocks + first + u], tk_float(sums[t]),
                      acc[t]);
  }
  TK_UNROLL for (int t = 0; t < tokens; t++) TK_STORE(out + t * out_stride, acc[t]);
}

/// A block of 256, whose codes include the scales of sub-blocks, for one tile.
TK_INLINE void tk_wide_tile_256(const tk_wide_weights *weights, const tk_wide_tokens *wide,
                                tk_tokens x, size_t token, size_t b, float *out,
                                size_t out_stride, const int tokens) {
  tk_i32 sums[TK_MAX_TILE];
  TK_UNROLL for (int t = 0; t < tokens; t++) sums[t] = tk_splat_i32(0);
  tk_wide_groups(sums, weights, wide, token, 0, TK_RUN_GROUPS, tokens);
  TK_UNROLL for (int t = 0; t < tokens; t++) {
    const tk_f32 acc = b == 0 ? tk_splat(0) : TK_LOAD(tk_f32, out + t * out_stride);
    TK_STORE(out + t * out_stride,
             tk_fma(weights->d[0] * x.scales[t * x.blocks + b], tk_float(sums[t]), acc));
  }
}

static __attribute__((noinline)) void tk_wide_tiles(const tk_wide_weights *weights,
                                                    const tk_wide_tokens *wide, tk_tokens x,
                                                    size_t tokens, size_t first, size_t count,
                                                    float *out, size_t out_stride) {
#define TK_FROM(token)                                                                          \
  (tk_tokens){x.codes + (token) * x.k, x.scales + (token) * x.blocks, x.sums + (token) * (x.k / 16), \
              x.k, x.blocks}
#define TK_TILE(token, n)                                                                       \
  tk_wide_tile_32(weights, wide, TK_FROM(token), token, first, count, out + (token) * out_stride, \
                  out_stride, n)
  if (count) {
    TK_FOR_TILES(tokens, TK_CODES_TOKENS, TK_TILE);
    return;
  }
#undef TK_TILE
#define TK_TILE(token, n)                                                                      \
  tk_wide_tile_256(weights, wide, TK_FROM(token), token, first, out + (token) * out_stride,    \
                   out_stride, n)
  TK_FOR_TILES(tokens, TK_CODES_TOKENS, TK_TILE);
#undef TK_TILE
#undef TK_FROM
}

TK_INLINE void tk_matmul_bytes_32(const uint8_t *panels, size_t panel_count,
                                  const tk_activations *x, size_t tokens, float *out,
                                  size_t out_stride, tk_format_32 format) {
  format.coding.zero = 0;
  const tk_coding coding = format.coding;
  const tk_u8 table = tk_level_table(coding);
  const size_t units = x->k / 32, bytes = tk_bytes_32(format);
  if (tokens == 1) {
    const uint8_t *block = panels;
    for (size_t p = 0; p < panel_count; p++, out += 16) {
      tk_f32 acc = tk_splat(0);
      for (size_t u = 0; u < units; u++, block += bytes) {
        const tk_i32 sum =
            tk_one_unit(block + tk_header_32(format), coding, table, x->codes + 32 * u);
        acc = tk_fma(tk_from_f16(block) * x->scales[u], tk_float(sum), acc);
      }
      TK_STORE(out, acc);
    }
    return;
  }
  const tk_i16 one = (tk_i16)tk_splat_i32(0x10001);
  tk_wide_weights weights;
  tk_wide_tokens wide;
  for (size_t first = 0; first < units; first += TK_CHUNK) {
    const size_t count = units - first < TK_CHUNK ? units - first : TK_CHUNK;
    for (size_t token = 0; token < tokens; token += TK_WIDE_TOKENS) {
      const size_t some = tokens - token < TK_WIDE_TOKENS ? tokens - token : TK_WIDE_TOKENS;
      const tk_tokens from = tk_tokens_from(x, token, 32);
      tk_widen_tokens(&wide, from, first, count, some);
      for (size_t p = 0; p < panel_count; p++) {
        const uint8_t *block = panels + (p * units + first) * bytes;
        for (size_t u = 0; u < count; u++, block += bytes) {
          weights.d[u] = tk_from_f16(block);
          tk_widen_unit(&weights, (int)u, block + tk_header_32(format), coding, table, one);
        }
        tk_wide_tiles(&weights, &wide, from, some, first, count,
                      out + token * out_stride + 16 * p, out_stride);
      }
    }
  }
}

TK_INLINE void tk_matmul_bytes_256(const uint8_t *panels, size_t panel_count,
                                   const tk_activations *x, size_t tokens, float *out,
                                   size_t out_stride, tk_format_256 format) {
  format.coding.zero = 0;
  const tk_coding coding = format.coding;
  const tk_u8 table = tk_level_table(coding);
  const size_t blocks = x->k / 256, bytes = tk_bytes_256(format);
  tk_scales_256 s;
  if (tokens == 1) {
    const uint8_t *block = panels;
    for (size_t p = 0; p < panel_count; p++, out += 16) {
      tk_f32 acc = tk_splat(0);
      for (size_t b = 0; b < blocks; b++, block += bytes) {
        tk_load_scales(block, format, &s);
        tk_i32 product = tk_splat_i32(0);
        for (int u = 0; u < 8; u++) {
          const tk_i32 sum =
              tk_one_unit(block + tk_header_256(format) + (size_t)u * tk_unit_bytes(coding),
                          coding, table, x->codes + 256 * b + 32 * (size_t)u);
          product += sum * (s.scales[u] >> 16);
        }
        acc = tk_fma(s.d * x->scales[b], tk_float(product), acc);
      }
      TK_STORE(out, acc);
    }
    return;
  }
  tk_wide_weights weights;
  tk_wide_tokens wide;
  for (size_t b = 0; b < blocks; b++) {
    for (size_t token = 0; token < tokens; token += TK_WIDE_TOKENS) {
      const size_t some = tokens - token < TK_WIDE_TOKENS ? tokens - token : TK_WIDE_TOKENS;
      const tk_tokens from = tk_tokens_from(x, token, 256);
      tk_widen_tokens(&wide, from, 8 * b, 8, some);
      for (size_t p = 0; p < panel_count; p++) {
        const uint8_t *block = panels + (p * blocks + b) * bytes;
        tk_load_scales(block, format, &s);
        weights.d[0] = s.d;
        for (int u = 0; u < 8; u++)
          tk_widen_unit(&weights, u,
                        block + tk_header_256(format) + (size_t)u * tk_unit_bytes(coding), coding,
                        table, (tk_i16)s.scales[u]);
        tk_wide_tiles(&weights, &wide, from, some, b, 0, out + token * out_stride + 16 * p,
                      out_stride);
      }
    }
  }
}

// Replace the generic kernels of these types.

#define TK_BYTES_32(name, ...)                                                                 \
  static void tk_matmul_##name(const void *panels, size_t panel_count, const tk_activations *x, \
                               size_t tokens, float *out, size_t out_stride) {                 \
    tk_matmul_bytes_32(panels, panel_count, x, tokens, out, out_stride,                        \
                       (tk_format_32){__VA_ARGS__});                                           \
  }

#define TK_BYTES_256(name, ...)                                                                \
  static void tk_matmul_##name(const void *panels, size_t panel_count, const tk_activations *x, \
                               size_t tokens, float *out, size_t out_stride) {                 \
    tk_matmul_bytes_256(panels, panel_count, x, tokens, out, out_stride,                       \
                        (tk_format_256){__VA_ARGS__});                                         \
  }

#endif
