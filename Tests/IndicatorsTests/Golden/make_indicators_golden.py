"""Writes the golden files of the indicators: outputs of TA-Lib and pandas on real prices.

Requirements: numpy==2.4.6 pandas==3.1.1 TA-Lib==0.8.2
Usage: python make_indicators_golden.py [path of a vix-daily.csv]

Input, prices.csv: 400 days of the CBOE volatility index (high, low, close) from
https://github.com/datasets/finance-vix, data/vix-daily.csv, published under the Open Data Commons Public
Domain Dedication and License. Given a path, the script cuts them out again. An index has no volume, so the
column `volume` is made up by the formula below; it only has to be whole numbers, some of them 0.

Output, expected.csv: a column for each library and call, `library:indicator:inputs:arguments`, empty where
undefined. Rows are every bar up to 79, then every tenth, which is enough for functions that carry state.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import talib

HERE = Path(__file__).parent
FIRST_DAY, DAYS = "2005-04-08", 400


def cut(source: str) -> None:
    vix = pd.read_csv(source)
    vix.columns = [name.lower() for name in vix.columns]
    rows = vix[vix["date"] >= FIRST_DAY].head(DAYS).reset_index(drop=True)
    rows = rows[["date", "high", "low", "close"]]
    day = np.arange(DAYS)
    rows["volume"] = ((day * 79 + 5) % 97) * 100
    rows.to_csv(HERE / "prices.csv", index=False, lineterminator="\n")


def seeded(x: pd.Series, n: int, alpha: float) -> pd.Series:
    """Exponential average that starts with the mean of the first n values."""
    start = x.first_valid_index()
    if start is None or start + n > len(x):
        return pd.Series(np.nan, index=x.index)
    y = x.copy()
    y.iloc[: start + n - 1] = np.nan
    y.iloc[start + n - 1] = x.iloc[start : start + n].mean()
    return y.ewm(alpha=alpha, adjust=False).mean()


def main() -> None:
    if len(sys.argv) > 1:
        cut(sys.argv[1])
    prices = pd.read_csv(HERE / "prices.csv")
    high, low, close = prices["high"], prices["low"], prices["close"]
    volume = prices["volume"].astype(float)
    h, l, c, v = (s.to_numpy(dtype=float) for s in (high, low, close, volume))
    out: dict[str, object] = {}

    def put(library, name, inputs, arguments, values):
        out[":".join([library, name, inputs, " ".join(map(str, arguments))])] = np.asarray(values)

    def ema(x: pd.Series, n: int) -> pd.Series:
        return seeded(x, n, 2 / (n + 1))

    for n in (0, 1, 5):
        put("pandas", "lag", "close", [n], close.shift(n))
    for n in (1, 10):
        put("pandas", "delta", "close", [n], close.diff(n))
        put("talib", "delta", "close", [n], talib.MOM(c, n))
        put("pandas", "pct_change", "close", [n], close.pct_change(n))
        put("talib", "pct_change", "close", [n], talib.ROCP(c, n))

    for n in (2, 20):
        window = close.rolling(n)
        put("pandas", "sum", "close", [n], window.sum())
        put("talib", "sum", "close", [n], talib.SUM(c, n))
        put("pandas", "mean", "close", [n], window.mean())
        put("talib", "sma", "close", [n], talib.SMA(c, n))
        put("pandas", "stdev", "close", [n], window.std())
        put("talib", "stdev", "close", [n], talib.STDDEV(c, n) * np.sqrt(n / (n - 1)))
        put("pandas", "highest", "close", [n], window.max())
        put("talib", "highest", "high", [n], talib.MAX(h, n))
        put("pandas", "lowest", "close", [n], window.min())
        put("talib", "lowest", "low", [n], talib.MIN(l, n))
        put("pandas", "slope", "close", [n], window.apply(
            lambda x: np.polyfit(np.arange(len(x)), x, 1)[0], raw=True))
        put("talib", "slope", "close", [n], talib.LINEARREG_SLOPE(c, n))
        weights = np.arange(1, n + 1)
        put("pandas", "wma", "close", [n], window.apply(
            lambda x: np.dot(x, weights) / weights.sum(), raw=True))
        put("talib", "wma", "close", [n], talib.WMA(c, n))
        put("pandas", "ema", "close", [n], ema(close, n))
        put("talib", "ema", "close", [n], talib.EMA(c, n))
    window = close.rolling(20)
    put("pandas", "zscore", "close", [20], (close - window.mean()) / window.std())
    put("pandas", "correlation", "high low", [20], high.rolling(20).corr(low))
    put("talib", "correlation", "high low", [20], talib.CORREL(h, l, 20))

    for n in (2, 20):
        put("pandas", "beta", "high low", [n], high.rolling(n).cov(low) / low.rolling(n).var())

    for n in (2, 14):
        change = close.diff()
        gain = seeded(change.clip(lower=0), n, 1 / n)
        loss = seeded(-change.clip(upper=0), n, 1 / n)
        put("pandas", "rsi", "close", [n], 100 * gain / (gain + loss))
        put("talib", "rsi", "close", [n], talib.RSI(c, n))
        before = close.shift()
        reach = pd.concat([high - low, (high - before).abs(), (low - before).abs()], axis=1)
        true_range = reach.max(axis=1).where(before.notna())
        put("pandas", "atr", "high low close", [n], seeded(true_range, n, 1 / n))
        put("talib", "atr", "high low close", [n], talib.ATR(h, l, c, n))
        put("talib", "adx", "high low close", [n], talib.ADX(h, l, c, n))
        width = 1.5 * seeded(true_range, n, 1 / n)
        put("pandas", "keltner_upper", "high low close", [n, 1.5], ema(close, n) + width)
        put("talib", "keltner_lower", "high low close", [n, 1.5],
            talib.EMA(c, n) - 1.5 * talib.ATR(h, l, c, n))

    line = ema(close, 12) - ema(close, 26)
    signal = ema(line, 9)
    put("pandas", "macd", "close", [12, 26], line)
    put("talib", "macd", "close", [12, 26], talib.EMA(c, 12) - talib.EMA(c, 26))
    put("pandas", "macd_signal", "close", [12, 26, 9], signal)
    put("pandas", "macd_histogram", "close", [12, 26, 9], line - signal)
    # TA-Lib seeds both averages at the slow one's first bar; by bar 320 nothing is left of that.
    faded = np.arange(DAYS) < 320
    names = (("macd", [12, 26]), ("macd_signal", [12, 26, 9]), ("macd_histogram", [12, 26, 9]))
    for (name, arguments), values in zip(names, talib.MACD(c, 12, 26, 9)):
        put("talib-faded", name, "close", arguments, np.where(faded, np.nan, values))

    top, bottom = high.rolling(14).max(), low.rolling(14).min()
    place = 100 * (close - bottom) / (top - bottom)
    fast_k, fast_d = talib.STOCHF(h, l, c, fastk_period=14, fastd_period=3, fastd_matype=0)
    put("pandas", "stochastic", "high low close", [14], place)
    # TA-Lib gives %K only from the bar at which %D is defined.
    put("talib-faded", "stochastic", "high low close", [14], fast_k)
    put("pandas", "stochastic_d", "high low close", [14, 3], place.rolling(3).mean())
    put("talib", "stochastic_d", "high low close", [14, 3], fast_d)

    upper, _, lower = talib.BBANDS(c, 20, 2, 2.5)
    put("talib", "bollinger_upper", "close", [20, 2], upper)
    put("talib", "bollinger_lower", "close", [20, 2.5], lower)
    put("pandas", "bollinger_upper", "close", [20, 2], window.mean() + 2 * window.std(ddof=0))
    put("pandas", "bollinger_lower", "close", [20, 2.5], window.mean() - 2.5 * window.std(ddof=0))
    put("talib", "donchian_upper", "high", [20], talib.MAX(h, 20))
    put("talib", "donchian_lower", "low", [20], talib.MIN(l, 20))
    put("pandas", "donchian_upper", "high", [20], high.rolling(20).max())
    put("pandas", "donchian_lower", "low", [20], low.rolling(20).min())
    put("pandas", "donchian_middle", "high low", [20],
        (high.rolling(20).max() + low.rolling(20).min()) / 2)

    put("talib", "obv", "close volume", [], talib.OBV(c, v) - v[0])
    put("pandas", "obv", "close volume", [], (np.sign(close.diff()).fillna(0) * volume).cumsum())
    for n in (1, 20):
        typical = (high + low + close) / 3
        put("pandas", "vwap", "high low close volume", [n],
            (typical * volume).rolling(n).sum() / volume.rolling(n).sum())

    table = pd.DataFrame(out)
    table.insert(0, "bar", np.arange(DAYS))
    keep = (table["bar"] < 80) | (table["bar"] % 10 == 9)
    table[keep].to_csv(HERE / "expected.csv", index=False, float_format="%.13g", lineterminator="\n")


if __name__ == "__main__":
    main()
