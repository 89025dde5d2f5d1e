"""Holds datasets/ against its own metadata: checksums, rows, ranges, defects, and that the specs parse.

    python3 Tests/Python/test_datasets.py
"""

import csv
import gzip
import hashlib
import unittest

import support

PANELS = ("us_equity_1d", "crypto_1d")


class Datasets(unittest.TestCase):
    def each(self):
        for name in PANELS:
            yield name, support.metadata(name), support.DATASETS / name

    def test_checksums_sizes_and_rows(self):
        for _, metadata, folder in self.each():
            listed = {entry["name"] for entry in metadata["files"]}
            self.assertEqual(listed | {"metadata.json"}, {path.name for path in folder.iterdir()})
            for entry in metadata["files"]:
                data = (folder / entry["name"]).read_bytes()
                self.assertEqual(hashlib.sha256(data).hexdigest(), entry["sha256"], entry["name"])
                self.assertEqual(len(data), entry["bytes"])
                if entry["name"].endswith(".gz"):
                    self.assertEqual(data[3:8], bytes(5), "gzip header holds a name or a time")
                    data = gzip.decompress(data)
                    self.assertEqual(hashlib.sha256(data).hexdigest(), entry["sha256_uncompressed"])
                self.assertNotIn(b"\r", data)
                self.assertEqual(len(list(csv.reader(data.decode("utf-8").splitlines()))) - 1, entry["rows"])

    def test_small_enough_to_commit(self):
        size = sum(path.stat().st_size for path in support.DATASETS.rglob("*") if path.is_file())
        self.assertLess(size, 2_000_000)

    def test_columns_symbols_and_range(self):
        for _, metadata, folder in self.each():
            frame = support.prices(folder.name)
            self.assertEqual(list(frame.columns), [column["name"] for column in metadata["columns"]])
            self.assertEqual(len(frame), metadata["rows"])
            self.assertEqual(frame["date"].nunique(), metadata["bars"])
            self.assertEqual(list(frame["symbol"].unique()), metadata["symbols"])
            self.assertEqual((frame["date"].min(), frame["date"].max()),
                             (metadata["range"]["from"], metadata["range"]["to"]))
            with (folder / "symbols.csv").open(newline="", encoding="utf-8") as file:
                table = list(csv.DictReader(file))
            self.assertEqual([row["symbol"] for row in table], metadata["symbols"])
            self.assertTrue(all(cell for row in table for cell in row.values()), "an empty cell in symbols.csv")

    def test_breadth(self):
        table = support.pd.read_csv(support.DATASETS / "us_equity_1d" / "symbols.csv")
        self.assertGreaterEqual(len(table), 44)
        self.assertEqual(table["sector"].nunique(), 11)
        self.assertGreaterEqual(len(support.metadata("crypto_1d")["symbols"]), 10)

    def test_quarantine_lists_exactly_the_broken_rows(self):
        for name, metadata, _ in self.each():
            frame = support.prices(name)
            listed = metadata["quarantine"]["rows"]
            self.assertEqual([row["line"] for row in listed], support.broken_lines(frame))
            self.assertEqual(len(listed), metadata["quarantine"]["count"])
            for row in listed:
                self.assertEqual((frame.at[row["line"], "date"], frame.at[row["line"], "symbol"]),
                                 (row["date"], row["symbol"]))

    def test_defects_are_counted_right(self):
        for name, metadata, _ in self.each():
            frame = support.prices(name)
            days = frame.groupby("symbol")["date"].agg(["min", "max", "size"])
            expected = sum(
                frame["date"].drop_duplicates().between(row["min"], row["max"]).sum() for _, row in days.iterrows())
            counts = {
                "ohlc_rule": len(support.broken_lines(frame)),
                "empty_cells": int(frame.isna().any(axis=1).sum()),
                "zero_volume": int((frame["volume"] == 0).sum()),
                "missing_days": int(expected - len(frame)),
            }
            if "market_cap" in frame:
                counts["zero_market_cap"] = int((frame["market_cap"] == 0).sum())
            listed = {defect["code"]: defect["rows"] for defect in metadata["known_defects"]}
            for code, count in counts.items():
                self.assertEqual(listed.get(code, 0), count, code)

    def test_sources_and_licences_are_stated(self):
        for _, metadata, _ in self.each():
            for source in metadata["source"]:
                self.assertRegex(source["repository"], r"^https://github\.com/[^/]+/[^/]+$")
                self.assertRegex(source["commit"], r"^[0-9a-f]{7,40}$")
            self.assertEqual(set(metadata["licence"]), {entry["name"] for entry in metadata["files"]})
            self.assertIn("UNCLEAR", metadata["licence"]["prices.csv.gz"])


