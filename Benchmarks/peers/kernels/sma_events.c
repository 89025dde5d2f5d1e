#include "lanes.h"

// The crossover again, by its events: averages are compared eight bars at a time, and only the bars at which a position
// changes are touched. What lies between two of them follows from running sums, and the drawdown from a table of
// extremes, in as many steps for long trades as for short ones. Faster than lanes where trades are few, slower where
// the tables leave the caches; and good for a strategy without stops only.

enum { chunk = 32, event_block = 512 };

/// What a bar adds as the entry or the exit of a trade: growth, return, squared return; and the bar's close.
typedef struct {
  double growth, sum, squares, close;
} edge;

/// Least, largest and deepest fall of the closes between a bar and the middle of its range.
typedef struct {
  double least, most, fall, unused;
} reach;

typedef struct {
  const double *close;
  int bars, stride, levels;
  /// Averages [window][bar]; by window, where the rows of those in use begin.
  double *average;
  edge *entry, *exit;
  reach *reach;
} event_tables;

static void fill_average(event_tables *e, const double *total, int window, double *row) {
  double scale = 1.0 / window;
  for (int t = 0; t < window - 1 && t < e->stride; t++) row[t] = NAN;
  for (int t = window - 1; t < e->bars; t++)
    row[t] = (total[t + 1] - total[t + 1 - window]) * scale;
  for (int t = e->bars; t < e->stride; t++) row[t] = NAN;
}

/// One level: ranges of 2^(level + 1) bars, reached from their middles to both sides.
static void fill_reach(event_tables *e, int level) {
  int half = 1 << level;
  reach *row = e->reach + (size_t)level * (size_t)e->stride;
  for (int middle = half; middle - half < e->bars; middle += 2 * half) {
    int end = middle < e->bars ? middle : e->bars;
    reach r = {INFINITY, 0, 1, 0};
    for (int t = end - 1; t >= middle - half; t--) {
      double c = e->close[t];
      r.least = lesser(r.least, c), r.most = greater(r.most, c);
      r.fall = lesser(r.fall, r.least / c);
      row[t] = r;
    }
    r = (reach){INFINITY, 0, 1, 0};
    for (int t = middle; t < middle + half && t < e->bars; t++) {
      double c = e->close[t];
      r.least = lesser(r.least, c), r.most = greater(r.most, c);
      r.fall = lesser(r.fall, c / r.most);
      row[t] = r;
    }
  }
}

static void fill_edges(event_tables *e, double fee) {
  double sum = 0, squares = 0, in = 1 / (1 + fee);
  for (int t = 0; t < e->bars; t++) {
    double ratio = t ? e->close[t] / e->close[t - 1] : 1, gain = ratio - 1;
    double out = ratio * (1 - fee) - 1;
    e->exit[t] = (edge){e->close[t] * (1 - fee), sum + out, squares + out * out, e->close[t]};
    sum += gain, squares += gain * gain;
    e->entry[t] =
        (edge){in / e->close[t], in - 1 - sum, (in - 1) * (in - 1) - squares, e->close[t]};
  }
}

/// Appends the bars of a block at which fast comes above slow or ceases to be; returns how many there are now.
static int append_toggles(
    const double *fast, const double *slow, int first, int bars, uint32_t *last, uint16_t *list,
    int count) {
#if defined(__AVX512VBMI2__)
  const __m512i iota = _mm512_set_epi16(
      31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8,
      7, 6, 5, 4, 3, 2, 1, 0);
#endif
  uint32_t before = *last;
  for (int t = first; t < first + bars; t += chunk) {
    uint32_t above = 0;
    UNROLL for (int i = 0; i < 4; i++)
      above |= (uint32_t)_mm512_cmp_pd_mask(
                   _mm512_load_pd(fast + t + 8 * i), _mm512_load_pd(slow + t + 8 * i), _CMP_GT_OQ)
               << (8 * i);
    uint32_t toggles = above ^ (above << 1 | before);
    before = above >> 31;
#if defined(__AVX512VBMI2__)
    // No branch, however many there are.
    __m512i bars_of = _mm512_add_epi16(iota, _mm512_set1_epi16((short)t));
    _mm512_storeu_si512(list + count, _mm512_maskz_compress_epi16(toggles, bars_of));
    count += __builtin_popcount(toggles);
#else
    for (; toggles; toggles &= toggles - 1)
      list[count++] = (uint16_t)(t + __builtin_ctz(toggles));
#endif
  }
  *last = before;
  return count;
}

