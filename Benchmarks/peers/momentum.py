"""Cross-sectional momentum with shared cash in vectorbt, against Apus's scenario `portfolio/momentum`.

    momentum.py [--sets N] [--threads N] [--bench PATH]

500 symbols × 5,040 bars, 1,000 sets of a lookback and a number of symbols: each month the best, in equal weights, filled at
the next open at 10 bps. vectorbt runs a few sets, one by one, and what 1,000 would take is extrapolated. It is given its
weights; Apus computes them.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import pandas as pd

SYMBOLS, BARS, SETS, WANTED = 500, 5040, 1000, 100.0
ROOT = pathlib.Path(__file__).resolve().parents[2]


def market(bars, symbols):
    noise = np.random.default_rng(20240229)
    index = pd.bdate_range("2003-01-01", periods=bars)
    close = 100 * np.exp(np.cumsum(noise.normal(0.0002, 0.02, (bars, symbols)), axis=0))
    opens = np.vstack([close[:1], close[:-1]]) * np.exp(noise.normal(0, 0.003, (bars, symbols)))
    return index, opens, close


def weights(index, close, lookback, held):
    """Weights by the bar at whose open they are traded; NaN elsewhere."""
    months = np.asarray(index.year * 12 + index.month)
    ends = np.flatnonzero(months[1:] != months[:-1])
    table = np.full(close.shape, np.nan)
    for bar in [lookback, *ends[ends > lookback]]:
        best = np.argsort(-(close[bar] / close[bar - lookback]), kind="stable")[:held]
        table[bar + 1] = 0
        table[bar + 1, best] = 1 / held
    return table


def vectorbt(sets, bars, symbols):
    import vectorbt as vbt
    index, opens, close = market(bars, symbols)
    prices, fills = pd.DataFrame(close, index), pd.DataFrame(opens, index)
    found = {}
    for engine in ("rust", "numba"):
        vbt.settings["engine"] = engine
        seconds = []
        # The first is warm-up: it compiles.
        for place in range(sets + 1):
            size = pd.DataFrame(weights(index, close, 63 + 6 * place, 5 + 48 * place // max(1, sets)), index)
            begin = time.perf_counter()
            portfolio = vbt.Portfolio.from_orders(
                prices, size=size, price=fills, size_type="targetpercent", group_by=True, cash_sharing=True,
                call_seq="auto", fees=0.001, init_cash=100_000.0, freq="1D")
            final = float(portfolio.total_return()) + 0 * float(portfolio.sharpe_ratio())
            if place:
                seconds.append(time.perf_counter() - begin)
            if not np.isfinite(final):
                sys.exit(f"vectorbt gave no return for set {place}")
        found[engine] = statistics.median(seconds)
    return vbt.__version__, found


def apus(bench, threads):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "momentum.json"
        command = [str(bench), "run", "--filter", "portfolio/momentum", "--json", str(path)]
        subprocess.run(command + (["--threads", str(threads)] if threads else []), check=True, stdout=subprocess.DEVNULL)
        scenario, = json.loads(path.read_text())["scenarios"]
        return next(row["seconds"]["median"] for row in scenario["contestants"] if row["name"] == "PortfolioEngine")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", type=int, default=5, help="sets that vectorbt runs")
    parser.add_argument("--threads", type=int, help="workers of Apus")
    parser.add_argument("--bench", type=pathlib.Path, default=ROOT / ".build/release/apus-bench")
    options = parser.parse_args()
    if options.sets < 1:
        parser.error("--sets: at least 1")
    if not options.bench.exists():
        sys.exit(f"error: {options.bench} is missing: swift build -c release --product apus-bench")
    version, found = vectorbt(options.sets, BARS, SYMBOLS)
    own = apus(options.bench, options.threads)
    print(f"Apus, {SETS} sets: {own:.2f} s")
    for engine, seconds in found.items():
        ratio = seconds * SETS / own
        verdict = "met" if ratio >= WANTED else "MISSED"
        print(
            f"vectorbt {version}, {engine}: {seconds:.2f} s a set, ≈ {seconds * SETS:.0f} s: {ratio:.0f} times as long; "
            f"wanted {WANTED:.0f}: {verdict}")


if __name__ == "__main__":
    main()