class AdjustedCloses(unittest.TestCase):
    def test_files_and_shape(self):
        folder = support.DATASETS / "us_equity_20_adjusted"
        metadata = support.metadata(folder.name)
        self.assertEqual(
            {entry["name"] for entry in metadata["files"]} | {"metadata.json"},
            {path.name for path in folder.iterdir()})
        for entry in metadata["files"]:
            data = (folder / entry["name"]).read_bytes()
            self.assertEqual(hashlib.sha256(data).hexdigest(), entry["sha256"], entry["name"])
            self.assertNotIn(b"\r", data)
            self.assertEqual(len(list(csv.reader(data.decode("utf-8").splitlines()))) - 1, entry["rows"])
        frame = support.pd.read_csv(folder / "closes.csv", index_col="date")
        self.assertEqual(list(frame.columns), metadata["symbols"])
        self.assertEqual((len(frame), frame.index[0], frame.index[-1]),
                         (metadata["bars"], metadata["range"]["from"], metadata["range"]["to"]))
        self.assertTrue(frame.index.is_monotonic_increasing and frame.index.is_unique)
        self.assertTrue((frame > 0).all(axis=None))
        self.assertEqual(list(support.pd.read_csv(folder / "symbols.csv")["symbol"]), metadata["symbols"])
        self.assertIn("UNCLEAR", metadata["licence"]["closes.csv"])


class Factors(unittest.TestCase):
    def test_files_and_shape(self):
        folder = support.DATASETS / "us_factors_1d"
        metadata = support.metadata(folder.name)
        names = []
        for entry in metadata["files"]:
            data = (folder / entry["name"]).read_bytes()
            self.assertEqual(hashlib.sha256(data).hexdigest(), entry["sha256"], entry["name"])
            frame = support.pd.read_csv(folder / entry["name"], index_col="date")
            self.assertTrue(frame.index.is_monotonic_increasing and frame.index.is_unique)
            self.assertEqual((len(frame), frame.index[0], frame.index[-1]),
                             (metadata["bars"], metadata["range"]["from"], metadata["range"]["to"]))
            self.assertFalse(frame.isna().any(axis=None))
            names += list(frame.columns)
            self.assertIn("UNCLEAR", metadata["licence"][entry["name"]])
        self.assertEqual(["date", *names], [column["name"] for column in metadata["columns"]])


class Specs(unittest.TestCase):
    def test_grids(self):
        for name, panel, sets in (("golden-cross", "us_equity_1d", 1040), ("crypto-dip", "crypto_1d", 420)):
            with self.subTest(spec=name):
                spec = support.read_json5((support.DATASETS / "specs" / f"{name}.json5").read_text("utf-8"))
                self.assertEqual(spec["name"], name)
                self.assertEqual(spec["data"]["panel"], panel)
                self.assertEqual(len(support.parameter_grid(spec)), sets)
                self.assertIn(spec["rank"]["by"], spec["metrics"])

    def test_the_reader_of_specs(self):
        text = """{ a: 1, // it's "a"
                    'b': ["x: // y", 'z\\'s',], /* , } */ c: { d: -1e-3, }, }"""
        self.assertEqual(support.read_json5(text), {"a": 1, "b": ["x: // y", "z's"], "c": {"d": -1e-3}})


if __name__ == "__main__":
    unittest.main()
