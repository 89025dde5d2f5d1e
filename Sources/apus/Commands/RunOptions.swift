import Arguments
import Glibc
import Jobs
import Simulation

/// What the verbs that run a spec have in common.
enum RunOptions {
  static let positionals = [
    PositionalSpec(
      "SPEC", help: "The job description, JSON5; '-' is standard input.", completion: .files)
  ]

  static let options: [OptionSpec] = [
    .value(
      "set", "KEY=VALUE", help: "Set a parameter, or any key by its path; may be repeated.",
      isRepeatable: true),
    .value("store", "STORE", help: "A store in place of the spec's.", completion: .files),
  ]

  /// Reads the spec and joins it with its store.
  static func plan(_ arguments: ParsedArguments) throws -> RunPlan {
    let settings = try arguments.keyValues("set").map { ($0.key, $0.value) }
    var path: String?
    if case .file(let file) = arguments.positionalPath("SPEC") { path = file }
    do {
      let (spec, store) = try SpecFile.load(
        path: path, settings: settings, store: arguments.optionalString("store"))
      return try RunPlan(spec: spec, storePath: store)
    } catch let error as SpecError {
      throw SpecFileError(path: path ?? "standard input", error: error)
    }
  }

  /// Job options from the command line; the output is named after the spec unless given.
  static func jobOptions(_ arguments: ParsedArguments, _ plan: RunPlan) throws -> RunJob.Options {
    var output = "\(plan.spec.name).h5"
    switch arguments.optionalPath("output") {
    case .file(let path): output = path
    case .standardStream:
      throw ArgumentsError.badValue(
        name: "--output", value: "-",
        reason: .other("a result is a file", next: "name a file; --json prints the summary"))
    case nil: break
    }
    var options = RunJob.Options(output: output)
    options.force = arguments.flag("force")
    options.workers = try workers(arguments)
    options.variant = try variant()
    return options
  }

  /// Number of workers: one for each processor unless given.
  static func workers(_ arguments: ParsedArguments) throws -> Int {
    try arguments.optionalInt("threads", in: 1...1024) ?? Machine.processors
  }

  /// The instruction set: the best of this machine, or the one that APUS_CPU names.
  static func variant() throws -> KernelVariant {
    guard let text = getenv("APUS_CPU") else { return .best }
    let name = String(cString: text)
    let names = KernelVariant.available.map(\.rawValue)
    guard let variant = KernelVariant(rawValue: name), names.contains(name) else {
      throw ArgumentsError.badValue(
        name: "APUS_CPU", value: name, reason: .notOneOf(names, nearest: nil))
    }
    return variant
  }

  /// What a plan would do, for `--dry-run`.
  static func describe(_ plan: RunPlan, _ console: Console) throws {
    let bars = plan.run.window.count
    try console.print("store       \(plan.storePath), panel \(plan.run.panel.name)")
    try console.print(
      "lanes       \(plan.run.laneCount) = \(plan.grid.count) parameter sets × \(plan.run.symbols.count) symbols"
    )
    try console.print(
      "bars        \(bars) a lane, \(NumberText.short(plan.run.barsPerYear)) a year")
    let evaluations = Double(plan.run.laneCount) * Double(bars)
    try console.print("evaluations \(NumberText.short(evaluations)) bars × lanes")
    let bytes = Double(plan.run.laneCount) * Double(plan.metrics.count + 2) * 9
    try console.print("memory      about \(NumberText.short(bytes))B for metrics")
    for warning in plan.warnings { console.warn(warning.message) }
  }

  /// Runs a job with a progress bar, and tells its warnings.
  static func run(_ job: RunJob, _ console: Console) throws -> RunJob.Outcome {
    let bar = console.progress(
      "simulating", total: job.plan.run.laneCount, unit: "lanes")
    defer { bar.finish() }
    let outcome = try job.run(
      progress: { bar.report(done: $0) }, isCancelled: { Interrupts.isRequested })
    bar.finish()
    for warning in outcome.summary.warnings where warning.severity == .warning {
      console.warn(warning.message)
    }
    return outcome
  }

  /// The exit status that a finished run deserves.
  static func status(_ outcome: RunJob.Outcome) -> ExitStatus {
    if !outcome.isComplete { return .interrupted }
    return outcome.table.attributes.lanesFailed > 0 ? .someLanesFailed : .done
  }
}

/// A mistake in a spec, with the file's name before it.
struct SpecFileError: Error, CustomStringConvertible {
  let path: String
  let error: SpecError

  /// Whether the file itself is at fault, rather than what it says.
  var isUnreadable: Bool { if case .unreadable = error { true } else { false } }

  var description: String { isUnreadable ? "\(error)" : "\(path): \(error)" }
}
