// Vectors that every instruction set shares: 64 bytes, as many registers as that takes.
//
// The headers of this folder hold the kernels once, in clang's vector extensions. Each set's
// kernels.c includes them inside its target region, after its own dot.h with the integer dot
// products. Vectors wider than a register are split by the compiler; all functions are inlined, so
// none is ever passed.
#ifndef TK_GENERIC_VECTORS_H
#define TK_GENERIC_VECTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Passing wide vectors would depend on the target, but nothing here is passed: all is inlined.
#pragma clang diagnostic ignored "-Wpsabi"

#define TK_INLINE static inline __attribute__((always_inline))

/// For functions without aligned arrays that spill vectors. Left to itself clang spills to a stack
/// that is aligned to 16 bytes only, and a vector across two pages takes dozens of cycles: as the
/// stack's address varies, a kernel would take twice as long in some runs.
#if defined(__x86_64__)
#define TK_ALIGNED_SPILLS __attribute__((force_align_arg_pointer))
#else
#define TK_ALIGNED_SPILLS
#endif

/// Repeats a loop over tokens or panels, whose count is a constant after inlining, so that arrays
/// indexed by it live in registers.
#define TK_UNROLL _Pragma("clang loop unroll(full)")

/// Keeps a loop over k a loop. Unrolled, the compiler would finish one token after the other and
/// spill the weights in between.
#define TK_ROLLED _Pragma("clang loop unroll(disable)")

typedef float tk_f32 __attribute__((vector_size(64)));
typedef float tk_f32x8 __attribute__((vector_size(32)));
typedef int32_t tk_i32 __attribute__((vector_size(64)));
typedef uint32_t tk_u32 __attribute__((vector_size(64)));
typedef int16_t tk_i16 __attribute__((vector_size(64)));
typedef uint16_t tk_u16 __attribute__((vector_size(64)));
typedef uint8_t tk_u8 __attribute__((vector_size(64)));

// Sixteen elements of a narrower type.
typedef int8_t tk_i8x16 __attribute__((vector_size(16)));
typedef uint8_t tk_u8x16 __attribute__((vector_size(16)));
typedef uint16_t tk_u16x16 __attribute__((vector_size(32)));
typedef int8_t tk_i8x32 __attribute__((vector_size(32)));
typedef _Float16 tk_f16x16 __attribute__((vector_size(32)));

#define TK_LOAD(type, pointer)                            \
  ({                                                      \
    type loaded_;                                         \
    __builtin_memcpy(&loaded_, (pointer), sizeof(type));  \
    loaded_;                                              \
  })

#define TK_STORE(pointer, vector)                               \
  do {                                                          \
    __typeof__(vector) stored_ = (vector);                      \
    __builtin_memcpy((pointer), &stored_, sizeof(stored_));     \
  } while (0)

#define TK_SPLAT16(x) \
  { (x), (x), (x), (x), (x), (x), (x), (x), (x), (x), (x), (x), (x), (x), (x), (x) }

TK_INLINE tk_f32 tk_splat(float x) { return (tk_f32)TK_SPLAT16(x); }

TK_INLINE tk_i32 tk_splat_i32(int32_t x) { return (tk_i32)TK_SPLAT16(x); }

#if defined(TK_EMULATED_FLOATS)
/// Without the instruction: the product of two floats is exact in double precision, and so is the
/// sum when the bits that do not fit are noted by making the last one odd. Half the lanes.
TK_INLINE tk_f32x8 tk_fma_half(tk_f32x8 a, tk_f32x8 b, tk_f32x8 c) {
  typedef double f64x8 __attribute__((vector_size(64)));
  typedef int64_t i64x8 __attribute__((vector_size(64)));
  const f64x8 product = __builtin_convertvector(a, f64x8) * __builtin_convertvector(b, f64x8);
  const f64x8 addend = __builtin_convertvector(c, f64x8), sum = product + addend;
  const f64x8 other = sum - product;
  const f64x8 rest = (product - (sum - other)) + (addend - other);
  // Toward the rest, unless the last bit is odd already; the bits of a double order like its
  // magnitude. A NaN is no rest.
  const i64x8 bits = (i64x8)sum, lost = (rest < 0) | (rest > 0), even = (bits & 1) - 1;
  const i64x8 away = ((i64x8)rest ^ bits) >> 63 | 1;
  return __builtin_convertvector((f64x8)(bits + (away & lost & even)), tk_f32x8);
}

