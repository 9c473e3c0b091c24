// The codecs of a set, and their table.
#ifndef TK_GENERIC_CODECS_TABLE_H
#define TK_GENERIC_CODECS_TABLE_H

#include "coarse.h"
#include "e2m1.h"
#include "float16.h"
#include "lattice_types.h"
#include "ternary.h"
#include "uneven.h"

/// Types by their numbers in GGUF files.
enum {
  TK_TYPE_F16 = 1,
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
    {TK_TYPE_F16, NULL, tk_decode_f16},
    {TK_TYPE_IQ2_XXS, tk_encode_iq2_xxs, NULL},
    {TK_TYPE_IQ2_XS, tk_encode_iq2_xs, NULL},
    {TK_TYPE_IQ3_XXS, tk_encode_iq3_xxs, NULL},
    {TK_TYPE_IQ1_S, tk_encode_iq1_s, NULL},
    {TK_TYPE_IQ4_NL, tk_encode_iq4_nl, NULL},
    {TK_TYPE_IQ3_S, tk_encode_iq3_s, NULL},
    {TK_TYPE_IQ2_S, tk_encode_iq2_s, NULL},
    {TK_TYPE_IQ4_XS, tk_encode_iq4_xs, NULL},
    {TK_TYPE_IQ1_M, tk_encode_iq1_m, NULL},
    {TK_TYPE_BF16, NULL, tk_decode_bf16},
    {TK_TYPE_TQ1_0, tk_encode_tq1_0, NULL},
    {TK_TYPE_TQ2_0, tk_encode_tq2_0, NULL},
    {TK_TYPE_MXFP4, tk_encode_mxfp4, NULL},
    {TK_TYPE_NVFP4, tk_encode_nvfp4, NULL},
    {TK_TYPE_Q1_0, tk_encode_q1_0, NULL},
    {TK_TYPE_Q2_0, tk_encode_q2_0, NULL},
};

static const tk_codecs tk_codec_table = {
    tk_codec_list,
    sizeof(tk_codec_list) / sizeof(tk_codec_list[0]),
};

#endif
