#include "levels.h"

/// An exponential mean of a series, seeded with the mean of its first values.
typedef struct {
  double value, inverse, weight;
  int window;
} mean;

static inline double next_mean(mean *m, int seen, double x) {
  m->value = seen < m->window ? m->value + x * m->inverse : (x - m->value) * m->weight + m->value;
  return m->value;
}

/// Signals of eight windows over one line, and on which side of them it was.
typedef struct {
  __m512d value, inverse, weight, window;
  __mmask8 above, below;
} crossing;

/// Lanes are signal windows. Vectors go through (fast, slow, group of signals, trail): crossings serve all trails.
void peers_macd(
    const peers_series *s, peers_axis fast, peers_axis slow, peers_axis trail, peers_axis signal,
    peers_costs costs, int threads, peers_row *rows) {
  int groups = groups_of(signal), lines = fast.count * slow.count;
  int each = trail.count, count = lines * groups * each;
#pragma omp parallel num_threads(threads)
  {
    int from, to;
    share(count, &from, &to);
    int first_set = from / each, sets = to > from ? (to - 1) / each - first_set + 1 : 0;
    level_lanes *state = aligned((size_t)(to - from) * sizeof *state);
    plain_signals *signals = aligned((size_t)(to - from) * sizeof *signals);
    signal_bytes *enter = aligned((size_t)sets * sizeof *enter);
    signal_bytes *leave = aligned((size_t)sets * sizeof *leave);
    crossing *crossings = aligned((size_t)sets * sizeof *crossings);
    mean *means = aligned((size_t)(fast.count + slow.count) * sizeof *means);
    double(*average)[block_bars] =
        aligned((size_t)(fast.count + slow.count) * sizeof *average);
    for (int i = 0; i < fast.count + slow.count; i++) {
      double window = i < fast.count ? fast.values[i] : slow.values[i - fast.count];
      means[i] = (mean){0, 1 / window, 2 / (window + 1), (int)window};
    }
    for (int i = 0; i < sets; i++) {
      double windows[width];
      eight_of(signal, (first_set + i) % groups * width, windows);
      __m512d window = _mm512_loadu_pd(windows), one = _mm512_set1_pd(1);
      crossings[i] = (crossing){
          .inverse = _mm512_div_pd(one, window),
          .weight = _mm512_div_pd(_mm512_set1_pd(2), _mm512_add_pd(window, one)),
          .window = window};
    }
    for (int i = from; i < to; i++) {
      int set = i / each - first_set;
      state[i - from] = (level_lanes){
          .path = new_path(), .stop_factor = _mm512_set1_pd(1 - trail.values[i % each])};
      signals[i - from] = (plain_signals){enter[set].bar, leave[set].bar};
    }
    level_prices prices;
    for (int first = 0; first < s->bars && to > from; first += block_bars) {
      int bars = s->bars - first < block_bars ? s->bars - first : block_bars;
      for (int i = 0; i < fast.count + slow.count; i++) {
        mean m = means[i];
        for (int t = 0; t < bars; t++)
          average[i][t] = next_mean(&m, first + t, s->close[first + t]);
        means[i] = m;
      }
      for (int i = 0; i < sets; i++) {
        int line = (first_set + i) / groups, slow_index = line % slow.count;
        const double *a = average[line / slow.count], *b = average[fast.count + slow_index];
        int start = (int)slow.values[slow_index] - 1;
        crossing c = crossings[i];
        for (int t = start > first ? start - first : 0; t < bars; t++) {
          __m512d seen = _mm512_set1_pd(first + t - start), x = _mm512_set1_pd(a[t] - b[t]);
          __mmask8 seeding = _mm512_cmp_pd_mask(seen, c.window, _CMP_LT_OQ);
          __mmask8 warm = _mm512_cmp_pd_mask(
              _mm512_add_pd(seen, _mm512_set1_pd(1)), c.window, _CMP_GE_OQ);
          __m512d next = _mm512_fmadd_pd(_mm512_sub_pd(x, c.value), c.weight, c.value);
          c.value = _mm512_mask_mov_pd(
              next, seeding, _mm512_fmadd_pd(x, c.inverse, c.value));
          __mmask8 above = _mm512_mask_cmp_pd_mask(warm, x, c.value, _CMP_GT_OQ);
          __mmask8 below = _mm512_mask_cmp_pd_mask(warm, x, c.value, _CMP_LT_OQ);
          enter[i].bar[t + 1] = above & c.below;
          leave[i].bar[t + 1] = below & c.above;
          c.above = (c.above & ~below) | above;
          c.below = (c.below & ~above) | below;
        }
        crossings[i] = c;
      }
      bar_prices(s, first, bars, costs, &prices);
      level_run(1, state, signals, to - from, &prices, bars);
      carry(enter, sets, bars);
      carry(leave, sets, bars);
    }
    for (int i = from; i < to; i++) {
      int set = i / each, lane = set % groups * width;
      for (int l = 0; l < width && lane + l < signal.count; l++)
        rows[(set / groups * each + i % each) * signal.count + lane + l] =
            row_of(&state[i - from].path, l, s->bars, s->bars_per_year);
    }
    free(state), free(signals), free(enter), free(leave), free(crossings), free(means);
    free(average);
  }
}
