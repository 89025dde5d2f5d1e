import Kernels
import Risk

/// Symbols whose weights are to be looked at, with what is estimated of them: gathered once for any number of weights.
struct RiskBasis: Sendable {
  /// Columns of the universe: `[K]`.
  let columns: [Int]
  /// Positions among `columns` of those with estimates: `[N]`.
  let known: [Int]
  /// Places of these among the members of the estimates: `[N]`.
  let order: [Int]
  /// Their covariance a bar: `[N, N]`.
  let covariance: Matrix
  let estimates: AdviceEstimates

  private static let level = Result { () throws(RiskError) in
    try TailQuestion(levels: [try ConfidenceLevel(0.95)])
  }
  private static let model = Result { () throws(RiskError) in
    try VaRCatalog.model("historical")
  }

  init(_ columns: [Int], _ estimates: AdviceEstimates) {
    self.columns = columns
    self.estimates = estimates
    known = columns.indices.filter { estimates.places[columns[$0]] != nil }
    order = known.compactMap { estimates.places[columns[$0]] }
    covariance = estimates.covariance.symmetric(order)
  }

  /// Change of the variance of a bar with each known weight, halved.
  func slopes(_ held: [Double]) throws(RiskError) -> [Double] {
    try RiskError.algebra { () throws(LinearAlgebraError) in
      try LinearAlgebra.product(covariance, held)
    }
  }

  /// Returns of known weights at the past bars, where what a symbol lacks counts as none: `[T]`.
  func past(_ held: [Double]) -> [Double] {
    let (bars, width) = (estimates.returns.barCount, estimates.members.count)
    let parts = zip(held, order).filter { $0.0 != 0 }
    return estimates.filled.withUnsafeBufferPointer { blocks in
      [Double](unsafeUninitializedCapacity: bars) { sums, count in
        for first in stride(from: 0, to: bars, by: 8) {
          let block = blocks[first / 8 * width..<(first / 8 + 1) * width]
          let start = block.startIndex
          // Eight bars side by side; each bar's sum goes in the order of the symbols.
          var sum = SIMD8<Double>.zero
          for (weight, place) in parts { sum += weight * block[start + place] }
          for bar in first..<min(bars, first + 8) { sums[bar] = sum[bar - first] }
        }
        count = bars
      }
    }
  }

  /// Historical VaR and expected shortfall of a bar at 95 %.
  static func tail(_ past: [Double]) throws(RiskError) -> TailForecast {
    try model.get().forecast(past, try level.get())[0]
  }

  /// Change of the annual volatility with each weight if weights break limits, NaN where unknown; nil if they keep them.
  ///
  /// What the limits don't ask for is left out, which makes it many times cheaper than a `RiskView`.
  func marginal(_ weights: [Double], breaking limits: RiskLimits) throws(RiskError) -> [Double]? {
    let held = known.map { weights[$0] }
    let slopes = try slopes(held)
    let year = estimates.returns.barsPerYear.squareRoot()
    let deviation = max(0, LinearAlgebra.dot(held, slopes)).squareRoot()
    var isBroken = RiskView.exceeds(deviation * year, limits.volatility)
    if !isBroken,
      min(limits.valueAtRisk, limits.shortfall, limits.drawdown).isFinite,
      held.contains(where: { $0 != 0 })
    {
      let past = past(held)
      isBroken = RiskView.drawdown(past, scale: 1) > limits.drawdown
      if !isBroken, min(limits.valueAtRisk, limits.shortfall).isFinite {
        let tail = try Self.tail(past)
        isBroken =
          RiskView.exceeds(tail.valueAtRisk, limits.valueAtRisk)
          || RiskView.exceeds(tail.expectedShortfall, limits.shortfall)
      }
    }
    guard isBroken else { return nil }
    var marginal = [Double](repeating: .nan, count: columns.count)
    for (row, place) in known.enumerated() {
      marginal[place] = deviation > 0 ? slopes[row] / deviation * year : 0
    }
    return marginal
  }
}
