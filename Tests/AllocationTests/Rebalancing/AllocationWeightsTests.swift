import Kernels
import Market
import Risk
import Simulation
import TestSupport
import Testing

@testable import Allocation

struct AllocationWeightsTests {
  /// The sample's closes as a panel, some of them changed.
  private static func panel(
    _ change: (_ bar: Int, _ symbol: Int, _ close: Double) -> Double = { $2 }
  ) throws -> PricePanel {
    let sample = try SampleCloses.load()
    let count = sample.symbols.count
    let closes = sample.closes.indices.map {
      change($0 / count, $0 % count, sample.closes[$0])
    }
    let lifetimes: [ClosedRange<Int>?] = (0..<count).map { symbol in
      let bars = sample.days.indices.filter { !closes[$0 * count + symbol].isNaN }
      return bars.first.flatMap { first in bars.last.map { first...$0 } }
    }
    return PricePanel(
      name: "sample", time: TimeAxis(ns: sample.timeNs),
      symbols: SymbolTable(sample.symbols.map { SymbolTable.Entry(symbol: $0) }),
      calendar: Calendar(.usEquity), frequencyNs: Calendar.dayNs, fields: ["close"],
      lifetimes: lifetimes, contentHash: "", storage: HeapPanelStorage(fields: [closes]))
  }

  private static func recipe(_ name: String = "hrp", lookback: Int = 60) throws
    -> AllocationRecipe
  {
    AllocationRecipe(
      allocator: try AllocatorCatalog.allocator(named: name),
      covariance: try CovarianceCatalog.estimator(named: "ledoit_wolf"), lookback: lookback)
  }

  private static let bars = Array(stride(from: 100, to: 500, by: 21))

  private static func source(
    _ recipes: [AllocationRecipe], _ panel: PricePanel, startsAtOnce: Bool = false,
    cache: CovarianceCache = CovarianceCache()
  ) -> AllocationWeights {
    AllocationWeights(
      recipes: recipes, panel: panel, symbols: Array(0..<panel.symbolCount), window: 90..<500,
      historyStart: 0, bars: bars, startsAtOnce: startsAtOnce, cache: cache)
  }

  private static func weights(_ source: AllocationWeights, set: Int = 0, bar: Int) -> [Double] {
    var row = [Double](repeating: -1, count: source.symbolCount)
    row.withUnsafeMutableBufferPointer {
      source.makeEvaluator().weights(set: set, bar: bar, into: $0.baseAddress!)
    }
    return row
  }

  @Test func weightsAreThoseOfTheBarsBefore() throws {
    let panel = try Self.panel()
    let recipe = try Self.recipe()
    let source = Self.source([recipe], panel)
    let returns = ReturnTable(
      panel: panel, symbols: Array(0..<20), window: 41..<101, barsPerYear: 252)
    let estimate = try recipe.covariance.estimate(returns)
    let problem = AllocationProblem(
      symbols: returns.symbols, covariance: estimate.matrix,
      expectedReturns: Array(repeating: 0, count: 20))
    let wanted = try recipe.allocator.allocate(problem).weights
    #expect(Self.weights(source, bar: 100) == wanted)
    #expect(source.warmup(of: 0) == 60)
  }

