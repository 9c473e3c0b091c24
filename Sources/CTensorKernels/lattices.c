// The codebooks, which the library fills in.

#include "CTensorCodecs.h"

tk_lattice tk_lattices[TK_LATTICE_COUNT];

void tk_set_lattice(uint32_t codebook, tk_lattice lattice) {
  if (codebook < TK_LATTICE_COUNT) tk_lattices[codebook] = lattice;
}

const float *tk_iq4_levels;

void tk_set_iq4_levels(const float *levels) { tk_iq4_levels = levels; }
