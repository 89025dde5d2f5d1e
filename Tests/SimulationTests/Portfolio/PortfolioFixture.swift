import Kernels
import Market
import Metrics
import Simulation
import Synchronization

/// Weights from a table: sets × bars × symbols.
struct TableWeights: WeightSource {
  var rows: [[[Double]]]
  var symbolCount: Int
  var warmups: [Int] = []

  var setCount: Int { rows.count }
  func warmup(of set: Int) -> Int { warmups.isEmpty ? 0 : warmups[set] }
  func makeEvaluator() -> any WeightEvaluator { Evaluator(table: self) }

  private final class Evaluator: WeightEvaluator {
    let table: TableWeights
    init(table: TableWeights) { self.table = table }
    func weights(set: Int, bar: Int, into output: UnsafeMutablePointer<Double>) {
      for (symbol, weight) in table.rows[set][bar].enumerated() { output[symbol] = weight }
    }
  }
}

extension PortfolioEngine {
  init(_ run: PortfolioRun, workers: Int = 1, tileLanes: Int? = nil, byMatrices: Bool = true) {
    self.init(
      run: run, kernels: KernelVariant.best.kernels, workers: workers, tileLanes: tileLanes,
      byMatrices: byMatrices)
  }

  /// Every lane's summary.
  func summaries() throws -> [LaneSummary] {
    let found = Mutex([Int: LaneSummary]())
    _ = try simulateTiles(
      begin: { $0 }, take: { _, lane, summary in found.withLock { $0[lane] = summary } },
      end: { _ in })
    let all = found.withLock { $0 }
    return (0..<laneCount).map { all[$0] ?? LaneSummary() }
  }
}

/// A random portfolio run and what the long way makes of it.
struct PortfolioScenario {
  var bars: [Bars]
  var run: PortfolioRun
  var table: [[Double]]

  init(seed: Int, isPlain: Bool = false) {
    var random = SeededGenerator(seed: seed)
    let count = random.pick([1, 2, 3, 5, 9])
    let length = random.pick([3, 20, 90])
    var weather = Weather.random(&random)
    weather.volatility = min(weather.volatility, 0.08)
    if isPlain { (weather.holes, weather.isListedLate) = (0, false) }
    var bars = (0..<count).map { _ in Bars.random(length, weather, &random) }
    for symbol in bars.indices {
      // What counts here is when a symbol trades; high and low are others' matter.
      for bar in 0..<length { bars[symbol].high[bar] = bars[symbol].open[bar] }
    }
    var rules = ExecutionRules()
    rules.fill = random.pick([FillMoment.nextOpen, .nextClose, .sameClose])
    rules.commission.rate = random.pick([0, 0.001, 0.01])
    rules.slippage.rate = random.pick([0, 0.0005])
    rules.delistingReturn = random.pick([0, -0.3])
    rules.allowsShort = random.chance(0.7)
    var rebalance = Rebalance()
    rebalance.every = .bars(random.pick([1, 3, 21]))
    if !isPlain {
      rebalance.drift = random.pick([0, 0, 0.05])
      rebalance.gradualBars = random.pick([1, 1, 3])
      rebalance.band = random.pick([0, 0, 0.02])
      rebalance.maxTurnover = random.pick([.infinity, .infinity, 0.2])
    }
    rebalance.missing = random.pick([.hold, .close])
    if random.chance(0.3) {
      rules.slippage.rate = 0
      rebalance.costBasis = .orders
    }
    let shorts = !isPlain && random.chance(0.3)
    let row = Self.row(count, shorts: shorts, &random)
    table = (0..<length).map { _ in
      isPlain ? row : Self.row(count, shorts: shorts, &random)
    }
    if !isPlain {
      for bar in table.indices where random.chance(0.1) { table[bar][0] = .nan }
    }
    self.bars = bars
    let weights: any WeightSource =
      isPlain
      ? FixedWeights(table[0], symbolCount: count)
      : TableWeights(rows: [table], symbolCount: count)
    run = PortfolioRun(
      panel: makePanel(bars), symbols: Array(0..<count), weights: weights, rebalance: rebalance,
      rules: rules, cash: 10_000, window: 0..<length)
  }

  private static func row(_ count: Int, shorts: Bool, _ random: inout SeededGenerator) -> [Double] {
    var row = (0..<count).map { _ in random.chance(0.3) ? 0 : random.uniform(0, 1) }
    let sum = random.pick([0.6, 1, 1.7]) / max(1e-9, row.reduce(0, +))
    row = row.map { $0 * sum }
    // Few enough shorts for their margin never to run out.
    if shorts { row[0] = -0.05 }
    return row
  }

  var naive: NaivePortfolio {
    var decisions: Set<Int> = [0]
    if case .bars(let step) = run.rebalance.every {
      decisions.formUnion(stride(from: 0, to: bars[0].count, by: step))
    }
    let ends = run.panel.lifetimes.map { life in
      life.flatMap { $0.upperBound + 1 < bars[0].count ? $0.upperBound + 1 : nil }
    }
    return NaivePortfolio(
      bars: bars, cash: run.cash, rules: run.rules, rebalance: run.rebalance, decisions: decisions,
      ends: ends, weights: { table[$0] })
  }
}
