"""Writes w1_expected.csv: moving-average crossovers on w1_closes.csv, computed the slow way.

Requirements: numpy
Usage: python make_w1_golden.py

A second implementation, one loop over the bars for each pair of windows, that shares nothing with the engine:

- The average of n closes is defined from the n-th bar on.
- A pair is armed once a bar with fast < slow was seen. While flat and armed, fast > slow enters; while long,
  fast < slow leaves; equality holds. Nothing is done before both averages are defined.
- An order fills at the close of the bar that gave the signal, with all cash, and pays FEE of the traded value.
- Factors of wealth: 1 / (1 + FEE) on the bar of entry, close / previous close while held, the same times
  (1 - FEE) on the bar of exit, else 1. A position open at the end stays at its mark.
- Returns are the factors less 1, of all bars, the first of which is 0.

w1_closes.csv is the close of `apus generate --bars 2520 --symbols 1 --seed 2520 --decimals -1`, every number with
the 17 digits that give the same double back.

Output: a row for every 17th of the pairs fast < slow in 2...101, and for the last. `trades` counts entries, so that
a position open at the end is one.
"""

import csv
import math
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
FEE = 0.001
WINDOWS = range(2, 102)
BARS_PER_YEAR = 252


def average(close: list[float], n: int) -> list[float]:
    """The mean of the last n closes, exactly rounded; NaN before there are n."""
    return [
        math.fsum(close[bar + 1 - n : bar + 1]) / n if bar + 1 >= n else math.nan
        for bar in range(len(close))
    ]


def simulate(close: list[float], fast: list[float], slow: list[float]) -> tuple[float, float, float, int]:
    """Total return, Sharpe ratio, maximum drawdown and number of entries of one pair."""
    armed = False
    long = False
    entries = 0
    wealth = 1.0
    peak = 1.0
    drawdown = 0.0
    returns = []
    for bar in range(len(close)):
        factor = close[bar] / close[bar - 1] if long else 1.0
        if long and fast[bar] < slow[bar]:
            long = False
            factor = factor * (1 - FEE)
        elif not long and armed and fast[bar] > slow[bar]:
            long = True
            entries += 1
            factor = 1 / (1 + FEE)
        if fast[bar] < slow[bar]:
            armed = True
        wealth = wealth * factor
        peak = max(peak, wealth)
        drawdown = min(drawdown, wealth / peak - 1)
        returns.append(factor - 1)
    sharpe = np.mean(returns) / np.std(returns, ddof=1) * math.sqrt(BARS_PER_YEAR)
    return wealth - 1, float(sharpe), drawdown, entries


def main() -> None:
    with open(HERE / "w1_closes.csv", newline="") as file:
        close = [float(row["close"]) for row in csv.DictReader(file)]
    averages = {n: average(close, n) for n in WINDOWS}
    pairs = [(fast, slow) for fast in WINDOWS for slow in WINDOWS if fast < slow]
    chosen = pairs[::17]
    if chosen[-1] != pairs[-1]:
        chosen.append(pairs[-1])
    with open(HERE / "w1_expected.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["fast", "slow", "total_return", "sharpe", "max_drawdown", "trades"])
        for fast, slow in chosen:
            total, sharpe, drawdown, trades = simulate(close, averages[fast], averages[slow])
            writer.writerow([fast, slow, repr(total), repr(sharpe), repr(drawdown), trades])


if __name__ == "__main__":
    main()
