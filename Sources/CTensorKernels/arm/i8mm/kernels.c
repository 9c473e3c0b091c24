// Kernels for Advanced SIMD with dot products and with the matrix multiplication of bytes (i8mm).

#include "CTensorKernels.h"

#if defined(__aarch64__)

#include <arm_neon.h>

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("dotprod,i8mm"))), apply_to = function)

#define TK_OWN_TILES

#include "../dotprod/dot.h"
#include "tiles.h"

#include "../../generic/table.h"

#pragma clang attribute pop

const tk_kernels *tk_kernels_neon_i8mm(void) { return &tk_table; }

#endif
