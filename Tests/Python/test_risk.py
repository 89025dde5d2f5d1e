"""Holds `apus risk` against numpy: portfolios from a file that h5py wrote and from one that xarray wrote.

    APUS_BIN=.build/release/apus APUS_STORE_EQUITY=us_equity.h5 python3 Tests/Python/test_risk.py
"""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import h5py
import jsonschema
import numpy as np
import xarray as xr

import support

BARS_A_YEAR = 252


def figures(returns):
    """Every metric of portfolios, [portfolios, bars], by plain numpy."""
    count = returns.shape[1]
    equity = np.cumprod(1 + returns, axis=1)
    peak = np.maximum(np.maximum.accumulate(equity, axis=1), 1)
    ordered = np.sort(returns, axis=1)
    deviation = returns.std(axis=1, ddof=1)
    found = {
        "total_return": equity[:, -1] - 1,
        "volatility": deviation * BARS_A_YEAR ** 0.5,
        "sharpe": returns.mean(axis=1) / deviation * BARS_A_YEAR ** 0.5,
        "sortino": returns.mean(axis=1) * BARS_A_YEAR ** 0.5
        / np.sqrt((np.minimum(returns, 0) ** 2).mean(axis=1)),
        "max_drawdown": (equity / peak).min(axis=1) - 1,
    }
    for percent in (95, 99):
        rank = -(-(100 - percent) * count // 100)
        bound = -ordered[:, rank - 1]
        beyond = np.maximum(-returns - bound[:, None], 0).sum(axis=1)
        found[f"var_{percent}"] = bound
        found[f"cvar_{percent}"] = bound + beyond / ((100 - percent) * count / 100)
    return found


class Risk(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        before = os.getcwd()
        os.chdir(self.folder)
        self.addCleanup(os.chdir, before)
        shutil.copy(support.argument("APUS_STORE_EQUITY"), "prices.h5")
        with h5py.File("prices.h5") as file:
            panel = file["panels/us_equity_1d"]
            close = panel["close"][:]
            symbols = np.array([name.decode() for name in panel["symbol"][:]])
        # Symbols with a price at every bar.
        whole = np.isfinite(close).all(axis=0)
        self.symbols = symbols[whole]
        self.assertGreater(len(self.symbols), 2)
        close = close[:, whole]
        self.returns = close[1:] / close[:-1] - 1
        self.weights = np.random.default_rng(7).dirichlet(np.ones(len(self.symbols)), 500)

    def risk(self, file):
        spec = {
            "apus": 1, "name": "risk",
            "data": {"store": "prices.h5", "symbols": list(self.symbols), "adjust": "none"},
            "portfolios": {"file": file}, "rank": {"by": "sharpe", "top": 5},
        }
        pathlib.Path("risk.json5").write_text(json.dumps(spec), "utf-8")
        found = subprocess.run(
            [support.argument("APUS_BIN"), "risk", "risk.json5", "--force"], capture_output=True, text=True,
            timeout=120)
        self.assertEqual(found.returncode, 0, found.stderr)
        schema = json.loads(support.SCHEMA.read_text("utf-8"))
        jsonschema.Draft202012Validator(schema).validate(json.loads(pathlib.Path("risk.json").read_text("utf-8")))
        return support.dataset("risk.h5")

    def check(self, result, weights):
        for name, expected in figures(weights @ self.returns.T).items():
            np.testing.assert_allclose(result[name].values, expected, rtol=1e-9, atol=1e-12, err_msg=name)

    def test_a_bare_table(self):
        with h5py.File("w.h5", "w") as file:
            file["w"] = self.weights
        result = self.risk("w.h5")
        self.assertEqual(list(result["symbol"].values[:2]), ["1", "2"])
        self.check(result, self.weights)
        order = result["sharpe"].values[result["leaderboard"].values]
        self.assertTrue((np.diff(order) <= 0).all())

    def test_a_labelled_array(self):
        names = [f"p{i}" for i in range(len(self.weights))]
        # Columns in an order of their own, one left out, numbers of four bytes, deflated.
        columns = np.arange(len(self.symbols))[::-1][:-1]
        weights = self.weights[:, columns].astype("float32")
        array = xr.DataArray(
            weights, dims=("portfolio", "symbol"), name="weights",
            coords={"portfolio": names, "symbol": self.symbols[columns]})
        array.to_netcdf("w.nc", engine="h5netcdf", encoding={"weights": {"zlib": True, "chunksizes": (64, len(columns))}})
        result = self.risk("w.nc")
        self.assertEqual(list(result["symbol"].values), names)
        full = np.zeros_like(self.weights)
        full[:, columns] = weights
        self.check(result, full)


if __name__ == "__main__":
    unittest.main()
