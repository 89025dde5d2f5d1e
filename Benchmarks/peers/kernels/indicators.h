// Indicators that several sweeps need.
#pragma once
#include "lanes.h"

/// Sums of a series over the bars of a block and `lookback` before it, relative to the first value of all.
///
/// `total[i]` holds the sum before bar `first - lookback + i`, as far as there are such bars.
INLINE void block_totals(
    const double *x, int first, int bars, int lookback, double *total, double *squares) {
  int from = first - lookback < 0 ? 0 : first - lookback, skip = from - (first - lookback);
  for (int i = 0; i <= skip; i++) total[i] = 0;
  if (squares)
    for (int i = 0; i <= skip; i++) squares[i] = 0;
  for (int i = skip; i < lookback + bars; i++) {
    double value = x[first - lookback + i] - x[0];
    total[i + 1] = total[i] + value;
    if (squares) squares[i + 1] = squares[i] + value * value;
  }
}

/// Bits of the bars of a block whose value lies above or below its mean over `window` bars.
INLINE void mean_bits(
    const double *x, int first, int bars, int lookback, const double *total, int window,
    uint8_t *above, uint8_t *below) {
  __m512d scale = _mm512_set1_pd(1.0 / window), base = _mm512_set1_pd(x[0]);
  for (int t = 0; t < bars; t += 8) {
    const double *end = total + lookback + t + 1;
    __mmask8 live = bars - t >= 8 ? 0xFF : (__mmask8)((1 << (bars - t)) - 1);
    __m512d mean =
        _mm512_mul_pd(_mm512_sub_pd(_mm512_loadu_pd(end), _mm512_loadu_pd(end - window)), scale);
    __m512d value = _mm512_sub_pd(_mm512_maskz_loadu_pd(live, x + first + t), base);
    live &= bars_from(first, t, window - 1);
    above[t / 8] = _mm512_mask_cmp_pd_mask(live, value, mean, _CMP_GT_OQ);
    below[t / 8] = _mm512_mask_cmp_pd_mask(live, value, mean, _CMP_LT_OQ);
  }
}

/// Wilder's averages of gains and losses for eight windows.
typedef struct {
  __m512d gain, loss, inverse, decay, window;
} wilder;

INLINE wilder new_wilder(const double *windows) {
  __m512d window = _mm512_loadu_pd(windows), one = _mm512_set1_pd(1);
  __m512d inverse = _mm512_div_pd(one, window);
  __m512d decay = _mm512_mul_pd(_mm512_sub_pd(window, one), inverse);
  return (wilder){_mm512_setzero_pd(), _mm512_setzero_pd(), inverse, decay, window};
}

/// Takes the change that ends with a bar, from bar 1 on; gives the lanes that are warm.
INLINE __mmask8 next_wilder(wilder *w, int bar, double change) {
  __m512d now = _mm512_set1_pd(bar), one = _mm512_set1_pd(1);
  __mmask8 seeding = _mm512_cmp_pd_mask(now, w->window, _CMP_LE_OQ);
  __m512d decay = _mm512_mask_mov_pd(w->decay, seeding, one);
  __m512d up = _mm512_mul_pd(_mm512_set1_pd(change > 0 ? change : 0), w->inverse);
  __m512d down = _mm512_mul_pd(_mm512_set1_pd(change < 0 ? -change : 0), w->inverse);
  w->gain = _mm512_fmadd_pd(w->gain, decay, up);
  w->loss = _mm512_fmadd_pd(w->loss, decay, down);
  return _mm512_cmp_pd_mask(now, w->window, _CMP_GE_OQ);
}
