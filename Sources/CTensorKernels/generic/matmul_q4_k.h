// Products with Q4_K weights.
#ifndef TK_GENERIC_MATMUL_Q4_K_H
#define TK_GENERIC_MATMUL_Q4_K_H

#include "matmul_32.h"

#define TK_Q4_K_BYTES 2304

/// The scales of a block of a panel.
typedef struct {
  tk_f32 d, dmin;
  tk_i32 scales[8];   // from tk_spread
  tk_i16 minima[4];   // pairs of sub-blocks
} tk_q4_k_scales;

/// The 6-bit numbers of sub-blocks 0 to 7: low nibbles of two in a byte, upper bits of four.
TK_INLINE void tk_unpack_six_bits(const uint8_t *bytes, tk_i8x16 numbers[8]) {
  typedef uint16_t u16x8 __attribute__((vector_size(16)));
  TK_UNROLL for (int h = 0; h < 2; h++) {
    const u16x8 upper = TK_LOAD(u16x8, bytes + 64 + 16 * h);
    TK_UNROLL for (int i = 0; i < 4; i++) {
      const u16x8 low = TK_LOAD(u16x8, bytes + 16 * i) >> (4 * h);
      const u16x8 high = i < 2 ? upper << (4 - 2 * i) : upper >> (2 * i - 4);
      numbers[4 * h + i] = (tk_i8x16)(((tk_u8x16)low & 15) | ((tk_u8x16)high & 0x30));
    }
  }
}

TK_INLINE void tk_q4_k_unpack_scales(const uint8_t *block, tk_q4_k_scales *s) {
  tk_i8x16 numbers[8];
  s->d = tk_from_f16(block);
  s->dmin = tk_from_f16(block + 32);
  tk_unpack_six_bits(block + 64, numbers);
  TK_UNROLL for (int i = 0; i < 8; i++) s->scales[i] = tk_spread(numbers[i]);
  tk_unpack_six_bits(block + 160, numbers);
  TK_UNROLL for (int i = 0; i < 4; i++)
    s->minima[i] = tk_pairs(numbers[2 * i], numbers[2 * i + 1]);
}

/// Adds block b of a panel, whose nibbles are given, to the sums of `tokens` tokens.
TK_INLINE void tk_q4_k_block(tk_f32 *acc, const tk_q4_k_scales *s, const uint8_t *nibbles,
                             tk_tokens x, size_t b, const int tokens) {
  tk_i32 products[TK_MAX_TILE];
  TK_UNROLL for (int t = 0; t < tokens; t++) products[t] = tk_splat_i32(0);
  for (int sub = 0; sub < 8; sub++) {
    tk_part parts[TK_MAX_TILE];
    TK_UNROLL for (int t = 0; t < tokens; t++) parts[t] = tk_part_zero();
    const int8_t *a = x.codes + 256 * b + 32 * (size_t)sub;
    tk_dot32_packed(parts, nibbles + 256 * sub, 0, a, x.k, tokens);
    TK_UNROLL for (int t = 0; t < tokens; t++)
      products[t] = tk_part_scaled(products[t], parts[t], s->scales[sub]);
  }
  TK_UNROLL for (int t = 0; t < tokens; t++) {
    const float scale = x.scales[t * x.blocks + b];
    const int16_t *sums = x.sums + t * (x.k / 16) + 16 * b;
    int16_t sums32[8];
    for (int i = 0; i < 8; i++) sums32[i] = (int16_t)(sums[2 * i] + sums[2 * i + 1]);
    const tk_i32 minima = tk_dot_pairs(s->minima, sums32, 4);
    acc[t] = tk_fma(s->d * scale, tk_float(products[t]), acc[t]);
    acc[t] = tk_fma(-(s->dmin * scale), tk_float(minima), acc[t]);
  }
}

/// All blocks of a panel for the tokens of a single tile.
TK_INLINE void tk_q4_k_panel(const uint8_t *panel, tk_tokens x, float *out, size_t out_stride,
                             const int tokens) {
  tk_f32 acc[TK_MAX_TILE];
  TK_UNROLL for (int t = 0; t < tokens; t++) acc[t] = tk_splat(0);
  for (size_t b = 0; b < x.blocks; b++, panel += TK_Q4_K_BYTES) {
    tk_q4_k_scales s;
    tk_q4_k_unpack_scales(panel, &s);
    tk_q4_k_block(acc, &s, panel + 256, x, b, tokens);
  }
  TK_UNROLL for (int t = 0; t < tokens; t++) TK_STORE(out + t * out_stride, acc[t]);
}

/// One block for one tile of many.
TK_INLINE void tk_q4_k_tile(const tk_q4_k_scales *s, const uint8_t *block, tk_tokens x, size_t b,
                            float *out, size_t out_stride, const int tokens) {
  tk_f32 acc[TK_MAX_TILE];
  TK_UNROLL for (int t = 0; t < tokens; t++)
    acc[t] = b == 0 ? tk_splat(0) : TK_LOAD(tk_f32, out + t * out_stride);
  tk_q4_k_block(acc, s, block + 256, x, b, tokens);
  TK_UNROLL for (int t = 0; t < tokens; t++) TK_STORE(out + t * out_stride, acc[t]);
}

static void tk_matmul_q4_k(const void *panels, size_t panel_count, const tk_activations *x,
                           size_t tokens, float *out, size_t out_stride) {
  const size_t blocks = x->k / 256;
  const uint8_t *panel = panels;
  for (size_t p = 0; p < panel_count; p++, panel += blocks * TK_Q4_K_BYTES, out += 16) {
    if (tokens <= TK_CODES_TOKENS) {
#define TK_TILE(token, count)                                                           \
  tk_q4_k_panel(panel, tk_tokens_from(x, token, 256), out + (token) * out_stride, out_stride, count)
      TK_FOR_TILES(tokens, TK_CODES_TOKENS, TK_TILE);
#undef TK_TILE
      continue;
    }
    for (size_t b = 0; b < blocks; b++) {
      const uint8_t *block = panel + b * TK_Q4_K_BYTES;
      tk_q4_k_scales s;
      tk_q4_k_unpack_scales(block, &s);
#define TK_TILE(token, count)                                                                 \
  tk_q4_k_tile(&s, block, tk_tokens_from(x, token, 256), b, out + (token) * out_stride,             \
               out_stride, count)
      TK_FOR_TILES(tokens, TK_CODES_TOKENS, TK_TILE);
#undef TK_TILE
    }
  }
}

#endif
