// What the hand-written sweeps share: eight combinations a vector, several vectors in flight, blocks of bars. Signals
// come as bytes, a bit for each of eight lanes, since combinations share most of them; so the loop over bars compares
// nothing that another vector compares too. It needs AVX-512 and 64-byte aligned memory; no fast-math.
#pragma once
#include <immintrin.h>
#include <math.h>
#include <omp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "peers.h"

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 8")

/// Bars in a block, and lanes in a vector.
enum { block_bars = 256, width = 8 };

/// Signals of eight lanes, or of all lanes alike, by bar; place 0 holds the last bar of the block before.
typedef struct {
  uint8_t bar[block_bars + 8];
} signal_bytes;

/// Memory that nothing was written to yet.
INLINE void *unwritten(size_t bytes) {
  void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64 + 64);
  if (!memory) abort();
  return memory;
}

/// Memory of zeros.
INLINE void *aligned(size_t bytes) { return memset(unwritten(bytes), 0, bytes); }

INLINE double lesser(double a, double b) { return a < b ? a : b; }
INLINE double greater(double a, double b) { return a > b ? a : b; }

/// Moves the last bar of a block before the first of the next.
INLINE void carry(signal_bytes *signals, int count, int bars) {
  for (int i = 0; i < count; i++) signals[i].bar[0] = signals[i].bar[bars];
}

/// Turns eight rows of bits over bars into a byte a bar.
INLINE void lanes_of_bits(const uint8_t rows[width][block_bars / 8], int bars, signal_bytes *out) {
  for (int i = 0; i * 8 < bars; i++) {
    uint64_t x = 0, t;
    for (int l = 0; l < width; l++) x |= (uint64_t)rows[l][i] << (8 * l);
    t = (x ^ (x >> 7)) & 0x00AA00AA00AA00AAull, x ^= t ^ (t << 7);
    t = (x ^ (x >> 14)) & 0x0000CCCC0000CCCCull, x ^= t ^ (t << 14);
    t = (x ^ (x >> 28)) & 0x00000000F0F0F0F0ull, x ^= t ^ (t << 28);
    memcpy(out->bar + 1 + i * 8, &x, 8);
  }
}

/// Turns a row of bits over bars into a byte a bar, all lanes alike.
INLINE void bytes_of_bits(const uint8_t row[block_bars / 8], int bars, signal_bytes *out) {
  for (int i = 0; i * 8 < bars; i++) {
    __m128i bytes = _mm_movm_epi8(row[i]);
    _mm_storel_epi64((void *)(out->bar + 1 + i * 8), bytes);
  }
}

/// Bits of the eight bars from `first + i` that are not before `from`.
INLINE __mmask8 bars_from(int first, int i, int from) {
  int late = from - first - i;
  return late <= 0 ? 0xFF : late >= 8 ? 0 : (__mmask8)(0xFF << late);
}

/// The part of `count` things that a thread takes.
INLINE void share(int count, int *from, int *to) {
  int k = omp_get_thread_num(), n = omp_get_num_threads();
  *from = (int)((long)count * k / n);
  *to = (int)((long)count * (k + 1) / n);
}

// ---- Metrics

/// A path of equity, folded as it grows.
typedef struct {
  __m512d value, sum, squares, depth, worst;
  __m512i entries;
} path;

INLINE path new_path(void) {
  __m512d one = _mm512_set1_pd(1), zero = _mm512_setzero_pd();
  return (path){one, zero, zero, one, one, _mm512_setzero_si512()};
}

INLINE void follow(path *p, __m512d factor, __mmask8 entry) {
  __m512d one = _mm512_set1_pd(1), gain = _mm512_sub_pd(factor, one);
  p->entries = _mm512_mask_add_epi64(p->entries, entry, p->entries, _mm512_set1_epi64(1));
  p->value = _mm512_mul_pd(p->value, factor);
  p->sum = _mm512_add_pd(p->sum, gain);
  p->squares = _mm512_fmadd_pd(gain, gain, p->squares);
  p->depth = _mm512_min_pd(_mm512_mul_pd(p->depth, factor), one);
  p->worst = _mm512_min_pd(p->worst, p->depth);
}

