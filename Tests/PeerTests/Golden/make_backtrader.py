"""Writes backtrader.json: limit, stop, stop-limit, one-cancels-other, trailing and bracket orders, and commissions.

Usage: python make_backtrader.py, in an environment with requirements.txt
"""

import datetime

import backtrader as bt
from market import CASH, COINS, STOCKS, Golden, bars, breakout, crosses, first_bar, sma
from rulebook import Rules, brackets, simulate

golden = Golden("backtrader", "backtrader", "pandas")
UNITS = (200, 1)


class PerUnit(bt.CommInfoBase):
    """Half a cent a unit, at least five."""

    params = (("stocklike", True), ("commtype", bt.CommInfoBase.COMM_FIXED))

    def _getcommission(self, size, price, pseudoexec):
        return max(5.0, abs(size) * 0.005)


class PerOrder(bt.CommInfoBase):
    """Three for the order and two basis points."""

    params = (("stocklike", True), ("commtype", bt.CommInfoBase.COMM_PERC))

    def _getcommission(self, size, price, pseudoexec):
        return 3.0 + abs(size) * price * 0.0002


def play(frame, decide, commission=0.0, scheme=None, checks=True):
    """Fills by bar and equity of a rule: `decide(strategy, bar)` after each close.

    `checks`: whether orders are refused if the cash does not cover all that wait.
    """
    fills, equity = [], []

    class Rule(bt.Strategy):
        def __init__(self):
            self.waiting = []

        def next(self):
            bar = len(self) - 1
            equity.append(self.broker.getvalue())
            self.waiting = [o for o in self.waiting if o.alive()]
            decide(self, bar)

        def notify_order(self, order):
            if order.status == order.Completed:
                done = order.executed
                fills.append((len(self) - 1, done.size, done.price, done.comm))

    cerebro = bt.Cerebro(stdstats=False)
    cerebro.adddata(bt.feeds.PandasData(dataname=frame))
    cerebro.addstrategy(Rule)
    cerebro.broker.setcash(CASH)
    cerebro.broker.set_checksubmit(checks)
    if scheme:
        cerebro.broker.addcommissioninfo(scheme())
    else:
        cerebro.broker.setcommission(commission=commission)
    cerebro.run()
    assert len(equity) == len(frame)
    return fills, equity


def main():
    for symbol in STOCKS + COINS:
        whole = bars(symbol)
        first = first_bar(symbol, whole)
        frame = whole.iloc[first:]
        close = frame.Close.to_numpy()
        units = UNITS[symbol in COINS]
        entry, leave = (s[first:] for s in breakout(whole.Close, 100, 50))
        average = sma(whole.Close, 100)
        rises, falls = (crosses(whole.Close.to_numpy(), average, above)[first:] for above in (True, False))
        highest = whole.High.rolling(20).max().to_numpy()[first:]
        lowest = whole.Low.rolling(20).min().to_numpy()[first:]

        def withdraw(self):
            for order in self.waiting:
                self.cancel(order)

        def leaves(self):
            withdraw(self)
            if self.position:
                self.close()

        def market(self, i):
            if entry[i] and not self.position:
                self.buy(size=units)
            elif leave[i] and self.position:
                self.close()

        def limit(self, i):
            # Good for five days after the signal's: GTD.
            if rises[i] and not self.position and not self.waiting:
                until = frame.index[min(i + 5, len(frame) - 1)] + datetime.timedelta(hours=1)
                self.waiting = [self.buy(size=units, exectype=bt.Order.Limit, price=close[i] * 0.98, valid=until)]
            elif falls[i]:
                leaves(self)

        def stop(self, i):
            # In by a stop above, out by a stop below, both good till they are taken back.
            if rises[i] and not self.position and not self.waiting:
                self.waiting = [self.buy(size=units, exectype=bt.Order.Stop, price=highest[i])]
            elif self.position and not self.waiting:
                self.waiting = [self.sell(size=units, exectype=bt.Order.Stop, price=lowest[i])]
            elif falls[i] and not self.position:
                withdraw(self)

        def stop_limit(self, i):
            if rises[i] and not self.position and not self.waiting:
                self.waiting = [
                    self.buy(size=units, exectype=bt.Order.StopLimit, price=highest[i], plimit=highest[i] * 1.005)]
            elif falls[i]:
                leaves(self)

        def one_cancels_other(self, i):
            # Whichever comes first: the price 5 % lower, or a new high. Out by target or stop, again one or the other.
            if rises[i] and not self.position and not self.waiting:
                a = self.buy(size=units, exectype=bt.Order.Limit, price=close[i] * 0.95)
                b = self.buy(size=units, exectype=bt.Order.Stop, price=max(highest[i], close[i] * 1.02), oco=a)
                self.waiting = [a, b]
            elif self.position and not self.waiting:
                a = self.sell(size=units, exectype=bt.Order.Stop, price=close[i] * 0.94)
                b = self.sell(size=units, exectype=bt.Order.Limit, price=close[i] * 1.10, oco=a)
                self.waiting = [a, b]

        def trailing(self, i):
            if entry[i] and not self.position and not self.waiting:
                self.buy(size=units)
            elif self.position and not self.waiting:
                self.waiting = [self.sell(size=units, exectype=bt.Order.StopTrail, trailpercent=0.08)]

        def bracket(self, i):
            if rises[i] and not self.position and not self.waiting:
                self.waiting = self.buy_bracket(
                    size=units, exectype=bt.Order.Market, stopprice=close[i] * 0.98, limitprice=close[i] * 1.06)

        def all_in(self, i):
            if entry[i] and not self.position:
                self.order_target_percent(target=1.0)
            elif leave[i] and self.position:
                self.close()

        def add(case, decide, apus=None, **arguments):
            golden.add(case, symbol, frame.index, *play(frame, decide, **arguments), apus=apus)

        add("market_per_unit_with_minimum", market, scheme=PerUnit)
        add("market_per_order", market, scheme=PerOrder)
        add("limit_good_till_date", limit, commission=0.001)
        add("stop", stop, commission=0.001)
        add("stop_limit", stop_limit, commission=0.001)
        # Both orders of a pair are counted against the cash, although one of them takes the other back.
        unchecked = play(frame, one_cancels_other, 0.001, checks=False)
        add("one_cancels_other", one_cancels_other, unchecked, commission=0.001)
        add("trailing_stop", trailing, commission=0.001)
        orders = [(units, None, p * 0.98, p * 1.06) if up else None for p, up in zip(close, rises)]
        ours = brackets(frame, Rules(rate=0.001, limit_touch=True), orders)
        add("bracket", bracket, ours, commission=0.001)
        add("all_in", all_in, simulate(frame, Rules(lot=1), entry, leave))
    golden.write()


if __name__ == "__main__":
    main()
