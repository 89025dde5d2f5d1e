import Kernels
import Market
import Risk
import Simulation
import Synchronization

/// Target weights that are estimated again at each rebalance, from the returns of the bars before it alone.
///
/// A set's weights at a bar come from the returns of its recipe's `lookback` bars up to and including that bar. Symbols without
/// enough of them, that don't trade, or that don't belong to the panel's universe at the bar, get 0. Where nothing can be estimated
/// no symbol has a weight, so that positions stay as they are, and the reason is kept for `failures`.
///
/// Turnover is counted from the weights of the rebalance before, moved by prices since: what an account holds that follows them.
public struct AllocationWeights: WeightSource {
  /// A bar at which weights could not be estimated.
  public struct Failure: Sendable, Equatable {
    /// The set.
    public var set: Int
    /// Bar of the panel.
    public var bar: Int
    /// Why.
    public var error: AllocationError
  }

  /// What makes the weights of each set.
  public let recipes: [AllocationRecipe]
  /// Simple returns, `[T, N]`, from `firstBar` of the panel on.
  public let returns: ReturnTable
  /// Bar of the panel of the first returns.
  public let firstBar: Int
  private let historyStart: Int
  private let window: Range<Int>
  /// Bars of the panel at which weights will be asked for, ascending.
  private let bars: [Int]
  private let startsAtOnce: Bool
  /// 1 where a symbol belongs to the universe: `[T, N]`, bars of the panel; nil where all do at all times.
  private let isMember: [Double]?
  private let store: AllocationStore

  /// Weights of recipes over a panel.
  ///
  /// - Parameters:
  ///   - recipes: one for each set.
  ///   - panel: with closes; a field `Universe.field` tells which symbols belong at a bar.
  ///   - symbols: columns of the panel.
  ///   - window: bars in which portfolios trade.
  ///   - historyStart: first bar that is seen.
  ///   - bars: bars of the panel at which weights will mostly be asked for.
  ///   - startsAtOnce: whether they are also at a set's first bar with weights.
  ///   - cache: where covariances are kept.
  public init(
    recipes: [AllocationRecipe], panel: PricePanel, symbols: [Int], window: Range<Int>,
    historyStart: Int, bars: [Int], startsAtOnce: Bool, cache: CovarianceCache = CovarianceCache()
  ) {
    precondition(historyStart <= window.lowerBound && window.upperBound <= panel.barCount)
    self.recipes = recipes
    self.historyStart = historyStart
    self.window = window
    self.bars = bars
    self.startsAtOnce = startsAtOnce
    // From the second bar that is seen on: the first return needs two closes.
    firstBar = min(historyStart + 1, window.upperBound)
    returns = ReturnTable(
      panel: panel, symbols: symbols, window: firstBar..<window.upperBound,
      barsPerYear: panel.calendar.barsPerYear(frequencyNs: panel.frequencyNs))
    isMember = panel.fieldIndex(Universe.field).map { field in
      var values = [Double](repeating: 0, count: panel.barCount * symbols.count)
      for bar in 0..<panel.barCount {
        for (place, symbol) in symbols.enumerated() {
          values[bar * symbols.count + place] = panel.value(field: field, bar: bar, symbol: symbol)
        }
      }
      return values
    }
    store = AllocationStore(cache: cache)
  }

  /// Number of recipes.
  public var setCount: Int { recipes.count }
  /// Number of symbols.
  public var symbolCount: Int { returns.symbolCount }
  /// As many bars as are looked at: the first return needs two closes.
  public func warmup(of set: Int) -> Int { recipes[set].lookback }
  /// Something that computes weights, or takes them where they are known.
  public func makeEvaluator() -> any WeightEvaluator { Evaluator(source: self) }

  /// Bars at which weights could not be estimated, of those asked for so far; by set and bar.
  public var failures: [Failure] {
    store.failures.map { Failure(set: $0.set, bar: $0.bar, error: $1) }
      .sorted { ($0.set, $0.bar) < ($1.set, $1.bar) }
  }

  /// Number of estimates so far.
  public var estimateCount: Int { store.count }

  /// Estimates the weights of all sets at all bars of the schedule, on several workers.
  ///
  /// - Returns: false if it was stopped.
  public func prepare(workers: Int, isCancelled: @Sendable () -> Bool = { false }) -> Bool {
    let chained = recipes.indices.filter { recipes[$0].constraints.maxTurnover < .infinity }
    let free = recipes.indices.filter { recipes[$0].constraints.maxTurnover == .infinity }
    var byBar: [Int: [Int]] = [:]
    for set in free { for bar in due(set) { byBar[bar, default: []].append(set) } }
    // Sets of a bar share covariances; a chain of rebalances can't be cut.
    let tasks = byBar.keys.sorted().map { bar in (bar: bar, sets: byBar[bar] ?? []) }
    let loop = TileLoop(tiles: tasks.count + chained.count, workers: workers)
    let isDone = try? loop.run(isCancelled: isCancelled, room: { () }) { tile, _ in
      if tile < chained.count {
        for bar in due(chained[tile]) where !isCancelled() { _ = row(chained[tile], bar) }
      } else {
        let task = tasks[tile - chained.count]
        for set in task.sets where !isCancelled() { _ = row(set, task.bar) }
      }
    }
    return isDone == true && !isCancelled()
  }

