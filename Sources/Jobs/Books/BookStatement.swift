import Books
import Market
import Storage

/// Statements of wallets as tables: balances, every transaction, and purchases and sells by day.
public struct BookStatement: Sendable {
  /// Whose days are added up.
  public enum Level: String, Sendable, CaseIterable {
    /// Each portfolio's.
    case portfolio
    /// Each client's.
    case client
    /// Each advisor's.
    case advisor
    /// All.
    case firm
  }

  private let book: Book
  private let portfolios: [Int]
  private let span: Range<Int64>
  private let level: Level
  private let wallets: Set<Int>?

  /// Statements of some portfolios.
  ///
  /// - Parameters:
  ///   - book: the book.
  ///   - portfolios: their positions.
  ///   - wallets: only these wallets; nil for all.
  ///   - span: instants from the first to before the second.
  ///   - level: whose days are added up.
  public init(
    _ book: Book, portfolios: [Int], wallets: Set<Int>? = nil, span: Range<Int64>, level: Level
  ) {
    self.book = book
    self.portfolios = portfolios
    self.wallets = wallets
    self.span = span
    self.level = level
  }

  /// The tables `wallets`, `transactions` and `trading_days`.
  public var groups: [ResultGroup] {
    let statements = portfolios.flatMap { Statement.of($0, in: book, span: span) }
      .filter { wallets?.contains($0.wallet) ?? true }
    return [balances(statements), transactions(statements), days]
  }

  private func balances(_ statements: [Statement]) -> ResultGroup {
    let wallet = "wallet"
    func texts(_ name: String, _ body: (Statement) -> String) -> ResultGroup.Variable {
      .init(name, [wallet], .texts(statements.map(body)))
    }
    func money(_ name: String, _ definition: String, _ body: (Statement) -> Double)
      -> ResultGroup.Variable
    {
      .init(name, [wallet], statements.map(body), unit: "currency", definition: definition)
    }
    return ResultGroup(
      "wallets", title: "Wallets",
      dimensions: [.init(wallet, .texts(statements.map { book.wallets[$0.wallet].id }))],
      variables: [
        texts("portfolio") { book.portfolios[book.wallets[$0.wallet].portfolio].id },
        texts("currency") { book.wallets[$0.wallet].currency },
        money("opening", "money before the time", \.opening),
        money("received", "sum of what came in", \.received),
        money("paid", "sum of what went out", \.paid),
        money("fees", "of trades and of the wallet; in paid and received already", \.fees),
        money("closing", "opening + received - paid", \.closing),
        .init(
          "transactions", [wallet], statements.map { Double($0.lines.count) }, unit: "count"),
      ], attributes: attributes)
  }

  private func transactions(_ statements: [Statement]) -> ResultGroup {
    let row = "row"
    let lines = statements.flatMap { statement in
      statement.lines.map { (statement.wallet, book.entries[$0.row], $0.balance) }
    }
    func texts(_ name: String, _ body: (Int, Entry) -> String) -> ResultGroup.Variable {
      .init(name, [row], .texts(lines.map { body($0.0, $0.1) }))
    }
    func numbers(_ name: String, unit: String, _ body: (Entry) -> Double) -> ResultGroup.Variable {
      .init(name, [row], lines.map { body($0.1) }, unit: unit)
    }
    return ResultGroup(
      "transactions", title: "Transactions",
      dimensions: [.init(row, .integers(lines.indices.map { Int64($0 + 1) }))],
      variables: [
        texts("wallet") { wallet, _ in book.wallets[wallet].id },
        .init("time", [row], .times(lines.map { $0.1.timeNs })),
        texts("kind") { _, entry in entry.kind.name },
        texts("symbol") { _, entry in
          entry.instrument.map { book.instruments[$0].symbol } ?? ""
        },
        numbers("quantity", unit: "ratio") { $0.instrument == nil ? .nan : $0.units },
        numbers("price", unit: "ratio", \.price),
        numbers("fee", unit: "currency", \.fee),
        numbers("amount", unit: "currency", \.cash),
        .init("balance", [row], lines.map { $0.2 }, unit: "currency", definition: "money after it"),
        texts("other_wallet") { _, entry in entry.counter.map { book.wallets[$0].id } ?? "" },
        texts("id") { _, entry in entry.id },
      ], attributes: attributes)
  }

  private var days: ResultGroup {
    let row = "row"
    var found: [(id: String, day: TradingDay)] = []
    for (id, members) in owners {
      found += TradingDay.of(members, in: book, span: span, wallets: wallets).map { (id, $0) }
    }
    func money(_ name: String, _ definition: String, _ body: (TradingDay) -> Double)
      -> ResultGroup.Variable
    {
      .init(name, [row], found.map { body($0.day) }, unit: "currency", definition: definition)
    }
    func counts(_ name: String, _ body: (TradingDay) -> Int) -> ResultGroup.Variable {
      .init(name, [row], found.map { Double(body($0.day)) }, unit: "count")
    }
    return ResultGroup(
      "trading_days", title: "Purchases and sells by day",
      dimensions: [.init(row, .integers(found.indices.map { Int64($0 + 1) }))],
      variables: [
        .init(level.rawValue, [row], .texts(found.map { $0.id })),
        .init("day", [row], .times(found.map { $0.day.day * Calendar.dayNs })),
        .init("currency", [row], .texts(found.map { $0.day.currency })),
        counts("purchases", \.purchases),
        money("bought", "paid in purchases, fees left out", \.bought),
        counts("sells", \.sells), money("sold", "got in sells, fees left out", \.sold),
        money("fees", "of trades and of wallets", \.fees),
        money("income", "dividends and interest", \.income),
        money("net", "sold - bought - fees + income", \.net),
      ], attributes: attributes)
  }

  /// Whose days are added up, in the book's order.
  private var owners: [(String, [Int])] {
    var places: [Int: Int] = [:]
    var owners: [(String, [Int])] = []
    for portfolio in portfolios {
      let client = book.portfolios[portfolio].client
      let (key, id) =
        switch level {
        case .portfolio: (portfolio, book.portfolios[portfolio].id)
        case .client: (client, book.clients[client].id)
        case .advisor:
          (book.clients[client].advisor, book.advisors[book.clients[client].advisor].id)
        case .firm: (0, book.firm.id)
        }
      if places[key] == nil {
        places[key] = owners.count
        owners.append((id, []))
      }
      owners[places[key] ?? 0].1.append(portfolio)
    }
    return owners
  }

  private var attributes: [ResultTable.Attribute] {
    var attributes: [ResultTable.Attribute] = []
    if span.lowerBound > .min {
      attributes.append(.init("from", Timestamp.text(nanoseconds: span.lowerBound)))
    }
    if span.upperBound < .max { attributes.append(.init("to", AsOf.text(span.upperBound))) }
    return attributes
  }
}
