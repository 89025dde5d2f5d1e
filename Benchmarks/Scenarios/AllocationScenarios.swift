import Allocation
import BenchmarkKit
import Kernels
import Risk
import Synchronization

/// Weights by optimisers.
let allocationScenarios: [Scenario] = [
  Scenario(
    "allocation/min-variance", unit: .rows, limit: "a covariance and one Cholesky factor each",
    prepare: minimumVariance)
]

/// Minimum variance of 500 symbols, long only, estimated again on 504 bars every 21 bars, 60 times.
///
/// Data: 500 × 1,743 returns of three common factors, 7 MB. A row is one covariance, 1.3 · 10⁸ operations, and one quadratic program,
/// of which an interior point method needs a Cholesky factor, 4 · 10⁷ operations, a step.
/// Limit: the covariance and one factor. Fewer holdings than symbols need less than a factor of all; finding out which needs more.
private func minimumVariance(_ context: ScenarioContext) throws -> Workload {
  let (symbols, window) = (context.size(500, tiny: 12), context.size(504, tiny: 40))
  let dates = context.size(60, tiny: 3)
  let bars = window + (dates - 1) * 21
  let table = commonFactorReturns(bars: bars, symbols: symbols)
  let windows = (0..<dates).map { $0 * 21..<$0 * 21 + window }
  let allocate = { (cap: Double, threads: Int) throws -> [[Double]] in
    let found = Mutex<[Int: [Double]]>([:])
    _ = try TileLoop(tiles: dates, workers: threads).run(
      isCancelled: { false }, room: { 0 }
    ) { date, _ in
      let returns = table.bars(windows[date])
      var problem = AllocationProblem(
        symbols: returns.symbols, covariance: try SampleCovariance().estimate(returns).matrix,
        expectedReturns: Array(repeating: 0, count: symbols))
      problem.constraints.upper = Array(repeating: cap, count: symbols)
      let weights = try MinVariance().allocate(problem).weights
      found.withLock { $0[date] = weights }
    }
    return found.withLock { found in (0..<dates).map { found[$0] ?? [] } }
  }
  let cap = context.isTiny ? 0.3 : 0.02
  let alone = try allocate(cap, 1)
  guard try allocate(cap, context.threads) == alone else {
    throw BenchmarkError.disagreement(
      what: "weights", found: "others by \(context.threads) workers", expected: "the same")
  }
  return Workload(
    work: Double(dates),
    contestants: [
      Contestant("min_variance") { _ = try allocate(1, context.threads) },
      Contestant("min_variance, at most \(cap)") { _ = try allocate(cap, context.threads) },
    ],
    limit: Contestant("covariance and factor") {
      _ = try TileLoop(tiles: dates, workers: context.threads).run(
        isCancelled: { false }, room: { 0 }
      ) { date, _ in
        let returns = table.bars(windows[date])
        _ = try Cholesky(try SampleCovariance().estimate(returns).matrix)
      }
    })
}

/// Returns with three common factors.
private func commonFactorReturns(bars: Int, symbols: Int) -> ReturnTable {
  let noise = Fixture.noise(bars * (symbols + 3), stream: 81)
  let loads = Fixture.noise(symbols * 3, stream: 82)
  var values = Matrix(rows: bars, columns: symbols)
  for bar in 0..<bars {
    for symbol in 0..<symbols {
      var sum = 0.02 * noise[bar * (symbols + 3) + symbol]
      sum += (1 + 0.5 * loads[symbol * 3]) * 0.01 * noise[bar * (symbols + 3) + symbols]
      for factor in 1..<3 {
        sum += loads[symbol * 3 + factor] * 0.008 * noise[bar * (symbols + 3) + symbols + factor]
      }
      values[bar, symbol] = sum
    }
  }
  return ReturnTable(
    symbols: (0..<symbols).map { "S\($0)" }, timeNs: (0..<bars).map { Int64($0) }, values: values,
    barsPerYear: 252)
}
