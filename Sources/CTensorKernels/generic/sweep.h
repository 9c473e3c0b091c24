// Products with several tokens: the order in which panels, runs of 256 k and tokens are visited.
//
// Rows of tokens are thousands of bytes apart, often a power of two, so that few of them fit the
// first-level cache. A slab holds some runs of some tokens side by side, arranged by the caller or for
// the call; each run of a panel is unpacked once and multiplied with all tokens of the slab. Sums stay
// in a small array until a panel is done, for the rows of a result are as far apart.
#ifndef TK_GENERIC_SWEEP_H
#define TK_GENERIC_SWEEP_H

#include "codes.h"

/// Elements of a run.
#define TK_RUN 256
/// Tokens of a slab, and tokens times runs.
#define TK_SLAB_TOKENS TK_ARRANGED_TOKENS
/// Panels whose sums are kept.
#define TK_SLAB_PANELS 16

/// A run of a token: codes (with 128 added where kernels want that), and the scales and sums of the
/// codes as kernels read them.
typedef struct {
  int8_t codes[TK_RUN];
  float scales[TK_RUN / 32];
  union {
    int16_t sums[TK_RUN / 16];  // pairs for tk_dot_pairs
    float totals[TK_RUN / 32];
  };
} tk_slab_row;

/// What a sweep visits.
typedef struct {
  const uint8_t *panels;
  size_t panel_count, panel_bytes, tokens;
  const tk_activations *x;
  float *out;
  size_t out_stride;
} tk_sweep;

/// Fills the row at `row` with run `run` of token `token` of `tokens`. Those of a slab follow one
/// another, and other threads may be filling them.
typedef void (*tk_fill_fn)(const tk_activations *x, size_t token, size_t tokens, size_t run,
                           void *row);

/// Panels that are unpacked together.
typedef struct {
  const uint8_t *first;
  size_t bytes;  // of each
  int count;     // up to TK_TILE_PANELS
} tk_panels;

/// Floats from the sums of a panel to those of the next.
#define TK_SUMS_STRIDE (16 * TK_SLAB_TOKENS)

/// Adds the products of run `run` of some panels with `tokens` rows to sums [panels][TK_SUMS_STRIDE],
/// of which those of a panel begin with [tokens][16].
typedef void (*tk_run_fn)(const tk_panels panels, size_t run, size_t k, const void *rows,
                          size_t tokens, float *sums);

TK_INLINE size_t tk_runs(size_t k) { return (k + TK_RUN - 1) / TK_RUN; }

/// Arranges a token (tk_arrange_fn).
TK_INLINE void tk_arrange(const tk_activations *x, size_t token, size_t tokens,
                          const size_t row_bytes, const tk_fill_fn fill, void *arranged) {
  const size_t runs = tk_runs(x->k), first = token - token % TK_SLAB_TOKENS;
  const size_t some = tokens - first < TK_SLAB_TOKENS ? tokens - first : TK_SLAB_TOKENS;
  uint8_t *row = (uint8_t *)arranged + (first * runs + token - first) * row_bytes;
  for (size_t run = 0; run < runs; run++)
    fill(x, token, tokens, run, row + run * some * row_bytes);
}

/// Visits everything; `fill` and `multiply` are inlined. A row takes `row_bytes`, at most 1 KiB, a run
/// of a panel `run_bytes`. Takes up to 300 KiB of the stack.
TK_INLINE void tk_visit(const tk_sweep sweep, const size_t row_bytes, const size_t run_bytes,
                        const tk_fill_fn fill, const tk_run_fn multiply) {
  uint8_t slab[TK_SLAB_TOKENS * row_bytes] __attribute__((aligned(64)));
  float sums[TK_SLAB_PANELS][TK_SUMS_STRIDE] __attribute__((aligned(64)));
  const size_t all = tk_runs(sweep.x->k);
  const uint8_t *const arranged = sweep.x->arranged;
  size_t some, panels, runs;
  for (size_t token = 0; token < sweep.tokens; token += some) {
    some = sweep.tokens - token < TK_SLAB_TOKENS ? sweep.tokens - token : TK_SLAB_TOKENS;
    for (size_t panel = 0; panel < sweep.panel_count; panel += panels) {
      panels = sweep.panel_count - panel < TK_SLAB_PANELS ? sweep.panel_count - panel
                                                          : TK_SLAB_PANELS;
      const uint8_t *first = sweep.panels + panel * sweep.panel_bytes;
      for (size_t p = 0; p < panels; p++)
        __builtin_memset(sums[p], 0, some * 16 * sizeof(float));
      for (size_t run = 0; run < all; run += runs) {
        runs = TK_SLAB_TOKENS / some;
        if (all - run < runs) runs = all - run;
        const uint8_t *rows = slab;
        if (arranged) {
          rows = arranged + (token * all + run * some) * row_bytes;
        } else {
          for (size_t t = 0; t < some; t++)
            for (size_t r = 0; r < runs; r++)
              fill(sweep.x, token + t, sweep.tokens, run + r, slab + (r * some + t) * row_bytes);
        }
        for (size_t p = 0; p < panels; p += TK_TILE_PANELS) {
          const size_t left = panels - p;
          const tk_panels some_panels = {first + p * sweep.panel_bytes, sweep.panel_bytes,
                                         left < TK_TILE_PANELS ? (int)left : TK_TILE_PANELS};
          for (size_t r = 0; r < runs; r++) {
            // What comes next: the panels' next run or, after the last one, the next panels'.
            const uint8_t *next = some_panels.first + (run + r + 1) * run_bytes;
            if (r + 1 == runs) next += TK_TILE_PANELS * sweep.panel_bytes - runs * run_bytes;
            for (int j = 0; j < TK_TILE_PANELS; j++, next += sweep.panel_bytes)
              for (size_t i = 0; i < run_bytes; i += 64) __builtin_prefetch(next + i);
            multiply(some_panels, run + r, sweep.x->k, rows + r * some * row_bytes, some, sums[p]);
          }
        }
      }
      for (size_t t = 0; t < some; t++)
        for (size_t p = 0; p < panels; p++)
          TK_STORE(sweep.out + (token + t) * sweep.out_stride + 16 * (panel + p),
                   TK_LOAD(tk_f32, sums[p] + 16 * t));
    }
  }
}

