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
    try Console.checkOutput(output, force: arguments.flag("force"))
    let table = try ResultStore.read(arguments.positional("RESULT"))
    let place = Dictionary(
      uniqueKeysWithValues: table.lanes.enumerated().map { ($0.element, $0.offset) })
    let rows = table.leaderboard.compactMap { place[$0] }
    if case .standardStream = output {
      try exporter.export(table, rows: rows) { try console.write($0) }
      return .done
    }
    var text = ""
    try exporter.export(table, rows: rows) { text += $0 }
    try console.deliver(text, to: output, force: arguments.flag("force"))
    if case .file(let path) = output { console.talk("wrote \(rows.count) rows to \(path)") }
    return .done
  }
}
