import Arguments
import Interchange
import Jobs

/// `apus book simulate`: what may become of portfolios.
enum BookSimulateCommand: Command {
  static let spec = CommandSpec(
    "book simulate", group: "Books",
    summary: "What may become of portfolios: all of them forward along the same paths",
    discussion: [
      "Portfolios begin with what they hold at --at. hold keeps their units; rebalance goes back to the weights of today; advise"
        + " goes to the targets of `apus book advise`, and weights:FILE to those of a file, at once and back to them. Costs are"
        + " parts of what is traded.",
      "spec:FILE puts all money under the strategy of a spec, as `apus backtest` runs it, with its costs, fills and rebalances:"
        + " weights as one account over its symbols, entries and exits as an account for each symbol, of equal parts. Symbols that a"
        + " profile excludes are left out. On random paths its indicators see the path's prices, after those before --at; gaussian and"
        + " student_t have closes alone.",
      "bootstrap draws past bars again in blocks, all symbols together; gaussian (or gbm) draws normal logarithms of growth and"
        + " student_t returns with fat tails, of the covariance of the last --lookback bars. None of these knows anything after --at."
        + " worst:N replays the N worst stretches before --at, window:FROM:TO any stretch, and history the bars after --at: what would"
        + " have happened.",
      "Returns are on what was there and was paid in; drawdowns leave payments out. Every figure of random paths has its standard error"
        + " in the file (-o), and the same seed gives the same paths; --path shows one of them again. A portfolio that is worth"
        + " nothing stays at nothing.",
      "Exit status: 0; 1 if a portfolio has no money or no target weights, which the table tells.",
    ],
    examples: [
      Example(
        "apus book simulate book.h5 --paths 10000 --by client -o outlook.h5",
        "A year of bootstrapped days, by portfolio and client."),
      Example(
        "apus book simulate book.h5 --policy advise --market student_t --every quarter --cost 10",
        "Advice followed, at 10 basis points a trade, with fat tails."),
      Example(
        "apus book simulate book.h5 --at 2015-12-31 --policy rebalance --market history",
        "What rebalancing would have given since."),
      Example(
        "apus book simulate book.h5 --policy spec:golden-cross.json5 --set fast=20 --set slow=100 --paths 200",
        "All money under a strategy, with its costs."),
      Example(
        "apus book simulate book.h5 --market worst:5 --horizon 21",
        "The five worst months there were, with today's holdings."),
      Example(
        "apus book simulate book.h5 --contribution 500 --per month --floor 0.8 --horizon 2520",
        "Ten years of saving, and how often 20 % are lost on the way."),
      Example(
        "apus book simulate book.h5 --market gbm --drift 0.05 --samples -o ends.h5",
        "Geometric Brownian motion at 5 % a year, and the ends of all paths for a notebook."),
    ],
    positionals: BookOptions.positionals,
    options: [
      .value(
        "policy", "NAME", help: "hold, rebalance, advise, weights:FILE or spec:FILE.",
        default: "hold", completion: .words(["hold", "rebalance", "advise"])),
      .value(
        "set", "KEY=VALUE", help: "Set a parameter of the spec, or any other key by its path.",
        isRepeatable: true),
      .value(
        "every", "PERIOD",
        help:
          "From one move to the weights to the next: bar, week, month, quarter, year or a number of bars.",
        default: "month", completion: .words(SimulateOptions.Period.names)),
      .value("cost", "BPS", help: "What trades cost, basis points of their money.", default: "0"),
      .value(
        "market", "NAME",
        help: "history, window:FROM:TO, worst:N, bootstrap, gaussian (gbm) or student_t.",
        default: "bootstrap",
        completion: .words(SimulateOptions.Market.names.filter { !$0.contains(":") })),
      .value("horizon", "BARS", help: "Length of a path; 252, or all of history and window."),
      .value("paths", "N", help: "Number of random paths.", default: "1000"),
      .value(
        "block", "BARS", help: "Mean length of blocks of the bootstrap, or auto.", default: "auto",
        completion: .words(["auto"])),
      .value(
        "freedom", "NUMBER", help: "Degrees of freedom of student_t, or fitted.", default: "fitted",
        completion: .words(["fitted"])),
      .value(
        "drift", "NAME", help: "Expected returns: historical, zero, or a fraction a year.",
        default: "historical", completion: .words(["historical", "zero"])),
      .value("seed", "N", help: "Seed of the paths.", default: "1"),
      .value(
        "by", "LEVEL", help: "Sums over firm, advisor, client or a label of the book.",
        default: "firm", completion: .words(["firm", "advisor", "client"])),
      .value(
        "contribution", "AMOUNT",
        help: "Money paid into each portfolio a period, in its currency; below 0 it is taken out.",
        default: "0"),
      .value(
        "per", "PERIOD", help: "That period, as --every; payments come at its start.",
        default: "month", completion: .words(SimulateOptions.Period.names)),
      .value("floor", "FRACTION", help: "Tell how often so little of the first value is left."),
      .flag(
        "dividends",
        help: "Put dividends of the store back into their symbols; prices alone move without."),
      .value("path", "N", help: "Show path N, from 0, bar by bar."),
      .flag(
        "samples",
        help:
          "Keep what everybody is worth at the end of each path, and worst falls, in the file (-o)."
      ),
    ] + BookOptions.selection + [BookOptions.at] + AdviceOptions.options + BookOptions.market,
    common: BookOptions.common)

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    var options = try simulation(arguments)
    let session = try BookOptions.session(arguments)
    let portfolios = try BookOptions.selection(arguments, session)
    options.level = try level(arguments, session)
    let job = SimulateJob(
      session: session, portfolios: portfolios, asOf: try AdviceOptions.asOf(arguments, session),
      policy: try AdviceOptions.policy(arguments, session), options: options)
    Interrupts.install()
    let bar = console.progress(
      "simulating", total: options.market.isRandom ? options.paths : 1, unit: "paths")
    defer { bar.finish() }
    let outcome = try naming(arguments) {
      try job.run(
        progress: { bar.advance(by: $0) }, isCancelled: { Interrupts.isRequested })
    }
    bar.finish()
    try BookOptions.deliver(outcome.report, arguments, console)
    return outcome.failedCount > 0 ? .someLanesFailed : .done
  }

  /// All that needs no book.
  private static func simulation(_ arguments: ParsedArguments) throws -> SimulateOptions {
    var options = SimulateOptions()
    let policy = arguments.string("policy")
    switch policy {
    case "hold": options.policy = .hold
    case "rebalance": options.policy = .rebalance
    case "advise": options.policy = .advise
    case _ where policy.hasPrefix("weights:"):
      options.policy = .weights(try SideFileError.weights(String(policy.dropFirst(8))))
    case _ where policy.hasPrefix("spec:"):
      options.policy = .strategy(try strategy(String(policy.dropFirst(5)), arguments))
    default:
      throw ArgumentsError.unknownName(
        policy, kind: "policy", option: "--policy",
        among: ["hold", "rebalance", "advise", "weights:FILE", "spec:FILE"],
        seeAll: "apus help book simulate")
    }
    if case .strategy = options.policy {
    } else if let setting = arguments.strings("set").first {
      throw ArgumentsError.badValue(
        name: "--set", value: setting,
        reason: .other("is for a spec", next: "use it with --policy spec:FILE"))
    }
    options.market = try market(arguments)
    try checkEffects(arguments, options)
    options.every = try period(arguments, "every")
    options.per = try period(arguments, "per")
    options.costRate = try arguments.double("cost", in: 0...5000) / 10_000
    options.horizon = try arguments.optionalInt("horizon", in: 1...1_000_000)
    options.paths = try arguments.int("paths", in: 1...100_000_000)
    options.block = try number(arguments, "block", or: "auto", in: 1...1_000_000)
    options.freedom = try number(arguments, "freedom", or: "fitted", in: 2.000001...1e9)
    options.drift =
      switch arguments.string("drift") {
      case "historical": .historical
      case "zero": .zero
      default: .annual(try arguments.double("drift", in: -0.99...100))
      }
    options.seed = UInt64(try arguments.int("seed", in: 0...Int.max))
    options.contribution = try arguments.double("contribution")
    options.floor = try arguments.optionalDouble("floor", in: 0...1) ?? .nan
    options.reinvestsDividends = arguments.flag("dividends")
    options.path = try arguments.optionalInt("path", in: 0...100_000_000)
    options.keepsSamples = arguments.flag("samples")
    return options
  }

  private static func market(_ arguments: ParsedArguments) throws(ArgumentsError)
    -> SimulateOptions.Market
  {
    let text = arguments.string("market")
    if let market = SimulateOptions.Market.parse(text) { return market }
    func refuse(_ reason: String, _ next: String) -> ArgumentsError {
      .badValue(name: "--market", value: text, reason: .other(reason, next: next))
    }
    if text.hasPrefix("worst:") {
      throw refuse("worst:N takes a number from 1 to 10000", "for example worst:5")
    }
    if text.hasPrefix("window:") {
      throw refuse(
        "window:FROM:TO takes two dates or instants, the first before the second",
        "for example window:2015-08-01:2016-02-29")
    }
    throw .unknownName(
      text, kind: "market", option: "--market", among: SimulateOptions.Market.names,
      seeAll: "apus help book simulate")
  }

  /// Refuses options that would change nothing: whoever gives one expects that it does.
  private static func checkEffects(_ arguments: ParsedArguments, _ options: SimulateOptions)
    throws(ArgumentsError)
  {
    let (market, policy) = (options.market, options.policy.name)
    let moves = ["rebalance", "advise", "weights"].contains(policy)
    let isMoney = (try? arguments.double("contribution")) != 0
    // Specs have more to say of the first two.
    let needs: [(name: String, has: Bool, next: String)] = [
      (
        "every", moves || policy == "spec", "use it with --policy rebalance, advise or weights:FILE"
      ),
      ("cost", moves || policy == "spec", "use it with --policy rebalance, advise or weights:FILE"),
      ("paths", market.isRandom, "use it with --market bootstrap, gaussian or student_t"),
      ("seed", market.isRandom, "use it with --market bootstrap, gaussian or student_t"),
      ("drift", market.isRandom, "use it with --market bootstrap, gaussian or student_t"),
      ("block", market == .bootstrap, "use it with --market bootstrap"),
      ("freedom", market == .student, "use it with --market student_t"),
      ("per", isMoney, "use it with --contribution AMOUNT"),
    ]
    for (name, has, next) in needs where !has && arguments.isGiven(name) {
      throw .badValue(
        name: "--\(name)", value: arguments.string(name),
        reason: .other("would change nothing here", next: next))
    }
  }

  /// A spec, which has costs and rebalances of its own.
  private static func strategy(_ path: String, _ arguments: ParsedArguments) throws -> Spec {
    for (name, key) in [
      ("cost", "execution.commission.bps"), ("every", "strategy.rebalance.every"),
    ]
    where arguments.isGiven(name) {
      throw ArgumentsError.badValue(
        name: "--\(name)", value: arguments.string(name),
        reason: .other(
          "is no part of a spec", next: "--set \(key)=… says it to --policy spec:FILE"))
    }
    let settings = try arguments.keyValues("set").map { ($0.key, $0.value) }
    return try naming(arguments) { try SpecFile.load(path: path, settings: settings).spec }
  }

  /// Gives mistakes in the spec the name of its file.
  private static func naming<Value>(_ arguments: ParsedArguments, _ body: () throws -> Value) throws
    -> Value
  {
    do {
      return try body()
    } catch let error as SpecError {
      throw SpecFileError(path: String(arguments.string("policy").dropFirst(5)), error: error)
    }
  }

  private static func period(_ arguments: ParsedArguments, _ name: String) throws(ArgumentsError)
    -> SimulateOptions.Period
  {
    let text = arguments.string(name)
    if let period = SimulateOptions.Period.parse(text) { return period }
    throw .unknownName(
      text, kind: "period", option: "--\(name)", among: SimulateOptions.Period.names,
      seeAll: "apus help book simulate")
  }

  /// A number, or a word that stands for nil.
  private static func number(
    _ arguments: ParsedArguments, _ name: String, or word: String, in range: ClosedRange<Double>
  ) throws(ArgumentsError) -> Double? {
    arguments.string(name) == word ? nil : try arguments.double(name, in: range)
  }

  private static func level(_ arguments: ParsedArguments, _ session: BookSession)
    throws(ArgumentsError) -> SimulateOptions.Level
  {
    let (name, labels) = (arguments.string("by"), session.book.labels.map(\.name))
    switch name {
    case "firm": return .firm
    case "advisor": return .advisor
    case "client": return .client
    default: break
    }
    if let label = labels.firstIndex(of: name) { return .label(label) }
    throw .unknownName(
      name, kind: "level", option: "--by", among: ["firm", "advisor", "client"] + labels,
      seeAll: "apus book inspect \(session.path)")
  }
}
