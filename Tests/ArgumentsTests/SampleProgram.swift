import Arguments

/// A program with every kind of declaration, for the tests of parser, help and completions.
enum Sample {
  static let sweep = CommandSpec(
    "sweep", group: "Runs", summary: "Run a grid of parameters and rank what comes out",
    discussion: ["A spec without ranges is one lane for each symbol."],
    examples: [
      Example("apus sweep golden-cross.json5 -o run.h5", "Run the grid, keep the result."),
      Example("apus sweep golden-cross.json5 --dry-run", "Print the plan and its size."),
    ],
    positionals: [PositionalSpec("SPEC", help: "The job to run.", completion: .files)],
    options: [
      .value(
        "set", "KEY=VALUE", help: "Replace a value of the spec, named by its path.",
        isRepeatable: true),
      .value("by", "METRIC", help: "Rank by this metric.", default: "sharpe"),
      .value("top", "K", help: "Rows to show.", default: "20"),
      .value("share", "FRACTION", help: "Part of the plan to run, chosen evenly."),
      .value(
        "on-bad-row", "POLICY", help: "What to do with a bad row.", default: "reject",
        completion: .choices(["quarantine", "reject"])),
      .flag("secret", help: "Not shown.", isHidden: true),
    ])

  static let rank = CommandSpec(
    "rank", group: "Results", summary: "Order the lanes of a result",
    examples: [Example("apus rank run.h5 --by sharpe", "Best first.")],
    positionals: [
      PositionalSpec("KIND", help: "What to rank.", completion: .choices(["lanes", "symbols"])),
      PositionalSpec("RESULT", help: "Results.", count: .oneOrMore, completion: .files),
    ],
    options: [
      .value("by", "METRIC", help: "Rank by this metric: see [metrics].", isRequired: true)
    ],
    common: CommonOptions.reporting)

  static let bookValue = CommandSpec(
    "book value", group: "Books", summary: "What portfolios are worth",
    examples: [Example("apus book value b.h5 --at 2017-06-30", "At the end of a day.")],
    positionals: [PositionalSpec("BOOK", help: "A book.", completion: .files)],
    options: [.value("at", "TIME", help: "As of when.")], common: CommonOptions.reporting)

  static let bookCheck = CommandSpec(
    "book check", group: "Books", summary: "Whether portfolios keep their limits",
    examples: [Example("apus book check b.h5", "All limits of all portfolios.")],
    positionals: [PositionalSpec("BOOK", help: "A book.", completion: .files)],
    common: CommonOptions.reporting)

  static let books = CommandFamily(
    "book", group: "Books", summary: "Accounts: who owns what, and what it is worth",
    discussion: ["A book is a file of portfolios and their transactions."],
    examples: [Example("apus book value b.h5", "What every portfolio is worth.")])

  static let hidden = CommandSpec(
    "internals", group: "Runs", summary: "Not shown", examples: [], isHidden: true)

  static let program = ProgramSpec(
    name: "apus", version: "9.8.7", summary: "a sample of a program.",
    examples: [
      Example("apus sweep golden-cross.json5 -o run.h5", "Run a grid."),
      Example("apus rank lanes run.h5 --by sharpe", "Order its lanes."),
    ], commands: [sweep, rank, bookValue, bookCheck, hidden], families: [books])

  /// The arguments of a command line that must be a run of a verb.
  static func run(_ words: String...) throws -> ParsedArguments {
    guard case .run(_, let parsed) = try program.parse(words) else { throw NotARun() }
    return parsed
  }

  struct NotARun: Error {}
}
