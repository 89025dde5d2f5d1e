import Kernels

/// What made the difference between a portfolio and its benchmark, by group: Brinson and Fachler.
///
/// Of a group with weights wp, wb and returns rp, rb, and the benchmark's return R:
/// allocation (wp − wb) · (rb − R), selection wb · (rp − rb), interaction (wp − wb) · (rp − rb). They add up to the active return.
/// A group that the benchmark does not hold has no return of its own there: all of it is allocation. One that the portfolio does not
/// hold is allocation too. Weights that don't add up to 1 leave cash, which earns 0 and is a group of its own.
///
/// - Source: Brinson and Fachler, *Measuring Non-US Equity Portfolio Performance*, Journal of Portfolio Management 11 (1985).
public struct BrinsonEffects: Sendable, Equatable {
  /// Weight of each group in the portfolio: `[G]`.
  public let weights: [Double]
  /// Weight of each group in the benchmark: `[G]`.
  public let benchmarkWeights: [Double]
  /// `[G]`.
  public let allocation: [Double]
  /// `[G]`.
  public let selection: [Double]
  /// `[G]`.
  public let interaction: [Double]
  /// Return of the portfolio.
  public let portfolio: Double
  /// Return of the benchmark.
  public let benchmark: Double

  /// The return of the portfolio less that of the benchmark.
  public var active: Double { portfolio - benchmark }

  /// The effects of groups with known weights and contributions to returns.
  ///
  /// - Parameters:
  ///   - weights: of the portfolio, `[G]`.
  ///   - contributions: weight times return of each group, `[G]`.
  ///   - benchmarkWeights: `[G]`.
  ///   - benchmarkContributions: `[G]`.
  public init(
    weights: [Double], contributions: [Double], benchmarkWeights: [Double],
    benchmarkContributions: [Double]
  ) {
    precondition(
      Set([
        weights.count, contributions.count, benchmarkWeights.count, benchmarkContributions.count,
      ])
      .count == 1, "the same groups")
    let total = contributions.reduce(0, +)
    let base = benchmarkContributions.reduce(0, +)
    var allocation = [Double](repeating: 0, count: weights.count)
    var selection = allocation
    var interaction = allocation
    for group in weights.indices {
      let (wp, cp) = (weights[group], contributions[group])
      let (wb, cb) = (benchmarkWeights[group], benchmarkContributions[group])
      if Self.isNothing(wb) {
        // Without a weight there is no return: what was earned came of holding the group, and of lots that cancel out.
        allocation[group] = cp - cb - (wp - wb) * base
        continue
      }
      let rb = cb / wb
      allocation[group] = (wp - wb) * (rb - base)
      if Self.isNothing(wp) {
        selection[group] = cp
      } else {
        let rp = cp / wp
        selection[group] = wb * (rp - rb)
        interaction[group] = (wp - wb) * (rp - rb)
      }
    }
    self.weights = weights
    self.benchmarkWeights = benchmarkWeights
    self.allocation = allocation
    self.selection = selection
    self.interaction = interaction
    portfolio = total
    benchmark = base
  }

  /// Long and short of a group may cancel out but for rounding.
  private static func isNothing(_ weight: Double) -> Bool { abs(weight) < 1e-12 }
}

/// Effects of many periods, linked so that they add up to the active return over all of them.
///
/// - Source: Cariño (1999), see `ReturnLinking`.
public struct BrinsonAttribution: Sendable, Equatable {
  /// Names of the groups; the last is cash: `[G]`.
  public let groups: [String]
  /// The effects of each period: `[T]`.
  public let periods: [BrinsonEffects]
  /// Linked: `[G]`.
  public let allocation: [Double]
  /// Linked: `[G]`.
  public let selection: [Double]
  /// Linked: `[G]`.
  public let interaction: [Double]
  /// Compounded return of the portfolio.
  public let portfolio: Double
  /// Compounded return of the benchmark.
  public let benchmark: Double

