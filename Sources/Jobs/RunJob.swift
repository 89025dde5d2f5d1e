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
    /// Whether the result holds the best lanes only, as many as the spec ranks.
    public var keepsTopOnly = false
    /// Whether a run that did not end is continued.
    public var resumes = false
    /// How long a run lasts before what is finished goes to a journal beside the output.
    ///
    /// Shorter ones are faster run again than kept.
    public var journalPatience = Duration.seconds(1)
    /// Files that the output must not replace, even by force, beside the store: the spec.
    public var inputs: [String] = []

    /// Options with an output path.
    public init(output: String) { self.output = output }
  }

  /// What a run left behind.
  public struct Outcome: Sendable {
    /// The best rows, as many as the spec ranks, with the attributes of the whole result.
    public var best: ResultTable
    /// Number of lanes that are finished, those of earlier parts of a resumed run included.
    public var laneCount: Int
    /// Number of lanes that this part of the run simulated.
    public var simulatedLaneCount: Int
    /// Time from reading the spec until the files are in place.
    public var seconds: Double
    /// Time that simulating took.
    public var simulateSeconds: Double
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
  /// O(workers × tile) memory for lanes while they are simulated, once the run has lasted; 33 bytes a lane while all of
  /// them are ranked, and none if only the best are kept.
  ///
  /// - Parameters:
  ///   - progress: takes the number of lanes finished so far; called from workers.
  ///   - isCancelled: asked before each tile.
  ///   - resumed: takes the number of lanes that were finished before, if there are any.
  /// - Throws: `RunInterrupted`; and before the work `ResumeError`, and `StorageError` if the output cannot be written, or
  ///   would replace the store or the spec.
  public func run(
    progress: @escaping @Sendable (Int) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false },
    resumed: (Int) -> Void = { _ in }
  ) throws -> Outcome {
    let mayReplace = try checkOutputs()
    let finished = try finishedBefore()
    let origin = origin
    let clock = ContinuousClock()
    let begin = clock.now
    let before = finished.count
    if before > 0 { resumed(before) }
    let simulator = plan.simulator(
      variant: options.variant, workers: options.workers, tileLanes: options.tileLanes)
    let isComplete = try simulate(
      simulator, finished, from: before, progress: progress, isCancelled: isCancelled)
    let simulated = clock.now
    let count = finished.count
    if !isComplete && count == 0 { throw RunInterrupted() }
    if !isComplete { try finished.keep() }

    // Gone before the result changes: whoever stops us in between leaves no summary rather than one of another run.
    let summaryPath = Self.summaryPath(options.output)
    if mayReplace { unlink(summaryPath) }
    let (best, warnings) = try write(
      finished, isComplete: isComplete, origin, blasCore: simulator.blasCore, force: mayReplace,
      seconds: { plan.loadSeconds + (clock.now - begin).seconds })
    let written = clock.now
    let timings = RunSummary.Timings(
      loadSeconds: plan.loadSeconds, simulateSeconds: (simulated - begin).seconds,
      writeSeconds: (written - simulated).seconds)
    let summary = origin.summary(
      options.keepsTraces ? "backtest" : "sweep", of: best,
      rows: plan.costs(
        of: LeaderboardRows(best).rows(top: plan.spec.top), variant: options.variant),
      warnings: warnings, timings: timings)
    try AtomicFile.write(try summary.json(), to: summaryPath, force: mayReplace)
    if isComplete { finished.discard() }
    return Outcome(
      best: best, laneCount: count, simulatedLaneCount: count - before,
      seconds: plan.loadSeconds + (clock.now - begin).seconds,
      simulateSeconds: timings.simulateSeconds, summary: summary, summaryPath: summaryPath,
      isComplete: isComplete)
  }

  /// Simulates the lanes that are not finished; returns whether all are now.
  private func simulate(
    _ simulator: any LaneSimulator, _ finished: FinishedLanes, from before: Int,
    progress: @escaping @Sendable (Int) -> Void, isCancelled: @escaping @Sendable () -> Bool
  ) throws -> Bool {
    // Here, where all workers and an interruption are at hand; lanes would estimate them too.
    if let weights = plan.allocation,
      !weights.prepare(workers: options.workers, isCancelled: isCancelled)
    {
      return false
    }
    let metrics = plan.metrics
    let layout = plan.layout
    let hasPrice = layout.groups.indices.map { plan.hasPrice(group: $0) }
    let done = Atomic<Int>(before)
    return try simulator.simulateTiles(
      without: finished.lanes, isCancelled: isCancelled,
      begin: { LaneTile(lanes: $0, rows: $0.count, metrics: metrics.count) },
      take: { tile, lane, summary in tile.take(lane, summary, metrics) },
      end: { tile in
        if !hasPrice[layout.place(of: tile.lanes.lowerBound).group] { tile.fail() }
        tile.count()
        let lanes = tile.lanes.count
        try finished.add(tile)
        progress(done.wrappingAdd(lanes, ordering: .relaxed).newValue)
      })
  }
}

/// Work that was stopped before anything of it was finished; nothing was written.
public struct RunInterrupted: Error, CustomStringConvertible {
  /// What happened.
  public var description: String {
    "interrupted before anything was finished: nothing was written"
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

/// Whether two paths are one file, which need not exist yet.
func isSameFile(_ a: String, _ b: String) -> Bool {
  if a == b { return true }
  if let first = FileIdentity(a) { return first == FileIdentity(b) }
  func split(_ path: String) -> (folder: String, name: Substring) {
    let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    let folder = path.dropLast(name.utf8.count)
    return (folder.isEmpty ? "." : String(folder), name)
  }
  let (first, second) = (split(a), split(b))
  guard first.name == second.name, let folder = FileIdentity(first.folder) else { return false }
  return folder == FileIdentity(second.folder)
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
