"""The sweeps that are compared: specs and prices, as every engine but Apus reads them."""

import itertools
import json
import pathlib
import re

import h5py
import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FIELDS = ("open", "high", "low", "close", "volume")
COLUMNS = ("total_return", "sharpe", "max_drawdown", "entries")
BARS_PER_YEAR = {"us_equity_1d": 252.0, "us_equity_1m": 252.0 * 390}

# name: (spec, number of symbols)
WORKLOADS = {
    "sma-1": ("sma-daily", 1),
    "sma-100": ("sma-daily", 100),
    "sma-minute": ("sma-minute", 1),
    "rsi": ("rsi", 1),
    "bollinger": ("bollinger", 1),
    "donchian": ("donchian", 1),
    "macd": ("macd", 1),
    "filter": ("filter", 1),
}

JSON5 = re.compile(
    r"""(?P<comment>//[^\n]*)|(?P<string>"(?:\\.|[^"\\])*")|(?P<key>[A-Za-z_]\w*)(?=\s*:)"""
    r"""|(?P<trailing>,(?=(?:\s|//[^\n]*)*[}\]]))""")


def read_spec(path):
    """A spec of this folder: JSON with line comments, bare keys and trailing commas."""
    def plain(match):
        if match["comment"] or match["trailing"]:
            return ""
        return json.dumps(match["key"]) if match["key"] else match[0]
    return json.loads(JSON5.sub(plain, path.read_text(encoding="utf-8")))


def axis(declared):
    """A parameter's values: a list, or a range by step."""
    if isinstance(declared, list):
        return np.array(declared, float)
    first, last, step = declared["from"], declared["to"], declared["step"]
    return np.array([first + i * step for i in range(int((last - first) / step + 1e-9) + 1)], float)


class Workload:
    """A spec over some symbols of a store; `settings` replaces parameters and other keys, as --set does."""

    def __init__(self, name, store, settings=None):
        spec_name, self.symbols = WORKLOADS[name]
        self.name = name
        self.path = HERE / "specs" / f"{spec_name}.json5"
        self.store = store
        self.settings = settings or {}
        self.spec = read_spec(self.path)
        for key, value in self.settings.items():
            self.spec["parameters"][key] = value
        self.strategy = spec_name.split("-")[0]
        self.axes = {key: axis(value) for key, value in self.spec["parameters"].items()}
        points = itertools.product(*self.axes.values())
        # The one condition that these specs have.
        if "where" in self.spec:
            assert self.spec["where"] == "fast < slow"
            points = (point for point in points if point[0] < point[1])
        self.points = np.array(list(points))
        execution = self.spec["execution"]
        self.fill = execution["fill"]
        self.fee = execution["commission"]["bps"] / 1e4
        self.slippage = execution.get("slippage", {}).get("bps", 0) / 1e4
        panel = self.spec["data"]["panel"]
        self.bars_per_year = BARS_PER_YEAR[panel]
        with h5py.File(store, "r") as file:
            group = file[f"panels/{panel}"]
            self.time = group["time"][...]
            self.symbols = min(self.symbols, group["symbol"].shape[0])
            # [symbol][bar], so that a symbol's bars lie side by side.
            self.data = {
                field: np.ascontiguousarray(group[field][:, : self.symbols].T) for field in FIELDS}
        self.bars = len(self.time)
        self.lanes = self.symbols * len(self.points)

    def point(self, index):
        """One parameter set, by name."""
        return dict(zip(self.axes, self.points[index]))
