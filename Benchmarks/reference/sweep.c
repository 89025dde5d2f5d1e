// The classic lane kernel of a moving-average sweep: eight combinations a vector, several vectors in flight, blocks of
// bars whose averages come from running totals, and nothing of size combinations × bars in memory. It knows this one
// strategy, which the engine does not; so it is what the engine is measured against.

#include "sweep.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "Reference.h"
#include "pool.h"

typedef struct {
  const double *close;
  int assets, bars, combinations;
  double fee, bars_per_year;
  apus_reference_row *rows;
  /// Distinct windows, ascending; the slow ones filled up to a multiple of eight by repeating the last.
  int *fast_windows, *slow_windows;
  int fast_count, group_count, longest;
  sweep_item *items;
  int item_count;
  int threads;
  bool wide;
  atomic_int next_asset;
  atomic_bool failed;
} sweep_plan;

static bool has_avx512(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma");
#else
  return false;
#endif
}

const char *apus_reference_sweep_variant(void) { return has_avx512() ? "AVX-512" : "plain"; }

static void *aligned(size_t bytes) { return aligned_alloc(64, (bytes + 63) / 64 * 64 + 64); }

/// Distinct values in ascending order, and the position of each window among them.
static int distinct(const int *windows, int count, int longest, int *values, int *position) {
  for (int w = 0; w <= longest; w++) position[w] = -1;
  for (int i = 0; i < count; i++) position[windows[i]] = 0;
  int found = 0;
  for (int w = 0; w <= longest; w++)
    if (position[w] == 0) {
      position[w] = found;
      values[found++] = w;
    }
  return found;
}

/// Sorts combinations into vectors: one fast window, eight neighbouring slow ones.
static bool plan_items(sweep_plan *p, const int *fast, const int *slow) {
  p->longest = 0;
  for (int i = 0; i < p->combinations; i++) {
    if (fast[i] > p->longest) p->longest = fast[i];
    if (slow[i] > p->longest) p->longest = slow[i];
  }
  size_t room = (size_t)p->longest + 1 + width;
  int *fast_position = malloc(room * sizeof(int)), *slow_position = malloc(room * sizeof(int));
  int *place = NULL;
  p->fast_windows = malloc(room * sizeof(int));
  p->slow_windows = malloc(room * sizeof(int));
  bool ok = fast_position && slow_position && p->fast_windows && p->slow_windows;
  if (ok) {
    p->fast_count = distinct(fast, p->combinations, p->longest, p->fast_windows, fast_position);
    int slow_count = distinct(slow, p->combinations, p->longest, p->slow_windows, slow_position);
    for (; slow_count % width; slow_count++)
      p->slow_windows[slow_count] = p->slow_windows[slow_count - 1];
    p->group_count = slow_count / width;
    size_t cells = (size_t)p->fast_count * (size_t)slow_count;
    place = malloc(cells * sizeof(int));
    p->items = malloc(cells / width * sizeof(sweep_item));
    ok = place && p->items;
    if (ok) {
      memset(place, -1, cells * sizeof(int));
      for (int i = 0; i < p->combinations; i++)
        place[fast_position[fast[i]] * slow_count + slow_position[slow[i]]] = i;
      for (int f = 0; f < p->fast_count; f++)
        for (int g = 0; g < p->group_count; g++) {
          sweep_item item = {.fast = f, .group = g};
          bool used = false;
          for (int l = 0; l < width; l++) {
            item.combination[l] = place[f * slow_count + g * width + l];
            used |= item.combination[l] >= 0;
          }
          if (used) p->items[p->item_count++] = item;
        }
    }
  }
  free(fast_position);
  free(slow_position);
  free(place);
  return ok;
}

/// Slow averages of a group over a block that begins at `first`, NaN where a window is not full.
static void fill_group(
    const sweep_plan *p, const double *prefix, int offset, int first, int bars, int group,
    double *out) {
  const int *window = p->slow_windows + group * width;
  double scale[width];
  for (int l = 0; l < width; l++) scale[l] = 1.0 / window[l];
  int partial = window[width - 1] - 1 - first;
  partial = partial < 0 ? 0 : partial > bars ? bars : partial;
  for (int t = 0; t < partial; t++)
    for (int l = 0; l < width; l++) {
      int end = first + t + 1 - offset;
      bool full = first + t + 1 >= window[l];
      out[t * width + l] = full ? (prefix[end] - prefix[end - window[l]]) * scale[l] : NAN;
    }
#if defined(__x86_64__)
  if (p->wide) {
    apus_sweep_averages_avx512(
        prefix, first + partial + 1 - offset, bars - partial, window, scale,
        out + partial * width);
    return;
  }
#endif
  apus_sweep_averages_plain(
      prefix, first + partial + 1 - offset, bars - partial, window, scale, out + partial * width);
}

