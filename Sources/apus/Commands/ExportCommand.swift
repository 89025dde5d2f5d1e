import Arguments
import Interchange
import Jobs
import Storage

/// `apus export`: a result for other programs.
enum ExportCommand: Command {
  static let spec = CommandSpec(
    "export", group: "Results",
    summary: "Write the rows of a result as CSV or JSON",
    discussion: ExporterCatalog.all.map { "\($0.name): \($0.summary)." },
    examples: [
      Example("apus export golden-cross.h5 --to csv -o golden-cross.csv", "All rows, best first."),
      Example("apus export golden-cross.h5 --to json | jq '.[0]'", "The best row."),
    ],
    positionals: [PositionalSpec("RESULT", help: "A result file.", completion: .files)],
    options: [
      .value(
        "to", "FORMAT", help: "The format.", default: "csv",
        completion: .choices(ExporterCatalog.all.map { $0.name }))
    ],
    common: [CommonOptions.output, CommonOptions.quiet, CommonOptions.force])

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    guard let exporter = ExporterCatalog.exporter(named: arguments.string("to")) else {
      return .usage
    }
    let output = arguments.optionalPath("output") ?? .standardStream
    if case .file(let path) = output {
      try RunOptions.keep([arguments.positional("RESULT")], from: [path])
    }
    try Console.checkOutput(output, force: arguments.flag("force"))
    let file = try ResultFile(arguments.positional("RESULT"))
    if case .standardStream = output {
      try export(file, exporter) { try console.write($0) }
      return .done
    }
    try console.deliver(to: output, force: arguments.flag("force")) {
      try export(file, exporter, $0)
    }
    if case .file(let path) = output { console.talk("wrote \(file.rowCount) rows to \(path)") }
    return .done
  }

  /// Rows whose text is made from one table: enough that a result of a million is read once.
  private static let batch = 1 << 20

  private static func export(
    _ file: ResultFile, _ exporter: any Exporter.Type, _ write: (String) throws -> Void
  ) throws {
    var start = 0
    repeat {
      let end = min(start + batch, file.rowCount)
      let ranked = try file.rows(ranks: start..<end)
      let rows = ranked.sorted()
      var places: [Int: Int] = [:]
      for (place, row) in rows.enumerated() { places[row] = place }
      let table = try file.table(
        rows: rows, order: [], by: file.leaderboardBy, direction: file.leaderboardDirection)
      try exporter.export(
        table, rows: ranked.compactMap { places[$0] },
        part: ExportPart(isFirst: start == 0, isLast: end == file.rowCount), write: write)
      start = end
    } while start < file.rowCount
  }
}
