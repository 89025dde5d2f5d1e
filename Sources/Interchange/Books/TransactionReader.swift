import Books
import Kernels
import Market

/// Reads transactions from CSV into a batch, names as positions, at some million rows a second and core.
///
/// Columns are those of `BookTable.transactions`: times in ISO 8601, a date for its 00:00 UTC; numbers with a decimal point.
public struct TransactionReader: ~Copyable {
  /// The instruments, with those that were met.
  public private(set) var symbols: BookSymbols
  private let book: Book
  private var wallets = ByteInterner()
  private var others = ByteInterner()
  private var portfolios = ByteInterner()
  private var texts = ByteInterner()
  private var kinds = ByteInterner()
  private var placeOfText: [Int32] = []
  private var kindOfText: [TransactionBatch.Kind] = []
  private var currencies: [String] = []
  private var times = RowTimes()
  /// Rows whose time has a time of day and no offset, so that it was read as UTC.
  public var withoutOffset: Int { times.withoutOffset }

  /// - Parameters:
  ///   - book: whose wallets are named.
  ///   - symbols: whose symbols are named.
  public init(_ book: Book, symbols: BookSymbols) {
    self.book = book
    self.symbols = symbols
    for wallet in book.wallets {
      _ = Self.intern(wallet.id, &wallets)
      _ = Self.intern(wallet.id, &others)
    }
    for portfolio in book.portfolios { _ = Self.intern(portfolio.id, &portfolios) }
  }

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: CSV, plain or gzip; `-` is standard input.
  ///   - batch: what rows are added to.
  ///   - content: text in place of the file's, for rows that come from another kind of file.
  ///   - lines: lines of such rows.
  /// - Throws: `ImportError` for a file that is no table, `BooksError.badRow` for a row.
  public mutating func read(
    _ path: String, into batch: inout TransactionBatch, content: [UInt8]? = nil, lines: [Int] = []
  ) throws {
    var options = ImportOptions()
    if let content { options.contents[path] = content }
    var reader = RecordReader(
      try ByteSources.open(path, options: options), path: path, capacity: 1 << 20)
    let columns = try BookSheetReader.header(&reader, .transactions, path)
    let places = Places(columns)
    guard places.kind >= 0 else {
      throw BookSheetReader.missing("kind", columns, path, line: reader.line)
    }
    guard places.wallet >= 0 || places.portfolio >= 0 else {
      throw BookSheetReader.missing("wallet", columns, path, line: reader.line)
    }
    batch.begin(path)
    var (number, bytes) = (0, 0)
    while try reader.next() {
      try BookSheetReader.check(reader, columns, path)
      let line = number < lines.count ? lines[number] : reader.line
      number += 1
      bytes += reader.length
      if number == Self.sampleRows, content == nil {
        batch.reserve(min(ByteSources.size(path) / (bytes / number), Self.mostReserved))
      }
      do throws(TransactionBatch.Fault) {
        var row = try row(reader, places)
        row.line = line
        let isSame =
          row.counter < 0
          || book.wallets[Int(row.counter)].currency == book.wallets[Int(row.wallet)].currency
        try batch.append(row, isSameCurrency: isSame)
      } catch {
        throw BooksError.badRow(file: path, line: line, column: error.column, reason: error.reason)
      }
    }
  }

  /// Rows by whose length the others of a file are counted.
  private static let sampleRows = 4096
  /// Rows for which there is room from any file's size: columns of 256 MB.
  private static let mostReserved = 1 << 25

  /// Positions of columns; −1 for those that the file lacks.
  private struct Places {
    var id, time, wallet, portfolio, kind, symbol, quantity, price, amount, fee, to, received: Int

    init(_ columns: [String]) {
      func place(_ name: String) -> Int { columns.firstIndex(of: name) ?? -1 }
      (id, time, wallet, portfolio) = (
        place("id"), place("time"), place("wallet"), place("portfolio")
      )
      (kind, symbol, quantity, price) = (
        place("kind"), place("symbol"), place("quantity"), place("price")
      )
      (amount, fee, to, received) = (place("amount"), place("fee"), place("to"), place("received"))
    }
  }

  private mutating func row(_ reader: borrowing RecordReader, _ places: Places)
    throws(TransactionBatch.Fault) -> TransactionBatch.Row
  {
    var row = TransactionBatch.Row()
    let id = Self.cell(reader, places.id)
    if !id.isEmpty {
      guard let text = String(validating: id, as: UTF8.self), BookCheck.isID(text) else {
        throw .init("id", "it is no id: up to 255 bytes of UTF-8 without control characters")
      }
      row.id = text
    }
    row.timeNs = try times.read(Self.cell(reader, places.time))
    row.kind = try kind(Self.cell(reader, places.kind))
    let symbol = Self.cell(reader, places.symbol)
    if !symbol.isEmpty { row.instrument = try instrument(symbol) }
    row.quantity = try Self.number(Self.cell(reader, places.quantity), "quantity")
    row.price = try Self.number(Self.cell(reader, places.price), "price")
    row.amount = try Self.number(Self.cell(reader, places.amount), "amount")
    row.fee = try Self.number(Self.cell(reader, places.fee), "fee")
    row.received = try Self.number(Self.cell(reader, places.received), "received")
    let to = Self.cell(reader, places.to)
    if !to.isEmpty {
      row.counter = try Self.place(to, &others, "to", "wallet", book.wallets.count)
    }
    row.wallet = try wallet(
      Self.cell(reader, places.wallet), Self.cell(reader, places.portfolio), row.instrument)
    if row.instrument >= 0 {
      try checkCurrency(row.instrument, row.wallet, "wallet")
      if row.counter >= 0 { try checkCurrency(row.instrument, row.counter, "to") }
    }
    return row
  }

