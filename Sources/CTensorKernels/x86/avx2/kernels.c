// Kernels for AVX2 with FMA and F16C.

#include "CTensorKernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#include "dot.h"
#include "wide.h"

#include "../../generic/table.h"

#pragma clang attribute pop

const tk_kernels *tk_kernels_avx2(void) { return &tk_table; }

#endif
