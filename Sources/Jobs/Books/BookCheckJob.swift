import Advice
import Books
import Market
import Storage

/// Holds portfolios of a book to their profiles and to a file of rules.
public struct BookCheckJob: Sendable {
  /// What came out.
  public struct Outcome: Sendable {
    /// The tables.
    public let report: BookReport
    /// Rules that are broken, one for each portfolio.
    public let breachCount: Int
    /// Portfolios that break a rule.
    public let portfolioCount: Int
    /// Rules of which it can't be told.
    public let unknownCount: Int
  }

  let session: BookSession
  let portfolios: [Int]
  let asOf: Int64
  let rules: LimitRuleFile
  let showsAll: Bool

  /// A job.
  ///
  /// - Parameters:
  ///   - portfolios: positions in the book.
  ///   - asOf: the first instant that no longer counts.
  ///   - showsAll: whether rules that are kept have rows too.
  public init(
    session: BookSession, portfolios: [Int], asOf: Int64, rules: LimitRuleFile = LimitRuleFile(),
    showsAll: Bool = false
  ) {
    self.session = session
    self.portfolios = portfolios
    self.asOf = asOf
    self.rules = rules
    self.showsAll = showsAll
  }

  /// Checks.
  ///
  /// - Throws: `BooksError.beforePrices`, `RunInterrupted`.
  public func run(isCancelled: @escaping @Sendable () -> Bool = { false }) throws -> Outcome {
    let checker = LimitChecker(
      book: session.book, market: session.market, rules: rules.rules,
      usesProfiles: rules.usesProfiles,
      samples: try session.riskSamples(portfolios, asOf: asOf, rules: rules.rules))
    guard
      let found = try LimitSweep(checker, asOf: asOf).run(
        portfolios, keepsAll: showsAll, workers: session.workers, isCancelled: isCancelled)
    else { throw RunInterrupted() }
    var warnings: [RunWarning] = []
    if found.tallies.isEmpty {
      warnings.append(
        RunWarning(
          code: "no_limits", severity: .warning,
          message:
            "there was nothing to check: no profile has a limit, and no rule binds these portfolios"
        ))
    }
    return Outcome(
      report: BookReport(
        verb: "book check", session: session, asOf: asOf,
        groups: [checkGroup(found.checks), ruleGroup(found)], warnings: warnings),
      breachCount: found.breachCount, portfolioCount: found.breachingPortfolios,
      unknownCount: found.unknownCount)
  }

  private func checkGroup(_ checks: [LimitCheck]) -> ResultGroup {
    let book = session.book
    func texts(_ name: String, _ value: (LimitCheck) -> String) -> ResultGroup.Variable {
      .init(name, ["row"], .texts(checks.map(value)))
    }
    func numbers(_ name: String, _ definition: String, _ value: (LimitCheck) -> Double)
      -> ResultGroup.Variable
    {
      .init(name, ["row"], checks.map(value), definition: definition)
    }
    return ResultGroup(
      "checks", title: showsAll ? "Limits" : "Limits that are broken, or can't be told",
      dimensions: [.init("row", .integers(checks.indices.map { Int64($0 + 1) }))],
      variables: [
        texts("portfolio") { book.portfolios[$0.portfolio].id },
        texts("rule", \.rule), texts("kind", \.kind.rawValue), texts("subject", \.subject),
        numbers("limit", "the most that the value may be; of cash the least", \.threshold),
        numbers("value", "a fraction of equity; of leverage a multiple", \.value),
        texts("status", \.status.rawValue), texts("reason", \.reason),
        texts("client") { book.clients[book.portfolios[$0.portfolio].client].id }.inFile,
        ResultGroup.Variable(
          "observations", ["row"], .integers(checks.map { Int64($0.observations) })
        ).inFile,
      ])
  }

  private func ruleGroup(_ found: LimitSweep.Outcome) -> ResultGroup {
    func counts(_ name: String, _ value: (LimitSweep.Tally) -> Int) -> ResultGroup.Variable {
      .init(name, ["rule"], .integers(found.tallies.map { Int64(value($0.tally)) }))
    }
    return ResultGroup(
      "rules", title: "Rules by number of portfolios",
      dimensions: [.init("rule", .texts(found.tallies.map(\.rule)))],
      variables: [
        .init("kind", ["rule"], .texts(found.tallies.map(\.kind.rawValue))),
        counts("ok", \.ok), counts("breach", \.breach), counts("unknown", \.unknown),
      ])
  }
}

extension BookSession {
  /// Past returns for the risk of portfolios, by their currencies.
  ///
  /// - Throws: `BooksError.beforePrices`, `StorageError`.
  func riskSamples(_ portfolios: [Int], asOf: Int64, rules: [Limit] = [], least: Int = 0) throws
    -> [String: RiskSample]
  {
    let lookback = max(least, LimitChecker.lookback(book, portfolios, rules: rules))
    guard let bar = market.bar(endedBy: asOf), lookback > 0 else { return [:] }
    let (whole, dividends) = try wholeMarket()
    var samples: [String: RiskSample] = [:]
    for currency in Set(portfolios.map { book.portfolios[$0].currency.uppercased() }).sorted() {
      samples[currency] = RiskSample(
        AdviceUniverse(
          market: whole, dividends: dividends, currency: currency, bar: bar,
          lookback: RiskSample.bars(lookback, of: market.panel)))
    }
    return samples
  }
}
