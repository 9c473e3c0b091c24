// The weight types: for each of TK_WEIGHT_TYPES (in CTensorKernels.h) its kernel, in a line.
#ifndef TK_GENERIC_WEIGHTS_H
#define TK_GENERIC_WEIGHTS_H

#include "blocks_256.h"
#include "blocks_32.h"
#include "matmul_bf16.h"
#include "matmul_float.h"

// Types whose codes have a range of 8 bits; a set may have a way of its own for these.
#ifndef TK_BYTES_32
#define TK_BYTES_32 TK_BLOCKS_32
#define TK_BYTES_256 TK_BLOCKS_256
#endif

static const int8_t tk_levels_iq4[16] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                         1,    13,   25,  38,  53,  69,  89,  113};
static const int8_t tk_levels_e2m1[16] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};
static const int8_t tk_levels_sign[16] = {-1, 1};
// The types below are packed as numbers of levels: of magnitudes with signs, in rising order.
static const int8_t tk_levels_iq3_xxs[16] = {-62, -52, -44, -36, -28, -20, -12, -4,
                                             4,   12,  20,  28,  36,  44,  52,  62};
static const int8_t tk_levels_iq3_s[16] = {-15, -13, -11, -9, -7, -5, -3, -1,
                                           1,   3,   5,   7,  9,  11, 13, 15};
static const int8_t tk_levels_iq2[16] = {-43, -25, -8, 8, 25, 43};
static const int8_t tk_levels_iq1[16] = {-9, -7, -1, 1, 7, 9};

// One float scale for 32 or 16 k. Codes: bits, width of the range, zero point, levels.

TK_BYTES_32(q8_0, {8, 8, 128, NULL}, TK_SCALE_HALF, 1)
TK_BLOCKS_32(q4_0, {4, 4, 8, NULL}, TK_SCALE_HALF, 1)
TK_BLOCKS_32(q4_1, {4, 4, 0, NULL}, TK_SCALE_HALF_MINIMUM, 1)
TK_BLOCKS_32(q5_0, {5, 5, 16, NULL}, TK_SCALE_HALF, 1)
TK_BLOCKS_32(q5_1, {5, 5, 0, NULL}, TK_SCALE_HALF_MINIMUM, 1)
TK_BYTES_32(iq4_nl, {4, 8, 128, tk_levels_iq4}, TK_SCALE_HALF, 1)
TK_BLOCKS_32(mxfp4, {4, 5, 12, tk_levels_e2m1}, TK_SCALE_POWER, 1)
TK_BLOCKS_32(nvfp4, {4, 5, 12, tk_levels_e2m1}, TK_SCALE_E4M3_PAIR, 1)
TK_BLOCKS_32(q1_0, {1, 2, 1, tk_levels_sign}, TK_SCALE_HALF, 4)
TK_BLOCKS_32(q2_0, {2, 2, 1, NULL}, TK_SCALE_HALF, 2)

// Blocks of 256. Codes; scales, sub-blocks, whether there are minima, factor.

TK_BLOCKS_256(q2_k, {2, 2, 0, NULL}, TK_SCALES_NIBBLES, 16, true, 1)
TK_BLOCKS_256(q3_k, {3, 3, 4, NULL}, TK_SCALES_CENTRED, 16, false, 1)
TK_BLOCKS_256(q4_k, {4, 4, 0, NULL}, TK_SCALES_SIX_BITS, 8, true, 1)
TK_BLOCKS_256(q5_k, {5, 5, 0, NULL}, TK_SCALES_SIX_BITS, 8, true, 1)
TK_BLOCKS_256(q6_k, {6, 6, 32, NULL}, TK_SCALES_BYTES, 16, false, 1)
TK_BYTES_256(iq4_xs, {4, 8, 128, tk_levels_iq4}, TK_SCALES_CENTRED, 8, false, 1)
TK_BLOCKS_256(iq3_s, {4, 5, 15, tk_levels_iq3_s}, TK_SCALES_CENTRED, 8, false, 1)
TK_BLOCKS_256(iq3_xxs, {4, 7, 62, tk_levels_iq3_xxs}, TK_SCALES_CENTRED, 8, false, 0.25f)
TK_BLOCKS_256(iq2, {3, 7, 43, tk_levels_iq2}, TK_SCALES_CENTRED, 16, false, 0.125f)
TK_BLOCKS_256(iq1, {3, 5, 9, tk_levels_iq1}, TK_SCALES_CENTRED, 16, false, 0.125f)
TK_BLOCKS_256(ternary, {2, 2, 1, NULL}, TK_SCALES_ONE, 8, false, 1)

#endif
