import Arguments
import Jobs
import Metrics
import Storage

/// `apus rank`: the lanes of a result by another metric, or a part of them.
enum RankCommand: Command {
  static let spec = CommandSpec(
    "rank", group: "Simulation",
    summary: "Rank the rows of a result by a metric or parameter",
    examples: [
      Example("apus rank golden-cross.h5 --by max_drawdown --top 5", "The shallowest drawdowns."),
      Example(
        "apus rank golden-cross.h5 --by sharpe --where 'trades >= 10 and max_drawdown > -0.2'",
        "Among rows that satisfy a condition."),
    ],
    positionals: [PositionalSpec("RESULT", help: "A result file.", completion: .files)],
    options: [
      .value("by", "NAME", help: "Metric or parameter; the run's own ranking unless given."),
      .value("top", "K", help: "Rows to print.", default: "20"),
      .value("where", "EXPR", help: "Condition on metrics and parameters that rows must satisfy."),
    ],
    common: [CommonOptions.json, CommonOptions.quiet])

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    let path = arguments.positional("RESULT")
    let job = try RankJob(path: path)
    let top = try arguments.int("top", in: 1...Int.max)
    let table: ResultTable
    let count: Int
    do {
      (table, count) = try job.ranked(
        top: top, by: arguments.optionalString("by") ?? job.result.leaderboardBy,
        where: arguments.optionalString("where"))
    } catch let error as SpecError {
      throw SpecFileError(path: path, error: error)
    }
    if arguments.flag("json") {
      let rows = LeaderboardRows(table).rows(top: top)
      try console.print(try Ranking(by: table.leaderboardBy, rows: rows).json())
    } else {
      try console.print(LeaderboardTable.make(table, top: top))
    }
    let convention = job.result.attributes.convention
    console.talk(
      "\(count) of \(job.result.rowCount) rows, by \(table.leaderboardBy)"
        + (convention == Convention.apus.name ? "" : ", as \(convention) defines it"))
    return .done
  }

  private struct Ranking: Encodable {
    let by: String
    let rows: [RunSummary.Row]
  }
}
