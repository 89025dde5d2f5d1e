#include "Reference.h"
#include "pool.h"

#include <stdatomic.h>

enum { block_bars = 128, lanes = 8, portfolios_at_once = 256 };

#if defined(__x86_64__)
#define WIDE __attribute__((target("avx512f")))
#define IS_WIDE __builtin_cpu_supports("avx512f")
#else
#define WIDE
#define IS_WIDE false
#endif
#define INLINE static inline __attribute__((always_inline))

typedef double vector __attribute__((ext_vector_type(8), aligned(8)));

typedef struct {
  const long *starts;
  const int32_t *symbols, *first_bars;
  const double *units, *prices;
  double *out;
  long portfolios;
  int symbol_count, bars;
  atomic_long next;
} book;

static void gather(void *context, int k) {
  (void)k;
  book *b = context;
  for (;;) {
    long begin = atomic_fetch_add(&b->next, 16 * portfolios_at_once);
    if (begin >= b->portfolios) return;
    long end = begin + 16 * portfolios_at_once;
    if (end > b->portfolios) end = b->portfolios;
    for (long row = begin; row < end; row++) {
      long place = b->starts[row], last = b->starts[row + 1];
      double sums[4] = {0};
      for (; place + 4 <= last; place += 4)
        for (int part = 0; part < 4; part++)
          sums[part] += b->units[place + part] * b->prices[b->symbols[place + part]];
      for (; place < last; place++) sums[0] += b->units[place] * b->prices[b->symbols[place]];
      b->out[row] = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    }
  }
}

void apus_reference_gather(
    const long *starts, const int32_t *symbols, const double *units, const double *prices,
    long portfolios, int threads, double *out) {
  book b = {.starts = starts, .symbols = symbols, .units = units, .prices = prices, .out = out,
            .portfolios = portfolios};
  apus_pool_run(threads, gather, &b);
}

INLINE double held_block(const book *b, long row, int block) {
  vector sums[block_bars / lanes] = {0};
  for (long place = b->starts[row]; place < b->starts[row + 1]; place++) {
    if (b->first_bars[place] >= (block + 1) * block_bars) continue;
    const vector *prices =
        (const vector *)(b->prices + ((long)block * b->symbol_count + b->symbols[place]) * block_bars);
    double units = b->units[place];
    for (int bar = 0; bar < block_bars / lanes; bar++) sums[bar] += prices[bar] * units;
  }
  vector total = 0;
  for (int bar = 0; bar < block_bars / lanes; bar++) total += sums[bar];
  double sum = 0;
  for (int lane = 0; lane < lanes; lane++) sum += total[lane];
  return sum;
}

INLINE void hold_all(book *b) {
  for (;;) {
    long begin = atomic_fetch_add(&b->next, portfolios_at_once);
    if (begin >= b->portfolios) return;
    long end = begin + portfolios_at_once;
    if (end > b->portfolios) end = b->portfolios;
    for (int block = 0; block * block_bars < b->bars; block++)
      for (long row = begin; row < end; row++) b->out[row] += held_block(b, row, block);
  }
}

static void hold(void *context, int k) {
  (void)k;
  hold_all(context);
}

WIDE static void hold_wide(void *context, int k) {
  (void)k;
  hold_all(context);
}

void apus_reference_held(
    const long *starts, const int32_t *symbols, const double *units, const int32_t *first_bars,
    long portfolios, const double *prices, int symbol_count, int bars, int threads, double *out) {
  for (long row = 0; row < portfolios; row++) out[row] = 0;
  book b = {.starts = starts, .symbols = symbols, .units = units, .first_bars = first_bars,
            .prices = prices, .out = out, .portfolios = portfolios,
            .symbol_count = symbol_count, .bars = bars};
  apus_pool_run(threads, IS_WIDE ? hold_wide : hold, &b);
}

typedef struct {
  const double *returns;
  const int32_t *draws;
  double *out;
  long blocks;
  int bars, samples;
  atomic_long next;
} contest;

INLINE void draw_all(contest *c) {
  for (;;) {
    long block = atomic_fetch_add(&c->next, 1);
    if (block >= c->blocks) return;
    const vector *returns = (const vector *)(c->returns + block * c->bars * lanes);
    vector total = 0;
    for (int sample = 0; sample < c->samples; sample++) {
      const int32_t *drawn = c->draws + (long)sample * c->bars;
      vector sum = 0, squares = 0;
      for (int bar = 0; bar < c->bars; bar++) {
        vector value = returns[drawn[bar]];
        sum += value;
        squares += value * value;
      }
      total += sum * sum / squares;
    }
    *(vector *)(c->out + block * lanes) = total;
  }
}

static void draw(void *context, int k) {
  (void)k;
  draw_all(context);
}

WIDE static void draw_wide(void *context, int k) {
  (void)k;
  draw_all(context);
}

void apus_reference_drawn_sums(
    const double *returns, long blocks, int bars, const int32_t *draws, int samples, int threads,
    double *out) {
  contest c = {.returns = returns, .draws = draws, .out = out, .blocks = blocks, .bars = bars,
               .samples = samples};
  apus_pool_run(threads, IS_WIDE ? draw_wide : draw, &c);
}
