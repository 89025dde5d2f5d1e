"""Runs specs of its own: hours in the panel's zone, and summaries of lanes that fail, are ruined or never trade.

    APUS_BIN=apus python3 Tests/Python/test_runs.py
"""

import json
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import h5py
import jsonschema
import pandas as pd

import support


class Runs(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def apus(self, *arguments, status=0):
        done = subprocess.run(
            [support.argument("APUS_BIN"), *map(str, arguments)], cwd=self.folder, capture_output=True, text=True,
            timeout=120)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout

    def run_spec(self, spec, verb="sweep", status=0):
        (self.folder / "run.json5").write_text(json.dumps({"apus": 1, **spec}), "utf-8")
        self.apus(verb, "run.json5", "-o", "out.h5", "--quiet", status=status)
        return json.loads((self.folder / "out.json").read_text("utf-8"))

    def test_hours_are_those_of_the_exchange(self):
        # Ten sessions from 9:30 in New York. What the executable links decides whether it knows that zone.
        self.apus("generate", "--bars", 3900, "--symbols", 1, "--frequency", "minute", "--store", "p.h5", "--quiet")
        summary = self.run_spec({
            "data": {"store": "p.h5"}, "metrics": ["trades", "exposure"], "execution": {"fill": "same_close"},
            "strategy": {"long_entry": "hour == 9", "long_exit": "hour == 10"}})
        metrics = summary["leaderboard"]["rows"][0]["metrics"]
        self.assertEqual(metrics["trades"], 10)
        self.assertAlmostEqual(metrics["exposure"], 30 / 390, places=12)

    def test_rows_without_numbers_keep_to_the_schema(self):
        series = {"FALL": [9, 8, 7, 6, 5], "GONE": [5, 5, None, None, None], "JUMP": [5, 5, 5, 50, 50],
                  "STILL": [5, 5, 5, 5, 5]}
        lines = ["date,symbol,open,high,low,close"]
        for symbol, closes in series.items():
            lines += [f"2020-01-0{day},{symbol}" + 4 * f",{close}"
                      for day, close in zip((2, 3, 6, 7, 8), closes) if close is not None]
        (self.folder / "p.csv").write_text("\n".join(lines) + "\n", "utf-8")
        self.apus("import", "p.csv", "--store", "p.h5", "--quiet")
        summary = self.run_spec({
            "data": {"store": "p.h5", "from": "2020-01-06"}, "metrics": ["sharpe", "final_equity", "win_rate", "var_95"],
            "strategy": {"short_entry": "close > 1"}, "execution": {"fill": "same_close"}}, "backtest", status=1)
        schema = json.loads(support.SCHEMA.read_text("utf-8"))
        faults = [f"{error.json_path}: {error.message}" for error in
                  jsonschema.Draft202012Validator(schema).iter_errors(summary)]
        self.assertEqual(faults, [])
        rows = {row["symbol"]: row for row in summary["leaderboard"]["rows"]}
        self.assertEqual({symbol: row["status"] for symbol, row in rows.items()},
                         {"FALL": "ok", "GONE": "failed", "JUMP": "ruined", "STILL": "ok"})
        for row in rows.values():
            self.assertEqual({name for name, value in row["metrics"].items() if value is None}, set(row["reasons"]))
        self.assertEqual(set(rows["GONE"]["reasons"].values()), {"no_price_in_window"})
        # Defined, ruined, undefined by lane.
        self.assertEqual([row["symbol"] for row in summary["leaderboard"]["rows"]], ["FALL", "JUMP", "GONE", "STILL"])
        self.assertEqual((summary["run"]["lanes_ok"], summary["run"]["lanes_failed"]), (3, 1))
        with h5py.File(self.folder / "out.h5") as file:
            self.assertEqual(sorted(file["traces"]), [f"lane_{lane}" for lane in range(4)])

    def test_the_best_rows_and_a_resumed_run_are_those_of_the_whole(self):
        self.apus("generate", "--bars", 60, "--symbols", 3, "--store", "p.h5", "--quiet")
        spec = {"apus": 1, "name": "grid", "data": {"store": "p.h5"}, "rank": {"by": "total_return", "top": 7},
                "metrics": ["total_return", "sharpe", "win_rate", "trades"],
                "parameters": {"fast": {"from": 2, "to": 21}, "slow": {"from": 3, "to": 42},
                               "stop": {"from": 0.01, "to": 0.9, "count": 100}},
                "strategy": {"long_entry": "sma(close, fast) > sma(close, slow)",
                             "long_exit": "sma(close, fast) < sma(close, slow)", "stop_loss": "stop"}}
        (self.folder / "run.json5").write_text(json.dumps(spec), "utf-8")
        self.apus("sweep", "run.json5", "-o", "all.h5", "--quiet")
        self.apus("sweep", "run.json5", "-o", "top.h5", "--quiet", "--metrics-only", "top")
        whole, top = support.dataset(self.folder / "all.h5"), support.dataset(self.folder / "top.h5")
        board = whole["leaderboard"].values[:7]
        self.assertEqual((whole.attrs["kept"], top.attrs["kept"]), ("all", "top"))
        self.assertEqual(list(top["leaderboard"].values), list(board))
        best = top.drop_vars("leaderboard").to_dataframe()
        expected = whole.drop_vars("leaderboard").to_dataframe().loc[sorted(board)]
        pd.testing.assert_frame_equal(best, expected, check_exact=True)
        self.assertEqual(int(top.attrs["lanes_ok"]), len(whole["lane"]))
        # Stopped on its way, if it doesn't come to its end before, and continued with other workers.
        command = [support.argument("APUS_BIN"), "sweep", "run.json5", "-o", "part.h5", "--quiet", "--threads", "1"]
        with subprocess.Popen(command, cwd=self.folder, stdout=subprocess.DEVNULL) as run:
            time.sleep(0.1)
            run.send_signal(signal.SIGTERM)
        if run.returncode != 0:
            self.apus("sweep", "run.json5", "-o", "part.h5", "--quiet", "--threads", "7", "--resume")
        with h5py.File(self.folder / "all.h5") as a, h5py.File(self.folder / "part.h5") as b:
            self.assertEqual(list(a), list(b))
            for name in set(a) - {"traces"}:
                one, other = a[name][...], b[name][...]
                same = (one == other).all() if one.dtype.hasobject else one.tobytes() == other.tobytes()
                self.assertTrue(same, name)


if __name__ == "__main__":
    unittest.main()
