/// What to do with each cell of a row of one file, decided once.
final class RowPlan: Sendable {
  /// A column of a wide file.
  struct SymbolColumn: Sendable {
    var column: Int
    var symbol: [UInt8]
  }

  let path: String
  let dialect: Dialect
  let records: RecordScanner
  /// Column of the time, and of the time of day if that stands apart.
  let timeColumn: Int
  let timeOfDayColumn: Int?
  let symbolColumn: Int?
  let nameColumn: Int?
  /// The symbol of all rows, where no column tells it.
  let fixedSymbol: [UInt8]?
  /// Columns of symbols of a wide file; empty for a long one.
  let symbolColumns: [SymbolColumn]
  /// Column and name of each field, with the required fields in front; of a wide file the one field, without a column.
  let columns: [Int]
  let fields: [String]
  /// Fields from here on may turn out to be text.
  let requiredCount: Int
  /// Positions among the fields; behind the last one for what the file has not.
  let open, high, low, close, volume: Int
  let allowsNegativePrices: Bool
  /// Positions of prices that are to be divided by the dialect's divisor.
  let scaled: [Int]
  let isScaled: Bool
  /// Whether numbers may be read as they stand, before the style is asked.
  let hasPlainNumbers: Bool

  /// Lays out what a dialect says.
  init(_ dialect: Dialect, path: String, options: ImportOptions) throws(ImportError) {
    precondition(dialect.header.count == dialect.roles.count, "a role for each column")
    self.path = path
    self.dialect = dialect
    records = RecordScanner(delimiter: dialect.delimiter, comment: dialect.comment)
    var time = 0
    var timeOfDay: Int?
    var symbol: Int?
    var name: Int?
    var required: [(Int, String)] = []
    var extras: [(Int, String)] = []
    var wide: [SymbolColumn] = []
    for (index, role) in dialect.roles.enumerated() {
      switch role {
      case .time: time = index
      case .timeOfDay: timeOfDay = index
      case .symbol: symbol = index
      case .name: name = index
      case .field(let name): required.append((index, name))
      case .extra(let name): extras.append((index, name))
      case .symbolColumn(let name):
        wide.append(SymbolColumn(column: index, symbol: Array(name.utf8)))
      case .ignored: break
      }
    }
    if case .wide(let field) = dialect.layout {
      required = [(-1, field)]
      extras = []
      fixedSymbol = nil
    } else {
      wide = []
      fixedSymbol = symbol == nil ? try Self.symbol(path, dialect, options) : nil
    }
    timeColumn = time
    timeOfDayColumn = timeOfDay
    symbolColumn = symbol
    nameColumn = name
    symbolColumns = wide
    requiredCount = required.count
    columns = (required + extras).map(\.0)
    let fields = (required + extras).map(\.1)
    self.fields = fields
    func slot(_ name: String) -> Int { fields.firstIndex(of: name) ?? fields.count }
    open = slot("open")
    high = slot("high")
    low = slot("low")
    close = slot("close")
    volume = slot("volume")
    allowsNegativePrices = options.allowsNegativePrices
    hasPlainNumbers =
      dialect.numbers.decimal == UInt8(ascii: ".") && !dialect.numbers.hasMissingNumbers
    isScaled = dialect.priceDivisor != 1
    let prices: Set = ["open", "high", "low", "close"]
    scaled =
      dialect.priceDivisor == 1
      ? []
      : fields.indices.filter { index in
        prices.contains { fields[index] == $0 || fields[index].hasSuffix("_\($0)") }
      }
  }

  /// The one symbol of a file without a column for it.
  private static func symbol(_ path: String, _ dialect: Dialect, _ options: ImportOptions)
    throws(ImportError) -> [UInt8]
  {
    let symbol: String
    switch options.symbol {
    case .fixed(let name): symbol = name
    case .column where dialect.symbol != nil: symbol = dialect.symbol ?? ""
    case .column, .fileName:
      guard path != "-" else {
        throw .badOption(
          option: "--symbol-from-filename", value: "-", reason: "has no name; use --symbol")
      }
      symbol = FileName.symbol(of: path)
    }
    guard !symbol.isEmpty else {
      throw .badOption(option: "--symbol", value: symbol, reason: "is empty")
    }
    return Array(symbol.utf8)
  }
}

/// Names of files.
enum FileName {
  /// What is left of a path without folder and the extensions of text and gzip.
  static func symbol(of path: String) -> String {
    var name = path.split(separator: "/").last.map(String.init) ?? ""
    for ending in [".gz", ".csv", ".tsv", ".txt"]
    where name.lowercased().hasSuffix(ending) && name.count > ending.count {
      name.removeLast(ending.count)
    }
    return name
  }
}

extension String {
  var trimmingSpaces: String {
    var bytes = Substring(self)
    while bytes.first == " " || bytes.first == "\t" { bytes.removeFirst() }
    while bytes.last == " " || bytes.last == "\t" { bytes.removeLast() }
    return String(bytes)
  }
}

extension UnsafeBufferPointer<UInt8> {
  var trimmingSpaces: Self {
    var low = startIndex
    var high = endIndex
    while low < high, self[low] == 0x20 || self[low] == 0x09 { low += 1 }
    while low < high, self[high - 1] == 0x20 || self[high - 1] == 0x09 { high -= 1 }
    return Self(rebasing: self[low..<high])
  }
}
