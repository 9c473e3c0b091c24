// Codecs for SSE4.1 with SSSE3.

#include "CTensorKernels.h"

#if defined(__x86_64__)

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("ssse3,sse4.1"))), apply_to = function)

#include "../../generic/codecs/table.h"

#pragma clang attribute pop

const tk_codecs *tk_codecs_ssse3(void) { return &tk_codec_table; }

#endif