  @Test(arguments: [1, 2, 7]) func anyNumberOfWorkersGivesTheSameBits(workers: Int) throws {
    let panel = try Self.panel()
    var chained = try Self.recipe("min_variance", lookback: 80)
    chained.constraints.maxTurnover = 0.2
    let recipes = [
      try Self.recipe(), try Self.recipe("min_variance"), try Self.recipe("herc"), chained,
    ]
    let cache = CovarianceCache()
    let ahead = Self.source(recipes, panel, startsAtOnce: true, cache: cache)
    #expect(ahead.prepare(workers: workers))
    // Each recipe's bars of the schedule, and the first of the window.
    #expect(ahead.estimateCount == recipes.count * (Self.bars.count + 1))
    // Three recipes look at the same 60 bars, and the fourth at 80.
    #expect(cache.computedCount == 2 * (Self.bars.count + 1))
    let later = Self.source(recipes, panel)
    for set in recipes.indices.reversed() {
      for bar in Self.bars.reversed() {
        let (a, b) = (
          Self.weights(ahead, set: set, bar: bar), Self.weights(later, set: set, bar: bar)
        )
        // The first rebalance of a chain is another where none is made at once.
        if set < 3 { #expect(a == b) }
      }
    }
    #expect(ahead.failures.isEmpty)
  }

  @Test(arguments: 0..<6) func nothingComesFromLaterBars(seed: UInt64) throws {
    print("nothingComesFromLaterBars: seed \(seed)")
    var random = TestRandom(seed: seed)
    let cut = Self.bars[Int(seed) * 3]
    let noise = (0..<997).map { _ in Double.random(in: 0.1...10, using: &random) }
    let holes = (0..<997).map { _ in random.one(in: 3) }
    let whole = try Self.panel()
    let poisoned = try Self.panel { bar, symbol, close in
      let place = (bar * 31 + symbol) % 997
      return bar <= cut ? close : holes[place] ? .nan : close * noise[place]
    }
    var turning = try Self.recipe("min_variance")
    turning.constraints.maxTurnover = 0.3
    let recipes = [
      try Self.recipe(), try Self.recipe("max_sharpe"), try Self.recipe("min_cvar"), turning,
    ]
    let (a, b) = (Self.source(recipes, whole), Self.source(recipes, poisoned))
    for set in recipes.indices {
      for bar in Self.bars where bar <= cut {
        #expect(Self.weights(a, set: set, bar: bar) == Self.weights(b, set: set, bar: bar))
      }
    }
  }

  @Test func whoDoesNotTradeHasNoWeight() throws {
    let panel = try Self.panel { bar, symbol, close in
      switch symbol {
      case 0: bar < 90 ? .nan : close  // Too short a history at first.
      case 1: bar > 150 ? .nan : close  // Ends.
      case 2: bar % 12 == 0 ? .nan : close  // Gaps that are bridged.
      default: close
      }
    }
    let source = Self.source([try Self.recipe()], panel)
    let first = Self.weights(source, bar: 100)
    #expect(first[0] == 0 && first[1] > 0 && first[2] > 0)
    #expect(abs(first.reduce(0, +) - 1) < 1e-12)
    let later = Self.weights(source, bar: Self.bars[4])
    #expect(later[0] > 0 && later[1] == 0)
  }

  @Test func whatCannotBeSolvedKeepsPositionsAndIsCounted() throws {
    var recipe = try Self.recipe("min_variance")
    recipe.constraints.maxWeight = .init(0.06)
    let panel = try Self.panel { bar, symbol, close in
      // Nineteen symbols from bar 200 on, fifteen from 300 on: then 0.06 each is too little.
      bar > 300 && symbol < 5 ? .nan : close
    }
    let source = Self.source([recipe], panel)
    #expect(source.prepare(workers: 2))
    let failed = Self.bars.filter { $0 > 304 }
    let found = source.failures.map { $0.bar }
    #expect(found == failed)
    let isEmpty = Self.weights(source, bar: failed[0]).allSatisfy { $0.isNaN }
    #expect(isEmpty)
    guard case .infeasible(let conflict) = source.failures[0].error else {
      Issue.record("an infeasible problem, not \(source.failures[0].error)")
      return
    }
    #expect(!conflict.isEmpty)
  }

  @Test func turnoverIsCountedFromWhatPricesMadeOfTheWeights() throws {
    let panel = try Self.panel()
    var recipe = try Self.recipe("min_variance")
    recipe.constraints.maxTurnover = 0.1
    let source = Self.source([recipe], panel)
    let (first, second) = (Self.bars[0], Self.bars[1])
    var held = Self.weights(source, bar: first)
    for symbol in 0..<20 {
      held[symbol] *=
        panel.value(field: 0, bar: second, symbol: symbol)
        / panel.value(field: 0, bar: first, symbol: symbol)
    }
    let total = held.reduce(0, +)
    let after = Self.weights(source, bar: second)
    let turnover = zip(after, held).reduce(0) { $0 + abs($1.0 - $1.1 / total) }
    #expect(turnover <= 0.1 + 1e-8)
    #expect(turnover > 0.09)
  }

  @Test func stoppingIsSaid() throws {
    let source = Self.source([try Self.recipe()], try Self.panel())
    let isDone = source.prepare(workers: 2, isCancelled: { true })
    #expect(!isDone)
  }
}