/// Adds the products of a block of a panel, whose first element is number `k`, with the same part
/// of `tokens` tokens to acc[tokens].
typedef void (*tk_block_fn)(const uint8_t *block, size_t k, const tk_activations *x, tk_f32 *acc,
                            int tokens);

/// The activations from a token on.
TK_INLINE tk_activations tk_from_token(const tk_activations *x, size_t token,
                                       const size_t block_k) {
  const size_t k = token * x->k;
  tk_activations from = *x;
  from.codes += k;
  from.scales += k / (block_k == 256 ? 256 : 32);
  from.sums += k / 16;
  return from;
}

/// A panel with `tokens` tokens from `first` on.
TK_INLINE void tk_visit_panel(const tk_sweep sweep, size_t panel, const size_t block_bytes,
                              const size_t block_k, const tk_block_fn multiply, size_t first,
                              const int tokens) {
  const uint8_t *block = sweep.panels + panel * sweep.panel_bytes;
  const tk_activations x = tk_from_token(sweep.x, first, block_k);
  tk_f32 acc[TK_FEW_TOKENS];
  TK_UNROLL for (int t = 0; t < tokens; t++) acc[t] = tk_splat(0);
  for (size_t k = 0; k < sweep.x->k; k += block_k, block += block_bytes)
    multiply(block, k, &x, acc, tokens);
  TK_UNROLL for (int t = 0; t < tokens; t++)
    TK_STORE(sweep.out + (first + (size_t)t) * sweep.out_stride + 16 * panel, acc[t]);
}

/// Visits everything for at most TK_MOST_FEW tokens; `multiply` is inlined.
TK_INLINE void tk_visit_few(const tk_sweep sweep, const size_t block_bytes, const size_t block_k,
                            const tk_block_fn multiply) {
  for (size_t p = 0; p < sweep.panel_count; p++) {
#define TK_TILE(token, n) \
  tk_visit_panel(sweep, p, block_bytes, block_k, multiply, token, n)
    TK_FOR_TILES(sweep.tokens, TK_FEW_TOKENS, TK_TILE);
#undef TK_TILE
  }
}

