import BenchmarkKit
import BenchmarkReference
import CShims
import Glibc
import Kernels
import Market
import Metrics
import Simulation

/// Portfolios with shared cash.
let portfolioScenarios: [Scenario] = [
  Scenario(
    "portfolio/rebalance", unit: .laneBars, limit: "C over the same BLAS, same threads",
    prepare: rebalance),
  Scenario(
    "portfolio/momentum", unit: .laneBars, limit: "marking as many positions, one thread",
    prepare: momentum),
]

/// 1,000 portfolios of 500 symbols, moved to fixed weights every 21 bars at the close, at 10 bps.
///
/// Data: 500 × 2,520 closes, 10 MB, and 4 MB of weights. The work is a product of matrices of 2.6 · 10⁹ operations, bound by
/// the vector units, and 60 million terms of Σ |w| · |V' − V · growth|.
/// Limit: `reference/rebalance.c`, written for this alone, over the same BLAS. The engine keeps the sums that metrics take and
/// counts what is traded, where the limit writes equity; a lane-bar is that of a portfolio.
private func rebalance(_ context: ScenarioContext) throws -> Workload {
  let (bars, symbols) = (context.size(2520, tiny: 100), context.size(500, tiny: 13))
  let portfolios = context.size(1000, tiny: 150)
  let panel = Fixture.panel(try Fixture.draft(bars: bars, symbols: symbols))
  var weights = Fixture.noise(portfolios * symbols, stream: 61).map { -log1p(-($0 + 1) / 2) }
  for row in 0..<portfolios {
    let place = row * symbols..<(row + 1) * symbols
    let sum = weights[place].reduce(0, +)
    for index in place { weights[index] /= sum }
  }
  var rules = ExecutionRules()
  rules.fill = .sameClose
  rules.commission.rate = 0.001
  var plan = Rebalance()
  plan.every = .bars(21)
  plan.costBasis = .orders
  let run = PortfolioRun(
    panel: panel, symbols: Array(0..<symbols),
    weights: FixedWeights(weights, symbolCount: symbols), rebalance: plan, rules: rules, cash: 1,
    window: 0..<bars)
  let close = (0..<symbols).flatMap { Fixture.column(panel, field: "close", symbol: $0) }
  let equity = Scratch<Double>(.allocate(capacity: portfolios * bars))
  equity.base.initialize(repeating: 0, count: portfolios * bars)
  guard apus_blas_open() else {
    throw BenchmarkError.unavailable(what: "OpenBLAS", next: "install libopenblas0-pthread")
  }
  let reference = {
    _ = apus_reference_rebalance(
      weights, Int32(portfolios), Int32(symbols), close, Int32(bars), 21, 0.001,
      Int32(context.threads),
      { apus_blas_multiply(false, $0, $1, $2, $3, 1, $4, $5, $6, $7, 0, $8, $9) },
      equity.base)
  }
  reference()
  let table = LaneTable(metrics: ["total_return"], laneCount: portfolios)
  let kernels = KernelVariant.best.kernels
  let simulate = { (basis: Rebalance.CostBasis) throws in
    var run = run
    run.rebalance.costBasis = basis
    // An engine prepares growths when it is made: that is part of the work.
    let engine = PortfolioEngine(run: run, kernels: kernels, workers: context.threads)
    _ = try engine.simulateTiles(
      begin: { $0 }, take: { table.record(lane: $1, $2) }, end: { _ in })
  }
  try simulate(.orders)
  let engine = PortfolioEngine(run: run, kernels: kernels, workers: context.threads)
  for lane in 0..<portfolios {
    let expected = equity.base[lane * bars + bars - 1]
    let found = 1 + table.value(metric: 0, lane: lane)
    try check(found, expected, "final equity of portfolio \(lane)")
    guard lane % 50 == 0 else { continue }
    for (bar, value) in try engine.replay(lane: lane).equity.enumerated() {
      try check(value, equity.base[lane * bars + bar], "portfolio \(lane), bar \(bar)")
    }
  }
  return Workload(
    work: Double(portfolios) * Double(bars),
    contestants: [
      Contestant("PortfolioEngine, costs by orders") { try simulate(.orders) },
      Contestant("PortfolioEngine, costs by trades") { try simulate(.trades) },
    ],
    limit: Contestant("C over \(MatrixProduct.blasCore ?? "")") { reference() })
}

