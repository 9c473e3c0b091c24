// What the processor offers and the operating system saves.

#include "CTensorKernels.h"

#if defined(__x86_64__)

#include <cpuid.h>

/// Extended control register 0: the register files that the system saves on a context switch.
static uint64_t saved_registers(void) {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (uint64_t)high << 32 | low;
}

static int all(uint64_t bits, uint64_t mask) { return (bits & mask) == mask; }

uint32_t tk_cpu_features(void) {
  uint32_t a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !all(c, bit_SSSE3 | bit_SSE4_1)) return 0;
  uint32_t features = TK_CPU_SSSE3;
  // OSXSAVE tells that xgetbv may be executed.
  if (!all(c, bit_OSXSAVE | bit_AVX | bit_FMA | bit_F16C)) return features;
  const uint64_t saved = saved_registers();
  if (!all(saved, 0x6)) return features;  // xmm, ymm
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !all(b, bit_AVX2)) return features;

  features |= TK_CPU_AVX2;
  uint32_t more = 0;
  if (a >= 1) __get_cpuid_count(7, 1, &more, &d, &d, &d);
  if (all(more, bit_AVXVNNI)) features |= TK_CPU_AVX_VNNI;
  const uint32_t avx512 = bit_AVX512F | bit_AVX512BW | bit_AVX512DQ | bit_AVX512VL;
  if (all(saved, 0xe6) && all(b, avx512)) {  // and the masks, zmm 0-15, zmm 16-31
    features |= TK_CPU_AVX512;
    if (all(c, bit_AVX512VNNI)) features |= TK_CPU_AVX512_VNNI;
    if (all(more, bit_AVX512BF16)) features |= TK_CPU_AVX512_BF16;
  }
  return features;
}

#elif defined(__aarch64__)

// Advanced SIMD is part of every 64-bit Arm system that Swift runs on.

#if defined(__linux__)

#include <asm/hwcap.h>
#include <sys/auxv.h>

#ifndef HWCAP2_I8MM
#define HWCAP2_I8MM (1 << 13)  // headers older than Linux 5.10
#endif

uint32_t tk_cpu_features(void) {
  uint32_t features = TK_CPU_NEON;
  if (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) features |= TK_CPU_NEON_DOTPROD;
  if (getauxval(AT_HWCAP2) & HWCAP2_I8MM) features |= TK_CPU_NEON_I8MM;
  return features;
}

#elif defined(__APPLE__)

#include <sys/sysctl.h>

static int has(const char *feature) {
  int present = 0;
  size_t size = sizeof(present);
  return sysctlbyname(feature, &present, &size, NULL, 0) == 0 && present;
}

uint32_t tk_cpu_features(void) {
  uint32_t features = TK_CPU_NEON;
  if (has("hw.optional.arm.FEAT_DotProd")) features |= TK_CPU_NEON_DOTPROD;
  if (has("hw.optional.arm.FEAT_I8MM")) features |= TK_CPU_NEON_I8MM;
  return features;
}

#else

uint32_t tk_cpu_features(void) { return TK_CPU_NEON; }

#endif

#else

uint32_t tk_cpu_features(void) { return 0; }

#endif
