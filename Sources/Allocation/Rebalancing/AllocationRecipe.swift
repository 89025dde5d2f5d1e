import Kernels
import Risk

/// All that makes weights of past returns: what is estimated of how many bars, what is believed, and how weights are chosen.
public struct AllocationRecipe: Sendable {
  /// Chooses the weights.
  public var allocator: any Allocator
  /// Estimates the covariance.
  public var covariance: any CovarianceEstimator
  /// Expects returns.
  public var beliefs: any ReturnBeliefs
  /// Bars whose returns are looked at, at least 2.
  public var lookback: Int
  /// Part of these bars at which a symbol must have a return to take part.
  public var minHistory = 0.9
  /// What weights must satisfy.
  public var constraints = ConstraintSettings()
  /// Risk-free return a year.
  public var riskFree = 0.0

  /// A symbol whose last return is older than this many bars has no weight: it has ended, or does not trade.
  public static let staleBars = 5

  /// A recipe with past means and no constraints but long only, fully invested.
  public init(
    allocator: any Allocator, covariance: any CovarianceEstimator,
    beliefs: any ReturnBeliefs = MeanReturns(), lookback: Int
  ) {
    precondition(lookback > 1, "a lookback of at least two bars")
    self.allocator = allocator
    self.covariance = covariance
    self.beliefs = beliefs
    self.lookback = lookback
  }

  /// What came of a recipe at a bar.
  public struct Estimate: Sendable {
    /// Positions in the table of the symbols that took part.
    public var members: [Int]
    /// What was solved.
    public var problem: AllocationProblem
    /// The covariance that beliefs began with.
    public var covariance: CovarianceEstimate
    /// Weights of the members, and what is known of them.
    public var allocation: Allocation

    /// Weights of all symbols of a table, 0 for those that took no part.
    public func weights(count: Int) -> [Double] {
      var weights = [Double](repeating: 0, count: count)
      for (member, weight) in zip(members, allocation.weights) { weights[member] = weight }
      return weights
    }
  }

  /// Positions of symbols with enough returns in some bars, the last of which is now.
  public func members(_ returns: ReturnTable, bars: Range<Int>) -> [Int] {
    // A billionth lets 0.9 · 60 be 54 and not a bit more.
    let least = max(2, Int((minHistory * Double(bars.count) - 1e-9).rounded(.up)))
    return (0..<returns.symbolCount).filter { symbol in
      var (count, last) = (0, -1)
      for bar in bars where !returns.values[bar, symbol].isNaN { (count, last) = (count + 1, bar) }
      return count >= least && bars.upperBound - 1 - last < Self.staleBars
    }
  }

  /// Chooses weights from the returns of some bars alone.
  ///
  /// - Parameters:
  ///   - sample: the symbols that take part, and their returns.
  ///   - held: weights held before, of all symbols of the whole table; nil for none.
  ///   - cache: where covariances are kept.
  /// - Throws: `AllocationError` of whatever could not be estimated or solved.
  public func estimate(
    _ sample: Sample, held: [Double]? = nil, cache: CovarianceCache
  ) throws(AllocationError) -> Estimate {
    guard !sample.members.isEmpty else {
      throw .risk(.tooFewReturns(method: "a symbol", found: 0, needed: lookback))
    }
    let table = sample.table
    let covariance: CovarianceEstimate
    do throws(RiskError) {
      covariance = try cache.estimate(table, bars: sample.bars, by: self.covariance)
    } catch {
      throw .risk(error)
    }
    let returns = table.bars(sample.bars)
    let believed = try beliefs.beliefs(returns, covariance)
    var problem = AllocationProblem(
      symbols: table.symbols, covariance: believed.covariance,
      expectedReturns: believed.expectedReturns,
      scenarios: allocator.needsScenarios ? returns.completeBars : nil,
      constraints: constraints.constraints(
        table.symbols, held: held.map { held in sample.members.map { held[$0] } }))
    problem.riskFree = riskFree / table.barsPerYear
    problem.barsPerYear = table.barsPerYear
    return Estimate(
      members: sample.members, problem: problem, covariance: covariance,
      allocation: try allocator.allocate(problem))
  }

  /// Returns of the symbols that take part, over the bars that are looked at.
  public struct Sample: Sendable {
    /// Positions in the whole table.
    public let members: [Int]
    /// The whole table, or these symbols and bars alone.
    public let table: ReturnTable
    /// Bars of `table`.
    public let bars: Range<Int>

    /// Some symbols and bars of a table.
    public init(_ members: [Int], _ bars: Range<Int>, of table: ReturnTable) {
      self.members = members
      // Covariances are known by their table: whoever looks at all symbols shares the whole one.
      let isWhole = members.count == table.symbolCount
      self.table = isWhole ? table : table.bars(bars).columns(members)
      self.bars = isWhole ? bars : 0..<bars.count
    }
  }
}

extension ReturnTable {
  /// Some of the symbols.
  func columns(_ columns: [Int]) -> ReturnTable {
    var values = Matrix(rows: barCount, columns: columns.count)
    for bar in 0..<barCount {
      for (place, column) in columns.enumerated() { values[bar, place] = self.values[bar, column] }
    }
    return ReturnTable(
      symbols: columns.map { symbols[$0] }, timeNs: timeNs, values: values,
      barsPerYear: barsPerYear, kind: kind)
  }

  /// The bars at which all symbols have a return.
  var completeBars: ReturnTable {
    let bars = (0..<barCount).filter { bar in
      (0..<symbolCount).allSatisfy { !values[bar, $0].isNaN }
    }
    if bars.count == barCount { return self }
    return ReturnTable(
      symbols: symbols, timeNs: bars.map { timeNs[$0] },
      values: Matrix(rows: bars.count, columns: symbolCount, bars.flatMap { values.row($0) }),
      barsPerYear: barsPerYear, kind: kind)
  }
}
