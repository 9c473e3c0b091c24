// Kernels for AVX-512 F, BW, DQ and VL with VNNI.

#include "CTensorKernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

// Emulated, in registers of AVX2, so that it runs where there is no AVX-512 at all.
#if defined(TK_EMULATE_VNNI)
#define TK_TARGET "avx2,fma,f16c"
typedef __m256i tk_register;
#define TK_REGISTERS 2
#define TK_MM(name) _mm256_##name
#else
#define TK_TARGET "avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"
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

#include "../../generic/table.h"

#pragma clang attribute pop

const tk_kernels *tk_kernels_avx512(void) { return &tk_table; }

#endif
