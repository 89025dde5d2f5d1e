import Arguments
import Glibc
import Jobs
import Metrics
import Simulation
import Storage

/// What the verbs that run a spec have in common.
enum RunOptions {
  static let positionals = [
    PositionalSpec(
      "SPEC", help: "The job description, JSON5; '-' is standard input.", completion: .files)
  ]

  static let options: [OptionSpec] = [
    .value(
      "set", "KEY=VALUE", help: "Set a parameter, or any other key by its path.",
      isRepeatable: true),
    .value("store", "STORE", help: "A store in place of the spec's.", completion: .files),
  ]

  /// `--convention` of verbs that compute metrics of lanes.
  static let convention = OptionSpec.value(
    "convention", "NAME",
    help:
      "Whose definitions metrics follow, in place of the spec's: those of another library where it has them.",
    completion: .choices(Convention.names))

  static let common =
    [
      resultOutput("Write the result here; named after the spec unless given.")
    ] + CommonOptions.working.filter { $0.name != CommonOptions.output.name }

  /// `-o` of verbs whose result is an HDF5 file, which can't go to standard output.
  static func resultOutput(_ help: String) -> OptionSpec {
    .value("output", short: "o", "PATH", help: help, completion: .files)
  }

  /// Reads the spec and joins it with its store.
  ///
  /// - Parameters:
  ///   - metrics: metrics to compute beside those of the spec.
  ///   - convention: in place of the spec's; nil for that.
  static func plan(
    _ arguments: ParsedArguments, _ console: Console, metrics: [String] = [],
    convention: String? = nil
  ) throws -> RunPlan {
    try load(arguments, convention: convention) { spec, store in
      if let count = RunPlan.candidates(of: spec), count > 10_000_000 {
        console.talk("\(spec.name): looking at \(count) combinations for those that 'where' keeps")
      }
      return try RunPlan(spec: spec, storePath: store, metrics: metrics)
    }
  }

  /// Reads the spec and hands it on with the path of its store; mistakes in it get the file's name.
  static func load<Plan>(
    _ arguments: ParsedArguments, convention: String? = nil, _ body: (Spec, String) throws -> Plan
  ) throws -> Plan {
    var settings = try arguments.keyValues("set").map { ($0.key, $0.value) }
    if let convention {
      settings.append(("convention", "\"\(convention)\""))
    }
    var path: String?
    if case .file(let file) = arguments.positionalPath("SPEC") { path = file }
    do {
      let (spec, store) = try SpecFile.load(
        path: path, settings: settings, store: arguments.optionalString("store"))
      do {
        return try body(spec, store)
      } catch StorageError.fileMissing(store) {
        throw StoreMissing(
          path: store, origin: arguments.isGiven("store") ? nil : path ?? "standard input")
      }
    } catch let error as SpecError {
      throw SpecFileError(path: path ?? "standard input", error: error)
    }
  }

  /// Job options from the command line; the output is named after the spec unless given.
  static func jobOptions(_ arguments: ParsedArguments, _ plan: RunPlan) throws -> RunJob.Options {
    let output = try output(arguments) ?? "\(plan.spec.name).h5"
    var options = RunJob.Options(output: output)
    options.force = arguments.flag("force")
    options.inputs = plan.inputs
    if case .file(let spec) = arguments.positionalPath("SPEC") { options.inputs.append(spec) }
    let summary = RunJob.summaryPath(output)
    try keep([arguments.positional("SPEC"), plan.storePath], from: [output, summary])
    options.workers = try workers(arguments)
    options.variant = try variant()
    return options
  }

  /// A job whose output can be written.
  static func job(_ plan: RunPlan, _ options: RunJob.Options) throws -> RunJob {
    let job = RunJob(plan: plan, options: options)
    _ = try job.checkOutputs()
    return job
  }

  /// The file that `-o` names; nil if it is absent.
  ///
  /// - Parameter endings: those that tell a format which the verb writes; empty for a folder. A device has any name, and a folder is
  ///   refused by who writes.
  static func output(_ arguments: ParsedArguments, endings: [String] = [".h5"])
    throws(ArgumentsError) -> String?
  {
    switch arguments.optionalPath("output") {
    case .file(let path):
      let isFitting = endings.isEmpty || endings.contains { path.hasSuffix($0) } || isSpecial(path)
      guard isFitting else {
        let all = endings.dropLast().joined(separator: ", ")
        throw .badValue(
          name: "--output", value: path,
          reason: .other(
            "the ending of \(path) tells no format",
            next: "end it in \(all.isEmpty ? "" : all + " or ")\(endings[endings.count - 1])"))
      }
      return path
    case nil: return nil
    case .standardStream:
      throw .badValue(
        name: "--output", value: "-",
        reason: .other("a result is a file", next: "name a file; --json prints to standard output"))
    }
  }

  /// Whether something is there that is no file.
  private static func isSpecial(_ path: String) -> Bool {
    var info = stat()
    return stat(path, &info) == 0 && info.st_mode & S_IFMT != S_IFREG
  }

  /// Throws if an output is one of the files that the work reads: `--force` must not cost an input.
  static func keep(_ inputs: [String], from outputs: [String]) throws(ArgumentsError) {
    for output in outputs {
      for input in inputs where isSameFile(input, output) {
        throw .badValue(
          name: "--output", value: output,
          reason: .other("\(output) is read, so it can't be written too", next: "name another file")
        )
      }
    }
  }

