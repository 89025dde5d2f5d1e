#pragma once

// Eight conditions as a vector mask and as the bits of a byte, and shuffles of bytes. Swift has no word for these, and a
// loop over the lanes costs more than the comparison that made them.

typedef long long apus_lanes __attribute__((ext_vector_type(8)));
typedef _Bool apus_conditions __attribute__((ext_vector_type(8)));

/// Bit `l` is set where lane `l` of a mask is; lanes are 0 or -1.
static inline __attribute__((always_inline)) unsigned char apus_bits(apus_lanes mask) {
  return __builtin_bit_cast(unsigned char, __builtin_convertvector(mask, apus_conditions));
}

/// Lane `l` is -1 where bit `l` is set, else 0.
static inline __attribute__((always_inline)) apus_lanes apus_mask(unsigned char bits) {
  return -__builtin_convertvector(__builtin_bit_cast(apus_conditions, bits), apus_lanes);
}

typedef unsigned char apus_bytes __attribute__((ext_vector_type(16)));

/// The first eight bytes of two vectors, in turn.
static inline __attribute__((always_inline)) apus_bytes apus_zip_low(apus_bytes a, apus_bytes b) {
  return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

/// The last eight bytes of two vectors, in turn.
static inline __attribute__((always_inline)) apus_bytes apus_zip_high(apus_bytes a, apus_bytes b) {
  return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}
