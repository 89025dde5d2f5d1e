#!/usr/bin/env python3
"""Writes us_equity.calendar from a list of trading days: make_us_equity.py DAYS >us_equity.calendar

DAYS has one day a line, as 2023-12-28; other lines are passed over. The list that we use is all_open_dates.txt
of github.com/fja05680/stock_market_calendar (MIT licence), of which days after 2023-12-28 are forecasts.
"""

import datetime
import re
import sys

LAST = "2023-12-28"
HEAD = """\
# Shares and funds on the exchanges of the United States. Made by make_us_equity.py; see README.md beside the module.
calendar us_equity
alias XNYS XNAS NYSE NASDAQ

zone America/New_York
year 252

hours pre mon-fri 04:00 to 09:30
hours regular mon-fri 09:30 to 16:00
hours post mon-fri 16:00 to 20:00

# Outside the record below, by the rules of the exchange as they stand.
closed 01-01 sunday-to-monday
closed 3rd monday of january
closed 3rd monday of february
closed easter -2
closed last monday of may
closed 06-19 observed
closed 07-04 observed
closed 1st monday of september
closed 4th thursday of november
closed 12-25 observed
closed 2025: 01-09
early 13:00 17:00 07-03 if mon-thu
early 13:00 17:00 4th thursday of november +1
early 13:00 17:00 12-24 if mon-thu

# The record: weekdays without trading. Saturdays, on which the exchange was open until 1952, are not in it.
listed {first} to {last}
"""
# The exchange's notices, held against pandas_market_calendars and exchange_calendars; minutes of silence are left out.
EARLY = {
    "14:00": "1987: 10-23 10-26 10-27 10-28 10-29 10-30;1990: 12-24;1991: 12-24;1992: 11-27 12-24;1996: 01-08",
    "14:30": "1987: 11-02 11-03 11-04;1994: 02-11",
    "15:00": "1987: 11-05 11-06",
    "15:30": "1987: 11-09 11-10 11-11;1997: 10-27",
    "13:00 17:00": "1993: 11-26;1994: 11-25;1995: 07-03 11-24;1996: 07-05 11-29 12-24;"
    "1997: 07-03 11-28 12-24 12-26;1998: 11-27 12-24;1999: 11-26 12-31;2000: 07-03 11-24;2001: 07-03 11-23 12-24;"
    "2002: 07-05 11-29 12-24;2003: 07-03 11-28 12-24 12-26;2004: 11-26;2005: 11-25;2006: 07-03 11-24;"
    "2007: 07-03 11-23 12-24;2008: 07-03 11-28 12-24;2009: 11-27 12-24;2010: 11-26;2011: 11-25;"
    "2012: 07-03 11-23 12-24;2013: 07-03 11-29 12-24;2014: 07-03 11-28 12-24;2015: 11-27 12-24;2016: 11-25;"
    "2017: 07-03 11-24;2018: 07-03 11-23 12-24;2019: 07-03 11-29 12-24;2020: 11-27 12-24;2021: 11-26;2022: 11-25;"
    "2023: 07-03 11-24",
}
LATE = {"10:30": "1995: 12-18", "11:00": "1989: 11-10;1996: 01-08", "12:00": "2002: 09-11"}


def main():
    days = [line.strip() for line in open(sys.argv[1], encoding="utf-8")]
    days = {datetime.date.fromisoformat(day) for day in days
            if re.fullmatch(r"\d{4}-\d\d-\d\d", day) and day <= LAST}
    first, last = min(days), max(days)
    print(HEAD.format(first=first, last=last))
    closed = {}
    for step in range((last - first).days + 1):
        day = first + datetime.timedelta(step)
        if day.weekday() < 5 and day not in days:
            closed.setdefault(day.year, []).append(day.strftime("%m-%d"))
    for year, dates in closed.items():
        print(f"closed {year}: {' '.join(dates)}")
    for word, table in (("early", EARLY), ("late", LATE)):
        print()
        for hours, years in table.items():
            for year in years.split(";"):
                print(f"{word} {hours} {year}")


main()
