import Advice
import Arguments
import Jobs

/// `apus book advise`: target weights by profile, with reasons.
enum BookAdviseCommand: Command {
  static let spec = CommandSpec(
    "book advise", group: "Books",
    summary: "Target weights for portfolios by their profiles, with reasons",
    discussion: [
      "The profile gives the limits: largest weights, sectors and symbols, cash, leverage, risk. A level from 1 to 10 stands for an"
        + " annual volatility of "
        + RiskScale.volatilities.map { "\($0)" }.joined(separator: ", ")
        + ". Nothing after --at has any part in it.",
      "Portfolios whose profiles ask the same get the same weights, found once. A method that has no place for cash is invested in"
        + " full, and brought down to the limits of risk by cash.",
      "Exit status: 0; 1 if a portfolio has no advice, which the table tells why.",
    ],
    examples: [
      Example(
        "apus book advise book.h5 --portfolio p-d1 --at 2017-06-30", "One portfolio, as of a day."),
      Example(
        "apus book advise book.h5 --risk-level 7 --method min_variance",
        "All, bolder, without expected returns."),
      Example(
        "apus book advise book.h5 --scores model.csv -o advice.h5", "By another model's scores."),
    ],
    positionals: BookOptions.positionals,
    options: BookOptions.selection + [BookOptions.at] + AdviceOptions.options + BookOptions.market,
    common: BookOptions.common)

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    let session = try BookOptions.session(arguments)
    let job = AdviseJob(
      session: session, portfolios: try BookOptions.selection(arguments, session),
      asOf: try AdviceOptions.asOf(arguments, session),
      policy: try AdviceOptions.policy(arguments, session))
    Interrupts.install()
    let outcome = try job.run(isCancelled: { Interrupts.isRequested })
    try BookOptions.deliver(outcome.report, arguments, console)
    return outcome.failedCount > 0 ? .someLanesFailed : .done
  }
}
