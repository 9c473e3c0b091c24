// The codebooks of points, which the library fills in.

#include "CTensorCodecs.h"

const int8_t *tk_points[TK_POINTS_COUNT];

void tk_set_points(uint32_t codebook, const int8_t *points) {
  if (codebook < TK_POINTS_COUNT) tk_points[codebook] = points;
}

tk_lattice tk_lattices[TK_POINTS_COUNT];

void tk_set_lattice(uint32_t codebook, tk_lattice lattice) {
  if (codebook < TK_POINTS_COUNT) tk_lattices[codebook] = lattice;
}
