import Arguments
import Jobs

/// `apus sweep`: every parameter set on every symbol, ranked.
enum SweepCommand: Command {
  static let spec = CommandSpec(
    "sweep", group: "Simulation",
    summary: "Run every parameter set of a spec on every symbol and rank them",
    discussion: [
      "The result is an HDF5 file that pandas and xarray open as it is, with a JSON summary beside it; both are"
        + " named after the spec unless -o is given. Any row can be replayed to the bit: apus replay."
    ],
    examples: [
      Example("apus sweep golden-cross.json5", "Writes golden-cross.h5 and golden-cross.json."),
      Example("apus sweep golden-cross.json5 --dry-run", "How large it is, and no work."),
    ],
    positionals: RunOptions.positionals, options: RunOptions.options,
    common: CommonOptions.working)

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    let plan = try RunOptions.plan(arguments)
    if arguments.flag("dry-run") {
      try RunOptions.describe(plan, console)
      return .done
    }
    let job = RunJob(plan: plan, options: try RunOptions.jobOptions(arguments, plan))
    console.talk(
      "\(plan.spec.name): \(plan.run.laneCount) lanes = \(plan.grid.count) parameter sets × "
        + "\(plan.run.symbols.count) symbols, \(plan.run.window.count) bars each, "
        + "fill \(plan.spec.fillName)")
    let outcome = try RunOptions.run(job, console)
    if arguments.flag("json") {
      try console.write(try outcome.summary.json())
    } else {
      try console.print(LeaderboardTable.make(outcome.table, top: plan.spec.top))
    }
    if !outcome.isComplete {
      console.fail(
        "interrupted: \(outcome.table.lanes.count) of \(plan.run.laneCount) lanes were finished and kept"
      )
    }
    let seconds = outcome.table.attributes.seconds
    let evaluations = Double(outcome.table.lanes.count) * Double(plan.run.window.count)
    console.talk(
      "\(outcome.table.lanes.count) lanes in \(NumberText.fixed(seconds, decimals: 2)) s, "
        + "\(NumberText.short(evaluations / seconds)) bars/s; wrote \(job.options.output) and "
        + outcome.summaryPath)
    if let best = outcome.table.leaderboard.first {
      console.talk("next: apus replay \(job.options.output) --lane \(best)")
    }
    return RunOptions.status(outcome)
  }
}
