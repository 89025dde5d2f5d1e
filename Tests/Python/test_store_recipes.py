"""Runs the recipes of Sources/Storage/README.md and holds what they write and read against pandas.

    APUS_BIN=.build/release/apus APUS_STORE_EQUITY=us_equity.h5 python3 Tests/Python/test_store_recipes.py
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import h5py
import numpy as np
import pandas as pd

import support

RECIPES = re.findall(r"```python\n(.*?)```", (support.DATASETS.parent / "Sources/Storage/README.md").read_text("utf-8"),
                     re.DOTALL)


class Recipes(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        before = os.getcwd()
        os.chdir(self.folder)
        self.addCleanup(os.chdir, before)

    def apus(self, *words, status=0):
        found = subprocess.run([support.argument("APUS_BIN"), *words], capture_output=True, text=True, timeout=60)
        self.assertEqual(found.returncode, status, found.stderr)
        return found.stdout if status == 0 else found.stderr

    def sweep(self, store):
        spec = {"apus": 1, "data": {"store": store, "symbols": "all"}, "parameters": {"level": [0, 1e9]},
                "strategy": {"long_entry": "close > level", "long_exit": "close < 0"},
                "metrics": ["total_return"], "rank": {"by": "total_return"}, "execution": {"fill": "same_close"}}
        pathlib.Path("spec.json5").write_text(json.dumps(spec), "utf-8")
        self.apus("sweep", "spec.json5", "-o", "run.h5", "--force")
        result = support.dataset("run.h5").to_dataframe()
        return result[result["level"] == 0].set_index("symbol")["total_return"]

    def test_a_frame_of_closes_becomes_a_store(self):
        names = {}
        exec(RECIPES[0], names)
        closes = names["closes"]
        self.apus("inspect", "from_python.h5", "--verify")
        found = self.sweep("from_python.h5")
        for symbol in closes:
            known = closes[symbol].dropna()
            self.assertAlmostEqual(found[symbol], known.iloc[-1] / known.iloc[0] - 1, places=12)

    def test_fields_and_symbols_in_the_columns(self):
        days = pd.bdate_range("2023-01-02", periods=40)
        random = np.random.default_rng(7)
        close = pd.DataFrame(100 + random.normal(size=(40, 3)).cumsum(axis=0), days, ["AAA", "BBB", "CCC"])
        frame = pd.concat({"open": close.shift(1).fillna(close), "high": close + 2, "low": close - 2, "close": close,
                           "volume": close * 0 + 1000}, axis=1)
        source = re.sub(r"closes = pd\.DataFrame\(.*?\]\)\)\n", "", RECIPES[0], flags=re.DOTALL)
        source = source.replace('    panel["close"] = closes.to_numpy("float64")\n',
                                "".join(f"    {line}\n" for line in RECIPES[1].splitlines()))
        exec(source, {"closes": close, "frame": frame})
        self.apus("inspect", "from_python.h5", "--verify")
        found = self.sweep("from_python.h5")
        np.testing.assert_allclose(found[close.columns], close.iloc[-1] / close.iloc[0] - 1, rtol=1e-12)
        # Completed, it has all that a store of Apus has, and the same values.
        self.apus("store", "migrate", "from_python.h5")
        with h5py.File("from_python.h5") as file:
            panel = file["panels/us_equity_1d"]
            self.assertRegex(support.text(panel.attrs["content_sha256"]), "^[0-9a-f]{64}$")
            for name in ("open", "high", "low", "close", "volume"):
                np.testing.assert_array_equal(panel[name][...], frame[name].to_numpy())
                self.assertEqual(panel[name].dims[0][0], panel["time"])
            self.assertEqual(list(panel["last"][...]), [39, 39, 39])
        self.apus("inspect", "from_python.h5", "--verify")

    def test_other_forms(self):
        times = np.arange(6) * 86_400_000_000_000
        close = np.array([[1.5, 2], [np.nan, 3], [2.5, 4], [3, 5], [4, np.nan], [5, 7]])
        forms = {
            "old metadata": {"libver": "earliest"}, "fixed text": {"text": "S4"}, "float32": {"number": "<f4"},
            "big-endian": {"number": ">f8"}, "integers": {"number": "<i2"},
            "chunks": {"layout": {"chunks": (2, 1), "compression": "gzip", "shuffle": True}},
            "old chunks": {"libver": "earliest", "layout": {"chunks": (2, 1), "fletcher32": True}},
            "unsigned time": {"time": "<u8"}, "a user block": {"userblock_size": 512},
        }
        for name, form in forms.items():
            with self.subTest(name):
                values = np.nan_to_num(close, nan=9).astype(int) if form.get("number") == "<i2" else close
                with h5py.File("form.h5", "w", libver=form.get("libver", "v110"),
                               userblock_size=form.get("userblock_size", 0)) as file:
                    file.attrs["apus_format"], file.attrs["apus_version"] = np.bytes_("prices"), np.int8(1)
                    panel = file.create_group("panels/p")
                    panel.attrs["calendar"], panel.attrs["frequency_ns"] = "crypto", 86_400_000_000_000
                    panel.create_dataset("time", data=times.astype(form.get("time", "<i8")))
                    panel["symbol"] = np.array(["A", "B"], dtype=form.get("text", h5py.string_dtype()))
                    panel.create_dataset("close", data=values, dtype=form.get("number", "<f8"), **form.get("layout", {}))
                self.apus("inspect", "form.h5", "--verify")
                found = self.sweep("form.h5")
                whole = pd.DataFrame(np.asarray(values, dtype=float), columns=["A", "B"])
                for symbol in whole:
                    known = whole[symbol].dropna()
                    self.assertAlmostEqual(found[symbol], known.iloc[-1] / known.iloc[0] - 1, places=6)
                for action in ("pack", "unpack"):
                    self.apus("store", action, "form.h5", "-o", f"{action}.h5", "--force")
                    with h5py.File(f"{action}.h5") as file:
                        np.testing.assert_array_equal(file["panels/p/close"][...], np.asarray(values, dtype=float))
                        self.assertEqual(file["panels/p/close"].chunks is not None, action == "pack")
                    support.dataset(f"{action}.h5", group="panels/p")

    def test_what_is_no_store_is_refused_in_one_message(self):
        """Each file is refused with status 3 and one line, and nothing beside it is opened."""
        def store(change):
            with h5py.File("bad.h5", "w", libver="v110") as file:
                file.attrs["apus_format"], file.attrs["apus_version"] = "prices", 1
                panel = file.create_group("panels/p")
                panel.attrs["calendar"], panel.attrs["frequency_ns"] = "crypto", 86_400_000_000_000
                panel["time"] = np.arange(4) * 86_400_000_000_000
                panel["symbol"] = ["A", "B"]
                panel["close"] = np.ones((4, 2))
                change(file, panel)

        def replaced(name, make):
            def change(file, panel):
                del panel[name]
                make(file, panel)
            return change

        with h5py.File("other.h5", "w") as file:
            file["close"] = np.ones((4, 2))
        np.ones((4, 2)).tofile("raw.bin")
        gzip = {"compression": "gzip"}
        changes = {
            "external link": replaced("close", lambda f, p: p.__setitem__("close", h5py.ExternalLink("other.h5", "/close"))),
            "soft link to itself": replaced("close", lambda f, p: p.__setitem__("close", h5py.SoftLink("/panels/p/close"))),
            "a panel that holds itself": replaced("close", lambda f, p: p.__setitem__("close", p)),
            "panels in a circle": lambda f, p: f["panels"].__setitem__("q", f["panels"]),
            "external values": replaced("close", lambda f, p: p.create_dataset("close", (4, 2), "f8", external="raw.bin")),
            "virtual values": replaced("close", lambda f, p: p.create_virtual_dataset("close", virtual())),
            "compound": replaced("close", lambda f, p: p.__setitem__("close", np.zeros((4, 2), dtype=[("a", "f8")]))),
            "complex": replaced("close", lambda f, p: p.__setitem__("close", np.zeros((4, 2), dtype="c16"))),
            "text": replaced("close", lambda f, p: p.__setitem__("close", np.full((4, 2), b"1"))),
            "one dimension": replaced("close", lambda f, p: p.__setitem__("close", np.ones(4))),
            "10^15 rows": replaced("time", lambda f, p: p.create_dataset("time", (10**15,), "i8", chunks=(1 << 20,), **gzip)),
            "2^39 rows": replaced("time", lambda f, p: p.create_dataset("time", (2**39,), "i8", chunks=(1 << 20,), **gzip)),
            "a bomb": replaced("close", lambda f, p: p.create_dataset("close", (2**39, 2), "f8", chunks=(1 << 20, 1), **gzip)),
            "no time": replaced("time", lambda f, p: None),
            "no symbol": replaced("symbol", lambda f, p: None),
            "no field": replaced("close", lambda f, p: None),
            "time backwards": replaced("time", lambda f, p: p.__setitem__("time", -np.arange(4))),
            "time in days": lambda f, p: p["time"].attrs.__setitem__("units", "days since 2020-01-01"),
            "time in floats": replaced("time", lambda f, p: p.__setitem__("time", np.arange(4.0))),
            "Latin-1": replaced("symbol", lambda f, p: p.__setitem__("symbol", np.array([b"\xfc", b"B"], dtype="S1"))),
            "a symbol twice": replaced("symbol", lambda f, p: p.__setitem__("symbol", ["A", "A"])),
            "no calendar": lambda f, p: p.attrs.__delitem__("calendar"),
            "unknown calendar": lambda f, p: p.attrs.__setitem__("calendar", "mars"),
            "calendar as a number": lambda f, p: p.attrs.__setitem__("calendar", 7),
            "huge attribute": lambda f, p: p.attrs.__setitem__("time_zone", np.zeros(2_000_000)),
            "compound attribute": lambda f, p: p.attrs.__setitem__("frequency_ns", np.zeros(1, dtype=[("a", "i8")])),
            "no version": lambda f, p: f.attrs.__delitem__("apus_version"),
            "version 0": lambda f, p: f.attrs.__setitem__("apus_version", 0),
            "later version": lambda f, p: f.attrs.__setitem__("apus_version", 99),
            "a table for a group": lambda f, p: f.__setitem__("symbols", np.ones(3)),
            "lifetimes outside": lambda f, p: (p.__setitem__("first", [0, 9]), p.__setitem__("last", [3, 12])),
        }

        def virtual():
            layout = h5py.VirtualLayout((4, 2), "f8")
            layout[:] = h5py.VirtualSource("other.h5", "close", (4, 2))
            return layout

        for name, change in changes.items():
            with self.subTest(name):
                store(change)
                message = self.apus("inspect", "bad.h5", status=3)
                self.assertTrue(message.startswith("error: bad.h5"), message)
                self.assertEqual(message.count("\n"), 1, message)

    def test_flipped_bits_of_old_metadata_end_well(self):
        """Files without checksums: whatever stands in them, Apus ends with a status of its own."""
        source = RECIPES[0].replace('libver=("v110", "v110")', 'libver="earliest"')
        exec(source, {})
        whole = pathlib.Path("from_python.h5").read_bytes()
        random = np.random.default_rng(3)
        self.sweep("from_python.h5")
        spec = pathlib.Path("spec.json5").read_text("utf-8").replace("[0, 1e9]", "0").replace("from_python", "damaged")
        pathlib.Path("one.json5").write_text(spec.replace("[0, 1000000000.0]", "0"), "utf-8")
        verbs = [["inspect", "damaged.h5", "--verify"], ["backtest", "one.json5", "--quiet"], ["inspect", "damaged.h5"]]
        refused = 0
        for i in range(300):
            damaged = bytearray(whole)
            at = i * 5 if i < 240 else int(random.integers(len(whole)))
            damaged[at % len(whole)] ^= 1 << int(random.integers(8))
            pathlib.Path("damaged.h5").write_bytes(damaged)
            found = subprocess.run([support.argument("APUS_BIN"), *verbs[i % 3]], capture_output=True, text=True, timeout=60)
            # A spec may not fit to what the damage made of a name.
            self.assertIn(found.returncode, (0, 3) if i % 3 != 1 else (0, 1, 2, 3), f"byte {at}: {found.stderr}")
            refused += found.returncode == 3
        self.assertGreater(refused, 50)

    def test_a_store_becomes_frames(self):
        shutil.copy(support.argument("APUS_STORE_EQUITY"), "from_apus.h5")
        names = {}
        exec(RECIPES[2], names)
        expected = support.good_panel("us_equity_1d")
        np.testing.assert_array_equal(names["closes"].to_numpy(), expected["close"].to_numpy())
        self.assertEqual(list(names["closes"].columns), list(expected["close"].columns))
        np.testing.assert_array_equal(names["one"]["volume"].to_numpy(), expected["volume"]["AAPL"].to_numpy())
        self.assertEqual(len(names["kept_out"]), support.metadata("us_equity_1d")["quarantine"]["count"])

    def test_revisions_are_a_table(self):
        for day, price in (("a", 2), ("b", 3)):
            pathlib.Path(f"{day}.csv").write_text(f"date,symbol,close\n2024-01-02,A,{price}\n2024-01-03,A,5\n", "utf-8")
        self.apus("import", "a.csv", "--store", "s.h5", "--append")
        self.apus("import", "b.csv", "--store", "s.h5", "--append", status=3)
        self.apus("import", "b.csv", "--store", "s.h5", "--append", "--revise")
        table = support.dataset("s.h5", group="revisions").to_dataframe()
        self.assertEqual(table[["symbol", "field", "old", "new", "file"]].values.tolist(), [["A", "close", 2, 3, "b.csv"]])
        self.assertEqual(str(table["time"].iloc[0])[:10], "2024-01-02")


if __name__ == "__main__":
    unittest.main()
