"""Holds a book made of datasets/book against its CSV files as pandas reads them, opened by h5py and by xarray as it is.

    APUS_BIN=.build/release/apus python3 Tests/Python/test_book.py
"""

import subprocess
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import xarray as xr

import support

DATASET = Path(__file__).parents[2] / "datasets/book"


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
