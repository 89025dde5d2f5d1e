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
    let started = Date()
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
    table.attributes = attributes(
      started, seconds: (computed - begin).seconds, warnings, failed: solved.failedCount)
    try ResultStore.write(table, to: options.output, force: options.force)
    if let path = options.weights {
      try AtomicFile.write(solved.csv(plan), to: path, force: options.force)
    }
    if let frontier = solved.frontier, let path = picture {
      try AtomicFile.write(frontier.svg(plan, solved), to: path, force: options.force)
    }
    let summary = summary(
      table, groups, warnings,
      RunSummary.Timings(
        loadSeconds: 0, simulateSeconds: (computed - begin).seconds,
        writeSeconds: (clock.now - computed).seconds))
    try AtomicFile.write(
      try summary.json(), to: RunJob.summaryPath(options.output), force: options.force)
    return Outcome(
      table: table, summary: summary,
      files: outputs.filter { $0 != picture || solved.frontier != nil },
      failedCount: solved.failedCount)
  }

  private var bars: Range<Int> { plan.window.upperBound - plan.lookback..<plan.window.upperBound }

  private func attributes(
    _ started: Date, seconds: Double, _ warnings: [RunWarning], failed: Int
  ) -> ResultAttributes {
    var attributes = ResultAttributes()
    attributes.spec = plan.spec.text
    attributes.specSHA256 = SHA256.hash(plan.spec.text)
    attributes.dataSHA256 = plan.dataHash
    attributes.folder = plan.spec.folder
    attributes.route = "allocate"
    attributes.engineVersion = apusVersion
    attributes.cpu = "\(Machine.processor), kernel \(options.variant.rawValue)"
    attributes.blasCore = MatrixProduct.blasCore ?? "not used"
    let startNs = Int64(started.timeIntervalSince1970) * 1_000_000_000
    attributes.startedUTC = Timestamp.text(nanoseconds: startNs, shortAtMidnight: false)
    attributes.seconds = seconds
    attributes.kept = "all"
    attributes.lanesFailed = Int64(failed)
    attributes.lanesOK = Int64(plan.methods.count - failed)
    attributes.convention = "apus"
    attributes.store = plan.storePath
    attributes.panel = plan.panel.name
    attributes.fill = plan.spec.fillName
    attributes.adjust = plan.spec.adjustment.rawValue
    attributes.barsPerYear = plan.barsPerYear
    attributes.bars = Int64(plan.lookback)
    attributes.from = Timestamp.text(nanoseconds: plan.panel.time.ns[bars.lowerBound])
    attributes.to = Timestamp.text(nanoseconds: plan.panel.time.ns[bars.upperBound - 1])
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let json = try? encoder.encode(warnings)
    attributes.warnings = json.map { String(decoding: $0, as: UTF8.self) } ?? "[]"
    return attributes
  }

  private func summary(
    _ table: ResultTable, _ groups: [ResultGroup], _ warnings: [RunWarning],
    _ timings: RunSummary.Timings
  ) -> RunSummary {
    let attributes = table.attributes
    let file = options.output.split(separator: "/").last.map(String.init) ?? options.output
    return RunSummary(
      kind: "allocate", name: plan.spec.name, result: file,
      provenance: RunSummary.Provenance(
        engineVersion: attributes.engineVersion, specSha256: attributes.specSHA256,
        dataSha256: attributes.dataSHA256, cpu: attributes.cpu, blasCore: attributes.blasCore,
        startedUtc: attributes.startedUTC, seconds: attributes.seconds, threads: options.workers),
      run: RunSummary.Run(
        panel: attributes.panel, calendar: plan.panel.calendar.name,
        barsPerYear: attributes.barsPerYear, bars: Int(attributes.bars), from: attributes.from,
        to: attributes.to, symbols: plan.symbols.count, lanesOk: Int(attributes.lanesOK),
        lanesFailed: Int(attributes.lanesFailed), fill: attributes.fill,
        intrabar: plan.spec.execution.intrabar.rawValue, route: attributes.route,
        adjust: attributes.adjust, convention: attributes.convention),
      leaderboard: RunSummary.Leaderboard(
        by: table.leaderboardBy, direction: table.leaderboardDirection,
        rows: LeaderboardRows(table).rows(top: plan.spec.top)),
      warnings: warnings, timings: timings,
      sections: Dictionary(groups.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }))
  }
}
