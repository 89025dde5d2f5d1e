"""Writes backtesting.json: next-open fills of whole shares, limit and stop entries, brackets as backtesting.py has them.

Usage: python make_backtesting.py, in an environment with requirements.txt
"""

import warnings

import numpy as np
import backtesting.backtesting as engine
from backtesting import Backtest, Strategy
from market import CASH, COINS, STOCKS, Golden, bars, breakout, crosses, first_bar, sma
from rulebook import Rules, brackets, simulate

engine._tqdm = lambda bars, **_: bars  # No progress bars.
golden = Golden("backtesting", "backtesting", "numpy", "pandas")
RATE = 0.001
# Units of an order: of stocks, of coins.
UNITS = (200, 1)


def play(frame, decide, **arguments):
    """Fills by bar and equity of a rule: `decide(strategy, bar)` after each close but the first."""

    class Rule(Strategy):
        def init(self):
            pass

        def next(self):
            decide(self, len(self.data) - 1)

    # What is open at the end stays open, and it warns of that, and of each order it takes back.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stats = Backtest(frame, Rule, cash=CASH, commission=RATE, **arguments).run()
    fills = []
    for trade in stats._strategy.closed_trades + stats._strategy.trades:
        fills.append((trade.entry_bar, 0, trade.size, trade.entry_price))
        if trade.exit_bar is not None:
            fills.append((trade.exit_bar, 1, -trade.size, trade.exit_price))
    return [(i, u, p, abs(u) * p * RATE) for i, _, u, p in order(fills)], stats._equity_curve.Equity.to_numpy()


def order(fills):
    """In a bar an entry precedes its own exit, and follows the exit of a position that was open before."""
    units, result, rest = 0, [], sorted(fills, key=lambda f: f[0])
    while rest:
        same = [f for f in rest if f[0] == rest[0][0]]
        first = next((f for f in same if (f[1] == 1) == (units != 0)), same[0])
        rest.remove(first)
        units += first[2]
        result.append(first)
    return result


def main():
    for symbol in STOCKS + COINS:
        whole = bars(symbol)
        first = first_bar(symbol, whole)
        frame = whole.iloc[first:]
        close = frame.Close.to_numpy()
        entry, leave = (s[first:] for s in breakout(whole.Close, 100, 50))
        units = UNITS[symbol in COINS]
        average = sma(whole.Close, 100)
        rises, falls = (crosses(whole.Close.to_numpy(), average, above)[first:] for above in (True, False))
        highest = whole.High.rolling(20).max().to_numpy()[first:]
        assert not (entry[0] or rises[0])

        def follow(self, i):
            if not self.position and not self.orders and entry[i]:
                self.buy(size=0.95)
            elif self.position and leave[i]:
                self.position.close()

        def at_limit(self, i):
            if rises[i] and not self.position and not self.orders:
                self.buy(size=units, limit=close[i] * 0.98)
            elif falls[i]:
                for o in self.orders:
                    o.cancel()
                self.position.close()

        def at_stop(self, i):
            if rises[i] and not self.position and not self.orders:
                self.buy(size=units, stop=highest[i])
            elif falls[i]:
                for o in self.orders:
                    o.cancel()
                self.position.close()

        def bracket(self, i):
            if rises[i] and not self.position and not self.orders:
                self.buy(size=units, sl=close[i] * 0.96, tp=close[i] * 1.08)
            elif falls[i] and not self.position and not self.orders:
                self.sell(size=units, sl=close[i] * 1.04, tp=close[i] * 0.92)

        def bracket_at_limit(self, i):
            if rises[i] and not self.position:
                for o in self.orders:
                    o.cancel()
                self.buy(size=units, limit=close[i] * 0.97, sl=close[i] * 0.95, tp=close[i] * 1.04)

        def add(case, decide, apus=None, **arguments):
            golden.add(case, symbol, frame.index, *play(frame, decide, **arguments), apus=apus)

        rules = dict(rate=RATE, fraction=0.95, lot=1)
        add("whole_shares", follow, simulate(frame, Rules(**rules), entry, leave))
        add("spread", follow, simulate(frame, Rules(**rules, slippage=0.001), entry, leave), spread=0.001)
        add("limit_entry", at_limit)
        add("stop_entry", at_stop)
        touch = Rules(rate=RATE, limit_touch=True)
        both = [
            (units, None, p * 0.96, p * 1.08) if up else (-units, None, p * 1.04, p * 0.92) if down else None
            for p, up, down in zip(close, rises, falls)
        ]
        add("bracket", bracket, brackets(frame, touch, both))
        limits = [(units, p * 0.97, p * 0.95, p * 1.04) if up else None for p, up in zip(close, rises)]
        add("bracket_at_limit", bracket_at_limit, brackets(frame, touch, limits))
    golden.write()


if __name__ == "__main__":
    main()
