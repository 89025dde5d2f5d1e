import Arguments
import Books
import Jobs

/// `apus book generate`: a synthetic book over a price store.
enum BookGenerateCommand: Command {
  static let spec = CommandSpec(
    "book generate", group: "Books",
    summary: "Make a book of any size over a price store, from a seed",
    discussion: [
      "Each portfolio deposits, buys its symbols at closes of the store, and trades, earns and pays through the years. The"
        + " same options give the same book."
    ],
    examples: [
      Example(
        "apus book generate large.h5 --store prices.h5 --portfolios 100000 --holdings 50 --transactions 5100000",
        "A large firm."),
      Example(
        "apus book generate small.h5 --store prices.h5 --portfolios 10 --holdings 3 --transactions 200",
        "A small one."),
    ],
    positionals: [
      PositionalSpec("BOOK", help: "The book that is made, an HDF5 file.", completion: .files)
    ],
    options: [
      .value(
        "store", "STORE", help: "The price store that values it.", isRequired: true,
        completion: .files),
      .value("panel", "NAME", help: "Its panel; the only one unless given."),
      .value("portfolios", "N", help: "Number of portfolios.", isRequired: true),
      .value("holdings", "N", help: "Symbols of each portfolio.", default: "10"),
      .value("transactions", "N", help: "Number of transactions of all.", isRequired: true),
      .value("currency", "CODE", help: "Currency of everything.", default: "USD"),
      .value("seed", "N", help: "Decides everything.", default: "1"),
      .flag("ids", help: "Give each transaction an id."),
    ],
    common: [CommonOptions.json, CommonOptions.quiet, CommonOptions.force])

  private struct Report: Encodable {
    let book: String
    let portfolios: Int
    let entries: Int
    let seed: UInt64
  }

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    let path = arguments.positional("BOOK")
    let portfolios = try arguments.int("portfolios", in: 1...100_000_000)
    let holdings = try arguments.int("holdings", in: 1...1_000_000)
    let transactions = try arguments.int("transactions", in: 1...2_000_000_000)
    guard transactions / portfolios > holdings else {
      throw ArgumentsError.badValue(
        name: "--transactions", value: "\(transactions)",
        reason: .other(
          "is too few: each portfolio has a deposit and a purchase of each symbol",
          next: "take at least \(portfolios * (holdings + 1))"))
    }
    var generator = BookGenerator(
      portfolios: portfolios, holdings: holdings, transactions: transactions)
    generator.seed = UInt64(try arguments.int("seed", in: 0...Int.max))
    generator.hasIDs = arguments.flag("ids")
    var job = BookGenerateJob(generator, store: arguments.string("store"))
    job.panel = arguments.optionalString("panel")
    job.currency = try BookOptions.currency(arguments)
    try RunOptions.keep([job.store], from: [path])
    let book = try job.run(to: path, force: arguments.flag("force"))
    if arguments.flag("json") {
      let report = Report(
        book: path, portfolios: portfolios, entries: book.entries.count, seed: generator.seed)
      try console.print(try report.json())
    }
    console.talk(
      "wrote \(book.entries.count) entries of \(portfolios) portfolios to \(path); look at it: apus book inspect \(path)"
    )
    return .done
  }
}
