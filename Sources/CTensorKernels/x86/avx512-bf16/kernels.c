// Kernels for AVX-512 with VNNI and with products of bfloat16s.

#include "CTensorKernels.h"

#if defined(__x86_64__)

#if !defined(TK_EMULATE_VNNI)
#define TK_HAS_DOT_BF16
#endif
#define TK_MORE_TARGETS ",avx512bf16"
#include "../avx512/set.h"

const tk_kernels *tk_kernels_avx512_bf16(void) { return &tk_table; }

#endif
