#ifndef TK_GENERIC_MATH_H
#define TK_GENERIC_MATH_H

#include "vectors.h"

// The plain Swift functions in ScalarMath.swift say how.

/// e to the power of x, within two units in the last place; 0 and infinity out of range.
TK_INLINE tk_f32 tk_exp(tk_f32 x) {
  x = tk_select(x > tk_splat(89), tk_splat(89), x);
  x = tk_select(x < tk_splat(-104), tk_splat(-104), x);
  const tk_f32 magic = tk_splat(0x1.8p23f);
  const tk_f32 shifted = tk_fma(x, tk_splat(0x1.715476p0f), magic);
  const tk_f32 n = shifted - magic;
  tk_f32 r = tk_fma(n, tk_splat(-0x1.62e400p-1f), x);
  r = tk_fma(n, tk_splat(-0x1.7f7d1cp-20f), r);
  tk_f32 p = tk_splat(0x1.6a2256p-10f);
  p = tk_fma(p, r, tk_splat(0x1.123b02p-7f));
  p = tk_fma(p, r, tk_splat(0x1.5558f8p-5f));
  p = tk_fma(p, r, tk_splat(0x1.555490p-3f));
  p = tk_fma(p, r, tk_splat(0x1.fffffcp-2f));
  p = tk_fma(p, r, tk_splat(1));
  p = tk_fma(p, r, tk_splat(1));
  const tk_i32 exponent = (tk_i32)shifted - (tk_i32)magic;
  const tk_i32 half = exponent >> 1;
  return p * (tk_f32)((half + 127) << 23) * (tk_f32)((exponent - half + 127) << 23);
}

TK_INLINE tk_f32 tk_abs(tk_f32 x) { return (tk_f32)((tk_i32)x & INT32_MAX); }

/// bound * tanh(x / bound), the hyperbolic tangent within two units of 2^-24 of a result of one.
TK_INLINE tk_f32 tk_softcap(tk_f32 x, float bound) {
  const tk_f32 ratio = x / bound;
  const tk_f32 power = tk_exp(-2 * tk_abs(ratio));
  const tk_f32 magnitude = (1 - power) / (1 + power);
  return bound * tk_select(ratio < 0, -magnitude, magnitude);
}

/// 1 - Phi(x), Phi the normal distribution function, for 0 <= x <= 15.
TK_INLINE tk_f32 tk_normal_tail(tk_f32 x) {
  tk_f32 p = tk_splat(0x1.06a12cp-8f);
  p = p * x + 0x1.46f588p-5f;
  p = p * x + 0x1.72eb9ep-3f;
  p = p * x + 0x1.bde8c0p-2f;
  p = p * x + 0.5f;
  tk_f32 q = tk_splat(0x1.492716p-7f);
  q = q * x + 0x1.99d00ap-4f;
  q = q * x + 0x1.daff1ep-2f;
  q = q * x + 0x1.319890p0f;
  q = q * x + 0x1.ab368ep0f;
  q = q * x + 1;
  return tk_exp(-0.5f * (x * x)) * p / q;
}

#endif
