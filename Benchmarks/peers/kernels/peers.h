#pragma once

/// One symbol.
typedef struct {
  const double *open, *high, *low, *close, *volume;
  int bars;
  double bars_per_year;
} peers_series;

/// The values of one parameter.
typedef struct {
  const double *values;
  int count;
} peers_axis;

/// Costs of a fill, as fractions: a commission on the notional, and a worse price.
typedef struct {
  double fee, slippage;
} peers_costs;

/// Outcome of one combination.
typedef struct {
  double total_return, sharpe, max_drawdown, entries;
} peers_row;

// Each sweep fills a row for every combination, the last axis fastest.

/// Two averages, in pairs of windows below 4,096, over several symbols of equal length: long while fast is above slow,
/// once it was below; same close. Rows are [symbol][pair].
void peers_sma(
    const peers_series *series, int symbols, const double *fast, const double *slow,
    int combinations, peers_costs costs, int threads, peers_row *rows);

/// The same by its events; series of at most 65,000 bars.
void peers_sma_events(
    const peers_series *series, int symbols, const double *fast, const double *slow,
    int combinations, peers_costs costs, int threads, peers_row *rows);
/// Wilder's RSI: enter below `floor`, leave above `ceiling`; next open.
void peers_rsi(
    const peers_series *s, peers_axis n, peers_axis floor, peers_axis ceiling, peers_costs costs,
    int threads, peers_row *rows);
/// Enter `k` deviations below the mean of `n` closes, leave above the mean, at the stop or at the target; next open.
void peers_bollinger(
    const peers_series *s, peers_axis n, peers_axis k, peers_axis stop, double take_profit,
    peers_costs costs, int threads, peers_row *rows);
/// Break out of a channel to either side; next open. Every entry window is at least as long as every exit window.
void peers_donchian(
    const peers_series *s, peers_axis entry, peers_axis exit, peers_costs costs, int threads,
    peers_row *rows);
/// MACD across its signal, with a trailing stop; next open. Every slow window is longer than every fast one.
void peers_macd(
    const peers_series *s, peers_axis fast, peers_axis slow, peers_axis trail, peers_axis signal,
    peers_costs costs, int threads, peers_row *rows);
/// Above its mean of `n`, RSI of `m` below `x`, volume above `k` times its mean of 20; leave below the mean; next close.
void peers_filter(
    const peers_series *s, peers_axis m, peers_axis x, peers_axis k, peers_axis n,
    peers_costs costs, int threads, peers_row *rows);
