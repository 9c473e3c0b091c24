// Kernels for Advanced SIMD with the dot products of Armv8.2.

#include "CTensorKernels.h"

#if defined(__aarch64__)

#include <arm_neon.h>

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)

#include "dot.h"

#include "../../generic/table.h"

#pragma clang attribute pop

const tk_kernels *tk_kernels_neon_dotprod(void) { return &tk_table; }

#endif
