// Products with Q6_K weights.
#ifndef TK_GENERIC_MATMUL_Q6_K_H
#define TK_GENERIC_MATMUL_Q6_K_H

#include "matmul_32.h"

#define TK_Q6_K_BYTES 3360
/// Bytes of 32 k: 256 of low nibbles, 128 of upper bits.
#define TK_Q6_K_UNIT 384

/// The scales of a block of a panel.
typedef struct {
  tk_f32 d;
  tk_i32 scales[16];  // from tk_spread
  tk_i16 pairs[8];    // the same in pairs of sub-blocks, for the zero point
} tk_q6_k_scales;

TK_INLINE void tk_q6_k_unpack_scales(const uint8_t *block, tk_q6_k_scales *s) {
  s->d = tk_from_f16(block);
  TK_UNROLL for (int i = 0; i < 16; i++)
    s->scales[i] = tk_spread(TK_LOAD(tk_i8x16, block + 32 + 16 * i));
  if (!TK_SIGNED_CODES) {
    TK_UNROLL for (int i = 0; i < 8; i++)
      s->pairs[i] = tk_pairs(TK_LOAD(tk_i8x16, block + 32 + 32 * i),
                             TK_LOAD(tk_i8x16, block + 48 + 32 * i));
  }
}

/// The codes of groups g and g + 4 of 32 k.
TK_INLINE void tk_q6_k_load(const uint8_t *unit, const int g, tk_u8 *first, tk_u8 *second) {
  const tk_u8 nibbles = TK_LOAD(tk_u8, unit + 64 * g);
  tk_u16 upper[2] = {TK_LOAD(tk_u16, unit + 256), TK_LOAD(tk_u16, unit + 320)};
  TK_UNROLL for (int h = 0; h < 2; h++)
    upper[h] = g < 2 ? upper[h] << (4 - 2 * g) : upper[h] >> (2 * g - 4);
  *first = tk_codes(tk_low_nibbles(nibbles) | ((tk_u8)upper[0] & 0x30), 32);
  *second = tk_codes(tk_high_nibbles(nibbles) | ((tk_u8)upper[1] & 0x30), 32);
}

TK_INLINE void tk_q6_k_unpack(const uint8_t *unit, uint8_t *codes) {
  TK_UNROLL for (int g = 0; g < 4; g++) {
    tk_u8 first, second;
    tk_q6_k_load(unit, g, &first, &second);
    TK_STORE(codes + 64 * g, first);
    TK_STORE(codes + 256 + 64 * g, second);
  }
}

/// Adds the 32 k of a packed unit to the products of each token.
TK_INLINE void tk_q6_k_unit_packed(tk_i32 *products, const uint8_t *unit, const tk_i32 *scales,
                                   const int8_t *a, size_t stride, const int tokens) {
  tk_part low[TK_MAX_TILE], high[TK_MAX_TILE];
  TK_UNROLL for (int g = 0; g < 4; g++) {
    tk_u8 first, second;
    tk_q6_k_load(unit, g, &first, &second);
    TK_UNROLL for (int t = 0; t < tokens; t++) {
      if (g % TK_DOTS_6BIT == 0) low[t] = high[t] = tk_part_zero();
      low[t] = tk_dot4(low[t], first, a + t * stride + 4 * g);
      high[t] = tk_dot4(high[t], second, a + t * stride + 16 + 4 * g);
      if (g % TK_DOTS_6BIT == TK_DOTS_6BIT - 1) {
        products[t] = tk_part_scaled(products[t], low[t], scales[0]);
        products[t] = tk_part_scaled(products[t], high[t], scales[1]);
      }
    }
  }
}

/// The same for the 16 k of a sub-block that is unpacked.
TK_INLINE void tk_q6_k_sub_unpacked(tk_i32 *products, const uint8_t *codes, tk_i32 scale,
                                    const int8_t *a, size_t stride, const int tokens) {
  TK_UNROLL for (int g = 0; g < 4; g += TK_DOTS_6BIT) {
    tk_part parts[TK_MAX_TILE];
    TK_UNROLL for (int t = 0; t < tokens; t++) parts[t] = tk_part_zero();
    tk_dot_unpacked(parts, codes + 64 * g, TK_DOTS_6BIT, a + 4 * g, stride, tokens);
    TK_UNROLL for (int t = 0; t < tokens; t++)
      products[t] = tk_part_scaled(products[t], parts[t], scale);
  }
}

