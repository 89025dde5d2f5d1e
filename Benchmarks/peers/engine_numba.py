"""What a good Numba programmer writes: indicators once a window, then lanes in parallel, bar by bar."""

import numba
import numpy as np
from numba import njit, prange


@njit(parallel=True, cache=True)
def averages(close, fast, slow, fee, bars_per_year, out):
    """Crossover of two averages by running totals, fused with the ledger."""
    symbols, bars = close.shape
    total = np.zeros((symbols, bars + 1))
    for a in range(symbols):
        for t in range(bars):
            total[a, t + 1] = total[a, t] + (close[a, t] - close[a, 0])
    enter, leave = 1 / (1 + fee), 1 - fee
    for lane in prange(symbols * len(fast)):
        a, i = lane // len(fast), lane % len(fast)
        c, s = close[a], total[a]
        f, w = fast[i], slow[i]
        by_f, by_w = 1.0 / f, 1.0 / w
        value, sums, squares, depth, worst, entries = 1.0, 0.0, 0.0, 1.0, 1.0, 0
        held = armed = False
        for t in range(1, bars):
            factor = c[t] / c[t - 1] if held else 1.0
            if t >= w - 1:
                x, y = (s[t + 1] - s[t + 1 - f]) * by_f, (s[t + 1] - s[t + 1 - w]) * by_w
                if x > y:
                    if armed and not held:
                        held, factor, entries = True, enter, entries + 1
                elif x < y:
                    armed = True
                    if held:
                        held, factor = False, factor * leave
            value *= factor
            gain = factor - 1.0
            sums += gain
            squares += gain * gain
            depth = min(depth * factor, 1.0)
            worst = min(worst, depth)
        finish(out[a, i], value, sums, squares, worst, entries, bars, bars_per_year)


@njit(cache=True)
def finish(row, value, sums, squares, worst, entries, bars, bars_per_year):
    mean = sums / bars
    variance = (squares - bars * mean * mean) / (bars - 1)
    row[0], row[2], row[3] = value - 1, worst - 1, entries
    row[1] = mean / np.sqrt(variance) * np.sqrt(bars_per_year) if variance > 1e-24 else np.nan


@njit(parallel=True, cache=True)
def lanes(
    open_, high, low, close, enters, leaves, enter_of, leave_of, stop, target, trail, at_close, fee, slippage,
    bars_per_year, out):
    """Long-only lanes from rows of signals, filled at the next open or close; NaN for no stop, target or trail."""
    bars = len(close)
    for lane in prange(len(enter_of)):
        enter, leave = enters[enter_of[lane]], leaves[leave_of[lane]]
        far, near, back = target[lane], stop[lane], 1 - trail[lane]
        value, sums, squares, depth, worst, entries = 1.0, 0.0, 0.0, 1.0, 1.0, 0
        held, order = False, False
        lower = upper = np.nan
        for t in range(bars):
            factor, base = 1.0, 1.0
            if held:
                base = close[t - 1]
            if order:
                price = close[t] if at_close else open_[t]
                if held:
                    factor, held = price * (1 - slippage) * (1 - fee) / base, False
                else:
                    price *= 1 + slippage
                    held, entries, base = True, entries + 1, price * (1 + fee)
                    lower = price * (1 - near) if near == near else price * back
                    upper = price * (1 + far)
            if held:
                if open_[t] <= lower:
                    factor, held = open_[t] * (1 - fee) / base, False
                elif open_[t] > upper:
                    factor, held = open_[t] * (1 - fee) / base, False
                elif low[t] <= lower:
                    factor, held = lower * (1 - fee) / base, False
                elif high[t] > upper:
                    factor, held = upper * (1 - fee) / base, False
                else:
                    factor = close[t] / base
                    if back == back:
                        lower = max(lower, high[t] * back)
            order = leave[t] if held else enter[t]
            value *= factor
            gain = factor - 1.0
            sums += gain
            squares += gain * gain
            depth = min(depth * factor, 1.0)
            worst = min(worst, depth)
        finish(out[lane], value, sums, squares, worst, entries, bars, bars_per_year)


