#include "Reference.h"
#include "pool.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Between rebalances equity is V' · (w · growth), so portfolios are coupled by the scalar V' alone: one product of matrices
// gives every block of every portfolio, and a rebalance needs Σ |w| · |V − V' · growth| besides.

enum { portfolios_at_once = 125 };

typedef struct {
  const double *weights, *close;
  int portfolios, symbols, bars, every, blocks, columns;
  double fee, *equity, *growth, *ends, *room;
  apus_reference_multiply *multiply;
  bool wide;
  int threads;
  atomic_int next;
} job;

static void divide(void *context, int k) {
  job *j = context;
  int first = (int)((long)j->symbols * k / j->threads), last = (int)((long)j->symbols * (k + 1) / j->threads);
  for (int i = first; i < last; i++)
    for (int b = 0; b < j->blocks; b++) {
      const double *close = j->close + (size_t)i * j->bars + b * j->every;
      double inverse = 1 / close[0];
      int left = j->bars - b * j->every;
      double *growth = j->growth + (size_t)i * j->columns + b * (j->every + 1);
      for (int t = 0; t <= j->every; t++) growth[t] = close[t < left ? t : left - 1] * inverse;
      j->ends[(size_t)b * j->symbols + i] = growth[j->every];
    }
}

static double distance(const double *w, const double *end, int count, double value, double held) {
  double sums[8] = {0}, sum = 0;
  int i = 0;
  for (; i + 8 <= count; i += 8)
    for (int l = 0; l < 8; l++) sums[l] += fabs(w[i + l]) * fabs(value - held * end[i + l]);
  for (int l = 0; l < 8; l++) sum += sums[l];
  for (; i < count; i++) sum += fabs(w[i]) * fabs(value - held * end[i]);
  return sum;
}

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512dq,fma"))) static double wide_distance(
    const double *w, const double *end, int count, double value, double held) {
  __m512d even = _mm512_setzero_pd(), odd = even, v = _mm512_set1_pd(value), h = _mm512_set1_pd(held);
  int i = 0;
  for (; i + 16 <= count; i += 16) {
    __m512d a = _mm512_fnmadd_pd(h, _mm512_loadu_pd(end + i), v);
    __m512d b = _mm512_fnmadd_pd(h, _mm512_loadu_pd(end + i + 8), v);
    even = _mm512_fmadd_pd(_mm512_abs_pd(_mm512_loadu_pd(w + i)), _mm512_abs_pd(a), even);
    odd = _mm512_fmadd_pd(_mm512_abs_pd(_mm512_loadu_pd(w + i + 8)), _mm512_abs_pd(b), odd);
  }
  double sum = _mm512_reduce_add_pd(_mm512_add_pd(even, odd));
  for (; i < count; i++) sum += fabs(w[i]) * fabs(value - held * end[i]);
  return sum;
}
#endif

static double far(const job *j, const double *w, const double *end, double value, double held) {
#if defined(__x86_64__)
  if (j->wide) return wide_distance(w, end, j->symbols, value, held);
#endif
  return distance(w, end, j->symbols, value, held);
}

static void simulate(void *context, int k) {
  job *j = context;
  double *room = j->room + (size_t)k * portfolios_at_once * j->columns;
  for (;;) {
    int first = atomic_fetch_add(&j->next, 1) * portfolios_at_once;
    if (first >= j->portfolios) return;
    int count = j->portfolios - first < portfolios_at_once ? j->portfolios - first : portfolios_at_once;
    j->multiply(
        false, count, j->columns, j->symbols, j->weights + (size_t)first * j->symbols, j->symbols,
        j->growth, j->columns, room, j->columns);
    for (int p = 0; p < count; p++) {
      const double *w = j->weights + (size_t)(first + p) * j->symbols, *r = room + (size_t)p * j->columns;
      double *equity = j->equity + (size_t)(first + p) * j->bars, value = 1, held = 0;
      for (int b = 0; b < j->blocks; b++) {
        const double *end = j->ends + (size_t)(b ? b - 1 : 0) * j->symbols, *g = r + b * (j->every + 1);
        held = value -= j->fee * far(j, w, end, value, held);
        int left = j->bars - b * j->every;
        for (int t = 0; t < j->every && t < left; t++) equity[b * j->every + t] = g[t] * value;
        value *= g[j->every];
      }
    }
  }
}

bool apus_reference_rebalance(
    const double *weights, int portfolios, int symbols, const double *close, int bars, int every,
    double fee, int threads, apus_reference_multiply *multiply, double *equity) {
  int blocks = (bars + every - 1) / every, columns = blocks * (every + 1);
  job j = {
      .weights = weights, .close = close, .portfolios = portfolios, .symbols = symbols, .bars = bars,
      .every = every, .blocks = blocks, .columns = columns, .fee = fee, .equity = equity,
      .multiply = multiply, .threads = threads};
#if defined(__x86_64__)
  __builtin_cpu_init();
  j.wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("fma");
#endif
  j.growth = malloc((size_t)symbols * columns * sizeof(double));
  j.ends = malloc((size_t)blocks * symbols * sizeof(double));
  j.room = malloc((size_t)threads * portfolios_at_once * columns * sizeof(double));
  bool ok = j.growth && j.ends && j.room;
  if (ok) {
    apus_pool_run(threads, divide, &j);
    apus_pool_run(threads, simulate, &j);
  }
  free(j.growth);
  free(j.ends);
  free(j.room);
  return ok;
}

double apus_reference_marks(
    const double *close, int symbols, int bars, const int *held, const double *units, int count) {
  double sum = 0;
  for (int t = 0; t < bars; t++) {
    const double *row = close + (size_t)t * symbols;
    double equity = 0;
    for (int i = 0; i < count; i++) equity += units[i] * row[held[i]];
    sum += equity;
  }
  return sum;
}
