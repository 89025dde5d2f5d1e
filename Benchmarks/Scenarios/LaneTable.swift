import BenchmarkKit
import Kernels
import Metrics
import Simulation

/// Metrics of every lane of a run, as workers finish them.
final class LaneTable {
  let metrics: [any Metric]
  private let laneCount: Int
  private let values: AlignedBuffer<Double>
  private let entries: AlignedBuffer<Double>

  init(metrics names: [String], laneCount: Int) {
    metrics = names.map { name in
      guard let metric = MetricCatalog.metric(named: name) else {
        preconditionFailure("no metric \(name)")
      }
      return metric
    }
    self.laneCount = laneCount
    values = AlignedBuffer(repeating: .nan, count: laneCount * metrics.count)
    entries = AlignedBuffer(repeating: 0, count: laneCount)
  }

  func record(lane: Int, _ summary: LaneSummary) {
    for (index, metric) in metrics.enumerated() {
      values[index * laneCount + lane] = metric.value(of: summary).number
    }
    entries[lane] = Double(summary.trades + summary.openTrades)
  }

  func value(metric: Int, lane: Int) -> Double { values[metric * laneCount + lane] }
  func entryCount(lane: Int) -> Double { entries[lane] }
}

// Each lane's row is written by the one worker that simulates it; readers come after the last worker.
extension LaneTable: @unchecked Sendable {}

extension LaneRun {
  /// Simulates every lane into a table.
  func simulate(into table: LaneTable, kernels: KernelTable, threads: Int) throws {
    let engine = LaneEngine(run: self, kernels: kernels, workers: threads)
    _ = try engine.simulate { lane, summary in table.record(lane: lane, summary) }
  }
}
