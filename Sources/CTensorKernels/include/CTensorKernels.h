// Innermost loops of the CPU backend, one table of functions per instruction set.
//
// Nothing here allocates, blocks or fails; every pointer is valid for the sizes stated, and buffers
// start at multiples of 64 bytes. Each function has a plain Swift counterpart in
// TensorKernels/Scalar that gives the same bits: the arithmetic below is part of the contract.
//
// Arithmetic
// - Integer dot products are exact (no saturation).
// - "fma" is a fused multiply-add with one rounding. Nothing else is contracted.
// - A "16-lane sum" over i keeps sixteen partial sums, lane i % 16, each taken in order of i, then
//   adds the halves: lanes 0-7 + 8-15, 0-3 + 4-7, 0-1 + 2-3, 0 + 1.
// - exp is a fixed polynomial evaluated with fma, the same for all sets (generic/math.h).
// - softcap(x, bound) = bound * tanh(x / bound); tanh(x) = (1 - e) / (1 + e) with the sign of x, e =
//   exp(-2 |x|).
// - Where a result is a NaN its sign and payload are not specified.
//
// Packed weights ("R16K4")
// A matrix of n rows and k columns is cut into panels of 16 rows (the last one padded with zero
// rows). A panel is a sequence of blocks along k; panels follow one another without gaps (every
// size below is a multiple of 32 bytes). w[r][k] is the code of row r, unsigned unless stated;
// "f16[16]" holds one IEEE half per row.
//   F32, F16   k-major: element [k][16 rows]; any k.
//   BF16     pairs: [k / 2][16 rows][2], a zero after an odd k; magnitudes below 2^-56 are zeros.
// The quantized types have blocks: the scales of sixteen rows, then for each 32 k, which are eight
// groups of four, their codes. A code has 1 to 6 bits, or 8 (signed): nibbles, then pairs of bits,
// then single bits, as many of these as make up the bits, the nibbles lowest.
//   bytes    [8 groups][16 rows][4 k]
//   nibbles  [4][16 rows][4 k], low = groups 0-3, high = groups 4-7
//   pairs    [2][16 rows][4 k], byte [h], bits 2 * j: group 4 * h + j
//   bits     [16 rows][4 k], bit g: group g
// So they take 64 bytes for each bit of a code. "six bits" below are s numbers of each row: [s / 2]
// [16] bytes, low half: number j, high half: number j + s / 2; then [s / 4][16] bytes with the upper
// two bits, byte [j / 4], bits 2 * (j % 4).
//   Blocks of 32, value d * level:
//   Q8_0, Q4_0, Q5_0, IQ4_NL   f16 d[16]. Bits 8, 4, 5, 4; levels w, w - 8, w - 16, a table.
//   Q4_1, Q5_1   f16 d[16], f16 m[16]. Bits 4, 5. Value d * w + m.
//   MXFP4    bytes e[16], d = 2^(e - 128). Bits 4, levels a table.
//   NVFP4    bytes e[2][16], d of 16 k each = half of the E4M3 number. Bits 4, levels a table.
//   Q2_0, Q1_0   blocks of 64 and 128: f16 d[16]. Bits 2, 1; levels w - 1; -1 and 1.
//   Blocks of 256, value d * s * level - dmin * m:
//   Q2_K     f16 d[16], dmin[16]; bytes [16 subs][16], low s, high m. Bits 2.
//   Q4_K, Q5_K   f16 d[16], dmin[16]; six bits s[8 subs], six bits m[8]. Bits 4, 5.
//   Q6_K     f16 d[16]; int8 s[16 subs][16]. Bits 6, levels w - 32.
//   Q3_K     f16 d[16]; six bits s + 32 [16 subs]. Bits 3, levels w - 4.
//   IQ4_XS   f16 d[16]; six bits s + 32 [8 subs]. Bits 4, levels a table.
//   IQ3_S, IQ3_XXS   as IQ4_XS, the levels being the magnitudes of all points with signs, rising;
//            IQ3_XXS d / 4.
//   IQ2, IQ1   IQ2_XXS, IQ2_XS, IQ2_S; IQ1_S, IQ1_M: as Q3_K, with such levels and d / 8.
//   TERNARY  TQ1_0, TQ2_0: f16 d[16]. Bits 2, levels w - 1, s = 1.
#ifndef C_TENSOR_KERNELS_H
#define C_TENSOR_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "CTensorCodecs.h"

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

