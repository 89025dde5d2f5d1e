"""Simulates lanes of both demonstrations again, one bar at a time, and holds metrics and equity to 1e-9.

    APUS_RESULT=golden-cross.h5 APUS_RESULT_CRYPTO=crypto-dip.h5 APUS_BIN=apus \\
        python3 Tests/Python/test_oracle_sma.py

The loop below shares nothing with the engine: prices come from the CSV, averages from a mean over each window,
orders from an event loop with one order in flight.
"""

import math
import pathlib
import subprocess
import tempfile
import unittest

import numpy as np

import support

SETS_PER_SYMBOL = 5
TOLERANCE = 1e-9


def sma(close, length):
    """Mean of the last `length` closes; NaN while warming, and where the window holds a NaN."""
    out = np.full(len(close), np.nan)
    for t in range(length - 1, len(close)):
        out[t] = math.fsum(close[t - length + 1 : t + 1]) / length
    return out


def crossings(a, b):
    """(above, below) by bar: a changes sides of b, where equality and gaps keep the side of before."""
    above, below, side = [], [], 0
    for x, y in zip(a, b):
        now = int(x > y) - int(x < y)  # 0 if equal or if either is NaN
        above.append(now > 0 > side)
        below.append(now < 0 < side)
        side = now or side
    return above, below


def simulate(open_, close, entry, exit_, cash, commission_bps, slippage_bps):
    """Equity after each bar, whether a position is held there, and the profit of each closed round trip.

    An order of bar t fills at a later open.
    """
    rate, slip = commission_bps / 1e4, slippage_bps / 1e4
    units, mark, order, paid = 0.0, math.nan, None, 0.0
    equity, held, profits = [], [], []
    for t in range(len(close)):
        # A bar without an open or a close takes no fill: the order waits.
        if order and not math.isnan(open_[t]) and not math.isnan(close[t]):
            if order == "buy":
                price = open_[t] * (1 + slip)
                units = cash / (price * (1 + rate))
                paid, cash = cash, 0.0
            else:
                price = open_[t] * (1 - slip)
                cash += units * price * (1 - rate)
                profits.append(cash - paid)
                units = 0.0
            order = None
        if not math.isnan(close[t]):
            mark = close[t]
        equity.append(cash + units * mark if units else cash)
        held.append(units > 0)
        if order is None:
            if not units and entry[t]:
                order = "buy"
            elif units and exit_[t]:
                order = "sell"
    return np.array(equity), held, profits


def metrics(equity, held, profits, initial, bars_per_year):
    path = np.concatenate([[initial], equity])
    returns = path[1:] / path[:-1] - 1
    deviation = returns.std(ddof=1)
    return {
        "total_return": equity[-1] / initial - 1,
        "sharpe": returns.mean() / deviation * math.sqrt(bars_per_year) if deviation >= 1e-12 else math.nan,
        "volatility": deviation * math.sqrt(bars_per_year),
        "max_drawdown": (path / np.maximum.accumulate(path) - 1).min(),
        "trades": float(len(profits)),
        "win_rate": sum(profit > 0 for profit in profits) / len(profits) if profits else math.nan,
        "exposure": sum(held) / len(held),
    }


class Rules(unittest.TestCase):
    """The oracle itself, on cases worked by hand."""

    def test_equality_and_gaps_keep_the_side(self):
        a = [1, 2, 2, 3, math.nan, 3, 1, 3]
        b = [2, 2, 2, 2, 2, 2, 2, 2]
        self.assertEqual([t for t, hit in enumerate(crossings(a, b)[0]) if hit], [3, 7])
        self.assertEqual([t for t, hit in enumerate(crossings(a, b)[1]) if hit], [6])

    def test_first_side_is_no_crossing(self):
        self.assertEqual(crossings([3, 3], [2, 2]), ([False, False], [False, False]))

    def test_a_trade_by_hand(self):
        nan = math.nan
        open_, close = [10, nan, 20, 30, 40], [10, 11, 25, 30, 40]
        # Signal at 0; bar 1 has no open, so it fills at 2 for 20; sold at the open of 4 for 40.
        equity, held, profits = simulate(open_, close, [1, 0, 0, 0, 0], [0, 0, 0, 1, 0], 100.0, 0, 0)
        np.testing.assert_allclose(equity, [100, 100, 125, 150, 200])
        self.assertEqual((held, profits), ([False, False, True, True, False], [100.0]))
        equity, _, _ = simulate(open_, close, [1, 0, 0, 0, 0], [0, 0, 0, 1, 0], 100.0, 100, 100)
        self.assertAlmostEqual(equity[-1], 100 / (20 * 1.01 * 1.01) * 40 * 0.99 * 0.99, places=10)

    def test_drawdown_runs_from_the_initial_capital(self):
        self.assertAlmostEqual(metrics(np.array([90.0, 95.0]), [True, True], [], 100.0, 252)["max_drawdown"], -0.1)


