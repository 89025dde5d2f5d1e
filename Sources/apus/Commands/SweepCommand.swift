import Arguments
import Jobs

/// `apus sweep`: every parameter set on every symbol, ranked.
enum SweepCommand: Command {
  static let spec = CommandSpec(
    "sweep", group: "Simulation",
    summary: "Run every parameter set of a spec on every symbol and rank them",
    discussion: [
      "The result is an HDF5 file that pandas and xarray open as it is, with a JSON summary beside it; both are"
        + " named after the spec unless -o is given. Any row can be replayed to the bit: apus replay.",
      "A sweep of more than a second keeps finished lanes in RESULT.partial beside the result. Whatever ends it, Ctrl-C,"
        + " SIGTERM, kill -9, the same command with --resume continues, with any number of threads, and its rows are those of"
        + " an uninterrupted run to the bit; only the attributes 'started_utc', 'seconds' and 'cpu' tell of the last part."
        + " The file is removed when the result is whole.",
    ],
    examples: [
      Example("apus sweep golden-cross.json5", "Writes golden-cross.h5 and golden-cross.json."),
      Example("apus sweep golden-cross.json5 --dry-run", "How large it is, and no work."),
      Example("apus sweep golden-cross.json5 --resume", "Continues after an interruption."),
    ],
    positionals: RunOptions.positionals,
    options: RunOptions.options + [
      RunOptions.convention,
      .value(
        "metrics-only", "ROWS",
        help: "Rows to keep: all, or the top of the leaderboard, as many as the spec's rank.top.",
        default: "all", completion: .choices(["all", "top"])),
      .flag("resume", help: "Continue a run that was interrupted or killed."),
    ],
    common: RunOptions.common)

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    let plan = try RunOptions.plan(
      arguments, console, convention: arguments.optionalString("convention"))
    let keepsTopOnly = arguments.string("metrics-only") == "top"
    if arguments.flag("dry-run") {
      try RunOptions.describe(plan, arguments, keepsTopOnly: keepsTopOnly, console)
      return .done
    }
    var options = try RunOptions.jobOptions(arguments, plan)
    options.keepsTopOnly = keepsTopOnly
    options.resumes = arguments.flag("resume")
    let job = try RunOptions.job(plan, options)
    console.talk(
      "\(plan.spec.name): \(plan.laneCount) lanes = \(RunOptions.lanes(plan)), "
        + "\(plan.run.window.count) bars each, fill \(plan.spec.fillName)")
    let outcome = try RunOptions.run(job, console)
    if arguments.flag("json") {
      try console.write(try outcome.summary.json())
    } else {
      try console.print(LeaderboardTable.make(outcome.best, top: plan.spec.top))
    }
    let evaluations = Double(outcome.simulatedLaneCount) * Double(plan.run.window.count)
    let kept = options.keepsTopOnly ? ", the best \(outcome.best.lanes.count) kept" : ""
    console.talk(
      "\(outcome.laneCount) lanes\(kept) in \(NumberText.fixed(outcome.seconds, decimals: 2)) s "
        + "(simulating \(NumberText.fixed(outcome.simulateSeconds, decimals: 2)) s, "
        + "\(NumberText.short(evaluations / outcome.simulateSeconds)) bars/s); "
        + "wrote \(job.options.output) and "
        + outcome.summaryPath)
    if let best = outcome.best.leaderboard.first {
      console.talk("next: apus replay \(job.options.output) --lane \(best)")
    }
    return RunOptions.status(outcome)
  }
}
