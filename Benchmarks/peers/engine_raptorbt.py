"""raptorbt: signals by numpy, then a batch of single backtests in Rust, on its own threads."""

import numpy as np
import raptorbt

# One combination in so many, of the first symbol.
SHARE = {"sma-1": 1, "sma-100": 1, "sma-minute": 50}


class Sweep:
    version = getattr(raptorbt, "__version__", "")

    def __init__(self, workload, threads):
        self.workload = workload
        self.lanes = np.arange(0, len(workload.points), SHARE[workload.name])
        # Any capital gives the same returns; `upon_bar_close` fills at the close that gave the signal.
        self.config = raptorbt.BacktestConfig(
            initial_capital=100.0, fees=workload.fee, periods_per_year=workload.bars_per_year, upon_bar_close=True)
        self.volume = np.ones(workload.bars)
        self.rows = None

    def run(self):
        workload, close = self.workload, self.workload.data["close"][0]
        pairs = workload.points[self.lanes].astype(int)
        average = {int(n): np.asarray(raptorbt.sma(close, int(n))) for n in np.unique(pairs)}
        items = []
        for number, (fast, slow) in enumerate(pairs):
            with np.errstate(invalid="ignore"):
                above, below = average[fast] > average[slow], average[fast] < average[slow]
            entry, leave = np.zeros(workload.bars, bool), np.zeros(workload.bars, bool)
            entry[1:], leave[1:] = above[1:] & below[:-1], below[1:] & above[:-1]
            items.append(raptorbt.BatchSingleItem(str(number), entry, leave, 1, 1.0, "X"))
        results = raptorbt.batch_single_backtest(
            workload.time, close, close, close, close, self.volume, items, self.config)
        metrics = [result.metrics for _, result in results]
        self.rows = np.array([
            (m.total_return_pct / 100, m.sharpe_ratio, -m.max_drawdown_pct / 100, m.total_trades) for m in metrics])

    def answers(self):
        return self.rows


def make(workload, threads, argument):
    return Sweep(workload, threads)
