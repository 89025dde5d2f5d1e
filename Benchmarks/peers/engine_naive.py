"""One lane after the other, one bar after the other, in plain Python: what the other engines are held to.

It shares nothing with them but the prices: indicators from their definitions, orders and stops from the rules on what
a simulation means, cash and units on a ledger. Slow, and meant for small grids.
"""

import math

import numpy as np

NAN = math.nan
CASH = 100_000.0
MAINTENANCE = 1.3  # collateral of a short, as a multiple of its value at the bar's high


# Indicators: a list as long as the series, NaN while warming.

def sma(x, n):
    return [math.fsum(x[t + 1 - n : t + 1]) / n if t + 1 >= n else NAN for t in range(len(x))]


def deviation(x, n):
    """Population standard deviation over a window."""
    out = []
    for t, mean in enumerate(sma(x, n)):
        out.append(math.sqrt(math.fsum((v - mean) ** 2 for v in x[t + 1 - n : t + 1]) / n) if t + 1 >= n else NAN)
    return out


def ema(x, n):
    """Weight 2 / (n + 1), seeded with the mean of the first n known values."""
    out, seed, value = [], [], NAN
    for v in x:
        if math.isnan(v):
            out.append(NAN)
        elif len(seed) < n:
            seed.append(v)
            value = math.fsum(seed) / n if len(seed) == n else NAN
            out.append(value)
        else:
            value += (v - value) * 2 / (n + 1)
            out.append(value)
    return out


def rsi(x, n):
    """Wilder's, seeded with the means of the first n gains and losses."""
    out, gain, loss = [NAN], 0.0, 0.0
    for t in range(1, len(x)):
        up, down = max(x[t] - x[t - 1], 0.0), max(x[t - 1] - x[t], 0.0)
        if t <= n:
            gain, loss = gain + up / n, loss + down / n
        else:
            gain, loss = (gain * (n - 1) + up) / n, (loss * (n - 1) + down) / n
        out.append(100 * gain / (gain + loss) if t >= n and gain + loss > 0 else NAN)
    return out


def extreme(x, n, pick):
    """Extreme of the n bars before each bar."""
    return [pick(x[t - n : t]) if t >= n else NAN for t in range(len(x))]


def crossings(a, b):
    """Bars at which a comes above b, and those at which it comes below; equality keeps the side."""
    above, below, side = [], [], 0
    for x, y in zip(a, b):
        now = (x > y) - (x < y)
        above.append(now > 0 > side)
        below.append(now < 0 < side)
        side = now or side
    return above, below


# Strategies: (long entry, long exit, short entry, short exit, stop, target, trail), a condition per bar each.

def averages(p, d):
    return *crossings(sma(d["close"], int(p["fast"])), sma(d["close"], int(p["slow"]))), None, None, None, None, None


def oscillator(p, d):
    r = rsi(d["close"], int(p["n"]))
    return [v < p["floor"] for v in r], [v > p["ceiling"] for v in r], None, None, None, None, None


def bands(p, d):
    close, n = d["close"], int(p["n"])
    mean = sma(close, n)
    low = [m - p["k"] * s for m, s in zip(mean, deviation(close, n))]
    entry, leave = [c < b for c, b in zip(close, low)], [c > m for c, m in zip(close, mean)]
    return entry, leave, None, None, p["stop"], d["take_profit"], None


def channel(p, d):
    close, entry, leave = d["close"], int(p["entry"]), int(p["exit"])
    top, bottom = extreme(d["high"], entry, max), extreme(d["low"], entry, min)
    near_top, near_bottom = extreme(d["high"], leave, max), extreme(d["low"], leave, min)
    # No signal counts before the longer of the two channels is full.
    warm = [t >= max(entry, leave) for t in range(len(close))]
    return (
        [w and c > v for w, c, v in zip(warm, close, top)], [c < v for c, v in zip(close, near_bottom)],
        [w and c < v for w, c, v in zip(warm, close, bottom)], [c > v for c, v in zip(close, near_top)],
        None, None, None)


def convergence(p, d):
    fast, slow = (ema(d["close"], int(p[name])) for name in ("fast", "slow"))
    line = [a - b for a, b in zip(fast, slow)]
    return *crossings(line, ema(line, int(p["signal"]))), None, None, None, None, p["trail"]


def three_filters(p, d):
    close, volume = d["close"], d["volume"]
    n, m = int(p["n"]), int(p["m"])
    mean, r, usual = sma(close, n), rsi(close, m), sma(volume, 20)
    entry = [c > a and q < p["x"] and v > p["k"] * u for c, a, q, v, u in zip(close, mean, r, volume, usual)]
    return entry, [c < a for c, a in zip(close, mean)], None, None, None, None, None


