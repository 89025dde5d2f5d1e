"""Works out again, with numpy and pandas alone, what the verbs of books tell of datasets/book.

    APUS_BIN=.build/release/apus python3 Tests/Python/test_book_numbers.py
"""

import json
import math
import subprocess
import tempfile
import unittest

import h5py
import numpy as np
import pandas as pd
import xarray as xr

import support

PRICES = support.DATASETS / "us_equity_1d"
BOOK = support.DATASETS / "book"
DAY = pd.Timedelta(days=1)


class BookNumbers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        cls.run_apus(
            "import", PRICES / "prices.csv.gz", "--symbols", PRICES / "symbols.csv", "--store", "prices.h5", "--quiet")
        cls.run_apus("book", "init", "book.h5", "--store", "prices.h5", "--from", BOOK, "--quiet")
        with h5py.File(f"{cls.folder}/prices.h5") as file:
            panel = next(iter(file["panels"].values()))
            cls.closes = pd.DataFrame(
                panel["close"][:], index=pd.to_datetime(panel["time"][:]),
                columns=[support.text(name) for name in panel["symbol"][:]])
            cls.sectors = dict(
                zip(map(support.text, file["symbols/symbol"][:]), map(support.text, file["symbols/sector"][:])))
        rows = pd.read_csv(BOOK / "transactions.csv")
        rows["time"] = pd.to_datetime(rows["time"])
        wallets = pd.read_csv(BOOK / "wallets.csv").set_index("id")["portfolio"]
        rows["portfolio"] = rows["wallet"].map(wallets)
        rows["other"] = rows["to"].map(wallets)
        cls.rows = rows.fillna({"fee": 0.0})

    @classmethod
    def run_apus(cls, *words):
        return subprocess.run(
            [support.argument("APUS_BIN"), *map(str, words)], check=False, timeout=300, cwd=cls.folder,
            stdout=subprocess.PIPE).stdout

    def table(self, section, *words):
        document = json.loads(self.run_apus("book", *words, "--json", "--quiet"))
        return xr.Dataset.from_dict(document["sections"][section])

    def own(self, portfolio):
        """The rows of a portfolio that has no units from or for others, and no money for others."""
        rows = self.rows[self.rows["portfolio"] == portfolio]
        moved = rows[(rows["kind"] == "transfer") & (rows["other"] != portfolio)]
        self.assertTrue(moved.empty, portfolio)
        return rows

    def test_component_var(self):
        """Historical VaR is an order statistic; a part's share is its mean loss on the days around it, near ones more."""
        found = self.table(
            "symbols", "what-if", "book.h5", "--portfolio", "p-d1", "--at", "2017-06-30", "--trade", "sell 5 MSFT",
            "--trade", "buy 3 AMZN")
        whole = self.table(
            "whole", "what-if", "book.h5", "--portfolio", "p-d1", "--at", "2017-06-30", "--trade", "sell 5 MSFT",
            "--trade", "buy 3 AMZN")
        names = [str(name) for name in found["symbol"].values]
        closes = self.closes.loc[:"2017-06-30", names]
        returns = (closes / closes.shift() - 1).tail(252).to_numpy()
        self.assertTrue(np.isfinite(returns).all())
        for moment in ("before", "after"):
            weights = found[f"weight_{moment}"].to_numpy()
            losses = -(returns * weights)
            total = losses.sum(axis=1)
            order = np.argsort(-total, kind="stable")
            rank = math.ceil(0.05 * len(total) - 1e-12)
            value_at_risk = total[order[rank - 1]]
            reach = math.ceil(math.sqrt(rank))
            ranks = np.arange(rank - reach, rank + reach + 1)
            kernel = reach + 1.0 - np.abs(ranks - rank)
            parts = (losses[order[ranks - 1]] * kernel[:, None]).sum(axis=0)
            parts *= value_at_risk / parts.sum()
            self.assertAlmostEqual(float(whole["var"].sel(moment=moment)), value_at_risk, places=14)
            held = weights != 0
            told = found[f"component_var_{moment}"].to_numpy().astype(float)
            np.testing.assert_allclose(told[held], parts[held], rtol=1e-10, atol=1e-15)
            self.assertAlmostEqual(np.nansum(told), value_at_risk, places=14)
            np.testing.assert_allclose(
                found[f"marginal_var_{moment}"].to_numpy().astype(float)[held], parts[held] / weights[held], rtol=1e-10)
            tail = np.sort(total)[::-1]
            size = 0.05 * len(total)
            shortfall = (tail[: rank - 1].sum() + (size - (rank - 1)) * tail[rank - 1]) / size
            self.assertAlmostEqual(float(whole["shortfall"].sel(moment=moment)), shortfall, places=14)
            volatility = total.std(ddof=1) * math.sqrt(252)
            self.assertAlmostEqual(float(whole["volatility"].sel(moment=moment)), volatility, places=13)

    def test_money_weighted_return(self):
        """XIRR: years of 365 days, money from the start of its day, the last day in full."""
        found = self.table("metrics", "metrics", "book.h5", "--metrics", "money_weighted_return,final_equity")
        for portfolio in ("p-d1", "p-d2", "p-101", "p-102"):
            rows = self.own(portfolio)
            flows = rows[rows["kind"].isin(["deposit", "withdrawal"])]
            sign = flows["kind"].map({"deposit": 1, "withdrawal": -1})
            years = (self.closes.index[-1] + DAY - flows["time"]) / DAY / 365
            final = float(found["final_equity"].sel(portfolio=portfolio))

            def surplus(rate):
                return (sign * flows["amount"] * (1 + rate) ** years).sum() - final

            low, high = -0.9, 5.0
            for _ in range(200):
                middle = (low + high) / 2
                low, high = (low, middle) if surplus(middle) > 0 else (middle, high)
            told = float(found["money_weighted_return"].sel(portfolio=portfolio))
            self.assertAlmostEqual(told, low, places=12, msg=portfolio)

    def test_gain_share(self):
        """What a symbol brought, over what purchases cost with their fees."""
        for portfolio in ("p-d1", "p-d2", "p-101", "p-102"):
            rows = self.own(portfolio)
            found = self.table("assets", "assets", "book.h5", "--portfolio", portfolio)
            for symbol, trades in rows[rows["symbol"].notna()].groupby("symbol"):
                buys, sells = trades[trades["kind"] == "buy"], trades[trades["kind"] == "sell"]
                paid = (buys["quantity"] * buys["price"] + buys["fee"]).sum()
                got = (sells["quantity"] * sells["price"] - sells["fee"]).sum()
                income = trades.loc[trades["kind"] == "dividend", "amount"].sum()
                income -= trades.loc[trades["kind"] == "fee", "amount"].sum()
                units = buys["quantity"].sum() - sells["quantity"].sum()
                gain = units * self.closes[symbol].dropna().iloc[-1] + got + income - paid
                told = found.sel(asset=symbol)
                self.assertAlmostEqual(float(told["gain"]), gain, places=8)
                self.assertAlmostEqual(float(told["gain_share"]), gain / paid, places=12)
                self.assertEqual((int(told["buys"]), int(told["sells"])), (len(buys), len(sells)))

    def test_sectors(self):
        """The return of a day is its gain over what was there before and what was paid in."""
        found = self.table("sectors", "sectors", "book.h5", "--portfolio", "p-d2")
        rows = self.own("p-d2")
        trades = rows[rows["symbol"].notna()]
        days = self.closes.index
        marks = self.closes.ffill()
        for sector, part in trades.groupby(trades["symbol"].map(self.sectors)):
            value, paid, got = (pd.Series(0.0, index=days) for _ in range(3))
            for symbol, own in part.groupby("symbol"):
                side = own["kind"].map({"buy": 1.0, "sell": -1.0}).fillna(0.0)
                units = (side * own["quantity"].fillna(0)).groupby(own["time"]).sum().reindex(days, fill_value=0.0)
                value = value + units.cumsum() * marks[symbol].fillna(0.0)
            money = part["amount"].fillna(part["quantity"] * part["price"])
            spent = (money + part["fee"])[part["kind"] == "buy"]
            paid = spent.groupby(part["time"]).sum().reindex(days, fill_value=0.0)
            brought = (money - part["fee"])[part["kind"].isin(["sell", "dividend"])]
            got = brought.groupby(part["time"]).sum().reindex(days, fill_value=0.0)
            before = value.shift(fill_value=0.0)
            base = before + paid
            gain = value + got - base
            first, last = base.to_numpy().nonzero()[0][[0, -1]]
            returns = (gain / base).iloc[first : last + 1]
            told = found.sel(sector=sector)
            self.assertAlmostEqual(float(told["value"]), value.iloc[-1], places=7)
            self.assertAlmostEqual(float(told["gain"]), gain.sum(), places=7)
            self.assertAlmostEqual(float(told["return"]), (1 + returns).prod() - 1, places=11)
            self.assertAlmostEqual(
                float(told["volatility"]), returns.std(ddof=1) * math.sqrt(252), places=12)
        self.assertAlmostEqual(float(found["weight"].sum()), 1, places=12)

    def test_sums(self):
        """Sums by any key are the same money."""
        whole = self.table("value", "value", "book.h5", "--by", "firm", "--at", "2016-12-30")
        for key in ("advisor", "client", "portfolio", "sector", "currency", "branch"):
            parts = self.table("value", "value", "book.h5", "--by", key, "--at", "2016-12-30")
            for column in ("equity", "cash", "long", "gain"):
                self.assertAlmostEqual(float(parts[column].sum()), float(whole[column].sum()), places=6, msg=key)

    def test_statement(self):
        """Balances are running sums of a wallet's money."""
        found = self.table("transactions", "statement", "book.h5", "--wallet", "w-d1").to_dataframe()
        rows = self.rows[self.rows["wallet"] == "w-d1"]
        self.assertEqual(list(found["id"]), list(rows.sort_values("time", kind="stable")["id"]))
        np.testing.assert_allclose(found["balance"], found["amount"].cumsum(), rtol=1e-12)


if __name__ == "__main__":
    unittest.main()