/// Rows of a weight panel.
#define TK_PANEL_ROWS 16
/// Cached vectors and attention heads are padded with zeros to a multiple of this many elements.
#define TK_LANES 16

/// The left-hand side of a matrix product: tokens x k, in the form that the weights' kernel reads.
typedef struct tk_activations {
  /// Float form (for F32, F16, BF16 weights): [tokens][values_stride].
  const float *_Nullable values;
  size_t values_stride;
  /// Integer form: codes [tokens][k]; scales [tokens][k / block]; sums of 16 codes each
  /// [tokens][k / 16].
  const int8_t *_Nullable codes;
  const float *_Nullable scales;
  const int16_t *_Nullable sums;
  size_t k;
  /// The same tokens arranged for the weights' kernel by its tk_arrangement, or null: a call with many
  /// tokens then arranges them for itself.
  const void *_Nullable arranged;
} tk_activations;

/// out[t * out_stride + 16 * p + r] = sum over k of weight row 16 * p + r times token t, for
/// `panels` panels and `tokens` tokens.
///
/// Float weights: for each run of 256 k (the last may be shorter) p = 0, then p = fma(w, x, p) in
/// order of k; the runs are added in order, starting from 0. With BF16 weights x is rounded to the
/// nearest bfloat16 (ties to even), to 0 below 2^-56, and of each pair of k the second comes first.
/// Blocks of 32 and multiples: per 32 k (NVFP4: 16) acc = fma(d * x, (float)(sum of level * a), acc),
///       x the token's scale of the 32; then, with m, acc = fma(m * x, (float)(sum of a), acc).
/// Blocks of 256: acc = fma(d * x, (float)(sum of s * level * a), acc), x the token's scale of the
///       256; then, with dmin, acc = fma(-(dmin * x), (float)(sum of m * a), acc).
typedef void (*tk_matmul_fn)(const void *panels, size_t panel_count, const tk_activations *x,
                             size_t tokens, float *out, size_t out_stride);

/// Arranged tokens lie in groups of so many (the last may be smaller), a group's as
/// [runs of 256 k, the last of which may be shorter][tokens][row_bytes].
#define TK_ARRANGED_TOKENS 128

/// Arranges token `token` of `tokens`. Different threads may arrange different tokens at once; what a
/// token writes may lie between what its neighbour does.
typedef void (*tk_arrange_fn)(const tk_activations *x, size_t token, size_t tokens,
                              void *arranged);

/// How tokens are arranged for a type's kernel.
typedef struct tk_arrangement {
  /// The bytes of a run of 256 k of a token.
  size_t row_bytes;
  tk_arrange_fn _Nonnull arrange;
} tk_arrangement;

/// Quantizes n values (n a multiple of the block) to int8: per block the largest magnitude m gives
/// scale = m / 127 and code = round-to-nearest-even(x * (127 / m)). A block whose m is below
/// 0x1p-120 (127 / m would overflow) gets scale 0 and codes 0; a block with a NaN or an infinity
/// gets scale NaN and codes 0. sums[i] is the sum of codes 16 i ..< 16 i + 16.
typedef void (*tk_quantize_fn)(const float *x, size_t n, int8_t *codes, float *scales,
                               int16_t *sums);

// Functions of single elements

/// The functions f(x): NAME of the constant, name of the function.
///   scale          a * x
///   swish          x / (exp(-a * x) + 1)
///   clamped_swish  swish of (x > b ? b : x); up becomes (v > b ? b : v) + 1, v = up < -b ? -b : up
///   gelu           fma(-t, tail(t), x > 0 ? x : 0), t = |x| > 15 ? 15 : |x|, tail(t) = exp(-0.5 *
///                  (t * t)) * p(t) / q(t) with polynomials evaluated without fma (generic/math.h)
///   gelu_tanh      x / (exp(x * fma(x * x, c, d)) + 1), d = -2 sqrt(2 / pi), c = 0.044715 d
///   squared_relu   r * r, r = x > 0 ? x : 0
///   sigmoid        1 / (exp(-x) + 1)
///   softcap        softcap(x, a)
#define TK_FUNCTIONS(X)                                                             \
  X(SCALE, scale) X(SWISH, swish) X(CLAMPED_SWISH, clamped_swish) X(GELU, gelu)     \
  X(GELU_TANH, gelu_tanh) X(SQUARED_RELU, squared_relu) X(SIGMOID, sigmoid)         \
  X(SOFTCAP, softcap)

