#include "Reference.h"
#include "pool.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Returns of a block of portfolios are one product; eight of them go through the bars side by side, transposed in registers,
// and the worst returns are selected among those that lie below a guess.

enum { portfolios_at_once = 256, lanes = 8 };

typedef double vector __attribute__((ext_vector_type(8)));
typedef double loose_vector __attribute__((ext_vector_type(8), aligned(8)));
typedef __typeof__((vector){0} < (vector){0}) mask;

typedef struct {
  const double *weights, *returns;
  long portfolios;
  int symbols, bars, threads;
  double bars_per_year, *figures, *room;
  size_t room_length;
  apus_reference_multiply *multiply;
  bool wide;
  atomic_long next;
} job;

typedef struct {
  vector sum, squares, downside, depth, worst;
} sums;

#define INLINE static inline __attribute__((always_inline))

/// The lesser of two vectors, place by place.
INLINE void lower(vector *a, const vector *b) {
  mask less = *a < *b;
  *a = (vector)(((mask)*a & less) | ((mask)*b & ~less));
}

// By address: vectors as arguments would be passed in other ways with other instruction sets.
INLINE void bar(sums *s, const vector *gain) {
  vector r = *gain, negative = 0, one = 1;
  lower(&negative, gain);
  s->sum += r;
  s->squares += r * r;
  s->downside += negative * negative;
  s->depth += s->depth * r;
  lower(&s->depth, &one);
  lower(&s->worst, &s->depth);
}

