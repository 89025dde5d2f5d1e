import BenchmarkKit
import BenchmarkReference
import CShims
import Foundation
import Kernels
import Metrics
import Risk
import Simulation

/// Risk of very many portfolios.
let portfolioRiskScenarios: [Scenario] = [
  Scenario(
    "portfolio/risk", unit: .laneBars, limit: "C over the same BLAS, same threads",
    prepare: portfolioRisk)
]

/// 20,000 portfolios of 500 symbols over 2,520 bars: seven figures each.
///
/// Data: returns of 10 MB, weights of 80 MB. The work is a product of matrices of 5 · 10¹⁰ operations, bound by the vector
/// units, and some 50 operations a portfolio and bar, eight at a time.
/// Limit: `reference/portfolio_risk.c`, written for this alone, over the same BLAS. Time is in proportion to portfolios.
private func portfolioRisk(_ context: ScenarioContext) throws -> Workload {
  let (bars, symbols) = (context.size(2520, tiny: 101), context.size(500, tiny: 13))
  let portfolios = context.size(20_000, tiny: 300)
  let panel = Fixture.panel(try Fixture.draft(bars: bars + 1, symbols: symbols))
  let returns = ReturnTable(
    panel: panel, symbols: Array(0..<symbols), window: 0..<bars + 1, barsPerYear: 252)
  let rows = returns.values.transposed.values
  var weights = Fixture.noise(portfolios * symbols, stream: 67).map { -log1p(-($0 + 1) / 2) }
  for row in 0..<portfolios {
    let place = row * symbols..<(row + 1) * symbols
    let sum = weights[place].reduce(0, +)
    for index in place { weights[index] /= sum }
  }
  guard apus_blas_open() else {
    throw BenchmarkError.unavailable(what: "OpenBLAS", next: "install libopenblas0-pthread")
  }
  let figures = Scratch<Double>(.allocate(capacity: portfolios * 7))
  figures.base.initialize(repeating: 0, count: portfolios * 7)
  let reference = {
    _ = apus_reference_portfolio_risk(
      weights, portfolios, Int32(symbols), rows, Int32(bars), 252, Int32(context.threads),
      { apus_blas_multiply(false, $0, $1, $2, $3, 1, $4, $5, $6, $7, 0, $8, $9) }, figures.base)
  }
  reference()
  let metrics = [
    "var_95", "cvar_95", "var_99", "cvar_99", "sharpe", "sortino", "max_drawdown",
  ].compactMap { MetricCatalog.metric(named: $0) }
  let source = WeightsInMemory(
    WeightTable(
      names: (0..<portfolios).map { "\($0)" },
      weights: Matrix(rows: portfolios, columns: symbols, weights)),
    symbols: returns.symbols)
  let found = Scratch<Double>(.allocate(capacity: portfolios * 7))
  found.base.initialize(repeating: 0, count: portfolios * 7)
  let compute = {
    // Each portfolio has places of its own; taken here, so that the memory lives as long as what writes to it.
    nonisolated(unsafe) let output = found.base
    // The table of returns is made each time: that is part of the work.
    let plan = try PortfolioRisk(
      returns: returns, symbols: returns.symbols, metrics: metrics,
      kernels: KernelVariant.best.kernels)
    try plan.run(
      source, workers: context.threads, begin: { _ in },
      take: { _, portfolio, outcome in
        guard case .summary(let lane) = outcome else { return }
        for (place, metric) in metrics.enumerated() {
          output[portfolio * 7 + place] = metric.value(of: lane).number
        }
      }, end: { _ in })
  }
  try compute()
  for place in 0..<portfolios * 7 {
    let (value, expected) = (found.base[place], figures.base[place])
    guard (value - expected).magnitude <= 1e-9 * max(1, expected.magnitude) else {
      throw BenchmarkError.disagreement(
        what: "\(metrics[place % 7].name) of portfolio \(place / 7)", found: "\(value)",
        expected: "\(expected)")
    }
  }
  return Workload(
    work: Double(portfolios) * Double(bars),
    contestants: [Contestant("PortfolioRisk") { try compute() }],
    limit: Contestant("C over \(MatrixProduct.blasCore ?? "")") { reference() })
}
