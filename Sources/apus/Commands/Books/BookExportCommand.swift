import Arguments
import Books
import Jobs

/// `apus book export`: a book as CSV files.
enum BookExportCommand: Command {
  static let spec = CommandSpec(
    "book export", group: "Books",
    summary: "Write a book as a folder of CSV files",
    discussion: [
      "apus book init with --from makes the same book of the folder again, to the last bit. The folder appears whole or"
        + " not at all."
    ],
    examples: [
      Example("apus book export book.h5 -o tables", "firm.csv, clients.csv, transactions.csv, …"),
      Example(
        "apus book init copy.h5 --from tables", "The same book again."),
    ],
    positionals: BookOptions.positionals,
    options: [
      .value(
        "output", short: "o", "FOLDER",
        help: "The folder; with --force one that holds such tables and nothing else is replaced.",
        isRequired: true, completion: .files)
    ],
    common: [CommonOptions.json, CommonOptions.quiet, CommonOptions.force])

  private struct Report: Encodable {
    let folder: String
    let rows: [String: Int]
  }

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    var job = BookExportJob(
      book: arguments.positional("BOOK"), folder: arguments.string("output"))
    job.force = arguments.flag("force")
    Interrupts.install()
    let rows = try job.run(isCancelled: { Interrupts.isRequested })
    if arguments.flag("json") {
      let report = Report(
        folder: job.folder,
        rows: Dictionary(uniqueKeysWithValues: rows.map { ($0.table.rawValue, $0.rows) }))
      try console.print(try report.json())
    }
    console.talk(
      "wrote \(rows.map { "\($0.rows) \($0.table.rawValue)" }.joined(separator: ", ")) to \(job.folder)"
    )
    return .done
  }
}
