"""Our rules in plain loops, for one symbol and one position: what the peers are held against.

It shares no code with the engine. Where a peer differs, its numbers here are what the tests expect.
"""

from dataclasses import dataclass, field


@dataclass
class Rules:
    fill: str = "next_open"
    rate: float = 0.0  # commission
    fixed: float = 0.0
    slippage: float = 0.0
    stop: float | None = None
    target: float | None = None
    trail: float | None = None
    fraction: float = 1.0
    notional: float | None = None
    lot: float = 0.0
    reverse: bool = False
    limit_touch: bool = False
    maintenance: float = 1.3
    cash: float = 100_000.0


@dataclass
class Account:
    rules: Rules
    cash: float = 0.0
    units: float = 0.0
    entry: float = 0.0
    best: float = 0.0
    fills: list = field(default_factory=list)

    def trade(self, i, units, price, slips=True):
        side = 1 if units > 0 else -1
        price *= 1 + side * (self.rules.slippage if slips else 0)
        fee = abs(units) * price * self.rules.rate + self.rules.fixed
        self.cash -= units * price + fee
        self.units += units
        self.fills.append((i, units, price, fee))
        return price

    def enter(self, i, side, price):
        r = self.rules
        fill = price * (1 + side * r.slippage)
        units = (self.cash * r.fraction - r.fixed) / (fill * (1 + r.rate))
        if r.notional is not None:
            units = min(units, r.notional / fill)
        if r.lot:
            units = units // r.lot * r.lot
        if units <= 0:
            return
        self.entry = self.best = self.trade(i, side * units, price)

    def leave(self, i, price, slips=True):
        self.trade(i, -self.units, price, slips)
        self.units = 0.0


def simulate(frame, rules, long_entry, long_exit=None, short_entry=None, short_exit=None):
    """Runs signals (arrays of truth) over bars; returns fills and equity."""
    r, n = rules, len(frame)
    none = [False] * n
    le, lx, se, sx = (none if s is None else s for s in (long_entry, long_exit, short_entry, short_exit))
    o, h, l, c = (frame[k].to_numpy() for k in ("Open", "High", "Low", "Close"))
    a = Account(r, cash=r.cash)
    waiting, equity = None, []

    def decide(i):
        if a.units == 0:
            return ("enter", 1) if le[i] and not se[i] else ("enter", -1) if se[i] and not le[i] else None
        side = 1 if a.units > 0 else -1
        if (lx if side > 0 else sx)[i]:
            return ("exit", 0)
        return ("reverse", -side) if r.reverse and (se if side > 0 else le)[i] else None

    def settle(i, order, price):
        what, side = order
        if what != "enter" and a.units != 0:
            a.leave(i, price)
        if what != "exit" and a.units == 0:
            a.enter(i, side, price)

    def inside(i):
        side = 1 if a.units > 0 else -1
        adverse, favourable = (l[i], h[i]) if side > 0 else (h[i], l[i])
        levels = [a.entry * (1 - side * r.stop)] if r.stop else []
        levels += [a.best * (1 - side * r.trail)] if r.trail else []
        stop = (max if side > 0 else min)(levels) if levels else None
        target = a.entry * (1 + side * r.target) if r.target else None
        ruin = a.cash / (-a.units * r.maintenance) if side < 0 else None
        if ruin is not None and stop is not None and stop >= ruin:
            stop = None

        def through(price):
            return target is not None and (side * (price - target) > 0 or r.limit_touch and price == target)

        if stop is not None and side * (o[i] - stop) <= 0:
            return a.leave(i, o[i])
        if through(o[i]):
            return a.leave(i, o[i], slips=False)
        if ruin is not None and h[i] >= ruin:
            return a.leave(i, h[i])
        if stop is not None and side * (adverse - stop) <= 0:
            return a.leave(i, stop)
        if through(favourable):
            return a.leave(i, target, slips=False)
        a.best = (max if side > 0 else min)(a.best, favourable)

    for i in range(n):
        if r.fill == "next_open" and waiting:
            settle(i, waiting, o[i])
            waiting = None
        if a.units != 0:
            inside(i)
            if a.units == 0 and waiting and waiting[0] == "exit":
                waiting = None
        order = decide(i)
        if r.fill == "same_close":
            if order:
                settle(i, order, c[i])
        else:
            waiting = order
        equity.append(a.cash + a.units * c[i])
    return a.fills, equity


def brackets(frame, rules, orders):
    """Runs entries with a stop and a target; returns fills and equity.

    `orders[i]` is None or (units, limit, stop, target): at the close of bar i it replaces what waits, if nothing is held;
    `limit` is None for the next open. Stop and target are prices, live from the entry on, on its bar too. After an entry inside
    a bar, the rest of that bar may still reach the stop; that it reached the target is believed only if its close has.
    """
    o, h, l, c = (frame[k].to_numpy() for k in ("Open", "High", "Low", "Close"))
    a = Account(rules, cash=rules.cash)
    waiting, levels, equity = None, None, []
    for i in range(len(frame)):
        came_inside = False
        if a.units == 0 and waiting:
            units, limit, *levels = waiting
            side = 1 if units > 0 else -1
            near, reach = o[i], (l[i] if side > 0 else h[i])
            if limit is None or side * (near - limit) <= 0:
                price = near
            elif side * (reach - limit) < 0 or rules.limit_touch and reach == limit:
                price, came_inside = limit, True
            else:
                price = None
            if price is not None:
                a.trade(i, units, price, slips=limit is None)
                waiting = None
        if a.units != 0:
            side = 1 if a.units > 0 else -1
            stop, target = levels
            adverse, favourable = (l[i], h[i]) if side > 0 else (h[i], l[i])
            # What is certain to come after an entry inside the bar is its close.
            best = c[i] if came_inside else favourable
            hit = side * (best - target) > 0 or rules.limit_touch and best == target
            if not came_inside and side * (o[i] - stop) <= 0:
                a.leave(i, o[i])
            elif not came_inside and side * (o[i] - target) > 0:
                a.leave(i, o[i], slips=False)
            elif side * (adverse - stop) <= 0:
                a.leave(i, stop)
            elif hit:
                a.leave(i, target, slips=False)
        if a.units == 0 and orders[i]:
            waiting = orders[i]
        equity.append(a.cash + a.units * c[i])
    return a.fills, equity


def rebalances(closes, targets, cash, rate):
    """Moves a portfolio to weights at closes; returns fills (with the column) and equity.

    `targets[i]` is None or weights. Equity after costs V' solves V' = V - rate * sum |w V' - held|, and w V' is then held.
    """
    units, fills, equity = [0.0] * closes.shape[1], [], []
    for i, row in enumerate(closes):
        if targets[i] is not None:
            value = total = cash + sum(u * p for u, p in zip(units, row))
            for _ in range(60):
                value = total - rate * sum(abs(w * value - u * p) for w, u, p in zip(targets[i], units, row))
            for k, (w, p) in enumerate(zip(targets[i], row)):
                q = w * value / p - units[k]
                if q != 0:
                    fee = abs(q) * p * rate
                    cash -= q * p + fee
                    units[k] += q
                    fills.append((i, q, p, fee, k))
        equity.append(cash + sum(u * p for u, p in zip(units, row)))
    return fills, equity
