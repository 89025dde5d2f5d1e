#include "indicators.h"
#include "levels.h"

/// Bits of the closes below `k` deviations under their mean for each k, and of those above the mean.
static void band_bits(
    const peers_series *s, int first, int bars, int lookback, const double *total,
    const double *squares, int window, peers_axis k, uint8_t (*below)[width][block_bars / 8],
    int lane, uint8_t *above) {
  __m512d scale = _mm512_set1_pd(1.0 / window), base = _mm512_set1_pd(s->close[0]);
  for (int t = 0; t < bars; t += 8) {
    const double *end = total + lookback + t + 1, *end2 = squares + lookback + t + 1;
    __mmask8 live = bars - t >= 8 ? 0xFF : (__mmask8)((1 << (bars - t)) - 1);
    __m512d close = _mm512_sub_pd(_mm512_maskz_loadu_pd(live, s->close + first + t), base);
    live &= bars_from(first, t, window - 1);
    __m512d mean =
        _mm512_mul_pd(_mm512_sub_pd(_mm512_loadu_pd(end), _mm512_loadu_pd(end - window)), scale);
    __m512d square =
        _mm512_mul_pd(_mm512_sub_pd(_mm512_loadu_pd(end2), _mm512_loadu_pd(end2 - window)), scale);
    __m512d deviation = _mm512_sqrt_pd(
        _mm512_max_pd(_mm512_fnmadd_pd(mean, mean, square), _mm512_setzero_pd()));
    above[t / 8] = _mm512_mask_cmp_pd_mask(live, close, mean, _CMP_GT_OQ);
    for (int j = 0; j < k.count; j++) {
      __m512d band = _mm512_fnmadd_pd(_mm512_set1_pd(k.values[j]), deviation, mean);
      below[j][lane][t / 8] = _mm512_mask_cmp_pd_mask(live, close, band, _CMP_LT_OQ);
    }
  }
}

/// Lanes are windows. Vectors go through (group of windows, k, stop), so that signals serve all stops.
void peers_bollinger(
    const peers_series *s, peers_axis n, peers_axis k, peers_axis stop, double take_profit,
    peers_costs costs, int threads, peers_row *rows) {
  int lookback = (int)largest(n), each = k.count * stop.count, count = groups_of(n) * each;
#pragma omp parallel num_threads(threads)
  {
    int from, to;
    share(count, &from, &to);
    int first_group = from / each, groups = to > from ? (to - 1) / each - first_group + 1 : 0;
    level_lanes *state = aligned((size_t)(to - from) * sizeof *state);
    plain_signals *signals = aligned((size_t)(to - from) * sizeof *signals);
    signal_bytes *enter = aligned((size_t)(groups * k.count) * sizeof *enter);
    signal_bytes *leave = aligned((size_t)groups * sizeof *leave);
    double *total = aligned((size_t)(lookback + block_bars + 16) * sizeof(double));
    double *squares = aligned((size_t)(lookback + block_bars + 16) * sizeof(double));
    uint8_t(*below)[width][block_bars / 8] = aligned((size_t)k.count * sizeof *below);
    for (int i = from; i < to; i++) {
      int group = i / each - first_group, band = i % each / stop.count;
      state[i - from] = (level_lanes){
          .path = new_path(),
          .stop_factor = _mm512_set1_pd(1 - stop.values[i % stop.count]),
          .target_factor = _mm512_set1_pd(1 + take_profit)};
      signals[i - from] =
          (plain_signals){enter[group * k.count + band].bar, leave[group].bar};
    }
    level_prices prices;
    for (int first = 0; first < s->bars && to > from; first += block_bars) {
      int bars = s->bars - first < block_bars ? s->bars - first : block_bars;
      block_totals(s->close, first, bars, lookback, total, squares);
      for (int g = 0; g < groups; g++) {
        double windows[width];
        uint8_t above[width][block_bars / 8];
        eight_of(n, (first_group + g) * width, windows);
        for (int l = 0; l < width; l++)
          band_bits(
              s, first, bars, lookback, total, squares, (int)windows[l], k, below, l, above[l]);
        lanes_of_bits(above, bars, leave + g);
        for (int j = 0; j < k.count; j++)
          lanes_of_bits(below[j], bars, enter + g * k.count + j);
      }
      bar_prices(s, first, bars, costs, &prices);
      level_run(0, state, signals, to - from, &prices, bars);
      carry(enter, groups * k.count, bars);
      carry(leave, groups, bars);
    }
    for (int i = from; i < to; i++)
      for (int l = 0; l < width && i / each * width + l < n.count; l++)
        rows[(i / each * width + l) * each + i % each] =
            row_of(&state[i - from].path, l, s->bars, s->bars_per_year);
    free(state), free(signals), free(enter), free(leave), free(total), free(squares), free(below);
  }
}
