import Books
import Foundation
import Jobs
import Market
import Metrics
import Storage
import TestSupport
import Testing

/// Metrics of a book as tables.
@Suite struct BookMetricsTests {
  private func groups(
    _ session: BookSession, _ change: (inout BookMetrics.Options) -> Void
  ) throws -> [ResultGroup] {
    var options = BookMetrics.Options()
    change(&options)
    return try BookMetrics(
      session, portfolios: Array(session.book.portfolios.indices), options: options
    ).groups()
  }

  private func numbers(_ group: ResultGroup, _ name: String) throws -> [Double] {
    let variable = try #require(group.variables.first { $0.name == name }, "\(name)")
    guard case .doubles(let values) = variable.values else { return [] }
    return values
  }

  private func texts(_ group: ResultGroup, _ name: String) throws -> [String] {
    let variable = try #require(group.variables.first { $0.name == name }, "\(name)")
    guard case .texts(let values) = variable.values else { return [] }
    return Array(values)
  }

  @Test(
    "the whole catalogue at every level: same bits for any workers, a reason for each that is missing",
    arguments: BookMetrics.Level.allCases)
  func levels(level: BookMetrics.Level) throws {
    let sample = try HistoryBook()
    let found = try [1, 2, 7].map { workers in
      try groups(try sample.session(workers: workers)) {
        $0.level = level
        $0.metrics = MetricCatalog.all
        $0.benchmark = "BBB"
        $0.rolling = [.init(metric: "sharpe", window: 20), .init(metric: "beta", window: 30)]
      }
    }
    func bits(_ groups: [ResultGroup]) -> [[UInt64]] {
      groups.flatMap(\.variables).compactMap {
        if case .doubles(let values) = $0.values { values.map(\.bitPattern) } else { nil }
      }
    }
    #expect(bits(found[0]) == bits(found[1]) && bits(found[0]) == bits(found[2]))
    let table = found[0][0]
    let reasons = try texts(table, "reason")
    let rows = ["portfolio": 6, "client": 5, "advisor": 2, "firm": 1, "sector": 2, "symbol": 3]
    #expect(reasons.count == rows[level.rawValue])
    for metric in MetricCatalog.all {
      for (value, reason) in zip(try numbers(table, metric.name), reasons) {
        #expect(!value.isNaN || reason.contains(metric.name) || reason.hasPrefix("no money"))
      }
    }
    // All that no simulation is needed for, but for trades that nobody closed and years that are not there.
    let defined = try MetricCatalog.all.count { !(try numbers(table, $0.name)[0]).isNaN }
    #expect(defined > 110, "\(defined)")
    let sharpe = try numbers(found[0][1], "sharpe_20")
    #expect(sharpe.count == 120 * reasons.count && sharpe.contains { $0.isFinite })
  }

  @Test(
    "a portfolio's metrics are those of its history, and the last rolling window's those of its end"
  )
  func portfolio() throws {
    let session = try HistoryBook().session()
    let found = try groups(session) {
      $0.metrics = ["sharpe", "total_return", "max_drawdown"].compactMap {
        MetricCatalog.metric(named: $0)
      }
      $0.rolling = [.init(metric: "volatility", window: 10)]
    }
    let history = try PortfolioHistory(
      of: 0, in: session.book, market: session.market, bars: 0..<120)
    let lane = LaneSummary(returns: history.returns.filter { !$0.isNaN }, barsPerYear: 252)
    for name in ["sharpe", "total_return", "max_drawdown"] {
      let wanted = try #require(MetricCatalog.metric(named: name)).value(of: lane).number
      let value = try numbers(found[0], name)[0]
      #expect(abs(value - wanted) < 1e-9, "\(name)")
    }
    let tail = LaneSummary(returns: Array(history.returns.suffix(10)), barsPerYear: 252)
    let wanted = try #require(MetricCatalog.metric(named: "volatility")).value(of: tail).number
    let rolling = try numbers(found[1], "volatility_10")
    #expect(abs(rolling[119 * 6] - wanted) < 1e-9)
  }

