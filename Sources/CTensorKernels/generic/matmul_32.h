// Products with weights in blocks of 32: Q8_0 and Q4_0.
#ifndef TK_GENERIC_MATMUL_32_H
#define TK_GENERIC_MATMUL_32_H

#include "codes.h"

#define TK_Q8_0_BYTES 544
#define TK_Q4_0_BYTES 288
/// Blocks of Q4_0 that are unpacked at a time for calls with many tokens.
#define TK_CHUNK 8

/// The tokens of one call or tile: base pointers of the first, and the distances to the next.
typedef struct {
  const int8_t *codes;
  const float *scales;
  const int16_t *sums;
  size_t k, blocks;
} tk_tokens;

TK_INLINE tk_tokens tk_tokens_from(const tk_activations *x, size_t token, const size_t block) {
  const size_t blocks = x->k / block;
  return (tk_tokens){x->codes + token * x->k, x->scales + token * blocks,
                     x->sums + token * (x->k / 16), x->k, blocks};
}

/// acc += d * scale * (sums - zero * sum of codes), for block b of each token.
TK_INLINE void tk_finish_32(tk_f32 *acc, const tk_i32 *sums, tk_f32 d, tk_tokens x, size_t b,
                            const int32_t zero, const int tokens) {
  TK_UNROLL for (int t = 0; t < tokens; t++) {
    tk_i32 sum = sums[t];
    if (zero) sum -= tk_splat_i32(zero * tk_sum32(x.sums + t * (x.k / 16) + 2 * b));
    acc[t] = tk_fma(d * x.scales[t * x.blocks + b], tk_float(sum), acc[t]);
  }
}

TK_INLINE void tk_q8_0_tile(const uint8_t *panel, tk_tokens x, float *out, size_t out_stride,
                            const int tokens) {
  tk_f32 acc[TK_MAX_TILE];
  TK_UNROLL for (int t = 0; t < tokens; t++) acc[t] = tk_splat(0);
  for (size_t b = 0; b < x.blocks; b++, panel += TK_Q8_0_BYTES) {
    tk_i32 sums[TK_MAX_TILE];
    TK_UNROLL for (int t = 0; t < tokens; t++) sums[t] = tk_splat_i32(0);
    tk_dot32_bytes(sums, panel + 32, x.codes + 32 * b, x.k, tokens);
    tk_finish_32(acc, sums, tk_from_f16(panel), x, b, TK_BYTES_ZERO, tokens);
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

/// Few tokens: straight from the packed codes.
TK_INLINE void tk_q4_0_direct(const uint8_t *panel, tk_tokens x, float *out, size_t out_stride,
                              const int tokens) {
  tk_f32 acc[TK_MAX_TILE];
  TK_UNROLL for (int t = 0; t < tokens; t++) acc[t] = tk_splat(0);
  for (size_t b = 0; b < x.blocks; b++, panel += TK_Q4_0_BYTES) {
    tk_part parts[TK_MAX_TILE];
    tk_i32 sums[TK_MAX_TILE];
    TK_UNROLL for (int t = 0; t < tokens; t++) parts[t] = tk_part_zero();
    tk_dot32_packed(parts, panel + 32, 8, x.codes + 32 * b, x.k, tokens);
    TK_UNROLL for (int t = 0; t < tokens; t++) sums[t] = tk_part_sum(parts[t]);
    tk_finish_32(acc, sums, tk_from_f16(panel), x, b, TK_SIGNED_CODES ? 0 : 8, tokens);
  }
  TK_UNROLL for (int t = 0; t < tokens; t++) TK_STORE(out + t * out_stride, acc[t]);
}

/// Up to TK_CHUNK blocks of a panel.
typedef struct {
  uint8_t codes[TK_CHUNK][8 * 64];
  tk_f32 d[TK_CHUNK];
} tk_q4_0_chunk;

TK_INLINE void tk_q4_0_tile(const tk_q4_0_chunk *chunk, size_t first, size_t count, tk_tokens x,
                            float *out, size_t out_stride, const int tokens) {
  tk_f32 acc[TK_MAX_TILE];
  TK_UNROLL for (int t = 0; t < tokens; t++)
    acc[t] = first == 0 ? tk_splat(0) : TK_LOAD(tk_f32, out + t * out_stride);
  for (size_t b = 0; b < count; b++) {
    tk_part parts[TK_MAX_TILE];
    tk_i32 sums[TK_MAX_TILE];
    TK_UNROLL for (int t = 0; t < tokens; t++) parts[t] = tk_part_zero();
    tk_dot_unpacked(parts, chunk->codes[b], 8, x.codes + 32 * (first + b), x.k, tokens);
    TK_UNROLL for (int t = 0; t < tokens; t++) sums[t] = tk_part_sum(parts[t]);
    tk_finish_32(acc, sums, chunk->d[b], x, first + b, TK_SIGNED_CODES ? 0 : 8, tokens);
  }
  TK_UNROLL for (int t = 0; t < tokens; t++) TK_STORE(out + t * out_stride, acc[t]);
}

static void tk_matmul_q4_0(const void *panels, size_t panel_count, const tk_activations *x,
                           size_t tokens, float *out, size_t out_stride) {
  const size_t blocks = x->k / 32;
  const uint8_t *panel = panels;
  for (size_t p = 0; p < panel_count; p++, panel += blocks * TK_Q4_0_BYTES, out += 16) {
    if (tokens < TK_UNPACK_TOKENS) {
#define TK_TILE(token, count)                                                               \
  tk_q4_0_direct(panel, tk_tokens_from(x, token, 32), out + (token) * out_stride, out_stride, count)
      TK_FOR_TILES(tokens, TK_UNPACK_TOKENS - 1, TK_TILE);
#undef TK_TILE
      continue;
    }
    for (size_t first = 0; first < blocks; first += TK_CHUNK) {
      const size_t count = blocks - first < TK_CHUNK ? blocks - first : TK_CHUNK;
      tk_q4_0_chunk chunk;
      for (size_t b = 0; b < count; b++) {
        const uint8_t *block = panel + (first + b) * TK_Q4_0_BYTES;
        chunk.d[b] = tk_from_f16(block);
        tk_unpack_nibbles(block + 32, 8, chunk.codes[b]);
      }
#define TK_TILE(token, n)                                                                     \
  tk_q4_0_tile(&chunk, first, count, tk_tokens_from(x, token, 32), out + (token) * out_stride, \
               out_stride, n)
      TK_FOR_TILES(tokens, TK_32_TOKENS, TK_TILE);
#undef TK_TILE
    }
  }
}

#endif
