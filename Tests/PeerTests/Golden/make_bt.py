"""Writes bt.json: portfolios that are moved to weights at the first bar of a month or quarter, as bt has them.

Usage: python make_bt.py, in an environment with requirements.txt

A "symbol" of this file is a portfolio; its fills name the symbol last.
"""

import bt
import pandas as pd
from market import CASH, STOCKS, Golden, bars
from rulebook import rebalances

golden = Golden("bt", "bt", "ffn", "numpy", "pandas")
COINS = ["ADA", "BTC", "DOGE", "ETH", "LINK"]
RATE = 0.001


class InverseVolatility(bt.Algo):
    """WeighInvVol, over a number of bars instead of a span of dates."""

    def __init__(self, bars):
        super().__init__()
        self.bars = bars

    def __call__(self, target):
        returns = target.universe[target.temp["selected"]].iloc[-self.bars - 1:].to_returns().iloc[1:]
        if target.temp["selected"] and len(returns) == self.bars and returns.notna().all().all():
            inverse = 1 / returns.std(ddof=1)
            target.temp["weights"] = inverse / inverse.sum()
            return True
        return False


def closes(symbols, start=None):
    return pd.DataFrame({s: bars(s).Close for s in sorted(symbols)}).loc[start:]


def play(prices, algos, rate=0.0):
    """Fills and equity; bt puts a bar without trading before the first."""
    strategy = bt.Strategy("s", algos + [bt.algos.Rebalance()])
    test = bt.Backtest(strategy, prices, initial_capital=CASH, integer_positions=False, progress_bar=False,
                       commissions=lambda q, p: abs(q) * p * rate)
    test.run()
    units = pd.DataFrame({s: test.strategy.children[s].positions for s in prices if s in test.strategy.children})
    units = units.reindex(columns=prices.columns).fillna(0.0).iloc[1:]
    trades = units.diff().fillna(units.iloc[:1])
    fills = []
    for i, row in enumerate(trades.to_numpy()):
        for s, q in sorted(zip(prices.columns, row)):
            if q != 0:
                fills.append((i, float(q), float(prices[s].iloc[i]), abs(q) * prices[s].iloc[i] * rate, s))
    return fills, test.strategy.values.iloc[1:].to_numpy()


def ours(prices, weights, is_due, rate):
    """The same by our rules: `weights(i)` at the first bar and at those that begin a period, but the last of all."""
    last = len(prices) - 1
    due = [i < last and is_due(prices.index, i) for i in range(last + 1)]
    targets = [weights(i) if due[i] else None for i in range(last + 1)]
    fills, equity = rebalances(prices.to_numpy(), targets, CASH, rate)
    names = [(i, q, p, fee, prices.columns[k]) for i, q, p, fee, k in fills]
    return sorted(names, key=lambda f: (f[0], f[4])), equity


def month(index, i):
    return i == 0 or index[i].month != index[i - 1].month


def quarter(index, i):
    return i == 0 or index[i].quarter != index[i - 1].quarter


def main():
    weights = [0.3, 0.25, 0.2, 0.15, 0.1]  # In alphabetical order, as all here.
    for name, symbols, start in (("stocks", STOCKS, None), ("coins", COINS, "2019-01-01")):
        prices = closes(symbols, start)

        def add(case, when, weigh, weights, rate=0.0):
            algos = [bt.algos.RunMonthly() if when is month else bt.algos.RunQuarterly(), bt.algos.SelectThese(symbols), weigh]
            golden.add(case, name, prices.index, *play(prices, algos, rate), apus=ours(prices, weights, when, rate))

        def inverse_volatility(i):
            returns = prices.to_numpy()[max(0, i - 60):i + 1]
            returns = returns[1:] / returns[:-1] - 1
            if len(returns) < 60:
                return None
            inverse = 1 / returns.std(axis=0, ddof=1)
            return inverse / inverse.sum()

        fixed = bt.algos.WeighSpecified(**dict(zip(symbols, weights)))
        if name == "stocks":
            add("monthly_fixed", month, fixed, lambda i: weights)
        add("quarterly_equal", quarter, bt.algos.WeighEqually(), lambda i: [0.2] * 5)
        add("quarterly_inverse_volatility", quarter, InverseVolatility(60), inverse_volatility)
        add("quarterly_fixed_with_commission", quarter, fixed, lambda i: weights, RATE)
    golden.write()


if __name__ == "__main__":
    main()