/// Defines how a type's kernel wants tokens from its tk_fill_ function.
#define TK_ARRANGEMENT(name, row_bytes)                                                        \
  static void tk_arrange_##name(const tk_activations *x, size_t token, size_t tokens,          \
                                void *arranged) {                                              \
    tk_arrange(x, token, tokens, row_bytes, tk_fill_##name, arranged);                         \
  }                                                                                            \
  enum { tk_row_bytes_##name = row_bytes };

/// Defines the kernel of a type from its tk_fill_, tk_run_ and tk_few_ functions: the type of rows,
/// the bytes of a panel of x->k elements, of a run and of a block, and the block's elements.
#define TK_MATMUL_CODES(name, row, panel_bytes, run_bytes, block_bytes, block_k)               \
  static void tk_matmul_##name(const void *panels, size_t panel_count, const tk_activations *x,\
                               size_t tokens, float *out, size_t out_stride) {                 \
    const tk_sweep sweep = {panels, panel_count, panel_bytes, tokens, x, out, out_stride};     \
    if (tokens <= TK_MOST_FEW) tk_visit_few(sweep, block_bytes, block_k, tk_few_##name);       \
    else tk_visit(sweep, sizeof(row), run_bytes, tk_fill_##name, tk_run_##name);               \
  }                                                                                            \
  TK_ARRANGEMENT(name, sizeof(row))

/// Whether tokens have 128 added for this type: where levels have both signs.
TK_INLINE bool tk_is_biased(const tk_coding coding) { return TK_BIASED_TOKENS && coding.zero; }

/// The dot products that one part takes of those that a scale is for.
TK_INLINE int tk_dots_of_run(const tk_coding coding, const int groups) {
  const int dots = tk_is_biased(coding) ? tk_biased_dots(coding.zero) : tk_dots(coding.width);
  return dots < groups ? dots : groups;
}

/// Copies the codes of a run.
TK_INLINE void tk_fill_codes(const tk_activations *x, size_t token, size_t tokens, size_t run,
                             const bool signed_levels, tk_slab_row *row);

/// Keeps group `g` of an unpacked unit; `levels` has it and those before it in its half of the unit.
TK_INLINE void tk_keep_levels(uint8_t *codes, const int g, const tk_u8 *levels);

#ifndef TK_OWN_TILES
TK_INLINE void tk_fill_codes(const tk_activations *x, size_t token, size_t tokens, size_t run,
                             const bool signed_levels, tk_slab_row *row) {
  (void)tokens;
  const bool biased = TK_BIASED_TOKENS && signed_levels;
  const int8_t *codes = x->codes + token * x->k + TK_RUN * run;
  const size_t left = x->k - TK_RUN * run, count = left < TK_RUN ? left : TK_RUN;
  typedef uint8_t u8x32 __attribute__((vector_size(32)));
  for (size_t i = 0; i < count; i += 32) {
    const u8x32 some = TK_LOAD(u8x32, codes + i);
    TK_STORE(row->codes + i, biased ? some ^ 128 : some);
  }
}

TK_INLINE void tk_keep_levels(uint8_t *codes, const int g, const tk_u8 *levels) {
  TK_STORE(codes + 64 * g, levels[g]);
}
#endif

/// The products of levels with 128 alone, of groups 0-3 and 4-7 of a unit, in one part or in four.
typedef struct {
  tk_part parts[2][4];
} tk_excess;

/// How many parts: the sum of four levels of magnitude 32 fits a byte.
TK_INLINE int tk_excess_parts(const tk_coding coding) { return coding.zero <= 32 ? 1 : 4; }

/// Unpacks a unit to eight groups of levels, [16 rows][4] or as the set keeps them. `excess` is set
/// where tokens have 128 added.
TK_INLINE void tk_unpack_unit(const uint8_t *unit, const tk_coding coding, tk_u8 table,
                              uint8_t *codes, tk_excess *excess) {
  static const uint8_t bias[4] = {128, 128, 128, 128};
  const bool biased = tk_is_biased(coding);
  tk_u8 levels[8], total[2] = {{0}, {0}};
  TK_UNROLL for (int g = 0; g < 4; g++) {
    tk_load_levels(unit, g, coding, table, 0, &levels[g], &levels[g + 4]);
    TK_UNROLL for (int i = 0; i < 2; i++) {
      tk_keep_levels(codes, g + 4 * i, levels);
      if (!biased) continue;
      if (tk_excess_parts(coding) == 4) {
        excess->parts[i][g] = tk_dot4_biased(tk_part_zero(), levels[g + 4 * i], bias);
      } else {
        total[i] += levels[g + 4 * i];
        if (g == 3) excess->parts[i][0] = tk_dot4_biased(tk_part_zero(), total[i], bias);
      }
    }
  }
}

/// Sets `parts` to the sums of `dots` groups of some panels, unpacked, times each row of tokens.
TK_INLINE void tk_dot_rows(tk_part parts[][TK_MAX_TILE], const uint8_t *const *codes,
                           const int dots, const tk_slab_row *rows, int column,
                           const bool signed_levels, const int panels, const int tokens) {
  const bool biased = TK_BIASED_TOKENS && signed_levels;
  TK_UNROLL for (int g = 0; g < dots; g++) {
    tk_u8 w[2];
    TK_UNROLL for (int p = 0; p < panels; p++) w[p] = TK_LOAD(tk_u8, codes[p] + 64 * g);
    TK_UNROLL for (int t = 0; t < tokens; t++) {
      const int8_t *a = rows[t].codes + column + 4 * g;
      TK_UNROLL for (int p = 0; p < panels; p++) {
        const tk_part part = g == 0 ? tk_part_zero() : parts[p][t];
        parts[p][t] =
            biased ? tk_dot4_biased(part, w[p], (const uint8_t *)a) : tk_dot4(part, w[p], a);
      }
    }
  }
}

#endif