INLINE peers_row row_of(const path *p, int lane, int bars, double bars_per_year) {
  double n = bars, mean = p->sum[lane] / n;
  double variance = (p->squares[lane] - n * mean * mean) / (n - 1);
  return (peers_row){
      .total_return = p->value[lane] - 1,
      .sharpe = variance > 1e-24 ? mean / sqrt(variance) * sqrt(bars_per_year) : NAN,
      .max_drawdown = p->worst[lane] - 1,
      .entries = (double)((const long long *)&p->entries)[lane]};
}

// ---- Long only, no levels

/// What a bar does to the equity of a lane: the same for all lanes, so nothing is divided in the loop.
typedef struct {
  double held[block_bars], enter[block_bars], leave[block_bars];
} plain_prices;

typedef struct {
  path path;
  __mmask8 held;
} __attribute__((aligned(64))) plain_lanes;

typedef struct {
  const uint8_t *enter, *leave;
} plain_signals;

INLINE void plain_flight(
    const int flight, plain_lanes *state, const plain_signals *signals, const plain_prices *prices,
    int bars) {
  plain_lanes a[8];
  const uint8_t *enter[8], *leave[8];
  const __m512d one = _mm512_set1_pd(1);
  UNROLL for (int k = 0; k < flight; k++) {
    a[k] = state[k];
    enter[k] = signals[k].enter;
    leave[k] = signals[k].leave;
  }
  for (int t = 0; t < bars; t++) {
    __m512d held = _mm512_set1_pd(prices->held[t]), in = _mm512_set1_pd(prices->enter[t]),
            out = _mm512_set1_pd(prices->leave[t]);
    UNROLL for (int k = 0; k < flight; k++) {
      unsigned was = a[k].held, entry = enter[k][t] & ~was, exit = leave[k][t] & was;
      __m512d factor = _mm512_mask_mov_pd(one, was, held);
      factor = _mm512_mask_mov_pd(factor, entry, in);
      factor = _mm512_mask_mov_pd(factor, exit, out);
      a[k].held = was ^ (entry | exit);
      follow(&a[k].path, factor, entry);
    }
  }
  UNROLL for (int k = 0; k < flight; k++) state[k] = a[k];
}

static inline void plain_run(
    plain_lanes *state, const plain_signals *signals, int count, const plain_prices *prices,
    int bars) {
  int i = 0;
  for (; i + 4 <= count; i += 4) plain_flight(4, state + i, signals + i, prices, bars);
  for (; i < count; i++) plain_flight(1, state + i, signals + i, prices, bars);
}

// ---- Long only, with a stop and a target or a trailing stop

typedef struct {
  plain_prices plain;
  double open[block_bars], high[block_bars], low[block_bars];
  /// What a price inside the bar is multiplied by: for a position of before, for one of this bar's open.
  double held_unit[block_bars], entry_unit[block_bars];
} level_prices;

typedef struct {
  path path;
  __m512d stop, target;
  /// What the entry price is multiplied by.
  __m512d stop_factor, target_factor;
  __mmask8 held;
} __attribute__((aligned(64))) level_lanes;

