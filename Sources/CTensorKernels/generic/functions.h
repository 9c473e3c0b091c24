// Functions of single elements. The plain Swift ones in ScalarFunctions.swift say how.
#ifndef TK_GENERIC_FUNCTIONS_H
#define TK_GENERIC_FUNCTIONS_H

#include "math.h"

TK_INLINE tk_f32 tk_positive(tk_f32 x) { return tk_select(x > 0, x, tk_splat(0)); }

/// x, or a bound that it is greater than.
TK_INLINE tk_f32 tk_at_most(tk_f32 x, float bound) {
  return tk_select(x > bound, tk_splat(bound), x);
}

TK_INLINE tk_f32 tk_swish(tk_f32 x, float slope) { return x / (tk_exp(-slope * x) + 1); }

TK_INLINE tk_f32 tk_gelu(tk_f32 x) {
  const tk_f32 magnitude = tk_at_most(tk_abs(x), 15);
  return tk_fma(-magnitude, tk_normal_tail(magnitude), tk_positive(x));
}

TK_INLINE tk_f32 tk_gelu_tanh(tk_f32 x) {
  const tk_f32 slope = tk_fma(x * x, tk_splat(-0x1.2444f2p-4f), tk_splat(-0x1.988454p0f));
  return x / (tk_exp(x * slope) + 1);
}

/// The value of a function, which is a constant after inlining.
TK_INLINE tk_f32 tk_value(const int function, tk_f32 x, float a, float b) {
  switch (function) {
    case TK_SWISH: return tk_swish(x, a);
    case TK_CLAMPED_SWISH: return tk_swish(tk_at_most(x, b), a);
    case TK_GELU: return tk_gelu(x);
    case TK_GELU_TANH: return tk_gelu_tanh(x);
    case TK_SQUARED_RELU: return tk_positive(x) * tk_positive(x);
    case TK_SIGMOID: return 1 / (tk_exp(-x) + 1);
    case TK_SOFTCAP: return tk_softcap(x, a);
    default: return a * x;  // TK_SCALE
  }
}

/// What the value is multiplied with.
TK_INLINE tk_f32 tk_companion(const int function, tk_f32 up, float b) {
  if (function != TK_CLAMPED_SWISH) return up;
  return tk_at_most(tk_select(up < -b, tk_splat(-b), up), b) + 1;
}

TK_INLINE void tk_apply(const int function, const float *gate, const float *up, size_t n, float a,
                        float b, float *out) {
  const size_t whole = n & ~(size_t)15, rest = n - whole;
  for (size_t i = 0; i < whole; i += 16) {
    tk_f32 value = tk_value(function, TK_LOAD(tk_f32, gate + i), a, b);
    if (up) value *= tk_companion(function, TK_LOAD(tk_f32, up + i), b);
    TK_STORE(out + i, value);
  }
  if (!rest) return;
  tk_f32 value = tk_value(function, tk_load_part(gate + whole, rest), a, b);
  if (up) value *= tk_companion(function, tk_load_part(up + whole, rest), b);
  tk_store_part(out + whole, value, rest);
}

#define TK_DEFINE(NAME, name)                                                                  \
  static TK_ALIGNED_SPILLS void tk_apply_##name(const float *gate, const float *up, size_t n,  \
                                                float a, float b, float *out) {                \
    tk_apply(TK_##NAME, gate, up, n, a, b, out);                                               \
  }
TK_FUNCTIONS(TK_DEFINE)
#undef TK_DEFINE

#endif
