"""vectorbt, both engines: every intermediate is a matrix of combinations × bars, so parts of a sweep are run."""

import numpy as np
import pandas as pd
import vectorbt as vbt

# One combination in so many, of the first symbol: a sweep of 4,950 over it takes 7 GB. Few columns a call would be slow.
SHARE = {"sma-1": 5, "sma-100": 5, "sma-minute": 100}


class Sweep:
    def __init__(self, workload, engine):
        self.version = f"{vbt.__version__}, {engine}"
        vbt.settings["engine"] = engine
        minutes = workload.bars_per_year > 1000
        # `freq` only names the length of a bar; `year_freq` over it gives the bars of a year.
        vbt.settings.array_wrapper["freq"] = "1min" if minutes else "1D"
        vbt.settings.returns["year_freq"] = f"{int(workload.bars_per_year)} " + ("min" if minutes else "days")
        self.workload = workload
        self.lanes = np.arange(0, len(workload.points), SHARE[workload.name])
        self.index = pd.date_range("2010-01-01", periods=workload.bars, freq="1min" if minutes else "1D")
        self.rows = None

    def run(self):
        fast, slow = self.workload.points[self.lanes].T.astype(int)
        close = pd.Series(self.workload.data["close"][0], index=self.index)
        quick = vbt.MA.run(close, window=fast.tolist(), short_name="fast")
        calm = vbt.MA.run(close, window=slow.tolist(), short_name="slow")
        portfolio = vbt.Portfolio.from_signals(
            close, quick.ma_crossed_above(calm), quick.ma_crossed_below(calm), fees=self.workload.fee, init_cash=100.0)
        # Single columns come as numbers.
        self.rows = np.column_stack([np.atleast_1d(np.asarray(metric)) for metric in (
            portfolio.total_return(), portfolio.sharpe_ratio(), portfolio.max_drawdown(), portfolio.trades.count())])

    def answers(self):
        return self.rows


def make(workload, threads, engine):
    return Sweep(workload, engine)
