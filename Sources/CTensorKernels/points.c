// The codebooks of points, which the library fills in.

#include "CTensorCodecs.h"

const int8_t *tk_points[TK_POINTS_COUNT];

void tk_set_points(uint32_t codebook, const int8_t *points) {
  if (codebook < TK_POINTS_COUNT) tk_points[codebook] = points;
}
