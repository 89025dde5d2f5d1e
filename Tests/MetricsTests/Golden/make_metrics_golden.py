"""Write metrics_golden.json: what empyrical, quantstats and plain numpy say about real series.

Versions are in requirements.txt. Section `numpy` is independent of both libraries and of Apus: it holds our
definitions by the shortest means (a sort, exact fractions), and the library rules where they differ from ours.
"""

import json
import math
from fractions import Fraction
from pathlib import Path

import empyrical
import numpy as np
import pandas as pd
import quantstats.stats as qs

HERE = Path(__file__).parent
SERIES = {
    "spx_daily_2004_2013": 252,
    "aapl_daily_2013_2018": 252,
    "btc_daily_2017_2020": 365,
}
RISK_FREE_ANNUAL = 0.03
MINIMUM_ACCEPTABLE_PER_BAR = 0.0005
LEVELS = {"95": Fraction(5, 100), "99": Fraction(1, 100)}


def of_empyrical(r, periods, rf):
    mar = MINIMUM_ACCEPTABLE_PER_BAR
    out = {
        "cum_returns_final": empyrical.cum_returns_final(r),
        "annual_return": empyrical.annual_return(r, annualization=periods),
        "annual_volatility": empyrical.annual_volatility(r, annualization=periods),
        "sharpe_ratio": empyrical.sharpe_ratio(r, annualization=periods),
        "sharpe_ratio_rf": empyrical.sharpe_ratio(r, risk_free=rf, annualization=periods),
        "sortino_ratio": empyrical.sortino_ratio(r, annualization=periods),
        "sortino_ratio_mar": empyrical.sortino_ratio(r, required_return=mar, annualization=periods),
        "calmar_ratio": empyrical.calmar_ratio(r, annualization=periods),
        "max_drawdown": empyrical.max_drawdown(r),
        "omega_ratio": empyrical.omega_ratio(r, annualization=periods),
        # risk_free is per bar here, so it is our minimum acceptable return.
        "omega_ratio_mar": empyrical.omega_ratio(r, risk_free=mar, annualization=periods),
        "tail_ratio": empyrical.tail_ratio(r),
    }
    for name, tail in LEVELS.items():
        out[f"value_at_risk_{name}"] = empyrical.value_at_risk(r, float(tail))
        out[f"conditional_value_at_risk_{name}"] = empyrical.conditional_value_at_risk(r, float(tail))
    return out


def of_quantstats(r, periods):
    rf = RISK_FREE_ANNUAL
    out = {
        "comp": qs.comp(r),
        "cagr": qs.cagr(r, periods=periods),
        "volatility": qs.volatility(r, periods=periods),
        "sharpe": qs.sharpe(r, periods=periods),
        "sharpe_rf": qs.sharpe(r, rf=rf, periods=periods),
        "sortino": qs.sortino(r, periods=periods),
        "sortino_rf": qs.sortino(r, rf=rf, periods=periods),
        "calmar": qs.calmar(r, periods=periods),
        "max_drawdown": qs.max_drawdown(r),
        "omega": qs.omega(r, periods=periods),
        "tail_ratio": qs.tail_ratio(r),
        "skew": qs.skew(r),
        "kurtosis": qs.kurtosis(r),
        "ulcer_index": qs.ulcer_index(r),
        "best": qs.best(r),
        "worst": qs.worst(r),
    }
    for name, tail in LEVELS.items():
        level = float(1 - tail)
        out[f"value_at_risk_{name}"] = qs.value_at_risk(r, confidence=level)
        out[f"cvar_{name}"] = qs.cvar(r, confidence=level)
        out[f"cvar_historical_{name}"] = qs.cvar(r, confidence=level, method="historical")
    return out


def of_numpy(r, dates, first_date):
    x = r.to_numpy()
    n = len(x)
    centred = x - x.mean()
    wealth = np.cumprod(1 + x)
    drawdown = wealth / np.maximum(np.maximum.accumulate(wealth), 1) - 1
    longest = run = 0
    for value in drawdown:
        run = run + 1 if value < 0 else 0
        longest = max(longest, run)
    days = (dates[-1] - first_date).days
    out = {
        "calendar_days": days,
        "cagr_calendar": wealth[-1] ** (365.25 / days) - 1,
        "drawdown_duration": longest,
        "ulcer": math.sqrt(np.mean(drawdown**2)),
        "population_skew": np.mean(centred**3) / np.std(x) ** 3,
        "population_kurtosis": np.mean(centred**4) / np.std(x) ** 4 - 3,
    }
    ordered = np.sort(x)
    for name, tail in LEVELS.items():
        m = tail * n
        k = math.ceil(m)
        out[f"var_{name}"] = -ordered[k - 1]
        weighted = math.fsum(ordered[: k - 1]) + float(m - (k - 1)) * ordered[k - 1]
        out[f"cvar_{name}"] = -weighted / float(m)
        # What separates ours from the libraries' rules, computed without either.
        out[f"type7_quantile_{name}"] = np.quantile(x, float(tail), method="linear")
        out[f"inverted_cdf_quantile_{name}"] = np.quantile(x, float(tail), method="inverted_cdf")
        out[f"mean_of_lowest_{name}"] = np.mean(ordered[: int((n - 1) * float(tail)) + 1])
        out[f"mean_up_to_type7_{name}"] = np.mean(x[x <= np.quantile(x, float(tail))])
    return out


def main():
    golden = {
        "risk_free_annual": RISK_FREE_ANNUAL,
        "minimum_acceptable_per_bar": MINIMUM_ACCEPTABLE_PER_BAR,
        "series": {},
    }
    for name, periods in SERIES.items():
        close = pd.read_csv(HERE / f"{name}.csv", parse_dates=["date"], index_col="date")["close"]
        r = close.pct_change().iloc[1:]
        rf = (1 + RISK_FREE_ANNUAL) ** (1 / periods) - 1
        golden["series"][name] = {
            "periods": periods,
            "bars": len(r),
            "empyrical": of_empyrical(r, periods, rf),
            "quantstats": of_quantstats(r, periods),
            "numpy": of_numpy(r, r.index, close.index[0]),
        }
    text = json.dumps(golden, indent=1, sort_keys=True, default=float, allow_nan=False)
    (HERE / "metrics_golden.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
