#include "Reference.h"
#include "pool.h"

#include <math.h>
#include <stdatomic.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Random paths with the cheapest generator that still passes tests: xoshiro256+, a state that moves on, so that no path can
// be drawn again alone. Functions are polynomials with fused multiplication, cut where 1e-12 is left.

enum { paths_at_once = 1024, most_symbols = 64 };

typedef struct {
  const double *column, *mean, *lower, *weights;
  int rows, symbols, steps;
  long paths;
  uint64_t seed;
  double *out;
  bool wide;
  atomic_long next;
} job;

static uint64_t mixed(uint64_t *x) {
  uint64_t z = *x += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

typedef struct {
  uint64_t s[4];
} plain_state;

static uint64_t plain_next(plain_state *g) {
  uint64_t *s = g->s, sum = s[0] + s[3], t = s[1] << 17;
  s[2] ^= s[0], s[3] ^= s[1], s[1] ^= s[2], s[0] ^= s[3], s[2] ^= t;
  s[3] = s[3] << 45 | s[3] >> 19;
  return sum;
}

static void plain_rows(const job *j, plain_state *g, long first, long end) {
  for (long p = first; p < end; p++) {
    double value = 1;
    for (int t = 0; t < j->steps; t++) value *= j->column[((plain_next(g) >> 32) * j->rows) >> 32];
    j->out[p] = value;
  }
}

static void plain_normals(const job *j, plain_state *g, long first, long end) {
  double z[most_symbols + 1];
  for (long p = first; p < end; p++) {
    for (int i = 0; i <= j->symbols; i++) z[i] = 0;
    for (int t = 0; t < j->steps; t++)
      for (int i = 0; i < j->symbols; i += 2) {
        double u = 1 - (plain_next(g) >> 11) * 0x1p-53, a = 6.283185307179586 * ((plain_next(g) >> 11) * 0x1p-53);
        double r = sqrt(-2 * log(u));
        z[i] += r * cos(a), z[i + 1] += r * sin(a);
      }
    double value = 0;
    for (int i = 0; i < j->symbols; i++) {
      double x = j->mean[i] * j->steps;
      for (int k = 0; k <= i; k++) x += j->lower[i * j->symbols + k] * z[k];
      value += j->weights[i] * exp(x);
    }
    j->out[p] = value;
  }
}

#if defined(__x86_64__)
#define WIDE __attribute__((target("avx512f,avx512dq,fma"))) static inline

typedef struct {
  __m512i a, b, c, d;
} wide_state;

WIDE __m512i wide_next(wide_state *g) {
  __m512i sum = _mm512_add_epi64(g->a, g->d), t = _mm512_slli_epi64(g->b, 17);
  g->c = _mm512_xor_si512(g->c, g->a), g->d = _mm512_xor_si512(g->d, g->b);
  g->b = _mm512_xor_si512(g->b, g->c), g->a = _mm512_xor_si512(g->a, g->d);
  g->c = _mm512_xor_si512(g->c, t), g->d = _mm512_rol_epi64(g->d, 45);
  return sum;
}

WIDE __m512d polynomial(__m512d x, const double *c, int degree) {
  __m512d sum = _mm512_set1_pd(c[degree]);
  for (int i = degree - 1; i >= 0; i--) sum = _mm512_fmadd_pd(sum, x, _mm512_set1_pd(c[i]));
  return sum;
}

WIDE __m512d wide_log(__m512d x) {
  static const double c[] = {0.66666666666666697, 0.39999999999899443, 0.28571428626003269, 0.2222221113025988,
                             0.18182889455674947, 0.15331710618210772, 0.14616585424888622};
  __m512d e = _mm512_getexp_pd(x), m = _mm512_getmant_pd(x, _MM_MANT_NORM_1_2, _MM_MANT_SIGN_src);
  __mmask8 high = _mm512_cmp_pd_mask(m, _mm512_set1_pd(1.4142135623730951), _CMP_GT_OQ);
  m = _mm512_mask_mul_pd(m, high, m, _mm512_set1_pd(0.5));
  e = _mm512_mask_add_pd(e, high, e, _mm512_set1_pd(1));
  __m512d f = _mm512_sub_pd(m, _mm512_set1_pd(1)), s = _mm512_div_pd(f, _mm512_add_pd(f, _mm512_set1_pd(2)));
  __m512d z = _mm512_mul_pd(s, s), r = _mm512_fnmadd_pd(z, polynomial(z, c, 6), f);
  return _mm512_fmadd_pd(e, _mm512_set1_pd(0.6931471805599453), _mm512_fnmadd_pd(s, r, f));
}

__attribute__((target("avx512f,avx512dq,fma"))) static void wide_rows(
    const job *j, wide_state *g, long first, long end) {
  const __m512i count = _mm512_set1_epi64(j->rows), low = _mm512_set1_epi64(0xffffffff);
  for (long p = first; p < end; p += 16) {
    __m512d left = _mm512_set1_pd(1), right = left;
    for (int t = 0; t < j->steps; t++) {
      __m512i words = wide_next(g);
      __m512i one = _mm512_srli_epi64(_mm512_mul_epu32(_mm512_and_si512(words, low), count), 32);
      __m512i two = _mm512_srli_epi64(_mm512_mul_epu32(_mm512_srli_epi64(words, 32), count), 32);
      left = _mm512_mul_pd(left, _mm512_i64gather_pd(one, j->column, 8));
      right = _mm512_mul_pd(right, _mm512_i64gather_pd(two, j->column, 8));
    }
    double values[16];
    _mm512_storeu_pd(values, left), _mm512_storeu_pd(values + 8, right);
    for (int l = 0; l < 16 && p + l < end; l++) j->out[p + l] = values[l];
  }
}

__attribute__((target("avx512f,avx512dq,fma"))) static void wide_normals(
    const job *j, wide_state *g, long first, long end) {
  static const double sine[] = {1.5707963267948966, -0.6459640975062443, 0.07969262624604300,
                                -0.004681754132340976, 0.0001604411507421909, -3.5986433529823097e-06};
  static const double cosine[] = {1, -1.2337005501361698, 0.25366950790104782, -0.020863480763340773,
                                  0.00091926027454684462, -2.5202039028029176e-05};
  const __m512i one = _mm512_set1_epi64(0x3ff0000000000000);
  for (long p = first; p < end; p += 8) {
    __m512d z[most_symbols + 1];
    for (int i = 0; i <= j->symbols; i++) z[i] = _mm512_setzero_pd();
    for (int t = 0; t < j->steps; t++)
      for (int i = 0; i < j->symbols; i += 2) {
        __m512i first = wide_next(g), second = wide_next(g);
        __m512d u = _mm512_castsi512_pd(_mm512_or_si512(_mm512_srli_epi64(first, 12), one));
        __m512d a = _mm512_castsi512_pd(_mm512_or_si512(_mm512_srli_epi64(second, 12), one));
        u = _mm512_sub_pd(_mm512_set1_pd(2), u), a = _mm512_sub_pd(a, _mm512_set1_pd(1.5));
        __m512d r = _mm512_sqrt_pd(_mm512_mul_pd(_mm512_set1_pd(-2), wide_log(u))), q = _mm512_mul_pd(a, a);
        // A quarter turn, of which one random bit makes a half and another exchanges the two.
        __m512d x = _mm512_mul_pd(r, polynomial(q, cosine, 5));
        __m512d y = _mm512_mul_pd(_mm512_mul_pd(r, a), polynomial(q, sine, 5));
        x = _mm512_xor_pd(x, _mm512_castsi512_pd(_mm512_slli_epi64(second, 63)));
        __mmask8 swaps = _mm512_test_epi64_mask(second, _mm512_set1_epi64(2));
        z[i] = _mm512_add_pd(z[i], _mm512_mask_blend_pd(swaps, x, y));
        z[i + 1] = _mm512_add_pd(z[i + 1], _mm512_mask_blend_pd(swaps, y, x));
      }
    double sums[most_symbols][8];
    for (int i = 0; i < j->symbols; i++) _mm512_storeu_pd(sums[i], z[i]);
    for (int l = 0; l < 8 && p + l < end; l++) {
      double value = 0;
      for (int i = 0; i < j->symbols; i++) {
        double x = j->mean[i] * j->steps;
        for (int k = 0; k <= i; k++) x += j->lower[i * j->symbols + k] * sums[k][l];
        value += j->weights[i] * exp(x);
      }
      j->out[p + l] = value;
    }
  }
}

__attribute__((target("avx512f,avx512dq,fma"))) static void wide(const job *j, uint64_t seed, long first, long end) {
  uint64_t words[32];
  for (int i = 0; i < 32; i++) words[i] = mixed(&seed);
  wide_state g = {_mm512_loadu_si512(words), _mm512_loadu_si512(words + 8), _mm512_loadu_si512(words + 16),
                  _mm512_loadu_si512(words + 24)};
  j->column ? wide_rows(j, &g, first, end) : wide_normals(j, &g, first, end);
}
#endif

static void simulate(void *context, int k) {
  job *j = context;
  for (;;) {
    long tile = atomic_fetch_add(&j->next, 1), first = tile * paths_at_once;
    if (first >= j->paths) return;
    long end = first + paths_at_once < j->paths ? first + paths_at_once : j->paths;
    uint64_t seed = j->seed + (uint64_t)tile * 0x632be59bd9b4e019;
#if defined(__x86_64__)
    if (j->wide) {
      wide(j, seed, first, end);
      continue;
    }
#endif
    plain_state g = {{mixed(&seed), mixed(&seed), mixed(&seed), mixed(&seed)}};
    j->column ? plain_rows(j, &g, first, end) : plain_normals(j, &g, first, end);
  }
}

static void start(job *j, int threads) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  j->wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("fma");
#endif
  apus_pool_run(threads, simulate, j);
}

void apus_reference_bootstrap(
    const double *column, int rows, long paths, int steps, uint64_t seed, int threads, double *out) {
  job j = {.column = column, .rows = rows, .paths = paths, .steps = steps, .seed = seed, .out = out};
  start(&j, threads);
}

bool apus_reference_normal_paths(
    const double *mean, const double *lower, const double *weights, int symbols, long paths, int steps, uint64_t seed,
    int threads, double *out) {
  if (symbols > most_symbols) return false;
  job j = {.mean = mean, .lower = lower, .weights = weights, .symbols = symbols,
           .paths = paths, .steps = steps, .seed = seed, .out = out};
  start(&j, threads);
  return true;
}
