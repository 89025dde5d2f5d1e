#!/usr/bin/env python3
"""Cuts the excerpts in this folder out of the joined source files, byte for byte.

    python3 datasets/make_excerpts.py FOLDER [--output datasets]

FOLDER holds the four files named in `INPUTS` below (README.md says how they were joined from the
repositories they come from); their SHA-256 is checked first. Data rows are copied as text: no number is
parsed and printed again, no defect is repaired. Needs Python 3.11 or later and nothing else.

The bytes of a .gz file depend on the zlib that made it; these were made with zlib 1.2.13. Where another
zlib gives other bytes, `sha256_uncompressed` in metadata.json still has to agree.
"""

import argparse
import csv
import datetime
import gzip
import hashlib
import io
import json
import math
import pathlib
import sys

INPUTS = {
    "sp500_5y_ohlcv.csv.gz": "3ba37076ebf83baaec96ffe387d709dbb84e5ad1ea2518bf988ddce362f19468",
    "sp500_5y_sectors.csv": "8d5ed126b8985012b898f8fbafd5e33d607b8fb309a205ad2b89929d6e8c0845",
    "coinmarketcap_daily_ohlcv_mcap_2013_2021.csv.gz":
        "dce165df9184f88c1da68e02a846609b8e3e46099bb5d33fee7e056485666ad9",
    "sp500_20_adjclose_1990_2022.csv.gz":
        "c1b8295cc5317ef6800a5408d66ca7df1945090edf58563dd7866e48fffe66c8",
}

# All eleven sectors, the names people look for, and every symbol of the source with a broken or empty row.
EQUITIES = """
AAPL AMT AMZN AOS BA BAX BBY BHF BMY BRK.B CHD CHK CVX DHR DISCA DUK DWDP EBAY ES FTV GE GOOGL HD ICE IP
JNJ JPM KO LNT MCD MSFT NI NVDA O ORCL PFE PG REGN SPG T UA VRTX VZ WMT WRK XOM
""".split()

COINS = "AAVE ADA BTC DOGE DOT ETH LINK SOL UNI USDC USDT".split()

IMPORT_RULES = [
    "every price that is present is finite and above 0",
    "low <= open, close <= high, over the prices that are present",
    "volume is not negative",
    "one row for a date and a symbol",
    "an empty cell breaks no rule: it is missing (NaN) in the store",
]


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def read_input(folder, name):
    """The text of a source file, after its checksum was found right."""
    path = folder / name
    try:
        data = path.read_bytes()
    except OSError as error:
        sys.exit(f"error: cannot read {path}: {error.strerror}. README.md says how to make it.")
    if sha256(data) != INPUTS[name]:
        sys.exit(f"error: {path} has SHA-256 {sha256(data)}, expected {INPUTS[name]}.")
    return (gzip.decompress(data) if name.endswith(".gz") else data).decode("utf-8")


def number(cell):
    return float(cell) if cell else math.nan


def broken_column(row):
    """The first column of a row that breaks an import rule, or None."""
    for name in ("open", "high", "low", "close"):
        value = number(row[name])
        if not math.isnan(value) and not (math.isfinite(value) and value > 0):
            return name
    low, high = number(row["low"]), number(row["high"])
    if low > high:
        return "low"
    for name in ("open", "close"):
        value = number(row[name])
        if value < low or value > high:
            return name
    return "volume" if number(row["volume"]) < 0 else None


def scan(text, calendar_days):
    """What a panel's CSV holds and where it breaks rules."""
    rows = list(csv.DictReader(io.StringIO(text)))
    by_symbol = {}
    for row in rows:
        by_symbol.setdefault(row["symbol"], []).append(row["date"])
    if len({(row["date"], row["symbol"]) for row in rows}) != len(rows):
        sys.exit("error: a date and a symbol occur twice: the excerpt's metadata claims otherwise.")
    quarantine, empty, zero = [], [], {}
    for line, row in enumerate(rows, start=2):
        where = {"line": line, "date": row["date"], "symbol": row["symbol"]}
        if column := broken_column(row):
            quarantine.append(where | {"column": column})
        if missing := [name for name, cell in row.items() if cell == ""]:
            empty.append(where | {"columns": missing})
        for name in ("volume", "market_cap"):
            if name in row and number(row[name]) == 0:
                counts = zero.setdefault(name, {})
                counts[row["symbol"]] = counts.get(row["symbol"], 0) + 1
    days = calendar_days or sorted({row["date"] for row in rows})
    holes = {}
    for symbol, dates in by_symbol.items():
        expected = sum(dates[0] <= day <= dates[-1] for day in days)
        if expected != len(dates):
            holes[symbol] = expected - len(dates)
    first, last = min(days), max(days)
    return {
        "rows": len(rows), "symbols": list(by_symbol), "first": first, "last": last,
        "bars": len(days), "quarantine": quarantine, "empty": empty, "zero": zero, "holes": holes,
        "late": {symbol: dates[0] for symbol, dates in by_symbol.items() if dates[0] > first},
    }