  // MARK: - Rows

  /// Bars at which a set is rebalanced.
  private func due(_ set: Int) -> [Int] {
    let first = max(window.lowerBound, historyStart + recipes[set].lookback)
    var due = bars.filter { $0 >= first }
    if startsAtOnce, window.contains(first), due.first != first { due.insert(first, at: 0) }
    return due
  }

  /// The weights of a set at a bar; nil where they could not be estimated.
  func row(_ set: Int, _ bar: Int) -> [Double]? {
    if let known = store.row(set, bar) { return try? known.get() }
    let recipe = recipes[set]
    var held: [Double]?
    if recipe.constraints.maxTurnover < .infinity {
      // Known before, or computed one after the other: not by recursion, which would be as deep as the run is long.
      var last: (bar: Int, weights: [Double])?
      for earlier in due(set) where earlier < bar {
        let found = store.row(set, earlier) ?? estimate(set, earlier, after: last)
        if let weights = try? found.get() { last = (earlier, weights) }
      }
      held = last.map { moved($0.weights, from: $0.bar, to: bar) }
    }
    return try? estimate(set, bar, held: held).get()
  }

  private func estimate(_ set: Int, _ bar: Int, after last: (bar: Int, weights: [Double])?)
    -> Result<[Double], AllocationError>
  {
    estimate(set, bar, held: last.map { moved($0.weights, from: $0.bar, to: bar) })
  }

  private func estimate(_ set: Int, _ bar: Int, held: [Double]?)
    -> Result<[Double], AllocationError>
  {
    let recipe = recipes[set]
    let end = bar - firstBar + 1
    let result: Result<[Double], AllocationError>
    if end < recipe.lookback || end > returns.barCount {
      result = .failure(
        .risk(.tooFewReturns(method: "lookback", found: max(0, end), needed: recipe.lookback)))
    } else {
      do throws(AllocationError) {
        let rows = end - recipe.lookback..<end
        let members = recipe.members(returns, bars: rows).filter { symbol in
          isMember.map { $0[bar * symbolCount + symbol] > 0 } ?? true
        }
        let sample = store.sample(members, rows, of: returns)
        let found = try recipe.estimate(sample, held: held, cache: store.cache)
        result = .success(found.weights(count: symbolCount))
      } catch {
        result = .failure(error)
      }
    }
    store.keep(result, set, bar)
    return result
  }

  /// Weights as prices have moved them.
  private func moved(_ weights: [Double], from bar: Int, to end: Int) -> [Double] {
    var values = weights
    for symbol in values.indices where values[symbol] != 0 {
      for row in bar + 1 - firstBar..<end + 1 - firstBar {
        let change = returns.values[row, symbol]
        if !change.isNaN { values[symbol] *= 1 + change }
      }
    }
    // Cash keeps its value.
    let equity = 1 + values.reduce(0, +) - weights.reduce(0, +)
    return equity > 0 ? values.map { $0 / equity } : weights
  }

  private final class Evaluator: WeightEvaluator {
    let source: AllocationWeights

    init(source: AllocationWeights) { self.source = source }

    func weights(set: Int, bar: Int, into output: UnsafeMutablePointer<Double>) {
      let count = source.symbolCount
      if let row = source.row(set, bar) {
        row.withUnsafeBufferPointer { output.update(from: $0.baseAddress!, count: count) }
      } else {
        output.update(repeating: .nan, count: count)
      }
    }
  }
}

/// Weights that are known, universes and covariances, shared by workers.
private final class AllocationStore: Sendable {
  struct Key: Hashable {
    var set: Int
    var bar: Int
  }

  let cache: CovarianceCache
  private let rows = Mutex<[Key: Result<[Double], AllocationError>]>([:])
  private let samples = Mutex<
    [(members: [Int], rows: Range<Int>, sample: AllocationRecipe.Sample)]
  >([])

  init(cache: CovarianceCache) { self.cache = cache }

  func row(_ set: Int, _ bar: Int) -> Result<[Double], AllocationError>? {
    rows.withLock { $0[Key(set: set, bar: bar)] }
  }

  func keep(_ row: Result<[Double], AllocationError>, _ set: Int, _ bar: Int) {
    rows.withLock { $0[Key(set: set, bar: bar)] = row }
  }

  /// The same table for the same symbols and bars, which is what covariances are known by.
  func sample(_ members: [Int], _ bars: Range<Int>, of table: ReturnTable)
    -> AllocationRecipe.Sample
  {
    samples.withLock { known in
      if let sample = known.first(where: { $0.members == members && $0.rows == bars }) {
        return sample.sample
      }
      let sample = AllocationRecipe.Sample(members, bars, of: table)
      // Sets ask bar by bar: a few bars for each worker are enough.
      if known.count > 64 { known.removeFirst(32) }
      known.append((members, bars, sample))
      return sample
    }
  }

  var count: Int { rows.withLock { $0.count } }

  var failures: [(Key, AllocationError)] {
    rows.withLock { rows in
      rows.compactMap { key, row in
        if case .failure(let error) = row { (key, error) } else { nil }
      }
    }
  }
}
