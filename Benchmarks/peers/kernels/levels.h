// Long-only lanes with a stop and a target or a trailing stop, which act inside a bar.
#pragma once
#include "plain.h"

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
      __m512d unit = _mm512_mask_mov_pd(held_unit, entry, entry_unit);
      factor = _mm512_mask_mul_pd(factor, hit, price, unit);
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
