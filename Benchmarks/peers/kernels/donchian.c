#include "lanes.h"

/// Long and short lanes hold cash and units, as their equity does not follow from the price alone.
typedef struct {
  path path;
  __m512d cash, units, equity;
  __mmask8 longs, shorts;
} __attribute__((aligned(64))) side_lanes;

typedef struct {
  const uint8_t *enter_long, *enter_short, *leave_long, *leave_short;
} side_signals;

typedef struct {
  double close[block_bars], high[block_bars];
  /// Units that 1 buys at the open; what a unit brings there, and what it costs to return one.
  double buys[block_bars], sells[block_bars], returns[block_bars];
  /// The high times the collateral that a short needs.
  double needs[block_bars];
} side_prices;

/// Collateral of a short, as a multiple of its value at the bar's high.
static const double maintenance = 1.3;

INLINE void side_flight(
    const int flight, side_lanes *state, const side_signals *signals, const side_prices *prices,
    int bars, peers_costs costs) {
  side_lanes a[8];
  side_signals in[8];
  const __m512d zero = _mm512_setzero_pd();
  // Of equity 1 a short leaves this much cash: the proceeds, less the fee on both.
  const __m512d short_cash = _mm512_set1_pd(1 + (1 - costs.fee) / (1 + costs.fee));
  UNROLL for (int k = 0; k < flight; k++) {
    a[k] = state[k];
    in[k] = signals[k];
  }
  for (int t = 0; t < bars; t++) {
    __m512d close = _mm512_set1_pd(prices->close[t]), buys = _mm512_set1_pd(prices->buys[t]),
            sells = _mm512_set1_pd(prices->sells[t]), returns = _mm512_set1_pd(prices->returns[t]),
            needs = _mm512_set1_pd(prices->needs[t]);
    UNROLL for (int k = 0; k < flight; k++) {
      side_lanes *s = &a[k];
      unsigned longs = s->longs, shorts = s->shorts, flat = ~(longs | shorts);
      unsigned long_entry = in[k].enter_long[t] & flat, short_entry = in[k].enter_short[t] & flat;
      unsigned exit = (in[k].leave_long[t] & longs) | (in[k].leave_short[t] & shorts);
      s->cash = _mm512_mask3_fmadd_pd(
          s->units, _mm512_mask_mov_pd(returns, longs, sells), s->cash, exit);
      __m512d bought = _mm512_mul_pd(s->cash, buys);
      s->units = _mm512_mask_mov_pd(s->units, exit, zero);
      s->units = _mm512_mask_mov_pd(s->units, long_entry, bought);
      s->units = _mm512_mask_sub_pd(s->units, short_entry, zero, bought);
      s->cash = _mm512_mask_mul_pd(s->cash, short_entry, s->cash, short_cash);
      s->cash = _mm512_mask_mov_pd(s->cash, long_entry, zero);
      s->longs = (longs & ~exit) | long_entry;
      s->shorts = (shorts & ~exit) | short_entry;
      __mmask8 broke = _mm512_mask_cmp_pd_mask(
          s->shorts, _mm512_fmadd_pd(s->units, needs, s->cash), zero, _CMP_LE_OQ);
      if (__builtin_expect(broke, 0)) {
        __m512d price = _mm512_set1_pd(prices->high[t] * (1 + costs.fee));
        s->cash = _mm512_mask3_fmadd_pd(s->units, price, s->cash, broke);
        s->units = _mm512_mask_mov_pd(s->units, broke, zero);
        s->shorts = s->shorts & ~broke;
      }
      __m512d now = _mm512_fmadd_pd(s->units, close, s->cash);
      __m512d factor = _mm512_div_pd(now, s->equity);
      s->equity = now;
      follow(&s->path, factor, long_entry | short_entry);
      s->path.value = now;
    }
  }
  UNROLL for (int k = 0; k < flight; k++) state[k] = a[k];
}

/// Extremes of the last 1, 2, 4, … bars up to each bar: two of them give any window.
typedef struct {
  int levels, length;
  double *values;
} extremes;

static void fill_extremes(extremes *e, const double *x, int from, int count, int sign) {
  for (int i = 0; i < count; i++) e->values[i] = sign * x[from + i];
  for (int level = 1; level < e->levels; level++) {
    double *row = e->values + level * e->length, *last = row - e->length;
    int back = 1 << (level - 1);
    for (int i = 0; i < back && i < count; i++) row[i] = last[i];
    for (int i = back; i < count; i++) row[i] = last[i] > last[i - back] ? last[i] : last[i - back];
  }
}

