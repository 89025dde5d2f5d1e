#include "indicators.h"
#include "plain.h"

/// Eight combinations that share a fast average; their slow averages lie side by side in a table.
typedef struct {
  path path;
  /// Lanes that hold a position; lanes that saw fast below slow.
  unsigned held, armed;
} __attribute__((aligned(64))) cross_lanes;

typedef struct {
  int fast, group;
  int combination[width];
} cross_item;

/// Averages of a block: fast ones [window][bar], slow ones [group][bar][lane].
typedef struct {
  double *fast, *slow;
  plain_prices prices;
} cross_block;

INLINE void cross_flight(
    const int flight, cross_lanes *state, const cross_item *items, const cross_block *block,
    int bars) {
  cross_lanes a[8];
  const double *fast[8], *slow[8];
  const __m512d one = _mm512_set1_pd(1), in = _mm512_set1_pd(block->prices.enter[0]);
  UNROLL for (int k = 0; k < flight; k++) {
    a[k] = state[k];
    fast[k] = block->fast + items[k].fast * block_bars;
    slow[k] = block->slow + (size_t)items[k].group * block_bars * width;
  }
  for (int t = 0; t < bars; t++) {
    __m512d held = _mm512_set1_pd(block->prices.held[t]),
            out = _mm512_set1_pd(block->prices.leave[t]);
    UNROLL for (int k = 0; k < flight; k++) {
      __m512d x = _mm512_set1_pd(fast[k][t]), y = _mm512_load_pd(slow[k] + t * width);
      unsigned above = _mm512_cmp_pd_mask(x, y, _CMP_GT_OQ);
      unsigned below = _mm512_cmp_pd_mask(x, y, _CMP_LT_OQ);
      unsigned was = a[k].held, entry = above & a[k].armed & ~was, exit = below & was;
      __m512d factor = _mm512_mask_mov_pd(one, was, held);
      factor = _mm512_mask_mov_pd(factor, entry, in);
      factor = _mm512_mask_mov_pd(factor, exit, out);
      a[k].armed |= below;
      a[k].held = was ^ (entry | exit);
      follow(&a[k].path, factor, entry);
    }
  }
  UNROLL for (int k = 0; k < flight; k++) state[k] = a[k];
}

/// Averages over eight windows for the bars of a block; NaN where a window is not full.
static void slow_averages(
    const double *total, int lookback, int first, int bars, const double *windows, double base,
    double *out) {
  __m512d window = _mm512_loadu_pd(windows), scale = _mm512_div_pd(_mm512_set1_pd(1), window);
  __m512i back = _mm512_cvtpd_epi64(window);
  for (int t = 0; t < bars; t++) {
    __m512i start = _mm512_sub_epi64(_mm512_set1_epi64(lookback + t + 1), back);
    __mmask8 full =
        _mm512_cmp_pd_mask(_mm512_set1_pd(first + t + 1), window, _CMP_GE_OQ);
    __m512d sum = _mm512_sub_pd(
        _mm512_set1_pd(total[lookback + t + 1]), _mm512_i64gather_pd(start, total, 8));
    sum = _mm512_fmadd_pd(sum, scale, _mm512_set1_pd(base));
    _mm512_store_pd(out + t * width, _mm512_mask_mov_pd(_mm512_set1_pd(NAN), full, sum));
  }
}

static int distinct(const double *windows, int count, double *out) {
  char seen[4096] = {0};
  int found = 0;
  for (int i = 0; i < count; i++) seen[(int)windows[i]] = 1;
  for (int w = 0; w < 4096; w++)
    if (seen[w]) out[found++] = w;
  return found;
}

