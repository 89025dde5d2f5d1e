"""Runs the recipe of Sources/Jobs/README.md and holds the portfolio that it makes against pandas.

    APUS_BIN=.build/release/apus APUS_STORE_EQUITY=us_equity.h5 python3 Tests/Python/test_scores.py
"""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import numpy as np

import support

TEXT = (support.ROOT / "Sources/Jobs/README.md").read_text("utf-8")
RECIPE = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)[0]
SPEC = re.findall(r"```json5\n(.*?)```", TEXT, re.DOTALL)[0]


class Scores(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        before = os.getcwd()
        os.chdir(self.folder)
        self.addCleanup(os.chdir, before)
        shutil.copy(support.argument("APUS_STORE_EQUITY"), "prices.h5")
        self.names = {}
        exec(RECIPE, self.names)

    def apus(self, *words, status=0):
        found = subprocess.run([support.argument("APUS_BIN"), *words], capture_output=True, text=True, timeout=120)
        self.assertEqual(found.returncode, status, found.stderr + found.stdout)
        return found.stdout

    def run_spec(self, text, name):
        pathlib.Path(f"{name}.json5").write_text(text, "utf-8")
        self.apus("backtest", f"{name}.json5", "-o", f"{name}.h5", "--force")
        return support.dataset(f"{name}.h5", group="traces/lane_0/")["equity"].to_numpy()

    def test_csv_and_hdf5_give_the_same(self):
        csv = self.run_spec(SPEC, "csv")
        self.assertTrue((csv == self.run_spec(SPEC.replace("scores.csv", "scores.h5"), "hdf5")).all())
        self.apus("audit", "csv.json5", "--cuts", "4")

    def test_the_portfolio_is_that_of_pandas(self):
        """Three symbols of the highest score, bought at the close with the weights of that close."""
        text = SPEC.replace("weights:", "weights:").replace(
            'rebalance: { every: "week" }', 'rebalance: { every: 1 }').rstrip().rstrip("}")
        text += '  execution: { fill: "same_close" },\n}\n'
        equity = self.run_spec(text, "daily")
        closes, scores = self.names["closes"].ffill(), self.names["scores"]
        best = scores.rank(axis=1, ascending=False, method="first") <= 3
        known = scores.notna().any(axis=1)
        grown = closes.pct_change(fill_method=None).where(best.shift(1, fill_value=False)).sum(axis=1) / 3
        expected = 100_000 * (1 + grown.where(known.shift(1, fill_value=False), 0)).cumprod()
        # Bars without a close can't be traded, so days around them may differ; there are a few in the sample.
        self.assertAlmostEqual(np.corrcoef(np.log(equity), np.log(expected))[0, 1], 1, places=2)

    def test_a_lag_delays_what_is_seen(self):
        now = self.run_spec(SPEC, "now")
        late = self.run_spec(SPEC.replace("lag: 0", "lag: 5"), "late")
        self.assertFalse((now == late).all())
        # Five bars later nobody has bought anything yet.
        self.assertTrue((late[:10] == 100_000).all())


if __name__ == "__main__":
    unittest.main()
