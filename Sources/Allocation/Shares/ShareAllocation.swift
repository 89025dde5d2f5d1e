/// Whole shares that come near to weights.
public struct ShareAllocation: Sendable, Equatable {
  /// How shares are found.
  public enum Method: String, Sendable, CaseIterable {
    /// Rounded down, then lot by lot of whatever is furthest below its weight and can be paid.
    case greedy
    /// With the least sum of what positions are off their targets, and of cash that is left.
    case exact
  }

  /// Shares by symbol, negative for short positions: `[N]`.
  public var shares: [Double]
  /// Weights that they have of the capital: `[N]`.
  public var weights: [Double]
  /// Cash that is left: the capital less what the shares cost, plus what is borrowed and sold.
  public var cash: Double
  /// Sum of what positions are off their targets, over the capital.
  public var deviation: Double
  /// Whether no other shares are nearer, by the measure of `exact`.
  public var isExact: Bool

  /// The most steps of the search for `exact` shares; beyond, the best that were found count.
  static let stepLimit = 2_000_000

  /// Smaller weights are what a solver leaves of 0, and buy no share.
  static let leastWeight = 1e-9

  /// Finds shares.
  ///
  /// Longs may cost what their weights add up to, shorts bring in as much at most: neither side is rounded up beyond its weights.
  ///
  /// - Parameters:
  ///   - weights: of the capital, negative for short positions: `[N]`.
  ///   - prices: of one share, in the capital's currency: `[N]`, read where a weight is not 0.
  ///   - lots: shares that are traded at once, `[N]`; nil for one.
  ///   - capital: above 0.
  /// - Throws: `AllocationError.setting` for a capital, price, lot or weight that can't be worked with.
  /// - Complexity: greedy O(N²) at most; exact by branch and bound within a number of steps.
  /// - Source: as PyPortfolioOpt's `greedy_portfolio` and `lp_portfolio`, with deficits measured against the capital instead of against
  ///   what was bought so far.
  public init(
    weights: [Double], prices: [Double], lots: [Double]? = nil, capital: Double,
    symbols: [String], method: Method = .greedy
  ) throws(AllocationError) {
    let count = weights.count
    precondition(prices.count == count && symbols.count == count, "a price for each weight")
    guard capital > 0, capital.isFinite else {
      throw .setting(name: "capital", found: "\(capital)", expected: "a number above 0")
    }
    let lots = lots ?? [Double](repeating: 1, count: count)
    var targets: [Double] = []
    var units: [Double] = []
    for index in 0..<count {
      guard weights[index].isFinite else {
        throw .setting(
          name: "weight of \(symbols[index])", found: "\(weights[index])",
          expected: "a finite number")
      }
      let unit = prices[index] * lots[index]
      guard weights[index] == 0 || prices[index] > 0 && lots[index] > 0 && unit.isFinite else {
        throw .setting(
          name: "price of \(symbols[index])", found: "\(prices[index])",
          expected: "a number above 0")
      }
      // More lots than this are not told apart from their neighbours.
      guard weights[index] == 0 || capital * abs(weights[index]) / unit < 0x1p52 else {
        throw .setting(name: "capital", found: "\(capital)", expected: "fewer lots than 2^52")
      }
      targets.append(weights[index] * capital)
      units.append(unit)
    }
    var lotCounts = [Double](repeating: 0, count: count)
    var isExact = true
    for side in [1.0, -1.0] {
      let members = (0..<count).filter { weights[$0] * side > Self.leastWeight }
      if members.isEmpty { continue }
      let leg = ShareLeg(
        targets: members.map { targets[$0] * side }, units: members.map { units[$0] })
      let found = method == .greedy ? (leg.greedy(), false) : leg.exact(steps: Self.stepLimit)
      isExact = isExact && found.1
      for (place, member) in members.enumerated() { lotCounts[member] = found.0[place] * side }
    }
    shares = zip(lotCounts, lots).map { $0 * $1 }
    self.isExact = isExact
    let values = zip(lotCounts, units).map { $0 == 0 ? 0 : $0 * $1 }
    self.weights = values.map { $0 / capital }
    cash = capital - values.reduce(0, +)
    deviation = zip(values, targets).reduce(0) { $0 + abs($1.0 - $1.1) } / capital
  }
}
