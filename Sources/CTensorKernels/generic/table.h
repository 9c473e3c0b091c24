// The kernels of a set, after its dot.h, and their table.
#ifndef TK_GENERIC_TABLE_H
#define TK_GENERIC_TABLE_H

#include "attention.h"
#include "functions.h"
#include "interleave.h"
#include "quantize.h"
#include "rows.h"
#include "store.h"
#include "weights.h"

static const tk_matmul_fn tk_matmuls[] = {
#define TK_ENTRY(NAME, name) [TK_##NAME] = tk_matmul_##name,
    TK_WEIGHT_TYPES(TK_ENTRY)
#undef TK_ENTRY
};

static const tk_arrangement tk_arrangements[] = {
#define TK_ENTRY(NAME, name) [TK_##NAME] = {tk_row_bytes_##name, tk_arrange_##name},
    TK_WEIGHT_TYPES(TK_ENTRY)
#undef TK_ENTRY
};

static const tk_function_fn tk_functions[] = {
#define TK_ENTRY(NAME, name) [TK_##NAME] = tk_apply_##name,
    TK_FUNCTIONS(TK_ENTRY)
#undef TK_ENTRY
};

static const tk_kernels tk_table = {
    .matmul = tk_matmuls,
    .arrangements = tk_arrangements,
    .interleave = tk_interleave,
    .quantize32 = tk_quantize32,
    .quantize256 = tk_quantize256,
    .rms_norm = tk_rms_norm,
    .functions = tk_functions,
    .add = tk_add,
    .multiply = tk_multiply,
    .add_scaled = tk_add_scaled,
    .rope_pairs = tk_rope_pairs,
    .rope_halves = tk_rope_halves,
    .scores = {tk_scores_f32, tk_scores_f16, tk_scores_bf16, tk_scores_q8_0, tk_scores_q4_0},
    .soften = tk_soften,
    .mix = {tk_mix_f32, tk_mix_f16, tk_mix_bf16, tk_mix_q8_0, tk_mix_q4_0},
    .merge = tk_merge,
    .store = {tk_store_f32, tk_store_f16, tk_store_bf16},
};

#endif
