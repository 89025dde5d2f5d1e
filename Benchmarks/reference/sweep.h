#pragma once
#include <stdint.h>

/// Bars in a block: the averages of a block stay in the second-level cache.
enum { block_bars = 256, width = 8 };

/// Eight combinations between two blocks.
typedef struct {
  double value[width], sum[width], squares[width], depth[width], worst[width], entries[width];
  /// Bits: lane holds a position; lane has seen fast below slow.
  uint8_t held, armed;
} __attribute__((aligned(64))) sweep_state;

/// Eight combinations that share a fast average; their slow averages lie side by side.
typedef struct {
  int fast, group;
  int combination[width];
} sweep_item;

/// What a block of bars looks like to all items.
typedef struct {
  /// Fast averages [fast][block_bars], slow averages [group][block_bars][width]; NaN where undefined.
  const double *fast, *slow;
  /// Price over the last price, and the same less the fee.
  const double *ratio, *exit_ratio;
  double entry_factor;
  int bars;
} sweep_block;

/// Takes items through a block.
typedef void sweep_kernel(
    const sweep_item *items, sweep_state *states, int count, const sweep_block *block);

/// Slow averages of one group over a block: out[t][l] = (prefix[end] − prefix[end − window[l]]) · scale[l], with
/// end = first_end + t; every window is full.
typedef void sweep_averages(
    const double *prefix, int first_end, int bars, const int *window, const double *scale,
    double *out);

sweep_kernel apus_sweep_kernel_plain;
sweep_averages apus_sweep_averages_plain;
#if defined(__x86_64__)
sweep_kernel apus_sweep_kernel_avx512;
sweep_averages apus_sweep_averages_avx512;
#endif
