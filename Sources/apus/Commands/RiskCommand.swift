import Arguments
import Jobs

/// `apus risk`: the risk of portfolios.
enum RiskCommand: Command {
  static let spec = CommandSpec(
    "risk", group: "Portfolios",
    summary: "Judge portfolios: their metrics, and what the spec's risk section asks",
    discussion: [
      "The portfolios are those of the spec's key portfolios: equal (one of all symbols, the default), each (one a"
        + " symbol), strategy (its own weights at the last bar), a file (HDF5, CSV or JSON), or weights in the spec."
        + " Their weights are restored at each bar, at no cost; what they lack to 1 is cash.",
      "A file of HDF5 is read row by row: hundreds of thousands of portfolios take no more memory than a few. It has a"
        + " table w [portfolios, symbols], and names of both in the datasets portfolio and symbol; without them rows"
        + " are numbered, and columns are the run's symbols in their order.",
      "Each part that the key risk asks for is computed for the best of them, risk.detail many: "
        + RiskPlan.sectionSummaries.map { "\($0.key) (\($0.summary))" }.joined(separator: ", ")
        + ".",
    ],
    examples: [
      Example("apus risk book.json5", "Metrics of each portfolio and the parts that are asked."),
      Example("apus risk book.json5 --set portfolios=each", "Of each symbol alone."),
      Example("apus risk book.json5 --dry-run", "How large it is, and no work."),
    ],
    positionals: RunOptions.positionals, options: RunOptions.options + [RunOptions.convention],
    common: RunOptions.common)

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    let plan = try RunOptions.load(
      arguments, convention: arguments.optionalString("convention")
    ) { try RiskPlan(spec: $0, storePath: $1) }
    if arguments.flag("dry-run") {
      for warning in plan.warnings { console.warn(warning.message) }
      try describe(plan, arguments, console)
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
    let bar = console.progress(
      "computing", total: plan.portfolios.portfolioCount, unit: "portfolios")
    defer { bar.finish() }
    let outcome: RiskJob.Outcome
    do {
      outcome = try RiskJob(plan: plan, options: options).run(
        progress: { bar.report(done: $0) }, isCancelled: { Interrupts.isRequested })
    } catch let error as SpecError {
      throw SpecFileError(path: arguments.positional("SPEC"), error: error)
    }
    bar.finish()
    for warning in outcome.summary.warnings where warning.severity == .warning {
      console.warn(warning.message)
    }
    if arguments.flag("json") {
      try console.write(try outcome.summary.json())
    } else {
      try console.print(LeaderboardTable.make(outcome.best, top: plan.spec.top))
      for group in outcome.best.groups { try GroupTables.print(group, console) }
    }
    let rate = Double(outcome.portfolioCount) / max(outcome.computeSeconds, 1e-9)
    console.talk(
      "\(outcome.portfolioCount) \(outcome.portfolioCount == 1 ? "portfolio" : "portfolios") in \(NumberText.fixed(outcome.seconds, decimals: 2)) s "
        + "(\(NumberText.short(rate)) a second); wrote \(options.output) and \(outcome.summaryPath)"
    )
    if outcome.portfolioCount > plan.spec.top {
      console.talk("next: apus rank \(options.output) --by max_drawdown --top 50")
    }
    return outcome.best.attributes.lanesFailed > 0 ? .someLanesFailed : .done
  }

  private struct Report: Encodable {
    let store: String
    let panel: String
    let portfolios: Int
    let symbols: Int
    let bars: Int
    let barsPerYear: Double
    let metrics: [String]
    let memoryBytes: Int
    let fileBytes: Int
  }

  private static func describe(
    _ plan: RiskPlan, _ arguments: ParsedArguments, _ console: Console
  ) throws {
    let size = try RiskJob.size(of: plan, workers: try RunOptions.workers(arguments))
    let report = Report(
      store: plan.storePath, panel: plan.panel.name, portfolios: plan.portfolios.portfolioCount,
      symbols: plan.portfolios.symbols.count, bars: plan.returns.barCount,
      barsPerYear: plan.returns.barsPerYear, metrics: plan.metrics.map(\.name),
      memoryBytes: size.memoryBytes, fileBytes: size.fileBytes)
    if arguments.flag("json") {
      try console.print(try report.json())
      return
    }
    try console.print("store       \(report.store), panel \(report.panel)")
    try console.print("portfolios  \(report.portfolios) of \(report.symbols) symbols")
    try console.print(
      "returns     \(report.bars) bars, \(NumberText.short(report.barsPerYear)) a year")
    try console.print("metrics     \(report.metrics.joined(separator: ", "))")
    try console.print(
      "memory      about \(NumberText.short(Double(size.memoryBytes)))B beside the weights")
    try console.print("result      about \(NumberText.short(Double(size.fileBytes)))B")
  }
}
