"""Holds results and their summaries against the spec stored in them, the layout on paper and the JSON Schema.

    APUS_RESULT=golden-cross.h5 APUS_RESULT_CRYPTO=crypto-dip.h5 APUS_BIN=apus python3 Tests/Python/test_result.py
"""

import copy
import hashlib
import json
import math
import subprocess
import unittest

import h5py
import jsonschema
import numpy as np
import pandas as pd

import support

UNITS = {"fraction", "ratio", "count", "bars", "currency", "basis_points"}
SIGN = {"higher": -1, "neutral": -1, "lower": 1}


class ResultChecks:
    """The checks of one result; subclasses say which."""

    variable = None

    @classmethod
    def setUpClass(cls):
        cls.path = support.argument(cls.variable)
        cls.file = h5py.File(cls.path, "r")
        cls.addClassCleanup(cls.file.close)
        cls.spec = support.read_json5(support.text(cls.file.attrs["spec"]))
        cls.data = support.dataset(cls.path)
        cls.frame = cls.data.drop_vars("leaderboard").to_dataframe()
        cls.parameters = list(cls.spec.get("parameters", {}))
        cls.metrics = cls.spec["metrics"]

    def test_file_attributes(self):
        attributes = self.file.attrs
        self.assertEqual(support.text(attributes["apus_format"]), "result")
        self.assertEqual(int(attributes["apus_version"]), 1)
        spec = support.text(attributes["spec"])
        self.assertEqual(support.text(attributes["spec_sha256"]), hashlib.sha256(spec.encode("utf-8")).hexdigest())
        self.assertRegex(support.text(attributes["data_sha256"]), r"^[0-9a-f]{64}$")
        for name in ("engine_version", "cpu", "blas_core", "started_utc", "convention"):
            self.assertIsInstance(support.text(attributes[name]), str)
        self.assertGreater(float(attributes["seconds"]), 0)

    def test_the_table_has_a_row_a_lane(self):
        # A second dimension in the root, such as one of the leaderboard's own, would multiply the rows.
        table = self.data.to_dataframe()
        self.assertEqual(list(table.index.names), ["lane"], "to_dataframe() has to give one row a lane")
        self.assertEqual(len(table), len(self.frame))
        self.assertEqual(list(self.frame.index), list(range(len(self.frame))))
        self.assertEqual(
            {*self.parameters, "symbol", "status", "reason", *self.metrics} - set(self.frame.columns), set())
        self.assertTrue(self.file["lane"].is_scale)

    def test_lanes_are_the_grid_times_the_symbols(self):
        grid = support.parameter_grid(self.spec)
        for _, rows in self.frame.groupby("symbol"):
            # By value and not by order: a lane's place is the engine's choice.
            found = rows[self.parameters].sort_values(self.parameters).to_numpy(float)
            np.testing.assert_allclose(found, grid.sort_values(self.parameters).to_numpy(), rtol=1e-12, atol=1e-12)
        wanted = self.spec["data"]["symbols"]
        if wanted == "all" and self.spec["data"]["panel"] in ("us_equity_1d", "crypto_1d"):
            wanted = support.metadata(self.spec["data"]["panel"])["symbols"]
        if isinstance(wanted, list):
            self.assertEqual(set(self.frame["symbol"]), set(wanted))

    def test_status(self):
        attributes = self.file.attrs
        self.assertEqual(int(attributes["lanes_ok"]) + int(attributes["lanes_failed"]), len(self.frame))
        for name in ("symbol", "status", "reason"):
            self.assertIsNotNone(h5py.check_string_dtype(self.file[name].dtype), f"{name} is not text")
        self.assertTrue((self.frame["status"].astype(str) != "").all())

    def test_metrics_are_described(self):
        for name in self.metrics:
            self.assertEqual(self.file[name].dtype, np.dtype("<f8"), name)
            attributes = self.data[name].attrs
            self.assertIn(attributes["unit"], UNITS, name)
            self.assertIn(attributes["direction"], SIGN, name)
            self.assertGreater(len(attributes["definition"]), 5, name)
            self.assertFalse(np.isinf(self.frame[name]).any(), f"{name} is infinite somewhere")

    def test_leaderboard_is_in_order(self):
        board = self.file["leaderboard"]
        self.assertEqual(board.dtype, np.dtype("<i8"))
        by, direction = support.text(board.attrs["by"]), support.text(board.attrs["direction"])
        self.assertEqual(by, self.spec["rank"]["by"])
        self.assertEqual(direction, self.data[by].attrs["direction"])
        # Undefined values last, ties by lane id: a total order, so the board is the only one possible.
        values = self.frame[by].to_numpy()
        order = np.lexsort((np.arange(len(values)), SIGN[direction] * np.nan_to_num(values), np.isnan(values)))
        self.assertGreaterEqual(len(board), min(self.spec["rank"]["top"], len(values)))
        np.testing.assert_array_equal(board[...], order[: len(board)])

    def test_the_engine_at_hand_made_it(self):
        version = subprocess.run(
            [support.argument("APUS_BIN"), "--version"], capture_output=True, text=True, timeout=60, check=True).stdout
        self.assertIn(support.text(self.file.attrs["engine_version"]), version)


