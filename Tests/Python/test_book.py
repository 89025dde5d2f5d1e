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

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.run_apus("import", PRICES / "prices.csv.gz", "--symbols", PRICES / "symbols.csv", "--store", "prices.h5", "--quiet")
        cls.run_apus("book", "init", "book.h5", "--store", "prices.h5", "--from", DATASET, "--quiet")

    @classmethod
    def run_apus(cls, *words):
        return subprocess.run(
            [support.argument("APUS_BIN"), *words], check=True, timeout=300, cwd=cls.folder,
            stdout=subprocess.PIPE).stdout

    def check_schema(self, name, document):
        schema = json.loads((ROOT / f"notebooks-export/schema/{name}.schema.json").read_text("utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        faults = [f"{error.json_path}: {error.message}" for error in
                  jsonschema.Draft202012Validator(schema).iter_errors(document)]
        self.assertEqual(faults, [])

    def test_value(self):
        value = ["book", "value", "book.h5", "--at", "2017-06-30", "--quiet"]
        document = json.loads(self.run_apus(*value, "--json", "-o", "value.h5"))
        self.run_apus(*value, "-o", "value.csv")
        self.check_schema("report", document)
        self.assertEqual(document["origin"]["verb"], "book value")
        told = xr.Dataset.from_dict(document["sections"]["value"])
        with xr.open_dataset(self.folder / "value.h5", group="value", engine="h5netcdf") as stored:
            np.testing.assert_array_equal(told["equity"], stored["equity"])
        table = pd.read_csv(self.folder / "value.csv")
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

    def test_client_reports(self):
        for level in ("client", "portfolio", "advisor"):
            self.run_apus("book", "report", "book.h5", "--period", "2017-06", "--by", level, "-o", level, "--quiet")
            folder = self.folder / level / "2017-06"
            index = json.loads((folder / "index.json").read_text("utf-8"))
            self.check_schema("client_reports", index)
            listed = pd.read_csv(folder / "index.csv", dtype={"id": str}).set_index("id")
            self.assertEqual(list(listed.index), [row["id"] for row in index["reports"]])
            for row in index["reports"]:
                report = json.loads((folder / f"{row['file']}.json").read_text("utf-8"))
                self.check_schema("client_report", report)
                self.assertEqual(report[level], row["id"])
                self.check_tables(folder, row["file"], report)
                for name in ("end", "gain", "sharpe", "time_weighted_return"):
                    told = report["total"].get(name, report["total"]["since_inception"].get(name))
                    np.testing.assert_array_equal(listed.loc[row["id"], name], np.nan if told is None else told)

    def check_tables(self, folder, name, report):
        """The tables of a report say what its JSON says, to the bit."""
        def check(table, rows, keys):
            read = pd.read_csv(folder / f"{name}-{table}.csv")
            self.assertEqual(len(read), len(rows), table)
            for key in keys:
                told = pd.Series([row.get(key) for row in rows], dtype=None if rows else object)
                if pd.api.types.is_numeric_dtype(read[key]) and len(read):
                    np.testing.assert_array_equal(read[key], told.astype(float), f"{table}: {key}")
                else:
                    self.assertEqual(list(read[key].fillna("")), list(told.fillna("")), f"{table}: {key}")

        portfolios = report["portfolios"]
        check("portfolios", portfolios, ["portfolio", "currency", "begin", "end", "gain", "money_weighted_return"])
        check("holdings", [row for part in portfolios for row in part["holdings"]],
              ["symbol", "sector", "units", "price", "value", "share", "cost", "unrealised", "price_time"])
        check("transactions", [row for part in portfolios for wallet in part["wallets"] for row in wallet["transactions"]],
              ["time", "kind", "symbol", "quantity", "price", "fee", "amount", "balance"])
        check("trading_days", report["trading_days"],
              ["day", "currency", "purchases", "bought", "sells", "sold", "fees", "income", "net"])
        check("months", [{"year": year["year"], "month": int(month), "return": value} for part in portfolios
                         for year in part.get("months", []) for month, value in year["months"].items()],
              ["year", "month", "return"])


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