@njit(parallel=True, cache=True)
def sides(
    open_, high, close, enter_long, leave_long, enter_short, leave_short, enter_of, leave_of, fee, bars_per_year, out):
    """Lanes to both sides without stops, filled at the next open."""
    bars = len(close)
    for lane in prange(len(enter_of)):
        i, j = enter_of[lane], leave_of[lane]
        cash, units, last, order = 1.0, 0.0, 1.0, 0
        sums, squares, depth, worst, entries = 0.0, 0.0, 1.0, 1.0, 0
        for t in range(bars):
            if order == 2:
                cash += units * open_[t] * (1 - fee if units > 0 else 1 + fee)
                units = 0.0
            elif order != 0:
                quantity = cash / (open_[t] * (1 + fee))
                units = order * quantity
                cash = 0.0 if order > 0 else cash + quantity * open_[t] * (1 - fee)
                entries += 1
            if units < 0 and cash + units * 1.3 * high[t] <= 0:
                cash += units * high[t] * (1 + fee)
                units = 0.0
            now = cash + units * close[t]
            factor = now / last
            last = now
            gain = factor - 1.0
            sums += gain
            squares += gain * gain
            depth = min(depth * factor, 1.0)
            worst = min(worst, depth)
            if units == 0:
                order = int(enter_long[i, t]) - int(enter_short[i, t])
            elif units > 0:
                order = 2 if leave_long[j, t] else 0
            else:
                order = 2 if leave_short[j, t] else 0
        finish(out[lane], last, sums, squares, worst, entries, bars, bars_per_year)


# Rows of indicators, one a window.

@njit(cache=True)
def means(x, windows):
    out = np.full((len(windows), len(x)), np.nan)
    total = np.zeros(len(x) + 1)
    for t in range(len(x)):
        total[t + 1] = total[t] + (x[t] - x[0])
    for i, n in enumerate(windows):
        for t in range(n - 1, len(x)):
            out[i, t] = (total[t + 1] - total[t + 1 - n]) / n + x[0]
    return out


@njit(cache=True)
def deviations(x, windows):
    out = np.full((len(windows), len(x)), np.nan)
    total, square = np.zeros(len(x) + 1), np.zeros(len(x) + 1)
    for t in range(len(x)):
        total[t + 1] = total[t] + (x[t] - x[0])
        square[t + 1] = square[t] + (x[t] - x[0]) ** 2
    for i, n in enumerate(windows):
        for t in range(n - 1, len(x)):
            mean = (total[t + 1] - total[t + 1 - n]) / n
            out[i, t] = np.sqrt(max((square[t + 1] - square[t + 1 - n]) / n - mean * mean, 0.0))
    return out


@njit(cache=True)
def oscillators(x, windows):
    out = np.full((len(windows), len(x)), np.nan)
    for i, n in enumerate(windows):
        gain = loss = 0.0
        for t in range(1, len(x)):
            change = x[t] - x[t - 1]
            up, down = max(change, 0.0), max(-change, 0.0)
            if t <= n:
                gain, loss = gain + up / n, loss + down / n
            else:
                gain, loss = (gain * (n - 1) + up) / n, (loss * (n - 1) + down) / n
            if t >= n:
                out[i, t] = 100 * gain / (gain + loss)
    return out


@njit(cache=True)
def highest_before(x, windows):
    """Highest of the bars before each bar, by a queue of candidates."""
    out = np.full((len(windows), len(x)), np.nan)
    queue = np.empty(len(x), np.int64)
    for i, n in enumerate(windows):
        first = last = 0
        for t in range(len(x)):
            if t >= n:
                while queue[first] < t - n:
                    first += 1
                out[i, t] = x[queue[first]]
            while last > first and x[queue[last - 1]] <= x[t]:
                last -= 1
            queue[last] = t
            last += 1
    return out


@njit(cache=True)
def exponential(x, n, start):
    out = np.full(len(x), np.nan)
    value = 0.0
    for t in range(start, len(x)):
        if t - start < n:
            value += x[t] / n
        else:
            value += (x[t] - value) * (2 / (n + 1))
        if t - start >= n - 1:
            out[t] = value
    return out


@njit(cache=True)
def crossings(close, fast, slow, signal):
    rows = len(fast) * len(slow) * len(signal)
    above, below = np.zeros((rows, len(close)), np.bool_), np.zeros((rows, len(close)), np.bool_)
    row = 0
    for f in fast:
        quick = exponential(close, f, 0)
        for s in slow:
            line = quick - exponential(close, s, 0)
            for n in signal:
                mean = exponential(line, n, s - 1)
                side = 0
                for t in range(len(close)):
                    now = int(line[t] > mean[t]) - int(line[t] < mean[t])
                    if now != 0:
                        above[row, t] = now > 0 > side
                        below[row, t] = now < 0 < side
                        side = now
                row += 1
    return above, below