class SummaryChecks:
    """The checks of one summary; subclasses say whose."""

    variable = None

    @classmethod
    def setUpClass(cls):
        cls.path = support.argument(cls.variable)

        def refuse(constant):
            raise AssertionError(f"{constant} is no JSON: undefined is null")

        cls.summary = json.loads(support.summary_path(cls.path).read_text("utf-8"), parse_constant=refuse)
        schema = json.loads(support.SCHEMA.read_text("utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        cls.validator = jsonschema.Draft202012Validator(
            schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
        cls.data = support.dataset(cls.path)
        cls.lanes = cls.data.drop_vars("leaderboard").to_dataframe()

    def test_valid(self):
        problems = [f"{error.json_path}: {error.message}" for error in self.validator.iter_errors(self.summary)]
        self.assertEqual(problems, [])

    def test_the_schema_refuses_what_it_should(self):
        def broken(change):
            summary = copy.deepcopy(self.summary)
            change(summary)
            return not self.validator.is_valid(summary)

        for key in self.summary:
            self.assertTrue(broken(lambda summary: summary.pop(key)), f"{key} is not required")
        self.assertTrue(broken(lambda summary: summary.update(extra=1)))
        self.assertTrue(broken(lambda summary: summary["provenance"].update(spec_sha256="abc")))
        self.assertTrue(broken(lambda summary: summary["run"].update(lanes_ok=-1)))
        self.assertTrue(broken(lambda summary: summary["leaderboard"]["rows"][0].update(lane="0")))

    def test_agrees_with_the_result(self):
        self.assertEqual(self.summary["result"], self.path.name)
        attributes = self.data.attrs
        for name in ("engine_version", "spec_sha256", "data_sha256", "cpu", "blas_core", "started_utc"):
            self.assertEqual(self.summary["provenance"][name], attributes[name], name)
        self.assertTrue(math.isclose(self.summary["provenance"]["seconds"], attributes["seconds"], rel_tol=1e-9))
        for name in ("lanes_ok", "lanes_failed", "convention"):
            self.assertEqual(self.summary["run"][name], attributes[name], name)
        spec = support.read_json5(attributes["spec"])
        self.assertEqual(self.summary["name"], spec["name"])
        self.assertEqual(self.summary["run"]["panel"], spec["data"]["panel"])
        self.assertEqual(self.summary["run"]["fill"], spec["execution"]["fill"])
        self.assertEqual(self.summary["run"]["symbols"], self.lanes["symbol"].nunique())

    def test_time_base(self):
        run = self.summary["run"]
        if run["panel"] not in ("us_equity_1d", "crypto_1d"):
            self.fail(f"no dataset to hold panel {run['panel']} against")
        metadata = support.metadata(run["panel"])
        self.assertEqual((run["calendar"], run["bars_per_year"]),
                         (metadata["calendar"]["name"], metadata["calendar"]["bars_per_year"]))
        spec = support.read_json5(self.data.attrs["spec"])["data"]
        days = pd.Series(support.good_panel(run["panel"])["close"].index)
        days = days[days.between(spec.get("from", days.iloc[0]), spec.get("to", days.iloc[-1]))]
        self.assertEqual(run["bars"], len(days))
        self.assertEqual((run["from"][:10], run["to"][:10]), (str(days.iloc[0].date()), str(days.iloc[-1].date())))

    def test_rows_are_those_of_the_result(self):
        board = self.summary["leaderboard"]
        stored = self.data["leaderboard"]
        self.assertEqual((board["by"], board["direction"]), (stored.attrs["by"], stored.attrs["direction"]))
        spec = support.read_json5(self.data.attrs["spec"])
        self.assertEqual(len(board["rows"]), min(spec["rank"]["top"], len(self.lanes)))
        for place, row in enumerate(board["rows"]):
            self.assertEqual(row["rank"], place + 1)
            self.assertEqual(row["lane"], int(stored[place]))
            lane = self.lanes.loc[row["lane"]]
            self.assertEqual((row["symbol"], row["status"]), (lane["symbol"], lane["status"]))
            self.assertEqual(row["parameters"], {name: lane[name] for name in spec.get("parameters", {})})
            self.assertEqual(set(row["metrics"]), set(spec["metrics"]))
            for name, value in row["metrics"].items():
                # JSON carries the shortest text that reads back to the same number.
                if value is None:
                    self.assertTrue(math.isnan(lane[name]), name)
                else:
                    self.assertEqual(value, lane[name], name)
            undefined = {name for name, value in row["metrics"].items() if value is None}
            self.assertEqual(set(row["reasons"]), undefined)


class GoldenCross(ResultChecks, unittest.TestCase):
    variable = "APUS_RESULT"


class GoldenCrossSummary(SummaryChecks, unittest.TestCase):
    variable = "APUS_RESULT"


class CryptoDip(ResultChecks, unittest.TestCase):
    variable = "APUS_RESULT_CRYPTO"


class CryptoDipSummary(SummaryChecks, unittest.TestCase):
    variable = "APUS_RESULT_CRYPTO"


if __name__ == "__main__":
    unittest.main()
