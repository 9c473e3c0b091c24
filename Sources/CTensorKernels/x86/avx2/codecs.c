// Codecs for AVX2 with FMA and F16C.

#include "CTensorKernels.h"

#if defined(__x86_64__)

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#include "../../generic/codecs/table.h"

#pragma clang attribute pop

const tk_codecs *tk_codecs_avx2(void) { return &tk_codec_table; }

#endif
