#!/usr/bin/env python3
"""Makes the bars in bars_*.csv and what pandas makes of them, resampled.csv.

Sessions come from exchange_calendars, bins from pandas' resample within a session and groupby over sessions. Needs
pandas and exchange_calendars from PyPI (made with pandas 3.1.1 and exchange_calendars 4.13.2).
"""

import exchange_calendars
import numpy as np
import pandas as pd

NEW_YORK = "America/New_York"
HOW = {"open": "first", "high": "max", "low": "min", "close": "last", "bid": "last"}
xnys = exchange_calendars.get_calendar("XNYS", start="2023-01-01", end="2024-12-31").schedule
rng = np.random.default_rng(20231122)


def bars(times, symbols=("A", "B"), missing=0.15):
    """Random bars in cents; some are missing, for some only a value is."""
    rows = []
    for symbol in symbols:
        price = 5000
        for time in times:
            price += int(rng.integers(-60, 61))
            if rng.random() < missing:
                continue
            close = price + int(rng.integers(-40, 41))
            low = min(price, close) - int(rng.integers(0, 30))
            high = max(price, close) + int(rng.integers(0, 30))
            row = [time, symbol] + [v / 100 for v in (price, high, low, close)]
            row += [int(rng.integers(0, 5000)), (close - 1) / 100]
            for column in (2, 6, 7):
                if rng.random() < 0.03:
                    row[column] = np.nan
            rows.append(row)
    frame = pd.DataFrame(rows, columns=["time", "symbol", "open", "high", "low", "close", "volume", "bid"])
    return frame


def fold(groups):
    """One row a group, missing values passed over, a sum of nothing missing."""
    result = groups.agg(HOW)
    result["volume"] = groups["volume"].sum(min_count=1)
    return result


def ranges(day, sessions):
    """Trading hours of a session: (kind, opens, closes)."""
    opens, closes = sessions.loc[day, "open"], sessions.loc[day, "close"]
    midnight = pd.Timestamp(day).tz_localize(NEW_YORK)
    end = "17:00" if closes.tz_convert(NEW_YORK).hour == 13 else "20:00"
    yield "pre", midnight + pd.Timedelta("4h"), opens
    yield "regular", opens, closes
    yield "post", closes, pd.Timestamp(f"{day.date()} {end}").tz_localize(NEW_YORK)


def exchange(frame, rule, kinds, anchor):
    """Bars within the hours of each session of the exchange."""
    parts = []
    for day in xnys.index:
        for kind, opens, closes in ranges(day, xnys):
            if kind not in kinds:
                continue
            part = frame[(frame.time >= opens) & (frame.time < closes)].set_index("time")
            if part.empty:
                continue
            # A session lies on one day, so midnight is that of its day.
            origin = opens if anchor == "open" else opens.tz_convert(NEW_YORK).normalize()
            for symbol, rows in part.groupby("symbol"):
                made = fold(rows.resample(rule, origin=origin, closed="left", label="left"))
                # Empty bins between others are no bars.
                made = made[rows.resample(rule, origin=origin)["close"].size() > 0]
                made.index = made.index.where(made.index > opens, opens)
                parts.append(made.assign(symbol=symbol).reset_index())
    return pd.concat(parts)


def exchange_days(frame, kinds):
    """The session's day of each bar; none outside the hours."""
    day = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[ns]")
    for session in xnys.index:
        for kind, opens, closes in ranges(session, xnys):
            if kind in kinds:
                day[(frame.time >= opens) & (frame.time < closes)] = session
    return day


def first_sessions(days, rule, is_session):
    """The first session of each day's week, month or quarter."""
    start = days.dt.to_period(rule).dt.start_time
    found = {}
    for day in start.dropna().unique():
        at = pd.Timestamp(day)
        while not is_session(at):
            at += pd.Timedelta("1D")
        found[day] = at
    return start.map(found)


def by(frame, days):
    made = fold(frame.assign(time=days).dropna(subset=["time"]).groupby(["time", "symbol"]))
    return made.reset_index()


def is_exchange_session(day):
    return day in xnys.index


