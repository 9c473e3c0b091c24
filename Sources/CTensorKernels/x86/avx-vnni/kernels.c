// Kernels for AVX2 with AVX-VNNI, as processors for laptops have it that lack AVX-512.

#include "CTensorKernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

#if defined(TK_EMULATE_VNNI)
#define TK_TARGET "avx2,fma,f16c"
#else
#define TK_TARGET "avx2,fma,f16c,avxvnni"
#endif

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target(TK_TARGET))), apply_to = function)

typedef __m256i tk_register;
#define TK_REGISTERS 2
#define TK_MM(name) _mm256_##name
#define TK_VNNI(name) _mm256_##name##_avx_epi32
#define TK_FLOAT_TOKENS 6
#define TK_CODES_TOKENS 4

#include "../vnni/dot.h"

#include "../../generic/table.h"

#pragma clang attribute pop

const tk_kernels *tk_kernels_avx_vnni(void) { return &tk_table; }

#endif