/// Adds block b of a panel to the sums of `tokens` tokens: `codes` is the block's codes, packed
/// (`packed`) or not.
TK_INLINE void tk_q6_k_block(tk_f32 *acc, const tk_q6_k_scales *s, const uint8_t *codes,
                             const bool packed, tk_tokens x, size_t b, const int tokens) {
  tk_i32 products[TK_MAX_TILE];
  TK_UNROLL for (int t = 0; t < tokens; t++) products[t] = tk_splat_i32(0);
  const int8_t *a = x.codes + 256 * b;
  if (packed) {
    for (int unit = 0; unit < 8; unit++)
      tk_q6_k_unit_packed(products, codes + TK_Q6_K_UNIT * unit, s->scales + 2 * unit,
                          a + 32 * (size_t)unit, x.k, tokens);
  } else {
    for (int sub = 0; sub < 16; sub++)
      tk_q6_k_sub_unpacked(products, codes + 256 * sub, s->scales[sub], a + 16 * (size_t)sub, x.k,
                           tokens);
  }
  TK_UNROLL for (int t = 0; t < tokens; t++) {
    tk_i32 product = products[t];
    if (!TK_SIGNED_CODES)
      product -= tk_dot_pairs(s->pairs, x.sums + t * (x.k / 16) + 16 * b, 8) << 5;
    acc[t] = tk_fma(s->d * x.scales[t * x.blocks + b], tk_float(product), acc[t]);
  }
}

TK_INLINE void tk_q6_k_direct(const uint8_t *panel, tk_tokens x, float *out, size_t out_stride,
                              const int tokens) {
  tk_f32 acc[TK_MAX_TILE];
  TK_UNROLL for (int t = 0; t < tokens; t++) acc[t] = tk_splat(0);
  for (size_t b = 0; b < x.blocks; b++, panel += TK_Q6_K_BYTES) {
    tk_q6_k_scales s;
    tk_q6_k_unpack_scales(panel, &s);
    tk_q6_k_block(acc, &s, panel + 288, true, x, b, tokens);
  }
  TK_UNROLL for (int t = 0; t < tokens; t++) TK_STORE(out + t * out_stride, acc[t]);
}

TK_INLINE void tk_q6_k_tile(const tk_q6_k_scales *s, const uint8_t *codes, tk_tokens x, size_t b,
                            float *out, size_t out_stride, const int tokens) {
  tk_f32 acc[TK_MAX_TILE];
  TK_UNROLL for (int t = 0; t < tokens; t++)
    acc[t] = b == 0 ? tk_splat(0) : TK_LOAD(tk_f32, out + t * out_stride);
  tk_q6_k_block(acc, s, codes, false, x, b, tokens);
  TK_UNROLL for (int t = 0; t < tokens; t++) TK_STORE(out + t * out_stride, acc[t]);
}

static void tk_matmul_q6_k(const void *panels, size_t panel_count, const tk_activations *x,
                           size_t tokens, float *out, size_t out_stride) {
  const size_t blocks = x->k / 256;
  const uint8_t *panel = panels;
  for (size_t p = 0; p < panel_count; p++, panel += blocks * TK_Q6_K_BYTES, out += 16) {
    if (tokens < TK_UNPACK_TOKENS) {
#define TK_TILE(token, count)                                                           \
  tk_q6_k_direct(panel, tk_tokens_from(x, token, 256), out + (token) * out_stride, out_stride, \
                 count)
      TK_FOR_TILES(tokens, TK_CODES_TOKENS, TK_TILE);
#undef TK_TILE
      continue;
    }
    for (size_t b = 0; b < blocks; b++) {
      const uint8_t *block = panel + b * TK_Q6_K_BYTES;
      tk_q6_k_scales s;
      uint8_t codes[16 * 256] __attribute__((aligned(64)));
      tk_q6_k_unpack_scales(block, &s);
      for (int unit = 0; unit < 8; unit++)
        tk_q6_k_unpack(block + 288 + TK_Q6_K_UNIT * unit, codes + 512 * unit);
#define TK_TILE(token, count)                                                                 \
  tk_q6_k_tile(&s, codes, tk_tokens_from(x, token, 256), b, out + (token) * out_stride,             \
               out_stride, count)
      TK_FOR_TILES(tokens, TK_CODES_TOKENS, TK_TILE);
#undef TK_TILE
    }
  }
}

#endif
