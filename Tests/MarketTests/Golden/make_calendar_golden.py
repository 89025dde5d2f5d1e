#!/usr/bin/env python3
"""Makes trading_days.txt and xnys_hours.csv: make_calendar_golden.py DAYS

DAYS has the trading days of US equities, one a line: all_open_dates.txt of github.com/fja05680/stock_market_calendar
(MIT licence), of which days after 2023-12-28 are forecasts and left out. Hours are those of two packages on PyPI,
exchange_calendars (4.13.2, Apache 2.0) and pandas_market_calendars (5.5.0, MIT).
"""

import re
import sys

import exchange_calendars
import pandas as pd
import pandas_market_calendars

LAST = "2023-12-28"
ZONE = "America/New_York"


def trading_days(path):
    """A line a month: its trading days as bits, the first of the month lowest."""
    days = [line.strip() for line in open(path, encoding="utf-8")]
    months = {}
    for day in days:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", day) and day <= LAST:
            months[day[:7]] = months.get(day[:7], 0) | 1 << (int(day[8:]) - 1)
    with open("trading_days.txt", "w", encoding="utf-8") as file:
        file.write("# github.com/fja05680/stock_market_calendar, MIT licence: trading days, a line a month, bit 0 its first day\n")
        for month, bits in sorted(months.items()):
            file.write(f"{month} {bits:x}\n")


def hours():
    """Sessions with other hours than 09:30 to 16:00, and for each package whether it says so.

    Openings a few minutes late are left out, as are days of neither package before 1990.
    """
    theirs = exchange_calendars.get_calendar("XNYS", start="1990-01-01", end="2030-12-31").schedule
    others = pandas_market_calendars.get_calendar("NYSE").schedule("1985-10-01", "2030-12-31")
    found = {}
    for package, opens, closes in (("exchange_calendars", theirs["open"], theirs["close"]),
                                   ("pandas_market_calendars", others["market_open"], others["market_close"])):
        for day in opens.index:
            at = opens[day].tz_convert(ZONE), closes[day].tz_convert(ZONE)
            words = tuple(t.strftime("%H:%M") for t in at)
            if words[0] < "09:35":
                words = ("09:30", words[1])
            if words[1] > "15:50":
                words = (words[0], "16:00")
            if words != ("09:30", "16:00"):
                key = (day.strftime("%Y-%m-%d"),) + words + tuple(
                    t.tz_convert("UTC").strftime("%H:%M") for t in (opens[day], closes[day]))
                found.setdefault(key, set()).add(package)
    with open("xnys_hours.csv", "w", encoding="utf-8") as file:
        file.write("day,opens,closes,opens_utc,closes_utc,by\n")
        for key, packages in sorted(found.items()):
            file.write(",".join(key) + "," + "+".join(sorted(packages)) + "\n")
    # Sessions after the record's end, which are by rule.
    later = sorted(set(theirs.index[theirs.index > LAST].strftime("%Y-%m-%d")))
    also = set(others.index[others.index > LAST].strftime("%Y-%m-%d"))
    assert set(later) == also, "the packages differ"
    weekdays = pd.bdate_range("2023-12-29", "2030-12-31").strftime("%Y-%m-%d")
    with open("xnys_closed_2024_2030.txt", "w", encoding="utf-8") as file:
        file.write("\n".join(day for day in weekdays if day not in also) + "\n")


trading_days(sys.argv[1])
hours()
