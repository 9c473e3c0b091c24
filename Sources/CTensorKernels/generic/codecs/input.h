// The values of a block on their way into an encoder; see QuantCore/Blocks/BlockInput.swift.
#ifndef TK_GENERIC_CODECS_INPUT_H
#define TK_GENERIC_CODECS_INPUT_H

#include "../vectors.h"

/// Sixteen values that can be calculated with: no NaN, none larger than a format can store.
TK_INLINE tk_f32 tk_input_lanes(const float *values) {
  const tk_f32 x = TK_LOAD(tk_f32, values);
  const tk_f32 limit = tk_splat(3e8f);
  const tk_f32 high = tk_select(x > limit, limit, x);
  const tk_f32 limited = tk_select(high < -limit, -limit, high);
  return tk_select(x == x, limited, tk_splat(0));
}

/// Loads `size` values.
TK_INLINE void tk_input_values(float *out, const float *values, const size_t size) {
  for (size_t i = 0; i < size; i += 16) TK_STORE(out + i, tk_input_lanes(values + i));
}

/// Loads `size` weights: how much a squared error matters, the largest being 1; or 1 throughout.
TK_INLINE void tk_input_weights(float *out, const float *importance, const size_t size) {
  tk_f32 largest = tk_splat(0);
  for (size_t i = 0; i < size && importance; i += 16) {
    const tk_f32 given = TK_LOAD(tk_f32, importance + i);
    const tk_i32 usable = (given > 0) & (given < __builtin_inff());
    const tk_f32 weight = tk_select(usable, given, tk_splat(0));
    TK_STORE(out + i, weight);
    largest = tk_select(weight > largest, weight, largest);
  }
  float most = 0;
  for (int i = 0; i < 16; i++) most = largest[i] > most ? largest[i] : most;
  for (size_t i = 0; i < size; i += 16) {
    const tk_f32 weight = most > 0 ? TK_LOAD(tk_f32, out + i) / most : tk_splat(1);
    TK_STORE(out + i, weight);
  }
}

#endif