/// The toggles again where averages tie, by the rule: equality changes nothing, and below comes before above.
static int careful_toggles(
    const double *fast, const double *slow, int bars, uint16_t *list) {
  int count = 0, held = 0, armed = 0;
  for (int t = 0; t < bars; t++) {
    int now = fast[t] > slow[t] ? armed : fast[t] < slow[t] ? 0 : held;
    armed |= fast[t] < slow[t];
    if (now != held) list[count++] = (uint16_t)t;
    held = now;
  }
  return count;
}

/// Follows the trades of one combination.
static peers_row follow_trades(
    const event_tables *e, const uint16_t *list, int count, double fee, double bars_per_year) {
  double in = 1 / (1 + fee), growth = 1, depth = 1, worst = 1;
  __m128d sums = _mm_setzero_pd();
  int closed = count / 2, last = e->bars - 1;
  for (int i = 0; i < closed + (count & 1); i++) {
    int from = list[2 * i], open = i == closed, to = open ? last : list[2 * i + 1] - 1;
    const edge *entry = e->entry + from, *exit = e->exit + to + 1;
    int level = 31 - __builtin_clz((unsigned)(from ^ to) | 1);
    const reach *a = e->reach + (size_t)level * (size_t)e->stride + from;
    const reach *b = a + (to - from);
    // At the entry the fee, then the lowest close against the peak before, or a fall within the trade.
    double most = greater(a->most, b->most);
    double own = from == to ? 1 : lesser(lesser(a->fall, b->fall), b->least / a->most);
    double least = entry->growth * lesser(a->least, b->least);
    worst = lesser(worst, lesser(own, depth * lesser(in, least)));
    if (open) {
      growth *= entry->growth * e->close[last];
      edge rest = e->exit[last];
      double out = rest.close / e->close[last ? last - 1 : 0];
      // The exit's terms without its fee.
      double paid = out * (1 - fee) - 1, gain = last > from ? out - 1 : 0;
      if (last == from) {
        sums = _mm_add_pd(sums, _mm_set_pd((in - 1) * (in - 1), in - 1));
      } else {
        sums = _mm_add_pd(sums, _mm_loadu_pd(&entry->sum));
        sums = _mm_add_pd(sums, _mm_set_pd(
            rest.squares - paid * paid + gain * gain, rest.sum - paid + gain));
      }
      break;
    }
    growth *= entry->growth * exit->growth;
    sums = _mm_add_pd(sums, _mm_add_pd(_mm_loadu_pd(&entry->sum), _mm_loadu_pd(&exit->sum)));
    depth = lesser(lesser(depth * (entry->growth * exit->growth), exit->growth / most), 1);
    worst = lesser(worst, depth);
  }
  double n = e->bars, mean = sums[0] / n, variance = (sums[1] - n * mean * mean) / (n - 1);
  return (peers_row){
      growth - 1, variance > 1e-24 ? mean / sqrt(variance) * sqrt(bars_per_year) : NAN, worst - 1,
      closed + (count & 1)};
}

/// Some pairs of one symbol: a range of slow windows.
static void run_pairs(
    const event_tables *e, const double *slow, const double *fast, const int *order, int count,
    const int *row_of_window, uint16_t *lists, int *counts, uint32_t *lasts, double fee,
    double bars_per_year, peers_row *rows) {
  size_t room = (size_t)e->stride + chunk;
  memset(counts, 0, (size_t)count * sizeof *counts);
  memset(lasts, 0, (size_t)count * sizeof *lasts);
  for (int first = 0; first < e->stride; first += event_block) {
    int bars = e->stride - first < event_block ? e->stride - first : event_block;
    for (int i = 0; i < count; i++) {
      int pair = order[i];
      counts[i] = append_toggles(
          e->average + (size_t)row_of_window[(int)fast[pair]] * (size_t)e->stride,
          e->average + (size_t)row_of_window[(int)slow[pair]] * (size_t)e->stride, first, bars,
          &lasts[i], lists + (size_t)i * room, counts[i]);
    }
  }
  for (int i = 0; i < count; i++) {
    int pair = order[i];
    const double *x = e->average + (size_t)row_of_window[(int)fast[pair]] * (size_t)e->stride;
    const double *y = e->average + (size_t)row_of_window[(int)slow[pair]] * (size_t)e->stride;
    uint16_t *list = lists + (size_t)i * room;
    int start = (int)greater(slow[pair], fast[pair]) - 1, n = counts[i], skip = 0;
    // Bars after the last are no end of a position.
    if (n && list[n - 1] >= e->bars) n--;
    int ties = start < e->bars && x[start] == y[start];
    for (int j = 1; j < n; j += 2) ties |= !(x[list[j]] < y[list[j]]);
    if (ties)
      n = careful_toggles(x, y, e->bars, list);
    else if (n && list[0] == start)
      // Above from the first bar on: not a crossing.
      skip = n < 2 ? n : 2;
    rows[pair] = follow_trades(e, list + skip, n - skip, fee, bars_per_year);
  }
}

