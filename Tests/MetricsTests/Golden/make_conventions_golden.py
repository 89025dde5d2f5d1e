"""Write conventions_golden.json: what four libraries themselves say about real series, under the names of our metrics.

Versions are in requirements.txt. Each library is called as it is by default; where a rate is asked for per bar, it is the
annual one over the bars that the library takes for a year. The benchmark of a series is another real one, bar by bar,
whatever its dates. backtesting.py gets a trade of ten bars in every twenty.
"""

import json
import warnings
from pathlib import Path

import empyrical
import numpy as np
import pandas as pd
import quantstats.stats as qs
import vectorbt  # noqa: F401: the accessor of returns
from backtesting._stats import compute_stats
from scipy import stats

HERE = Path(__file__).parent
NAMES = ["spx_daily_2004_2013", "aapl_daily_2013_2018", "btc_daily_2017_2020"]
CASES = {"plain": (0.0, 0.0), "rates": (0.03, 0.05)}


def returns_of(name):
    close = pd.read_csv(HERE / f"{name}.csv", parse_dates=["date"], index_col="date")["close"]
    return close.pct_change().iloc[1:]


def per_bar(annual, year):
    return (1 + annual) ** (1 / year) - 1


def of_quantstats(r, b, rf, mar):
    return {
        "cagr_periods": qs.cagr(r),
        "mean_return": qs.avg_return(r),
        "positive_months": qs.win_rate(r, aggregate="ME"),
        "positive_years": qs.win_rate(r, aggregate="YE"),
        "volatility": qs.volatility(r),
        "var_95": qs.value_at_risk(r),
        "var_99": qs.value_at_risk(r, confidence=0.99),
        "cvar_95": qs.cvar(r),
        "cvar_99": qs.cvar(r, confidence=0.99),
        "ulcer": qs.ulcer_index(r),
        "sharpe": qs.sharpe(r, rf=rf),
        "smart_sharpe": qs.smart_sharpe(r, rf=rf),
        "sortino": qs.sortino(r, rf=rf),
        "smart_sortino": qs.smart_sortino(r, rf=rf),
        "adjusted_sortino": qs.adjusted_sortino(r, rf=rf),
        "psr": qs.probabilistic_sharpe_ratio(r, rf=rf),
        "probabilistic_sortino": qs.probabilistic_adjusted_sortino_ratio(r, rf=rf),
        "calmar": qs.calmar(r),
        "omega": qs.omega(r, rf=rf, required_return=mar),
        "ulcer_performance": qs.ulcer_performance_index(r, rf=rf),
        "serenity": qs.serenity_index(r, rf=rf),
        "recovery_factor": qs.recovery_factor(r, rf=rf),
        "rar": qs.rar(r),
        "win_rate": qs.win_rate(r),
        "average_win": qs.avg_win(r),
        "average_loss": qs.avg_loss(r),
        "payoff": qs.payoff_ratio(r),
        "profit_factor": qs.profit_factor(r),
        "cpc_index": qs.cpc_index(r),
        "kelly": qs.kelly_criterion(r),
        "risk_of_ruin": qs.risk_of_ruin(r),
        "exposure": qs.exposure(r),
        "longest_win_streak": qs.consecutive_wins(r),
        "longest_loss_streak": qs.consecutive_losses(r),
        "alpha": qs.greeks(r, b)["alpha"],
        "beta": qs.greeks(r, b)["beta"],
        "information_ratio": qs.information_ratio(r, b),
        "treynor": qs.treynor_ratio(r, b, rf=rf),
        # Ours by default too, so that the profile leaves them alone.
        "same": {
            "total_return": qs.comp(r),
            "max_drawdown": qs.max_drawdown(r),
            "skew": qs.skew(r),
            "excess_kurtosis": qs.kurtosis(r),
            "geometric_mean": qs.geometric_mean(r),
            "expected_month": qs.expected_return(r, aggregate="ME"),
            "expected_quarter": qs.expected_return(r, aggregate="QE"),
            "expected_year": qs.expected_return(r, aggregate="YE"),
            "best_day": qs.best(r),
            "worst_day": qs.worst(r),
            "best_month": qs.best(r, aggregate="ME"),
            "worst_month": qs.worst(r, aggregate="ME"),
            "best_year": qs.best(r, aggregate="YE"),
            "worst_year": qs.worst(r, aggregate="YE"),
            "tail_ratio": qs.tail_ratio(r),
            "gain_to_pain": qs.gain_to_pain_ratio(r),
            "common_sense_ratio": qs.common_sense_ratio(r),
            "outlier_win_ratio": qs.outlier_win_ratio(r),
            "outlier_loss_ratio": qs.outlier_loss_ratio(r),
            "profit_ratio": qs.profit_ratio(r),
            "risk_return": qs.risk_return_ratio(r),
            "bar_win_rate": qs.win_rate(r),
            "bar_payoff": qs.payoff_ratio(r),
            "bar_profit_factor": qs.profit_factor(r),
            "r_squared": qs.r_squared(r, b),
        },
    }


