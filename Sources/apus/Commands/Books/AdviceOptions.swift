import Advice
import Allocation
import Arguments
import Books
import Interchange
import Jobs
import Kernels
import Risk

/// What verbs that seek target weights have in common.
enum AdviceOptions {
  static let options: [OptionSpec] = [
    .value("risk-level", "1…10", help: "A risk level for all, in place of their profiles'."),
    .value(
      "method", "NAME", help: "How weights are sought; target_risk unless given.",
      completion: .choices(AllocatorCatalog.all.map(\.name))),
    .value(
      "setting", "KEY=NUMBER", help: "A setting of the method, such as risk_aversion=4.",
      isRepeatable: true),
    .value(
      "expected", "NAME", help: "What returns are expected; shrunk unless given.",
      completion: .choices(BeliefsCatalog.all.map(\.name).filter { $0 != "given" })),
    .value(
      "covariance", "NAME", help: "Covariance; ledoit_wolf(pairwise) unless given.",
      completion: .words(CovarianceCatalog.entries.map(\.name))),
    .value("lookback", "BARS", help: "Bars whose returns are looked at; 504 unless given."),
    .value(
      "scores", "FILE",
      help: "Another model's scores, CSV: symbol[,client],score, clients by external id.",
      completion: .files),
    .value("least-score", "NUMBER", help: "Scores up to this count as none; 0 unless given."),
    .value(
      "symbol", "SYMBOL", help: "Advise this symbol; all of the panel unless given.",
      isRepeatable: true),
    .value("max-weight", "FRACTION", help: "Largest weight where a profile has none."),
    .value("max-holdings", "COUNT", help: "Most symbols of a portfolio."),
    .value("cut", "FRACTION", help: "Smaller weights stay in cash; 0.001 unless given."),
    .value("risk-free", "RATE", help: "What cash earns a year, a fraction."),
  ]

  /// The policy that the options describe.
  static func policy(_ arguments: ParsedArguments, _ session: BookSession) throws -> AdvicePolicy {
    var policy = AdvicePolicy()
    policy.riskLevel = try arguments.optionalInt("risk-level", in: RiskScale.levels)
    if let method = arguments.optionalString("method") { policy.method = method }
    for setting in try arguments.keyValues("setting") {
      policy.settings.values[setting.key] =
        Double(setting.value).map { .number($0) } ?? .text(setting.value)
    }
    _ = try AllocatorCatalog.allocator(named: policy.method, settings: checked(policy))
    if let name = arguments.optionalString("expected") {
      policy.beliefs = try BeliefsCatalog.beliefs(named: name)
    }
    if let name = arguments.optionalString("covariance") {
      do throws(RiskError) {
        policy.covariance = try CovarianceCatalog.estimator(named: name)
      } catch {
        var reason = "\(error)"
        if case .setting("covariance", let found, let expected) = error {
          reason = "found \(found), expected \(expected)"
        }
        throw ArgumentsError.badValue(
          name: "--covariance", value: name,
          reason: .other(reason, next: "for example --covariance 'ewma(0.97)'"))
      }
    }
    if let bars = try arguments.optionalInt("lookback", in: 30...100_000) { policy.lookback = bars }
    let leverage = session.book.portfolios.reduce(1) { max($0, $1.profile.leverage) }
    policy.maxWeight = try BookOptions.fraction(arguments, "max-weight", most: leverage)
    policy.maxHoldings = try arguments.optionalInt("max-holdings", in: 1...1_000_000)
    if let cut = try BookOptions.fraction(arguments, "cut") { policy.cut = cut }
    if let rate = try arguments.optionalDouble("risk-free", in: -1...1) { policy.riskFree = rate }
    let known = session.market.panel.symbols.names
    func check(_ symbol: String, _ option: String) throws {
      guard session.market.panel.symbols.index(of: symbol) == nil else { return }
      throw ArgumentsError.unknownName(
        symbol, kind: "symbol", option: option, among: known,
        seeAll: "apus inspect \(session.storePath)")
    }
    let asked = arguments.strings("symbol")
    for symbol in asked { try check(symbol, "--symbol") }
    if !asked.isEmpty { policy.symbols = Set(asked) }
    if let path = arguments.optionalString("scores") {
      let file = try ScoreFile.read(path)
      for symbol in file.symbols.sorted() { try check(symbol, "--scores") }
      // A client that is not there would get the common scores without a word.
      let clients = session.book.clients.map(\.externalID).filter { !$0.isEmpty }
      for client in file.byClient.keys.sorted() where !clients.contains(client) {
        throw ArgumentsError.unknownName(
          client, kind: "external id of a client", option: "--scores", among: clients,
          seeAll: "apus book export \(arguments.positional("BOOK")) -o FOLDER")
      }
      policy.scores = ScoreTable(
        common: file.common, byClient: file.byClient,
        least: try arguments.optionalDouble("least-score") ?? 0)
    }
    return policy
  }

  /// Settings with a target, which a profile will give.
  private static func checked(_ policy: AdvicePolicy) -> AllocatorSettings {
    var settings = policy.settings
    if policy.method == "target_risk", settings.values["target"] == nil {
      settings.values["target"] = .number(0.1)
    }
    return settings
  }

  /// The first instant that nothing may be known of: that of `--at`, or the end of the last bar.
  static func asOf(_ arguments: ParsedArguments, _ session: BookSession) throws -> Int64 {
    guard let text = arguments.optionalString("at") else { return session.market.lastEnd }
    guard let instant = AsOf.parse(text) else {
      throw ArgumentsError.badValue(
        name: "--at", value: text,
        reason: .other("that is neither a date nor an instant", next: "write 2017-06-30"))
    }
    return instant
  }
}
