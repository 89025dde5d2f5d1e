import Arguments
import Jobs

/// `apus challenge generate`: made-up entries, for measuring and for trying rules.
enum ChallengeGenerateCommand: Command {
  static let spec = CommandSpec(
    "challenge generate", group: "Books",
    summary: "Make up entries from a seed, to try rules or to measure",
    discussion: [
      "Purchases and sales at closes of the window, of symbols that the rules allow; the same seed gives the same file. Rules with"
        + " tight bounds, such as max_weight below 0.3, will disqualify some."
    ],
    examples: [
      Example(
        "apus challenge generate rules.json5 --participants 20000 -o entries.csv",
        "A crowd.")
    ],
    positionals: [ChallengeOptions.rules],
    options: ChallengeOptions.data + [
      .value("participants", "N", help: "How many.", default: "100"),
      .value("trades", "N", help: "Trades of each, at most.", default: "40"),
      .value("breaches", "F", help: "Share of participants who break a rule.", default: "0"),
      .value(
        "unpriced", "F", help: "Share of purchases that leave the price to the rules.",
        default: "0"),
      .value("seed", "N", help: "Seed.", default: "1"),
    ], common: [CommonOptions.output, CommonOptions.quiet, CommonOptions.force])

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    var generator = ChallengeGenerator()
    generator.participants = try arguments.int("participants", in: 1...100_000_000)
    generator.trades = try arguments.int("trades", in: 1...1_000_000)
    generator.breaches = try arguments.double("breaches", in: 0...1)
    generator.marketOrders = try arguments.double("unpriced", in: 0...1)
    generator.seed = UInt64(try arguments.int("seed", in: 0...Int.max))
    let session = try ChallengeOptions.session(arguments)
    let output = arguments.optionalPath("output") ?? .standardStream
    try console.deliver(to: output, force: arguments.flag("force")) {
      try generator.write(session, to: $0)
    }
    if case .file(let path) = output {
      console.talk("wrote \(generator.participants) participants to \(path)")
    }
    return .done
  }
}
