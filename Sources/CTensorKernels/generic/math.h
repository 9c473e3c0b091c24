#ifndef TK_GENERIC_MATH_H
#define TK_GENERIC_MATH_H

#include "vectors.h"

/// e to the power of x, within two units in the last place; 0 and infinity out of range. The plain
/// Swift function in ScalarExp.swift says how.
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

#endif
