import Arguments
import Jobs

/// `apus book check`: portfolios against their limits.
enum BookCheckCommand: Command {
  static let spec = CommandSpec(
    "book check", group: "Books",
    summary: "Hold portfolios to the limits of their profiles and to a file of rules",
    discussion: [
      "VaR and volatility are those of today's holdings: what their weights, restored at every bar, would have earned over the last"
        + " 252 days, dividends included, cash at 0. VaR is historical, of one day at 95 %, unless a rule says otherwise. Drawdown is"
        + " the deepest of the portfolio's own history, flows left out. Weights are by size. What can't be told, for want of a price or"
        + " of 60 returns, is unknown with its reason, and no breach.",
      "A rule file is JSON5: { rules: [{ name: 'tech', kind: 'sector_weight', threshold: 0.4, of: ['Information Technology'], label: { branch:"
        + " 'south' } }] }. Kinds: value_at_risk (threshold, level, horizon, lookback), volatility (threshold, lookback), drawdown"
        + " (threshold, lookback), weight and sector_weight (threshold, of), leverage, cash (threshold: the least), symbol and sector"
        + " (allowed, excluded). A rule is of all portfolios, or of those of its portfolio, client, advisor and label. With profiles:"
        + " false only the file counts.",
      "Exit status: 0; 1 if a limit is broken; the tables are printed and written either way.",
    ],
    examples: [
      Example("apus book check book.h5", "Every portfolio against its profile."),
      Example(
        "apus book check book.h5 --rules rules.json5 --at 2017-06-30 -o breaches.json",
        "House rules too, as of a day, for a machine."),
      Example(
        "apus book check book.h5 --portfolio p-d1 --all", "One portfolio, with what it keeps."),
    ],
    positionals: BookOptions.positionals,
    options: [
      limitRules, .flag("all", help: "Show limits that are kept too."),
    ] + BookOptions.selection + [BookOptions.at] + BookOptions.market,
    common: BookOptions.common)

  /// Rules beside those of profiles.
  static let limitRules = OptionSpec.value(
    "rules", "FILE", help: "Rules beside those of profiles, JSON5.", completion: .files)

  /// The rules that are asked for.
  static func rules(_ arguments: ParsedArguments, _ session: BookSession) throws -> LimitRuleFile {
    guard let path = arguments.optionalString("rules") else { return LimitRuleFile() }
    do {
      return try LimitRuleFile.read(path, for: session)
    } catch {
      throw SpecFileError(path: path, error: error)
    }
  }

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    let session = try BookOptions.session(arguments)
    let portfolios = try BookOptions.selection(arguments, session)
    let job = BookCheckJob(
      session: session, portfolios: portfolios, asOf: try AdviceOptions.asOf(arguments, session),
      rules: try rules(arguments, session), showsAll: arguments.flag("all"))
    Interrupts.install()
    let outcome = try job.run(isCancelled: { Interrupts.isRequested })
    try BookOptions.deliver(outcome.report, arguments, console)
    console.talk(
      outcome.breachCount == 0
        ? "\(portfolios.count) portfolios keep their limits"
        : "\(outcome.breachCount) limits are broken by \(outcome.portfolioCount) of \(portfolios.count) portfolios"
    )
    if outcome.unknownCount > 0 {
      console.talk("\(outcome.unknownCount) limits can't be told")
    }
    return outcome.breachCount > 0 ? .findings : .done
  }
}
