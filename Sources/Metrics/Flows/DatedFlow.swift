import Kernels

/// Money paid into an account some years after its begin; negative when taken out.
public struct DatedFlow: Sendable, Equatable {
  /// Days of a year, as spreadsheets' XIRR counts them.
  public static let daysPerYear = 365.0
  /// The same in nanoseconds.
  public static let yearNs = daysPerYear * 86_400e9

  /// Years of 365 days since the begin.
  public var years: Double
  /// In account currency.
  public var amount: Double

  /// A flow.
  public init(years: Double, amount: Double) {
    self.years = years
    self.amount = amount
  }

  /// The annual rate at which what was paid in would have grown to the final equity; NaN if there is none.
  ///
  /// It solves Σ amount · (1 + r)^(end − years) = final. Where flows change sign more than once there may be several such
  /// rates; the one nearest to zero is taken.
  public static func internalRate(of flows: [DatedFlow], final: Double, years end: Double) -> Double
  {
    func surplus(_ logGrowth: Double) -> Double {
      var sum = -final
      for flow in flows {
        sum += flow.amount * DeterministicMath.exp(logGrowth * (end - flow.years))
      }
      return sum
    }
    guard end > 0, final.isFinite, let first = flows.first(where: { $0.amount != 0 }) else {
      return .nan
    }
    if final > 0, first.years < end, flows.allSatisfy({ $0.amount == 0 || $0.years == first.years })
    {
      // Money that came once has grown to what is left.
      let paidIn = flows.reduce(0) { $0 + $1.amount }
      if paidIn > 0 {
        return DeterministicMath.exp(
          DeterministicMath.log(final / paidIn) / (end - first.years)) - 1
      }
    }
    // Outwards from zero, in steps that stay small against the rates of accounts, up to what an exponential holds.
    let limit = 700 / end
    var (low, high) = (0.0, 0.0)
    var (atLow, atHigh) = (surplus(0), surplus(0))
    if atLow == 0 { return 0 }
    var step = min(0.01, limit / 100)
    while low > -limit || high < limit {
      let up = min(high + step, limit)
      let atUp = surplus(up)
      if (atUp > 0) != (atHigh > 0) { return rate(surplus, high, up) }
      (high, atHigh) = (up, atUp)
      let down = max(low - step, -limit)
      let atDown = surplus(down)
      if (atDown > 0) != (atLow > 0) { return rate(surplus, down, low) }
      (low, atLow) = (down, atDown)
      step *= 1.1
    }
    return .nan
  }

  /// Halves a bracket until its ends are neighbours.
  private static func rate(_ surplus: (Double) -> Double, _ from: Double, _ to: Double) -> Double {
    var (low, high) = (from, to)
    let isPositiveLow = surplus(low) > 0
    for _ in 0..<200 {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { break }
      if (surplus(middle) > 0) == isPositiveLow { low = middle } else { high = middle }
    }
    return DeterministicMath.exp(low + (high - low) / 2) - 1
  }
}
