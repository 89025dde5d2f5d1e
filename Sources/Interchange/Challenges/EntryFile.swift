/// What participants of a challenge hand in, as it stands in a CSV file, plain or gzip.
///
/// | form | columns |
/// |---|---|
/// | trades | `participant,time,side,symbol,quantity,price`: `side` is buy or sell, and without it the sign of `quantity` tells; an empty `price` leaves the fill to the rules |
/// | weights, long | `participant,time,symbol,weight` |
/// | weights, wide | `participant,time,AAPL,MSFT,…`: an empty cell is no weight |
///
/// Times are in ISO 8601, as in transactions of books: without an offset in UTC, and a date stands for its 00:00. Commas, semicolons, tabs or bars stand between columns; numbers have decimal points. Without a column `participant` a file is one
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
  public internal(set) var participants: [String] = []
  /// Names in order of first sight.
  public internal(set) var symbols: [String] = []
  /// Rows of trades, in the order of the file.
  public internal(set) var trades: [Trade] = []
  /// Rows of weights.
  public internal(set) var weights: [Weight] = []
  /// Rows that are neither.
  public internal(set) var flaws: [Flaw] = []

  /// Whether each symbol has a column of weights, so that a row is all of its time.
  public internal(set) var isWide = false

  var places: [String: Int32] = [:]
  var columns: [String: Int32] = [:]
  var latest: (name: [UInt8], place: Int32) = ([], -1)
  var times: (text: [UInt8], ns: Int64) = ([], 0)

  /// Most rows of trades or weights.
  static let rowLimit = 200_000_000

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
    let known = try EntryColumns(header, path)
    var file = EntryFile()
    if known.participant == nil { _ = file.place(of: participant) }
    if known.symbol == nil {
      file.isWide = true
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

  func checkSize(_ path: String) throws(ImportError) {
    let rows = trades.count + weights.count
    guard rows < Self.rowLimit else {
      throw .tooLarge(
        bars: rows, symbols: 1, fields: 1, bytes: rows * 40, limit: Self.rowLimit * 40)
    }
  }
}
