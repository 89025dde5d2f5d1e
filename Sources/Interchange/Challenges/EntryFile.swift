import Kernels
import Market

/// What participants of a challenge hand in, as it stands in a CSV file, plain or gzip.
///
/// | form | columns |
/// |---|---|
/// | trades | `participant,time,side,symbol,quantity,price`: `side` is buy or sell, and without it the sign of `quantity` tells; an empty `price` leaves the fill to the rules |
/// | weights, long | `participant,time,symbol,weight` |
/// | weights, wide | `participant,time,AAPL,MSFT,…`: an empty cell is no weight |
///
/// Commas, semicolons, tabs or bars stand between columns; numbers have decimal points. Without a column `participant` a file is one
/// participant's, named after it. `id`, `note` and what else transactions of books have is passed over, other columns are refused. A row
/// that can't be read is a flaw of its participant's and stops nobody else.
public struct EntryFile: Sendable {
  /// A purchase or sale.
  public struct Trade: Sendable, Equatable {
    /// Position in `participants`.
    public var participant: Int32
    /// Position in `symbols`.
    public var symbol: Int32
    /// Line of the file.
    public var line: Int32
    /// When, nanoseconds UTC; a date stands for its 00:00.
    public var timeNs: Int64
    /// Units, below zero for a sale.
    public var units: Double
    /// Of a unit; NaN where the rules fill it.
    public var price: Double
  }

  /// A weight from a time on.
  public struct Weight: Sendable, Equatable {
    /// Position in `participants`.
    public var participant: Int32
    /// Position in `symbols`.
    public var symbol: Int32
    /// Line of the file.
    public var line: Int32
    /// When, nanoseconds UTC.
    public var timeNs: Int64
    /// Fraction of equity.
    public var weight: Double
  }

  /// A row that can't be read.
  public struct Flaw: Sendable, Equatable {
    /// Position in `participants`.
    public var participant: Int32
    /// Line of the file.
    public var line: Int32
    /// When, if that can be read.
    public var timeNs: Int64?
    /// Why.
    public var reason: String
  }

  /// Names in order of first sight.
  public private(set) var participants: [String] = []
  /// Names in order of first sight.
  public private(set) var symbols: [String] = []
  /// Rows of trades, in the order of the file.
  public private(set) var trades: [Trade] = []
  /// Rows of weights.
  public private(set) var weights: [Weight] = []
  /// Rows that are neither.
  public private(set) var flaws: [Flaw] = []

  private var places: [String: Int32] = [:]
  private var columns: [String: Int32] = [:]
  private var latest: (name: [UInt8], place: Int32) = ([], -1)
  private var times: (text: [UInt8], ns: Int64) = ([], 0)

  /// Most rows of trades or weights.
  static let rowLimit = 200_000_000

  /// Where each column stands.
  private struct Columns {
    var participant, side, symbol, weight, price, quantity: Int?
    var time = 0

    /// Other names of the columns, first their own.
    private static let names = [
      "participant": ["participant", "portfolio", "player", "user"],
      "time": ["time", "date", "datetime", "timestamp"], "side": ["side", "kind", "action"],
      "symbol": ["symbol", "ticker"], "quantity": ["quantity", "units", "shares"],
      "price": ["price"], "weight": ["weight"],
    ]
    /// What nothing is read from: remarks, and what transactions of books have besides.
    private static let passedOver: Set = [
      "id", "wallet", "amount", "fee", "to", "received", "note", "comment", "currency",
    ]

    init(_ header: [String], _ path: String) throws(ImportError) {
      func wrong(_ column: String, _ reason: String) -> ImportError {
        .badSymbolRow(path: path, line: 1, column: column, reason: reason)
      }
      let columns = header.map(ColumnName.canonical)
      func find(_ role: String) throws(ImportError) -> Int? {
        let found = columns.indices.filter { Self.names[role]?.contains(columns[$0]) ?? false }
        guard found.count < 2 else {
          throw wrong(header[found[1]], "'\(header[found[0]])' says the \(role) already")
        }
        return found.first
      }
      func missing(_ role: String) -> ImportError {
        wrong(
          header.prefix(12).joined(separator: ","),
          "no column is called \(role)." + didYouMean(ColumnName.nearest(role, in: header))
            + " Columns are participant,time,side,symbol,quantity,price of trades, or "
            + "participant,time,symbol,weight")
      }
      guard let time = try find("time") else { throw missing("time") }
      self.time = time
      (participant, symbol) = (try find("participant"), try find("symbol"))
      quantity = try find("quantity")
      guard symbol != nil else {
        // A symbol may be called like any other column of trades.
        if quantity != nil { throw missing("symbol") }
        return
      }
      (side, price, weight) = (try find("side"), try find("price"), try find("weight"))
      guard quantity != nil || weight != nil else { throw missing("quantity") }
      // A column that is passed over by a slip of spelling would change what is bought.
      let used = [participant, side, symbol, weight, price, quantity, time]
      for (place, name) in header.enumerated()
      where !used.contains(place) && !Self.passedOver.contains(columns[place]) {
        throw wrong(
          name.isEmpty ? "column \(place + 1)" : name,
          "there is no such column."
            + didYouMean(ColumnName.nearest(name, in: Self.names.keys.sorted())))
      }
    }
  }

