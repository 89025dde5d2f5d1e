import Advice
import Arguments
import Interchange
import Jobs
import Storage

/// `apus book switch`: trades to target weights, sales first, with their costs.
enum BookSwitchCommand: Command {
  static let spec = CommandSpec(
    "book switch", group: "Books",
    summary: "Trades that bring portfolios to their targets, sales first, with costs",
    discussion: [
      "Three ways are worked out and their costs shown: full sells all and buys the target; net trades differences; minimal trades as"
        + " little as keeps the profile's limits, and with --band as comes that near to the target. --by chooses whose trades are told.",
      "Targets are those of apus book advise with the same options, or of a file. The book is unchanged; with -o transactions.csv the trades"
        + " are written as transactions that apus book import takes.",
      "Exit status: 0; 1 if a portfolio has no target, which the table tells why.",
    ],
    examples: [
      Example(
        "apus book switch book.h5 --portfolio p-d1 --commission-bps 10 --lot 1",
        "Whole units, 10 bps a trade."),
      Example(
        "apus book switch book.h5 --by minimal -o transactions.csv",
        "Least trades of all portfolios, as transactions."),
      Example("apus book switch book.h5 --portfolio p-d1 --to new.csv", "To weights of a file."),
    ],
    positionals: BookOptions.positionals,
    options: [
      .value(
        "by", "WAY", help: "Whose trades are told; net unless given.",
        completion: .choices(TradePlan.Kind.allCases.map(\.rawValue))),
      .value(
        "to", "FILE", help: "Target weights, CSV or JSON: [portfolio,]symbol,weight.",
        completion: .files),
      .value("band", "FRACTION", help: "How near minimal has to come to each target weight."),
      .value("commission-bps", "BPS", help: "Commission of a trade's money."),
      .value("commission-minimum", "MONEY", help: "Least commission of a trade."),
      .value("commission-fixed", "MONEY", help: "Commission of a trade whatever its size."),
      .value("slippage-bps", "BPS", help: "What fills are worse than marks."),
      .value(
        "lot", "UNITS",
        help: "Units traded at once; 0 for any part of one; the store's lots unless given."),
      .value(
        "costs", "FILE", help: "Costs and lot as JSON5, with the keys of a spec's execution.",
        completion: .files),
    ] + BookOptions.selection + [BookOptions.at] + AdviceOptions.options + BookOptions.market,
    common: BookOptions.common)

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    let session = try BookOptions.session(arguments)
    let job = SwitchJob(
      session: session, portfolios: try BookOptions.selection(arguments, session),
      asOf: try AdviceOptions.asOf(arguments, session),
      policy: try AdviceOptions.policy(arguments, session), options: try options(arguments))
    Interrupts.install()
    let outcome = try job.run(isCancelled: { Interrupts.isRequested })
    if let output = try BookOptions.output(arguments), output.hasSuffix(".csv") {
      try AtomicFile.writeParts(to: output, force: arguments.flag("force")) {
        write throws(StorageError) in
        try outcome.transactions.write(write)
      }
      console.talk(
        "wrote \(output); next: apus book import \(session.path) \(output) --table transactions")
      try BookOptions.show(outcome.report, arguments, console)
    } else {
      try BookOptions.deliver(outcome.report, arguments, console)
    }
    return outcome.failedCount > 0 ? .someLanesFailed : .done
  }

  private static func options(_ arguments: ParsedArguments) throws -> SwitchJob.Options {
    var options = SwitchJob.Options()
    if let way = arguments.optionalString("by") {
      guard let kind = TradePlan.Kind(rawValue: way) else {
        throw ArgumentsError.unknownName(
          way, kind: "way", option: "--by", among: TradePlan.Kind.allCases.map(\.rawValue),
          seeAll: "apus help book switch")
      }
      options.kind = kind
    }
    if let path = arguments.optionalString("costs") { options.rules = try TradeRules.read(path) }
    let money = 0.0...1e12
    func bps(_ name: String) throws -> Double? {
      try arguments.optionalDouble(name, in: 0...9999).map { $0 / 10_000 }
    }
    if let rate = try bps("commission-bps") { options.rules.costs.commission.rate = rate }
    if let least = try arguments.optionalDouble("commission-minimum", in: money) {
      options.rules.costs.commission.minimum = least
    }
    if let fixed = try arguments.optionalDouble("commission-fixed", in: money) {
      options.rules.costs.commission.fixed = fixed
    }
    if let rate = try bps("slippage-bps") { options.rules.costs.slippage.rate = rate }
    if let lot = try arguments.optionalDouble("lot", in: money) { options.rules.lot = lot }
    options.band = try BookOptions.fraction(arguments, "band")
    options.targets = try arguments.optionalString("to").map { try SideFileError.weights($0) }
    return options
  }
}
