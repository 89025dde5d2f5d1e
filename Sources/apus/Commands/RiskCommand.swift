import Arguments
import Jobs

/// `apus risk`: the risk of portfolios.
enum RiskCommand: Command {
  static let spec = CommandSpec(
    "risk", group: "Portfolios",
    summary: "Judge portfolios: their metrics, and what the spec's risk section asks",
    discussion: [
      "The portfolios are those of the spec's key portfolios: equal (one of all symbols, the default), each (one a"
        + " symbol), a file, or weights in the spec. Their weights are restored at each bar.",
      "Each part that the key risk asks for is computed for the best of them: "
        + RiskPlan.sectionSummaries.map { "\($0.key) (\($0.summary))" }.joined(separator: ", ")
        + ".",
    ],
    examples: [
      Example("apus risk book.json5", "Metrics of each portfolio and the parts that are asked."),
      Example("apus risk book.json5 --set portfolios=each", "Of each symbol alone."),
    ],
    positionals: RunOptions.positionals, options: RunOptions.options,
    common: RunOptions.common)

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    let plan = try RunOptions.load(arguments) { try RiskPlan(spec: $0, storePath: $1) }
    for warning in plan.warnings { console.warn(warning.message) }
    if arguments.flag("dry-run") {
      try console.print("store       \(plan.storePath), panel \(plan.panel.name)")
      try console.print(
        "portfolios  \(plan.portfolios.count) of \(plan.returns.symbolCount) symbols")
      try console.print("returns     \(plan.returns.barCount) bars")
      return .done
    }
    var options = RunJob.Options(
      output: try RunOptions.output(arguments) ?? "\(plan.spec.name).h5")
    options.force = arguments.flag("force")
    options.workers = try RunOptions.workers(arguments)
    options.variant = try RunOptions.variant()
    let summary = RunJob.summaryPath(options.output)
    try RunOptions.keep(
      [arguments.positional("SPEC"), plan.storePath] + plan.inputs, from: [options.output, summary])
    Interrupts.install()
    let outcome = try RiskJob(plan: plan, options: options).run(
      isCancelled: { Interrupts.isRequested })
    if arguments.flag("json") {
      try console.write(try outcome.summary.json())
    } else {
      try console.print(LeaderboardTable.make(outcome.best, top: plan.spec.top))
      for group in outcome.best.groups { try GroupTables.print(group, console) }
    }
    console.talk("wrote \(options.output) and \(outcome.summaryPath)")
    return .done
  }
}
