// The blocks of IQ1, IQ2 and IQ3; see QuantCore/Formats for drawings of them.
#ifndef TK_GENERIC_CODECS_LATTICE_TYPES_H
#define TK_GENERIC_CODECS_LATTICE_TYPES_H

#include "lattice_block.h"

/// Defines the encoder of a type with blocks of `bytes`, of which `pack` writes one.
#define TK_LATTICE_ENCODER(name, bytes, codebook, ...)                                       \
  static void tk_encode_##name(const float *values, size_t blocks,                           \
                               const float *importance, size_t row_blocks,         \
                               uint8_t *out) {                                               \
    const tk_lattice_kind kind = {__VA_ARGS__};                                              \
    for (size_t i = 0; i < blocks; i++) {                                                    \
      tk_lattice_block block;                                                                \
      tk_lattice_encode(&block, values + 256 * i,                                            \
                        importance ? importance + 256 * (i % row_blocks) : NULL,             \
                        &tk_lattices[codebook], kind);                                       \
      tk_pack_##name(&block, out + (bytes) * i);                                             \
    }                                                                                        \
  }

TK_INLINE uint32_t tk_lattice_seven_signs(const tk_lattice_block *b, int sub_block) {
  uint32_t packed = b->scales[4 * sub_block] << 28;
  for (int k = 0; k < 4; k++) packed |= (b->signs[4 * sub_block + k] & 127) << (7 * k);
  return packed;
}

TK_INLINE void tk_pack_iq2_xxs(const tk_lattice_block *b, uint8_t *out) {
  tk_store_half(out, b->d);
  for (int j = 0; j < 8; j++) {
    for (int k = 0; k < 4; k++) out[2 + 8 * j + k] = (uint8_t)b->points[0][4 * j + k];
    tk_put_32(out + 6 + 8 * j, tk_lattice_seven_signs(b, j));
  }
}

TK_INLINE void tk_pack_iq2_xs(const tk_lattice_block *b, uint8_t *out) {
  tk_store_half(out, b->d);
  for (int u = 0; u < 32; u++) {
    tk_put_16(out + 2 + 2 * u, (uint16_t)(b->points[0][u] | (b->signs[u] & 127) << 9));
  }
  for (int j = 0; j < 8; j++) {
    out[66 + j] = (uint8_t)(b->scales[4 * j] | b->scales[4 * j + 2] << 4);
  }
}

TK_INLINE void tk_pack_iq2_s(const tk_lattice_block *b, uint8_t *out) {
  tk_store_half(out, b->d);
  for (int u = 0; u < 32; u++) {
    out[2 + u] = (uint8_t)b->points[0][u];
    out[34 + u] = (uint8_t)b->signs[u];
  }
  for (int j = 0; j < 8; j++) {
    uint32_t high = 0;
    for (int k = 0; k < 4; k++) high |= b->points[0][4 * j + k] >> 8 << (2 * k);
    out[66 + j] = (uint8_t)high;
    out[74 + j] = (uint8_t)(b->scales[4 * j] | b->scales[4 * j + 2] << 4);
  }
}

TK_INLINE void tk_pack_iq3_xxs(const tk_lattice_block *b, uint8_t *out) {
  tk_store_half(out, b->d);
  for (int u = 0; u < 32; u++) {
    for (int part = 0; part < 2; part++) out[2 + 2 * u + part] = (uint8_t)b->points[part][u];
  }
  for (int j = 0; j < 8; j++) tk_put_32(out + 66 + 4 * j, tk_lattice_seven_signs(b, j));
}

TK_INLINE void tk_pack_iq3_s(const tk_lattice_block *b, uint8_t *out) {
  tk_store_half(out, b->d);
  for (int u = 0; u < 32; u++) {
    for (int part = 0; part < 2; part++) out[2 + 2 * u + part] = (uint8_t)b->points[part][u];
    out[74 + u] = (uint8_t)b->signs[u];
  }
  for (int j = 0; j < 8; j++) {
    uint32_t high = 0;
    for (int k = 0; k < 8; k++) high |= b->points[k & 1][4 * j + k / 2] >> 8 << k;
    out[66 + j] = (uint8_t)high;
  }
  for (int j = 0; j < 4; j++) {
    out[106 + j] = (uint8_t)(b->scales[8 * j] | b->scales[8 * j + 4] << 4);
  }
}

TK_INLINE void tk_pack_iq1_s(const tk_lattice_block *b, uint8_t *out) {
  tk_store_half(out, b->d);
  for (int j = 0; j < 8; j++) {
    uint32_t high = b->scales[4 * j] << 12 | b->shifts[4 * j] << 15;
    for (int k = 0; k < 4; k++) {
      const uint32_t point = b->points[0][4 * j + k];
      out[2 + 4 * j + k] = (uint8_t)point;
      high |= point >> 8 << (3 * k);
    }
    tk_put_16(out + 34 + 2 * j, (uint16_t)high);
  }
}

TK_INLINE void tk_pack_iq1_m(const tk_lattice_block *b, uint8_t *out) {
  const uint32_t half = tk_half_bits(b->d);
  for (int u = 0; u < 32; u += 2) {
    uint32_t high = 0;
    for (int k = 0; k < 2; k++) {
      const uint32_t point = b->points[0][u + k];
      out[u + k] = (uint8_t)point;
      high |= (point >> 8 | b->shifts[u + k] << 3) << (4 * k);
    }
    out[32 + u / 2] = (uint8_t)high;
  }
  for (int k = 0; k < 4; k++) {
    uint32_t word = (half >> (4 * k) & 15) << 12;
    for (int j = 0; j < 4; j++) word |= b->scales[8 * k + 2 * j] << (3 * j);
    tk_put_16(out + 48 + 2 * k, (uint16_t)word);
  }
}

//                       bytes               dims, levels, units, signs,   shifts,     step, k, reach
TK_LATTICE_ENCODER(iq2_xxs, 66, TK_POINTS_IQ2_XXS, 8, 3, 4, true, true, 1, false, 0.125f, 15, 3)
TK_LATTICE_ENCODER(iq2_xs, 74, TK_POINTS_IQ2_XS, 8, 3, 2, true, true, 1, false, 0.125f, 15, 3)
TK_LATTICE_ENCODER(iq2_s, 82, TK_POINTS_IQ2_S, 8, 3, 2, true, false, 1, false, 0.125f, 15, 3)
TK_LATTICE_ENCODER(iq3_xxs, 98, TK_POINTS_IQ3_XXS, 4, 8, 4, true, true, 1, false, 0.25f, 15, 5)
TK_LATTICE_ENCODER(iq3_s, 110, TK_POINTS_IQ3_S, 4, 8, 4, true, false, 1, false, 1, 15, 5)
TK_LATTICE_ENCODER(iq1_s, 50, TK_POINTS_IQ1, 8, 3, 4, false, false, 2, true, 1, 7, 3)
TK_LATTICE_ENCODER(iq1_m, 56, TK_POINTS_IQ1, 8, 3, 2, false, false, 2, false, 1, 7, 3)

#endif