  /// A cell without spaces around it; none for a column that is not there.
  private static func cell(_ reader: borrowing RecordReader, _ place: Int)
    -> UnsafeBufferPointer<UInt8>
  {
    place < 0 ? UnsafeBufferPointer(start: nil, count: 0) : reader[place].trimmingSpaces
  }

  private static func number(_ cell: UnsafeBufferPointer<UInt8>, _ column: String)
    throws(TransactionBatch.Fault) -> Double
  {
    if cell.isEmpty { return .nan }
    let (outcome, value) = NumberParser.parse(cell)
    guard outcome == .number else { throw .init(column, "'\(text(cell))' is no number") }
    return value
  }

  private mutating func kind(_ cell: UnsafeBufferPointer<UInt8>) throws(TransactionBatch.Fault)
    -> TransactionBatch.Kind
  {
    guard let base = cell.baseAddress, !cell.isEmpty else { throw .init("kind", "it is missing") }
    let found = kinds.find(base, cell.count, following: true)
    if found != ByteInterner.none { return kindOfText[Int(found)] }
    let text = Self.text(cell)
    guard let kind = TransactionBatch.Kind(rawValue: text.lowercased()) else {
      let names = TransactionBatch.Kind.allCases.map(\.rawValue)
      let near =
        BookWords.kinds[text.lowercased()] ?? nearestName(to: text.lowercased(), among: names)
      throw .init(
        "kind",
        "there is no kind '\(text)' (known: \(names.joined(separator: ", ")))."
          + didYouMean(near))
    }
    _ = kinds.add(base, cell.count)
    kindOfText.append(kind)
    return kind
  }

  private mutating func instrument(_ cell: UnsafeBufferPointer<UInt8>)
    throws(TransactionBatch.Fault) -> Int32
  {
    guard let base = cell.baseAddress else { return -1 }
    let found = texts.find(base, cell.count, following: true)
    if found != ByteInterner.none { return placeOfText[Int(found)] }
    guard let text = String(validating: cell, as: UTF8.self) else {
      throw .init("symbol", "it is not UTF-8")
    }
    let place = try symbols.place(of: text)
    _ = texts.add(base, cell.count)
    placeOfText.append(Int32(place))
    while currencies.count < symbols.instruments.count {
      currencies.append(symbols.currency(of: currencies.count))
    }
    return Int32(place)
  }

  private mutating func wallet(
    _ cell: UnsafeBufferPointer<UInt8>, _ portfolio: UnsafeBufferPointer<UInt8>, _ instrument: Int32
  ) throws(TransactionBatch.Fault) -> Int32 {
    if !cell.isEmpty {
      let place = try Self.place(cell, &wallets, "wallet", "wallet", book.wallets.count)
      if !portfolio.isEmpty {
        let owner = try Self.place(
          portfolio, &portfolios, "portfolio", "portfolio", book.portfolios.count)
        guard book.wallets[Int(place)].portfolio == Int(owner) else {
          throw .init("portfolio", "wallet \(Self.text(cell)) is of another portfolio")
        }
      }
      return place
    }
    guard !portfolio.isEmpty else { throw .init("wallet", "it is missing") }
    let owner = try Self.place(
      portfolio, &portfolios, "portfolio", "portfolio", book.portfolios.count)
    var fitting = Array(book.wallets(of: Int(owner)))
    if fitting.count > 1, instrument >= 0, !currencies[Int(instrument)].isEmpty {
      fitting = fitting.filter { book.wallets[$0].currency == currencies[Int(instrument)] }
    }
    guard fitting.count == 1 else {
      throw .init(
        "portfolio",
        "portfolio \(Self.text(portfolio)) has \(fitting.count) wallets for it; name one as wallet")
    }
    return Int32(fitting[0])
  }

  private func checkCurrency(_ instrument: Int32, _ wallet: Int32, _ column: String)
    throws(TransactionBatch.Fault)
  {
    let currency = currencies[Int(instrument)]
    let wallet = book.wallets[Int(wallet)]
    guard currency.isEmpty || currency == wallet.currency else {
      throw .init(
        column,
        "\(symbols.instruments[Int(instrument)].symbol) is in \(currency), wallet \(wallet.id) in "
          + "\(wallet.currency); take a wallet of \(currency)")
    }
  }

  private static func place(
    _ cell: UnsafeBufferPointer<UInt8>, _ ids: inout ByteInterner, _ column: String,
    _ kind: String, _ count: Int
  ) throws(TransactionBatch.Fault) -> Int32 {
    if let base = cell.baseAddress {
      let found = ids.find(base, cell.count, following: true)
      if found != ByteInterner.none { return Int32(found) }
    }
    let name = text(cell)
    // Near names among very many are slow to find, and of little use.
    let near =
      count > 5000
      ? nil
      : nearestName(
        to: name, among: (0..<ids.count).map { String(decoding: ids[$0], as: UTF8.self) })
    throw .init(
      column, "there is no \(kind) '\(name)'." + didYouMean(near))
  }

  private static func intern(_ id: String, _ ids: inout ByteInterner) -> UInt32 {
    var bytes = Array(id.utf8)
    let count = bytes.count
    // The table reads eight bytes beyond.
    bytes += [UInt8](repeating: 0, count: 8)
    return bytes.withUnsafeBufferPointer { $0.baseAddress.map { ids.add($0, count) } ?? 0 }
  }

  private static func text(_ cell: UnsafeBufferPointer<UInt8>) -> String {
    String(String(decoding: cell.prefix(160), as: UTF8.self).prefix(40))
  }
}
