// Products of many tokens with Q8_0 weights.
//
// Bytes take four instructions per 32 products when one side needs its sign moved to the other.
// Widened to 16 bits once for all tokens, they take two per 16, none of them bound to the two
// units that multiply bytes and move signs.
#ifndef TK_AVX2_WIDE_Q8_0_H
#define TK_AVX2_WIDE_Q8_0_H

#include "../../generic/matmul_32.h"

/// Up to TK_CHUNK blocks of a panel: codes 0 and 2 of each four, then 1 and 3.
typedef struct {
  tk_i16 codes[TK_CHUNK][8][2];
  tk_f32 d[TK_CHUNK];
} tk_wide_chunk;

/// The same for the tokens of a tile.
typedef struct {
  int16_t codes[TK_BYTES_TOKENS][TK_CHUNK][2][16] __attribute__((aligned(64)));
} tk_wide_tokens;

TK_INLINE void tk_widen_block(tk_wide_chunk *chunk, size_t b, const uint8_t *block) {
  chunk->d[b] = tk_from_f16(block);
  for (int g = 0; g < 8; g++) {
    const tk_i16 codes = TK_LOAD(tk_i16, block + 32 + 64 * g);
    chunk->codes[b][g][0] = codes << 8 >> 8;
    chunk->codes[b][g][1] = codes >> 8;
  }
}

TK_INLINE void tk_widen_tokens(tk_wide_tokens *wide, tk_tokens x, size_t first, size_t count,
                               const int tokens) {
  typedef int16_t i16x16 __attribute__((vector_size(32)));
  TK_UNROLL for (int t = 0; t < tokens; t++) {
    for (size_t b = 0; b < count; b++) {
      const i16x16 codes = TK_LOAD(i16x16, x.codes + t * x.k + 32 * (first + b));
      TK_STORE(wide->codes[t][b][0], codes << 8 >> 8);
      TK_STORE(wide->codes[t][b][1], codes >> 8);
    }
  }
}

TK_INLINE void tk_wide_tile(const tk_wide_chunk *chunk, size_t first, size_t count, tk_tokens x,
                            float *out, size_t out_stride, const int tokens) {
  tk_f32 acc[TK_MAX_TILE];
  tk_wide_tokens wide;
  tk_widen_tokens(&wide, x, first, count, tokens);
  TK_UNROLL for (int t = 0; t < tokens; t++)
    acc[t] = first == 0 ? tk_splat(0) : TK_LOAD(tk_f32, out + t * out_stride);
  for (size_t b = 0; b < count; b++) {
    tk_i32 sums[TK_MAX_TILE];
    TK_UNROLL for (int t = 0; t < tokens; t++) sums[t] = tk_splat_i32(0);
    TK_ROLLED for (int g = 0; g < 8; g++) {
      TK_UNROLL for (int half = 0; half < 2; half++) {
        const tk_i16 w = chunk->codes[b][g][half];
        TK_UNROLL for (int t = 0; t < tokens; t++) {
          const int32_t pair = tk_load_i32(wide.codes[t][b][half] + 2 * g);
          sums[t] += tk_madd(w, (tk_i16)tk_splat_i32(pair));
        }
      }
    }
    tk_finish_32(acc, sums, chunk->d[b], x, first, b, NULL, 0, tokens);
  }
  TK_UNROLL for (int t = 0; t < tokens; t++) TK_STORE(out + t * out_stride, acc[t]);
}

static void tk_matmul_q8_0_wide(const void *panels, size_t panel_count, const tk_activations *x,
                                size_t tokens, float *out, size_t out_stride) {
  if (tokens < TK_UNPACK_TOKENS) {
    tk_matmul_q8_0(panels, panel_count, x, tokens, out, out_stride);
    return;
  }
  const size_t blocks = x->k / 32;
  const uint8_t *panel = panels;
  for (size_t p = 0; p < panel_count; p++, panel += blocks * TK_Q8_0_BYTES, out += 16) {
    for (size_t first = 0; first < blocks; first += TK_CHUNK) {
      const size_t count = tk_chunk(blocks, first);
      tk_wide_chunk chunk;
      for (size_t b = 0; b < count; b++)
        tk_widen_block(&chunk, b, panel + (first + b) * TK_Q8_0_BYTES);
#define TK_TILE(token, n)                                                                     \
  tk_wide_tile(&chunk, first, count, tk_tokens_from(x, token, 32), out + (token) * out_stride, \
               out_stride, n)
      TK_FOR_TILES(tokens, TK_BYTES_TOKENS, TK_TILE);
#undef TK_TILE
    }
  }
}

/// Replaces the generic kernel in the table.
#define TK_MATMUL_Q8_0 tk_matmul_q8_0_wide

#endif
