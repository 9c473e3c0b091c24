// MXFP4 and NVFP4: levels in 4-bit floating point, doubled so that they are whole.
#ifndef TK_GENERIC_CODECS_E2M1_H
#define TK_GENERIC_CODECS_E2M1_H

#include "input.h"

/// The middles of neighbouring magnitudes, and what the higher one has more.
static const float tk_e2m1_middles[7] = {0.5f, 1.5f, 2.5f, 3.5f, 5, 7, 10};
static const float tk_e2m1_steps[7] = {1, 1, 1, 1, 2, 2, 4};

/// The numbers of the levels which, times `scale`, are nearest to values; the lower of two.
TK_INLINE tk_i32 tk_e2m1_numbers(tk_f32 x, float scale) {
  const tk_f32 size = tk_abs(x);
  tk_i32 number = tk_splat_i32(0);
  for (int i = 0; i < 7; i++) number -= size > tk_e2m1_middles[i] * scale;
  return number + ((x < 0) & (number > 0) & 8);
}

static void tk_encode_mxfp4(const float *values, size_t blocks, const float *importance,
                            size_t row_blocks, uint8_t *out) {
  (void)importance, (void)row_blocks;
  for (size_t b = 0; b < blocks; b++, out += 17) {
    float x[32];
    tk_input_values(x, values + 32 * b, 32);
    const tk_f32 low = TK_LOAD(tk_f32, x), high = TK_LOAD(tk_f32, x + 16);
    // Magnitudes compare as whole numbers do.
    const tk_i32 a = (tk_i32)low & 0x7fffffff, c = (tk_i32)high & 0x7fffffff;
    const int exponent = (__builtin_reduce_max(__builtin_elementwise_max(a, c)) >> 23) - 2;
    const uint32_t e = exponent > 0 ? (uint32_t)exponent : 0;
    const uint32_t bits = e < 2 ? 0x00200000u << e : (e - 1) << 23;
    float d;
    __builtin_memcpy(&d, &bits, 4);
    const tk_i32 packed = tk_e2m1_numbers(low, d) | tk_e2m1_numbers(high, d) << 4;
    const tk_u8x16 bytes = __builtin_convertvector(packed, tk_u8x16);
    out[0] = (uint8_t)e;
    TK_STORE(out + 1, bytes);
  }
}

/// The value of an 8-bit floating-point number below NaN.
TK_INLINE float tk_e4m3_value(int number) {
  const int exponent = number >> 3, fraction = number & 7;
  if (exponent == 0) return (float)fraction * 0x1p-9f;
  const uint32_t bits = (uint32_t)(exponent + 120) << 23 | (uint32_t)fraction << 20;
  float value;
  __builtin_memcpy(&value, &bits, 4);
  return value;
}

/// The number whose value is nearest to one that is not negative; the lower of two.
TK_INLINE int tk_e4m3_nearest(float value) {
  int low = 0, high = 0x7e;
  while (low < high) {
    const int middle = (low + high) / 2;
    if ((tk_e4m3_value(middle) + tk_e4m3_value(middle + 1)) / 2 < value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/// The scale of sixteen values with the least error: the lanes are sixteen candidates.
TK_INLINE int tk_nvfp4_scale(const float *x, const float *w, const bool is_weighted,
                             const float *scales) {
  float largest = 0;
  for (int i = 0; i < 16; i++) {
    const float size = __builtin_fabsf(x[i]);
    largest = size > largest ? size : largest;
  }
  int first = tk_e4m3_nearest(largest / 6) - 8;
  first = first < 0 ? 0 : first > 0x7e - 15 ? 0x7e - 15 : first;
  const tk_f32 d = TK_LOAD(tk_f32, scales + first);
  tk_f32 error = tk_splat(0), middles[7], steps[7];
  for (int k = 0; k < 7; k++) {
    middles[k] = tk_e2m1_middles[k] * d;
    steps[k] = tk_e2m1_steps[k] * d;
  }
  for (int i = 0; i < 16; i++) {
    const tk_f32 size = tk_splat(__builtin_fabsf(x[i]));
    tk_f32 stored = tk_splat(0);
    for (int k = 0; k < 7; k++) stored += (tk_f32)((size > middles[k]) & (tk_i32)steps[k]);
    const tk_f32 difference = size - stored;
    error += is_weighted ? w[i] * difference * difference : difference * difference;
  }
  int best = 0;
  for (int i = 1; i < 16; i++) best = error[i] < error[best] ? i : best;
  return first + best;
}

static void tk_encode_nvfp4(const float *values, size_t blocks, const float *importance,
                            size_t row_blocks, uint8_t *out) {
  float scales[0x7f];
  for (int i = 0; i < 0x7f; i++) scales[i] = tk_e4m3_value(i) * 0.5f;
  for (size_t b = 0; b < blocks; b++, out += 36) {
    float x[64], w[64];
    tk_input_values(x, values + 64 * b, 64);
    if (importance) tk_input_weights(w, importance + 64 * (b % row_blocks), 64);
    for (int j = 0; j < 4; j++) {
      const int scale = importance ? tk_nvfp4_scale(x + 16 * j, w + 16 * j, true, scales)
                                   : tk_nvfp4_scale(x + 16 * j, w + 16 * j, false, scales);
      const tk_i32 numbers = tk_e2m1_numbers(TK_LOAD(tk_f32, x + 16 * j), scales[scale]);
      uint8_t bytes[16];
      TK_STORE(bytes, __builtin_convertvector(numbers, tk_u8x16));
      out[j] = (uint8_t)scale;
      for (int i = 0; i < 8; i++) out[4 + 8 * j + i] = (uint8_t)(bytes[i] | bytes[8 + i] << 4);
    }
  }
}

#endif
