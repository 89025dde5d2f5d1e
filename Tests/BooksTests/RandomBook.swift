import Books
import Market
import TestSupport

/// A book of random but valid entries over a random market, and the same as plain dictionaries.
struct RandomBook {
  var book = Book(firm: Book.Firm(id: "firm"))
  let market: BookMarket
  /// All entries in order of time.
  private(set) var entries: [Entry] = []
  /// What is left after the last of them.
  private(set) var ledger = NaiveLedger()

  /// The ledger as dictionaries, with nothing of the code it judges.
  struct NaiveLedger {
    var cash: [Int: Double] = [:]
    var units: [Int: [Int: Double]] = [:]

    mutating func apply(_ entry: Entry, portfolio: Int) {
      cash[entry.wallet, default: 0] += entry.cash
      if let instrument = entry.instrument {
        units[portfolio, default: [:]][instrument, default: 0] += entry.units
      }
    }

    mutating func split(_ instrument: Int, _ ratio: Double) {
      for portfolio in units.keys { units[portfolio]?[instrument]? *= ratio }
    }
  }

  /// - Parameters:
  ///   - isForeign: whether some wallets, symbols and portfolios are in EUR.
  ///   - hasSplits: whether units are split now and then.
  init(
    seed: UInt64, portfolios: Int = 9, bars: Int = 300, count: Int = 400, isForeign: Bool = true,
    hasSplits: Bool = true
  ) throws {
    var random = TestRandom(seed: seed)
    func cents(_ random: inout TestRandom, _ range: ClosedRange<Int>) -> Double {
      Double(random.int(range)) / 100
    }
    let symbols = 7
    var closes: [(String, [Double])] = []
    for symbol in 0..<symbols {
      var price = cents(&random, 500...20_000)
      var row: [Double] = []
      for _ in 0..<bars {
        price *= 1 + Double(random.int(-300...310)) / 10_000
        // A hole now and then, after the first bar.
        row.append(!row.isEmpty && random.one(in: 20) ? .nan : price)
      }
      closes.append(("S\(symbol)", row))
    }
    let foreign = (0..<symbols).map { isForeign && $0 % 3 == 2 }
    let panel = Sample.panel(closes, currencies: foreign.map { $0 ? "EUR" : "USD" }, firstDay: 10)
    book.instruments = closes.indices.map { Book.Instrument(symbol: "S\($0)") }
    var euro = 1.1
    let rates = (0..<bars).map { _ in
      euro *= 1 + Double(random.int(-50...50)) / 10_000
      return euro
    }
    var splits: [[BookMarket.Split]] = book.instruments.map { _ in [] }
    if hasSplits {
      for symbol in 0..<symbols where !random.one(in: 3) {
        splits[symbol] = (0..<random.int(1...3)).map { _ in random.int(20...bars) }.sorted().map {
          BookMarket.Split(
            timeNs: Int64($0) * Sample.day, ratio: random.pick([2, 3, 0.5, 1.5, 0.1]))
        }
      }
    }
    market = try BookMarket(
      panel: panel, instruments: book.instruments, splits: splits, currency: "USD",
      rates: isForeign ? ["EUR": rates] : [:])

    book.advisors = [Book.Advisor(id: "a0"), Book.Advisor(id: "a1")]
    book.clients = (0..<4).map { Book.Client(id: "c\($0)", advisor: $0 % 2) }
    for portfolio in 0..<portfolios {
      book.portfolios.append(
        Book.Portfolio(
          id: "p\(portfolio)", client: portfolio % 4,
          currency: isForeign && portfolio % 4 == 3 ? "EUR" : "USD"))
      book.wallets.append(Book.Wallet(id: "w\(portfolio)", portfolio: portfolio))
      if isForeign {
        book.wallets.append(Book.Wallet(id: "e\(portfolio)", portfolio: portfolio, currency: "EUR"))
      }
    }
    book.labels = [
      Book.Label(name: "branch", texts: (0..<portfolios).map { $0 % 2 == 0 ? "south" : "north" })
    ]
    let pending = splits.enumerated().flatMap { symbol, all in
      all.map { ($0.timeNs, symbol, $0.ratio) }
    }
    .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
    var next = 0
    var times = (0..<count).map { _ in Int64(random.int(0...(bars + 12) * 4)) * (Sample.day / 4) }
    times.sort()
    for (place, time) in times.enumerated() {
      while next < pending.count, pending[next].0 <= time {
        ledger.split(pending[next].1, pending[next].2)
        next += 1
      }
      add(&random, place, time, foreign: foreign, isForeign: isForeign, closes: closes)
    }
    while next < pending.count {
      ledger.split(pending[next].1, pending[next].2)
      next += 1
    }
    book.entries = EntryTable(
      entries, portfolioOf: book.wallets.map(\.portfolio), portfolioCount: portfolios)
  }

