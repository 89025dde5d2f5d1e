"""Prices, rules of entry and exit, and golden files: what the scripts of this folder share."""

import json
import math
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
DATASETS = HERE.parents[2] / "datasets"
STOCKS = ["AAPL", "JPM", "KO", "NVDA", "XOM"]
COINS = ["BTC", "ETH"]
CASH = 100_000.0
# Coins trade from here on, warmed on what lies before.
COINS_FROM = "2020-01-01"

_frames = {}


def _table(folder):
    if folder not in _frames:
        frame = pd.read_csv(DATASETS / folder / "prices.csv.gz", keep_default_na=False, na_values=[""])
        frame["date"] = pd.to_datetime(frame["date"])
        _frames[folder] = frame.set_index("date")
    return _frames[folder]


def bars(symbol):
    """All bars of a symbol without a defect: Open, High, Low, Close, Volume by date."""
    folder = "us_equity_1d" if symbol in set(_table("us_equity_1d").symbol) else "crypto_1d"
    frame = _table(folder)
    frame = frame[frame.symbol == symbol][["open", "high", "low", "close", "volume"]]
    frame.columns = ["Open", "High", "Low", "Close", "Volume"]
    assert not frame.isna().any().any(), f"{symbol} has holes"
    assert (frame.Low <= frame[["Open", "Close"]].min(axis=1)).all(), symbol
    assert (frame.High >= frame[["Open", "Close"]].max(axis=1)).all(), symbol
    return frame


def first_bar(symbol, frame, coins_from=COINS_FROM):
    """Position of the first bar that is traded."""
    return 0 if symbol in STOCKS else int(frame.index.searchsorted(pd.Timestamp(coins_from)))


def sma(x, n):
    """The mean of the last n values, exactly rounded; NaN before there are n."""
    x = list(x)
    return np.array([math.fsum(x[i + 1 - n : i + 1]) / n if i + 1 >= n else np.nan for i in range(len(x))])


def crosses(a, b, above=True):
    """True where a leaves b upwards (or downwards); equal and undefined bars hold the side."""
    found, side = np.zeros(len(a), bool), 0
    for i in range(len(a)):
        if np.isnan(a[i]) or np.isnan(b[i]) or a[i] == b[i]:
            continue
        now = 1 if a[i] > b[i] else -1
        found[i] = side == -now and now == (1 if above else -1)
        side = now
    return found


def breakout(close, n, m):
    """Entry: close above the highest of the n before; exit: below the lowest of the m before."""
    before = close.shift(1)
    return (close > before.rolling(n).max()).to_numpy(), (close < before.rolling(m).min()).to_numpy()


class Golden:
    """One peer's cases, written as JSON with a line for each symbol."""

    def __init__(self, peer, *packages):
        self.peer = peer
        self.made_with = {name: version(name) for name in packages} | {"python": platform.python_version()}
        self.cases = {}
        self.dates = {}

    def add(self, case, symbol, index, fills, equity, apus=None):
        """A run: fills as (position, units, price, fee[, symbol]) and equity by position; `apus`: the same by our rules."""
        dates = [index[i].strftime("%Y-%m-%d") for i in places(index)]
        assert self.dates.setdefault(dates[0], dates) == dates, "bars from one date on are the same for all"
        peer = self._run(index, fills, equity)
        runs = self.cases.setdefault(case, {})
        runs[symbol] = {"from": dates[0], "peer": peer}
        ours = self._run(index, *(apus or (fills, equity)))
        if not agree(peer, ours):
            runs[symbol]["apus"] = ours

    @staticmethod
    def _run(index, fills, equity):
        return {
            "fills": [[index[i].strftime("%Y-%m-%d"), *map(number, numbers[:3]), *numbers[3:]] for i, *numbers in fills],
            "equity": [number(equity[i]) for i in places(index)],
        }

    def write(self):
        lines = ["{", f' "made_with": {json.dumps(self.made_with)},', ' "dates": {']
        lines.append(",\n".join(f"  {json.dumps(n)}: {json.dumps(d, separators=(',', ':'))}" for n, d in self.dates.items()))
        lines += [" },", ' "cases": {']
        for n, (case, runs) in enumerate(self.cases.items()):
            lines.append(f"  {json.dumps(case)}: {{")
            rows = [f"   {json.dumps(s)}: {json.dumps(r, separators=(',', ':'))}" for s, r in runs.items()]
            lines.append(",\n".join(rows))
            lines.append("  }" + ("," if n + 1 < len(self.cases) else ""))
        lines += [" }", "}"]
        path = HERE / f"{self.peer}.json"
        path.write_text("\n".join(lines) + "\n")
        print(f"{path.name}: {path.stat().st_size} bytes")
        for case, runs in self.cases.items():
            differ = [s for s, r in runs.items() if "apus" in r]
            fills = sum(len(r["peer"]["fills"]) for r in runs.values())
            print(f"  {case}: {len(runs)} runs, {fills} fills" + (f", differs in {differ}" if differ else ""))


def places(index):
    """Where equity is told: 28 bars, the first and the last among them."""
    return [round((len(index) - 1) * k / 27) for k in range(28)]


def number(x):
    """Eleven digits: two more than the tests ask for."""
    return float(f"{float(x):.11g}")


def agree(a, b, tolerance=1e-10):
    def near(x, y):
        return abs(x - y) <= tolerance * max(abs(x), abs(y), 1e-9 * CASH)

    if len(a["fills"]) != len(b["fills"]):
        return False
    for x, y in zip(a["fills"], b["fills"]):
        if (x[0], x[4:]) != (y[0], y[4:]) or not all(near(p, q) for p, q in zip(x[1:4], y[1:4])):
            return False
    return all(near(x, y) for x, y in zip(a["equity"], b["equity"]))