/// Indices of the functions into the array of tk_kernels.
enum {
#define TK_CONSTANT(NAME, name) TK_##NAME,
  TK_FUNCTIONS(TK_CONSTANT)
#undef TK_CONSTANT
  TK_FUNCTION_COUNT
};

/// out = f(gate), times up where that is not null. out may be gate or up.
typedef void (*tk_function_fn)(const float *gate, const float *_Nullable up, size_t n, float a,
                               float b, float *out);

// Attention
//
// The positions of a sequence are cut into tiles of TK_TILE_POSITIONS, the first one beginning at
// position 0. A column is a query: of one row and one head. Each tile is computed by itself, and
// the tiles of a column are merged in their order, so that results do not depend on who computes
// which tile, or on how many tiles a column sees.

/// Positions of a tile.
#define TK_TILE_POSITIONS 256

/// The positions of a tile that a column sees, counted from one of them or before, a multiple of
/// 16; none where first >= last.
typedef struct tk_range {
  uint32_t first, last;
} tk_range;

/// What a softmax has summed up: the sum of exp(score - largest).
typedef struct tk_share {
  float largest, sum;
} tk_share;

/// scores[c * scores_stride + j] = 16-lane sum of fma over d of q[c][d] * keys[j][d], for j < count.
/// q: [columns][dim], keys: [count][dim], dim a multiple of 16 (of 32 with blocks).
typedef void (*tk_scores_fn)(const float *q, size_t columns, const void *keys, size_t dim,
                             size_t count, float *scores, size_t scores_stride);

/// In place, with a softcap above 0: score = softcap(score, softcap). Then shares[c].largest is the
/// largest score in the column's range (zero is positive), score = exp(score - largest), and
/// shares[c].sum the 16-lane sum over the range.
/// Up to the next multiples of 16, scores beside the range become 0. Empty ranges give a sum of 0.
typedef void (*tk_soften_fn)(float *scores, size_t stride, size_t columns, const tk_range *ranges,
                             float softcap, tk_share *shares);

/// out[c][d] = fma chain over the j of the column's range, in order from 0, of
/// weights[c * stride + j] * values[j][d], for d < dim, a multiple of 16. Values are `row` elements
/// apart. out: [columns][dim].
typedef void (*tk_mix_fn)(const float *weights, size_t stride, size_t columns,
                          const tk_range *ranges, const void *values, size_t row, size_t dim,
                          float *out);

/// Adds a tile to what the tiles before it gave: with m the larger of both largest scores, a =
/// exp(totals.largest - m) and b = exp(parts.largest - m), totals.sum = fma(parts.sum, b, totals.sum
/// * a), and the same for sums[c][d] and tile[c][d], d < dim, a multiple of 16. Columns with a part
/// of sum 0 stay as they are.
typedef void (*tk_merge_fn)(float *sums, tk_share *totals, const float *tile,
                            const tk_share *parts, size_t columns, size_t dim);

/// Stores n floats in a float type of a cache (round to nearest even).
typedef void (*tk_store_fn)(const float *x, size_t n, void *out);

/// Element types of a cache, indices into the arrays of tk_kernels; the float types come first.
/// Q8_0 and Q4_0 are blocks as in GGUF files: each value is d * level, rounded.
enum {
  TK_CACHE_F32 = 0,
  TK_CACHE_F16 = 1,
  TK_CACHE_BF16 = 2,
  TK_CACHE_FLOAT_TYPES = 3,
  TK_CACHE_Q8_0 = 3,
  TK_CACHE_Q4_0 = 4,
  TK_CACHE_TYPES = 5
};

/// The weight types that kernels read: NAME of the constant, name of the function. Types of GGUF
/// files that are packed alike share one.
#define TK_WEIGHT_TYPES(X)                                                          \
  X(F32, f32) X(F16, f16) X(BF16, bf16) X(Q8_0, q8_0)                               \
  X(Q4_0, q4_0) X(Q4_1, q4_1) X(Q5_0, q5_0) X(Q5_1, q5_1) X(Q1_0, q1_0)             \
  X(Q2_0, q2_0) X(IQ4_NL, iq4_nl) X(MXFP4, mxfp4) X(NVFP4, nvfp4)                   \
  X(Q2_K, q2_k) X(Q3_K, q3_k) X(Q4_K, q4_k) X(Q5_K, q5_k) X(Q6_K, q6_k)             \
  X(IQ4_XS, iq4_xs) X(IQ3_S, iq3_s) X(IQ3_XXS, iq3_xxs) X(IQ2, iq2) X(IQ1, iq1)     \
  X(TERNARY, ternary)

