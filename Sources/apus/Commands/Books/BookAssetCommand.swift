import Arguments
import Books
import Jobs

/// `apus book asset`: what there is to tell of a symbol.
enum BookAssetCommand: Command {
  static let spec = CommandSpec(
    "book asset", group: "Books",
    summary: "A symbol: quote, returns, risk, and who holds it",
    discussion: [
      "Prices have splits taken out. Without --metrics the main ones are shown; with --benchmark those that compare too. Holders are portfolios"
        + " that hold it as of --at or did before, valued in their own currency."
    ],
    examples: [
      Example("apus book asset book.h5 AAPL", "Everything of a symbol."),
      Example(
        "apus book asset book.h5 AAPL --benchmark MSFT --metrics all --json",
        "With the whole catalogue against a benchmark."),
    ],
    positionals: BookOptions.positionals + [
      PositionalSpec("SYMBOL", help: "A symbol of the book or the panel.")
    ],
    options: [
      BookOptions.at,
      .value("from", "TIME", help: "Prices from this day or instant on; all unless given."),
    ] + BookHistoryOptions.statistics + BookOptions.selection + BookOptions.market,
    common: BookOptions.common)

  /// Metrics that say how a symbol moves with another.
  private static let relative = [
    "beta", "alpha", "correlation", "tracking_error", "information_ratio", "excess_return",
  ]

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    var options = try BookHistoryOptions.statistics(arguments)
    if !arguments.isGiven("metrics") {
      let own = ["skew", "excess_kurtosis", "best_bar", "worst_bar"]
      let names = own + (options.benchmark == nil ? [] : relative)
      options.metrics =
        options.metrics.filter { !["final_equity", "money_weighted_return"].contains($0.name) }
        + names.compactMap { options.convention.metric(named: $0) }
    }
    options.span = try BookHistoryOptions.start(arguments)..<(.max)
    let end = try BookHistoryOptions.end(arguments, "at")
    let session = try BookOptions.session(arguments)
    let portfolios = try BookOptions.selection(arguments, session)
    let asOf = end ?? session.market.lastEnd
    let groups = try BookAsset(
      session, symbol: arguments.positional("SYMBOL"), portfolios: portfolios, asOf: asOf,
      options: options
    ).groups()
    try BookOptions.deliver(
      BookReport(verb: "book asset", session: session, asOf: asOf, groups: groups), arguments,
      console)
    return .done
  }
}
