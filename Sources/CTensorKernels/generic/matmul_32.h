// Products with weights in blocks of 32: Q8_0 and Q4_0.
#ifndef TK_GENERIC_MATMUL_32_H
#define TK_GENERIC_MATMUL_32_H

#include "codes.h"

#define TK_Q8_0_BYTES 544
#define TK_Q4_0_BYTES 288
/// Blocks that are prepared at a time.
#define TK_CHUNK 8
/// The zero point of Q4_0, where the kernel does not take signed codes.
#define TK_Q4_0_ZERO (TK_SIGNED_CODES ? 0 : 8)

/// The tokens of one call or tile: base pointers of the first, and the distances to the next.
typedef struct {
  const int8_t *codes;
  const float *scales;
  const int16_t *sums;
  size_t k, blocks;
} tk_tokens;

/// The blocks of the chunk that starts at `first`.
TK_INLINE size_t tk_chunk(size_t blocks, size_t first) {
  return blocks - first < TK_CHUNK ? blocks - first : TK_CHUNK;
}

TK_INLINE tk_tokens tk_tokens_from(const tk_activations *x, size_t token, const size_t block) {
  const size_t blocks = x->k / block;
  return (tk_tokens){x->codes + token * x->k, x->scales + token * blocks,
                     x->sums + token * (x->k / 16), x->k, blocks};
}

/// Zero points times sums of codes, [tokens][blocks of a chunk].
typedef struct {
  int32_t of[TK_MAX_TILE][TK_CHUNK];
} tk_offsets;

/// The offsets of `count` blocks from block `first`.
TK_INLINE void tk_offsets_from(tk_offsets *offsets, tk_tokens x, size_t first, size_t count,
                               const int32_t zero, const int tokens) {
  typedef int32_t i32x8 __attribute__((vector_size(32)));
  if (!zero) return;
  TK_UNROLL for (int t = 0; t < tokens; t++) {
    const int16_t *sums = x.sums + t * (x.k / 16) + 2 * first;
    if (count == TK_CHUNK) {
      const i32x8 pairs = TK_LOAD(i32x8, sums);
      TK_STORE(offsets->of[t], ((pairs << 16 >> 16) + (pairs >> 16)) * zero);
    } else {
      for (size_t b = 0; b < count; b++)
        offsets->of[t][b] = zero * ((int32_t)sums[2 * b] + sums[2 * b + 1]);
    }
  }
}

/// acc += d * scale * (sums - offset), for block first + b of each token.
TK_INLINE void tk_finish_32(tk_f32 *acc, const tk_i32 *sums, tk_f32 d, tk_tokens x, size_t first,
                            size_t b, const tk_offsets *offsets, const int32_t zero,
                            const int tokens) {
  TK_UNROLL for (int t = 0; t < tokens; t++) {
    const tk_i32 sum = zero ? sums[t] - tk_splat_i32(offsets->of[t][b]) : sums[t];
    acc[t] = tk_fma(d * x.scales[t * x.blocks + first + b], tk_float(sum), acc[t]);
  }
}

TK_INLINE void tk_q8_0_tile(const uint8_t *panel, tk_tokens x, float *out, size_t out_stride,
                            const int tokens) {
  tk_f32 acc[TK_MAX_TILE];
  TK_UNROLL for (int t = 0; t < tokens; t++) acc[t] = tk_splat(0);
  for (size_t first = 0; first < x.blocks; first += TK_CHUNK) {
    const size_t count = tk_chunk(x.blocks, first);
    tk_offsets offsets;
    tk_offsets_from(&offsets, x, first, count, TK_BYTES_ZERO, tokens);
    for (size_t b = 0; b < count; b++, panel += TK_Q8_0_BYTES) {
      tk_i32 sums[TK_MAX_TILE];
      TK_UNROLL for (int t = 0; t < tokens; t++) sums[t] = tk_splat_i32(0);
      tk_dot32_bytes(sums, panel + 32, x.codes + 32 * (first + b), x.k, tokens);
      tk_finish_32(acc, sums, tk_from_f16(panel), x, first, b, &offsets, TK_BYTES_ZERO, tokens);
    }
  }
  TK_UNROLL for (int t = 0; t < tokens; t++) TK_STORE(out + t * out_stride, acc[t]);
}

static void tk_matmul_q8_0(const void *panels, size_t panel_count, const tk_activations *x,
                           size_t tokens, float *out, size_t out_stride) {
  const size_t panel_bytes = x->k / 32 * TK_Q8_0_BYTES;
  const uint8_t *panel = panels;
  for (size_t p = 0; p < panel_count; p++, panel += panel_bytes, out += 16) {
#define TK_TILE(token, count)                                                             \
  tk_q8_0_tile(panel, tk_tokens_from(x, token, 32), out + (token) * out_stride, out_stride, count)
    TK_FOR_TILES(tokens, TK_BYTES_TOKENS, TK_TILE);
#undef TK_TILE
  }
}

TK_INLINE void tk_q4_0_tile(const uint8_t *panel, tk_tokens x, float *out, size_t out_stride,
                              const int tokens) {
  tk_f32 acc[TK_MAX_TILE];
  TK_UNROLL for (int t = 0; t < tokens; t++) acc[t] = tk_splat(0);
  for (size_t first = 0; first < x.blocks; first += TK_CHUNK) {
    const size_t count = tk_chunk(x.blocks, first);
    tk_offsets offsets;
    tk_offsets_from(&offsets, x, first, count, TK_Q4_0_ZERO, tokens);
    for (size_t b = 0; b < count; b++, panel += TK_Q4_0_BYTES) {
      tk_part parts[TK_MAX_TILE];
      tk_i32 sums[TK_MAX_TILE];
      TK_UNROLL for (int t = 0; t < tokens; t++) parts[t] = tk_part_zero();
      tk_dot32_packed(parts, panel + 32, 8, x.codes + 32 * (first + b), x.k, tokens);
      TK_UNROLL for (int t = 0; t < tokens; t++) sums[t] = tk_part_sum(parts[t]);
      tk_finish_32(acc, sums, tk_from_f16(panel), x, first, b, &offsets, TK_Q4_0_ZERO, tokens);
    }
  }
  TK_UNROLL for (int t = 0; t < tokens; t++) TK_STORE(out + t * out_stride, acc[t]);
}

static void tk_matmul_q4_0(const void *panels, size_t panel_count, const tk_activations *x,
                           size_t tokens, float *out, size_t out_stride) {
  const size_t panel_bytes = x->k / 32 * TK_Q4_0_BYTES;
  const uint8_t *panel = panels;
  for (size_t p = 0; p < panel_count; p++, panel += panel_bytes, out += 16) {
#define TK_TILE(token, count)                                                             \
  tk_q4_0_tile(panel, tk_tokens_from(x, token, 32), out + (token) * out_stride, out_stride, count)
    TK_FOR_TILES(tokens, TK_CODES_TOKENS, TK_TILE);
#undef TK_TILE
  }
}

#endif
