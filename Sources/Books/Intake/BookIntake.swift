import Kernels

/// Takes the tables of a book row by row: new rows are added, rows that are there already must say the same.
public struct BookIntake {
  /// The book so far; wallets are brought into order by `finish`.
  public private(set) var book: Book
  /// Rows added, changed and known already, by table.
  public private(set) var counts: [BookTable: Counts] = [:]
  private let updates: Bool
  private let settled: Set<String>
  private var advisors: [String: Int]
  private var clients: [String: Int]
  private var portfolios: [String: Int]
  private var wallets: [String: Int]
  private var instruments: [String: Int]

  /// What became of rows.
  public struct Counts: Sendable, Equatable {
    /// New ones.
    public var added = 0
    /// Those that took the place of others.
    public var changed = 0
    /// Those that the book had.
    public var known = 0

    /// None.
    public init() {}
  }

  /// - Parameters:
  ///   - book: what is there.
  ///   - updates: whether rows may change those of the same id.
  ///   - settled: columns of the firm that files have no say in.
  public init(_ book: Book, updates: Bool, settled: Set<String> = []) {
    func places(_ ids: [String]) -> [String: Int] {
      Dictionary(ids.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }
    self.book = book
    self.updates = updates
    self.settled = settled
    advisors = places(book.advisors.map(\.id))
    clients = places(book.clients.map(\.id))
    portfolios = places(book.portfolios.map(\.id))
    wallets = places(book.wallets.map(\.id))
    instruments = places(book.instruments.map(\.symbol))
  }

  /// Takes a sheet of any table but transactions.
  ///
  /// - Throws: `BooksError.badRow` with file and line.
  public mutating func take(_ sheet: BookSheet) throws(BooksError) {
    for row in sheet.rows {
      let reader = SheetRow(sheet, row)
      switch sheet.table {
      case .firm: try takeFirm(reader)
      case .advisors: try takeAdvisor(reader)
      case .clients: try takeClient(reader)
      case .portfolios: try takePortfolio(reader)
      case .wallets: try takeWallet(reader)
      case .instruments: try takeInstrument(reader)
      case .transactions: preconditionFailure("transactions are posted, not taken")
      }
    }
  }

  /// Brings wallets into the order of their portfolios and entries along with them.
  public consuming func finish() -> Book {
    let order = book.wallets.indices.sorted {
      (book.wallets[$0].portfolio, $0) < (book.wallets[$1].portfolio, $1)
    }
    var places = [Int32](repeating: 0, count: order.count)
    for (place, old) in order.enumerated() { places[old] = Int32(place) }
    book.wallets = order.map { book.wallets[$0] }
    book.entries.refer(wallets: places, portfolioCount: book.portfolios.count)
    return book
  }

  private mutating func takeFirm(_ row: SheetRow) throws(BooksError) {
    var firm = book.firm
    var prices = book.prices
    let (id, currency) = (try row.id("id"), try row.currency("currency"))
    func text(_ column: String) -> String? { settled.contains(column) ? nil : row.text(column) }
    if !settled.contains("id") { firm.id = id }
    if let currency, !settled.contains("currency") { firm.currency = currency }
    if let name = text("name") { firm.name = name }
    if let store = text("store") { prices.store = store }
    if let panel = text("panel") { prices.panel = panel }
    if let rates = text("rates") { prices.rates = rates }
    if firm == book.firm && prices == book.prices {
      counts[.firm, default: Counts()].known += 1
      return
    }
    guard counts[.firm] == nil else {
      throw row.bad("id", "a book has one firm, and this is another")
    }
    let isFresh = book.advisors.isEmpty && book.clients.isEmpty
    guard updates || isFresh else {
      throw row.bad("id", "the firm is in the book with other values; --update takes the new")
    }
    (book.firm, book.prices) = (firm, prices)
    counts[.firm, default: Counts()].changed += 1
  }

  private mutating func takeAdvisor(_ row: SheetRow) throws(BooksError) {
    let id = try row.id("id")
    let place = advisors[id]
    var advisor = place.map { book.advisors[$0] } ?? Book.Advisor(id: id)
    if let name = row.text("name") { advisor.name = name }
    if try keep(advisor, id, place, row, in: \.advisors) { advisors[id] = book.advisors.count - 1 }
  }

  private mutating func takeClient(_ row: SheetRow) throws(BooksError) {
    let id = try row.id("id")
    let place = clients[id]
    var client = place.map { book.clients[$0] } ?? Book.Client(id: id, advisor: -1)
    if let name = row.text("name") { client.name = name }
    if let other = row.text("external_id") { client.externalID = other }
    if let advisor = try row.reference("advisor", "advisor", advisors) { client.advisor = advisor }
    if client.advisor < 0 { throw row.missing("advisor") }
    if try keep(client, id, place, row, in: \.clients) { clients[id] = book.clients.count - 1 }
  }

  private mutating func takePortfolio(_ row: SheetRow) throws(BooksError) {
    let id = try row.id("id")
    let place = portfolios[id]
    var portfolio =
      place.map { book.portfolios[$0] }
      ?? Book.Portfolio(id: id, client: -1, currency: book.firm.currency)
    if let name = row.text("name") { portfolio.name = name }
    if let client = try row.reference("client", "client", clients) { portfolio.client = client }
    if portfolio.client < 0 { throw row.missing("client") }
    if let currency = try row.currency("currency") { portfolio.currency = currency }
    try row.profile(&portfolio.profile)
    var labels =
      place.map { place in book.labels.map { $0.texts[place] } }
      ?? book.labels.map { _ in "" }
    for column in row.labels {
      let text = row.text(column) ?? ""
      let name = String(column.dropFirst(6))
      if let label = book.labels.firstIndex(where: { $0.name == name }) {
        labels[label] = text
      } else {
        book.labels.append(
          Book.Label(name: name, texts: book.portfolios.map { _ in "" }))
        labels.append(text)
      }
    }
    let isSame = place.map { place in
      zip(labels, book.labels).allSatisfy { $0 == $1.texts[place] }
    }
    if isSame == false {
      guard updates else {
        throw row.bad("id", "'\(id)' is in the book with other labels; --update takes the new")
      }
      let isElse = place.map { book.portfolios[$0] == portfolio } ?? false
      if isElse { counts[.portfolios, default: Counts()].changed += 1 }
      for (label, text) in labels.enumerated() {
        if let place { book.labels[label].texts[place] = text }
      }
      if isElse { return }
    }
    if try keep(portfolio, id, place, row, in: \.portfolios) {
      portfolios[id] = book.portfolios.count - 1
      for (label, text) in labels.enumerated() { book.labels[label].texts.append(text) }
    }
  }

  private mutating func takeWallet(_ row: SheetRow) throws(BooksError) {
    let id = try row.id("id")
    guard let portfolio = try row.reference("portfolio", "portfolio", portfolios) else {
      throw row.missing("portfolio")
    }
    let wallet = Book.Wallet(
      id: id, portfolio: portfolio,
      currency: try row.currency("currency") ?? book.portfolios[portfolio].currency)
    if let place = wallets[id], book.wallets[place] != wallet {
      throw row.bad(
        "id", "'\(id)' is in the book with another portfolio or currency, which can't be changed")
    }
    if try keep(wallet, id, wallets[id], row, in: \.wallets) {
      wallets[id] = book.wallets.count - 1
    }
  }

  private mutating func takeInstrument(_ row: SheetRow) throws(BooksError) {
    let symbol = try row.id("symbol")
    let place = instruments[symbol]
    var instrument = place.map { book.instruments[$0] } ?? Book.Instrument(symbol: symbol)
    if let exchange = row.text("exchange") { instrument.exchange = exchange }
    if let currency = try row.currency("currency") { instrument.currency = currency }
    if try keep(instrument, symbol, place, row, in: \.instruments) {
      instruments[symbol] = book.instruments.count - 1
    }
  }

  /// Whether the row was new.
  private mutating func keep<Value: Equatable>(
    _ value: Value, _ id: String, _ place: Int?, _ row: SheetRow,
    in table: WritableKeyPath<Book, [Value]>
  ) throws(BooksError) -> Bool {
    guard let place else {
      book[keyPath: table].append(value)
      counts[row.table, default: Counts()].added += 1
      return true
    }
    if book[keyPath: table][place] == value {
      counts[row.table, default: Counts()].known += 1
      return false
    }
    guard updates else {
      throw row.bad(
        row.table == .instruments ? "symbol" : "id",
        "'\(id)' is in the book with other values; --update takes the new")
    }
    book[keyPath: table][place] = value
    counts[row.table, default: Counts()].changed += 1
    return false
  }
}