  private static func isSameFile(_ a: String, _ b: String) -> Bool {
    var (first, second) = (stat(), stat())
    guard stat(a, &first) == 0, stat(b, &second) == 0 else { return false }
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino
  }

  /// Number of workers: one for each processor unless given.
  static func workers(_ arguments: ParsedArguments) throws -> Int {
    try arguments.optionalInt("threads", in: 1...1024) ?? Machine.processors
  }

  /// The instruction set: the best of this machine, or the one that APUS_CPU names.
  static func variant() throws -> KernelVariant {
    guard let text = getenv("APUS_CPU"), text.pointee != 0 else { return .best }
    let name = String(cString: text)
    let names = KernelVariant.available.map(\.rawValue)
    guard let variant = KernelVariant(rawValue: name), names.contains(name) else {
      throw ArgumentsError.badValue(
        name: "APUS_CPU", value: name, reason: .notOneOf(names, nearest: nil))
    }
    return variant
  }

  /// What a plan would do, for `--dry-run`.
  static func describe(
    _ plan: RunPlan, _ arguments: ParsedArguments, keepsTopOnly: Bool = false, _ console: Console
  ) throws {
    for warning in plan.warnings { console.warn(warning.message) }
    let bars = plan.run.window.count
    let size = RunJob.size(of: plan, keepsTopOnly: keepsTopOnly)
    if arguments.flag("json") {
      let report = PlanReport(
        store: plan.storePath, panel: plan.run.panel.name, lanes: plan.laneCount,
        parameterSets: plan.grid.count, symbols: plan.run.symbols.count, route: plan.route,
        bars: bars,
        barsPerYear: plan.run.barsPerYear, memoryBytes: size.memoryBytes,
        fileBytes: size.fileBytes)
      try console.print(try report.json())
      return
    }
    try console.print("store       \(plan.storePath), panel \(plan.run.panel.name)")
    try console.print(
      "lanes       \(plan.laneCount) = \(lanes(plan))")
    try console.print("route       \(plan.route)")
    try console.print(
      "bars        \(bars) a lane, \(NumberText.short(plan.run.barsPerYear)) a year")
    let evaluations = Double(plan.laneCount) * Double(bars)
    try console.print("evaluations \(NumberText.short(evaluations)) bars × lanes")
    try console.print("memory      about \(NumberText.short(Double(size.memoryBytes)))B for lanes")
    try console.print("result      about \(NumberText.short(Double(size.fileBytes)))B")
  }

  /// What the number of lanes is made of.
  static func lanes(_ plan: RunPlan) -> String {
    let groups = plan.layout.groups.count
    let isPortfolio = plan.spec.weights != nil
    var text =
      isPortfolio
      ? "\(plan.layout.setCount) parameter sets × \(groups) \(groups == 1 ? "portfolio" : "portfolios")"
        + " of \(plan.run.symbols.count) symbols"
      : "\(plan.layout.setCount) parameter sets × \(groups) symbols"
    if plan.spec.wallets.count > 1 { text += " × \(plan.spec.wallets.count) wallets" }
    if plan.spec.bounds { text += " × 2 bounds" }
    return text
  }

  /// Runs a job with a progress bar, and tells its warnings.
  static func run(_ job: RunJob, _ console: Console) throws -> RunJob.Outcome {
    Interrupts.install()
    let bar = console.progress(
      "simulating", total: job.plan.laneCount, unit: "lanes")
    defer { bar.finish() }
    let outcome = try job.run(
      progress: { bar.report(done: $0) }, isCancelled: { Interrupts.isRequested },
      resumed: { before in
        console.talk("resuming: \(before) of \(job.plan.laneCount) lanes were finished before")
      })
    bar.finish()
    // Of an interruption the last line tells.
    for warning in outcome.summary.warnings
    where warning.severity == .warning && warning.code != "interrupted" {
      console.warn(warning.message)
    }
    if !outcome.isComplete {
      let (kept, all) = (outcome.laneCount, job.plan.laneCount)
      console.fail("interrupted: \(kept) of \(all) lanes were finished and kept")
      if !job.options.keepsTraces {
        console.talk("next: the same command with --resume continues from there")
      }
    }
    return outcome
  }

  /// The exit status that a finished run deserves.
  static func status(_ outcome: RunJob.Outcome) -> ExitStatus {
    if !outcome.isComplete { return .interrupted }
    return outcome.best.attributes.lanesFailed > 0 ? .someLanesFailed : .done
  }
}

/// The size of a plan as JSON.
private struct PlanReport: Encodable {
  let store: String
  let panel: String
  let lanes: Int
  let parameterSets: Int
  let symbols: Int
  let route: String
  let bars: Int
  let barsPerYear: Double
  let memoryBytes: Int
  let fileBytes: Int
}

/// A store that isn't there, with where its name comes from.
struct StoreMissing: Error, CustomStringConvertible {
  let path: String
  /// The spec that names it; nil for the flag.
  let origin: String?

  var description: String {
    let place = origin.map { "\($0): data.store" } ?? "--store"
    let remedy = origin == nil ? "check the path" : "name another with --store STORE"
    return "\(place): \(path) does not exist.\n  \(remedy), or make one: apus help import"
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
