#include "indicators.h"
#include "plain.h"

enum { volume_window = 20 };

/// Lanes are windows of the mean. Vectors go through (group of windows, m, x, k); their entries are joined from bytes.
void peers_filter(
    const peers_series *s, peers_axis m, peers_axis x, peers_axis k, peers_axis n,
    peers_costs costs, int threads, peers_row *rows) {
  int lookback = (int)largest(n), each = m.count * x.count * k.count;
  int count = groups_of(n) * each, oscillators = groups_of(m);
#pragma omp parallel num_threads(threads)
  {
    int from, to;
    share(count, &from, &to);
    int first_group = from / each, groups = to > from ? (to - 1) / each - first_group + 1 : 0;
    plain_lanes *state = aligned((size_t)(to - from) * sizeof *state);
    plain_signals *signals = aligned((size_t)(to - from) * sizeof *signals);
    signal_bytes *enter = aligned((size_t)(to - from) * sizeof *enter);
    signal_bytes *rising = aligned((size_t)groups * sizeof *rising);
    signal_bytes *falling = aligned((size_t)groups * sizeof *falling);
    signal_bytes *weak = aligned((size_t)(m.count * x.count) * sizeof *weak);
    signal_bytes *busy = aligned((size_t)k.count * sizeof *busy);
    wilder *averages = aligned((size_t)oscillators * sizeof *averages);
    double *total = aligned((size_t)(lookback + block_bars + 16) * sizeof(double));
    double *volumes = aligned((size_t)(volume_window + block_bars + 16) * sizeof(double));
    for (int g = 0; g < oscillators; g++) {
      double windows[width];
      eight_of(m, g * width, windows);
      averages[g] = new_wilder(windows);
    }
    for (int i = from; i < to; i++) {
      state[i - from] = (plain_lanes){.path = new_path()};
      signals[i - from] =
          (plain_signals){enter[i - from].bar, falling[i / each - first_group].bar};
    }
    plain_prices prices;
    for (int first = 0; first < s->bars && to > from; first += block_bars) {
      int bars = s->bars - first < block_bars ? s->bars - first : block_bars;
      block_totals(s->close, first, bars, lookback, total, NULL);
      block_totals(s->volume, first, bars, volume_window, volumes, NULL);
      for (int g = 0; g < groups; g++) {
        double windows[width];
        uint8_t above[width][block_bars / 8], below[width][block_bars / 8];
        eight_of(n, (first_group + g) * width, windows);
        for (int l = 0; l < width; l++)
          mean_bits(
              s->close, first, bars, lookback, total, (int)windows[l], above[l], below[l]);
        lanes_of_bits(above, bars, rising + g);
        lanes_of_bits(below, bars, falling + g);
      }
      for (int g = 0; g < oscillators; g++)
        for (int t = first ? 0 : 1; t < bars; t++) {
          double change = s->close[first + t] - s->close[first + t - 1];
          __mmask8 warm = next_wilder(averages + g, first + t, change);
          __m512d gain = _mm512_mul_pd(averages[g].gain, _mm512_set1_pd(100));
          __m512d both = _mm512_add_pd(averages[g].gain, averages[g].loss);
          for (int j = 0; j < x.count; j++) {
            __mmask8 low = _mm512_mask_cmp_pd_mask(
                warm, gain, _mm512_mul_pd(both, _mm512_set1_pd(x.values[j])), _CMP_LT_OQ);
            for (int l = 0; l < width && g * width + l < m.count; l++)
              weak[(g * width + l) * x.count + j].bar[t + 1] = low >> l & 1 ? 0xFF : 0;
          }
        }
      for (int t = 0; t < bars; t++) {
        int bar = first + t;
        const double *end = volumes + volume_window + t + 1;
        double mean = (end[0] - end[-volume_window]) / volume_window + s->volume[0];
        for (int j = 0; j < k.count; j++)
          busy[j].bar[t + 1] =
              bar >= volume_window - 1 && s->volume[bar] > k.values[j] * mean ? 0xFF : 0;
      }
      for (int i = from; i < to; i++) {
        const uint8_t *a = rising[i / each - first_group].bar,
                      *b = weak[i % each / k.count].bar, *c = busy[i % k.count].bar;
        uint8_t *out = enter[i - from].bar;
        for (int t = 0; t <= block_bars; t++) out[t] = a[t] & b[t] & c[t];
      }
      close_prices(s, first, bars, costs, &prices);
      plain_run(state, signals, to - from, &prices, bars);
      carry(rising, groups, bars);
      carry(falling, groups, bars);
      carry(weak, m.count * x.count, bars);
      carry(busy, k.count, bars);
    }
    for (int i = from; i < to; i++)
      for (int l = 0; l < width && i / each * width + l < n.count; l++)
        rows[i % each * n.count + i / each * width + l] =
            row_of(&state[i - from].path, l, s->bars, s->bars_per_year);
    free(state), free(signals), free(enter), free(rising), free(falling), free(weak), free(busy);
    free(averages), free(total), free(volumes);
  }
}