INLINE void level_flight(
    const int flight, const int trails, level_lanes *state, const plain_signals *signals,
    const level_prices *prices, int bars) {
  level_lanes a[8];
  const uint8_t *enter[8], *leave[8];
  const __m512d one = _mm512_set1_pd(1);
  UNROLL for (int k = 0; k < flight; k++) {
    a[k] = state[k];
    enter[k] = signals[k].enter;
    leave[k] = signals[k].leave;
  }
  for (int t = 0; t < bars; t++) {
    __m512d held = _mm512_set1_pd(prices->plain.held[t]),
            in = _mm512_set1_pd(prices->plain.enter[t]),
            out = _mm512_set1_pd(prices->plain.leave[t]), open = _mm512_set1_pd(prices->open[t]),
            high = _mm512_set1_pd(prices->high[t]), low = _mm512_set1_pd(prices->low[t]),
            held_unit = _mm512_set1_pd(prices->held_unit[t]),
            entry_unit = _mm512_set1_pd(prices->entry_unit[t]);
    UNROLL for (int k = 0; k < flight; k++) {
      level_lanes *s = &a[k];
      unsigned was = s->held, entry = enter[k][t] & ~was, exit = leave[k][t] & was;
      unsigned now = was ^ (entry | exit);
      s->stop = _mm512_mask_mul_pd(s->stop, entry, open, s->stop_factor);
      __mmask8 hit = _mm512_mask_cmp_pd_mask(now, low, s->stop, _CMP_LE_OQ);
      __m512d price;
      if (trails) {
        // A gap fills at the open.
        price = _mm512_min_pd(open, s->stop);
      } else {
        s->target = _mm512_mask_mul_pd(s->target, entry, open, s->target_factor);
        __mmask8 reached = _mm512_mask_cmp_pd_mask(now, high, s->target, _CMP_GT_OQ);
        __mmask8 gap = _mm512_mask_cmp_pd_mask(reached, open, s->target, _CMP_GT_OQ);
        // The stop comes first, but for an open beyond the target.
        price = _mm512_mask_min_pd(
            _mm512_max_pd(open, s->target), hit & ~gap, open, s->stop);
        hit |= reached;
      }
      __m512d factor = _mm512_mask_mov_pd(one, was, held);
      factor = _mm512_mask_mov_pd(factor, entry, in);
      factor = _mm512_mask_mov_pd(factor, exit, out);
      factor = _mm512_mask_mul_pd(factor, hit, price, _mm512_mask_mov_pd(held_unit, entry, entry_unit));
      s->held = now & ~hit;
      if (trails) s->stop = _mm512_max_pd(s->stop, _mm512_mul_pd(high, s->stop_factor));
      follow(&s->path, factor, entry);
    }
  }
  UNROLL for (int k = 0; k < flight; k++) state[k] = a[k];
}

INLINE void level_run(
    const int trails, level_lanes *state, const plain_signals *signals, int count,
    const level_prices *prices, int bars) {
  int i = 0;
  for (; i + 3 <= count; i += 3) level_flight(3, trails, state + i, signals + i, prices, bars);
  for (; i < count; i++) level_flight(1, trails, state + i, signals + i, prices, bars);
}

/// Fills at the next open.
INLINE void open_prices(const peers_series *s, int first, int bars, peers_costs c, plain_prices *p) {
  for (int t = 0; t < bars; t++) {
    int bar = first + t;
    double last = bar ? s->close[bar - 1] : s->close[0];
    p->held[t] = s->close[bar] / last;
    p->enter[t] = s->close[bar] / (s->open[bar] * (1 + c.slippage) * (1 + c.fee));
    p->leave[t] = s->open[bar] * (1 - c.slippage) * (1 - c.fee) / last;
  }
}

/// Fills at a close.
INLINE void close_prices(const peers_series *s, int first, int bars, peers_costs c, plain_prices *p) {
  for (int t = 0; t < bars; t++) {
    int bar = first + t;
    p->held[t] = bar ? s->close[bar] / s->close[bar - 1] : 1;
    p->enter[t] = 1 / ((1 + c.slippage) * (1 + c.fee));
    p->leave[t] = p->held[t] * (1 - c.slippage) * (1 - c.fee);
  }
}

/// Fills at the next open, and at levels inside a bar.
INLINE void bar_prices(const peers_series *s, int first, int bars, peers_costs c, level_prices *p) {
  open_prices(s, first, bars, c, &p->plain);
  for (int t = 0; t < bars; t++) {
    int bar = first + t;
    p->open[t] = s->open[bar];
    p->high[t] = s->high[bar];
    p->low[t] = s->low[bar];
    p->held_unit[t] = (1 - c.fee) / (bar ? s->close[bar - 1] : s->close[0]);
    p->entry_unit[t] = (1 - c.fee) / (s->open[bar] * (1 + c.fee));
  }
}

// ---- Indicators that several sweeps need

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

/// Eight values of an axis from a place on; beyond its end, the last.
INLINE void eight_of(peers_axis axis, int from, double *out) {
  for (int l = 0; l < width; l++)
    out[l] = axis.values[from + l < axis.count ? from + l : axis.count - 1];
}

INLINE int groups_of(peers_axis axis) { return (axis.count + width - 1) / width; }

INLINE double largest(peers_axis axis) {
  double most = 0;
  for (int i = 0; i < axis.count; i++) most = axis.values[i] > most ? axis.values[i] : most;
  return most;
}
