import Arguments
import Jobs

/// `apus book what-if`: what trades would do to a portfolio.
enum BookWhatIfCommand: Command {
  static let spec = CommandSpec(
    "book what-if", group: "Books",
    summary: "What trades would do to a portfolio's weights, money, risk and limits",
    discussion: [
      "Trades are done in their order at the marks as of --at, or at the price behind @; a symbol may be new to the book. One that"
        + " lacks money or units is refused with what is there. The book is only read.",
      "VaR is historical, of one day, at today's weights; component VaR adds up to it, marginal VaR is its change with a weight."
        + " Limits are those of apus book check, drawdowns those of the history before the trades.",
      "Exit status: 0; 1 if the trades break a limit that was kept.",
    ],
    examples: [
      Example(
        "apus book what-if book.h5 --portfolio p-d1 --trade 'sell 20 MSFT' --trade 'buy 10 AAPL'",
        "Two trades at the last closes."),
      Example(
        "apus book what-if book.h5 --portfolio p-d1 --at 2017-06-30 --trade 'sell all KO @ 44.85' --commission-bps 10",
        "As of a day, at a price, with commission."),
      Example(
        "apus book what-if book.h5 --portfolio p-d1 --trades trades.csv --json",
        "Transactions as apus book import reads them."),
    ],
    positionals: BookOptions.positionals,
    options: [
      .value("portfolio", "ID", help: "The portfolio; its only one may be left out."),
      .value(
        "trade", "TRADE", help: "buy|sell QUANTITY SYMBOL [@ PRICE]; sell all SYMBOL.",
        isRepeatable: true),
      .value(
        "trades", "FILE", help: "CSV with the columns of transactions; times don't count.",
        isRepeatable: true, completion: .files),
      .value("commission-bps", "BPS", help: "Commission of a trade's money."),
      .value("commission-minimum", "MONEY", help: "Least commission of a trade."),
      .value("commission-fixed", "MONEY", help: "Commission of a trade whatever its size."),
      .value(
        "slippage-bps", "BPS", help: "What fills are worse than marks, where no price is given."),
      .value("level", "FRACTION", help: "Confidence of VaR.", default: "0.95"),
      .value("lookback", "BARS", help: "Returns that risk looks back on.", default: "252"),
      BookCheckCommand.limitRules, BookOptions.at,
    ] + BookOptions.market,
    common: BookOptions.common)

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    var options = WhatIfJob.Options()
    options.trades = arguments.strings("trade")
    options.files = arguments.strings("trades")
    guard !options.trades.isEmpty || !options.files.isEmpty else {
      throw ArgumentsError.missingOption(
        option: "--trade", valueName: "TRADE", verb: "book what-if", program: "apus")
    }
    func bps(_ name: String) throws -> Double {
      (try arguments.optionalDouble(name, in: 0...9999) ?? 0) / 10_000
    }
    let money = 0.0...1e12
    options.costs.commission.rate = try bps("commission-bps")
    options.costs.slippage.rate = try bps("slippage-bps")
    if let least = try arguments.optionalDouble("commission-minimum", in: money) {
      options.costs.commission.minimum = least
    }
    if let fixed = try arguments.optionalDouble("commission-fixed", in: money) {
      options.costs.commission.fixed = fixed
    }
    options.level = try arguments.double("level", in: 0.5...0.999_999)
    options.lookback = try arguments.int("lookback", in: 2...100_000)
    let session = try BookOptions.session(arguments)
    let job = WhatIfJob(
      session: session, portfolio: try portfolio(arguments, session),
      asOf: try AdviceOptions.asOf(arguments, session),
      rules: try BookCheckCommand.rules(arguments, session), options: options)
    let outcome = try job.run()
    try BookOptions.deliver(outcome.report, arguments, console)
    if outcome.newBreachCount > 0 {
      console.talk(
        "the trades break \(outcome.newBreachCount) \(outcome.newBreachCount == 1 ? "limit" : "limits")"
      )
    }
    return outcome.newBreachCount > 0 ? .findings : .done
  }

  private static func portfolio(_ arguments: ParsedArguments, _ session: BookSession) throws -> Int
  {
    let ids = session.book.portfolios.map(\.id)
    guard let id = arguments.optionalString("portfolio") else {
      if ids.count == 1 { return 0 }
      throw ArgumentsError.missingOption(
        option: "--portfolio", valueName: "ID", verb: "book what-if", program: "apus")
    }
    if let place = ids.firstIndex(of: id) { return place }
    throw ArgumentsError.unknownName(
      id, kind: "portfolio", option: "--portfolio", among: ids,
      seeAll: "apus book inspect \(session.path)")
  }
}
