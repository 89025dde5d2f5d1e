"""Holds a book made of datasets/book against its CSV files as pandas reads them, opened by h5py and by xarray as it is.

    APUS_BIN=.build/release/apus python3 Tests/Python/test_book.py
"""

import json
import subprocess
import tempfile
import unittest
from pathlib import Path

import h5py
import jsonschema
import numpy as np
import pandas as pd
import xarray as xr

import support

ROOT = Path(__file__).parents[2]
DATASET = ROOT / "datasets/book"
PRICES = ROOT / "datasets/us_equity_1d"


class ReportChecks(unittest.TestCase):
    """Reports keep their schema, and their HDF5, JSON and CSV say the same."""

    def test_value(self):
        with tempfile.TemporaryDirectory() as folder:
            def run(*words):
                return subprocess.run(
                    [support.argument("APUS_BIN"), *words], check=True, timeout=300, cwd=folder,
                    stdout=subprocess.PIPE).stdout

            run("import", PRICES / "prices.csv.gz", "--symbols", PRICES / "symbols.csv", "--store", "prices.h5", "--quiet")
            run("book", "init", "book.h5", "--store", "prices.h5", "--from", DATASET, "--quiet")
            value = ["book", "value", "book.h5", "--at", "2017-06-30", "--quiet"]
            document = json.loads(run(*value, "--json", "-o", "value.h5"))
            run(*value, "-o", "value.csv")
            schema = json.loads((ROOT / "notebooks-export/schema/report.schema.json").read_text("utf-8"))
            jsonschema.Draft202012Validator.check_schema(schema)
            jsonschema.Draft202012Validator(schema).validate(document)
            self.assertEqual(document["origin"]["verb"], "book value")
            told = xr.Dataset.from_dict(document["sections"]["value"])
            with xr.open_dataset(f"{folder}/value.h5", group="value", engine="h5netcdf") as stored:
                np.testing.assert_array_equal(told["equity"], stored["equity"])
            table = pd.read_csv(f"{folder}/value.csv")
            np.testing.assert_array_equal(told["equity"], table["equity"])
            # By hand: units and cash of a portfolio without transfers and splits, at the closes of the day.
            prices = pd.read_csv(PRICES / "prices.csv.gz")
            closes = prices[prices["date"] == "2017-06-30"].set_index("symbol" if "symbol" in prices else "Name")["close"]
            rows = pd.read_csv(DATASET / "transactions.csv")
            rows = rows[(rows["wallet"] == "w-d1") & (rows["time"] <= "2017-06-30")]
            side = rows["kind"].map({"buy": 1, "sell": -1}).fillna(0)
            units = (side * rows["quantity"].fillna(0)).groupby(rows["symbol"]).sum()
            sign = rows["kind"].map({"deposit": 1, "dividend": 1, "sell": 1, "buy": -1, "withdrawal": -1, "fee": -1})
            cash = (sign * rows["amount"].fillna(rows["quantity"] * rows["price"]) - rows["fee"].fillna(0)).sum()
            expected = cash + (units * closes.reindex(units.index)).sum()
            self.assertAlmostEqual(float(told["equity"].sel(portfolio="p-d1")), expected, places=6)


class BookChecks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.path = f"{folder.name}/book.h5"
        subprocess.run(
            [support.argument("APUS_BIN"), "book", "init", cls.path, "--from", DATASET, "--no-prices", "--quiet"],
            check=True, timeout=120, stdout=subprocess.DEVNULL)
        cls.tables = {
            name: pd.read_csv(DATASET / f"{name}.csv")
            for name in ("advisors", "clients", "portfolios", "wallets", "transactions")
        }

    def frame(self, group):
        with xr.open_dataset(self.path, group=group, engine="h5netcdf") as dataset:
            return dataset.load().to_dataframe().reset_index()

    def test_attributes(self):
        with h5py.File(self.path) as file:
            self.assertEqual(support.text(file.attrs["apus_format"]), "book")
            self.assertEqual(int(file.attrs["apus_version"]), 1)
            self.assertRegex(support.text(file.attrs["content_sha256"]), r"^[0-9a-f]{64}$")

    def test_tables(self):
        portfolios, wallets = self.frame("portfolios"), self.frame("wallets")
        self.assertEqual(list(portfolios["id"]), list(self.tables["portfolios"]["id"]))
        for limit in ("max_volatility", "max_var", "max_drawdown", "max_weight", "risk_level"):
            np.testing.assert_array_equal(portfolios[limit], self.tables["portfolios"][limit])
        self.assertEqual(sorted(wallets["id"]), sorted(self.tables["wallets"]["id"]))
        owner = portfolios["id"].to_numpy()[wallets["portfolio"]]
        expected = self.tables["wallets"].set_index("id")["portfolio"]
        self.assertEqual(list(owner), list(expected[wallets["id"]]))

    def test_entries(self):
        entries, wallets = self.frame("entries"), self.frame("wallets")
        transactions = self.tables["transactions"]
        self.assertEqual(entries["time"].dtype.kind, "M")
        kinds = "deposit withdrawal buy sell dividend fee transfer_out transfer_in".split()
        entries["name"] = entries["kind"].map(dict(enumerate(kinds)))
        ids = entries["id"].map(lambda text: text.decode() if isinstance(text, bytes) else text)
        told = entries[entries["name"] != "transfer_in"].assign(id=ids).set_index("id").sort_index()
        expected = transactions.set_index("id").sort_index()
        self.assertEqual(list(told.index), list(expected.index))
        np.testing.assert_array_equal(told["time"], pd.to_datetime(expected["time"]))
        self.assertEqual(
            list(told["name"].str.replace("transfer_out", "transfer")), list(expected["kind"]))
        fees = expected["fee"].fillna(0)
        money = expected["amount"].fillna(expected["quantity"] * expected["price"]).fillna(0)
        sign = expected["kind"].map(
            {"deposit": 1, "dividend": 1, "sell": 1, "buy": -1, "withdrawal": -1, "fee": -1, "transfer": -1})
        np.testing.assert_allclose(told["cash"], sign * money - fees, rtol=1e-14)
        self.assertEqual(list(wallets["id"].to_numpy()[told["wallet"]]), list(expected["wallet"]))
        # What one portfolio gives another gets.
        moved = entries[entries["name"].str.startswith("transfer")]
        self.assertEqual(moved["units"].sum(), 0)


if __name__ == "__main__":
    unittest.main()
