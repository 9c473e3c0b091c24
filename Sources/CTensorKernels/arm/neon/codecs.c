// Codecs for Arm's Advanced SIMD.

#include "CTensorKernels.h"

#if defined(__aarch64__)

#pragma STDC FP_CONTRACT OFF

#include "../../generic/codecs/table.h"

const tk_codecs *tk_codecs_neon(void) { return &tk_codec_table; }

#endif
