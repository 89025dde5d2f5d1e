"""What the checks share: where things are, the datasets as pandas reads them, and a reader of specs."""

import itertools
import json
import os
import pathlib
import re
import warnings

import numpy as np
import pandas as pd
import xarray as xr

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Where the checks were started: some of them work in folders of their own.
START = pathlib.Path.cwd()
DATASETS = ROOT / "datasets"
SCHEMA = ROOT / "notebooks-export" / "schema" / "run.schema.json"
NOTEBOOK = ROOT / "notebooks-export" / "leaderboard.ipynb"


def argument(name):
    """The path in an environment variable. A missing one fails the check: nothing is skipped in silence."""
    value = os.environ.get(name)
    if not value:
        raise AssertionError(f"{name} is not set: give it the path of what is to be checked.")
    path = (START / value).resolve()
    if not path.exists():
        raise AssertionError(f"{name}: there is no {path}.")
    return path


def dataset(path, group=None):
    """A group of a file as xarray reads it, in memory. A warning of xarray or h5netcdf is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with xr.open_dataset(path, group=group, engine="h5netcdf") as data:
            return data.load()


def summary_path(result):
    """run.h5 has its summary in run.json."""
    return result.with_suffix(".json")


def metadata(dataset):
    return json.loads((DATASETS / dataset / "metadata.json").read_text(encoding="utf-8"))


def prices(dataset):
    """All rows of a dataset; the index is the line in the file, 2 for the first row."""
    frame = pd.read_csv(
        DATASETS / dataset / "prices.csv.gz", keep_default_na=False, na_values=[""],
        dtype={"symbol": str, "date": str})
    frame.index += 2
    return frame


def broken_lines(frame):
    """Lines whose row breaks an import rule, found without the script that made the excerpt."""
    price = frame[["open", "high", "low", "close"]]
    bad = (price <= 0).any(axis=1) | np.isinf(price).any(axis=1) | (frame["volume"] < 0)
    # A comparison with a missing price is false, so a missing price breaks nothing.
    bad |= price.gt(frame["high"], axis=0).any(axis=1) | price.lt(frame["low"], axis=0).any(axis=1)
    return sorted(frame.index[bad | frame.duplicated(["date", "symbol"])])


def good_panel(dataset):
    """Fields of the rows that keep the rules: name to a date × symbol frame, NaN where there is no row."""
    frame = prices(dataset)
    frame = frame.drop(index=broken_lines(frame))
    frame["date"] = pd.to_datetime(frame["date"])
    fields = [name for name in frame.columns if name not in ("date", "symbol")]
    return {name: frame.pivot(index="date", columns="symbol", values=name).astype(float) for name in fields}


JSON5 = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)|(?P<string>"(?:\\.|[^"\\])*")|(?P<single>'(?:\\.|[^'\\])*')"""
    r"""|(?P<key>[A-Za-z_$][\w$]*)(?=\s*:)|(?P<trailing>,(?=(?:\s|//[^\n]*|/\*.*?\*/)*[}\]]))""", re.DOTALL)


def read_json5(text):
    """JSON with comments, bare keys, single quotes and trailing commas: what specs use of JSON5."""
    def plain(match):
        if match["comment"] or match["trailing"]:
            return " "
        if match["key"]:
            return json.dumps(match["key"])
        if match["single"]:
            return json.dumps(match["single"][1:-1].replace("\\'", "'"))
        return match[0]
    return json.loads(JSON5.sub(plain, text))


def parameter_values(declared):
    """A parameter's values: a list, a single value, or a range by step or by count."""
    if isinstance(declared, list):
        return declared
    if not isinstance(declared, dict):
        return [declared]
    first, last = declared["from"], declared["to"]
    if "count" in declared:
        space = np.geomspace if declared.get("scale") == "log" else np.linspace
        return list(space(first, last, declared["count"]))
    step = declared.get("step", 1)
    return [first + i * step for i in range(int((last - first) / step + 1e-9) + 1)]


def parameter_grid(spec):
    """Every parameter set of a spec, one row each, without those that `where` drops."""
    parameters = spec.get("parameters", {})
    sets = itertools.product(*(parameter_values(declared) for declared in parameters.values()))
    grid = pd.DataFrame(list(sets), columns=list(parameters), dtype=float)
    return grid.query(spec["where"]).reset_index(drop=True) if spec.get("where") else grid


def text(value):
    """An HDF5 string, however it is stored, as str."""
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def texts(dataset):
    """A one-dimensional HDF5 dataset of strings as a list of str."""
    return [text(value) for value in dataset[...]]