  private static func open(_ path: String, _ delimiter: Unicode.Scalar) throws(ImportError)
    -> RecordReader
  {
    RecordReader(
      try ByteSources.open(path, options: ImportOptions()), path: path,
      delimiter: UInt8(ascii: delimiter))
  }

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - participant: whose it is, where no column says it.
  /// - Throws: `ImportError` for a file without a usable header.
  public static func read(_ path: String, participant: String) throws(ImportError) -> EntryFile {
    var reader = try open(path, ",")
    guard try reader.next() else { throw .empty(path: path) }
    // A header of one field has another delimiter, or no columns that any form needs.
    if reader.count == 1, let other = ";\t|".utf8.first(where: { reader[0].contains($0) }) {
      reader = try open(path, Unicode.Scalar(other))
      guard try reader.next() else { throw .empty(path: path) }
    }
    var header: [String] = []
    for index in 0..<reader.count {
      guard let name = reader.validText(index) else { throw .headerNotUTF8(path: path) }
      header.append(name.trimmingSpaces)
    }
    let known = try Columns(header, path)
    var file = EntryFile()
    if known.participant == nil { _ = file.place(of: participant) }
    if known.symbol == nil {
      try file.readWide(&reader, path, header, known)
    } else {
      while try reader.next() {
        try file.checkSize(path)
        guard let (row, ns) = try file.begin(reader, path, header, known) else { continue }
        if known.quantity != nil {
          file.takeTrade(reader, row, ns, known)
        } else {
          file.takeWeight(reader, row, ns, known)
        }
      }
    }
    (file.places, file.columns) = ([:], [:])
    return file
  }

  private func checkSize(_ path: String) throws(ImportError) {
    let rows = trades.count + weights.count
    guard rows < Self.rowLimit else {
      throw .tooLarge(
        bars: rows, symbols: 1, fields: 1, bytes: rows * 40, limit: Self.rowLimit * 40)
    }
  }

  /// Whose row it is and of when; nil for one that is flawed.
  private mutating func begin(
    _ reader: borrowing RecordReader, _ path: String, _ header: [String], _ known: Columns
  ) throws(ImportError) -> (row: Int32, ns: Int64)? {
    var row: Int32 = 0
    if let participant = known.participant {
      func nobody(_ reason: String) -> ImportError {
        .badSymbolRow(path: path, line: reader.line, column: header[participant], reason: reason)
      }
      guard participant < reader.count else { throw nobody("the row ends before it") }
      switch place(of: reader[participant]) {
      case .found(let place): row = place
      case .unreadable: throw nobody("it is empty or no UTF-8 text, so the row is nobody's")
      case .control: throw nobody("it has control characters")
      case .respelled(let name):
        throw nobody("'\(name)' stands in other characters before; write it in the same")
      }
    }
    guard reader.count == header.count, !reader.quotesBroken else {
      flaw(row, reader, nil, "\(reader.count) fields, where the header has \(header.count)")
      return nil
    }
    guard let ns = time(reader[known.time]) else {
      flaw(
        row, reader, nil,
        "'\(reader.text(known.time).prefix(40))' is no time such as 2017-03-01 or 2017-03-01T15:30Z"
      )
      return nil
    }
    return (row, ns)
  }

  private mutating func flaw(
    _ row: Int32, _ reader: borrowing RecordReader, _ timeNs: Int64?, _ reason: String
  ) {
    flaws.append(
      Flaw(participant: row, line: Int32(clamping: reader.line), timeNs: timeNs, reason: reason))
  }

  private mutating func takeTrade(
    _ reader: borrowing RecordReader, _ row: Int32, _ ns: Int64, _ known: Columns
  ) {
    guard let symbolColumn = known.symbol, let quantityColumn = known.quantity else { return }
    let (outcome, quantity) = NumberParser.parse(reader[quantityColumn])
    guard outcome == .number, quantity != 0 else {
      return flaw(
        row, reader, ns,
        "'\(reader.text(quantityColumn).prefix(40))' is no quantity other than 0")
    }
    var units = quantity
    if let side = known.side {
      let text = reader.text(side).trimmingSpaces.lowercased()
      guard text == "buy" || text == "sell", quantity > 0 else {
        return flaw(
          row, reader, ns,
          text == "buy" || text == "sell"
            ? "a quantity of \(quantity) with a side; it has to be above 0"
            : "'\(text.prefix(40))' is neither buy nor sell")
      }
      if text == "sell" { units = -quantity }
    }
    var price = Double.nan
    if let column = known.price {
      let (outcome, value) = NumberParser.parse(reader[column])
      guard outcome == .empty || outcome == .number && value > 0 else {
        return flaw(
          row, reader, ns, "'\(reader.text(column).prefix(40))' is no price above 0")
      }
      if outcome == .number { price = value }
    }
    guard let symbol = column(reader, symbolColumn, row, ns) else { return }
    trades.append(
      Trade(
        participant: row, symbol: symbol, line: Int32(clamping: reader.line), timeNs: ns,
        units: units, price: price))
  }

