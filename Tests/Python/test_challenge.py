"""Holds the board of datasets/challenge against pandas, which replays its trades and weights from the CSV files alone.

    APUS_BIN=.build/release/apus APUS_STORE_EQUITY=build/demo/us_equity.h5 python3 Tests/Python/test_challenge.py
"""

import json
import subprocess
import tempfile
import unittest
from pathlib import Path

import jsonschema
import numpy as np
import pandas as pd
import xarray as xr

import support

DATASET = support.DATASETS / "challenge"
CAPITAL, BPS, LEAST, SLIP = 100_000.0, 2e-4, 1.0, 1e-4


def commission(units, paid):
    return max(LEAST, abs(units) * paid * BPS)


class Account:
    """Cash and units of one participant, filled at opens."""

    def __init__(self, opens, closes):
        self.opens, self.closes = opens, closes
        self.cash, self.units, self.equity, self.fills = CAPITAL, {}, [], 0
        self.breach = None

    def trade(self, symbol, units, price, named=False):
        paid = price if named else price * (1 + SLIP * np.sign(units))
        self.cash -= units * paid + commission(units, paid)
        self.units[symbol] = self.units.get(symbol, 0) + units
        if abs(self.units[symbol]) < 1e-9:
            del self.units[symbol]
        self.fills += 1

    def mark(self, day):
        self.equity.append(self.cash + sum(units * self.closes.at[day, symbol] for symbol, units in self.units.items()))

    def rebalance(self, day, weights):
        prices = self.opens.loc[day]
        value = self.cash + sum(units * prices[symbol] for symbol, units in self.units.items())
        left = value
        for _ in range(100):
            change = {s: weights.get(s, 0) * left / prices[s] - self.units.get(s, 0) for s in {*weights, *self.units}}
            cost = sum(abs(u) * prices[s] * SLIP + commission(u, prices[s] * (1 + SLIP * np.sign(u)))
                       for s, u in change.items() if abs(u) * prices[s] > 1e-9 * left)
            left = value - cost
        for symbol, units in sorted(change.items(), key=lambda pair: pair[1]):
            if abs(units) * prices[symbol] > 1e-9 * left:
                self.trade(symbol, units, prices[symbol])


def replay(rows, days, opens, closes, lows, highs):
    """A participant's trades: at the next open, or at their price within the bar; the first breach ends it."""
    account, pending = Account(opens, closes), []
    for row in rows.itertuples():
        day = row.time.normalize().tz_localize(None)
        if np.isnan(row.price):
            day = days[days > day][0]
        units = row.quantity if row.side == "buy" else -row.quantity
        pending.append((day, not np.isnan(row.price), units > 0, row.symbol, units, row.price))
    pending.sort(key=lambda order: order[:3])
    for day in days:
        while pending and pending[0][0] == day:
            _, named, _, symbol, units, price = pending.pop(0)
            if named and not lows.at[day, symbol] <= price <= highs.at[day, symbol]:
                account.breach = "price_outside_bar"
            account.trade(symbol, units, price if named else opens.at[day, symbol], named)
            if account.cash < 0:
                account.breach = account.breach or "cash_below_zero"
            held = {s: u * (opens if not named else closes).at[day, s] for s, u in account.units.items()}
            if units > 0 and held[symbol] / (account.cash + sum(held.values())) > 0.5:
                account.breach = account.breach or "max_weight"
            if account.breach:
                return account
        account.mark(day)
    return account


