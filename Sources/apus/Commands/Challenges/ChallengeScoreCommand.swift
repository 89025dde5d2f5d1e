import Arguments
import Jobs
import Storage

/// `apus challenge score`: replays, measures and ranks all entries.
enum ChallengeScoreCommand: Command {
  static let spec = CommandSpec(
    "challenge score", group: "Books",
    summary: "Replay all entries of a challenge, measure and rank them",
    discussion: ChallengeOptions.forms + [
      "The board is an HDF5 file like any result, a row a participant, with the same as JSON beside it: places in standard"
        + " competition ranking (1, 2, 2, 4), intervals of the metric and of the place by the stationary block bootstrap with the same"
        + " blocks for all, and the deflated Sharpe ratio. It holds the SHA-256 of rules, entries, prices and its own rows and nothing of clocks:"
        + " scored again it is the same file, for any number of threads and any order of entries.",
      "A hold_out in the rules is scored from its day on; until then its prices are not looked at.",
      "Exit status: 0; 1 if participants are disqualified.",
    ],
    examples: [
      Example(
        "apus challenge score datasets/challenge/rules.json5 datasets/challenge/entries -o board.h5",
        "Writes board.h5 and board.json."),
      Example(
        "apus challenge score rules.json5 entries.csv --today 2026-06-30",
        "The board of that day, again."),
    ],
    positionals: [ChallengeOptions.rules, ChallengeOptions.entries],
    options: ChallengeOptions.data + [
      .value("top", "K", help: "Rows to print.", default: "20")
    ],
    common: [
      RunOptions.resultOutput("Write the board here; named after the challenge unless given."),
      CommonOptions.json, CommonOptions.quiet, CommonOptions.threads, CommonOptions.force,
    ])

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    let top = try arguments.int("top", in: 1...Int.max)
    let job = try ChallengeOptions.job(arguments, console)
    let output = try RunOptions.output(arguments) ?? "\(job.session.spec.name).h5"
    let force = arguments.flag("force")
    let files = [output, RunJob.summaryPath(output)]
    try RunOptions.keep(
      [arguments.positional("RULES"), job.session.spec.storePath]
        + job.entries.participants.map(\.file), from: files)
    for file in files { try Console.checkResult(file, force: force) }
    Interrupts.install()
    let bar = console.progress(
      "scoring", total: job.entries.participants.count, unit: "participants")
    let board = try job.score(
      progress: { bar.report(done: $0) }, isCancelled: { Interrupts.isRequested })
    bar.finish()
    guard let board else { throw Interrupted() }
    _ = try board.write(to: output, force: force)
    for warning in board.warnings {
      // Those of the session were told when it opened.
      if job.session.warnings.contains(warning) { continue }
      if warning.severity == .warning {
        console.warn(warning.message)
      } else {
        console.talk(warning.message)
      }
    }
    if arguments.flag("json") {
      try console.write(try board.report.json())
    } else {
      try console.print(BoardTable.make(board.table, top: top))
      for group in board.table.groups { try GroupTables.print(group, console) }
    }
    console.talk("wrote \(files.joined(separator: ", "))")
    if board.disqualified > 0 {
      console.talk(
        "next: apus challenge check \(arguments.positional("RULES")) … names the line of each breach"
      )
    }
    return board.disqualified > 0 ? .someLanesFailed : .done
  }
}
