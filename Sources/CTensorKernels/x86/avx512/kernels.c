// Kernels for AVX-512 with VNNI.

#include "CTensorKernels.h"

#if defined(__x86_64__)

#define TK_MORE_TARGETS ""
#include "set.h"

const tk_kernels *tk_kernels_avx512(void) { return &tk_table; }

#endif
