"""Writes a small market by ticker, its corporate actions and ticker history, and what adjusted prices must be.

    python3 make_actions_golden.py

The adjusted prices come from holding shares, not from factors: who held one share in the beginning has more after each
split, and buys more for each dividend at the close before. What the holding was worth on a day, divided by the shares
held in the end, is the adjusted price. Needs pandas; everything is made up.
"""

import pandas as pd

DAYS = pd.bdate_range("2021-01-04", periods=80)

# symbol of today -> its tickers, each from one position in DAYS to before another
TICKERS = {
    "ALPHA": [("ALPHA", 0, 80)],
    "BETA": [("GAMMA", 0, 30), ("BETA", 30, 80)],
    "GAMMA": [("NEWCO", 10, 40), ("GAMMA", 40, 80)],
    "DELTA": [("DELTA", 6, 80)],
    "OLDCO": [("OLDCO", 0, 50)],
}
# Another company had the ticker DELTA before.
STRANGER = ("DELTA", 0, 5)
# positions without a bar
HOLES = {"DELTA": range(20, 32), "ALPHA": (44,)}

# symbol, ex-date, kind, value as written, number, becomes
ACTIONS = [
    ("ALPHA", DAYS[10], "split", "7:1", 7.0, ""),
    ("ALPHA", DAYS[20], "dividend", "0.31", 0.31, ""),
    # A Saturday: it holds from Monday on.
    ("ALPHA", DAYS[34] + pd.Timedelta(days=1), "dividend", "0.12", 0.12, ""),
    # The bar before the ex-date is missing.
    ("ALPHA", DAYS[45], "dividend", "0.2", 0.2, ""),
    # Both on one day: the dividend is paid on old shares.
    ("ALPHA", DAYS[60], "split", "1-for-10", 0.1, ""),
    ("ALPHA", DAYS[60], "dividend", "0.15", 0.15, ""),
    ("BETA", DAYS[15], "dividend", "1.25", 1.25, ""),
    ("BETA", DAYS[50], "split", "3/2", 1.5, ""),
    ("GAMMA", DAYS[25], "split", "2", 2.0, ""),
    # Within a hole: first the split, then a dividend on the new shares.
    ("DELTA", DAYS[22], "split", "4:1", 4.0, ""),
    ("DELTA", DAYS[27], "dividend", "0.05", 0.05, ""),
    ("DELTA", DAYS[70], "dividend", "0.07", 0.07, ""),
    ("OLDCO", DAYS[49], "delist", "-0.3", -0.3, ""),
]


def noise(state=[20210104]):
    """A number from -1 to 1, the same on every machine."""
    state[0] = (state[0] * 6364136223846793005 + 1442695040888963407) % 2**64
    return (state[0] >> 40) / 2**23 - 1


def raw():
    rows = []
    for number, (symbol, spans) in enumerate([*TICKERS.items(), ("stranger", [STRANGER])]):
        price = 40.0 + 25 * number
        for ticker, start, end in spans:
            for day in range(start, end):
                for who, date, kind, _, value, _ in ACTIONS:
                    before = DAYS[day - 1] if day else DAYS[0] - pd.Timedelta(days=1)
                    if who == symbol and kind == "split" and before < date <= DAYS[day]:
                        price /= value
                opened = price * (1 + 0.01 * noise())
                price = opened * (1 + 0.02 * noise())
                volume = round(1e5 * (2 + noise()))
                if day in HOLES.get(symbol, ()):
                    continue
                high, low = max(opened, price) * 1.005, min(opened, price) * 0.995
                rows.append((DAYS[day], symbol, ticker, *(round(x, 4) for x in (opened, high, low, price)), volume))
    return pd.DataFrame(rows, columns=["date", "owner", "symbol", "open", "high", "low", "close", "volume"])


def holding(bars, actions, reinvests):
    """Shares held at each bar by who had one share at the first."""
    shares, held, close, at = 1.0, [], None, 0
    for date, price in zip(bars["date"], bars["close"]):
        while at < len(actions) and actions[at][1] <= date:
            kind, value = actions[at][2], actions[at][4]
            if close is not None and kind == "dividend" and reinvests:
                shares *= close / (close - value)
            if close is not None and kind == "split":
                shares *= value
                # What one of the new shares was worth at the last close.
                close /= value
            at += 1
        held.append(shares)
        close = price
    return pd.Series(held, index=bars.index)


def main():
    prices = raw()
    prices.drop(columns="owner").to_csv("prices.csv", index=False)
    order = {"dividend": 0, "split": 1, "delist": 2}
    with open("actions.csv", "w") as file:
        file.write("ex_date,symbol,type,value\n")
        for symbol, date, kind, written, _, _ in ACTIONS:
            file.write(f"{date:%Y-%m-%d},{symbol},{kind},{written}\n")
    with open("map.csv", "w") as file:
        file.write("symbol,valid_until,ticker,exchange_code\n")
        for symbol, spans in TICKERS.items():
            file.write(f"{symbol},{DAYS[spans[0][1]]:%Y-%m-%d},{spans[0][0]},Q\n")
            for number, (ticker, _, end) in enumerate(spans):
                is_open = number == len(spans) - 1 and end == len(DAYS)
                last = "2050-12-31" if is_open else f"{DAYS[end - 1]:%Y-%m-%d}"
                file.write(f"{symbol},{last},{ticker},Q\n")
    parts = []
    for symbol in TICKERS:
        bars = prices[prices["owner"] == symbol].copy()
        actions = sorted((a for a in ACTIONS if a[0] == symbol), key=lambda a: (a[1], order[a[2]]))
        splits, total = (holding(bars, actions, reinvests) for reinvests in (False, True))
        for name, held in (("splits", splits), ("total_return", total)):
            for field in ("open", "close"):
                bars[f"{name}_{field}"] = bars[field] * held / held.iloc[-1]
        bars["adjusted_volume"] = bars["volume"] * splits.iloc[-1] / splits
        parts.append(bars.drop(columns=["symbol", "high", "low"]).rename(columns={"owner": "symbol"}))
    pd.concat(parts).to_csv("expected.csv", index=False)


if __name__ == "__main__":
    main()