def of_empyrical(r, b, rf, mar):
    rf_bar, mar_bar = per_bar(rf, 252), per_bar(mar, 252)
    up = empyrical.up_alpha_beta(r, b, risk_free=rf_bar)
    down = empyrical.down_alpha_beta(r, b, risk_free=rf_bar)
    return {
        "cagr_periods": empyrical.annual_return(r),
        "volatility": empyrical.annual_volatility(r),
        "downside_deviation": empyrical.downside_risk(r, required_return=mar_bar),
        "sharpe": empyrical.sharpe_ratio(r, risk_free=rf_bar),
        "sortino": empyrical.sortino_ratio(r, required_return=mar_bar),
        "omega": empyrical.omega_ratio(r, risk_free=rf_bar, required_return=mar),
        "calmar": empyrical.calmar_ratio(r),
        "skew": stats.skew(r),
        "excess_kurtosis": stats.kurtosis(r),
        "var_95": empyrical.value_at_risk(r, 0.05),
        "var_99": empyrical.value_at_risk(r, 0.01),
        "cvar_95": empyrical.conditional_value_at_risk(r, 0.05),
        "cvar_99": empyrical.conditional_value_at_risk(r, 0.01),
        "beta": empyrical.beta(r, b, risk_free=rf_bar),
        "alpha": empyrical.alpha(r, b, risk_free=rf_bar),
        "information_ratio": empyrical.excess_sharpe(r, b),
        "up_alpha": up[0],
        "down_alpha": down[0],
        "up_capture": empyrical.up_capture(r, b),
        "down_capture": empyrical.down_capture(r, b),
        "capture_ratio": empyrical.up_down_capture(r, b),
        "same": {
            "total_return": empyrical.cum_returns_final(r),
            "max_drawdown": empyrical.max_drawdown(r),
            "stability": empyrical.stability_of_timeseries(r),
            "tail_ratio": empyrical.tail_ratio(r),
            "up_beta": up[1],
            "down_beta": down[1],
            "beta_fragility": empyrical.beta_fragility_heuristic(r, b),
            "batting_average": empyrical.batting_average(r, b)["batting average"],
        },
    }


def of_vectorbt(r, b, rf, mar):
    rf_bar, mar_bar = per_bar(rf, 365), per_bar(mar, 365)
    a = r.vbt.returns(freq="1D", benchmark_rets=b)
    return {
        "cagr_periods": a.annualized(),
        "volatility": a.annualized_volatility(),
        "downside_deviation": a.downside_risk(required_return=mar_bar),
        "sharpe": a.sharpe_ratio(risk_free=rf_bar),
        "sortino": a.sortino_ratio(required_return=mar_bar),
        "omega": a.omega_ratio(risk_free=rf_bar, required_return=mar),
        "calmar": a.calmar_ratio(),
        "max_drawdown": a.max_drawdown(),
        "ulcer": a.ulcer_index(),
        "ulcer_performance": a.martin_ratio(risk_free=rf_bar),
        "var_95": a.value_at_risk(cutoff=0.05),
        "var_99": a.value_at_risk(cutoff=0.01),
        "cvar_95": a.cond_value_at_risk(cutoff=0.05),
        "cvar_99": a.cond_value_at_risk(cutoff=0.01),
        "beta": a.beta(),
        "alpha": a.alpha(risk_free=rf_bar),
        "information_ratio": a.information_ratio(),
        "up_capture": a.up_capture(),
        "down_capture": a.down_capture(),
        "capture_ratio": a.up_capture() / a.down_capture(),
        "same": {"total_return": a.total(), "tail_ratio": a.tail_ratio()},
    }


def of_backtesting(r, b, rf, _):
    entries = np.arange(10, len(r) - 10, 20)
    exits = entries + 10
    close = (1 + r).cumprod().to_numpy()
    gained = close[exits] / close[entries] - 1
    trades = pd.DataFrame(
        {
            "EntryBar": entries,
            "ExitBar": exits,
            "PnL": 1000 * gained,
            "ReturnPct": gained,
            "Duration": r.index[exits] - r.index[entries],
        }
    )
    market = pd.DataFrame({"Close": (1 + b).cumprod()}, index=r.index)
    s = compute_stats(trades, 1000 * close, market, None, risk_free_rate=rf)
    per_cent = {
        "total_return": "Return [%]",
        "cagr_periods": "Return (Ann.) [%]",
        "cagr_calendar": "CAGR [%]",
        "volatility": "Volatility (Ann.) [%]",
        "max_drawdown": "Max. Drawdown [%]",
        "average_drawdown": "Avg. Drawdown [%]",
        "alpha": "Alpha [%]",
        "exposure": "Exposure Time [%]",
        "expectancy": "Expectancy [%]",
        "average_trade_return": "Avg. Trade [%]",
        "best_trade_return": "Best Trade [%]",
        "worst_trade_return": "Worst Trade [%]",
    }
    plain = {
        "sharpe": "Sharpe Ratio",
        "sortino": "Sortino Ratio",
        "calmar": "Calmar Ratio",
        "beta": "Beta",
        "profit_factor": "Profit Factor",
    }
    same = {
        "trades": s["# Trades"],
        "win_rate": s["Win Rate [%]"] / 100,
        "sqn": s["SQN"],
        "kelly": s["Kelly Criterion"],
    }
    out = {name: s[key] / 100 for name, key in per_cent.items()}
    return out | {name: s[key] for name, key in plain.items()} | {"same": same}


LIBRARIES = {
    "quantstats": of_quantstats,
    "empyrical": of_empyrical,
    "vectorbt": of_vectorbt,
    "backtesting.py": of_backtesting,
}


def main():
    warnings.simplefilter("ignore")
    series = {name: returns_of(name) for name in NAMES}
    spx, aapl, btc = (series[name].to_numpy() for name in NAMES)
    benchmarks = [np.concatenate([aapl, btc])[: len(spx)], spx[: len(aapl)], spx[: len(btc)]]
    golden = {}
    for (name, r), benchmark in zip(series.items(), benchmarks):
        r = r[: len(benchmark)]
        b = pd.Series(benchmark, index=r.index)
        golden[name] = {
            case: {library: of(r, b, *rates) for library, of in LIBRARIES.items()}
            for case, rates in CASES.items()
        } | {"bars": len(r)}
    text = json.dumps(golden, indent=1, sort_keys=True, default=float, allow_nan=False)
    (HERE / "conventions_golden.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
