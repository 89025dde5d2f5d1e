// Lanes that are long or flat, without stops: what a bar does to their equity is the same for all of them.
#pragma once
#include "lanes.h"

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

/// Fills at the next open.
INLINE void open_prices(
    const peers_series *s, int first, int bars, peers_costs c, plain_prices *p) {
  for (int t = 0; t < bars; t++) {
    int bar = first + t;
    double last = bar ? s->close[bar - 1] : s->close[0];
    p->held[t] = s->close[bar] / last;
    p->enter[t] = s->close[bar] / (s->open[bar] * (1 + c.slippage) * (1 + c.fee));
    p->leave[t] = s->open[bar] * (1 - c.slippage) * (1 - c.fee) / last;
  }
}

/// Fills at a close.
INLINE void close_prices(
    const peers_series *s, int first, int bars, peers_costs c, plain_prices *p) {
  for (int t = 0; t < bars; t++) {
    int bar = first + t;
    p->held[t] = bar ? s->close[bar] / s->close[bar - 1] : 1;
    p->enter[t] = 1 / ((1 + c.slippage) * (1 + c.fee));
    p->leave[t] = p->held[t] * (1 - c.slippage) * (1 - c.fee);
  }
}