/// Indices of the weight types into the array of tk_kernels.
enum {
#define TK_CONSTANT(NAME, name) TK_##NAME,
  TK_WEIGHT_TYPES(TK_CONSTANT)
#undef TK_CONSTANT
  TK_WEIGHT_TYPE_COUNT
};

/// The functions of a set. The table and what it points to never change.
typedef struct __attribute__((swift_attr("@Sendable"))) tk_kernels {
  /// One function for each weight type.
  const tk_matmul_fn _Nonnull *_Nonnull matmul;
  /// The arrangement for each, or null where kernels read tokens as they are.
  const tk_arrangement *_Nullable arrangements;
  /// Codes [16][k], one to a byte and k a multiple of 32, to k / 32 units of a panel with so many
  /// bits to a code.
  void (*_Nonnull interleave)(const uint8_t *codes, size_t k, int bits, uint8_t *units);
  /// Blocks of 32 and of 256.
  tk_quantize_fn _Nonnull quantize32;
  tk_quantize_fn _Nonnull quantize256;
  /// out = x * (1 / sqrt(mean of squares + eps)) * weight; squares by a 16-lane sum of fma;
  /// (x * r) * weight in this order. out may be x. weight may be null (all ones).
  void (*_Nonnull rms_norm)(const float *x, const float *_Nullable weight, size_t n, float eps,
                            float *out);
  /// One function for each of TK_FUNCTIONS.
  const tk_function_fn _Nonnull *_Nonnull functions;
  /// out = a + b; out = a * b. out may be a or b.
  void (*_Nonnull add)(const float *a, const float *b, size_t n, float *out);
  void (*_Nonnull multiply)(const float *a, const float *b, size_t n, float *out);
  /// sum = fma(factor, x, sum).
  void (*_Nonnull add_scaled)(const float *x, float factor, size_t n, float *sum);
  /// In place over one head: pairs (2i, 2i + 1), or (i, i + pairs) in rope_halves; cosines and
  /// sines: [pairs]. a' = a * cos - b * sin as fma(a, cos, -(b * sin)),
  /// b' = fma(a, sin, b * cos).
  void (*_Nonnull rope_pairs)(float *x, const float *cosines, const float *sines, size_t pairs);
  void (*_Nonnull rope_halves)(float *x, const float *cosines, const float *sines, size_t pairs);
  tk_scores_fn _Nonnull scores[TK_CACHE_TYPES];
  tk_soften_fn _Nonnull soften;
  tk_mix_fn _Nonnull mix[TK_CACHE_TYPES];
  tk_merge_fn _Nonnull merge;
  tk_store_fn _Nonnull store[TK_CACHE_FLOAT_TYPES];
} tk_kernels;

/// Bits of tk_cpu_features(). Each implies that the operating system saves the registers used.
#define TK_CPU_AVX2 (1u << 0)         // AVX2, FMA, F16C
#define TK_CPU_AVX512 (1u << 1)       // AVX-512 F, BW, DQ, VL
#define TK_CPU_AVX512_VNNI (1u << 2)
#define TK_CPU_NEON (1u << 3)
#define TK_CPU_NEON_DOTPROD (1u << 4)
#define TK_CPU_SSSE3 (1u << 5)        // SSSE3 and SSE4.1
#define TK_CPU_AVX_VNNI (1u << 6)
#define TK_CPU_AVX512_BF16 (1u << 7)
#define TK_CPU_NEON_I8MM (1u << 8)

/// Tells the processor that this thread waits for another one.
static inline void tk_spin_hint(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
  __asm__ volatile("yield");
#endif
}

/// What this processor and its operating system support.
uint32_t tk_cpu_features(void);

/// A kernel set that is compiled for this architecture.
typedef struct tk_kernel_set {
  /// As in CRIA_KERNELS; null after the last set.
  const char *_Nullable name;
  /// The bits of tk_cpu_features() that it needs; the caller checks them.
  uint32_t features;
  const tk_kernels *_Nonnull (*_Nonnull kernels)(void);
  const struct tk_codecs *_Nonnull (*_Nonnull codecs)(void);
} tk_kernel_set;

/// The sets that are compiled for this architecture, slowest first.
const tk_kernel_set *tk_kernel_sets(void);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif

#endif