@njit(parallel=True, cache=True)
def joined(a, b, c, i, j, k):
    out = np.empty((len(i), a.shape[1]), np.bool_)
    for lane in prange(len(i)):
        out[lane] = a[i[lane]] & b[j[lane]] & c[k[lane]]
    return out


class Sweep:
    version = numba.__version__

    def __init__(self, workload, threads):
        numba.set_num_threads(threads)
        self.workload = workload
        self.rows = np.full((workload.symbols, len(workload.points), 4), np.nan)
        # Where each lane stands on each axis, and the values of the axes.
        places = np.indices([len(values) for values in workload.axes.values()]).reshape(len(workload.axes), -1)
        self.at = dict(zip(workload.axes, places)) if workload.strategy != "sma" else {}
        self.axes = {name: values if (values % 1).any() else values.astype(np.int64)
                     for name, values in workload.axes.items()}

    def run(self):
        workload = self.workload
        if workload.strategy == "sma":
            fast, slow = (workload.points[:, i].astype(np.int64) for i in (0, 1))
            averages(workload.data["close"], fast, slow, workload.fee, workload.bars_per_year, self.rows)
            return
        for symbol, rows in enumerate(self.rows):
            getattr(self, workload.strategy)({field: v[symbol] for field, v in workload.data.items()}, rows)

    def long(self, d, enters, leaves, enter_of, leave_of, rows, stop=None, target=None, trail=None):
        none, workload = np.full(len(rows), np.nan), self.workload
        lanes(
            d["open"], d["high"], d["low"], d["close"], enters, leaves, enter_of, leave_of,
            *(none if v is None else v for v in (stop, target, trail)), workload.fill == "next_close", workload.fee,
            workload.slippage, workload.bars_per_year, rows)

    def rsi(self, d, rows):
        r, at, axes = oscillators(d["close"], self.axes["n"]), self.at, self.axes
        shape = (-1, r.shape[1])
        enters = (r[:, None] < axes["floor"][:, None]).reshape(shape)
        leaves = (r[:, None] > axes["ceiling"][:, None]).reshape(shape)
        self.long(
            d, enters, leaves, at["n"] * len(axes["floor"]) + at["floor"],
            at["n"] * len(axes["ceiling"]) + at["ceiling"], rows)

    def bollinger(self, d, rows):
        at, axes, close = self.at, self.axes, d["close"]
        mean, spread = means(close, axes["n"]), deviations(close, axes["n"])
        enters = (close < mean[:, None] - axes["k"][:, None] * spread[:, None]).reshape(-1, len(close))
        target = np.full(len(rows), self.workload.spec["strategy"]["take_profit"])
        self.long(
            d, enters, close > mean, at["n"] * len(axes["k"]) + at["k"], at["n"], rows,
            stop=axes["stop"][at["stop"]], target=target)

    def donchian(self, d, rows):
        at, axes, close = self.at, self.axes, d["close"]
        top, bottom = highest_before(d["high"], axes["entry"]), -highest_before(-d["low"], axes["entry"])
        near_top, near_bottom = highest_before(d["high"], axes["exit"]), -highest_before(-d["low"], axes["exit"])
        sides(
            d["open"], d["high"], close, close > top, close < near_bottom, close < bottom, close > near_top,
            at["entry"], at["exit"], self.workload.fee, self.workload.bars_per_year, rows)

    def macd(self, d, rows):
        at, axes = self.at, self.axes
        above, below = crossings(d["close"], axes["fast"], axes["slow"], axes["signal"])
        row = (at["fast"] * len(axes["slow"]) + at["slow"]) * len(axes["signal"]) + at["signal"]
        self.long(d, above, below, row, row, rows, trail=axes["trail"][at["trail"]])

    def filter(self, d, rows):
        at, axes, close, volume = self.at, self.axes, d["close"], d["volume"]
        mean, r = means(close, axes["n"]), oscillators(close, axes["m"])
        usual = means(volume, np.array([20]))[0]
        weak = (r[:, None] < axes["x"][:, None]).reshape(-1, len(close))
        busy = volume > axes["k"][:, None] * usual
        enters = joined(close > mean, weak, busy, at["n"], at["m"] * len(axes["x"]) + at["x"], at["k"])
        self.long(d, enters, close < mean, np.arange(len(rows)), at["n"], rows)

    def answers(self):
        return self.rows.reshape(-1, 4)


def make(workload, threads, argument):
    return Sweep(workload, threads)
