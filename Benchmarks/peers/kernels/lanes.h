// What the hand-written sweeps share: eight combinations a vector, several vectors in flight, blocks of bars. Signals
// come as bytes, a bit for each of eight lanes, since combinations share most of them; so the loop over bars compares
// nothing that another vector compares too. It needs AVX-512 and 64-byte aligned memory; no fast-math.
#pragma once
#include <immintrin.h>
#include <math.h>
#include <omp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "peers.h"

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 8")

/// Bars in a block, and lanes in a vector.
enum { block_bars = 256, width = 8 };

/// Signals of eight lanes, or of all lanes alike, by bar; place 0 holds the last bar of the block before.
typedef struct {
  uint8_t bar[block_bars + 8];
} signal_bytes;

/// Memory that nothing was written to yet.
INLINE void *unwritten(size_t bytes) {
  void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64 + 64);
  if (!memory) abort();
  return memory;
}

/// Memory of zeros.
INLINE void *aligned(size_t bytes) { return memset(unwritten(bytes), 0, bytes); }

INLINE double lesser(double a, double b) { return a < b ? a : b; }
INLINE double greater(double a, double b) { return a > b ? a : b; }

/// Moves the last bar of a block before the first of the next.
INLINE void carry(signal_bytes *signals, int count, int bars) {
  for (int i = 0; i < count; i++) signals[i].bar[0] = signals[i].bar[bars];
}

/// Turns eight rows of bits over bars into a byte a bar.
INLINE void lanes_of_bits(const uint8_t rows[width][block_bars / 8], int bars, signal_bytes *out) {
  for (int i = 0; i * 8 < bars; i++) {
    uint64_t x = 0, t;
    for (int l = 0; l < width; l++) x |= (uint64_t)rows[l][i] << (8 * l);
    t = (x ^ (x >> 7)) & 0x00AA00AA00AA00AAull, x ^= t ^ (t << 7);
    t = (x ^ (x >> 14)) & 0x0000CCCC0000CCCCull, x ^= t ^ (t << 14);
    t = (x ^ (x >> 28)) & 0x00000000F0F0F0F0ull, x ^= t ^ (t << 28);
    memcpy(out->bar + 1 + i * 8, &x, 8);
  }
}

/// Turns a row of bits over bars into a byte a bar, all lanes alike.
INLINE void bytes_of_bits(const uint8_t row[block_bars / 8], int bars, signal_bytes *out) {
  for (int i = 0; i * 8 < bars; i++) {
    __m128i bytes = _mm_movm_epi8(row[i]);
    _mm_storel_epi64((void *)(out->bar + 1 + i * 8), bytes);
  }
}

/// Bits of the eight bars from `first + i` that are not before `from`.
INLINE __mmask8 bars_from(int first, int i, int from) {
  int late = from - first - i;
  return late <= 0 ? 0xFF : late >= 8 ? 0 : (__mmask8)(0xFF << late);
}

/// The part of `count` things that a thread takes.
INLINE void share(int count, int *from, int *to) {
  int k = omp_get_thread_num(), n = omp_get_num_threads();
  *from = (int)((long)count * k / n);
  *to = (int)((long)count * (k + 1) / n);
}

/// A path of equity, folded as it grows.
typedef struct {
  __m512d value, sum, squares, depth, worst;
  __m512i entries;
} path;

INLINE path new_path(void) {
  __m512d one = _mm512_set1_pd(1), zero = _mm512_setzero_pd();
  return (path){one, zero, zero, one, one, _mm512_setzero_si512()};
}

INLINE void follow(path *p, __m512d factor, __mmask8 entry) {
  __m512d one = _mm512_set1_pd(1), gain = _mm512_sub_pd(factor, one);
  p->entries = _mm512_mask_add_epi64(p->entries, entry, p->entries, _mm512_set1_epi64(1));
  p->value = _mm512_mul_pd(p->value, factor);
  p->sum = _mm512_add_pd(p->sum, gain);
  p->squares = _mm512_fmadd_pd(gain, gain, p->squares);
  p->depth = _mm512_min_pd(_mm512_mul_pd(p->depth, factor), one);
  p->worst = _mm512_min_pd(p->worst, p->depth);
}

INLINE peers_row row_of(const path *p, int lane, int bars, double bars_per_year) {
  double n = bars, mean = p->sum[lane] / n;
  double variance = (p->squares[lane] - n * mean * mean) / (n - 1);
  return (peers_row){
      .total_return = p->value[lane] - 1,
      .sharpe = variance > 1e-24 ? mean / sqrt(variance) * sqrt(bars_per_year) : NAN,
      .max_drawdown = p->worst[lane] - 1,
      .entries = (double)((const long long *)&p->entries)[lane]};
}

/// Eight values of an axis from a place on; beyond its end, the last.
INLINE void eight_of(peers_axis axis, int from, double *out) {
  for (int l = 0; l < width; l++)
    out[l] = axis.values[from + l < axis.count ? from + l : axis.count - 1];
}

INLINE int groups_of(peers_axis axis) { return (axis.count + width - 1) / width; }

INLINE double largest(peers_axis axis) {
  double most = 0;
  for (int i = 0; i < axis.count; i++) most = axis.values[i] > most ? axis.values[i] : most;
  return most;
}