class BoardChecks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.apus = support.argument("APUS_BIN")
        cls.store = support.argument("APUS_STORE_EQUITY")
        cls.path = cls.folder / "board.h5"
        # Two participants are disqualified.
        done = subprocess.run(
            [cls.apus, "challenge", "score", DATASET / "rules.json5", DATASET / "entries", "--store", cls.store,
             "--today", "2026-01-01", "-o", cls.path, "--json", "--quiet"], timeout=300, stdout=subprocess.PIPE)
        assert done.returncode == 1, done.returncode
        cls.printed = json.loads(done.stdout)
        cls.board = json.loads(support.summary_path(cls.path).read_text("utf-8"))
        cls.rows = {row["participant"]: row["score"] for row in cls.board["rows"]}
        panel = support.good_panel("us_equity_1d")
        window = slice("2017-01-01", "2017-12-31")
        fields = {name: panel[name].loc[window] for name in ("open", "high", "low")}
        cls.closes = panel["close"].ffill().loc[window]
        cls.days = cls.closes.index
        entries = pd.read_csv(DATASET / "entries/trades.csv")
        entries["time"] = pd.to_datetime(entries["time"], utc=True, format="ISO8601")
        cls.accounts = {
            name: replay(rows, cls.days, fields["open"], cls.closes, fields["low"], fields["high"])
            for name, rows in entries.groupby("participant")
        }
        balanced = Account(fields["open"], cls.closes)
        weights = pd.read_csv(DATASET / "entries/balanced.csv", index_col="date", parse_dates=True)
        due = {cls.days[cls.days > date][0]: row.to_dict() for date, row in weights.iterrows()}
        for day in cls.days:
            if day in due:
                balanced.rebalance(day, due[day])
            balanced.mark(day)
        cls.accounts["balanced"] = balanced

    def test_schema(self):
        schema = json.loads((support.ROOT / "notebooks-export/schema/board.schema.json").read_text("utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        validator.validate(self.board)
        self.assertEqual(self.printed, self.board)
        for breaking in ({"rules_sha256": "x"}, {"rows": [{}]}, {"extra": 1}, {"window": {}}):
            self.assertFalse(validator.is_valid({**self.board, **breaking}), breaking)

    def test_hold_out_is_hidden(self):
        self.assertFalse(self.board["hold_out"]["is_scored"])
        self.assertTrue(all("hold_out" not in row for row in self.board["rows"]))
        with xr.open_dataset(self.path, engine="h5netcdf") as table:
            self.assertFalse([name for name in table.variables if str(name).startswith("hold_out")])

    def test_scores(self):
        for name, account in self.accounts.items():
            score = self.rows[name]
            if account.breach:
                self.assertEqual(score["disqualified"]["reason"], account.breach, name)
                self.assertNotIn("rank", score)
                continue
            self.assertNotIn("disqualified", score, name)
            equity = np.array(account.equity)
            returns = equity / np.r_[CAPITAL, equity[:-1]] - 1
            metrics = score["metrics"]
            self.assertEqual(score["fills"], account.fills, name)
            np.testing.assert_allclose(metrics["total_return"], equity[-1] / CAPITAL - 1, rtol=1e-9)
            np.testing.assert_allclose(metrics["sharpe"], returns.mean() / returns.std(ddof=1) * 252**0.5, rtol=1e-7)
            deepest = (equity / np.maximum.accumulate(np.r_[CAPITAL, equity])[1:] - 1).min()
            np.testing.assert_allclose(metrics["max_drawdown"], deepest, rtol=1e-8)

    def test_intervals(self):
        # Other random numbers: quantiles of some thousand samples agree to a few hundredths of a deviation.
        random = np.random.default_rng(1)
        count, block, samples = len(self.days), self.board["bootstrap"]["block"], 4000
        starts = random.integers(count, size=(samples, count))
        jumps = random.random((samples, count)) < 1 / block
        jumps[:, 0] = True
        last = np.maximum.accumulate(np.where(jumps, np.arange(count), 0), axis=1)
        bars = (np.take_along_axis(starts, last, axis=1) + np.arange(count) - last) % count
        tail = (1 - self.board["bootstrap"]["level"]) / 2
        for name, account in self.accounts.items():
            if account.breach:
                continue
            equity = np.array(account.equity)
            drawn = (equity / np.r_[CAPITAL, equity[:-1]] - 1)[bars]
            ratios = drawn.mean(axis=1) / drawn.std(axis=1, ddof=1) * 252**0.5
            expected = np.quantile(ratios, [tail, 1 - tail])
            np.testing.assert_allclose(self.rows[name]["interval"], expected, atol=0.2 * ratios.std(), err_msg=name)

    def test_ranks(self):
        ranked = {name: score for name, score in self.rows.items() if "rank" in score}
        by = pd.Series({name: score["metrics"]["sharpe"] for name, score in ranked.items()})
        told = pd.Series({name: score["rank"] for name, score in ranked.items()})
        pd.testing.assert_series_equal(by.rank(ascending=False, method="min"), told.astype(float))
        self.assertEqual(list(by.sort_values(ascending=False).index), [row["participant"] for row in self.board["rows"]][:len(by)])
        for score in ranked.values():
            low, high = score["rank_interval"]
            self.assertTrue(1 <= low <= high <= len(ranked))

    def test_table(self):
        with xr.open_dataset(self.path, engine="h5netcdf") as stored:
            table = stored.load().to_dataframe()
        names = [support.text(name) for name in table["participant"]]
        self.assertEqual(names, sorted(self.rows))
        table.index = names
        for name, score in self.rows.items():
            row = table.loc[name]
            for metric, value in score["metrics"].items():
                np.testing.assert_equal(row[metric], np.nan if value is None else value)
            self.assertEqual(support.text(row["disqualified"]), score.get("disqualified", {}).get("reason", ""))
            np.testing.assert_equal(row["rank"], score.get("rank", np.nan))
            np.testing.assert_equal([row["sharpe_low"], row["sharpe_high"]], score.get("interval", [np.nan] * 2))
        with xr.open_dataset(self.path, group="challenge", engine="h5netcdf") as group:
            self.assertEqual(group.attrs["rules_sha256"], self.board["rules_sha256"])
            self.assertEqual(int(group["participants"]), len(self.rows))

    def test_weights_of_xarray(self):
        frame = pd.read_csv(DATASET / "entries/balanced.csv", index_col="date", parse_dates=True)
        weights = xr.DataArray(frame, dims=("date", "symbol"), name="w")
        weights.to_netcdf(self.folder / "balanced.nc", engine="h5netcdf")
        subprocess.run(
            [self.apus, "challenge", "score", DATASET / "rules.json5", self.folder / "balanced.nc", "--store", self.store,
             "-o", self.folder / "x.h5", "--quiet"], check=True, timeout=300, stdout=subprocess.DEVNULL)
        again = json.loads((self.folder / "x.json").read_text("utf-8"))
        self.assertEqual(again["rows"][0]["score"]["metrics"], self.rows["balanced"]["metrics"])


if __name__ == "__main__":
    unittest.main()
