// Kernels for SSE4.1 with SSSE3, which nearly every x86-64 processor has.

#include "CTensorKernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("ssse3,sse4.1"))), apply_to = function)

typedef __m128i tk_register;
#define TK_REGISTERS 4
#define TK_MM(name) _mm_##name
#define TK_FLOAT_TOKENS 2
#define TK_CODES_TOKENS 2
#define TK_EMULATED_FLOATS 1

#include "../maddubs/dot.h"
#include "../maddubs/wide.h"

#include "../../generic/table.h"

#pragma clang attribute pop

const tk_kernels *tk_kernels_ssse3(void) { return &tk_table; }

#endif
