import Arguments
import Books
import Jobs
import Metrics

/// `apus book value`: what a book is worth.
enum BookValueCommand: Command {
  static let spec = CommandSpec(
    "book value", group: "Books",
    summary: "What portfolios, clients, sectors or currencies are worth, and how they did",
    discussion: [
      "Holdings are rebuilt from transactions and marked with the last closes. Sums are in the firm's currency. Gain is the change"
        + " of equity that money in and out does not explain; the return is time-weighted; volatility, VaR and drawdown are those"
        + " of the sum, not sums of those of its parts. They are the numbers of apus book metrics.",
      "Of a sector purchases are what comes in, and sales and dividends what goes out; cash is a sector of its own. A row that holds"
        + " something without a price has no sum; the column unmarked counts such symbols and currencies, and a warning names them.",
    ],
    examples: [
      Example("apus book value book.h5 --at 2017-06-30", "Every portfolio at the end of that day."),
      Example("apus book value book.h5 --by advisor --from 2017-01-01", "Advisors in 2017."),
      Example(
        "apus book value book.h5 --by sector --every month -o sectors.h5",
        "Sectors, month by month."),
    ],
    positionals: BookOptions.positionals,
    options: [
      .value(
        "by", "KEY", help: "firm, advisor, client, portfolio, sector, currency, or a label.",
        default: "portfolio", completion: .words(SumKey.names)),
      BookOptions.at,
      .value("from", "TIME", help: "Gains and returns from this day or instant on."),
      .value(
        "every", "PERIOD", help: "Also at the end of each such period.",
        completion: .choices(LaneContext.Period.allCases.map(\.rawValue))),
    ] + BookOptions.selection + BookOptions.market, common: BookOptions.common)

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    var options = BookValue.Options()
    options.asOf = try BookHistoryOptions.end(arguments, "at")
    if arguments.isGiven("from") { options.from = try BookHistoryOptions.start(arguments) }
    if let from = options.from, let end = options.asOf, from >= end {
      throw ArgumentsError.badValue(
        name: "--from", value: arguments.optionalString("from") ?? "",
        reason: .other("it is not before --at", next: "swap them"))
    }
    options.every = arguments.optionalString("every").flatMap { LaneContext.Period(rawValue: $0) }
    let session = try BookOptions.session(arguments)
    let by = arguments.string("by")
    guard let key = SumKey(by, in: session.book) else {
      throw ArgumentsError.unknownName(
        by, kind: "key", option: "--by", among: SumKey.names(in: session.book),
        seeAll: "apus help book value")
    }
    options.key = key
    let value = BookValue(
      session, portfolios: try BookOptions.selection(arguments, session), options: options)
    Interrupts.install()
    try BookOptions.deliver(
      try value.report(isCancelled: { Interrupts.isRequested }), arguments, console)
    return .done
  }
}
