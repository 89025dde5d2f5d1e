import Books
import Kernels
import Market
import Risk

/// Volatility and VaR of what a portfolio holds, and what each symbol adds to VaR.
///
/// The same figures as `LimitChecker` has: historical, at today's weights.
public struct WeightRisk: Sendable {
  /// One symbol's part.
  public struct Part: Sendable {
    /// Column of the panel.
    public var column: Int
    /// Fraction of equity.
    public var weight: Double
    /// Part of VaR that the weight makes; parts add up to VaR, and are NaN if unknown.
    public var component: Double
    /// Change of VaR with the weight: component over weight.
    public var marginal: Double
  }

  /// Annual volatility; NaN if unknown.
  public private(set) var volatility = Double.nan
  /// VaR as a positive fraction of equity; NaN if unknown.
  public private(set) var valueAtRisk = Double.nan
  /// Expected shortfall at the level of VaR.
  public private(set) var shortfall = Double.nan
  /// Returns that these are of.
  public private(set) var observations = 0
  /// Symbols of the panel that are held.
  public private(set) var parts: [Part] = []
  /// Why figures are unknown; empty if they are known.
  public private(set) var reason = ""

  /// Looks at what is held.
  ///
  /// - Parameters:
  ///   - sample: in the portfolio's currency, of a panel whose columns are those of `market`.
  ///   - lookback: returns.
  public init(
    _ holdings: Holdings, in book: Book, market: BookMarket, _ sample: RiskSample,
    level: ConfidenceLevel, lookback: Int = Limit.commonLookback
  ) {
    let held = HeldWeights(holdings, in: book, market: market)
    let (columns, weights) = held.inPanel
    parts = zip(columns, weights).map {
      Part(column: $0, weight: $1, component: .nan, marginal: .nan)
    }
    if held.rows.isEmpty {
      (volatility, valueAtRisk, shortfall) = (0, 0, 0)
      return
    }
    guard held.reason.isEmpty else {
      reason = held.reason
      return
    }
    let past = sample.past(columns, weights)
    let returns = Array(past.returns.suffix(lookback))
    let least = min(RiskSample.leastReturns, lookback)
    guard returns.count >= least else {
      let whose = past.youngest.map { " of \(market.panel.symbols[$0].symbol)" } ?? ""
      reason = "\(returns.count) returns\(whose), and \(least) are needed"
      return
    }
    observations = returns.count
    volatility = sample.volatility(returns)
    let first = past.bars.upperBound - returns.count
    var values = Matrix(rows: returns.count, columns: columns.count)
    for row in returns.indices {
      for (place, column) in columns.enumerated() {
        let value = sample.returns.values[first + row, column]
        values[row, place] = value.isFinite ? weights[place] * value : 0
      }
    }
    do throws(RiskError) {
      let tail = try VaRCatalog.model("historical").forecast(
        returns, TailQuestion(levels: [level]))[0]
      (valueAtRisk, shortfall) = (tail.valueAtRisk, tail.expectedShortfall)
      let found = try RiskContributions(
        RiskParts(names: columns.map { market.panel.symbols[$0].symbol }, values: values),
        level: level, method: .historical)
      for (place, component) in found.componentVaR.enumerated() {
        parts[place].component = component
        parts[place].marginal = weights[place] == 0 ? .nan : component / weights[place]
      }
    } catch {
      reason = "\(error)"
    }
  }
}
