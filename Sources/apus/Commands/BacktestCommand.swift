import Arguments
import Jobs
import Metrics

/// `apus backtest`: one parameter set, with its full trace.
enum BacktestCommand: Command {
  static let spec = CommandSpec(
    "backtest", group: "Simulation",
    summary: "Run one parameter set with its full trace",
    discussion: [
      "A lane for each symbol of the spec. The result holds equity, cash, exposure, orders, fills and trades of each."
    ],
    examples: [
      Example(
        "apus backtest golden-cross.json5 --set fast=20 --set slow=100", "One of a sweep's sets."),
      Example(
        "apus backtest golden-cross.json5 --set fast=20 --set slow=100 --set data.symbols='[\"AAPL\"]'",
        "For one symbol."),
    ],
    positionals: RunOptions.positionals, options: RunOptions.options + [RunOptions.convention],
    common: RunOptions.common)

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    let plan = try RunOptions.plan(
      arguments, console, metrics: MetricCatalog.costNames,
      convention: arguments.optionalString("convention"))
    let open = plan.grid.axes.filter { $0.values.count > 1 }
    guard plan.grid.count == 1 else {
      let hint = open.map { "--set \($0.name)=\(NumberText.text($0.values[0], .plain))" }
      throw ArgumentsError.badValue(
        name: "SPEC", value: arguments.positional("SPEC"),
        reason: .other(
          "has \(plan.grid.count) parameter sets, and a backtest runs one",
          next: "choose one with \(hint.joined(separator: " ")), or use apus sweep"))
    }
    if arguments.flag("dry-run") {
      try RunOptions.describe(plan, arguments, console)
      return .done
    }
    var options = try RunOptions.jobOptions(arguments, plan)
    options.keepsTraces = true
    let job = try RunOptions.job(plan, options)
    let outcome = try RunOptions.run(job, console)
    if arguments.flag("json") {
      try console.write(try outcome.summary.json())
    } else if outcome.laneCount == 1 {
      try console.print(figures(outcome))
    } else {
      try console.print(LeaderboardTable.make(outcome.best, top: plan.spec.top))
    }
    if !arguments.flag("json") {
      for group in outcome.best.groups where group.name != BacktestTables.rolling {
        try GroupTables.print(group, console)
      }
    }
    console.talk("wrote \(job.options.output) and \(outcome.summaryPath)")
    return RunOptions.status(outcome)
  }

  /// The figures of a single lane, one a line.
  private static func figures(_ outcome: RunJob.Outcome) -> Table {
    var table = Table([.text("metric"), .text("value"), .text("definition")])
    let result = outcome.best
    table.add([.text("symbol"), .text(result.symbol(at: 0)), .text("")])
    for label in result.labels {
      table.add([.text(label.name), .text(label.text(at: 0)), .text("")])
    }
    // The engine in the narrow column, why it was this one in the wide.
    let route = result.attributes.route
    let engine = route.prefix { $0 != " " }
    let reason = route.dropFirst(engine.count).drop { $0 == " " }
    table.add([.text("route"), .text(String(engine)), .text(String(reason))])
    for column in result.parameters {
      table.add([.text(column.name), .text(NumberText.text(column.values[0], .plain)), .text("")])
    }
    for column in result.metrics {
      let definition = column.attributes.first { $0.name == "definition" }?.value ?? ""
      table.add([
        .text(column.name),
        .text(NumberText.text(column.values[0], LeaderboardTable.format(column))),
        .text(definition),
      ])
    }
    return table
  }
}
