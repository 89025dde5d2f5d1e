import Arguments
import Books
import Jobs

/// `apus book assets`: what is held, and what came of it.
enum BookAssetsCommand: Command {
  static let spec = CommandSpec(
    "book assets", group: "Books",
    summary: "What portfolios hold: purchases, sales, quantity, average cost, gain",
    discussion: [
      "A row for each symbol that a portfolio ever traded. Gains are by lots, first in first out; files also have them by average"
        + " cost. gain_share is the gain over all that purchases cost, their fees included."
    ],
    examples: [
      Example("apus book assets book.h5 --portfolio p-d1", "One portfolio's assets."),
      Example("apus book assets book.h5 --at 2016-12-31 -o assets.csv", "All assets, as of then."),
    ],
    positionals: BookOptions.positionals,
    options: [BookOptions.at] + BookOptions.selection + BookOptions.market,
    common: BookOptions.common)

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    try BookOptions.tables(arguments, console) { session, portfolios, asOf in
      try BookAssets(session, portfolios: portfolios, asOf: asOf).report(
        isCancelled: { Interrupts.isRequested })
    }
  }
}
