// The kernel sets. A new one is a folder and a line here.

#include "CTensorCodecs.h"
#include "CTensorKernels.h"

#if defined(__x86_64__)

const tk_kernels *tk_kernels_ssse3(void);
const tk_kernels *tk_kernels_avx2(void);
const tk_kernels *tk_kernels_avx_vnni(void);
const tk_kernels *tk_kernels_avx512(void);
const tk_kernels *tk_kernels_avx512_bf16(void);
const tk_codecs *tk_codecs_ssse3(void);
const tk_codecs *tk_codecs_avx2(void);
const tk_codecs *tk_codecs_avx512(void);

static const tk_kernel_set sets[] = {
    {"ssse3", TK_CPU_SSSE3, tk_kernels_ssse3, tk_codecs_ssse3},
    {"avx2", TK_CPU_AVX2, tk_kernels_avx2, tk_codecs_avx2},
    {"avx-vnni", TK_CPU_AVX2 | TK_CPU_AVX_VNNI, tk_kernels_avx_vnni, tk_codecs_avx2},
    {"avx512", TK_CPU_AVX2 | TK_CPU_AVX512 | TK_CPU_AVX512_VNNI, tk_kernels_avx512,
     tk_codecs_avx512},
    {"avx512-bf16", TK_CPU_AVX2 | TK_CPU_AVX512 | TK_CPU_AVX512_VNNI | TK_CPU_AVX512_BF16,
     tk_kernels_avx512_bf16, tk_codecs_avx512},
    {0},
};

#elif defined(__aarch64__)

const tk_kernels *tk_kernels_neon(void);
const tk_kernels *tk_kernels_neon_dotprod(void);
const tk_kernels *tk_kernels_neon_i8mm(void);
const tk_codecs *tk_codecs_neon(void);

static const tk_kernel_set sets[] = {
    {"neon", TK_CPU_NEON, tk_kernels_neon, tk_codecs_neon},
    {"neon-dotprod", TK_CPU_NEON | TK_CPU_NEON_DOTPROD, tk_kernels_neon_dotprod, tk_codecs_neon},
    {"neon-i8mm", TK_CPU_NEON | TK_CPU_NEON_DOTPROD | TK_CPU_NEON_I8MM, tk_kernels_neon_i8mm,
     tk_codecs_neon},
    {0},
};

#else

static const tk_kernel_set sets[] = {{0}};

#endif

const tk_kernel_set *tk_kernel_sets(void) { return sets; }
