// Encoding and decoding of tensor types, one table of codecs per instruction set.
//
// Nothing here allocates, blocks or fails. Any bytes decode to something, and any values encode to
// something. Each codec gives the bits of the type's plain Swift format in QuantCore/Formats, which
// draws the block and says how its numbers are chosen; values and blocks may lie at any address.
#ifndef C_TENSOR_CODECS_H
#define C_TENSOR_CODECS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

/// Encodes `blocks` whole blocks. `importance`, where there is one, holds a weight for each value of
/// a row of `row_blocks` blocks; the first block starts a row.
typedef void (*tk_encode_fn)(const float *values, size_t blocks, const float *_Nullable importance,
                             size_t row_blocks, uint8_t *out);

/// Decodes `blocks` whole blocks. `streaming` asks for stores past the caches: the values are more
/// than these hold.
typedef void (*tk_decode_fn)(const uint8_t *in, size_t blocks, int streaming, float *values);

/// How one type is stored; a null function leaves its work to plain Swift.
typedef struct tk_codec {
  /// The type's number in GGUF files.
  uint32_t type;
  tk_encode_fn _Nullable encode;
  tk_decode_fn _Nullable decode;
} tk_codec;

typedef struct tk_codecs {
  const tk_codec *codecs;
  size_t count;
} tk_codecs;

/// The codebooks of points, by their numbers.
enum {
  TK_POINTS_IQ1,
  TK_POINTS_IQ2_XXS,
  TK_POINTS_IQ2_XS,
  TK_POINTS_IQ2_S,
  TK_POINTS_IQ3_XXS,
  TK_POINTS_IQ3_S,
  /// One point: the sixteen levels of IQ4_NL and IQ4_XS.
  TK_POINTS_IQ4,
  TK_POINTS_COUNT
};

/// The values of the points, point after point. A codec of theirs must not be called before its
/// entry is set.
extern const int8_t *_Nullable tk_points[TK_POINTS_COUNT];

/// Sets the entry of a codebook, once; the values are used from then on.
void tk_set_points(uint32_t codebook, const int8_t *points);

/// How many points are listed as near to a cell.
enum { TK_NEAR = 24 };

/// What the encoders need of a codebook; see `LatticeTables` in QuantCore, which makes it.
typedef struct tk_lattice {
  /// The levels of a value, rising.
  const float *levels;
  /// For each cell, the points nearest to it, nearest first: the number of a point's lower half,
  /// and that of the upper one in bits 15..8.
  const uint16_t *near;
  /// The number of the point with the halves a and b, at a + b * (how many halves there are).
  const uint16_t *numbers;
} tk_lattice;

/// The tables of the codebooks but that of IQ4. An encoder must not be called before its entry is
/// set.
extern tk_lattice tk_lattices[TK_POINTS_COUNT];

/// Sets the entry of a codebook, once; the arrays are used from then on.
void tk_set_lattice(uint32_t codebook, tk_lattice lattice);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif

#endif
