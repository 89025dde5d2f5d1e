import Arguments
import Books
import Jobs
import Market
import Storage

/// `apus book inspect`: what is in a book.
enum BookInspectCommand: Command {
  static let spec = CommandSpec(
    "book inspect", group: "Books",
    summary: "Tell what is in a book, and hold it to its hash and rules",
    examples: [
      Example("apus book inspect book.h5", "How many of what, from when to when."),
      Example("apus book inspect book.h5 --portfolios", "The portfolios, one by one."),
    ],
    positionals: BookOptions.positionals,
    options: [
      .flag("portfolios", help: "List portfolios with their clients, wallets and transactions."),
      .value(
        "top", "K", help: "Portfolios to list, or all; --json has all of them.", default: "20",
        completion: .words(["all"])),
    ],
    common: [CommonOptions.json, CommonOptions.quiet])

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    let path = arguments.positional("BOOK")
    let stored = try BookStore.open(path)
    if arguments.flag("portfolios") {
      try portfolios(stored.book, arguments, console)
    } else {
      try whole(stored, path, arguments, console)
    }
    return .done
  }

  private struct Report: Encodable {
    let book: String
    let createdUtc: String
    let updatedUtc: String
    let revision: Int64
    let contentSha256: String
    let firm: String
    let name: String
    let currency: String
    let store: String
    let panel: String
    let rates: String
    let advisors: Int
    let clients: Int
    let portfolios: Int
    let wallets: Int
    let instruments: Int
    let labels: [String]
    let entries: Int
    let kinds: [String: Int]
    let from: String
    let to: String
  }

  /// What `apus inspect` says of a book too.
  static func whole(
    _ stored: BookStore.Stored, _ path: String, _ arguments: ParsedArguments, _ console: Console
  ) throws {
    let book = stored.book
    var kinds = [Int](repeating: 0, count: Entry.Kind.allCases.count)
    for kind in book.entries.kind { kinds[Int(kind.rawValue)] += 1 }
    func text(_ ns: Int64?) -> String { ns.map { Timestamp.text(nanoseconds: $0) } ?? "" }
    let report = Report(
      book: path, createdUtc: stored.createdUTC, updatedUtc: stored.updatedUTC,
      revision: stored.revision, contentSha256: stored.contentHash, firm: book.firm.id,
      name: book.firm.name, currency: book.firm.currency, store: book.prices.store,
      panel: book.prices.panel, rates: book.prices.rates, advisors: book.advisors.count,
      clients: book.clients.count, portfolios: book.portfolios.count, wallets: book.wallets.count,
      instruments: book.instruments.count, labels: book.labels.map(\.name),
      entries: book.entries.count,
      kinds: Dictionary(
        uniqueKeysWithValues: Entry.Kind.allCases.map { ($0.name, kinds[Int($0.rawValue)]) }),
      from: text(book.entries.timeNs.min()), to: text(book.entries.timeNs.max()))
    if arguments.flag("json") {
      try console.print(try report.json())
      return
    }
    try console.print("book         \(path), made \(report.createdUtc)")
    try console.print("changed      \(report.updatedUtc), revision \(report.revision)")
    try console.print("content      sha256 \(report.contentSha256), verified")
    try console.print(
      "firm         \(report.firm)" + (report.name.isEmpty ? "" : ", \(report.name)")
        + ", sums in \(report.currency)")
    try console.print(
      "prices       "
        + (report.store.isEmpty ? "none set" : report.store)
        + (report.panel.isEmpty ? "" : ", panel \(report.panel)")
        + (report.rates.isEmpty ? "" : ", rates \(report.rates)"))
    for (name, count) in [
      ("advisors", report.advisors), ("clients", report.clients),
      ("portfolios", report.portfolios), ("wallets", report.wallets),
      ("symbols", report.instruments), ("entries", report.entries),
    ] {
      let space = String(repeating: " ", count: 13 - name.count)
      let range =
        name == "entries" && report.entries > 0 ? ", \(report.from) to \(report.to)" : ""
      try console.print("\(name)\(space)\(count)\(range)")
    }
    if !report.labels.isEmpty {
      try console.print("labels       \(report.labels.joined(separator: ", "))")
    }
    if report.entries == 0 { return }
    var table = Table([.text("kind"), .number("entries", .count)])
    for kind in Entry.Kind.allCases where kinds[Int(kind.rawValue)] > 0 {
      table.add([.text(kind.name), .number(Double(kinds[Int(kind.rawValue)]))])
    }
    try console.print(table)
  }

  private struct Row: Encodable {
    let portfolio: String
    let client: String
    let advisor: String
    let currency: String
    let riskLevel: Int?
    let wallets: [String]
    let symbols: Int
    let entries: Int
    let from: String
    let to: String
  }

  private static func portfolios(
    _ book: Book, _ arguments: ParsedArguments, _ console: Console
  ) throws {
    let rows = book.portfolios.indices.map { place in
      let portfolio = book.portfolios[place]
      let client = book.clients[portfolio.client]
      let range = book.entries.range(of: place)
      let symbols = Set(range.map { book.entries.instrument[$0] }.filter { $0 >= 0 })
      func time(_ row: Int?) -> String {
        row.map { Timestamp.text(nanoseconds: book.entries.timeNs[$0]) } ?? ""
      }
      return Row(
        portfolio: portfolio.id, client: client.id, advisor: book.advisors[client.advisor].id,
        currency: portfolio.currency, riskLevel: portfolio.profile.riskLevel,
        wallets: book.wallets(of: place).map { book.wallets[$0].id }, symbols: symbols.count,
        entries: range.count, from: time(range.first), to: time(range.last))
    }
    if arguments.flag("json") {
      try console.print(try rows.json())
      return
    }
    var table = Table([
      .text("portfolio"), .text("client"), .text("advisor"), .number("level", .count),
      .number("wallets", .count), .number("symbols", .count), .number("entries", .count),
      .text("from"), .text("to"),
    ])
    let most = try BookOptions.most(arguments)
    for row in rows.prefix(most) {
      table.add([
        .text(row.portfolio), .text(row.client), .text(row.advisor),
        .number(row.riskLevel.map { Double($0) } ?? .nan), .number(Double(row.wallets.count)),
        .number(Double(row.symbols)), .number(Double(row.entries)), .text(row.from), .text(row.to),
      ])
    }
    try console.print(table)
    if rows.count > most {
      let room = GroupTables.Room(rows: most, rest: "--top all prints all, --json has them")
      try console.print(room.more(most, of: rows.count))
    }
  }
}
