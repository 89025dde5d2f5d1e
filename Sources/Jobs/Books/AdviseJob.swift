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
    let slots = Slots<AdvisedPortfolio>(count: portfolios.count)
    let isDone = try TileLoop(tiles: portfolios.count, workers: session.workers).run(
      isCancelled: isCancelled, room: {}
    ) { place, _ in
      slots.set(place, try advise(portfolios[place], market, answers[places[place]]))
    }
    guard isDone else { throw RunInterrupted() }
    let rows = slots.values
    let tables = AdviceTables(
      session: session, rows: rows, questions: questions, answers: answers, places: places,
      market: market)
    var warnings: [RunWarning] = []
    let unmarked = Set(rows.flatMap(\.unmarked)).sorted()
    if !unmarked.isEmpty {
      warnings.append(
        RunWarning(
          code: "unmarked", severity: .warning,
          message: "held without a price or a rate, and left out of equity: "
            + unmarked.joined(separator: ", ")))
    }
    return Outcome(
      report: BookReport(
        verb: "book advise", session: session, asOf: asOf, groups: tables.groups,
        warnings: warnings),
      failedCount: rows.count { $0.advice == nil })
  }

  private func advise(
    _ portfolio: Int, _ market: AdviceMarket, _ answer: Result<TargetAdvice, AdviceError>
  ) throws -> AdvisedPortfolio {
    let holdings = try Holdings(
      of: portfolio, in: session.book, market: session.market, asOf: asOf)
    let standing = PortfolioStanding(
      holdings, in: session.book, market: session.market,
      universe: market.universe(of: portfolio), wanted: [])
    var row = AdvisedPortfolio(
      portfolio: portfolio, equity: standing.equity, unmarked: standing.unmarked)
    do throws(AdviceError) {
      let target = try answer.get()
      let solver = try market.solver(session.book.portfolios[portfolio].currency.uppercased())
      row.advice = try PortfolioAdvice(
        current: standing.weights,
        cash: standing.equity > 0 ? standing.account.cash / standing.equity : .nan,
        target: target, solver)
    } catch {
      row.reason = "\(error)"
    }
    return row
  }
}

/// Advice for one portfolio, or why there is none.
struct AdvisedPortfolio: Sendable {
  var portfolio: Int
  var equity: Double
  var unmarked: [String]
  var advice: PortfolioAdvice?
  var reason = ""
}
