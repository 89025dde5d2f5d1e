"""Holds two stores, imported from datasets/, against the CSV as pandas reads it and against the layout on paper.

    APUS_STORE_EQUITY=us_equity.h5 APUS_STORE_CRYPTO=crypto.h5 python3 Tests/Python/test_store.py
"""

import unittest

import h5py
import numpy as np
import pandas as pd

import support


class StoreChecks:
    """The checks of one store; subclasses say which."""

    variable = panel_name = calendar = time_zone = None

    @classmethod
    def setUpClass(cls):
        cls.path = support.argument(cls.variable)
        cls.metadata = support.metadata(cls.panel_name)
        cls.expected = support.good_panel(cls.panel_name)
        cls.fields = list(cls.expected)
        cls.dates = cls.expected["close"].index
        cls.symbols = list(cls.expected["close"].columns)
        cls.file = h5py.File(cls.path, "r")
        cls.addClassCleanup(cls.file.close)

    @property
    def panel(self):
        return self.file[f"panels/{self.panel_name}"]

    def test_file_attributes(self):
        attributes = self.file.attrs
        self.assertEqual(support.text(attributes["apus_format"]), "prices")
        self.assertEqual(int(attributes["apus_version"]), 1)
        self.assertGreaterEqual(pd.Timestamp(support.text(attributes["created_utc"])).year, 2024)
        self.assertRegex(support.text(attributes["content_sha256"]), r"^[0-9a-f]{64}$")

    def test_panel_attributes(self):
        attributes = self.panel.attrs
        self.assertEqual(support.text(attributes["calendar"]), self.calendar)
        self.assertEqual(int(attributes["frequency_ns"]), 86_400_000_000_000)
        self.assertEqual(support.text(attributes["time_zone"]), self.time_zone)
        self.assertIn("negative_prices", attributes)

    def test_axes(self):
        time, symbol = self.panel["time"], self.panel["symbol"]
        self.assertEqual(time.dtype, np.dtype("<i8"))
        self.assertEqual(support.text(time.attrs["units"]), "nanoseconds since 1970-01-01")
        np.testing.assert_array_equal(time[...].astype("datetime64[ns]"), self.dates.values.astype("datetime64[ns]"))
        self.assertEqual(support.texts(symbol), self.symbols)
        for axis in (time, symbol):
            self.assertTrue(axis.is_scale, f"{axis.name} is not a dimension scale")
        string = h5py.check_string_dtype(symbol.dtype)
        self.assertEqual(string and string.encoding, "utf-8")

    def test_fields_are_plain_blocks_with_scales(self):
        names = {name for name, item in self.panel.items() if isinstance(item, h5py.Dataset)}
        self.assertEqual(names, {"time", "symbol", "first", "last", *self.fields})
        for name in self.fields:
            field = self.panel[name]
            self.assertEqual(field.shape, (len(self.dates), len(self.symbols)), name)
            self.assertEqual(field.dtype, np.dtype("<f8"), name)
            # Contiguous and unfiltered: what lies in the file can be mapped into memory as it is.
            self.assertIsNone(field.chunks, name)
            self.assertEqual(field.id.get_create_plist().get_layout(), h5py.h5d.CONTIGUOUS, name)
            self.assertEqual(field.id.get_create_plist().get_nfilters(), 0, name)
            self.assertIsNotNone(field.id.get_offset(), name)
            self.assertEqual(field.dims[0][0], self.panel["time"], name)
            self.assertEqual(field.dims[1][0], self.panel["symbol"], name)

    def test_lifetimes_are_the_first_and_last_bar_with_a_close(self):
        close = self.expected["close"].notna().values
        first = close.argmax(axis=0)
        last = len(close) - 1 - close[::-1].argmax(axis=0)
        for name, bars in (("first", first), ("last", last)):
            self.assertEqual(self.panel[name].dtype, np.dtype("<i8"))
            self.assertEqual(self.panel[name].dims[0][0], self.panel["symbol"])
            np.testing.assert_array_equal(self.panel[name][...], bars, name)

    def test_values_are_the_csv_of_the_good_rows(self):
        for name in self.fields:
            # Equal to the bit, NaN where there is no row or no cell: nothing is filled, nothing is rounded.
            np.testing.assert_array_equal(self.panel[name][...], self.expected[name].values, name)

    def test_xarray_gives_labelled_dated_arrays(self):
        panel = support.dataset(self.path, group=f"panels/{self.panel_name}")
        self.assertEqual(dict(panel.sizes), {"time": len(self.dates), "symbol": len(self.symbols)})
        self.assertEqual(panel["time"].dtype.kind, "M")
        self.assertEqual([str(symbol) for symbol in panel["symbol"].values], self.symbols)
        for name in self.fields:
            self.assertEqual(panel[name].dims, ("time", "symbol"))
        for day, symbol in ((self.dates[-1], self.symbols[0]), (self.dates[600], self.symbols[-1])):
            np.testing.assert_equal(float(panel["close"].sel(time=day, symbol=symbol)),
                                    self.expected["close"].at[day, symbol])

    def test_other_groups_open_in_xarray_too(self):
        self.assertEqual(support.dataset(self.path, group="symbols").sizes, {"symbol": len(self.symbols)})
        for group in ("actions", "quarantine"):
            support.dataset(self.path, group=group)

    def test_symbol_table(self):
        table = self.file["symbols"]
        self.assertEqual(support.texts(table["symbol"]), self.symbols)
        for name in ("symbol", "name", "sector", "industry", "exchange", "currency"):
            self.assertIsNotNone(h5py.check_string_dtype(table[name].dtype), name)
            self.assertEqual(table[name].shape, (len(self.symbols),), name)
        # An import may leave names and sectors out, but not mix them up.
        known = pd.read_csv(support.DATASETS / self.panel_name / "symbols.csv", dtype=str).set_index("symbol")
        for name in known.columns:
            for symbol, found in zip(self.symbols, support.texts(table[name])):
                self.assertIn(found, ("", known.at[symbol, name]), symbol)
        for name in ("lot", "tick"):
            self.assertEqual((table[name].dtype, table[name].shape), (np.dtype("<f8"), (len(self.symbols),)), name)

    def test_actions_table(self):
        table = self.file["actions"]
        for name, kind in (("symbol", "<i4"), ("time", "<i8"), ("value", "<f8")):
            self.assertEqual(table[name].dtype, np.dtype(kind), name)
        self.assertEqual(len({table[name].shape for name in ("symbol", "time", "kind", "value")}), 1)

    def test_quarantine_holds_the_broken_rows_and_no_other(self):
        expected = self.metadata["quarantine"]
        if not expected["count"] and "quarantine" not in self.file:
            return  # Nothing to put aside, nothing to look at.
        table = self.file["quarantine"]
        columns = ("file", "line", "column", "text", "reason", "panel")
        self.assertEqual(set(columns) - set(table), set())
        self.assertEqual({table[name].shape for name in columns}, {(expected["count"],)})
        self.assertEqual(sorted(int(line) for line in table["line"][...]), [row["line"] for row in expected["rows"]])
        if not expected["count"]:
            return
        self.assertEqual(set(support.texts(table["panel"])), {self.panel_name})
        self.assertTrue(all(name.endswith("prices.csv.gz") for name in support.texts(table["file"])))
        self.assertLessEqual(set(support.texts(table["column"])), {*self.fields})
        self.assertTrue(all(support.texts(table["reason"])), "a row without a reason")
        where = {row["line"]: f"{row['date']},{row['symbol']}," for row in expected["rows"]}
        for line, text in zip(table["line"][...], support.texts(table["text"])):
            self.assertTrue(text.startswith(where[int(line)]), text)


class EquityStore(StoreChecks, unittest.TestCase):
    variable, panel_name = "APUS_STORE_EQUITY", "us_equity_1d"
    calendar, time_zone = "us_equity", "America/New_York"


class CryptoStore(StoreChecks, unittest.TestCase):
    variable, panel_name = "APUS_STORE_CRYPTO", "crypto_1d"
    calendar, time_zone = "crypto", "UTC"

    def test_extra_field(self):
        self.assertIn("market_cap", self.panel)


if __name__ == "__main__":
    unittest.main()