/// Some items over one symbol.
static void sweep_items(
    const peers_series *s, const cross_item *items, int count, peers_axis fast, peers_axis slow,
    peers_costs costs, peers_row *rows) {
  int lookback = (int)fmax(largest(fast), largest(slow)), groups = groups_of(slow);
  cross_lanes *state = aligned((size_t)count * sizeof *state);
  double *total = aligned((size_t)(lookback + block_bars + 16) * sizeof(double));
  cross_block block = {
      .fast = aligned((size_t)fast.count * block_bars * sizeof(double)),
      .slow = aligned((size_t)groups * block_bars * width * sizeof(double))};
  char *used_fast = aligned((size_t)fast.count), *used_group = aligned((size_t)groups);
  for (int i = 0; i < count; i++) {
    state[i] = (cross_lanes){.path = new_path()};
    used_fast[items[i].fast] = used_group[items[i].group] = 1;
  }
  for (int first = 0; first < s->bars; first += block_bars) {
    int bars = s->bars - first < block_bars ? s->bars - first : block_bars;
    block_totals(s->close, first, bars, lookback, total, NULL);
    for (int g = 0; g < groups; g++) {
      double windows[width];
      eight_of(slow, g * width, windows);
      if (used_group[g])
        slow_averages(
            total, lookback, first, bars, windows, s->close[0],
            block.slow + (size_t)g * block_bars * width);
    }
    for (int f = 0; f < fast.count; f++) {
      int window = (int)fast.values[f];
      double scale = 1.0 / window, *out = block.fast + f * block_bars;
      const double *end = total + lookback + 1;
      for (int t = 0; used_fast[f] && t < bars; t++)
        out[t] = first + t + 1 >= window ? fma(end[t] - end[t - window], scale, s->close[0]) : NAN;
    }
    close_prices(s, first, bars, costs, &block.prices);
    int i = 0;
    for (; i + 4 <= count; i += 4) cross_flight(4, state + i, items + i, &block, bars);
    for (; i < count; i++) cross_flight(1, state + i, items + i, &block, bars);
  }
  for (int i = 0; i < count; i++)
    for (int l = 0; l < width; l++)
      if (items[i].combination[l] >= 0)
        rows[items[i].combination[l]] = row_of(&state[i].path, l, s->bars, s->bars_per_year);
  free(state), free(total), free(block.fast), free(block.slow), free(used_fast), free(used_group);
}

void peers_sma(
    const peers_series *series, int symbols, const double *fast, const double *slow,
    int combinations, peers_costs costs, int threads, peers_row *rows) {
  double fasts[4096], slows[4096];
  peers_axis f = {fasts, distinct(fast, combinations, fasts)};
  peers_axis s = {slows, distinct(slow, combinations, slows)};
  int groups = groups_of(s), count = 0, fast_place[4096], slow_place[4096];
  for (int i = 0; i < f.count; i++) fast_place[(int)fasts[i]] = i;
  for (int i = 0; i < s.count; i++) slow_place[(int)slows[i]] = i;
  cross_item *items = aligned((size_t)(f.count * groups) * sizeof *items);
  for (int i = 0; i < f.count * groups; i++) {
    items[i] = (cross_item){.fast = i / groups, .group = i % groups};
    for (int l = 0; l < width; l++) items[i].combination[l] = -1;
  }
  for (int i = 0; i < combinations; i++) {
    int place = slow_place[(int)slow[i]];
    items[fast_place[(int)fast[i]] * groups + place / width].combination[place % width] = i;
  }
  for (int i = 0; i < f.count * groups; i++) {
    int used = 0;
    for (int l = 0; l < width; l++) used |= items[i].combination[l] >= 0;
    if (used) items[count++] = items[i];
  }
  // One symbol is shared out by items, several by symbols.
#pragma omp parallel num_threads(threads)
  if (symbols == 1) {
    int from, to;
    share(count, &from, &to);
    sweep_items(series, items + from, to - from, f, s, costs, rows);
  } else {
#pragma omp for schedule(dynamic, 1)
    for (int i = 0; i < symbols; i++)
      sweep_items(series + i, items, count, f, s, costs, rows + (size_t)i * (size_t)combinations);
  }
  free(items);
}