  @Test(
    "a benchmark is told in the currency of the row: who holds it alone, in euros, has a beta of 1")
  func benchmarkInCurrency() throws {
    let folder = try ScratchFolder()
    let bars = 60
    func draft(_ name: String, _ symbol: String, _ currency: String, _ closes: [Double])
      -> PanelDraft
    {
      PanelDraft(
        name: name, timeNs: (0..<bars).map { Int64($0) * Calendar.dayNs },
        symbols: [.init(symbol: symbol, currency: currency)], calendar: Calendar(.crypto),
        frequencyNs: Calendar.dayNs, fields: [.init(name: "close", values: closes)])
    }
    let closes = (0..<bars).map { 50 + Double(($0 * 7) % 11) }
    let rates = (0..<bars).map { 1.1 + Double(($0 * 5) % 7) / 100 }
    try PriceStore.write(
      [draft("days", "AAA", "USD", closes), draft("fx", "EURUSD", "", rates)],
      to: folder.path("prices.h5"))
    var book = Book(firm: .init(id: "f", currency: "USD"))
    (book.prices.store, book.prices.panel, book.prices.rates) = ("prices.h5", "days", "fx")
    book.advisors = [.init(id: "a")]
    book.clients = [.init(id: "c", advisor: 0)]
    book.instruments = [.init(symbol: "AAA", currency: "USD")]
    for (place, currency) in ["EUR", "USD"].enumerated() {
      book.portfolios.append(.init(id: currency, client: 0, currency: currency))
      book.wallets.append(.init(id: "w-\(currency)", portfolio: place, currency: "USD"))
    }
    let entries = (0...1).flatMap { wallet in
      [
        Entry(timeNs: 0, sequence: Int64(2 * wallet), wallet: wallet, kind: .deposit, cash: 500),
        Entry(
          timeNs: 0, sequence: Int64(2 * wallet + 1), wallet: wallet, kind: .buy, instrument: 0,
          cash: -500, units: 10, price: 50),
      ]
    }
    book.entries = EntryTable(entries, portfolioOf: [0, 1], portfolioCount: 2)
    try BookStore.write(book, to: folder.path("book.h5"))
    let session = try BookSession.open(folder.path("book.h5"))
    let table = try groups(session) {
      $0.metrics = MetricCatalog.all
      $0.benchmark = "AAA"
      $0.span = Calendar.dayNs..<(.max)
    }[0]
    #expect(try texts(table, "currency") == ["EUR", "USD"])
    let inEuros = closes[bars - 1] / closes[0] * rates[0] / rates[bars - 1] - 1
    for (name, expected) in [
      ("beta", [1, 1]), ("tracking_error", [0, 0]),
      ("benchmark_return", [inEuros, closes[bars - 1] / closes[0] - 1]),
      ("total_return", [inEuros, closes[bars - 1] / closes[0] - 1]),
    ] {
      for (value, expected) in zip(try numbers(table, name), expected) {
        #expect(abs(value - expected) < 1e-12, "\(name)")
      }
    }
  }

  @Test("symbols and sectors add up: a sector of one symbol has its metrics")
  func sectors() throws {
    let session = try HistoryBook().session()
    let symbols = try groups(session) { $0.level = .symbol }[0]
    let sectors = try groups(session) { $0.level = .sector }[0]
    #expect(sectors.labels(of: "sector") == .texts(["Energy", "Tech"]))
    for metric in BookMetrics.defaultMetrics {
      #expect(try numbers(symbols, metric.name)[1] == numbers(sectors, metric.name)[0])
    }
    let last = try numbers(symbols, "final_equity")
    let tech = try numbers(sectors, "final_equity")[1]
    #expect(abs(last[0] + last[2] - tech) < 1e-6)
  }

  @Test("an asset: who holds it adds up to the book; a wrong symbol gets the nearest")
  func asset() throws {
    let sample = try HistoryBook()
    defer { withExtendedLifetime(sample) {} }
    let session = try sample.session()
    let all = Array(session.book.portfolios.indices)
    var options = BookMetrics.Options()
    options.benchmark = "BBB"
    options.metrics = ["beta", "correlation", "sharpe"].compactMap {
      MetricCatalog.metric(named: $0)
    }
    func asset(_ symbol: String) throws -> [ResultGroup] {
      try BookAsset(
        session, symbol: symbol, portfolios: all, asOf: session.market.lastEnd, options: options
      ).groups()
    }
    let own = try asset("BBB")
    let metrics = try #require(own.first { $0.name == "metrics" })
    #expect(abs(try numbers(metrics, "value")[0] - 1) < 1e-9)
    let holders = try #require(own.first { $0.name == "holders" })
    let totals = try #require(own.first { $0.name == "book_totals" })
    let value = try numbers(holders, "value").reduce(0, +)
    #expect(abs(value - (try numbers(totals, "value")[0])) < 1e-9)
    // Of each holder: units as its ledger has them.
    guard case .texts(let ids)? = holders.labels(of: "portfolio") else {
      Issue.record("holders have no names")
      return
    }
    for (id, units) in zip(ids, try numbers(holders, "units")) {
      let portfolio = try #require(session.book.portfolios.firstIndex { $0.id == id })
      let ledger = BookLedger(of: portfolio, in: session.book, market: session.market)
      #expect(ledger.units(1) == units)
    }
    #expect(throws: BookMetricsError.notInBook("BBC", nearest: "BBB")) { try asset("BBC") }
  }

  @Test("a statement's tables tie out")
  func statement() throws {
    let session = try HistoryBook().session()
    let all = Array(session.book.portfolios.indices)
    let groups = BookStatement(
      session.book, portfolios: all, span: .min..<(.max), level: .firm
    ).groups
    let wallets = groups[0]
    let tie = zip(
      try numbers(wallets, "closing"),
      zip(try numbers(wallets, "received"), try numbers(wallets, "paid")))
    for (closing, (received, paid)) in tie { #expect(abs(received - paid - closing) < 1e-6) }
    let amounts = try numbers(groups[1], "amount")
    #expect(amounts.count == session.book.entries.count)
    let fees = try numbers(groups[2], "fees").reduce(0, +)
    #expect(fees == session.book.entries.fee.reduce(0, +))
  }
}