STRATEGIES = {
    "sma": averages, "rsi": oscillator, "bollinger": bands, "donchian": channel, "macd": convergence,
    "filter": three_filters}


class Ledger:
    """Cash and units of one lane; an entry takes all cash, costs included."""

    def __init__(self, fee, slippage, stop, target, trail):
        self.cash, self.units, self.entries = CASH, 0.0, 0
        self.fee, self.slippage = fee, slippage
        self.distances = stop, target, trail
        self.stop = self.target = self.liquidation = None

    def enter(self, side, at):
        price = at * (1 + side * self.slippage)
        quantity = self.cash / (price * (1 + self.fee))
        self.units = side * quantity
        self.cash -= self.units * price + quantity * price * self.fee
        self.entries += 1
        stop, target, trail = self.distances
        levels = [price * (1 - side * distance) for distance in (stop, trail) if distance]
        self.stop = (max if side > 0 else min)(levels) if levels else None
        self.target = price * (1 + side * target) if target else None
        self.liquidation = self.cash / (quantity * MAINTENANCE) if side < 0 else None

    def leave(self, at, slips=True):
        price = at * (1 - math.copysign(self.slippage, self.units)) if slips else at
        self.cash += self.units * price - abs(self.units) * price * self.fee
        self.units = 0.0

    def inside(self, open_, high, low):
        """Stop, target and liquidation between open and close: gaps first, then the adverse extreme."""
        if self.units > 0:
            if self.stop is not None and open_ <= self.stop:
                self.leave(open_)
            elif self.target is not None and open_ > self.target:
                self.leave(open_, slips=False)
            elif self.stop is not None and low <= self.stop:
                self.leave(self.stop)
            elif self.target is not None and high > self.target:
                self.leave(self.target, slips=False)
            elif self.distances[2]:
                self.stop = max(self.stop, high * (1 - self.distances[2]))
        elif self.units < 0 and high >= self.liquidation:
            # None of these sweeps gives shorts a stop or a target.
            self.leave(high)


def simulate(workload, point, data):
    """Equity after each bar, and the number of entries."""
    series = dict(data, take_profit=workload.spec["strategy"].get("take_profit"))
    enter_long, leave_long, enter_short, leave_short, *distances = STRATEGIES[workload.strategy](point, series)
    ledger, order, equity = Ledger(workload.fee, workload.slippage, *distances), None, []
    moment = workload.fill

    def fill(price):
        if order == 0:
            ledger.leave(price)
        elif order:
            ledger.enter(order, price)

    for t, close in enumerate(data["close"]):
        if moment == "next_open":
            fill(data["open"][t])
            ledger.inside(data["open"][t], data["high"][t], data["low"][t])
        elif moment == "next_close":
            fill(close)

        def decide():
            if not ledger.units:
                sides = enter_long[t], enter_short is not None and enter_short[t]
                return {(True, False): 1, (False, True): -1}.get(sides)
            leaves = leave_long if ledger.units > 0 else leave_short
            return 0 if leaves[t] else None

        if moment == "same_close":
            order = decide()
            fill(close)
        equity.append(ledger.cash + ledger.units * close)
        order = decide() if moment != "same_close" else None
    return equity, ledger.entries


def metrics(equity, entries, bars_per_year):
    returns, peak, worst, last = [], CASH, 0.0, CASH
    for value in equity:
        returns.append(value / last - 1)
        peak, last = max(peak, value), value
        worst = min(worst, value / peak - 1)
    mean = math.fsum(returns) / len(returns)
    spread = math.sqrt(math.fsum((r - mean) ** 2 for r in returns) / (len(returns) - 1))
    sharpe = mean / spread * math.sqrt(bars_per_year) if spread >= 1e-12 else NAN
    return equity[-1] / CASH - 1, sharpe, worst, entries


class Naive:
    version = "plain Python"

    def __init__(self, workload):
        self.workload, self.rows = workload, []

    def run(self):
        workload, self.rows = self.workload, []
        for symbol in range(workload.symbols):
            data = {field: values[symbol].tolist() for field, values in workload.data.items()}
            for index in range(len(workload.points)):
                equity, entries = simulate(workload, workload.point(index), data)
                self.rows.append(metrics(equity, entries, workload.bars_per_year))

    def answers(self):
        return np.array(self.rows, float)


def make(workload, threads, argument):
    return Naive(workload)
