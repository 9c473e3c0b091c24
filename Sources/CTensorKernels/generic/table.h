// The kernels of a set, after its dot.h, and their table.
#ifndef TK_GENERIC_TABLE_H
#define TK_GENERIC_TABLE_H

#include "attention.h"
#include "matmul_32.h"
#include "matmul_float.h"
#include "matmul_q4_k.h"
#include "matmul_q6_k.h"
#include "quantize.h"
#include "rows.h"

#ifndef TK_MATMUL_Q8_0
#define TK_MATMUL_Q8_0 tk_matmul_q8_0
#endif

static const tk_kernels tk_table = {
    .matmul = {tk_matmul_f32, tk_matmul_f16, tk_matmul_bf16, TK_MATMUL_Q8_0, tk_matmul_q4_0,
               tk_matmul_q4_k, tk_matmul_q6_k},
    .quantize32 = tk_quantize32,
    .quantize256 = tk_quantize256,
    .rms_norm = tk_rms_norm,
    .silu_multiply = tk_silu_multiply,
    .add = tk_add,
    .multiply = tk_multiply,
    .rope_pairs = tk_rope_pairs,
    .rope_halves = tk_rope_halves,
    .scores = {tk_scores_f32, tk_scores_f16, tk_scores_bf16},
    .softmax = tk_softmax,
    .mix = {tk_mix_f32, tk_mix_f16, tk_mix_bf16},
    .store = {tk_store_f32, tk_store_f16, tk_store_bf16},
};

#endif
