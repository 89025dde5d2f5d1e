import Kernels
import Metrics
import Simulation

extension RunPlan {
  /// Most bars of lanes that are simulated again for their costs, about a second's work.
  private static let costBars = 30_000_000

  /// Rows with the ladder of costs, which every result tells.
  ///
  /// Where a run did not keep these metrics the rows are simulated again, the best first, as many as there is time for.
  func costs(of rows: [RunSummary.Row], variant: KernelVariant) -> [RunSummary.Row] {
    let names = MetricCatalog.costNames
    let ladder = names.compactMap { MetricCatalog.metric(named: $0) }
    let isKept = names.allSatisfy { name in metrics.contains { $0.name == name } }
    let simulator = isKept ? nil : keepingCosts.simulator(variant: variant, workers: 1)
    var bars = 0
    return rows.map { row in
      var row = row
      if row.status == "failed" { return row }
      guard let simulator else {
        row.costs = Dictionary(uniqueKeysWithValues: names.map { ($0, row.metrics[$0] ?? nil) })
        return row
      }
      bars += run.window.count * (weights == nil ? 1 : run.symbols.count)
      guard bars <= Self.costBars, let record = try? simulator.replay(lane: row.lane) else {
        return row
      }
      row.costs = Dictionary(
        uniqueKeysWithValues: ladder.map { metric in
          let value = metric.value(of: record.summary).number
          return (metric.name, value.isNaN ? nil : value)
        })
      return row
    }
  }
}
