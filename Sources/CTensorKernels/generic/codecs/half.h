// Half-precision scales; see QuantCore/Blocks/HalfPrecision.swift.
#ifndef TK_GENERIC_CODECS_HALF_H
#define TK_GENERIC_CODECS_HALF_H

#include "../vectors.h"

/// The value of a half.
TK_INLINE float tk_half_value(uint16_t bits) {
  _Float16 half;
  __builtin_memcpy(&half, &bits, 2);
  return (float)half;
}

/// The half nearest to a finite value.
TK_INLINE uint16_t tk_half_bits(float value) {
  const _Float16 half = (_Float16)value;
  uint16_t bits;
  __builtin_memcpy(&bits, &half, 2);
  return bits;
}

/// The value nearest to `value` that a half can store, never infinite; NaN becomes zero.
TK_INLINE float tk_half_rounded(float value) {
  if (value != value) return 0;
  const float limited = value < -65504.0f ? -65504.0f : value > 65504.0f ? 65504.0f : value;
  return tk_half_value(tk_half_bits(limited));
}

/// As `tk_half_rounded`, but not nearer to zero where halves lie far apart.
TK_INLINE float tk_half_unit(float value) {
  const float nearest = tk_half_rounded(value);
  const float size = __builtin_fabsf(nearest);
  if (!(size < __builtin_fabsf(value) && size < 0x1p-14f)) return nearest;
  const float away = tk_half_value((tk_half_bits(nearest) & 0x7fff) + 1);
  return value < 0 ? -away : away;
}

/// The half that is `steps` steps farther from zero than `half`; zero where there is none.
TK_INLINE float tk_half_neighbour(float half, int steps) {
  const int magnitude = (tk_half_bits(half) & 0x7fff) + steps;
  const int limited = magnitude < 0 ? 0 : magnitude > 0x7bff ? 0x7bff : magnitude;
  const float neighbour = tk_half_value((uint16_t)limited);
  return half < 0 ? -neighbour : neighbour;
}

TK_INLINE void tk_put_16(uint8_t *out, uint16_t bits) { __builtin_memcpy(out, &bits, 2); }

TK_INLINE void tk_put_32(uint8_t *out, uint32_t bits) { __builtin_memcpy(out, &bits, 4); }

#endif
