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

// Swift does these lane by lane, and takes apart all the vectors that they are made of.

typedef unsigned long long apus_words __attribute__((ext_vector_type(8)));

/// Square roots, correctly rounded.
static inline __attribute__((always_inline)) apus_doubles apus_square_roots(apus_doubles x) {
  return __builtin_elementwise_sqrt(x);
}

/// -x where bit 0 is set.
static inline __attribute__((always_inline)) apus_doubles apus_negated(apus_doubles x, apus_words bits) {
  return (apus_doubles)((apus_words)x ^ bits << 63);
}

/// y where bit 1 is set, else x.
static inline __attribute__((always_inline)) apus_doubles apus_chosen(
    apus_doubles x, apus_doubles y, apus_words bits) {
  apus_words mask = (apus_words)((apus_lanes)(bits << 62) >> 63);
  return (apus_doubles)(((apus_words)x & ~mask) | ((apus_words)y & mask));
}
