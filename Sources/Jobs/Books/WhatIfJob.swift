import Advice
import Books
import Interchange
import Market
import Risk
import Storage

/// What a portfolio would hold, cost and risk if some trades were done now; the book is only read.
public struct WhatIfJob: Sendable {
  /// What is asked.
  public struct Options: Sendable {
    /// Trades as texts: `buy 10 AAPL`, `sell 5 MSFT @ 85.2`, in their order.
    public var trades: [String] = []
    /// CSV files of transactions, as `apus book import` reads them, after the texts; their times don't count.
    public var files: [String] = []
    /// Costs of trades that are texts.
    public var costs = TradeCosts()
    /// Confidence of VaR in the tables.
    public var level = 0.95
    /// Returns that volatility and VaR of the tables look back on.
    public var lookback = Limit.commonLookback

    /// No trades.
    public init() {}
  }

  /// What came out.
  public struct Outcome: Sendable {
    /// The tables.
    public let report: BookReport
    /// Rules that the trades break.
    public let newBreachCount: Int
  }

  let session: BookSession
  let portfolio: Int
  let asOf: Int64
  let rules: LimitRuleFile
  let options: Options

  /// A job.
  ///
  /// - Parameters:
  ///   - portfolio: its position in the book.
  ///   - asOf: the first instant that no longer counts; trades are done just before it.
  public init(
    session: BookSession, portfolio: Int, asOf: Int64, rules: LimitRuleFile = LimitRuleFile(),
    options: Options
  ) {
    self.session = session
    self.portfolio = portfolio
    self.asOf = asOf
    self.rules = rules
    self.options = options
  }

  /// Asks what would be.
  ///
  /// - Throws: `AdviceError.trade` for a trade that can't be done, `BooksError`, `ImportError`.
  public func run() throws -> Outcome {
    var book = session.book
    let holdings = try Holdings(of: portfolio, in: book, market: session.market, asOf: asOf)
    let steps = try steps(&book)
    // Symbols that only the trades name are at the end, so what is held keeps its places.
    let market = try session.market.replacing(book.instruments)
    let found = try WhatIf(steps, holdings, in: book, market: market, costs: options.costs)

    let samples = try session.riskSamples(
      [portfolio], asOf: asOf, rules: rules.rules, least: options.lookback)
    let checker = LimitChecker(
      book: book, market: market, rules: rules.rules, usesProfiles: rules.usesProfiles,
      samples: samples)
    let drawdowns =
      try LimitSweep.drawdowns(checker, [portfolio], asOf: asOf, workers: session.workers)?.first
      ?? [:]
    let changes = LimitChange.pairs(
      checker.checks(found.before, drawdowns: drawdowns),
      checker.checks(found.after, drawdowns: drawdowns))
    let sample = samples[book.portfolios[portfolio].currency.uppercased()]
    let level = try ConfidenceLevel(options.level)
    func risk(_ holdings: Holdings) -> WeightRisk? {
      sample.map {
        WeightRisk(
          holdings, in: book, market: market, $0, level: level, lookback: options.lookback)
      }
    }
    let tables = WhatIfTables(
      book: book, market: market, found: found, changes: changes,
      before: risk(found.before), after: risk(found.after), level: options.level)
    return Outcome(
      report: BookReport(
        verb: "book what-if", session: session, asOf: asOf, groups: tables.groups),
      newBreachCount: changes.count { $0.kind == .newBreach })
  }

  /// The trades, with symbols that the book has not yet put at the end of its own.
  private func steps(_ book: inout Book) throws -> [(origin: String, step: WhatIf.Step)] {
    var steps: [(origin: String, step: WhatIf.Step)] = []
    var symbols = BookSymbols(
      book.instruments, known: session.market.panel.symbols, panel: session.market.panel.name)
    for text in options.trades {
      let trade = try TradeText(text)
      let instrument: Int
      do throws(TransactionBatch.Fault) {
        instrument = try symbols.place(of: trade.symbol)
      } catch {
        throw AdviceError.trade(origin: "'\(text)'", reason: error.reason)
      }
      let units = trade.quantity.map { trade.isPurchase ? $0 : -$0 }
      steps.append(
        ("'\(text)'", .order(instrument: instrument, units: units, price: trade.price)))
    }
    if !options.files.isEmpty {
      var reader = TransactionReader(book, symbols: symbols)
      var batch = TransactionBatch()
      for file in options.files { try reader.read(file, into: &batch) }
      symbols = reader.symbols
      for row in batch.transactions {
        let mine = row.entries.filter { book.wallets[$0.wallet].portfolio == portfolio }
        // Of a transfer the side that is this portfolio's; nothing else may be another's.
        for entry in mine.isEmpty ? row.entries : mine {
          steps.append(("\(row.file), line \(row.line)", .entry(entry)))
        }
      }
    }
    book.instruments = symbols.instruments
    return steps
  }
}

extension BookMarket {
  /// The same prices for other instruments, which begin with those of this market.
  func replacing(_ instruments: [Book.Instrument]) throws(BooksError) -> BookMarket {
    if instruments.count == columns.count { return self }
    let added = [[Split]](repeating: [], count: instruments.count - columns.count)
    return try BookMarket(
      panel: panel, instruments: instruments, splits: splits + added, currency: currency,
      rates: rates)
  }
}
