#include "CTensorKernels.h"
#if defined(__x86_64__)
const tk_kernels *tk_kernels_avx2(void) { return 0; }
#endif
