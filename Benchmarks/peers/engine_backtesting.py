"""backtesting.py: one Backtest.run a combination; it buys whole units, so its answers are close and not equal."""

import warnings

import backtesting
import numpy as np
import pandas as pd
from backtesting import Backtest, Strategy
from backtesting.lib import crossover

SHARE = {"sma-1": 150}


def average(values, window):
    return pd.Series(values).rolling(window).mean().values


class Crossover(Strategy):
    fast, slow = 10, 20

    def init(self):
        self.quick = self.I(average, self.data.Close, self.fast)
        self.calm = self.I(average, self.data.Close, self.slow)

    def next(self):
        if crossover(self.quick, self.calm):
            self.buy()
        elif crossover(self.calm, self.quick):
            self.position.close()


class Sweep:
    version = backtesting.__version__

    def __init__(self, workload):
        warnings.filterwarnings("ignore")
        self.workload = workload
        self.lanes = np.arange(0, workload.lanes, SHARE[workload.name])
        close = workload.data["close"][0]
        self.frame = pd.DataFrame(
            {"Open": close, "High": close, "Low": close, "Close": close, "Volume": 1.0},
            index=pd.date_range("2010-01-01", periods=len(close)))
        self.rows = None

    def run(self):
        # So much cash that whole units are nearly as good as parts.
        test = Backtest(
            self.frame, Crossover, cash=1e9, commission=self.workload.fee, trade_on_close=True, finalize_trades=False)
        self.rows = []
        for fast, slow in self.workload.points[self.lanes].astype(int):
            result = test.run(fast=int(fast), slow=int(slow))
            self.rows.append((
                result["Return [%]"] / 100, result["Sharpe Ratio"], result["Max. Drawdown [%]"] / 100,
                result["# Trades"]))

    def answers(self):
        return np.array(self.rows, float)


def make(workload, threads, argument):
    return Sweep(workload)
