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

typedef double apus_doubles __attribute__((ext_vector_type(8)));
typedef double apus_loose_doubles __attribute__((ext_vector_type(8), aligned(8)));

/// Eight values from any address of a double. Swift's own function for it is shared by all modules, and the linker would pick
/// one of them for all instruction sets.
static inline __attribute__((always_inline)) apus_doubles apus_load(const double *from) {
  return *(const apus_loose_doubles *)from;
}

// The steps of a transposition of eight vectors: halves of two come side by side, then single places and pairs change sides.

/// The even places of two vectors, in turn.
static inline __attribute__((always_inline)) apus_doubles apus_even_places(apus_doubles a, apus_doubles b) {
  return __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14);
}

/// The odd places of two vectors, in turn.
static inline __attribute__((always_inline)) apus_doubles apus_odd_places(apus_doubles a, apus_doubles b) {
  return __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15);
}

/// The even pairs of two vectors, in turn.
static inline __attribute__((always_inline)) apus_doubles apus_even_pairs(apus_doubles a, apus_doubles b) {
  return __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13);
}

/// The odd pairs of two vectors, in turn.
static inline __attribute__((always_inline)) apus_doubles apus_odd_pairs(apus_doubles a, apus_doubles b) {
  return __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
}

/// Four values from each of two places.
static inline __attribute__((always_inline)) apus_doubles apus_load_halves(const double *a, const double *b) {
  typedef double quad __attribute__((ext_vector_type(4), aligned(8)));
  return __builtin_shufflevector(*(const quad *)a, *(const quad *)b, 0, 1, 2, 3, 4, 5, 6, 7);
}

/// Writes the lanes whose bits are set, side by side and in order; `to` needs room for eight.
static inline __attribute__((always_inline)) void apus_keep_lanes(apus_doubles a, unsigned char bits, double *to) {
#ifdef __AVX512F__
  *(apus_loose_doubles *)to = __builtin_ia32_compressdf512_mask(a, a, bits);
#else
  for (int lane = 0; lane < 8; lane++) {
    *to = a[lane];
    to += bits >> lane & 1;
  }
#endif
}