void peers_sma_events(
    const peers_series *series, int symbols, const double *fast, const double *slow,
    int combinations, peers_costs costs, int threads, peers_row *rows) {
  int longest = 1, used = 0, row_of_window[4096] = {0}, windows[4096];
  for (int i = 0; i < combinations; i++) {
    row_of_window[(int)fast[i]] = row_of_window[(int)slow[i]] = 1;
    longest = (int)greater(longest, greater(fast[i], slow[i]));
  }
  for (int w = 1; w <= longest; w++)
    if (row_of_window[w]) row_of_window[w] = used, windows[used++] = w;
  // Pairs with the same slow average follow each other.
  int *order = aligned((size_t)combinations * sizeof *order), placed = 0;
  for (int w = 1; w <= longest; w++)
    for (int i = 0; i < combinations; i++)
      if ((int)slow[i] == w) order[placed++] = i;
  int bars = series->bars, stride = (bars + chunk - 1) / chunk * chunk, levels = 1;
  while (1 << levels < bars) levels++;
  // One symbol is shared out by pairs, several by symbols, with tables of their own.
  int sets = symbols == 1 ? 1 : threads;
  event_tables *tables = aligned((size_t)sets * sizeof *tables);
  double *totals = aligned((size_t)(sets * (bars + 1)) * sizeof(double));
  for (int i = 0; i < sets; i++)
    tables[i] = (event_tables){
        .bars = bars, .stride = stride, .levels = levels,
        .average = unwritten((size_t)used * (size_t)stride * sizeof(double)),
        .entry = unwritten((size_t)(bars + 1) * sizeof(edge)),
        .exit = unwritten((size_t)(bars + 1) * sizeof(edge)),
        .reach = unwritten((size_t)levels * (size_t)stride * sizeof(reach))};
  size_t room = (size_t)stride + chunk;
#pragma omp parallel num_threads(threads)
  {
    int most = symbols == 1 ? (combinations + threads - 1) / threads : combinations;
    uint16_t *lists = unwritten((size_t)most * room * sizeof *lists);
    int *counts = aligned((size_t)most * sizeof *counts);
    uint32_t *lasts = aligned((size_t)most * sizeof *lasts);
    event_tables *e = tables + (symbols == 1 ? 0 : omp_get_thread_num());
    double *total = totals + (symbols == 1 ? 0 : omp_get_thread_num() * (bars + 1));
    if (symbols == 1) {
#pragma omp single
      {
        e->close = series->close;
        for (int t = 0; t < bars; t++) total[t + 1] = total[t] + (e->close[t] - e->close[0]);
        fill_edges(e, costs.fee);
      }
#pragma omp for schedule(dynamic, 1) nowait
      for (int level = 0; level < levels; level++) fill_reach(e, level);
#pragma omp for schedule(dynamic, 4)
      for (int i = 0; i < used; i++)
        fill_average(e, total, windows[i], e->average + (size_t)i * (size_t)stride);
      int from, to;
      share(combinations, &from, &to);
      run_pairs(
          e, slow, fast, order + from, to - from, row_of_window, lists, counts, lasts, costs.fee,
          series->bars_per_year, rows);
    } else {
#pragma omp for schedule(dynamic, 1)
      for (int symbol = 0; symbol < symbols; symbol++) {
        e->close = series[symbol].close;
        for (int t = 0; t < bars; t++) total[t + 1] = total[t] + (e->close[t] - e->close[0]);
        fill_edges(e, costs.fee);
        for (int level = 0; level < levels; level++) fill_reach(e, level);
        for (int i = 0; i < used; i++)
          fill_average(e, total, windows[i], e->average + (size_t)i * (size_t)stride);
        run_pairs(
            e, slow, fast, order, combinations, row_of_window, lists, counts, lasts, costs.fee,
            series[symbol].bars_per_year, rows + (size_t)symbol * (size_t)combinations);
      }
    }
    free(lists), free(counts), free(lasts);
  }
  for (int i = 0; i < sets; i++)
    free(tables[i].average), free(tables[i].entry), free(tables[i].exit), free(tables[i].reach);
  free(tables), free(totals), free(order);
}