  private mutating func post(_ entry: Entry) {
    ledger.apply(entry, portfolio: book.wallets[entry.wallet].portfolio)
    entries.append(entry)
  }

  private mutating func add(
    _ random: inout TestRandom, _ place: Int, _ time: Int64, foreign: [Bool], isForeign: Bool,
    closes: [(String, [Double])]
  ) {
    let portfolio = random.int(0...book.portfolios.count - 1)
    let symbol = random.int(0...foreign.count - 1)
    let wallets = isForeign ? 2 : 1
    let wallet = portfolio * wallets + (foreign[symbol] ? 1 : 0)
    let cash = ledger.cash[wallet] ?? 0
    let held = ledger.units[portfolio]?[symbol] ?? 0
    let price = Double(random.int(500...20_000)) / 100
    let fee = Double(random.int(0...300)) / 100
    let other = random.int(0...book.portfolios.count - 1)
    var entry = Entry(
      timeNs: time, sequence: Int64(place), wallet: wallet, kind: .deposit,
      cash: Double(random.int(100_000...5_000_000)) / 100)
    switch random.int(0...11) {
    case 0, 1: break
    case 2:
      // All of it now and then.
      entry.kind = .withdrawal
      entry.cash = random.one(in: 3) ? -cash : -(cash * 0.3)
    case 3, 4, 5, 6:
      entry.kind = .buy
      (entry.instrument, entry.fee, entry.price) = (symbol, fee, price)
      entry.units = Double(Int(max(0, cash - fee) / price * Double(random.int(1...100)))) / 100
      entry.cash = -(entry.units * price) - fee
      if entry.units == 0 { return }
    case 7, 8:
      entry.kind = .sell
      (entry.instrument, entry.fee, entry.price) = (symbol, fee, price)
      entry.units = random.one(in: 2) ? -held : -held * 0.37
      entry.cash = -entry.units * price - fee
      if held <= 0 || cash + entry.cash < 0 { return }
    case 9:
      (entry.kind, entry.instrument) = (.dividend, random.one(in: 2) ? symbol : nil)
      entry.cash = Double(random.int(1...5000)) / 100
    case 10:
      (entry.kind, entry.instrument) = (.fee, random.one(in: 2) ? symbol : nil)
      entry.cash = -min(fee, cash)
    default:
      transfer(&random, entry, other, held, cash, fee, symbol, foreign)
      return
    }
    if entry.cash != 0 || entry.units != 0 { post(entry) }
  }

  private mutating func transfer(
    _ random: inout TestRandom, _ template: Entry, _ other: Int, _ held: Double, _ cash: Double,
    _ fee: Double, _ symbol: Int, _ foreign: [Bool]
  ) {
    let wallets = book.wallets.count / book.portfolios.count
    var (out, into) = (template, template)
    (out.kind, into.kind) = (.transferOut, .transferIn)
    into.wallet = other * wallets + (foreign[symbol] ? 1 : 0)
    if into.wallet == out.wallet { return }
    (out.counter, into.counter) = (into.wallet, out.wallet)
    out.fee = min(fee, cash)
    if random.one(in: 2) {
      (out.instrument, into.instrument) = (symbol, symbol)
      out.units = -held * 0.5
      into.units = -out.units
      (out.cash, into.cash, into.price, out.price) = (-out.fee, 0, 50, 50)
      if held <= 0 { return }
    } else {
      let amount = (cash - out.fee) * 0.4
      (out.cash, into.cash) = (-amount - out.fee, amount)
      if amount <= 0 { return }
    }
    post(out)
    post(into)
  }
}
