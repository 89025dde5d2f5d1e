import Books
import Interchange
import Kernels
import Market
import Storage

/// Writes a book as a folder of CSV files, from which `BookImportJob` makes the same book.
public struct BookExportJob: Sendable {
  /// Path of the book.
  public var book: String
  /// Path of the folder.
  public var folder: String
  /// Whether it may take the place of a folder.
  public var force = false

  /// A job.
  public init(book: String, folder: String) {
    self.book = book
    self.folder = folder
  }

  /// Writes the folder, whole or not at all.
  ///
  /// - Parameter isCancelled: asked before each table and each million bytes of transactions; then nothing is changed.
  /// - Returns: rows by table.
  /// - Throws: `StorageError`, `RunInterrupted`.
  public func run(isCancelled: @escaping @Sendable () -> Bool = { false }) throws
    -> [(table: BookTable, rows: Int)]
  {
    let names = Set(BookTable.allCases.map { "\($0.rawValue).csv" })
    let batch = try FileBatch(
      folder, .wholeFolder, force: force, mayLose: { names.contains($0) })
    let book = try BookStore.read(book)
    var rows: [(table: BookTable, rows: Int)] = []
    for table in BookTable.allCases where table != .transactions {
      if isCancelled() { throw RunInterrupted() }
      let (columns, cells) = Self.rows(of: table, in: book)
      var text = CSVText(columns: columns)
      for row in cells { text.addRow(row) }
      try batch.add(text.bytes, name: "\(table.rawValue).csv")
      rows.append((table, cells.count))
    }
    var writer = TransactionWriter(book)
    try batch.add(name: "\(BookTable.transactions.rawValue).csv") {
      (write) throws(StorageError) in try writer.write(to: write, isCancelled: isCancelled)
    }
    if isCancelled() { throw RunInterrupted() }
    rows.append((.transactions, writer.count))
    try batch.commit()
    return rows
  }

  private static func rows(of table: BookTable, in book: Book) -> ([String], [[String]]) {
    switch table {
    case .firm:
      let (firm, prices) = (book.firm, book.prices)
      return (
        table.columns,
        [[firm.id, firm.name, firm.currency, prices.store, prices.panel, prices.rates]]
      )
    case .advisors: return (table.columns, book.advisors.map { [$0.id, $0.name] })
    case .clients:
      return (
        table.columns,
        book.clients.map { [$0.id, $0.name, book.advisors[$0.advisor].id, $0.externalID] }
      )
    case .portfolios:
      return (
        table.columns + book.labels.map { "label_\($0.name)" },
        book.portfolios.enumerated().map { place, portfolio in
          let profile = portfolio.profile
          return [
            portfolio.id, portfolio.name, book.clients[portfolio.client].id, portfolio.currency,
            profile.riskLevel.map { "\($0)" } ?? "",
          ] + Profile.numberColumns.map { cell(profile[keyPath: $0.path]) }
            + Profile.listColumns.map { profile[keyPath: $0.path].joined(separator: ";") }
            + [profile.allowsShort ? "true" : "false"] + book.labels.map { $0.texts[place] }
        }
      )
    case .wallets:
      return (
        table.columns,
        book.wallets.map { [$0.id, book.portfolios[$0.portfolio].id, $0.currency] }
      )
    case .instruments:
      return (table.columns, book.instruments.map { [$0.symbol, $0.exchange, $0.currency] })
    case .transactions: return (table.columns, [])
    }
  }

  private static func cell(_ limit: Double) -> String { limit.isNaN ? "" : limit.shortestText }
}

/// Writes transactions in the order in which the book learned of them.
private struct TransactionWriter {
  private let book: Book
  private let order: [Int]
  private let portfolioOf: [Int32]
  private var text = CSVText(columns: BookTable.transactions.columns)
  private var days: [Int64: String] = [:]

  /// Number of transactions.
  var count: Int { order.count }

  init(_ book: Book) {
    self.book = book
    let entries = book.entries
    order = (0..<entries.count).filter { entries.kind[$0] != .transferIn }
      .sorted { entries.sequence[$0] < entries.sequence[$1] }
    portfolioOf = book.wallets.map { Int32($0.portfolio) }
  }

  /// Hands over the rows, some at a time, until they end or nobody wants more.
  mutating func write(
    to sink: ([UInt8]) throws(StorageError) -> Void, isCancelled: () -> Bool
  ) throws(StorageError) {
    for row in order {
      add(row)
      if text.bytes.count <= 1 << 20 { continue }
      if isCancelled() { return }
      try sink(text.take())
    }
    try sink(text.take())
  }

  private mutating func add(_ row: Int) {
    let entry = book.entries[row]
    let isTransfer = entry.kind == .transferOut
    let isTrade = entry.kind == .buy || entry.kind == .sell
    text.add(entry.id)
    text.add(time(entry.timeNs))
    text.add(book.wallets[entry.wallet].id)
    text.add("")
    text.add(isTransfer ? "transfer" : entry.kind.name)
    text.add(entry.instrument.map { book.instruments[$0].symbol } ?? "")
    text.add(entry.units == 0 ? .nan : entry.units.magnitude)
    text.add(isTrade ? entry.price : .nan)
    let other = isTransfer ? book.entries.otherSide(of: row, portfolioOf: portfolioOf) : nil
    var (amount, received) = (Double.nan, Double.nan)
    if isTransfer, entry.units == 0 {
      let arrived = other.map { book.entries.cash[$0] } ?? .nan
      let isSame =
        entry.counter.map { book.wallets[$0].currency } == book.wallets[entry.wallet].currency
      amount = isSame ? arrived : Self.amount(entry)
      received = isSame ? .nan : arrived
    } else if !isTransfer, !isTrade {
      amount = entry.cash.magnitude
    }
    text.add(amount)
    text.add(entry.fee == 0 ? .nan : entry.fee)
    text.add(isTransfer ? entry.counter.map { book.wallets[$0].id } ?? "" : "")
    text.add(received)
    text.add("")
    text.endRow()
  }

  /// What was transferred, so that with the fee it gives the same bits again.
  private static func amount(_ entry: Entry) -> Double {
    let told = -entry.cash - entry.fee
    return [told, told.nextUp, told.nextDown].first { -$0 - entry.fee == entry.cash } ?? told
  }

  private mutating func time(_ ns: Int64) -> String {
    if let text = days[ns] { return text }
    let text = Timestamp.text(nanoseconds: ns)
    if days.count < 1 << 16 { days[ns] = text }
    return text
  }
}
