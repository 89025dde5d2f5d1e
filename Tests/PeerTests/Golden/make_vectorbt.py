"""Writes vectorbt.json: fills, fees, stops, targets, trailing stops and reversals as vectorbt has them.

Usage: python make_vectorbt.py, in an environment with requirements.txt
"""

import numpy as np
import pandas as pd
import vectorbt as vbt

from market import CASH, COINS, STOCKS, Golden, bars, breakout, crosses, first_bar, sma
from rulebook import Rules, simulate

golden = Golden("vectorbt", "vectorbt", "numpy", "pandas", "numba")


def portfolio(frame, **arguments):
    """Fills, two at the same bar and price as one, and equity."""
    pf = vbt.Portfolio.from_signals(
        frame.Close, open=frame.Open, high=frame.High, low=frame.Low, init_cash=CASH, freq="1D", **arguments)
    records = pf.orders.records
    fills = [
        (int(i), (1 if side == 0 else -1) * float(size), float(price), float(fee))
        for i, side, size, price, fee in zip(records.idx, records.side, records["size"], records.price, records.fees)
    ]
    return fills, pf.value().to_numpy()


def merged(fills):
    """Fills of one side at the same bar and price as one: we close and open, vectorbt turns over in one order."""
    result = []
    for i, units, price, fee in fills:
        if result and result[-1][0] == i and result[-1][2] == price and (result[-1][1] > 0) == (units > 0):
            _, before, _, paid = result.pop()
            result.append((i, before + units, price, paid + fee))
        else:
            result.append((i, units, price, fee))
    return result


def later(signal):
    """The signal one bar on, as vectorbt's users shift it to fill at the next open."""
    return np.concatenate([[False], signal[:-1]])


def add(case, symbol, frame, rules, peer, **signals):
    fills, equity = simulate(frame, rules, **signals)
    golden.add(case, symbol, frame.index, *peer, apus=(merged(fills), equity))


def main():
    for symbol in STOCKS + COINS:
        whole = bars(symbol)
        first = first_bar(symbol, whole)
        frame = whole.iloc[first:]
        entry, leave = (s[first:] for s in breakout(whole.Close, 100, 50))
        average = sma(whole.Close, 200)
        rises, falls = (crosses(whole.Close.to_numpy(), average, above)[first:] for above in (True, False))
        dip = (whole.Close.to_numpy() < sma(whole.Close, 50) * 0.9)[first:]

        signals = dict(entries=entry, exits=leave)
        add("same_close", symbol, frame, Rules("same_close", rate=0.001, slippage=0.0005),
            portfolio(frame, fees=0.001, slippage=0.0005, **signals), long_entry=entry, long_exit=leave)
        if symbol in STOCKS:
            add("half_of_cash", symbol, frame, Rules("same_close", rate=0.002, fraction=0.5),
                portfolio(frame, fees=0.002, size=0.5, size_type="percent", **signals), long_entry=entry,
                long_exit=leave)
        add("next_open", symbol, frame, Rules(rate=0.001, fixed=2, slippage=0.0005),
            portfolio(frame, entries=later(entry), exits=later(leave), price=frame.Open, fees=0.001, fixed_fees=2,
                      slippage=0.0005),
            long_entry=entry, long_exit=leave)

        stops = dict(stop_entry_price="fillprice", accumulate=False)
        add("stop_and_target", symbol, frame, Rules("same_close", rate=0.001, stop=0.05, target=0.08),
            portfolio(frame, entries=rises, exits=np.zeros(len(frame), bool), fees=0.001, sl_stop=0.05, tp_stop=0.08,
                      **stops), long_entry=rises)
        add("trailing_stop", symbol, frame, Rules("same_close", rate=0.001, trail=0.12),
            portfolio(frame, entries=entry, exits=np.zeros(len(frame), bool), fees=0.001, sl_stop=0.12, sl_trail=True,
                      **stops), long_entry=entry)
        add("short_stop_and_target", symbol, frame, Rules("same_close", rate=0.001, stop=0.04, target=0.06, fraction=0.5),
            portfolio(frame, short_entries=falls, entries=np.zeros(len(frame), bool), size=0.5, size_type="percent",
                      fees=0.001, sl_stop=0.04, tp_stop=0.06, **stops), long_entry=None, short_entry=falls)
        add("stop_slips", symbol, frame, Rules("same_close", rate=0.001, slippage=0.002, stop=0.05),
            portfolio(frame, entries=entry, exits=leave, fees=0.001, slippage=0.002, sl_stop=0.05,
                      stop_exit_price="stopmarket", **stops), long_entry=entry, long_exit=leave)
        add("stop_on_entry_bar", symbol, frame, Rules(rate=0.001, stop=0.04, target=0.15),
            portfolio(frame, entries=later(entry), exits=later(leave), price=frame.Open, fees=0.001, sl_stop=0.04,
                      tp_stop=0.15, **stops), long_entry=entry, long_exit=leave)
        add("entry_on_stop_bar", symbol, frame, Rules("same_close", rate=0.001, stop=0.05, target=0.05),
            portfolio(frame, entries=dip, exits=np.zeros(len(frame), bool), fees=0.001, sl_stop=0.05, tp_stop=0.05,
                      **stops), long_entry=dip)
        add("reversal", symbol, frame, Rules("same_close", rate=0.001, notional=40_000, reverse=True),
            portfolio(frame, entries=rises, exits=np.zeros(len(frame), bool), short_entries=falls, size=40_000,
                      size_type="value", fees=0.001, upon_opposite_entry="reverse"),
            long_entry=rises, short_entry=falls)

    # All in, short, while coins multiply: vectorbt asks for no collateral.
    for symbol in ["ADA", "BTC", "DOGE", "ETH", "LINK"]:
        frame = bars(symbol)[pd.Timestamp("2020-10-01"):]
        first = np.arange(len(frame)) == 0
        units = CASH / frame.Close.iloc[0]
        add("short_without_margin", symbol, frame, Rules("same_close"),
            portfolio(frame, entries=np.zeros(len(frame), bool), short_entries=first, size=units), long_entry=None,
            short_entry=first)
    golden.write()


if __name__ == "__main__":
    main()