private func check(_ found: Double, _ expected: Double, _ what: String) throws {
  guard (found - expected).magnitude <= 1e-12 * expected else {
    throw BenchmarkError.disagreement(what: what, found: "\(found)", expected: "\(expected)")
  }
}

/// Cross-sectional momentum: each month the best of 500 symbols by their return over some months, in equal weights.
///
/// Data: 500 × 5,040 bars, 20 MB a field; 1,000 sets of a lookback and a number of symbols held, 5 to 53. Orders fill at the next
/// open at 10 bps, through the ledger: 240 rebalances and 5,040 marks of what is held for each set.
/// Limit: a sum over as many positions at every bar, for one set after the other.
private func momentum(_ context: ScenarioContext) throws -> Workload {
  let (bars, symbols) = (context.size(5040, tiny: 400), context.size(500, tiny: 20))
  let panel = Fixture.panel(try Fixture.draft(bars: bars, symbols: symbols))
  let lookbacks = (1...context.size(40, tiny: 3)).map { 21 + 6 * $0 }
  let holdings = (0..<context.size(25, tiny: 2)).map { 5 + 2 * $0 }
  let source = MomentumWeights(panel: panel, lookbacks: lookbacks, holdings: holdings)
  var rules = ExecutionRules()
  rules.commission.rate = 0.001
  var plan = Rebalance()
  plan.every = .month
  let run = PortfolioRun(
    panel: panel, symbols: Array(0..<symbols), weights: source, rebalance: plan, rules: rules,
    cash: 100_000, window: 0..<bars)
  let table = LaneTable(metrics: ["total_return", "sharpe"], laneCount: source.setCount)
  let engine = PortfolioEngine(
    run: run, kernels: KernelVariant.best.kernels, workers: context.threads)
  let simulate = {
    _ = try engine.simulateTiles(
      begin: { $0 }, take: { table.record(lane: $1, $2) }, end: { _ in })
  }
  try simulate()
  guard (0..<source.setCount).allSatisfy({ table.value(metric: 0, lane: $0).isFinite }) else {
    throw BenchmarkError.disagreement(what: "returns", found: "none", expected: "some")
  }
  let rows = (0..<bars).flatMap { bar in
    (0..<symbols).map { panel.value(field: panel.fieldIndex("close") ?? 0, bar: bar, symbol: $0) }
  }
  let sink = Scratch<Double>(.allocate(capacity: 1))
  return Workload(
    work: Double(source.setCount) * Double(bars),
    contestants: [Contestant("PortfolioEngine") { try simulate() }],
    limit: Contestant("sums of units × closes") {
      for set in 0..<source.setCount {
        let count = holdings[set % holdings.count]
        let held = (0..<count).map { Int32($0 * 7919 % symbols) }
        sink.base.initialize(
          to: apus_reference_marks(
            rows, Int32(symbols), Int32(bars), held, [Double](repeating: 1, count: count),
            Int32(count)))
      }
    })
}

/// Equal weights of the symbols with the highest return over a number of bars; ties by symbol order.
private struct MomentumWeights: WeightSource {
  let panel: PricePanel
  let lookbacks: [Int]
  let holdings: [Int]

  var setCount: Int { lookbacks.count * holdings.count }
  var symbolCount: Int { panel.symbolCount }
  func warmup(of set: Int) -> Int { lookbacks[set / holdings.count] }
  func makeEvaluator() -> any WeightEvaluator { Evaluator(self) }

  private final class Evaluator: WeightEvaluator {
    private let source: MomentumWeights
    private let close: Int
    /// The order of symbols for the last lookback that was asked for.
    private var known = (bar: -1, lookback: -1)
    private var order: [Int] = []

    init(_ source: MomentumWeights) {
      self.source = source
      close = source.panel.fieldIndex("close") ?? 0
    }

    func weights(set: Int, bar: Int, into output: UnsafeMutablePointer<Double>) {
      let lookback = source.lookbacks[set / source.holdings.count]
      if known != (bar, lookback) {
        let values = source.panel.field(close)
        let count = source.symbolCount
        let gains = (0..<count).map {
          values[bar * count + $0] / values[(bar - lookback) * count + $0]
        }
        order = (0..<count).sorted { (gains[$1], $0) < (gains[$0], $1) }
        known = (bar, lookback)
      }
      output.update(repeating: 0, count: source.symbolCount)
      let held = source.holdings[set % source.holdings.count]
      for symbol in order.prefix(held) { output[symbol] = 1 / Double(held) }
    }
  }
}
