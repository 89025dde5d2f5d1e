import Allocation
import FoundationEssentials
import Glibc
import Kernels
import Market
import Metrics
import Risk
import Simulation
import Storage

/// Chooses weights by each method of a spec and writes them: a row a method, and groups of weights, frontier and shares.
public struct AllocateJob: Sendable {
  /// Where to write, and how.
  public struct Options: Sendable {
    /// Path of the result; summary and picture stand beside it.
    public var output: String
    /// Path of a file of the weights; nil for none.
    public var weights: String?
    /// Whether existing files may be replaced.
    public var force = false
    /// Number of workers.
    public var workers = 1
    /// Instruction set.
    public var variant = KernelVariant.best

    /// Options for an output.
    public init(output: String) { self.output = output }
  }

  /// What came out.
  public struct Outcome: Sendable {
    /// The methods, best first.
    public let table: ResultTable
    /// The summary, as written.
    public let summary: RunSummary
    /// Files that were written.
    public let files: [String]
    /// Number of methods without weights.
    public let failedCount: Int
  }

  /// What is asked.
  public let plan: AllocatePlan
  /// Where to.
  public let options: Options

  /// A job.
  public init(plan: AllocatePlan, options: Options) {
    self.plan = plan
    self.options = options
  }

  /// Files that the job writes.
  public var outputs: [String] {
    var files = [options.output, RunJob.summaryPath(options.output)]
    if let picture { files.append(picture) }
    if let weights = options.weights { files.append(weights) }
    return files
  }

  /// Path of the frontier's picture; nil for none.
  private var picture: String? {
    guard plan.frontierPoints > 0 else { return nil }
    let output = options.output
    return (output.hasSuffix(".h5") ? String(output.dropLast(3)) : output) + ".svg"
  }

  /// Solves and writes.
  ///
  /// A method without weights is a row with a reason.
  ///
  /// - Throws: `StorageError` before the work if an output can't be written; `RunInterrupted`.
  public func run(isCancelled: @escaping @Sendable () -> Bool = { false }) throws -> Outcome {
    if let weights = options.weights {
      for other in outputs.dropLast() where isSameFile(weights, other) {
        throw StorageError.unwritable(
          path: weights, reason: "the result is written to \(other) too; choose another name")
      }
    }
    for path in outputs {
      try AtomicFile.checkTarget(path, force: options.force)
      try checkApart(path, from: [plan.storePath] + plan.inputs)
    }
    let origin = origin
    let clock = ContinuousClock()
    let begin = clock.now
    let solved = try AllocateSolution(plan, workers: options.workers, isCancelled: isCancelled)
    var warnings = plan.warnings + solved.warnings
    var groups = solved.groups
    if let rebalance = plan.walkForward {
      let walk = WalkForward(plan, rebalance, workers: options.workers, variant: options.variant)
      groups.append(try walk.group(isCancelled))
      warnings += walk.warnings
    }
    if isCancelled() { throw RunInterrupted() }
    let computed = clock.now
    var table = solved.table(plan)
    table.groups = groups
    table.attributes = origin.attributes(
      lanes: .init(ok: plan.methods.count - solved.failedCount, failed: solved.failedCount),
      seconds: (computed - begin).seconds, blasCore: MatrixProduct.blasCore, warnings: warnings)
    try ResultStore.write(table, to: options.output, force: options.force)
    if let path = options.weights {
      try AtomicFile.write(solved.csv(plan), to: path, force: options.force)
    }
    if let frontier = solved.frontier, let path = picture {
      try AtomicFile.write(frontier.svg(plan, solved), to: path, force: options.force)
    }
    let summary = origin.summary(
      "allocate", of: table, warnings: warnings,
      timings: RunSummary.Timings(
        loadSeconds: 0, simulateSeconds: (computed - begin).seconds,
        writeSeconds: (clock.now - computed).seconds))
    try AtomicFile.write(
      try summary.json(), to: RunJob.summaryPath(options.output), force: options.force)
    return Outcome(
      table: table, summary: summary,
      files: outputs.filter { $0 != picture || solved.frontier != nil },
      failedCount: solved.failedCount)
  }

  /// Where the result comes from: no metric is against a benchmark.
  private var origin: ResultOrigin {
    let last = plan.window.upperBound
    var origin = ResultOrigin(
      spec: plan.spec, storePath: plan.storePath, panel: plan.panel,
      symbolCount: plan.symbols.count, bars: last - plan.lookback..<last, route: "allocate",
      dataHash: plan.dataHash, output: options.output, workers: options.workers,
      variant: options.variant)
    origin.benchmark = nil
    return origin
  }
}