def main():
    cases = {}
    # Thanksgiving with its half day; the clock set forward on Sunday, 10 March 2024.
    days = ["2023-11-21", "2023-11-22", "2023-11-23", "2023-11-24", "2024-03-07", "2024-03-08", "2024-03-11"]
    times = [t.tz_convert("UTC") for day in days for t in
             pd.date_range(f"{day} 04:00", f"{day} 19:45", freq="15min", tz=NEW_YORK)]
    frame = bars(times)
    frame.to_csv("bars_us_equity.csv", index=False, date_format="%Y-%m-%dT%H:%M:%SZ")
    everything = ("pre", "regular", "post")
    for rule in ("30m", "1h", "2h"):
        word = rule.replace("m", "min")
        cases[f"us_equity {rule} open regular"] = exchange(frame, word, ("regular",), "open")
        cases[f"us_equity {rule} midnight regular"] = exchange(frame, word, ("regular",), "midnight")
    day = exchange_days(frame, ("regular",))
    cases["us_equity 1d open regular"] = by(frame, day)
    cases["us_equity 1w open regular"] = by(frame, first_sessions(day, "W-SUN", is_exchange_session))
    cases["us_equity 1mo open regular"] = by(frame, first_sessions(day, "M", is_exchange_session))
    # All hours: bars outside of any, such as Thanksgiving's, would need rules of their own, so they are left out here.
    inside = frame[exchange_days(frame, everything).notna()]
    inside.to_csv("bars_us_equity_hours.csv", index=False, date_format="%Y-%m-%dT%H:%M:%SZ")
    cases["us_equity_hours 1h open all"] = exchange(inside, "1h", everything, "open")
    cases["us_equity_hours 1d open all"] = by(inside, exchange_days(inside, everything))

    # Daily bars around holidays that begin weeks, months and quarters.
    daily = bars([d.tz_localize("UTC") for d in xnys.index[(xnys.index >= "2023-11-29") & (xnys.index < "2024-07-10")]])
    daily.to_csv("bars_us_equity_daily.csv", index=False, date_format="%Y-%m-%d")
    day = daily.time.dt.tz_localize(None)
    for rule, period in (("1w", "W-SUN"), ("1mo", "M"), ("3mo", "Q")):
        cases[f"us_equity_daily {rule} open regular"] = by(daily, first_sessions(day, period, is_exchange_session))

    coins = bars(list(pd.date_range("2024-03-29 05:00", "2024-04-02 13:00", freq="1h", tz="UTC")))
    coins.to_csv("bars_crypto.csv", index=False, date_format="%Y-%m-%dT%H:%M:%SZ")
    for rule in ("2h", "6h", "1d"):
        cases[f"crypto {rule} open regular"] = by(coins, coins.time.dt.floor(rule).dt.tz_localize(None))
    monday = coins.time.dt.tz_localize(None).dt.to_period("W-SUN").dt.start_time
    cases["crypto 1w open regular"] = by(coins, monday)

    # Currencies: a session from 17:00 to 17:00 in New York is named after the day on which it ends.
    times = pd.date_range("2024-03-07 12:00", "2024-03-12 12:00", freq="1h", tz="UTC")
    local = times.tz_convert(NEW_YORK).tz_localize(None)
    ends = (local + pd.Timedelta("7h")).normalize()
    fx = bars(list(times[ends.dayofweek < 5]))
    fx.to_csv("bars_fx.csv", index=False, date_format="%Y-%m-%dT%H:%M:%SZ")
    session = (fx.time.dt.tz_convert(NEW_YORK).dt.tz_localize(None) + pd.Timedelta("7h")).dt.normalize()
    cases["fx 1d open regular"] = by(fx, session)
    cases["fx 1w open regular"] = by(fx, session.dt.to_period("W-SUN").dt.start_time)
    opens = (session - pd.Timedelta("7h")).dt.tz_localize(NEW_YORK).dt.tz_convert("UTC")
    step = (fx.time - opens) // pd.Timedelta("4h")
    cases["fx 4h open regular"] = by(fx, (opens + step * pd.Timedelta("4h")).dt.tz_localize(None))

    parts = []
    for name, made in cases.items():
        stamps = pd.DatetimeIndex(made.time)
        stamps = stamps.tz_convert("UTC").tz_localize(None) if stamps.tz is not None else stamps
        made = made.assign(case=name, time=stamps.strftime("%Y-%m-%dT%H:%M:%SZ"))
        parts.append(made.sort_values(["time", "symbol"]))
    columns = ["case", "time", "symbol", "open", "high", "low", "close", "volume", "bid"]
    pd.concat(parts)[columns].to_csv("resampled.csv", index=False)


main()
