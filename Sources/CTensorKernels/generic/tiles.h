// Cutting a call's tokens into tiles of a constant size.
#ifndef TK_GENERIC_TILES_H
#define TK_GENERIC_TILES_H

#include "vectors.h"

/// Runs `tile(first, count)` for all tokens, at most `limit` (a constant, up to 8) at a time; count
/// is a constant in each call. The last two tiles are about equal, for small ones leave the units that
/// multiply idle.
#define TK_FOR_TILES(tokens, limit, tile)                                          \
  do {                                                                             \
    size_t first_ = 0, left_ = (tokens), some_;                                    \
    for (; left_; first_ += some_, left_ -= some_) {                               \
      some_ = left_ >= 2 * (limit) ? (limit) : left_ > (limit) ? (left_ + 1) / 2 : left_; \
      switch (some_) {                                                             \
        case 8: if ((limit) >= 8) tile(first_, 8); break;                          \
        case 7: if ((limit) >= 7) tile(first_, 7); break;                          \
        case 6: if ((limit) >= 6) tile(first_, 6); break;                          \
        case 5: if ((limit) >= 5) tile(first_, 5); break;                          \
        case 4: if ((limit) >= 4) tile(first_, 4); break;                          \
        case 3: if ((limit) >= 3) tile(first_, 3); break;                          \
        case 2: if ((limit) >= 2) tile(first_, 2); break;                          \
        case 1: tile(first_, 1); break;                                            \
        default: __builtin_unreachable();                                          \
      }                                                                            \
    }                                                                              \
  } while (0)

/// Most tokens of a tile of one panel, and of two, for arrays.
#define TK_MAX_TILE 8
#define TK_PAIR_TILE 6

/// Panels that share a tile of tokens: two where registers hold the sums of both, for a number of a
/// token is then loaded once for two products.
#ifndef TK_TILE_PANELS
#define TK_TILE_PANELS 1
#endif

#endif