def excerpt(text, symbols, header, columns=None):
    """The rows of some symbols as they stand, under a header; `columns` picks cells by position."""
    kept = []
    for line in text.splitlines()[1:]:
        cells = line.split(",")
        if cells[1] in symbols:
            kept.append(line if columns is None else ",".join(cells[i] for i in columns))
    return "\n".join([header, *kept, ""])


def table(rows, header):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def compressed(text):
    out = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=out, mtime=0) as file:
        file.write(text.encode("utf-8"))
    return out.getvalue()


def total(counts):
    return sum(counts.values())


def listed(counts):
    return ", ".join(f"{key} {value}" for key, value in counts.items())


def write(folder, prices, symbols, metadata, facts):
    """One excerpt: prices, symbols and metadata.json."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name, text in (("prices.csv.gz", prices), ("symbols.csv", symbols)):
        data = compressed(text) if name.endswith(".gz") else text.encode("utf-8")
        (folder / name).write_bytes(data)
        entry = {"name": name, "rows": text.count("\n") - 1, "bytes": len(data), "sha256": sha256(data)}
        if name.endswith(".gz"):
            entry["sha256_uncompressed"] = sha256(text.encode("utf-8"))
        files.append(entry)
    metadata["files"] = files
    metadata["rows"] = facts["rows"]
    metadata["bars"] = facts["bars"]
    metadata["range"] = {"from": facts["first"], "to": facts["last"]}
    metadata["symbols"] = facts["symbols"]
    metadata["import_rules"] = IMPORT_RULES
    metadata["quarantine"] = {"count": len(facts["quarantine"]), "rows": facts["quarantine"]}
    # Defects read best at the end, after what the data is.
    metadata["known_defects"] = metadata.pop("known_defects")
    (folder / "metadata.json").write_text(json.dumps(metadata, indent=2) + "\n", encoding="utf-8")


def equities(source, output):
    prices = read_input(source, "sp500_5y_ohlcv.csv.gz")
    header = prices.split("\n", 1)[0]
    sectors = csv.DictReader(io.StringIO(read_input(source, "sp500_5y_sectors.csv")))
    chosen = [row for row in sectors if row["symbol"] in EQUITIES]
    text = excerpt(prices, set(EQUITIES), header)
    facts = scan(text, None)
    broken, empty = facts["quarantine"], facts["empty"]
    defects = [
        {
            "code": "ohlc_rule", "rows": len(broken), "quarantined": True,
            "description": "open or close lies outside low..high; see `quarantine`. LNT 2016-05-19 (close 17.87, "
            "low 35.085) is a split applied to half a row.",
        },
        {
            "code": "empty_cells", "rows": len(empty), "quarantined": False, "where": empty,
            "description": "open, and in most rows high and low, are empty; the close is there. Missing, not wrong.",
        },
        {
            "code": "zero_volume", "rows": total(facts["zero"]["volume"]), "quarantined": False,
            "description": f"volume is 0: {listed(facts['zero']['volume'])}.",
        },
        {
            "code": "missing_days", "rows": total(facts["holes"]), "quarantined": False,
            "description": f"trading days without a row: {listed(facts['holes'])}.",
        },
        {
            "code": "late_start", "rows": 0, "quarantined": False,
            "description": f"listed or spun off later than the first day: {listed(facts['late'])}.",
        },
        {
            "code": "unadjusted_distribution", "rows": 0, "quarantined": False,
            "description": "stock distributions and spin-offs are not adjusted and look like crashes: DISCA "
            "2014-08-07 (-51 %), BAX 2015-07-01 (-44 %), NI 2015-07-02 (-63 %), EBAY 2015-07-20 (-57 %).",
        },
        {
            "code": "survivorship", "rows": 0, "quarantined": False,
            "description": "members of the index in early 2018 only: nobody who left it is here, so results are "
            "too good.",
        },
    ]
    metadata = {
        "title": "Daily bars of 46 S&P 500 members, five years",
        "panel": "us_equity_1d",
        "source": [
            {
                "repository": "https://github.com/CNuge/kaggle-code", "commit": "f1109438d6cf",
                "path": "stock_data/individual_stocks_5yr/*_data.csv", "what": "prices.csv.gz",
            },
            {
                "repository": "https://github.com/datasets/s-and-p-500-companies", "commit": "5dfdfbc3b9f5",
                "path": "data/constituents.csv", "what": "symbols.csv, all symbols but CHK",
            },
            {
                "repository": "https://github.com/datasets/s-and-p-500-companies", "commit": "5bfe9b1",
                "path": "data/constituents.csv", "what": "symbols.csv, CHK",
            },
        ],
        "licence": {
            "prices.csv.gz": "The repository's LICENSE is MIT (Cam Nugent, 2017). Its download script reads the "
            "IEX API; the vendor's terms are not stated there. Redistribution of the vendor data: UNCLEAR.",
            "symbols.csv": "ODC Public Domain Dedication and Licence (PDDL), as stated by the source README. GICS "
            "sector names are a trademark of MSCI and S&P.",
        },
        "calendar": {"name": "us_equity", "time_zone": "America/New_York", "bars_per_year": 252},
        "frequency": "1 day",
        "adjustment": "split-adjusted as of 2018-02, not dividend-adjusted",
        "columns": [
            {"name": "date", "unit": "exchange day, ISO 8601"},
            {"name": "symbol", "unit": "ticker; may hold a dot (BRK.B)"},
            *({"name": name, "unit": "USD"} for name in ("open", "high", "low", "close")),
            {"name": "volume", "unit": "shares"},
        ],
        "changes": "Rows of 46 of 505 symbols, copied as text and sorted by symbol, then date; the column Name was "
        "renamed to symbol when the 505 files were joined.",
        "known_defects": defects,
    }
    if len(chosen) != len(EQUITIES) or len({row["gics_sector"] for row in chosen}) != 11:
        sys.exit("error: the symbol list no longer covers eleven sectors.")
    symbols = table(
        [(row["symbol"], row["name"], row["gics_sector"]) for row in chosen], ("symbol", "name", "sector"))
    write(output / "us_equity_1d", text, symbols, metadata, facts)


def coins(source, output):
    prices = read_input(source, "coinmarketcap_daily_ohlcv_mcap_2013_2021.csv.gz")
    names = {}
    for row in csv.DictReader(io.StringIO(prices)):
        if row["symbol"] in COINS:
            names[row["symbol"]] = row["name"]
    header = "date,symbol,open,high,low,close,volume,market_cap"
    text = excerpt(prices, set(COINS), header, (0, 1, 3, 4, 5, 6, 7, 8))
    dates = {line.split(",", 1)[0] for line in text.splitlines()[1:]}
    first, last = (datetime.date.fromisoformat(pick(dates)) for pick in (min, max))
    every_day = [(first + datetime.timedelta(days)).isoformat() for days in range((last - first).days + 1)]
    facts = scan(text, every_day)
    defects = [
        {
            "code": "ohlc_rule", "rows": len(facts["quarantine"]), "quarantined": True,
            "description": "none found: every row keeps low <= open, close <= high and has prices above 0.",
        },
        {
            "code": "zero_volume", "rows": total(facts["zero"]["volume"]), "quarantined": False,
            "description": f"volume 0 means unknown: {listed(facts['zero']['volume'])}.",
        },
        {
            "code": "zero_market_cap", "rows": total(facts["zero"]["market_cap"]), "quarantined": False,
            "description": f"market cap 0 means unknown: {listed(facts['zero']['market_cap'])}.",
        },
        {
            "code": "missing_days", "rows": total(facts["holes"]), "quarantined": False,
            "description": f"days without a row: {listed(facts['holes'])}.",
        },
        {
            "code": "late_start", "rows": 0, "quarantined": False,
            "description": f"later than the first day: {listed(facts['late'])}.",
        },
        {
            "code": "pegged", "rows": 0, "quarantined": False,
            "description": "USDT and USDC are pegged to the dollar: tiny volatility, so ratios over them mean little.",
        },
        {
            "code": "survivorship", "rows": 0, "quarantined": False,
            "description": "coins that were large in 2021, chosen with hindsight. DOGE 2021-01-28 (+356 %) is real.",
        },
    ]
    metadata = {
        "title": "Daily bars and market capitalisation of 11 coins",
        "panel": "crypto_1d",
        "source": [
            {
                "repository": "https://github.com/Thanos6988/Cryptocurrency-Historical-Prices-Data-Analysis",
                "commit": "4d82f1db1d0f", "path": "coin_*.csv", "what": "all coins but BTC and ADA",
            },
            {
                "repository": "https://github.com/adegade/crytoanalysisproject", "commit": "22160d091c77",
                "what": "BTC",
            },
            {
                "repository": "https://github.com/shahgem/CIND-820", "commit": "1ddd0f7ca242",
                "path": "Datasets/*", "what": "ADA",
            },
        ],
        "licence": {
            "prices.csv.gz": "No licence in the repositories, which mirror the Kaggle set 'Cryptocurrency Historical "
            "Prices'; the original CoinMarketCap terms apply. Redistribution: UNCLEAR.",
            "symbols.csv": "As prices.csv.gz.",
        },
        "calendar": {"name": "crypto", "time_zone": "UTC", "bars_per_year": 365},
        "frequency": "1 day",
        "adjustment": "none",
        "columns": [
            {"name": "date", "unit": "UTC day, ISO 8601"},
            {"name": "symbol", "unit": "ticker"},
            *({"name": name, "unit": "USD"} for name in ("open", "high", "low", "close")),
            {"name": "volume", "unit": "USD traded in 24 hours; 0 means unknown"},
            {"name": "market_cap", "unit": "USD; 0 means unknown"},
        ],
        "changes": "Rows of 11 of 23 coins, cells copied as text and sorted by symbol, then date. In the header "
        "volume_usd became volume and market_cap_usd became market_cap; the column name moved to symbols.csv.",
        "known_defects": defects,
    }
    symbols = table(sorted(names.items()), ("symbol", "name"))
    write(output / "crypto_1d", text, symbols, metadata, facts)


def adjusted(source, output):
    """The last four years of 20 adjusted closes, a column a symbol; plain text, so that any test can read it."""
    name = "sp500_20_adjclose_1990_2022.csv.gz"
    header, *lines = read_input(source, name).splitlines()
    kept = [line for line in lines if line >= "2019"]
    columns = header.split(",")
    if any(number(cell) <= 0 or cell == "" for line in kept for cell in line.split(",")[1:]):
        sys.exit("error: a price is missing or not above 0: the excerpt's metadata claims otherwise.")
    listed = csv.DictReader(io.StringIO(read_input(source, "sp500_5y_sectors.csv")))
    sectors = [(row["symbol"], row["name"], row["gics_sector"]) for row in listed if row["symbol"] in columns]
    folder = output / "us_equity_20_adjusted"
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for file, text in (
        ("closes.csv", "\n".join([header, *kept, ""])),
        ("symbols.csv", table(sectors, ("symbol", "name", "sector"))),
    ):
        data = text.encode("utf-8")
        (folder / file).write_bytes(data)
        files.append({"name": file, "rows": text.count("\n") - 1, "bytes": len(data), "sha256": sha256(data)})
    metadata = {
        "title": "Adjusted daily closes of 20 S&P 500 members, four years",
        "source": [
            {
                "repository": "https://github.com/skfolio/skfolio", "release": "1.12.2",
                "path": "skfolio/datasets/data/sp500_dataset.csv.gz of the Python package", "what": "closes.csv",
            },
            {
                "repository": "https://github.com/datasets/s-and-p-500-companies", "commit": "5dfdfbc3b9f5",
                "path": "data/constituents.csv", "what": "symbols.csv",
            },
        ],
        "licence": {
            "closes.csv": "The package is BSD-3-Clause. Where its prices come from is not stated in it. "
            "Redistribution of the prices: UNCLEAR.",
            "symbols.csv": "ODC Public Domain Dedication and Licence (PDDL), as stated by the source README. GICS "
            "sector names are a trademark of MSCI and S&P.",
        },
        "calendar": {"name": "us_equity", "time_zone": "America/New_York", "bars_per_year": 252},
        "frequency": "1 day",
        "adjustment": "splits and dividends",
        "columns": [
            {"name": "date", "unit": "exchange day, ISO 8601"},
            *({"name": symbol, "unit": "USD"} for symbol in columns[1:]),
        ],
        "changes": "Rows from 2019 on, copied as text; Date in the header became date.",
        "files": files,
        "bars": len(kept),
        "range": {"from": kept[0][:10], "to": kept[-1][:10]},
        "symbols": columns[1:],
        "known_defects": [
            {"code": "rounded", "description": "prices are rounded to 0.001 USD."},
            {"code": "survivorship", "description": "20 survivors, chosen with hindsight."},
        ],
    }
    (folder / "metadata.json").write_text(json.dumps(metadata, indent=2) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description="Cut the excerpts out of the joined source files.")
    parser.add_argument("source", type=pathlib.Path, help="folder with the four source files")
    parser.add_argument(
        "--output", type=pathlib.Path, default=pathlib.Path(__file__).parent,
        help="where the excerpts go (default: beside this script)")
    arguments = parser.parse_args()
    equities(arguments.source, arguments.output)
    coins(arguments.source, arguments.output)
    adjusted(arguments.source, arguments.output)


if __name__ == "__main__":
    main()
