#!/bin/bash
# Checks the kernel sets that this machine cannot run: compiles every set for x86_64 and for
# aarch64, and compares their results with those of the plain Swift kernels and formats, AVX-512 with
# its dot-product instructions replaced by loops, the Arm sets under qemu.
#
# usage: Scripts/check-kernels-cross.sh [-c debug|release]
#
# What cannot be checked because a tool is missing is listed at the end; CRIA_REQUIRE_ALL=1 makes
# that a failure. On Debian and Ubuntu the tools are in qemu-user-static, libc6-dev-arm64-cross and
# gcc-aarch64-linux-gnu (any version).
set -euo pipefail
cd "$(dirname "$0")/.."

configuration=debug
if [ "${1:-}" = -c ]; then configuration=$2; fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
skipped=()

# The compiler that builds the package: the one beside swift.
clang=$(dirname "$(readlink -f "$(command -v swift)")")/clang
[ -x "$clang" ] || clang=clang

echo "Writing vectors with the plain Swift kernels"
CRIA_KERNEL_VECTORS="$work/vectors" swift test -c "$configuration" --filter KernelVectorTests \
  > "$work/log" 2>&1 || { cat "$work/log"; exit 1; }
[ -s "$work/vectors" ] || { echo "No vectors were written"; exit 1; }

sources=(Sources/CTensorKernels/{features,points,sets}.c)
while IFS= read -r source; do sources+=("$source"); done \
  < <(find Sources/CTensorKernels -name kernels.c -o -name codecs.c | sort)

# build <output> <clang arguments...>
build() {
  local output=$1
  shift
  "$clang" -O2 -Wall -Wextra -Werror -ISources/CTensorKernels/include "$@" \
    Scripts/kernel-check/check.c "${sources[@]}" -o "$output"
}

if [ "$(uname -m)" = x86_64 ]; then
  build "$work/check-x86"
  build "$work/check-x86-emulated" -DTK_EMULATE_VNNI
  "$work/check-x86" ssse3 "$work/vectors"
  if grep -qw avx2 /proc/cpuinfo; then
    "$work/check-x86" avx2 "$work/vectors"
    echo "with emulated VNNI:"
    "$work/check-x86-emulated" avx-vnni "$work/vectors"
    "$work/check-x86-emulated" avx512 "$work/vectors"
    "$work/check-x86-emulated" avx512-bf16 "$work/vectors"
  else
    skipped+=("avx2, emulated avx-vnni, avx512 and avx512-bf16: this processor has no AVX2")
  fi
  if grep -qw avx_vnni /proc/cpuinfo; then
    "$work/check-x86" avx-vnni "$work/vectors"
  else
    skipped+=("avx-vnni with its own instructions: this processor has no AVX-VNNI")
  fi
  if grep -qw avx512_vnni /proc/cpuinfo; then
    "$work/check-x86" avx512 "$work/vectors"
  else
    skipped+=("avx512 with its own instructions: this processor has no AVX-512 VNNI")
  fi
  if grep -qw avx512_bf16 /proc/cpuinfo; then
    "$work/check-x86" avx512-bf16 "$work/vectors"
  else
    skipped+=("avx512-bf16 with its own instructions: this processor has no AVX-512 BF16")
  fi
else
  skipped+=("x86_64 sets: this machine is $(uname -m)")
fi

if [ "$(uname -m)" = aarch64 ]; then
  build "$work/check-arm"
  "$work/check-arm" neon "$work/vectors"
  if grep -qw asimddp /proc/cpuinfo; then
    "$work/check-arm" neon-dotprod "$work/vectors"
  else
    skipped+=("neon-dotprod: this processor has no dot products")
  fi
  if grep -qw i8mm /proc/cpuinfo; then
    "$work/check-arm" neon-i8mm "$work/vectors"
  else
    skipped+=("neon-i8mm: this processor has no matrix products")
  fi
else
  sysroot=/usr/aarch64-linux-gnu
  qemu=$(command -v qemu-aarch64-static || command -v qemu-aarch64 || true)
  libgcc=$(ls -d /usr/lib/gcc-cross/aarch64-linux-gnu/* 2> /dev/null | sort -V | tail -1 || true)
  if [ ! -d "$sysroot/include" ] || [ -z "$libgcc" ]; then
    skipped+=("neon, neon-dotprod and neon-i8mm: no aarch64 C library ($sysroot, /usr/lib/gcc-cross)")
  else
    build "$work/check-arm" --target=aarch64-linux-gnu -isystem "$sysroot/include" \
      -B "$libgcc" -L "$libgcc" -B "$sysroot/lib" -L "$sysroot/lib" -fuse-ld=lld -static
    if [ -z "$qemu" ]; then
      skipped+=("neon, neon-dotprod and neon-i8mm: compiled, not run, for want of qemu-aarch64")
    else
      "$qemu" "$work/check-arm" neon "$work/vectors"
      "$qemu" -cpu max "$work/check-arm" neon-dotprod "$work/vectors"
      "$qemu" -cpu max "$work/check-arm" neon-i8mm "$work/vectors"
    fi
  fi
fi

if [ ${#skipped[@]} -gt 0 ]; then
  printf 'NOT CHECKED: %s\n' "${skipped[@]}"
  if [ "${CRIA_REQUIRE_ALL:-0}" = 1 ]; then exit 1; fi
fi
