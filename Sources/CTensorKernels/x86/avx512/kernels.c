// Kernels for AVX-512 F, BW, DQ and VL with VNNI.

#include "CTensorKernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

#if defined(TK_EMULATE_VNNI)
#define TK_TARGET "avx2,fma,f16c"
#else
#define TK_TARGET "avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"
#endif

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target(TK_TARGET))), apply_to = function)

#include "dot.h"

#include "../../generic/table.h"

#pragma clang attribute pop

const tk_kernels *tk_kernels_avx512(void) { return &tk_table; }

#endif
