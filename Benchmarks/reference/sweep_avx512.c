#include "sweep.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512dq,avx512vl,fma")))
#define INLINE static inline __attribute__((always_inline)) AVX512

/// Eight combinations in registers.
typedef struct {
  __m512d value, sum, squares, depth, worst;
  __m512i entries;
  __mmask8 held, armed;
} lanes;

INLINE lanes load(const sweep_state *s) {
  return (lanes){
      _mm512_load_pd(s->value), _mm512_load_pd(s->sum),   _mm512_load_pd(s->squares),
      _mm512_load_pd(s->depth), _mm512_load_pd(s->worst), _mm512_cvtpd_epi64(_mm512_load_pd(s->entries)),
      s->held,                  s->armed};
}

INLINE void store(sweep_state *s, const lanes *a) {
  _mm512_store_pd(s->value, a->value);
  _mm512_store_pd(s->sum, a->sum);
  _mm512_store_pd(s->squares, a->squares);
  _mm512_store_pd(s->depth, a->depth);
  _mm512_store_pd(s->worst, a->worst);
  _mm512_store_pd(s->entries, _mm512_cvtepi64_pd(a->entries));
  s->held = a->held;
  s->armed = a->armed;
}

INLINE void step(
    lanes *a, double fast_value, const double *slow_values, __m512d ratio, __m512d exit_ratio,
    __m512d entry_factor, __m512d one, __m512i counts_one) {
  __m512d fast = _mm512_set1_pd(fast_value), slow = _mm512_load_pd(slow_values);
  __mmask8 above = _mm512_cmp_pd_mask(fast, slow, _CMP_GT_OQ);
  __mmask8 below = _mm512_cmp_pd_mask(fast, slow, _CMP_LT_OQ);
  __mmask8 now = _kor_mask8(_kandn_mask8(below, a->held), _kand_mask8(above, a->armed));
  __mmask8 entry = _kandn_mask8(a->held, now), exit = _kandn_mask8(now, a->held);
  a->armed = _kor_mask8(a->armed, below);
  __m512d factor = _mm512_mask_mov_pd(one, a->held, ratio);
  factor = _mm512_mask_mov_pd(factor, entry, entry_factor);
  factor = _mm512_mask_mov_pd(factor, exit, exit_ratio);
  a->held = now;
  a->entries = _mm512_mask_add_epi64(a->entries, entry, a->entries, counts_one);
  a->value = _mm512_mul_pd(a->value, factor);
  __m512d gain = _mm512_sub_pd(factor, one);
  a->sum = _mm512_add_pd(a->sum, gain);
  a->squares = _mm512_fmadd_pd(gain, gain, a->squares);
  a->depth = _mm512_min_pd(_mm512_mul_pd(a->depth, factor), one);
  a->worst = _mm512_min_pd(a->worst, a->depth);
}

/// Takes `flight` vectors through a block together, so that one computes while another waits for its last result.
#define FLIGHT(flight)                                                                             \
  do {                                                                                             \
    lanes a[flight];                                                                               \
    const double *fast[flight], *slow[flight];                                                     \
    _Pragma("unroll") for (int k = 0; k < flight; k++) {                                           \
      a[k] = load(states + i + k);                                                                 \
      fast[k] = block->fast + items[i + k].fast * block_bars;                                      \
      slow[k] = block->slow + (long)items[i + k].group * block_bars * width;                       \
    }                                                                                              \
    for (int t = 0; t < block->bars; t++) {                                                        \
      __m512d ratio = _mm512_set1_pd(block->ratio[t]);                                             \
      __m512d exit_ratio = _mm512_set1_pd(block->exit_ratio[t]);                                   \
      _Pragma("unroll") for (int k = 0; k < flight; k++)                                           \
          step(a + k, fast[k][t], slow[k] + t * width, ratio, exit_ratio, entry_factor, one,       \
               counts_one);                                                                        \
    }                                                                                              \
    _Pragma("unroll") for (int k = 0; k < flight; k++) store(states + i + k, a + k);               \
    i += flight;                                                                                   \
  } while (0)

AVX512 void apus_sweep_kernel_avx512(
    const sweep_item *items, sweep_state *states, int count, const sweep_block *block) {
  const __m512d one = _mm512_set1_pd(1), entry_factor = _mm512_set1_pd(block->entry_factor);
  const __m512i counts_one = _mm512_set1_epi64(1);
  int i = 0;
  while (i + 3 <= count) FLIGHT(3);
  while (i < count) FLIGHT(1);
}

AVX512 void apus_sweep_averages_avx512(
    const double *prefix, int first_end, int bars, const int *window, const double *scale,
    double *out) {
  __m256i back = _mm256_loadu_si256((const void *)window);
  __m512d factor = _mm512_loadu_pd(scale);
  for (int t = 0; t < bars; t++) {
    __m256i start = _mm256_sub_epi32(_mm256_set1_epi32(first_end + t), back);
    __m512d sum = _mm512_sub_pd(
        _mm512_set1_pd(prefix[first_end + t]), _mm512_i32gather_pd(start, prefix, 8));
    _mm512_store_pd(out + t * width, _mm512_mul_pd(sum, factor));
  }
}
#endif
