/// Costs that are a fraction of what is traded: per side, of the value before slippage.
struct ProportionalCost {
  /// Slippage.
  let slippage: Double
  /// Commission, of the price after slippage.
  let commission: Double

  /// Of a purchase.
  var buying: Double { slippage + commission * (1 + slippage) }
  /// Of a sale.
  var selling: Double { slippage + commission * (1 - slippage) }

  /// The costs of some rules; nil if they are anything else.
  init?(_ rules: ExecutionRules) {
    var (commission, slippage) = (Commission(), Slippage())
    commission.rate = rules.commission.rate
    slippage.rate = rules.slippage.rate
    guard rules.commission == commission, rules.slippage == slippage else { return nil }
    self.slippage = slippage.rate
    self.commission = commission.rate
  }

  /// The equity after costs x that solves x = V − cost(x), for a cost that is convex in x and piecewise linear.
  ///
  /// Newton's steps come down to it from above, from the second on at the latest, and end after as many as there are kinks
  /// between, which are few.
  ///
  /// - Parameters:
  ///   - start: where to begin; from V unless it is known better.
  ///   - cost: the cost at an equity after costs, and its derivative.
  static func settle(
    _ equity: Double, from start: Double? = nil,
    _ cost: (Double) -> (sum: Double, slope: Double)
  ) -> Double {
    var x = start ?? equity
    for _ in 0..<50 {
      let (sum, slope) = cost(x)
      let excess = x + sum - equity
      // So steep only where costs of a round trip are near what is traded.
      let step = excess / max(0.1, 1 + slope)
      let next = x - step
      if step.magnitude <= 1e-15 * equity || next == x { return next }
      x = next
    }
    return x
  }
}
