/// What one group of portfolios, or one sector or currency of them, was worth after every bar.
///
/// Money is in the currency of the sums. What passes between members of the group is no flow; what crosses its border is:
/// for a sector its purchases come in, and its sales and dividends go out.
public struct GroupHistory: Sendable {
  /// Name of the group.
  public let name: String
  /// Number of portfolios in it; of a sector or currency those that ever had something of it.
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
  /// Money that was at work in each bar: of a group of accounts what was there before and what came in; of a sector what
  /// `PositionSeries` says.
  public internal(set) var bases: [Double]
  /// What was earned in each bar.
  public internal(set) var gains: [Double]
  /// Symbols that are held in the end without a mark or a rate, and make the equity NaN.
  public internal(set) var unmarked: [Int] = []
  /// Currencies of money that is there in the end without a rate.
  public internal(set) var unrated: [String] = []

  init(_ name: String, _ portfolios: Int, _ bars: Range<Int>) {
    (self.name, self.portfolios, self.bars) = (name, portfolios, bars)
    let zeros = [Double](repeating: 0, count: bars.count)
    (equity, cash, long, short, flowsIn, flowsOut) = (zeros, zeros, zeros, zeros, zeros, zeros)
    (bases, gains) = (zeros, zeros)
  }

  /// Returns by bar; NaN while there is no money.
  public var returns: [Double] { zip(bases, gains).map { $0 > 0 ? $1 / $0 : .nan } }

  /// The money as metrics read it: from the first to the last.
  public var path: MoneyPath {
    MoneyPath(
      bars: bars, opening: initialEquity, equity: equity, bases: bases, gains: gains,
      paidIn: flowsIn, paidOut: flowsOut)
  }

  /// The money at work and what was earned on it, of accounts.
  mutating func earn() {
    var before = initialEquity
    for place in equity.indices {
      bases[place] = before + flowsIn[place]
      gains[place] = equity[place] + flowsOut[place] - bases[place]
      before = equity[place]
    }
  }

  /// Takes what came after the last bar into that bar: its return is compounded, so that later money is no part of it.
  ///
  /// - Parameters:
  ///   - base: the money that was at work then.
  ///   - gain: what was earned then.
  mutating func append(late walk: GroupHistory, _ place: Int, base: Double, gain: Double) {
    let last = equity.count - 1
    func growth(_ base: Double, _ gain: Double) -> Double? { base <= 0 ? nil : 1 + gain / base }
    let (own, late) = (growth(bases[last], gains[last]), growth(base, gain))
    if let late {
      if own == nil { bases[last] = base }
      gains[last] = ((own ?? 1) * late - 1) * bases[last]
    }
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
}
