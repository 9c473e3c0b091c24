// Cutting a call's tokens into tiles of a constant size.
#ifndef TK_GENERIC_TILES_H
#define TK_GENERIC_TILES_H

#include "vectors.h"

/// Runs `tile(first, count)` for all tokens, at most `limit` (a constant, up to 8) at a time; count
/// is a constant in each call.
#define TK_FOR_TILES(tokens, limit, tile)                                    \
  do {                                                                       \
    size_t first_ = 0;                                                       \
    for (; first_ + (limit) <= (tokens); first_ += (limit)) tile(first_, limit); \
    switch ((tokens) - first_) {                                             \
      case 7: if ((limit) > 7) tile(first_, 7); break;                       \
      case 6: if ((limit) > 6) tile(first_, 6); break;                       \
      case 5: if ((limit) > 5) tile(first_, 5); break;                       \
      case 4: if ((limit) > 4) tile(first_, 4); break;                       \
      case 3: if ((limit) > 3) tile(first_, 3); break;                       \
      case 2: if ((limit) > 2) tile(first_, 2); break;                       \
      case 1: tile(first_, 1); break;                                        \
      default: break;                                                        \
    }                                                                        \
  } while (0)

/// Most tokens of a tile, for arrays.
#define TK_MAX_TILE 8

#endif
