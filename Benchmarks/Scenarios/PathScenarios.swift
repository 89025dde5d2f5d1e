import BenchmarkKit
import BenchmarkReference
import Kernels
import Metrics
import Risk
import Simulation

/// Monte Carlo: values of a portfolio of ten symbols after 252 bars, and the VaR of 95 and 99 %.
let pathScenarios: [Scenario] = [
  Scenario(
    "paths/bootstrap", unit: .laneBars, limit: "C with a generator that moves on, same threads",
    prepare: { try paths($0, bootstraps: true) }),
  Scenario(
    "paths/gaussian", unit: .laneBars, limit: "C with a generator that moves on, same threads",
    prepare: { try paths($0, bootstraps: false) }),
]

/// 1,000,000 paths: of past bars drawn apart, weights restored at each; or of normal log returns, bought and held.
///
/// Data: 5,039 returns of ten symbols. The bootstrap looks up 252 million growths in a column of 40 kB; the normal paths take
/// 2.5 · 10⁹ normal numbers, correlated once a path, as sums of products are products of sums.
/// Limit: `reference/paths.c`. Its generator needs a third of the operations of Philox's ten rounds, and no path of it can be
/// drawn again alone; its functions stop at 1e-12. Streams differ, so the VaRs agree within their standard errors.
private func paths(_ context: ScenarioContext, bootstraps: Bool) throws -> Workload {
  let (symbols, bars, steps) = (10, context.size(5039, tiny: 200), context.size(252, tiny: 20))
  let count = context.size(1_000_000, tiny: 5_000)
  let noise = (0...symbols).map { symbol in
    let stream = PhiloxStream(seed: 8, stream: 81, symbol: UInt32(symbol))
    return (0..<bars).map { stream.normal(step: UInt32($0)) }
  }
  var values = Matrix(rows: bars, columns: symbols)
  for bar in 0..<bars {
    for symbol in 0..<symbols {
      values[bar, symbol] = 0.0003 + 0.008 * noise[symbols][bar] + 0.012 * noise[symbol][bar]
    }
  }
  let names = (0..<symbols).map { "S\($0)" }
  let weights = Matrix(rows: 1, columns: symbols, repeating: 1 / Double(symbols))
  let table = ReturnTable(
    symbols: names, timeNs: (0..<bars).map(Int64.init), values: values, barsPerYear: 252)
  let estimate = try SampleCovariance().estimate(table)
  let mean = (0..<symbols).map { values.column($0).reduce(0, +) / Double(bars) }
  let model: PathModel =
    bootstraps
    ? .bootstrap(try BootstrapPaths(table))
    : .gaussian(try GaussianPaths(estimate, mean: mean, kind: .log))
  let column = (0..<bars).map { 1 + values.row($0).reduce(0, +) / Double(symbols) }
  let lower = try Cholesky(estimate.matrix).lower.values
  let kernels = KernelVariant.best.pathKernels
  let settings = MonteCarloSettings(
    paths: count, bars: steps, seed: 7, every: bootstraps ? 1 : 0, watchesPaths: false)
  let drawn = Scratch<Double>(.allocate(capacity: count))
  drawn.base.initialize(repeating: 0, count: count)
  let own = { () throws -> [Double] in
    var found: [Double] = []
    _ = try MonteCarlo(model, settings, kernels: kernels).run(
      weights: weights, workers: context.threads, isCancelled: { false }
    ) { found = risk($1.terminal) }
    return found
  }
  let reference = { () -> [Double] in
    if bootstraps {
      apus_reference_bootstrap(
        column, Int32(bars), count, Int32(steps), 7, Int32(context.threads), drawn.base)
    } else {
      _ = apus_reference_normal_paths(
        mean, lower, weights.values, Int32(symbols), count, Int32(steps), 7,
        Int32(context.threads), drawn.base)
    }
    return risk(Array(UnsafeBufferPointer(start: drawn.base, count: count)))
  }
  // Six standard errors of a difference of two 99 % quantiles of something like a normal with a deviation below 0.25.
  let bound = 6 * 2.squareRoot() * 0.25 * 3.8 / Double(count).squareRoot()
  for (found, expected) in zip(try own(), reference())
  where !((found - expected).magnitude <= bound) {
    throw BenchmarkError.disagreement(
      what: "VaR of paths", found: "\(found)", expected: "\(expected) ± \(bound)")
  }
  return Workload(
    work: Double(count) * Double(steps),
    contestants: [Contestant("MonteCarlo \(kernels.name)") { _ = try own() }],
    limit: Contestant("C") { _ = reference() })
}

/// VaR of 95 and 99 %.
private func risk(_ terminal: [Double]) -> [Double] {
  var selection = Selection(of: terminal)
  return [0.05, 0.01].map { share in
    1 - selection.smallest(rank: max(1, Int((share * Double(terminal.count)).rounded(.up))))
  }
}