  /// The return of the portfolio less that of the benchmark: the sum of all linked effects.
  public var active: Double { portfolio - benchmark }

  /// Links periods.
  ///
  /// - Throws: `RiskError.outsideDomain` for a period with a return of −1 or less.
  public init(groups: [String], periods: [BrinsonEffects]) throws(RiskError) {
    precondition(periods.allSatisfy { $0.weights.count == groups.count }, "the groups of all")
    let linking = try ReturnLinking(periods.map(\.portfolio), over: periods.map(\.benchmark))
    func linked(_ effect: KeyPath<BrinsonEffects, [Double]>) -> [Double] {
      groups.indices.map { group in linking.linked(periods.map { $0[keyPath: effect][group] }) }
    }
    self.groups = groups
    self.periods = periods
    allocation = linked(\.allocation)
    selection = linked(\.selection)
    interaction = linked(\.interaction)
    portfolio = periods.reduce(1) { $0 * (1 + $1.portfolio) } - 1
    benchmark = periods.reduce(1) { $0 * (1 + $1.benchmark) } - 1
  }

  /// The attribution of a portfolio that is brought back to its weights at every bar.
  ///
  /// A symbol without a return at a bar takes no part there: its weight in the portfolio is cash, and the benchmark's others grow in
  /// proportion; if none of them has a return, the benchmark is cash there.
  ///
  /// - Parameters:
  ///   - returns: `[T, N]`, simple.
  ///   - groups: the group of each symbol, `[N]`, numbers into `names`.
  ///   - names: of the groups; cash is added as the last one.
  ///   - weights: of the portfolio, `[N]`; NaN is no weight.
  ///   - benchmark: weights of the benchmark at a bar, `[N]`, not below 0, from what is known before it.
  /// - Throws: `RiskError.outsideDomain` at a bar where the benchmark holds nothing.
  public init(
    of returns: ReturnTable, groups: [Int], names: [String], weights: [Double],
    benchmark: (Int) -> [Double]
  ) throws(RiskError) {
    precondition(groups.count == returns.symbolCount && weights.count == returns.symbolCount)
    precondition(returns.kind == .simple, "simple returns, which add up over symbols")
    var periods: [BrinsonEffects] = []
    periods.reserveCapacity(returns.barCount)
    for bar in 0..<returns.barCount {
      let base = benchmark(bar)
      precondition(base.count == returns.symbolCount, "a weight of the benchmark for each symbol")
      guard base.contains(where: { $0 > 0 }) else {
        throw .outsideDomain(
          method: "attribution by Brinson",
          reason: "the benchmark holds nothing at bar \(bar + 1) of \(returns.barCount); "
            + "begin later, where its weights are known")
      }
      var sum = 0.0
      for symbol in base.indices where returns.values[bar, symbol].isFinite {
        if base[symbol] > 0 { sum += base[symbol] }
      }
      let zeros = [Double](repeating: 0, count: names.count + 1)
      var (wp, cp, wb, cb) = (zeros, zeros, zeros, zeros)
      for symbol in base.indices {
        let value = returns.values[bar, symbol]
        guard value.isFinite else { continue }
        if weights[symbol].isFinite {
          wp[groups[symbol]] += weights[symbol]
          cp[groups[symbol]] += weights[symbol] * value
        }
        if base[symbol] > 0 {
          wb[groups[symbol]] += base[symbol] / sum
          cb[groups[symbol]] += base[symbol] / sum * value
        }
      }
      wp[names.count] = 1 - wp.reduce(0, +)
      wb[names.count] = 1 - wb.reduce(0, +)
      // The benchmark is all invested; what rounding leaves is nothing.
      if abs(wb[names.count]) < 1e-12 { wb[names.count] = 0 }
      periods.append(
        BrinsonEffects(
          weights: wp, contributions: cp, benchmarkWeights: wb, benchmarkContributions: cb))
    }
    try self.init(groups: names + ["cash"], periods: periods)
  }
}
