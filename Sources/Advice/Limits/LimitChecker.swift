import Books
import Kernels
import Risk

/// Holds portfolios of a book to their profiles and to further rules, as of an instant.
public struct LimitChecker: Sendable {
  /// The book.
  public let book: Book
  /// Its prices.
  public let market: BookMarket
  /// Rules beside those of profiles.
  public let rules: [Limit]
  /// Whether profiles count.
  public let usesProfiles: Bool
  /// Past returns by currency of portfolios, in upper case.
  public let samples: [String: RiskSample]

  /// A checker.
  ///
  /// - Parameter samples: of panels whose columns are those of `market`.
  public init(
    book: Book, market: BookMarket, rules: [Limit] = [], usesProfiles: Bool = true,
    samples: [String: RiskSample]
  ) {
    self.book = book
    self.market = market
    self.rules = rules
    self.usesProfiles = usesProfiles
    self.samples = samples
  }

  /// Rules that bind a portfolio: those of its profile first.
  public func limits(of portfolio: Int) -> [Limit] {
    (usesProfiles ? book.portfolios[portfolio].profile.limits : [])
      + rules.filter { $0.portfolios?.contains(portfolio) ?? true }
  }

  /// The longest look back that portfolios need for their risk; 0 if none does.
  public static func lookback(_ book: Book, _ portfolios: [Int], rules: [Limit]) -> Int {
    let profiles = portfolios.contains {
      book.portfolios[$0].profile.limits.contains { $0.kind.needsReturns }
    }
    return rules.filter(\.kind.needsReturns).map(\.lookback).max().map {
      max($0, profiles ? Limit.commonLookback : 0)
    } ?? (profiles ? Limit.commonLookback : 0)
  }

  /// Checks one portfolio.
  ///
  /// - Parameters:
  ///   - holdings: what it owns.
  ///   - drawdowns: deepest drawdown by lookback, as a positive fraction; NaN if unknown.
  /// - Returns: one row for each rule, and where a rule is broken by several symbols or sectors one for each.
  public func checks(_ holdings: Holdings, drawdowns: [Int: Double]) -> [LimitCheck] {
    let held = HeldWeights(holdings, in: book, market: market)
    let currency = book.portfolios[holdings.portfolio].currency.uppercased()
    var risk = RiskFigures(held, samples[currency], market)
    return limits(of: holdings.portfolio).flatMap { limit in
      switch limit.kind {
      case .valueAtRisk, .volatility: [risk.check(limit, holdings.portfolio)]
      case .drawdown:
        [drawdown(limit, holdings.portfolio, drawdowns[limit.lookback] ?? .nan)]
      case .leverage: [figure(limit, holdings.portfolio, held.leverage, held.reason)]
      case .cash: [figure(limit, holdings.portfolio, held.cash, held.reason)]
      case .weight:
        parts(limit, holdings.portfolio, held.rows.map { ($0.symbol, $0.weight) }, held.reason)
      case .sectorWeight: parts(limit, holdings.portfolio, held.sectors, held.reason)
      case .symbol:
        list(limit, holdings.portfolio, held.rows.map { ($0.symbol, $0.weight) })
      case .sector: list(limit, holdings.portfolio, held.sectors)
      }
    }
  }

  private func figure(
    _ limit: Limit, _ portfolio: Int, _ value: Double, _ reason: String
  ) -> LimitCheck {
    if value.isNaN {
      return LimitCheck(limit, portfolio, value: .nan, status: .unknown, reason: reason)
    }
    return LimitCheck(
      limit, portfolio, value: value, status: limit.isBroken(by: value) ? .breach : .ok,
      reason: value.isInfinite ? reason : "")
  }

  private func drawdown(_ limit: Limit, _ portfolio: Int, _ value: Double) -> LimitCheck {
    figure(limit, portfolio, value, "no price or rate of something held during its history")
  }

  /// Every symbol or sector that breaks the rule, or the one that comes nearest to it.
  private func parts(
    _ limit: Limit, _ portfolio: Int, _ parts: [(name: String, weight: Double)], _ reason: String
  ) -> [LimitCheck] {
    let asked = limit.names.isEmpty ? parts : parts.filter { limit.names.contains($0.name) }
    if asked.isEmpty { return [LimitCheck(limit, portfolio, value: 0, status: .ok)] }
    if !reason.isEmpty {
      return [LimitCheck(limit, portfolio, value: .nan, status: .unknown, reason: reason)]
    }
    let broken = asked.filter { limit.isBroken(by: $0.weight.magnitude) }
    if !broken.isEmpty {
      return broken.map {
        LimitCheck(
          limit, portfolio, value: $0.weight.magnitude, status: .breach, subject: $0.name)
      }
    }
    var largest = asked[0]
    for part in asked where part.weight.magnitude > largest.weight.magnitude { largest = part }
    return [
      LimitCheck(
        limit, portfolio, value: largest.weight.magnitude, status: .ok, subject: largest.name)
    ]
  }

  private func list(
    _ limit: Limit, _ portfolio: Int, _ parts: [(name: String, weight: Double)]
  ) -> [LimitCheck] {
    let broken = parts.filter { !limit.allows($0.name) }
    if broken.isEmpty { return [LimitCheck(limit, portfolio, value: 0, status: .ok)] }
    return broken.map {
      LimitCheck(
        limit, portfolio, value: $0.weight, status: .breach, subject: $0.name,
        reason: limit.excluded.contains($0.name) ? "excluded" : "not among those allowed")
    }
  }
}
