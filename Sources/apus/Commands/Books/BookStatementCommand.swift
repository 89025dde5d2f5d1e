import Arguments
import Books
import Jobs
import Storage

/// `apus book statement`: what happened in wallets.
enum BookStatementCommand: Command {
  static let spec = CommandSpec(
    "book statement", group: "Books",
    summary: "Wallets over some time: balances, transactions, purchases and sells by day",
    discussion: [
      "Each wallet opens with what was in it before --from, tells every transaction with the money after it, and closes as of --to."
        + " It needs no prices. Money is in the wallet's currency; days are of UTC, and currencies are never added up."
    ],
    examples: [
      Example(
        "apus book statement book.h5 --client d-2 --from 2017-01-01 --to 2017-03-31",
        "A client's first quarter."),
      Example(
        "apus book statement book.h5 --by firm -o statement.csv",
        "Purchases and sells of everybody by day, and all else, as CSV."),
    ],
    positionals: BookOptions.positionals,
    options: BookOptions.selection + [
      .value("wallet", "ID", help: "Only this wallet.", isRepeatable: true)
    ] + BookHistoryOptions.span(endingWith: "the last entry") + [
      .value(
        "by", "LEVEL", help: "Whose days are added up.", default: "client",
        completion: .choices(BookStatement.Level.allCases.map(\.rawValue)))
    ],
    common: [
      BookOptions.output, BookOptions.rows, CommonOptions.json, CommonOptions.quiet,
      CommonOptions.force,
    ])

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    let span = try BookHistoryOptions.span(arguments)
    let path = arguments.positional("BOOK")
    _ = try BookOptions.room(arguments)
    if let output = try BookOptions.output(arguments) {
      try RunOptions.keep([path], from: [output])
      try Console.checkResult(output, force: arguments.flag("force"))
    }
    let stored = try BookStore.open(path)
    let book = stored.book
    var portfolios = try BookOptions.selection(arguments, book, path)
    let wallets = try wallets(arguments, book, portfolios, path)
    if let wallets {
      let owners = Set(wallets.map { book.wallets[$0].portfolio })
      portfolios = portfolios.filter { owners.contains($0) }
    }
    let level = BookStatement.Level(rawValue: arguments.string("by")) ?? .client
    let statement = BookStatement(
      book, portfolios: portfolios, wallets: wallets, span: span, level: level)
    var report = BookReport(verb: "book statement", session: nil, groups: statement.groups)
    report.origin += [
      ResultTable.Attribute("book", path),
      ResultTable.Attribute("book_sha256", stored.contentHash),
    ]
    try BookOptions.deliver(report, arguments, console)
    return .done
  }

  /// The wallets that are asked for, which have to be of the portfolios that are; nil for all.
  private static func wallets(
    _ arguments: ParsedArguments, _ book: Book, _ portfolios: [Int], _ path: String
  ) throws(ArgumentsError) -> Set<Int>? {
    guard arguments.isGiven("wallet") else { return nil }
    let asked = Set(portfolios)
    var wallets: Set<Int> = []
    for id in arguments.strings("wallet") {
      guard let place = book.wallets.firstIndex(where: { $0.id == id }) else {
        throw .unknownName(
          id, kind: "wallet", option: "--wallet", among: book.wallets.map(\.id),
          seeAll: "apus book inspect \(path) --portfolios")
      }
      let portfolio = book.wallets[place].portfolio
      guard asked.contains(portfolio) else {
        let owner = book.portfolios[portfolio]
        throw .badValue(
          name: "--wallet", value: id,
          reason: .other(
            "wallet \(id) is of portfolio \(owner.id), client \(book.clients[owner.client].id)",
            next: "leave --wallet out, or ask for --portfolio \(owner.id)"))
      }
      wallets.insert(place)
    }
    return wallets
  }
}
