#include "indicators.h"
#include "plain.h"

/// Lanes are windows. Vectors go through (group of windows, floor, ceiling), so that each threshold is compared once.
void peers_rsi(
    const peers_series *s, peers_axis n, peers_axis floor, peers_axis ceiling, peers_costs costs,
    int threads, peers_row *rows) {
  int each = floor.count * ceiling.count, count = groups_of(n) * each;
#pragma omp parallel num_threads(threads)
  {
    int from, to;
    share(count, &from, &to);
    int first_group = from / each, groups = to > from ? (to - 1) / each - first_group + 1 : 0;
    plain_lanes *state = aligned((size_t)(to - from) * sizeof *state);
    plain_signals *signals = aligned((size_t)(to - from) * sizeof *signals);
    signal_bytes *enter = aligned((size_t)(groups * floor.count) * sizeof *enter);
    signal_bytes *leave = aligned((size_t)(groups * ceiling.count) * sizeof *leave);
    wilder *averages = aligned((size_t)groups * sizeof *averages);
    for (int g = 0; g < groups; g++) {
      double windows[width];
      eight_of(n, (first_group + g) * width, windows);
      averages[g] = new_wilder(windows);
    }
    for (int i = from; i < to; i++) {
      int group = i / each - first_group;
      state[i - from] = (plain_lanes){.path = new_path()};
      signals[i - from] = (plain_signals){
          enter[group * floor.count + i % each / ceiling.count].bar,
          leave[group * ceiling.count + i % ceiling.count].bar};
    }
    plain_prices prices;
    for (int first = 0; first < s->bars && to > from; first += block_bars) {
      int bars = s->bars - first < block_bars ? s->bars - first : block_bars;
      for (int g = 0; g < groups; g++) {
        wilder w = averages[g];
        signal_bytes *in = enter + g * floor.count, *out = leave + g * ceiling.count;
        for (int t = first ? 0 : 1; t < bars; t++) {
          double change = s->close[first + t] - s->close[first + t - 1];
          __mmask8 warm = next_wilder(&w, first + t, change);
          // gain / (gain + loss) against a threshold, without the division.
          __m512d gain = _mm512_mul_pd(w.gain, _mm512_set1_pd(100));
          __m512d both = _mm512_add_pd(w.gain, w.loss);
          for (int j = 0; j < floor.count; j++)
            in[j].bar[t + 1] = _mm512_mask_cmp_pd_mask(
                warm, gain, _mm512_mul_pd(both, _mm512_set1_pd(floor.values[j])), _CMP_LT_OQ);
          for (int j = 0; j < ceiling.count; j++)
            out[j].bar[t + 1] = _mm512_mask_cmp_pd_mask(
                warm, gain, _mm512_mul_pd(both, _mm512_set1_pd(ceiling.values[j])), _CMP_GT_OQ);
        }
        averages[g] = w;
      }
      open_prices(s, first, bars, costs, &prices);
      plain_run(state, signals, to - from, &prices, bars);
      carry(enter, groups * floor.count, bars);
      carry(leave, groups * ceiling.count, bars);
    }
    for (int i = from; i < to; i++)
      for (int l = 0; l < width && i / each * width + l < n.count; l++)
        rows[(i / each * width + l) * each + i % each] =
            row_of(&state[i - from].path, l, s->bars, s->bars_per_year);
    free(state), free(signals), free(enter), free(leave), free(averages);
  }
}
