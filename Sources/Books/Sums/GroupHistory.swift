import Metrics

/// What one group of portfolios, or one sector or currency of them, was worth after every bar.
///
/// Money is in the currency of the sums. What passes between members of the group is no flow; what crosses its border is:
/// for a sector its purchases come in, and its sales and dividends go out.
public struct GroupHistory: Sendable {
  /// Name of the group.
  public let name: String
  /// Number of portfolios in it.
  public let portfolios: Int
  /// The bars of the panel.
  public let bars: Range<Int>
  /// Cash and value after each bar; NaN while something held has no mark or rate.
  public internal(set) var equity: [Double]
  /// Money after each bar.
  public internal(set) var cash: [Double]
  /// Value of what is held after each bar; longs of one portfolio and shorts of another in one symbol offset each other.
  public internal(set) var long: [Double]
  /// Value of what is short, at most 0.
  public internal(set) var short: [Double]
  /// What came in at each bar.
  public internal(set) var flowsIn: [Double]
  /// What went out at each bar, as a number above zero.
  public internal(set) var flowsOut: [Double]
  /// Equity before the first bar.
  public internal(set) var initialEquity = 0.0
  /// Bars in a year.
  public let barsPerYear: Double
  /// Growth of the last bar if something came after it: that of the bar, and after it.
  private var lastGrowth: Double?

  init(_ name: String, _ portfolios: Int, _ bars: Range<Int>, _ barsPerYear: Double) {
    (self.name, self.portfolios, self.bars, self.barsPerYear) = (
      name, portfolios, bars, barsPerYear
    )
    let zeros = [Double](repeating: 0, count: bars.count)
    (equity, cash, long, short, flowsIn, flowsOut) = (zeros, zeros, zeros, zeros, zeros, zeros)
  }

  /// Returns by bar, as those of a portfolio; NaN while there is no money.
  public var returns: [Double] {
    var before = initialEquity
    return equity.indices.map { place in
      if let lastGrowth, place == equity.count - 1 { return lastGrowth - 1 }
      let base = before + flowsIn[place]
      before = equity[place]
      return base > 0 ? (equity[place] + flowsOut[place]) / base - 1 : .nan
    }
  }

  /// Takes what came after the last bar into that bar: its return is compounded, so that later money is no part of it.
  mutating func append(late walk: GroupHistory, _ place: Int) {
    let last = equity.count - 1
    func growth(_ before: Double, _ into: Double, _ after: Double, _ out: Double) -> Double? {
      before + into <= 0 ? nil : (after + out) / (before + into)
    }
    let own = growth(
      last > 0 ? equity[last - 1] : initialEquity, flowsIn[last], equity[last], flowsOut[last])
    let late = growth(
      equity[last], walk.flowsIn[place], walk.equity[place], walk.flowsOut[place])
    lastGrowth = own == nil && late == nil ? .nan : (own ?? 1) * (late ?? 1)
    (equity[last], cash[last]) = (walk.equity[place], walk.cash[place])
    (long[last], short[last]) = (walk.long[place], walk.short[place])
    flowsIn[last] += walk.flowsIn[place]
    flowsOut[last] += walk.flowsOut[place]
  }

  /// What was earned: the change of equity that flows don't explain.
  public var gain: Double {
    (equity.last ?? 0) - initialEquity - flowsIn.reduce(0, +) + flowsOut.reduce(0, +)
  }

  /// Longs and shorts together.
  public func gross(_ place: Int) -> Double { long[place] - short[place] }

  /// Everything that metrics ask of returns, from the first money on; a bar without money returns 0.
  public func summary(riskFreePerBar: Double = 0) -> LaneSummary {
    let returns = returns
    let first = returns.firstIndex { !$0.isNaN } ?? returns.count
    var lane = LaneSummary(
      returns: returns[first...].enumerated().map {
        $0.element.isNaN && equity[first + $0.offset].isFinite ? 0 : $0.element
      }, barsPerYear: barsPerYear, riskFreePerBar: riskFreePerBar)
    lane.timeWeightedGrowth = returns.isEmpty ? .nan : lane.finalEquity
    lane.initialEquity = initialEquity
    lane.finalEquity = equity.last ?? 0
    return lane
  }
}