TK_INLINE tk_f32 tk_fma(tk_f32 a, tk_f32 b, tk_f32 c) {
#define TK_HALF(v, i) \
  __builtin_shufflevector(v, v, i, i + 1, i + 2, i + 3, i + 4, i + 5, i + 6, i + 7)
  return __builtin_shufflevector(tk_fma_half(TK_HALF(a, 0), TK_HALF(b, 0), TK_HALF(c, 0)),
                                 tk_fma_half(TK_HALF(a, 8), TK_HALF(b, 8), TK_HALF(c, 8)), 0, 1, 2,
                                 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
#undef TK_HALF
}
#else
TK_INLINE tk_f32 tk_fma(tk_f32 a, tk_f32 b, tk_f32 c) { return __builtin_elementwise_fma(a, b, c); }
#endif

TK_INLINE tk_f32 tk_float(tk_i32 x) { return __builtin_convertvector(x, tk_f32); }

/// mask ? a : b, lane by lane.
TK_INLINE tk_f32 tk_select(tk_i32 mask, tk_f32 a, tk_f32 b) {
  return (tk_f32)(((tk_i32)a & mask) | ((tk_i32)b & ~mask));
}

// Bytes have no shifts of their own; shift pairs and mask.

TK_INLINE tk_u8 tk_low_nibbles(tk_u8 x) { return x & 15; }

TK_INLINE tk_u8 tk_high_nibbles(tk_u8 x) { return (tk_u8)((tk_u16)x >> 4) & 15; }

/// Sixteen bytes each of two sub-blocks as pairs [16 rows][2].
TK_INLINE tk_i16 tk_pairs(tk_i8x16 a, tk_i8x16 b) {
  const tk_i8x32 pairs =
      __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24,
                              9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  return __builtin_convertvector(pairs, tk_i16);
}

/// The first `n` < 16 floats, then zeros.
TK_INLINE tk_f32 tk_load_part(const float *x, size_t n) {
  float lanes[16] = {0};
  for (size_t i = 0; i < n; i++) lanes[i] = x[i];
  return TK_LOAD(tk_f32, lanes);
}

TK_INLINE void tk_store_part(float *out, tk_f32 v, size_t n) {
  float lanes[16];
  TK_STORE(lanes, v);
  for (size_t i = 0; i < n; i++) out[i] = lanes[i];
}

/// The end of a 16-lane sum.
TK_INLINE float tk_sum(tk_f32 v) {
  typedef float f32x8 __attribute__((vector_size(32)));
  typedef float f32x4 __attribute__((vector_size(16)));
  const f32x8 eight = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7) +
                      __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
  const f32x4 four = __builtin_shufflevector(eight, eight, 0, 1, 2, 3) +
                     __builtin_shufflevector(eight, eight, 4, 5, 6, 7);
  return (four[0] + four[2]) + (four[1] + four[3]);
}

// Sixteen halves or bfloat16s to and from floats.

TK_INLINE tk_f32 tk_from_f16(const void *x) {
#if defined(TK_EMULATED_FLOATS)
  // The exponents' biases are 112 apart; the largest exponent is infinity's.
  const tk_u32 half = __builtin_convertvector(TK_LOAD(tk_u16x16, x), tk_u32);
  const tk_u32 magnitude = (half & 0x7fff) << 13;
  const tk_f32 value = (tk_f32)magnitude * 0x1p112f;
  const tk_u32 special = (tk_u32)((tk_i32)magnitude >= 0x7c00 << 13) & 0x7f800000;
  return (tk_f32)((tk_u32)value | special | (half & 0x8000) << 16);
#else
  return __builtin_convertvector(TK_LOAD(tk_f16x16, x), tk_f32);
#endif
}

TK_INLINE tk_f32 tk_from_bf16(const void *x) {
  return (tk_f32)(__builtin_convertvector(TK_LOAD(tk_u16x16, x), tk_u32) << 16);
}

TK_INLINE tk_f16x16 tk_to_f16(tk_f32 x) { return __builtin_convertvector(x, tk_f16x16); }

TK_INLINE tk_u16x16 tk_to_bf16(tk_f32 x) {
  const tk_u32 bits = (tk_u32)x;
  const tk_u32 rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  const tk_u32 quiet = (bits >> 16) | 0x40;
  const tk_u32 is_nan = (tk_u32)((tk_i32)(bits & 0x7fffffff) > 0x7f800000);
  return __builtin_convertvector((quiet & is_nan) | (rounded & ~is_nan), tk_u16x16);
}

/// The type of stored elements. The last two are blocks of 32 as in GGUF files: a half, the scale,
/// and then signed bytes, or nibbles of which the low ones come first.
typedef enum {
  TK_ELEMENT_F32,
  TK_ELEMENT_F16,
  TK_ELEMENT_BF16,
  TK_ELEMENT_Q8_0,
  TK_ELEMENT_Q4_0
} tk_element;

/// Bytes of an element of the float types.
TK_INLINE size_t tk_element_bytes(tk_element element) { return element == TK_ELEMENT_F32 ? 4 : 2; }

/// Where element `index` is, or its block.
TK_INLINE const uint8_t *tk_place(const void *x, size_t index, tk_element element) {
  const uint8_t *bytes = x;
  switch (element) {
    case TK_ELEMENT_Q8_0: return bytes + index / 32 * 34;
    case TK_ELEMENT_Q4_0: return bytes + index / 32 * 18;
    default: return bytes + index * tk_element_bytes(element);
  }
}

/// The scale of a block, sixteen times. Copied before it is converted: loaded into the lane of a
/// register, it would wait for whatever the register held.
TK_INLINE tk_f32 tk_block_scale(const uint8_t *block) {
  const uint16_t bits = TK_LOAD(uint16_t, block);
  const tk_u16x16 copies = (tk_u16x16)TK_SPLAT16(bits);
  return tk_from_f16(&copies);
}

/// Elements index ..< index + 16 as floats, index a multiple of 16 in blocks.
TK_INLINE tk_f32 tk_load_floats(const void *x, size_t index, tk_element element) {
  const uint8_t *place = tk_place(x, index, element);
  switch (element) {
    case TK_ELEMENT_F16: return tk_from_f16(place);
    case TK_ELEMENT_BF16: return tk_from_bf16(place);
    case TK_ELEMENT_Q8_0: {
      const tk_i8x16 codes = TK_LOAD(tk_i8x16, place + 2 + index % 32);
      return tk_block_scale(place) * __builtin_convertvector(codes, tk_f32);
    }
    case TK_ELEMENT_Q4_0: {
      const tk_u8x16 pairs = TK_LOAD(tk_u8x16, place + 2);
      const tk_u8x16 codes = index % 32 ? pairs >> 4 : pairs & 15;
      return tk_block_scale(place) * __builtin_convertvector((tk_i8x16)(codes - 8), tk_f32);
    }
    case TK_ELEMENT_F32: break;
  }
  return TK_LOAD(tk_f32, place);
}

#endif
