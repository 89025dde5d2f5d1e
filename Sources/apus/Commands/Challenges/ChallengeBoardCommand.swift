import Arguments
import Jobs
import Storage

/// `apus challenge board`: a board by its own or another metric, or several boards side by side.
enum ChallengeBoardCommand: Command {
  static let spec = CommandSpec(
    "challenge board", group: "Books",
    summary: "Print a board, rank it again, or compare boards",
    discussion: [
      "Several boards are compared with the first: places, and by how many they moved. Boards under other rules or of other"
        + " prices are compared too, with a warning."
    ],
    examples: [
      Example("apus challenge board board.h5 --by max_drawdown --top 5", "By another metric."),
      Example("apus challenge board spring.h5 autumn.h5", "Who moved."),
    ],
    positionals: [
      PositionalSpec(
        "BOARD", help: "Boards, as challenge score writes them.", count: .oneOrMore,
        completion: .files)
    ],
    options: [
      .value("by", "NAME", help: "A column to rank by; the challenge's own metric unless given."),
      .value("top", "K", help: "Rows to print.", default: "20"),
    ],
    common: [CommonOptions.json, CommonOptions.quiet])

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    let top = try arguments.int("top", in: 1...Int.max)
    let paths = arguments.positionals("BOARD")
    do {
      let boards = try paths.map {
        try ChallengeBoardFile($0, by: arguments.optionalString("by"))
      }
      if boards.count == 1 {
        for warning in boards[0].warnings { console.warn(warning) }
        if arguments.flag("json") {
          try console.write(try boards[0].json(top: top))
        } else {
          try console.print(BoardTable.make(boards[0].table, ranks: boards[0].ranks, top: top))
        }
        console.talk(
          "\(boards[0].table.lanes.count) participants, by \(boards[0].table.leaderboardBy); rules "
            + boards[0].table.attributes.specSHA256.prefix(12) + "…")
        return .done
      }
      let comparison = try BoardComparison(boards, paths: paths)
      for warning in comparison.warnings { console.warn(warning) }
      if arguments.flag("json") {
        try console.write(try comparison.json())
      } else {
        try console.print(BoardTable.make(comparison, of: boards.map(\.table), top: top))
      }
      return .done
    } catch let error as SpecError {
      throw SpecFileError(path: paths[0], error: error)
    }
  }
}