/// Bits of the closes above the extreme of the `window` bars before them.
static void beyond_bits(
    const extremes *e, int offset, const double *close, int first, int bars, int window, int sign,
    uint8_t *out) {
  int level = 31 - __builtin_clz((unsigned)window), rest = window - (1 << level);
  const double *row = e->values + level * e->length;
  __m512d factor = _mm512_set1_pd(sign);
  for (int t = 0; t < bars; t += 8) {
    __mmask8 live = bars - t >= 8 ? 0xFF : (__mmask8)((1 << (bars - t)) - 1);
    __mmask8 warm = live & bars_from(first, t, window);
    // Place of the bar before, in the table.
    const double *place = row + first + t - 1 - offset;
    __m512d best = _mm512_maskz_loadu_pd(warm, place);
    best = _mm512_max_pd(best, _mm512_maskz_loadu_pd(warm, place - rest));
    __m512d value = _mm512_mul_pd(_mm512_maskz_loadu_pd(live, close + first + t), factor);
    out[t / 8] = _mm512_mask_cmp_pd_mask(warm, value, best, _CMP_GT_OQ);
  }
}

/// Lanes are exit windows. Vectors go through (entry, group of exits): entries are the same for all lanes.
void peers_donchian(
    const peers_series *s, peers_axis entry, peers_axis exit, peers_costs costs, int threads,
    peers_row *rows) {
  int groups = groups_of(exit), count = entry.count * groups;
  int longest = (int)fmax(largest(entry), largest(exit)), levels = 1;
  while (1 << levels <= longest) levels++;
#pragma omp parallel num_threads(threads)
  {
    int from, to;
    share(count, &from, &to);
    int first_entry = from / groups;
    int entries = to > from ? (to - 1) / groups - first_entry + 1 : 0;
    side_lanes *state = aligned((size_t)(to - from) * sizeof *state);
    side_signals *signals = aligned((size_t)(to - from) * sizeof *signals);
    signal_bytes *enter = aligned((size_t)entries * 2 * sizeof *enter);
    signal_bytes *leave = aligned((size_t)groups * 2 * sizeof *leave);
    int length = longest + block_bars + 16;
    extremes top = {levels, length, aligned((size_t)(levels * length) * sizeof(double))};
    extremes bottom = {levels, length, aligned((size_t)(levels * length) * sizeof(double))};
    for (int i = from; i < to; i++) {
      int e = i / groups - first_entry, g = i % groups;
      state[i - from] = (side_lanes){
          .path = new_path(), .cash = _mm512_set1_pd(1), .equity = _mm512_set1_pd(1)};
      signals[i - from] = (side_signals){
          enter[2 * e].bar, enter[2 * e + 1].bar, leave[2 * g].bar, leave[2 * g + 1].bar};
    }
    side_prices prices;
    for (int first = 0; first < s->bars && to > from; first += block_bars) {
      int bars = s->bars - first < block_bars ? s->bars - first : block_bars;
      int offset = first > longest ? first - longest : 0;
      fill_extremes(&top, s->high, offset, first + bars - offset, 1);
      fill_extremes(&bottom, s->low, offset, first + bars - offset, -1);
      for (int e = 0; e < entries; e++) {
        uint8_t above[block_bars / 8], below[block_bars / 8];
        int window = (int)entry.values[first_entry + e];
        beyond_bits(&top, offset, s->close, first, bars, window, 1, above);
        beyond_bits(&bottom, offset, s->close, first, bars, window, -1, below);
        bytes_of_bits(above, bars, enter + 2 * e);
        bytes_of_bits(below, bars, enter + 2 * e + 1);
      }
      for (int g = 0; g < groups; g++) {
        double windows[width];
        uint8_t above[width][block_bars / 8], below[width][block_bars / 8];
        eight_of(exit, g * width, windows);
        for (int l = 0; l < width; l++) {
          beyond_bits(&top, offset, s->close, first, bars, (int)windows[l], 1, above[l]);
          beyond_bits(&bottom, offset, s->close, first, bars, (int)windows[l], -1, below[l]);
        }
        lanes_of_bits(below, bars, leave + 2 * g);
        lanes_of_bits(above, bars, leave + 2 * g + 1);
      }
      for (int t = 0; t < bars; t++) {
        double open = s->open[first + t];
        prices.close[t] = s->close[first + t];
        prices.high[t] = s->high[first + t];
        prices.buys[t] = 1 / (open * (1 + costs.fee));
        prices.sells[t] = open * (1 - costs.fee);
        prices.returns[t] = open * (1 + costs.fee);
        prices.needs[t] = s->high[first + t] * maintenance;
      }
      int i = 0, own = to - from;
      for (; i + 2 <= own; i += 2) side_flight(2, state + i, signals + i, &prices, bars, costs);
      for (; i < own; i++) side_flight(1, state + i, signals + i, &prices, bars, costs);
      carry(enter, entries * 2, bars);
      carry(leave, groups * 2, bars);
    }
    for (int i = from; i < to; i++)
      for (int l = 0; l < width && i % groups * width + l < exit.count; l++)
        rows[i / groups * exit.count + i % groups * width + l] =
            row_of(&state[i - from].path, l, s->bars, s->bars_per_year);
    free(state), free(signals), free(enter), free(leave), free(top.values), free(bottom.values);
  }
}
