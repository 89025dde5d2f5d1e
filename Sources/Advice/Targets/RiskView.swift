import Kernels
import Risk

/// What is known of the risk of some weights, by estimates and by the past that they were made of.
///
/// Cash has no risk. A weight in a symbol without enough returns counts in `unknownWeight` alone.
public struct RiskView: Sendable {
  /// Annual volatility; components add up to it.
  public private(set) var volatility = 0.0
  /// Historical VaR of a bar at 95 %: a positive fraction of equity.
  public private(set) var valueAtRisk = 0.0
  /// Historical expected shortfall of a bar at 95 %.
  public private(set) var shortfall = 0.0
  /// Deepest drawdown of the weights over the past, as a positive fraction.
  public private(set) var drawdown = 0.0
  /// Expected return a year beyond that of cash, by the estimates.
  public private(set) var expectedReturn = 0.0
  /// Volatilities of the parts over that of the whole: 1 for one symbol; NaN without any.
  public private(set) var diversification = Double.nan
  /// 1 / Σ shares², where shares add up to 1; 0 without weights.
  public private(set) var effectiveHoldings = 0.0
  /// Sum of the sizes of weights that nothing is known of.
  public private(set) var unknownWeight = 0.0
  /// Change of the annual volatility with each weight; NaN where unknown: `[K]`.
  public private(set) var marginal: [Double] = []
  /// Part of the annual volatility that each weight makes; NaN where unknown: `[K]`.
  public private(set) var component: [Double] = []
  /// Returns of the weights at the past bars: `[T]`.
  let past: [Double]

  /// Looks at weights.
  ///
  /// - Parameters:
  ///   - columns: of the universe: `[K]`.
  ///   - weights: fractions of equity: `[K]`.
  ///   - riskFree: a year.
  /// - Throws: `RiskError.algebra`.
  public init(
    columns: [Int], weights: [Double], _ estimates: AdviceEstimates, riskFree: Double = 0
  ) throws(RiskError) {
    try self.init(RiskBasis(columns, estimates), weights: weights, riskFree: riskFree)
  }

  /// Looks at weights of symbols that were gathered.
  init(_ basis: RiskBasis, weights: [Double], riskFree: Double = 0) throws(RiskError) {
    precondition(basis.columns.count == weights.count, "a weight for each symbol")
    let estimates = basis.estimates
    let barsPerYear = estimates.returns.barsPerYear
    let held = basis.known.map { weights[$0] }
    let slopes = try basis.slopes(held)
    let year = barsPerYear.squareRoot()
    let deviation = max(0, LinearAlgebra.dot(held, slopes)).squareRoot()
    volatility = deviation * year
    marginal = weights.map { _ in .nan }
    component = marginal
    var isKnown = weights.map { _ in false }
    var (alone, gross, squares) = (0.0, 0.0, 0.0)
    for (row, place) in basis.known.enumerated() {
      isKnown[place] = true
      marginal[place] = deviation > 0 ? slopes[row] / deviation * year : 0
      component[place] = held[row] * marginal[place]
      alone += held[row].magnitude * max(0, basis.covariance[row, row]).squareRoot()
      gross += held[row].magnitude
      squares += held[row] * held[row]
      expectedReturn +=
        held[row] * (estimates.expectedReturns[basis.order[row]] * barsPerYear - riskFree)
    }
    if deviation > 0 { diversification = alone / deviation }
    if squares > 0 { effectiveHoldings = gross * gross / squares }
    for place in weights.indices where !isKnown[place] { unknownWeight += weights[place].magnitude }
    past = basis.past(held)
    drawdown = Self.drawdown(past, scale: 1)
    guard held.contains(where: { $0 != 0 }) else { return }
    let tail = try RiskBasis.tail(past)
    (valueAtRisk, shortfall) = (tail.valueAtRisk, tail.expectedShortfall)
  }

  /// Whether a figure is above its largest: a solver's last digits are no reason to trade.
  static func exceeds(_ value: Double, _ most: Double) -> Bool { value > most * (1 + 1e-9) }

  static func drawdown(_ returns: [Double], scale: Double) -> Double {
    var (equity, peak, deepest) = (1.0, 1.0, 0.0)
    for value in returns {
      equity *= max(0, 1 + scale * value)
      peak = max(peak, equity)
      deepest = max(deepest, 1 - equity / peak)
    }
    return deepest
  }

  /// The largest part of the weights, up to all of them, that keeps limits when the rest is cash, and the limit that decides.
  func share(within limits: RiskLimits) -> (share: Double, limit: String?) {
    var (share, limit): (Double, String?) = (1, nil)
    func keep(_ value: Double, _ most: Double, _ text: String) {
      guard Self.exceeds(value, most), most / value < share else { return }
      (share, limit) = (max(0, most / value), text)
    }
    keep(volatility, limits.volatility, "volatility at most \(limits.volatility) a year")
    keep(valueAtRisk, limits.valueAtRisk, "VaR of a bar at 95 % at most \(limits.valueAtRisk)")
    keep(
      shortfall, limits.shortfall, "expected shortfall of a bar at 95 % at most \(limits.shortfall)"
    )
    guard Self.drawdown(past, scale: share) > limits.drawdown else { return (share, limit) }
    var (low, high) = (0.0, share)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if Self.drawdown(past, scale: middle) > limits.drawdown {
        high = middle
      } else {
        low = middle
      }
    }
    return (low, "past drawdown at most \(limits.drawdown)")
  }
}
