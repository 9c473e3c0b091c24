// Kernels for Arm's Advanced SIMD.

#include "CTensorKernels.h"

#if defined(__aarch64__)

#include <arm_neon.h>

#pragma STDC FP_CONTRACT OFF

#include "dot.h"

#include "../../generic/table.h"

const tk_kernels *tk_kernels_neon(void) { return &tk_table; }

#endif
