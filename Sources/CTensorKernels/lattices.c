// The codebooks, which the library fills in.

#include "CTensorCodecs.h"

tk_lattice tk_lattices[TK_LATTICE_COUNT];

void tk_set_lattice(uint32_t codebook, tk_lattice lattice) {
  if (codebook < TK_LATTICE_COUNT) tk_lattices[codebook] = lattice;
}
