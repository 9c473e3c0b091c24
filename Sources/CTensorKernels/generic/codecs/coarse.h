// Q1_0 and Q2_0.
#ifndef TK_GENERIC_CODECS_COARSE_H
#define TK_GENERIC_CODECS_COARSE_H

#include "half.h"
#include "input.h"

static void tk_encode_q1_0(const float *values, size_t blocks, const float *importance,
                           size_t row_blocks, uint8_t *out) {
  for (size_t b = 0; b < blocks; b++, out += 18) {
    float x[128], w[128], sum = 0, weights = 0;
    tk_input_values(x, values + 128 * b, 128);
    tk_input_weights(w, importance ? importance + 128 * (b % row_blocks) : NULL, 128);
    // In the order of the values, as plain Swift has it.
    for (int i = 0; i < 128; i++) {
      sum += w[i] * __builtin_fabsf(x[i]);
      weights += w[i];
    }
    tk_store_half(out, tk_half_rounded(sum / weights));
    for (int i = 0; i < 128; i += 16) {
      const tk_i32 bits = (TK_LOAD(tk_f32, x + i) >= 0) &
                          (tk_i32){1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192,
                                   16384, 32768};
      tk_put_16(out + 2 + i / 8, (uint16_t)__builtin_reduce_or(bits));
    }
  }
}

/// The scale of a block of Q2_0, not rounded; see Q2_0.swift.
TK_INLINE float tk_q2_0_scale(const float *x, const float *w, const bool is_weighted) {
  const tk_f32 starts = {1, 1.3f, 1.6f, 1.9f, 2.3f, 2.8f, 3.5f, 4.5f,
                         -1, -1.3f, -1.6f, -1.9f, -2.3f, -2.8f, -3.5f, -4.5f};
  tk_f32 most = tk_splat(0);
  for (int i = 0; i < 64; i += 16) {
    const tk_f32 size = tk_abs(TK_LOAD(tk_f32, x + i));
    most = tk_max(size, most);
  }
  float largest = 0;
  for (int i = 0; i < 16; i++) largest = most[i] > largest ? most[i] : largest;
  if (!(largest >= 0x1p-100f)) return 0;
  const tk_f32 inverse = starts / largest;
  tk_f32 match = tk_splat(0), energy = tk_splat(0);
  for (int i = 0; i < 64; i++) {
    const tk_f32 level = tk_nearest(x[i] * inverse, -1, 2);
    const tk_f32 weighted = is_weighted ? w[i] * level : level;
    match += weighted * x[i];
    energy += weighted * level;
  }
  const tk_f32 scale = match / energy, gain = scale * match;
  float best = 0, best_gain = 0;
  for (int i = 0; i < 16; i++) {
    if (gain[i] > best_gain) {
      best_gain = gain[i];
      best = scale[i];
    }
  }
  return best;
}

static void tk_encode_q2_0(const float *values, size_t blocks, const float *importance,
                           size_t row_blocks, uint8_t *out) {
  for (size_t b = 0; b < blocks; b++, out += 18) {
    float x[64], w[64];
    tk_input_values(x, values + 64 * b, 64);
    if (importance) tk_input_weights(w, importance + 64 * (b % row_blocks), 64);
    const float d =
        tk_half_unit(importance ? tk_q2_0_scale(x, w, true) : tk_q2_0_scale(x, w, false));
    const float inverse = d == 0 ? 0 : 1 / d;
    uint8_t levels[64];
    for (int i = 0; i < 64; i += 16) {
      const tk_f32 v = TK_LOAD(tk_f32, x + i) * inverse;
      const tk_i32 level = -((v > -0.5f) + (v > 0.5f) + (v > 1.5f));
      TK_STORE(levels + i, __builtin_convertvector(level, tk_u8x16));
    }
    tk_store_half(out, d);
    for (int i = 0; i < 16; i++) {
      const uint8_t *four = levels + 4 * i;
      out[2 + i] = (uint8_t)(four[0] | four[1] << 2 | four[2] << 4 | four[3] << 6);
    }
  }
}

#endif
