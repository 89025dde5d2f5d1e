import Arguments
import Jobs

/// `apus book metrics`: the catalogue of metrics from a book's history.
enum BookMetricsCommand: Command {
  static let spec = CommandSpec(
    "book metrics", group: "Books",
    summary: "Metrics of portfolios, clients, sectors or symbols from their history",
    discussion: [
      "Returns are those of the money that was there: what comes in works from the start of its bar, what goes out until its end."
        + " Those of bars shorter than a day are compounded to days. A client's portfolios are one account; a sector or"
        + " symbol is what was invested in it, without cash. A metric without a value has its reason in the column reason.",
      "Metrics through time are \(BookMetrics.Rolling.names.joined(separator: ", ")).",
    ],
    examples: [
      Example("apus book metrics book.h5 --by sector", "How each sector did."),
      Example(
        "apus book metrics book.h5 --client d-2 --metrics all --benchmark AAPL",
        "Everything there is to say of a client's money."),
      Example(
        "apus book metrics book.h5 --rolling sharpe:63 -o rolling.h5",
        "Sharpe ratios of the last 63 bars, at every bar."),
    ],
    positionals: BookOptions.positionals,
    options: [
      .value(
        "by", "LEVEL", help: "What a row is of.", default: "portfolio",
        completion: .choices(BookMetrics.Level.allCases.map(\.rawValue)))
    ] + BookHistoryOptions.statistics + [
      .value(
        "rolling", "NAME:BARS", help: "A metric of the last so many returns, at every bar.",
        isRepeatable: true)
    ] + BookHistoryOptions.span + BookOptions.selection + BookOptions.market,
    common: BookOptions.common)

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    var options = try BookHistoryOptions.statistics(arguments)
    options.level = BookMetrics.Level(rawValue: arguments.string("by")) ?? .portfolio
    options.span = try BookHistoryOptions.span(arguments)
    options.rolling = try arguments.strings("rolling").flatMap {
      try $0.split(separator: ",").map { try rolling(String($0), options) }
    }
    let session = try BookOptions.session(arguments)
    let portfolios = try BookOptions.selection(arguments, session)
    Interrupts.install()
    let groups = try BookMetrics(session, portfolios: portfolios, options: options).groups(
      isCancelled: { Interrupts.isRequested })
    try BookOptions.deliver(
      BookReport(verb: "book metrics", session: session, groups: groups), arguments, console)
    return .done
  }

  private static func rolling(_ text: String, _ options: BookMetrics.Options)
    throws(ArgumentsError) -> BookMetrics.Rolling
  {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let names = BookMetrics.Rolling.names
    guard parts.count == 2, let window = Int(parts[1]), (2...1_000_000).contains(window) else {
      throw .badValue(
        name: "--rolling", value: text,
        reason: .other(
          "this is no metric and a number of bars from 2 on",
          next: "for example --rolling sharpe:63"))
    }
    guard names.contains(parts[0]) else {
      throw .unknownName(
        parts[0], kind: "rolling metric", option: "--rolling", among: names,
        seeAll: "apus help book metrics")
    }
    if parts[0] == "beta", options.benchmark == nil {
      throw .badValue(
        name: "--rolling", value: text,
        reason: .other("a beta needs a benchmark", next: "name one with --benchmark"))
    }
    return BookMetrics.Rolling(metric: parts[0], window: window)
  }
}
