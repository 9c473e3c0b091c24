#!/bin/bash
# Checks that no instruction runs on a processor that lacks it: runs cria on emulated processors,
# which stop at what they do not have, and compares the text with this machine's.
#
# usage: Scripts/check-features.sh path/to/cria
#
# Needs x86_64 and qemu-x86_64-static (Debian's qemu-user-static); without them it says so and does
# nothing, or fails where CRIA_REQUIRE_ALL=1.
set -euo pipefail
cria=$(realpath "$1")
cd "$(dirname "$0")/.."

if [ "$(uname -m)" != x86_64 ] || ! command -v qemu-x86_64-static > /dev/null; then
  echo "NOT CHECKED: emulated processors (x86_64 with qemu-x86_64-static)"
  [ "${CRIA_REQUIRE_ALL:-0}" != 1 ]
  exit
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

emulate() { qemu-x86_64-static -cpu "$@" 2> "$work/log"; }

# check <processor> <kernel set> <tokens> [model]: the processor can run the set, and gives the text
# that this machine gives.
check() {
  local processor=$1 kernels=$2 tokens=$3
  shift 3
  local arguments=(run "$@" -p "Once upon a time" --raw --temperature 0 --max-tokens "$tokens"
    --threads 1 --kernels "$kernels")
  local expected actual
  expected=$("$cria" "${arguments[@]}" < /dev/null 2> /dev/null)
  actual=$(emulate "$processor" "$cria" "${arguments[@]}" < /dev/null) || cat "$work/log"
  if [ -z "$expected" ] || [ "$actual" != "$expected" ]; then
    echo "$processor, $kernels $*: '$actual' instead of '$expected'"
    exit 1
  fi
  echo "$processor, $kernels ${1:+${1##*/}}: $tokens tokens as on this machine"
}

# SSSE3 without SSE4.1, but with cmpxchg16b, which Swift's runtime needs; SSE4.2 and no AVX; AVX
# without AVX2, FMA and F16C.
check Conroe,+cx16 scalar 3
for processor in Nehalem SandyBridge; do
  check "$processor" ssse3 24
  if emulate "$processor" "$cria" run -p x --kernels avx2 < /dev/null > /dev/null; then
    echo "$processor ran the kernel set avx2"
    exit 1
  fi
done
check Haswell avx2 24
# Packing and products of many types; Haswell has no AVX-512.
for recipe in F16 BF16 Q8_0 Q4_0 Q5_1 Q2_K Q3_K_M Q5_K_M Q6_K IQ4_XS; do
  model=$work/$recipe.gguf
  "$cria" quantize Examples/cria/Resources/tales-7m-q8_0.gguf "$model" "$recipe" \
    --allow-requantize > /dev/null 2>&1
  check Nehalem ssse3 8 "$model"
  check Haswell avx2 8 "$model"
done
