"""Writes the golden file of functions across symbols: what pandas makes of the same prices.

Requirements: numpy==2.4.6 pandas==3.1.1
Usage: python make_across_golden.py

Input, across_prices.csv: closes of seven symbols over 60 days, made here by a formula: two that begin later or end
earlier, one with gaps, two that are often equal.

Output, across_expected.csv: a row for each function and bar, a column for each symbol, empty where undefined.
"""

from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
BARS, SYMBOLS = 60, 7


def prices() -> pd.DataFrame:
    bar = np.arange(BARS)[:, None]
    symbol = np.arange(SYMBOLS)[None, :]
    steps = (bar * (7 + 3 * symbol) + symbol * symbol * 5) % 23 - 11
    close = 100.0 + 10 * symbol + np.cumsum(steps, axis=0) / 4
    table = pd.DataFrame(close, columns=[f"S{i}" for i in range(SYMBOLS)])
    table.loc[: 12, "S3"] = np.nan
    table.loc[47:, "S4"] = np.nan
    table.loc[table.index % 9 == 4, "S5"] = np.nan
    table["S6"] = table["S2"].round()
    return table


def main() -> None:
    close = prices()
    close.to_csv(HERE / "across_prices.csv", index=False, float_format="%.10g", lineterminator="\n")
    change = (close - close.shift(5)) / close.shift(5)
    deviation = change.rolling(10).std()
    by_row = {"axis": 0}
    out = {
        "rank(close)": close.rank(axis=1, pct=True),
        "rank(pct_change(close, 5))": change.rank(axis=1, pct=True),
        "if(top(2, pct_change(close, 5)), 1, 0)": top(change, 2),
        "if(bottom(3, close), 1, 0)": top(-close, 3),
        "zscore_across(close)": close.sub(close.mean(axis=1), **by_row).div(close.std(axis=1), **by_row),
        "demean(close)": close.sub(close.mean(axis=1), **by_row),
        "normalize(pct_change(close, 5))": change.div(change.abs().sum(axis=1), **by_row),
        "normalize(1 / stdev(pct_change(close, 5), 10))": (1 / deviation).div(
            (1 / deviation).sum(axis=1), **by_row),
        "mean_across(close)": spread(close, close.mean(axis=1)),
        "sum_across(close)": spread(close, close.sum(axis=1)),
        "stdev_across(close)": spread(close, close.std(axis=1)),
        "count_across(close)": spread(close, close.count(axis=1).astype(float)),
        "equal": close.notna().div(close.count(axis=1), **by_row).where(close.notna()),
        "close / symbol(\"S1\").close": close.div(close["S1"], **by_row),
        "beta(pct_change(close, 1), symbol(\"S1\").pct_change(close, 1), 12)": betas(close, "S1", 12),
    }
    rows = []
    for text, table in out.items():
        rows.append(table.assign(expression=text, bar=np.arange(BARS)))
    table = pd.concat(rows)[["bar", *close.columns, "expression"]]
    table = table[(table["bar"] < 20) | (table["bar"] % 4 == 0)]
    with open(HERE / "across_expected.csv", "w") as file:
        for row in table.itertuples(index=False):
            cells = ["" if np.isnan(x) else f"{x:.13g}" for x in row[1:-1]]
            file.write(f"{row.bar},{','.join(cells)},{row.expression}\n")


def top(x: pd.DataFrame, n: int) -> pd.DataFrame:
    """The n largest; of equal ones those that come first."""
    return (x.rank(axis=1, ascending=False, method="first") <= n).astype(float).where(x.notna())


def spread(like: pd.DataFrame, row: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({name: row for name in like.columns})


def betas(close: pd.DataFrame, name: str, n: int) -> pd.DataFrame:
    change = close / close.shift(1) - 1
    market = change[name]
    return change.apply(lambda x: x.rolling(n).cov(market) / market.where(x.notna()).rolling(n).var())


if __name__ == "__main__":
    main()
