import Arguments
import Books
import Jobs

/// `apus book sectors`: investments by sector.
enum BookSectorsCommand: Command {
  static let spec = CommandSpec(
    "book sectors", group: "Books", summary: "Investments of portfolios, consolidated by sector",
    discussion: [
      "A row for each sector that is or was held: how many symbols, value, weight, gain, time-weighted return, and the symbols."
        + " Cash is a row of its own, so that weights add up to 1."
    ],
    examples: [
      Example("apus book sectors book.h5 --portfolio p-d1", "One portfolio by sector."),
      Example("apus book sectors book.h5 --at 2016-12-31 --json", "All portfolios, as JSON."),
    ],
    positionals: BookOptions.positionals,
    options: [BookOptions.at] + BookOptions.selection + BookOptions.market,
    common: BookOptions.common)

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    try BookOptions.tables(arguments, console) { session, portfolios, asOf in
      try BookSectors(session, portfolios: portfolios, asOf: asOf).report(
        isCancelled: { Interrupts.isRequested })
    }
  }
}
