// Codecs for AVX-512 F, BW, DQ and VL.

#include "CTensorKernels.h"

#if defined(__x86_64__)

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)

#include "../../generic/codecs/table.h"

#pragma clang attribute pop

const tk_codecs *tk_codecs_avx512(void) { return &tk_codec_table; }

#endif
