import Books
import FoundationEssentials
import Glibc
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
  /// - Returns: rows by table.
  /// - Throws: `StorageError`.
  public func run() throws -> [(table: BookTable, rows: Int)] {
    try AtomicFolder.checkTarget(folder, force: force)
    let book = try BookStore.read(book)
    var rows: [(table: BookTable, rows: Int)] = []
    try AtomicFolder.write(to: folder, force: force) { temporary in
      for table in BookTable.allCases where table != .transactions {
        let (columns, cells) = Self.rows(of: table, in: book)
        let text = BookCSV.text(columns, cells)
        try AtomicFile.write(text, to: "\(temporary)/\(table.rawValue).csv", force: false)
        rows.append((table, cells.count))
      }
      let path = "\(temporary)/\(BookTable.transactions.rawValue).csv"
      var writer = TransactionWriter(book)
      rows.append((.transactions, try writer.write(to: path)))
    }
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
          ] + Profile.numberColumns.map { number(profile[keyPath: $0.path]) }
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

  /// The shortest text that reads back to the same bits; empty for NaN.
  static func number(_ value: Double) -> String {
    value.isNaN
      ? "" : value == value.rounded() && value.magnitude < 1e15 ? "\(Int(value))" : "\(value)"
  }
}

/// Writes transactions in the order in which the book learned of them.
private struct TransactionWriter {
  private let book: Book
  private var days: [Int64: String] = [:]

  init(_ book: Book) { self.book = book }

  mutating func write(to path: String) throws -> Int {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw StorageError.unwritable(path: path, reason: String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(1 << 21)
    BookCSV.add(BookTable.transactions.columns, to: &bytes)
    let entries = book.entries
    var order = (0..<entries.count).filter { entries.kind[$0] != .transferIn }
    order.sort { entries.sequence[$0] < entries.sequence[$1] }
    let portfolioOf = book.wallets.map { Int32($0.portfolio) }
    for row in order {
      add(row, portfolioOf, to: &bytes)
      if bytes.count > 1 << 20 { try flush(&bytes, descriptor, path) }
    }
    try flush(&bytes, descriptor, path)
    guard fsync(descriptor) == 0 else {
      throw StorageError.unwritable(path: path, reason: String(cString: strerror(errno)))
    }
    return order.count
  }

  private mutating func add(_ row: Int, _ portfolioOf: [Int32], to bytes: inout [UInt8]) {
    let entry = book.entries[row]
    func cell(_ text: String) {
      bytes.append(UInt8(ascii: ","))
      BookCSV.add(text, to: &bytes)
    }
    func cell(_ value: Double) { cell(BookExportJob.number(value)) }
    let isTransfer = entry.kind == .transferOut
    let isTrade = entry.kind == .buy || entry.kind == .sell
    BookCSV.add(entry.id, to: &bytes)
    cell(time(entry.timeNs))
    cell(book.wallets[entry.wallet].id)
    cell("")
    cell(isTransfer ? "transfer" : entry.kind.name)
    cell(entry.instrument.map { book.instruments[$0].symbol } ?? "")
    cell(entry.units == 0 ? .nan : entry.units.magnitude)
    cell(isTrade ? entry.price : .nan)
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
    cell(amount)
    cell(entry.fee == 0 ? .nan : entry.fee)
    cell(isTransfer ? entry.counter.map { book.wallets[$0].id } ?? "" : "")
    cell(received)
    bytes.append(contentsOf: [UInt8(ascii: ","), UInt8(ascii: "\n")])
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

  private func flush(_ bytes: inout [UInt8], _ descriptor: Int32, _ path: String) throws {
    var start = 0
    while start < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.write(descriptor, buffer.baseAddress.map { $0 + start }, bytes.count - start)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        throw StorageError.unwritable(path: path, reason: String(cString: strerror(errno)))
      }
      start += count
    }
    bytes.removeAll(keepingCapacity: true)
  }
}
