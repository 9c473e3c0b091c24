// The kernels of the sets with AVX-512 F, BW, DQ and VL and VNNI; before this, TK_MORE_TARGETS is defined
// for what a set has beyond these.

#include <immintrin.h>

// Emulated, in registers of AVX2, so that it runs where there is no AVX-512 at all.
#if defined(TK_EMULATE_VNNI)
#define TK_TARGET "avx2,fma,f16c"
typedef __m256i tk_register;
#define TK_REGISTERS 2
#define TK_MM(name) _mm256_##name
#else
#define TK_TARGET "avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni" TK_MORE_TARGETS
typedef __m512i tk_register;
#define TK_REGISTERS 1
#define TK_MM(name) _mm512_##name
#define TK_VNNI(name) _mm512_##name##_epi32
#endif
#define TK_FLOAT_TOKENS 8
#define TK_TILE_PANELS 2
#define TK_CODES_TOKENS 8

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target(TK_TARGET))), apply_to = function)

#include "../vnni/dot.h"

#if defined(TK_HAS_DOT_BF16)
TK_INLINE tk_f32 tk_dot_bf16(tk_f32 sum, tk_u32 w, const uint16_t *a) {
  const __m512i pair = _mm512_set1_epi32(tk_load_i32(a));
  return (tk_f32)_mm512_dpbf16_ps((__m512)sum, (__m512bh)w, (__m512bh)pair);
}
#endif

#include "../../generic/table.h"

#pragma clang attribute pop