static void report(
    const sweep_plan *p, const sweep_item *items, const sweep_state *states, int count,
    apus_reference_row *rows) {
  double n = p->bars;
  for (int i = 0; i < count; i++)
    for (int l = 0; l < width; l++) {
      int combination = items[i].combination[l];
      if (combination < 0) continue;
      const sweep_state *s = states + i;
      double mean = s->sum[l] / n, variance = (s->squares[l] - n * mean * mean) / (n - 1);
      rows[combination] = (apus_reference_row){
          .total_return = s->value[l] - 1,
          .sharpe = mean / sqrt(variance) * sqrt(p->bars_per_year),
          .max_drawdown = s->worst[l] - 1,
          .entries = s->entries[l]};
    }
}

/// Some items over one asset.
static bool sweep_asset(
    const sweep_plan *p, const double *close, const sweep_item *items, int count,
    apus_reference_row *rows) {
  double *prefix = aligned(((size_t)block_bars + (size_t)p->longest + 1) * sizeof(double));
  double *slow = aligned((size_t)p->group_count * block_bars * width * sizeof(double));
  double *fast = aligned((size_t)p->fast_count * block_bars * sizeof(double));
  sweep_state *states = aligned((size_t)count * sizeof(sweep_state));
  bool ok = prefix && slow && fast && states;
  if (ok) {
    for (int i = 0; i < count; i++)
      for (int l = 0; l < width; l++) {
        states[i].value[l] = states[i].depth[l] = states[i].worst[l] = 1;
        states[i].sum[l] = states[i].squares[l] = states[i].entries[l] = 0;
        states[i].held = states[i].armed = 0;
      }
    // Only what these items read is computed.
    int first_group = p->group_count, last_group = -1, first_fast = p->fast_count, last_fast = -1;
    for (int i = 0; i < count; i++) {
      if (items[i].group < first_group) first_group = items[i].group;
      if (items[i].group > last_group) last_group = items[i].group;
      if (items[i].fast < first_fast) first_fast = items[i].fast;
      if (items[i].fast > last_fast) last_fast = items[i].fast;
    }
    double ratio[block_bars], exit_ratio[block_bars];
    for (int first = 0; first < p->bars; first += block_bars) {
      int bars = p->bars - first < block_bars ? p->bars - first : block_bars;
      int offset = first > p->longest ? first - p->longest : 0;
      // Totals begin anew for each block, relative to the first price: they stay small, and exact enough.
      prefix[0] = 0;
      for (int j = offset; j < first + bars; j++)
        prefix[j - offset + 1] = prefix[j - offset] + (close[j] - close[0]);
      for (int g = first_group; g <= last_group; g++)
        fill_group(p, prefix, offset, first, bars, g, slow + (size_t)g * block_bars * width);
      for (int f = first_fast; f <= last_fast; f++) {
        int window = p->fast_windows[f];
        double scale = 1.0 / window, *out = fast + f * block_bars;
        for (int t = 0; t < bars; t++) {
          int end = first + t + 1 - offset;
          out[t] = first + t + 1 >= window ? (prefix[end] - prefix[end - window]) * scale : NAN;
        }
      }
      for (int t = 0; t < bars; t++) {
        ratio[t] = first + t ? close[first + t] / close[first + t - 1] : 1;
        exit_ratio[t] = ratio[t] * (1 - p->fee);
      }
      sweep_block block = {fast, slow, ratio, exit_ratio, 1 / (1 + p->fee), bars};
#if defined(__x86_64__)
      if (p->wide)
        apus_sweep_kernel_avx512(items, states, count, &block);
      else
#endif
        apus_sweep_kernel_plain(items, states, count, &block);
    }
    report(p, items, states, count, rows);
  }
  free(prefix);
  free(slow);
  free(fast);
  free(states);
  return ok;
}

/// One asset is shared out by items, several by assets.
static void work(void *context, int k) {
  sweep_plan *p = context;
  if (p->assets == 1) {
    int from = (int)((long)p->item_count * k / p->threads);
    int to = (int)((long)p->item_count * (k + 1) / p->threads);
    if (to > from && !sweep_asset(p, p->close, p->items + from, to - from, p->rows))
      atomic_store(&p->failed, true);
    return;
  }
  for (;;) {
    int asset = atomic_fetch_add(&p->next_asset, 1);
    if (asset >= p->assets) return;
    if (!sweep_asset(
            p, p->close + (size_t)asset * (size_t)p->bars, p->items, p->item_count,
            p->rows + (size_t)asset * (size_t)p->combinations))
      atomic_store(&p->failed, true);
  }
}

bool apus_reference_sweep(
    const double *close, int assets, int bars, const int *fast, const int *slow, int combinations,
    double fee, double bars_per_year, int threads, bool portable,
    apus_reference_row *rows) {
  sweep_plan p = {
      .close = close, .assets = assets, .bars = bars, .combinations = combinations, .fee = fee,
      .bars_per_year = bars_per_year, .threads = threads, .rows = rows,
      .wide = !portable && has_avx512()};
  bool ok = plan_items(&p, fast, slow);
  if (ok) {
    apus_pool_run(threads, work, &p);
    ok = !atomic_load(&p.failed);
  }
  free(p.fast_windows);
  free(p.slow_windows);
  free(p.items);
  return ok;
}
