import Dispatch
import FoundationEssentials
import Glibc
import Market
import Metrics
import Simulation
import Storage
import Synchronization

/// Runs a plan and writes its result: sweeps and backtests alike.
public struct RunJob: Sendable {
  /// How a run is carried out; none of it changes a number of the result.
  public struct Options: Sendable {
    /// Where the result goes; the summary goes beside it with the extension `json`.
    public var output: String
    /// Whether existing files may be replaced.
    public var force = false
    /// Number of workers.
    public var workers = 1
    /// Most lanes in a tile; nil to choose.
    public var tileLanes: Int?
    /// Instruction set of the lane kernel.
    public var variant = KernelVariant.best
    /// Whether to keep the full trace of every lane.
    public var keepsTraces = false
    /// Files that the output must not replace, even by force, beside the store: the spec.
    public var inputs: [String] = []

    /// Options with an output path.
    public init(output: String) { self.output = output }
  }

  /// What a run left behind.
  public struct Outcome: Sendable {
    /// The table, as written.
    public var table: ResultTable
    /// The summary, as written.
    public var summary: RunSummary
    /// Path of the summary.
    public var summaryPath: String
    /// Whether every lane was run; false when a signal stopped it, and the file holds the finished lanes.
    public var isComplete: Bool
  }

  /// What to run.
  public let plan: RunPlan
  /// How.
  public let options: Options

  /// A job for a plan.
  public init(plan: RunPlan, options: Options) {
    self.plan = plan
    self.options = options
  }

  /// Path of the summary beside a result: `run.h5` has `run.json`.
  public static func summaryPath(_ output: String) -> String {
    (output.hasSuffix(".h5") ? String(output.dropLast(3)) : output) + ".json"
  }

  /// Runs, ranks and writes.
  ///
  /// - Parameters:
  ///   - progress: takes the number of lanes finished so far; called from workers.
  ///   - isCancelled: asked before each tile.
  /// - Throws: `RunInterrupted`, and `StorageError` before the work if the output cannot be written, or would replace the store or the spec.
  public func run(
    progress: @escaping @Sendable (Int) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> Outcome {
    let summaryPath = Self.summaryPath(options.output)
    for path in [options.output, summaryPath] {
      try checkApart(path, from: [plan.storePath] + options.inputs)
      try AtomicFile.checkTarget(path, force: options.force)
    }
    let started = Date()
    let clock = ContinuousClock()
    let begin = clock.now

    let table = MetricTable(metrics: plan.metrics, laneCount: plan.run.laneCount)
    let engine = LaneEngine(
      run: plan.run, kernels: options.variant.kernels, workers: options.workers,
      tileLanes: options.tileLanes)
    let done = Atomic<Int>(0)
    let isComplete = try engine.simulate(
      isCancelled: isCancelled,
      progress: { lanes in
        progress(done.wrappingAdd(lanes, ordering: .relaxed).newValue)
      },
      finished: { lane, summary in table.record(lane: lane, summary) })
    for symbol in plan.run.symbols.indices where !plan.hasPrice(symbol: symbol) {
      let first = symbol * plan.grid.count
      for lane in first..<first + plan.grid.count where table.isFinished(lane) {
        table.fail(lane: lane)
      }
    }
    let simulated = clock.now

    var result = resultTable(table)
    if !isComplete && result.lanes.isEmpty { throw RunInterrupted() }
    if options.keepsTraces && isComplete {
      result.traces = try result.lanes.map { try trace(engine.replay(lane: Int($0)), lane: $0) }
    }
    let seconds = plan.loadSeconds + (clock.now - begin).seconds
    let warnings = warnings(result, isComplete)
    result.attributes = attributes(result, warnings, started: started, seconds: seconds)
    // Gone before the result changes: whoever stops us in between leaves no summary rather than one of another run.
    if options.force { unlink(summaryPath) }
    try ResultStore.write(result, to: options.output, force: options.force)
    let written = clock.now
    let timings = RunSummary.Timings(
      loadSeconds: plan.loadSeconds, simulateSeconds: (simulated - begin).seconds,
      writeSeconds: (written - simulated).seconds)
    let summary = self.summary(result, warnings, timings)
    try AtomicFile.write(try summary.json(), to: summaryPath, force: options.force)
    return Outcome(
      table: result, summary: summary, summaryPath: summaryPath, isComplete: isComplete)
  }
}

/// A run that was stopped before any lane was finished; nothing was written.
public struct RunInterrupted: Error, CustomStringConvertible {
  /// What happened.
  public var description: String {
    "interrupted before any lane was finished: nothing was written"
  }
}

/// Throws if an output would take the place of a file that was read, or stand in a folder of files that was.
func checkApart(_ output: String, from inputs: [String]) throws(StorageError) {
  let name = output.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
  let folder = output.dropLast(name.utf8.count)
  for input in inputs {
    guard let file = FileIdentity(input) else { continue }
    if FileIdentity(output) == file || FileIdentity(folder.isEmpty ? "." : String(folder)) == file {
      throw .unwritable(
        path: output, reason: "\(input) was read for it and is kept; choose another name")
    }
  }
}

/// What tells one file from another, whatever their paths.
private struct FileIdentity: Equatable {
  let device: dev_t
  let number: ino_t

  init?(_ path: String) {
    var status = stat()
    guard !path.utf8.contains(0), stat(path, &status) == 0 else { return nil }
    device = status.st_dev
    number = status.st_ino
  }
}