INLINE void path(const double *row, int stride, int bars, sums *s) {
  int t = 0;
  for (; t + lanes <= bars; t += lanes) {
    vector r[lanes], a[lanes], b[lanes];
    for (int k = 0; k < lanes; k++) r[k] = *(const loose_vector *)(row + (size_t)k * stride + t);
    for (int k = 0; k < lanes; k += 2) {
      a[k] = __builtin_shufflevector(r[k], r[k + 1], 0, 8, 2, 10, 4, 12, 6, 14);
      a[k + 1] = __builtin_shufflevector(r[k], r[k + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    for (int k = 0; k < lanes; k += 4)
      for (int odd = 0; odd < 2; odd++) {
        b[k + odd] = __builtin_shufflevector(a[k + odd], a[k + odd + 2], 0, 1, 8, 9, 4, 5, 12, 13);
        b[k + odd + 2] = __builtin_shufflevector(a[k + odd], a[k + odd + 2], 2, 3, 10, 11, 6, 7, 14, 15);
      }
    for (int k = 0; k < 4; k++) {
      a[k] = __builtin_shufflevector(b[k], b[k + 4], 0, 1, 2, 3, 8, 9, 10, 11);
      a[k + 4] = __builtin_shufflevector(b[k], b[k + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
    for (int k = 0; k < lanes; k++) bar(s, &a[k]);
  }
  for (; t < bars; t++) {
    vector r;
    for (int k = 0; k < lanes; k++) r[k] = row[(size_t)k * stride + t];
    bar(s, &r);
  }
}

static void plain_path(const double *row, int stride, int bars, sums *s) { path(row, stride, bars, s); }

static int plain_below(double bound, const double *values, int count, double *out) {
  int found = 0;
  for (int i = 0; i < count; i++) {
    out[found] = values[i];
    found += values[i] < bound;
  }
  return found;
}

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512dq,fma"))) static void wide_path(
    const double *row, int stride, int bars, sums *s) {
  path(row, stride, bars, s);
}

__attribute__((target("avx512f,avx512dq,popcnt"))) static int wide_below(
    double bound, const double *values, int count, double *out) {
  __m512d bounds = _mm512_set1_pd(bound);
  int found = 0, i = 0;
  for (; i + lanes <= count; i += lanes) {
    __m512d eight = _mm512_loadu_pd(values + i);
    __mmask8 kept = _mm512_cmp_pd_mask(eight, bounds, _CMP_LT_OQ);
    _mm512_storeu_pd(out + found, _mm512_maskz_compress_pd(kept, eight));
    found += __builtin_popcount(kept);
  }
  return found + plain_below(bound, values + i, count - i, out + found);
}
#endif

/// Puts the values of sorted positions up to k first, and value k in its place.
static void select_first(double *values, int count, int k) {
  int low = 0, high = count - 1;
  while (high > low) {
    double pivot = values[low + (high - low) / 2];
    int i = low, j = high;
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i > j) break;
      double value = values[i];
      values[i++] = values[j];
      values[j--] = value;
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else return;
  }
}

/// Value at risk and its conditional twin at 5 % and 1 % from the worst values.
static void tails(double *values, int count, int bars, double *figures) {
  for (int level = 0; level < 2; level++) {
    double size = bars * (level == 0 ? 0.05 : 0.01);
    int rank = (int)ceil(size - 1e-9);
    select_first(values, count, rank - 1);
    double bound = -values[rank - 1], excess = 0;
    for (int i = 0; i < rank; i++) excess += -values[i] - bound;
    figures[2 * level] = bound;
    figures[2 * level + 1] = bound + excess / size;
    count = rank;
  }
}

static void finish(const job *j, const double *row, const sums *s, int lane, double *worst, double *figures) {
  int n = j->bars, (*below)(double, const double *, int, double *) = plain_below;
#if defined(__x86_64__)
  if (j->wide) below = wide_below;
#endif
  double mean = s->sum[lane] / n, deviation = sqrt((s->squares[lane] - n * mean * mean) / (n - 1));
  double threshold = mean - 1.3 * deviation;
  int found;
  while ((found = below(threshold, row, n, worst)) < (int)(n * 0.05) + 1 && found < n)
    threshold += 0.4 * deviation + 1e-12;
  tails(worst, found, n, figures);
  figures[4] = mean / deviation * sqrt(j->bars_per_year);
  figures[5] = mean * sqrt(j->bars_per_year) / sqrt(s->downside[lane] / n);
  figures[6] = s->worst[lane] - 1;
}

static void judge(void *context, int k) {
  job *j = context;
  double *room = j->room + (size_t)k * j->room_length, *worst = room + (size_t)portfolios_at_once * j->bars;
  for (;;) {
    long first = atomic_fetch_add(&j->next, 1) * portfolios_at_once;
    if (first >= j->portfolios) return;
    int count = (int)(j->portfolios - first < portfolios_at_once ? j->portfolios - first : portfolios_at_once);
    j->multiply(
        false, count, j->bars, j->symbols, j->weights + (size_t)first * j->symbols, j->symbols, j->returns,
        j->bars, room, j->bars);
    int whole = (count + lanes - 1) / lanes * lanes;
    memset(room + (size_t)count * j->bars, 0, (size_t)(whole - count) * j->bars * sizeof(double));
    for (int p = 0; p < count; p += lanes) {
      sums s = {.depth = 1, .worst = 1};
      const double *row = room + (size_t)p * j->bars;
#if defined(__x86_64__)
      if (j->wide) wide_path(row, j->bars, j->bars, &s);
      else
#endif
        plain_path(row, j->bars, j->bars, &s);
      for (int lane = 0; lane < lanes && p + lane < count; lane++)
        finish(
            j, row + (size_t)lane * j->bars, &s, lane, worst, j->figures + (size_t)(first + p + lane) * 7);
    }
  }
}

bool apus_reference_portfolio_risk(
    const double *weights, long portfolios, int symbols, const double *returns, int bars,
    double bars_per_year, int threads, apus_reference_multiply *multiply, double *figures) {
  job j = {
      .weights = weights, .returns = returns, .portfolios = portfolios, .symbols = symbols, .bars = bars,
      .threads = threads, .bars_per_year = bars_per_year, .figures = figures, .multiply = multiply,
      .room_length = (size_t)(portfolios_at_once + 1) * bars + lanes};
#if defined(__x86_64__)
  __builtin_cpu_init();
  j.wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("fma");
#endif
  j.room = malloc((size_t)threads * j.room_length * sizeof(double));
  if (!j.room) return false;
  apus_pool_run(threads, judge, &j);
  free(j.room);
  return true;
}
