// Kernels for AVX2 with FMA and F16C.

#include "CTensorKernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

typedef __m256i tk_register;
#define TK_REGISTERS 2
#define TK_MM(name) _mm256_##name
#define TK_FLOAT_TOKENS 6
#define TK_CODES_TOKENS 4

#include "../maddubs/dot.h"
#include "../maddubs/wide.h"

#include "../../generic/table.h"

#pragma clang attribute pop

const tk_kernels *tk_kernels_avx2(void) { return &tk_table; }

#endif
