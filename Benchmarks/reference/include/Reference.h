#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Plain C loops that do what a scenario does and no more: what the machine allows. No fast-math.

/// Sum of values, with eight accumulators: a read of memory.
double apus_reference_sum(const double *values, size_t count);
/// Number of values below a level: one comparison each, what no selection can do without.
size_t apus_reference_count_below(const double *values, size_t count, double level);

/// Mean of the last `window` values by running totals; NaN before. One addition after the other.
void apus_reference_sma(const double *x, size_t count, size_t window, double *out);
/// Exponential mean with weight 2/(window + 1), seeded with a mean. A multiplication and an addition after the other.
void apus_reference_ema(const double *x, size_t count, size_t window, double *out);
/// Sample deviation of the last `window` values, by running totals about the first value.
void apus_reference_stdev(const double *x, size_t count, size_t window, double *out);
/// Wilder's relative strength index. A multiplication and an addition after the other, and a division.
void apus_reference_rsi(const double *x, size_t count, size_t window, double *out);
/// 1 where `x` rises above `y`, else 0.
void apus_reference_crosses_above(const double *x, const double *y, size_t count, double *out);
/// Largest and least of the last `window` values, by three comparisons a value; `scratch` has room for `count`.
void apus_reference_highest(const double *x, size_t count, size_t window, double *scratch, double *out);
void apus_reference_lowest(const double *x, size_t count, size_t window, double *scratch, double *out);
/// Mean with weights 1 to `window`, by two running totals.
void apus_reference_wma(const double *x, size_t count, size_t window, double *out);
/// Slope of the least-squares line through the last `window` values, by two running totals.
void apus_reference_slope(const double *x, size_t count, size_t window, double *out);
/// Pearson correlation of the last `window` values, by five running totals.
void apus_reference_correlation(
    const double *x, const double *y, size_t count, size_t window, double *out);
/// Wilder's average true range. A multiplication and an addition after the other.
void apus_reference_atr(
    const double *high, const double *low, const double *close, size_t count, size_t window, double *out);
/// Wilder's average directional index. The same three times, a division, and once more.
void apus_reference_adx(
    const double *high, const double *low, const double *close, size_t count, size_t window, double *out);
/// On-balance volume. One addition after the other.
void apus_reference_obv(const double *close, const double *volume, size_t count, double *out);
/// Mean of (high + low + close)/3 over the last `window` values, weighted by volume, by two running totals; `scratch`
/// has room for `count`.
void apus_reference_vwap(
    const double *high, const double *low, const double *close, const double *volume, size_t count,
    size_t window, double *scratch, double *out);

/// One account that holds all it has while the fast mean of closes is above the slow one, filled at the next open at a fee.
typedef struct {
  double equity, sum, squares, depth;
  int64_t trades;
} apus_reference_account;
/// Running totals, a comparison, a mark and a division a bar; nothing else that a broker does.
apus_reference_account apus_reference_cross_account(
    const double *open, const double *close, size_t count, size_t fast, size_t slow, double fee, double cash);

/// Reads a file in blocks and looks for line ends; false with `errno` if it can't be read.
bool apus_reference_scan_file(const char *path, size_t *bytes, size_t *lines);
/// Opens, maps, unmaps and closes a file without touching it; false with `errno`.
bool apus_reference_map_file(const char *path);
/// Writes bytes to a new file beside `path`, syncs it and renames it; false with `errno`.
bool apus_reference_write_file(const char *path, const void *bytes, size_t count);

/// Positions of `values` in descending order, ties by position, by radix sort. `keys` and `spare` have room for
/// `count`, `order` too.
void apus_reference_rank(
    const double *values, uint32_t count, uint64_t *keys, uint64_t *spare, uint32_t *order,
    uint32_t *spare_order);

/// Outcome of one combination of a sweep.
typedef struct {
  double total_return, sharpe, max_drawdown, entries;
} apus_reference_row;

