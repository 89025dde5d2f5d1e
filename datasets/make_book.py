"""Makes datasets/book: a small firm over the prices of datasets/us_equity_1d, the same bytes every time.

Clients d-1, d-2 and d-3 have 1, 2 and 1 wallets and 5, 7 and 0 assets; the others are of a firm with two advisors. Ids are
opaque; nobody is meant. Trades are at the closes of their days.
"""

import csv
import gzip
from pathlib import Path

here = Path(__file__).parent
book = here / "book"
with gzip.open(here / "us_equity_1d/prices.csv.gz", "rt") as file:
    rows = [(row["date"], row["symbol"], row["close"]) for row in csv.DictReader(file)]
closes = {(day, symbol): float(close) for day, symbol, close in rows if close}
days = sorted({day for day, _, _ in rows})
state = 20180207


def draw(limit):
    global state
    state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
    return (state >> 33) % limit


def write(name, header, table):
    with open(book / f"{name}.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(table)


levels = {
    1: (0.06, 0.007, 0.08, 0.10, 0.30), 3: (0.10, 0.012, 0.15, 0.15, 0.40),
    5: (0.15, 0.018, 0.25, 0.25, 0.60), 7: (0.20, 0.025, 0.35, 0.35, 0.80), 9: (0.30, 0.04, 0.5, 1, 1),
}
clients = [("d-1", "", "adv-1", "ext-1"), ("d-2", "", "adv-1", "ext-2"), ("d-3", "", "adv-2", "ext-3")]
clients += [(f"c-{i}", "", f"adv-{1 + i % 2}", "") for i in range(101, 106)]
symbols = {
    "p-d1": "AAPL MSFT JNJ KO XOM", "p-d2": "AAPL AMZN GOOGL JPM HD CVX PG", "p-d3": "",
    "p-101": "JNJ KO PG DUK ES LNT", "p-102": "AAPL MSFT AMZN GOOGL", "p-103": "JPM ICE BRK.B",
    "p-104-core": "AAPL JNJ JPM XOM HD KO", "p-104-tech": "AAPL MSFT GOOGL EBAY", "p-105": "BA GE AOS FTV DHR BAX",
}
known = {symbol for _, symbol in closes}
symbols = {portfolio: [s for s in text.split() if s in known] for portfolio, text in symbols.items()}
assert len(symbols["p-d1"]) == 5 and len(symbols["p-d2"]) == 7, symbols
portfolios = []
for place, portfolio in enumerate(symbols):
    client = {"p-d1": "d-1", "p-d2": "d-2", "p-d3": "d-3"}.get(portfolio, "c-" + portfolio[2:5])
    level = [5, 7, 3, 1, 9, 5, 5, 7, 3][place]
    volatility, var, drawdown, weight, sector = levels[level]
    portfolios.append((
        portfolio, "", client, "USD", level, volatility, var, drawdown, 5 + place, weight, sector, 0.01,
        "Energy" if portfolio == "p-102" else "", "KO" if portfolio == "p-103" else "", "north" if place % 2 else "south"))
wallets = [(f"w-{portfolio[2:]}", portfolio, "USD") for portfolio in symbols]
wallets.insert(2, ("w-d2-savings", "p-d2", "USD"))

rows = []
for place, (portfolio, held) in enumerate(symbols.items()):
    wallet = f"w-{portfolio[2:]}"
    cash = [20000, 35000, 5000, 60000, 80000, 45000, 120000, 50000, 70000][place]
    start = 20 + 25 * place
    rows.append((days[start], wallet, "deposit", "", "", "", cash, "", "", "", ""))
    if portfolio == "p-d2":
        rows.append((days[start], wallet, "transfer", "", "", "", 4000, "", "w-d2-savings", "", "savings"))
        cash -= 4000
    units = {}
    for step in range(3 if held else 0):
        at = start + 1 + step * 300
        budget = cash * 0.8 / max(1, len(held))
        for symbol in held:
            price = closes.get((days[at], symbol))
            quantity = int(budget / price) if price else 0
            if quantity == 0:
                continue
            fee = 1.5
            rows.append((days[at], wallet, "buy", symbol, quantity, f"{price:.4f}", "", fee, "", "", ""))
            cash -= quantity * round(price, 4) + fee
            units[symbol] = units.get(symbol, 0) + quantity
        for symbol in held:
            if units.get(symbol, 0) >= 4 and draw(3) == 0:
                day = days[at + 40 + draw(100)]
                price = closes.get((day, symbol))
                quantity = units[symbol] // (2 + draw(3))
                if price and quantity:
                    rows.append((day, wallet, "sell", symbol, quantity, f"{price:.4f}", "", 1.5, "", "", ""))
                    cash += quantity * round(price, 4) - 1.5
                    units[symbol] -= quantity
        for symbol in held:
            if units.get(symbol, 0) and draw(2) == 0:
                amount = round(0.3 * units[symbol], 2)
                rows.append((days[at + 200], wallet, "dividend", symbol, "", "", amount, "", "", "", ""))
                cash += amount
        if held:
            rows.append((days[at + 250], wallet, "fee", "", "", "", 12, "", "", "", "custody"))
            cash -= 12
    if portfolio in ("p-101", "p-105"):
        rows.append((days[1200], wallet, "withdrawal", "", "", "", 1000, "", "", "", ""))
    if portfolio == "p-104-core":
        rows.append((days[1210], wallet, "transfer", "AAPL", 5, "", "", "", "w-104-tech", "", "units, with their cost"))
rows.sort(key=lambda row: row[0])
write("advisors", ["id", "name"], [("adv-1", ""), ("adv-2", "")])
write("clients", ["id", "name", "advisor", "external_id"], clients)
write("portfolios", [
    "id", "name", "client", "currency", "risk_level", "max_volatility", "max_var", "max_drawdown", "horizon_years",
    "max_weight", "max_sector_weight", "min_cash", "excluded_sectors", "excluded_symbols", "label_branch"], portfolios)
write("wallets", ["id", "portfolio", "currency"], wallets)
write("transactions", [
    "id", "time", "wallet", "kind", "symbol", "quantity", "price", "amount", "fee", "to", "received", "note"],
    [(f"t-{number:04d}", *row[:8], *row[8:]) for number, row in enumerate(rows, 1)])
