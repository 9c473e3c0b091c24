// The values of one block on their way into an encoder; see QuantCore/Blocks/BlockInput.swift.
#ifndef TK_GENERIC_CODECS_INPUT_H
#define TK_GENERIC_CODECS_INPUT_H

#include "lanes.h"

/// Loads `size` values.
TK_INLINE void tk_input_values(float *out, const float *values, const int size) {
  for (int i = 0; i < size; i += 16) {
    TK_STORE(out + i, tk_encodable(TK_LOAD(tk_f32, values + i)));
  }
}

/// Loads `size` weights; without importance, 1 throughout.
TK_INLINE void tk_input_weights(float *out, const float *importance, const int size) {
  if (importance) {
    tk_load_weights(importance, size, out);
  } else {
    for (int i = 0; i < size; i++) out[i] = 1;
  }
}

#endif
