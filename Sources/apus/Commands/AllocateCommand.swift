import Allocation
import Arguments
import Jobs

/// `apus allocate`: weights of a portfolio, by as many methods as one likes.
enum AllocateCommand: Command {
  static let spec = CommandSpec(
    "allocate", group: "Portfolios",
    summary: "Choose weights from past returns, by one method or several",
    discussion: [
      "The spec's key allocate says how: { methods: [\"min_variance\", \"hrp\"], lookback: 252, covariance: \"ledoit_wolf\","
        + " max_weight: 0.1, frontier: 20, discrete: { capital: 100000 } }. Each method is a row of the result, with figures of"
        + " its weights over the bars that they were made of; walk_forward: { every: \"month\" } adds figures out of sample,"
        + " by an account with the spec's costs.",
      "Methods: "
        + AllocatorCatalog.all.map { "\($0.name) (\($0.summary))" }.joined(separator: ", ") + ".",
      "Expected returns: "
        + BeliefsCatalog.all.map { "\($0.name) (\($0.summary))" }.joined(separator: ", ")
        + ", black_litterman (an equilibrium moved by views).",
      "To trade such weights, estimated again at each rebalance: strategy: { weights: { allocate: \"hrp\", lookback: 252 } } in a"
        + " spec for apus backtest, with the same keys.",
      "Exit status: 0; 1 if a method has no weights, which the result tells why.",
    ],
    examples: [
      Example(
        "apus allocate book.json5", "Writes book.h5, book.json, and book.svg with a frontier."),
      Example(
        "apus allocate book.json5 --weights w.csv",
        "Weights as a file, for strategy: { weights: { file: \"w.csv\" } }."),
    ],
    positionals: RunOptions.positionals,
    options: RunOptions.options + [
      .value(
        "weights", "FILE", help: "Write the weights as CSV too: portfolio,symbol,weight.",
        completion: .files)
    ],
    common: RunOptions.common)

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    let plan = try RunOptions.load(arguments) { try AllocatePlan(spec: $0, storePath: $1) }
    var options = AllocateJob.Options(
      output: try RunOptions.output(arguments) ?? "\(plan.spec.name).h5")
    options.weights = try weights(arguments)
    options.force = arguments.flag("force")
    options.workers = try RunOptions.workers(arguments)
    options.variant = try RunOptions.variant()
    let job = AllocateJob(plan: plan, options: options)
    if arguments.flag("dry-run") {
      for warning in plan.warnings { console.warn(warning.message) }
      try console.print("store     \(plan.storePath), panel \(plan.panel.name)")
      try console.print("methods   \(plan.methods.joined(separator: ", "))")
      try console.print("symbols   \(plan.symbols.count)")
      try console.print("lookback  \(plan.lookbackBars) bars")
      try console.print("files     \(job.outputs.joined(separator: ", "))")
      return .done
    }
    try RunOptions.keep(
      [arguments.positional("SPEC"), plan.storePath] + plan.inputs, from: job.outputs)
    Interrupts.install()
    let outcome = try job.run(isCancelled: { Interrupts.isRequested })
    for warning in outcome.summary.warnings where warning.severity == .warning {
      console.warn(warning.message)
    }
    if arguments.flag("json") {
      try console.write(try outcome.summary.json())
    } else {
      try console.print(LeaderboardTable.make(outcome.table, top: plan.spec.top))
      for group in outcome.table.groups { try AllocationTables.print(group, console) }
    }
    console.talk("wrote \(outcome.files.joined(separator: ", "))")
    if let file = options.weights {
      console.talk("next: apus backtest SPEC with strategy: { weights: { file: \"\(file)\" } }")
    }
    return outcome.failedCount > 0 ? .someLanesFailed : .done
  }

  private static func weights(_ arguments: ParsedArguments) throws -> String? {
    switch arguments.optionalPath("weights") {
    case .file(let path): return path
    case nil: return nil
    case .standardStream:
      throw ArgumentsError.badValue(
        name: "--weights", value: "-",
        reason: .other("weights are a file", next: "name a file; --json prints all there is"))
    }
  }
}
