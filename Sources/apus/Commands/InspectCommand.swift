import Arguments
import Jobs
import Storage

/// `apus inspect`: what is in a store, a result or a book.
enum InspectCommand: Command {
  static let spec = CommandSpec(
    "inspect", group: "Data",
    summary: "Tell what is in a store, a result or a book",
    examples: [
      Example("apus inspect sp500.h5", "Panels, symbols, ranges and missing values."),
      Example("apus inspect sp500.h5 --quarantine", "The rows that were kept out, and why."),
      Example(
        "apus inspect sp500.h5 --gaps --symbol ORCL", "Its missing and surplus bars, one by one."),
    ],
    positionals: [PositionalSpec("FILE", help: "A store, a result or a book.", completion: .files)],
    options: [
      .flag("quarantine", help: "List the rows that were kept out of the panels."),
      .flag("symbols", help: "List the symbols with what is known of them."),
      .flag("revisions", help: "List the values that appends replaced."),
      .flag("actions", help: "List splits, dividends, renames and delistings."),
      .flag("gaps", help: "Hold bars against the calendar: what is missing, what is too much."),
      .value("panel", "NAME", help: "With --gaps: this panel only."),
      .value("symbol", "X", help: "With --gaps: this symbol only, with every gap."),
      .flag(
        "verify",
        help: "Hold shapes, axes, lifetimes and content against each other and the stored hashes."),
    ],
    common: [CommonOptions.json, CommonOptions.quiet])

  /// What can be shown of a store, one at a time.
  private static let views = ["quarantine", "symbols", "actions", "revisions", "gaps"]

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    let path = arguments.positional("FILE")
    let store: PriceStore
    do throws(StorageError) {
      store = try PriceStore.open(path)
    } catch {
      guard case .wrongFormat(_, _, let found) = error else { throw error }
      if found.contains("'book'") {
        try refuse(views, arguments, "is for stores, and \(path) is a book")
        try BookInspectCommand.whole(try BookStore.open(path), path, arguments, console)
        return .done
      }
      guard found.contains("'result'") else {
        throw StorageError.wrongFormat(path: path, expected: "store, result or book", found: found)
      }
      try refuse(views + ["verify"], arguments, "is for stores, and \(path) is a result")
      try result(try ResultFile(path), arguments, console)
      return .done
    }
    if let first = views.firstIndex(where: arguments.flag) {
      try refuse(
        Array(views[(first + 1)...]), arguments, "can't be joined with --\(views[first])")
    }
    for name in ["panel", "symbol"] where arguments.isGiven(name) && !arguments.flag("gaps") {
      throw ArgumentsError.badValue(
        name: "--\(name)", value: arguments.string(name),
        reason: .other("is for --gaps", next: "add --gaps, or leave it out"))
    }
    if arguments.flag("verify") {
      let notes = try store.verify()
      for note in notes { console.talk("not checked: \(note)") }
      console.talk(
        notes.isEmpty
          ? "the content is what its hashes say" : "complete it: apus store migrate \(path)")
    }
    if arguments.flag("quarantine") {
      try quarantine(store, arguments, console)
    } else if arguments.flag("revisions") {
      try revisions(store, arguments, console)
    } else if arguments.flag("gaps") {
      try GapsReport.print(store, arguments, console)
    } else if arguments.flag("symbols") {
      try symbols(store, arguments, console)
    } else if arguments.flag("actions") {
      try actions(store, arguments, console)
    } else {
      try panels(store, arguments, console)
    }
    return .done
  }

  private static func refuse(
    _ flags: [String], _ arguments: ParsedArguments, _ reason: String
  ) throws(ArgumentsError) {
    for name in flags where arguments.flag(name) {
      throw .badValue(
        name: "--\(name)", value: "", reason: .other(reason, next: "leave it out"))
    }
  }
}