class Oracle:
    """The checks of one result; subclasses say which, and restate its strategy."""

    variable = dataset = bars_per_year = symbols = strategy = None

    def signals(self, row, close):
        """(a, b, entry, exit) by bar; the signals compare a with b."""
        raise NotImplementedError

    @classmethod
    def setUpClass(cls):
        cls.path = support.argument(cls.variable)
        data = support.dataset(cls.path)
        cls.spec = support.read_json5(data.attrs["spec"])
        cls.lanes = data.drop_vars("leaderboard").to_dataframe()
        cls.panel = support.good_panel(cls.dataset)

    def test_the_spec_is_one_the_oracle_knows(self):
        spec = self.spec
        self.assertEqual(spec["data"]["panel"], self.dataset)
        self.assertEqual(set(spec["data"]) & {"from", "to"}, set(), "the oracle runs the whole panel")
        strategy = {key: "".join(value.split()) for key, value in spec["strategy"].items() if key != "size"}
        self.assertEqual(strategy, self.strategy)
        self.assertEqual(spec["strategy"]["size"], {"fraction_of_equity": 1.0})
        self.assertEqual(spec["execution"]["fill"], "next_open")
        self.assertEqual(set(spec["execution"].get("commission", {})) - {"bps"}, set())
        self.assertEqual(set(spec["execution"].get("slippage", {})) - {"bps"}, set())

    def sets_without_ties(self, symbol, close):
        """Lanes of a symbol, spread over its grid, in which what is compared never comes within rounding.

        Where it does, a signal depends on the last bit of a mean, and neither answer is wrong.
        """
        lanes = self.lanes[self.lanes["symbol"] == symbol]
        self.assertGreaterEqual(len(lanes), SETS_PER_SYMBOL, symbol)
        stride = len(lanes) // SETS_PER_SYMBOL
        for part in range(SETS_PER_SYMBOL):
            for lane, row in lanes.iloc[part * stride : (part + 1) * stride].iterrows():
                a, b, entry, exit_ = self.signals(row, close)
                if not (np.abs(a / b - 1) < 1e-10).any():
                    yield lane, row, entry, exit_
                    break
            else:
                self.fail(f"{symbol}: every parameter set in part {part} has a tie")

    def simulated(self, symbol):
        """(lane, row, cash, equity, held, profits) of some lanes of a symbol."""
        execution, cash = self.spec["execution"], float(self.spec["account"]["cash"])
        open_, close = (self.panel[name][symbol].to_numpy() for name in ("open", "close"))
        for lane, row, entry, exit_ in self.sets_without_ties(symbol, close):
            yield lane, row, cash, *simulate(
                open_, close, entry, exit_, cash,
                execution.get("commission", {}).get("bps", 0), execution.get("slippage", {}).get("bps", 0))

    def test_lanes(self):
        traded = 0
        for symbol in self.symbols:
            for lane, row, cash, equity, held, profits in self.simulated(symbol):
                traded += len(profits)
                for name, value in metrics(equity, held, profits, cash, self.bars_per_year).items():
                    with self.subTest(lane=lane, symbol=symbol, metric=name):
                        np.testing.assert_allclose(row[name], value, rtol=TOLERANCE, atol=TOLERANCE)
        self.assertGreater(traded, 100, "too few trades to prove anything")

    def test_replayed_equity_bar_by_bar(self):
        for symbol in self.symbols:
            lane, _, _, equity, held, profits = next(self.simulated(symbol))
            with self.subTest(lane=lane, symbol=symbol), tempfile.TemporaryDirectory() as folder:
                output = pathlib.Path(folder) / "lane.h5"
                subprocess.run(
                    [support.argument("APUS_BIN"), "replay", self.path, "--lane", str(lane), "-o", output, "--quiet"],
                    stdout=subprocess.DEVNULL, timeout=60, check=True)
                trace = support.dataset(output, group=f"traces/lane_{lane}")
                np.testing.assert_array_equal(trace["time"].values, self.panel["close"].index.values)
                np.testing.assert_allclose(trace["equity"].values, equity, rtol=TOLERANCE)
                np.testing.assert_array_equal(trace["exposure"].values != 0, held)
                trades = support.dataset(output, group=f"traces/lane_{lane}/trades")
                closed = trades["profit"].values[trades["cause"].values != "open"]
                np.testing.assert_allclose(closed, profits, rtol=TOLERANCE, atol=1e-6)


class GoldenCross(Oracle, unittest.TestCase):
    variable, dataset, bars_per_year = "APUS_RESULT", "us_equity_1d", 252
    # A plain symbol; one with a split applied to half a row; two with holes, empty opens and broken rows; a late one.
    symbols = ["AAPL", "LNT", "DHR", "O", "FTV"]
    strategy = {
        "long_entry": "crosses_above(sma(close,fast),sma(close,slow))",
        "long_exit": "crosses_below(sma(close,fast),sma(close,slow))",
    }

    def signals(self, row, close):
        fast, slow = sma(close, int(row["fast"])), sma(close, int(row["slow"]))
        return fast, slow, *crossings(fast, slow)


class CryptoDip(Oracle, unittest.TestCase):
    variable, dataset, bars_per_year = "APUS_RESULT_CRYPTO", "crypto_1d", 365
    # The longest, two long ones and two late ones. A stable coin ties with its average all the time.
    symbols = ["BTC", "ETH", "DOGE", "SOL", "LINK"]
    strategy = {"long_entry": "close<sma(close,n)*(1-band)", "long_exit": "close>sma(close,n)"}

    def signals(self, row, close):
        average = sma(close, int(row["n"]))
        level = average * (1 - row["band"])
        return np.concatenate([close, close]), np.concatenate([level, average]), close < level, close > average


if __name__ == "__main__":
    unittest.main()