  private mutating func takeWeight(
    _ reader: borrowing RecordReader, _ row: Int32, _ ns: Int64, _ known: Columns
  ) {
    guard let symbolColumn = known.symbol, let weightColumn = known.weight,
      let symbol = column(reader, symbolColumn, row, ns)
    else { return }
    let (outcome, weight) = NumberParser.parse(reader[weightColumn])
    guard outcome == .number || outcome == .empty else {
      return flaw(
        row, reader, ns, "'\(reader.text(weightColumn).prefix(40))' is no weight")
    }
    weights.append(
      Weight(
        participant: row, symbol: symbol, line: Int32(clamping: reader.line), timeNs: ns,
        weight: outcome == .empty ? 0 : weight))
  }

  private mutating func readWide(
    _ reader: inout RecordReader, _ path: String, _ header: [String], _ known: Columns
  ) throws(ImportError) {
    var places: [(field: Int, symbol: Int32)] = []
    for (field, name) in header.enumerated() where field != known.participant && field != known.time
    {
      guard !name.isEmpty, columns[name] == nil else {
        throw .badSymbolRow(
          path: path, line: 1, column: name.isEmpty ? "column \(field + 1)" : name,
          reason: name.isEmpty ? "it has no name" : "it stands there already")
      }
      places.append((field, column(of: name)))
    }
    while try reader.next() {
      try checkSize(path)
      guard let (row, ns) = try begin(reader, path, header, known) else { continue }
      let first = weights.count
      var isFlawed = false
      for (field, symbol) in places {
        let (outcome, weight) = NumberParser.parse(reader[field])
        guard outcome == .number || outcome == .empty else {
          flaw(
            row, reader, ns,
            "\(header[field]): '\(reader.text(field).prefix(40))' is no weight")
          isFlawed = true
          break
        }
        if outcome == .number, weight != 0 {
          weights.append(
            Weight(
              participant: row, symbol: symbol, line: Int32(clamping: reader.line), timeNs: ns,
              weight: weight))
        }
      }
      if isFlawed { weights.removeLast(weights.count - first) }
      // A row of nothing but zeros still says to sell everything.
      if !isFlawed, weights.count == first, let place = places.first {
        weights.append(
          Weight(
            participant: row, symbol: place.symbol, line: Int32(clamping: reader.line), timeNs: ns,
            weight: 0))
      }
    }
  }

  private mutating func column(
    _ reader: borrowing RecordReader, _ field: Int, _ row: Int32, _ ns: Int64
  ) -> Int32? {
    guard let name = reader.validText(field)?.trimmingSpaces, !name.isEmpty else {
      flaw(row, reader, ns, "the symbol is empty or no UTF-8 text")
      return nil
    }
    return column(of: name)
  }

  private mutating func column(of symbol: String) -> Int32 {
    if let column = columns[symbol] { return column }
    columns[symbol] = Int32(symbols.count)
    symbols.append(symbol)
    return Int32(symbols.count - 1)
  }

  /// What a name comes to.
  private enum Place {
    case found(Int32)
    case unreadable, control
    /// Another name that looks the same: composed and decomposed letters.
    case respelled(String)
  }

  /// Rows of a participant mostly stand together.
  private mutating func place(of bytes: UnsafeBufferPointer<UInt8>) -> Place {
    if latest.place >= 0, latest.name.elementsEqual(bytes) { return .found(latest.place) }
    guard let name = String(validating: bytes, as: UTF8.self)?.trimmingSpaces, !name.isEmpty
    else { return .unreadable }
    if name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return .control }
    let place = place(of: name)
    guard participants[Int(place)].utf8.elementsEqual(name.utf8) else { return .respelled(name) }
    latest = (Array(bytes), place)
    return .found(place)
  }

  private mutating func place(of name: String) -> Int32 {
    if let place = places[name] { return place }
    places[name] = Int32(participants.count)
    participants.append(name)
    return Int32(participants.count - 1)
  }

  /// Rows of a time may too.
  private mutating func time(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
    if !times.text.isEmpty, times.text.elementsEqual(bytes) { return times.ns }
    let text = String(decoding: bytes, as: UTF8.self).trimmingSpaces
    guard let ns = try? Timestamp.nanoseconds(parsing: text) else { return nil }
    times = (Array(bytes), ns)
    return ns
  }
}
