import Advice
import Books
import Kernels
import Market
import Risk
import Storage

/// Target weights for portfolios of a book, with reasons: each different question is answered once.
public struct AdviseJob: Sendable {
  /// What came out.
  public struct Outcome: Sendable {
    /// The tables.
    public let report: BookReport
    /// Portfolios without advice.
    public let failedCount: Int
  }

  let session: BookSession
  let portfolios: [Int]
  let asOf: Int64
  let policy: AdvicePolicy

  /// A job.
  ///
  /// - Parameters:
  ///   - portfolios: positions in the book.
  ///   - asOf: the first instant that nothing may be known of.
  public init(session: BookSession, portfolios: [Int], asOf: Int64, policy: AdvicePolicy) {
    self.session = session
    self.portfolios = portfolios
    self.asOf = asOf
    self.policy = policy
  }

  /// Advises.
  ///
  /// - Throws: `BooksError` where there are no prices yet; `RunInterrupted`.
  public func run(isCancelled: @escaping @Sendable () -> Bool = { false }) throws -> Outcome {
    let market = try AdviceMarket(session, portfolios: portfolios, asOf: asOf, policy: policy)
    let (questions, answers, places) = try market.targets(portfolios, isCancelled: isCancelled)
    let reasons = AdviceReasons(answers, symbols: session.market.panel.symbols.names)
    let found = InOrder<AdviceRows, AdviceRows>(AdviceRows()) { $0.add($1) }
    let tiles = PortfolioTiles(count: portfolios.count)
    let isDone = try TileLoop(tiles: tiles.tiles, workers: session.workers).run(
      isCancelled: isCancelled, room: {}
    ) { tile, _ in
      var rows = AdviceRows()
      for place in tiles[tile] {
        let question = places[place]
        try advise(portfolios[place], market, answers[question], &rows) { column, omission in
          reasons.place(question: question, column: column, omission: omission)
        }
      }
      found.add(tile, rows)
    }
    guard isDone else { throw RunInterrupted() }
    let rows = found.take(leaving: AdviceRows())
    let tables = AdviceTables(
      session: session, portfolios: portfolios, rows: rows, reasons: reasons,
      questions: questions, answers: answers, places: places, market: market)
    var warnings: [RunWarning] = []
    if !rows.unmarked.isEmpty {
      warnings.append(
        RunWarning(
          code: "unmarked", severity: .warning,
          message: "held without a price or a rate, and left out of equity: "
            + rows.unmarked.sorted().joined(separator: ", ")))
    }
    return Outcome(
      report: BookReport(
        verb: "book advise", session: session, asOf: asOf, groups: tables.groups,
        warnings: warnings),
      failedCount: rows.failedCount)
  }

  private func advise(
    _ portfolio: Int, _ market: AdviceMarket, _ answer: Result<TargetAdvice, AdviceError>,
    _ rows: inout AdviceRows, why: (_ column: Int, _ omission: Omission?) -> Int32
  ) throws {
    let holdings = try Holdings(
      of: portfolio, in: session.book, market: session.market, asOf: asOf)
    let standing = PortfolioStanding(
      holdings, in: session.book, market: session.market,
      universe: market.universe(of: portfolio), wanted: [])
    let found = Result { () throws(AdviceError) in
      let target = try answer.get()
      let solver = try market.solver(session.book.portfolios[portfolio].currency.uppercased())
      return try PortfolioAdvice(
        current: standing.weights,
        cash: standing.equity > 0 ? standing.account.cash / standing.equity : .nan,
        target: target, solver)
    }
    rows.add(portfolio, standing, found, why: why)
  }
}
