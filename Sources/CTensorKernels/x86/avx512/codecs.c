// Codecs for AVX-512 F, BW, DQ and VL.

#include "CTensorKernels.h"

#if defined(__x86_64__)

#if defined(TK_EMULATE_VNNI)
#define TK_TARGET "avx2,fma,f16c"
#else
#define TK_TARGET "avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl"
#endif

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target(TK_TARGET))), apply_to = function)

#include "../../generic/codecs/table.h"

#pragma clang attribute pop

const tk_codecs *tk_codecs_avx512(void) { return &tk_codec_table; }

#endif
