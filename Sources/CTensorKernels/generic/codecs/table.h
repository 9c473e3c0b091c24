// The codecs of a set, and their table.
#ifndef TK_GENERIC_CODECS_TABLE_H
#define TK_GENERIC_CODECS_TABLE_H

#include "coarse.h"
#include "decode_32.h"
#include "decode_coarse.h"
#include "decode_k.h"
#include "decode_levels.h"
#include "e2m1.h"
#include "encode_32.h"
#include "float16.h"
#include "lattice_types.h"
#include "points.h"
#include "q2_k.h"
#include "q3_k.h"
#include "q4_k.h"
#include "q6_k.h"
#include "ternary.h"
#include "uneven.h"

/// Types by their numbers in GGUF files.
enum {
  TK_TYPE_F16 = 1,
  TK_TYPE_Q4_0 = 2,
  TK_TYPE_Q4_1 = 3,
  TK_TYPE_Q5_0 = 6,
  TK_TYPE_Q5_1 = 7,
  TK_TYPE_Q8_0 = 8,
  TK_TYPE_Q8_1 = 9,
  TK_TYPE_Q2_K = 10,
  TK_TYPE_Q3_K = 11,
  TK_TYPE_Q4_K = 12,
  TK_TYPE_Q5_K = 13,
  TK_TYPE_Q6_K = 14,
  TK_TYPE_Q8_K = 15,
  TK_TYPE_IQ2_XXS = 16,
  TK_TYPE_IQ2_XS = 17,
  TK_TYPE_IQ3_XXS = 18,
  TK_TYPE_IQ1_S = 19,
  TK_TYPE_IQ4_NL = 20,
  TK_TYPE_IQ3_S = 21,
  TK_TYPE_IQ2_S = 22,
  TK_TYPE_IQ4_XS = 23,
  TK_TYPE_IQ1_M = 29,
  TK_TYPE_BF16 = 30,
  TK_TYPE_TQ1_0 = 34,
  TK_TYPE_TQ2_0 = 35,
  TK_TYPE_MXFP4 = 39,
  TK_TYPE_NVFP4 = 40,
  TK_TYPE_Q1_0 = 41,
  TK_TYPE_Q2_0 = 42,
};

static const tk_codec tk_codec_list[] = {
    {TK_TYPE_F16, tk_encode_f16, tk_decode_f16},
    {TK_TYPE_Q4_0, tk_encode_q4_0, tk_decode_q4_0},
    {TK_TYPE_Q4_1, tk_encode_q4_1, tk_decode_q4_1},
    {TK_TYPE_Q5_0, tk_encode_q5_0, tk_decode_q5_0},
    {TK_TYPE_Q5_1, tk_encode_q5_1, tk_decode_q5_1},
    {TK_TYPE_Q8_0, tk_encode_q8_0, tk_decode_q8_0},
    {TK_TYPE_Q8_1, NULL, tk_decode_q8_1},
    {TK_TYPE_Q2_K, tk_encode_q2_k, tk_decode_q2_k},
    {TK_TYPE_Q3_K, tk_encode_q3_k, tk_decode_q3_k},
    {TK_TYPE_Q4_K, tk_encode_q4_k, tk_decode_q4_k},
    {TK_TYPE_Q5_K, tk_encode_q5_k, tk_decode_q5_k},
    {TK_TYPE_Q6_K, tk_encode_q6_k, tk_decode_q6_k},
    {TK_TYPE_Q8_K, NULL, tk_decode_q8_k},
    {TK_TYPE_IQ2_XXS, tk_encode_iq2_xxs, tk_decode_iq2_xxs},
    {TK_TYPE_IQ2_XS, tk_encode_iq2_xs, tk_decode_iq2_xs},
    {TK_TYPE_IQ3_XXS, tk_encode_iq3_xxs, tk_decode_iq3_xxs},
    {TK_TYPE_IQ1_S, tk_encode_iq1_s, tk_decode_iq1_s},
    {TK_TYPE_IQ4_NL, tk_encode_iq4_nl, tk_decode_iq4_nl},
    {TK_TYPE_IQ3_S, tk_encode_iq3_s, tk_decode_iq3_s},
    {TK_TYPE_IQ2_S, tk_encode_iq2_s, tk_decode_iq2_s},
    {TK_TYPE_IQ4_XS, tk_encode_iq4_xs, tk_decode_iq4_xs},
    {TK_TYPE_IQ1_M, tk_encode_iq1_m, tk_decode_iq1_m},
    {TK_TYPE_BF16, tk_encode_bf16, tk_decode_bf16},
    {TK_TYPE_TQ1_0, tk_encode_tq1_0, tk_decode_tq1_0},
    {TK_TYPE_TQ2_0, tk_encode_tq2_0, tk_decode_tq2_0},
    {TK_TYPE_MXFP4, tk_encode_mxfp4, tk_decode_mxfp4},
    {TK_TYPE_NVFP4, tk_encode_nvfp4, tk_decode_nvfp4},
    {TK_TYPE_Q1_0, tk_encode_q1_0, tk_decode_q1_0},
    {TK_TYPE_Q2_0, tk_encode_q2_0, tk_decode_q2_0},
};

static const tk_codecs tk_codec_table = {
    tk_codec_list,
    sizeof(tk_codec_list) / sizeof(tk_codec_list[0]),
};

#endif
