#pragma once
#include "LaneBits.h"

// Swift has no word for a load by eight indexes.

typedef double apus_doubles __attribute__((ext_vector_type(8)));

/// Elements of a table at eight places.
static inline __attribute__((always_inline)) apus_doubles apus_gather(const double *table, apus_lanes places) {
#if defined(__AVX512F__)
  return __builtin_ia32_gatherdiv8df((apus_doubles){0}, table, places, (unsigned char)-1, 8);
#else
  return (apus_doubles){table[places[0]], table[places[1]], table[places[2]], table[places[3]],
                        table[places[4]], table[places[5]], table[places[6]], table[places[7]]};
#endif
}
