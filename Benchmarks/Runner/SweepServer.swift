import BenchmarkKit
import FoundationEssentials
import Glibc
import Jobs
import Kernels
import Metrics
import Simulation
import Storage

/// One sweep that is simulated whenever a line on standard input asks for it, for programs that compare engines.
///
/// `run` simulates once, `run N` that many times; the answer holds the seconds of each. `answers FILE` writes the
/// metrics of the last run. Every answer is a line of JSON; the first one, before any question, says what is run.
struct SweepServer {
  private let plan: RunPlan
  private let run: LaneRun
  private let variant: KernelVariant
  private let threads: Int
  private let table: SweepTable

  /// What is said first.
  private struct Greeting: Encodable {
    var lanes: Int
    var sets: Int
    var symbols: Int
    var bars: Int
    var barsPerYear: Double
    var threads: Int
    var variant: String
  }
  /// What `run` answers.
  private struct Times: Encodable { var seconds: [Double] }
  /// What `answers` answers.
  private struct Written: Encodable {
    var rows: Int
    var columns: [String]
  }
  /// What anything else answers.
  private struct Mistake: Encodable { var error: String }

  /// Loads what is run and checks it; `symbols` takes the first so many only.
  init(plan: RunPlan, symbols: Int?, threads: Int) {
    self.plan = plan
    self.threads = threads
    variant = KernelVariant.best
    var run = plan.run
    if let symbols { run.symbols = Array(run.symbols.prefix(symbols)) }
    self.run = run
    table = SweepTable(laneCount: run.laneCount)
  }

  /// Answers until standard input ends.
  func serve(say: (String) throws -> Void) throws {
    try say(
      json(
        Greeting(
          lanes: run.laneCount, sets: run.strategy.setCount, symbols: run.symbols.count,
          bars: run.window.count, barsPerYear: run.barsPerYear, threads: threads,
          variant: variant.rawValue)))
    while let line = readLine() {
      let words = line.split(separator: " ", maxSplits: 1).map(String.init)
      switch (words.first, words.dropFirst().first) {
      case ("run", nil): try say(json(Times(seconds: [try simulate()])))
      case ("run", let count?) where (Int(count) ?? 0) > 0:
        try say(json(Times(seconds: try (0..<(Int(count) ?? 0)).map { _ in try simulate() })))
      case ("answers", let path?):
        do throws(BenchmarkError) {
          try table.write(to: path)
        } catch {
          try say(json(Mistake(error: "\(error)")))
          continue
        }
        try say(json(Written(rows: run.laneCount, columns: SweepTable.columns)))
      default:
        try say(json(Mistake(error: "expected: run, run N or answers FILE; found: \(line)")))
      }
    }
  }

  /// One sweep, from the compiled spec to the metrics of every lane.
  private func simulate() throws -> Double {
    let begin = monotonicNanoseconds()
    let engine = LaneEngine(run: run, kernels: variant.kernels, workers: threads)
    _ = try engine.simulate { lane, summary in table.record(lane: lane, summary) }
    return Double(monotonicNanoseconds() - begin) * 1e-9
  }

  private func json(_ answer: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return String(decoding: try encoder.encode(answer), as: UTF8.self) + "\n"
  }
}

/// The metrics that every engine has, for all lanes: `[lane][column]`.
private final class SweepTable {
  static let columns = ["total_return", "sharpe", "max_drawdown", "entries"]
  private static let metrics = columns.compactMap { MetricCatalog.metric(named: $0) }

  private let values: AlignedBuffer<Double>
  private let laneCount: Int

  init(laneCount: Int) {
    self.laneCount = laneCount
    values = AlignedBuffer(repeating: .nan, count: laneCount * Self.columns.count)
  }

  func record(lane: Int, _ summary: LaneSummary) {
    let row = values.base + lane * Self.columns.count
    for (column, metric) in Self.metrics.enumerated() {
      row[column] = metric.value(of: summary).number
    }
    row[Self.columns.count - 1] = Double(summary.trades + summary.openTrades)
  }

  /// Writes all rows as raw doubles.
  func write(to path: String) throws(BenchmarkError) {
    guard let file = fopen(path, "w") else { throw .system(call: "open", path: path, code: errno) }
    let count = laneCount * Self.columns.count
    let written = fwrite(values.base, MemoryLayout<Double>.stride, count, file)
    guard fclose(file) == 0, written == count else {
      throw .system(call: "write", path: path, code: errno)
    }
  }
}

// Each lane's row is written by the one worker that simulates it; readers come after the last worker.
extension SweepTable: @unchecked Sendable {}