/// Sweep of two moving averages over several series: long when fast is above slow and was below it before, flat when
/// below; fills at the close of the same bar, all cash, a fee a side.
///
/// `close` is [assets][bars], `rows` [assets][combinations]; windows are at least 1, combinations in any order.
/// `portable` takes plain C even where there is AVX-512. False if memory ran out.
bool apus_reference_sweep(
    const double *close, int assets, int bars, const int *fast, const int *slow, int combinations,
    double fee, double bars_per_year, int threads, bool portable,
    apus_reference_row *rows);
/// Name of the instruction set that the sweep uses unless told to be portable.
const char *apus_reference_sweep_variant(void);

/// c = a · b in the calling thread, row-major with the distance between rows; `true` for a · bᵀ.
typedef void apus_reference_multiply(
    bool transposes_b, int rows, int columns, int inner, const double *a, int a_stride, const double *b,
    int b_stride, double *c, int c_stride);

/// Equity of portfolios that are moved to fixed weights every so many bars, from the first on, at the close.
///
/// Each move costs fee · Σ |w · V − held| of the equity V before it, and w · (V − cost) is held then; V begins as 1.
/// `weights` is [portfolios][symbols], `close` [symbols][bars], `equity` [portfolios][bars]. False if memory ran out.
bool apus_reference_rebalance(
    const double *weights, int portfolios, int symbols, const double *close, int bars, int every,
    double fee, int threads, apus_reference_multiply *multiply, double *equity);
/// Values of paths after so many steps, each the growth of a random row of a column; `out` is [paths].
void apus_reference_bootstrap(
    const double *column, int rows, long paths, int steps, uint64_t seed, int threads, double *out);
/// Values of a portfolio that is bought and held, on paths of correlated normal log returns; `out` is [paths].
///
/// `mean` is [symbols] a step, `lower` the factor [symbols, symbols] of their covariance. False above 64 symbols.
bool apus_reference_normal_paths(
    const double *mean, const double *lower, const double *weights, int symbols, long paths, int steps, uint64_t seed,
    int threads, double *out);
/// Values some positions at every bar; returns the sum of their values. `close` is [bars][symbols].
double apus_reference_marks(
    const double *close, int symbols, int bars, const int *held, const double *units, int count);

/// Historical value at risk and its conditional twin at 95 % and 99 %, Sharpe and Sortino ratios and the maximum drawdown of
/// portfolios that are moved back to their weights at every bar.
///
/// `weights` is [portfolios][symbols], `returns` [symbols][bars], `figures` [portfolios][7]. False if memory ran out.
bool apus_reference_portfolio_risk(
    const double *weights, long portfolios, int symbols, const double *returns, int bars,
    double bars_per_year, int threads, apus_reference_multiply *multiply, double *figures);

/// Worth of portfolios as of an instant: Σ units × price of the holdings `starts[p] ..< starts[p + 1]`; `out` is [portfolios].
void apus_reference_gather(
    const long *starts, const int32_t *symbols, const double *units, const double *prices,
    long portfolios, int threads, double *out);
/// Worth of the same holdings at every bar from the block of 128 bars on in which each was first there, summed over bars.
///
/// `prices` is [blocks][symbols][128], `out` [portfolios].
void apus_reference_held(
    const long *starts, const int32_t *symbols, const double *units, const int32_t *first_bars,
    long portfolios, const double *prices, int symbol_count, int bars, int threads, double *out);
/// Sums and sums of squares of eight series at a time over drawn bars, one pair a sample; what a Sharpe ratio takes at least.
///
/// `returns` is [blocks][bars][8], `draws` [samples][bars], `out` [blocks][8].
void apus_reference_drawn_sums(
    const double *returns, long blocks, int bars, const int32_t *draws, int samples, int threads,
    double *out);

/// Has this process keep the memory that it frees, as the allocators of other programs do.
void apus_reference_keep_memory(void);
