import Market

/// A small table with named columns, read row by row.
final class FactsTable {
  let path: String
  /// Names as they stand in the header, or as the format gives them.
  let header: [String]
  private let columns: [String: Int]
  private var reader: RecordReader
  private var isAtFirst: Bool
  /// Line on which the row starts.
  var line: Int { reader.line }
  /// Rows taken so far.
  private(set) var rows = 0

  /// Opens a file and finds its columns.
  ///
  /// - Parameters:
  ///   - aliases: names by which a column is known, best first.
  ///   - headerless: columns of a file whose first line begins with a date, if the format has such files.
  init(
    _ path: String, options: ImportOptions, aliases: [(meaning: String, names: [String])],
    headerless: [String] = []
  ) throws(ImportError) {
    var reader = RecordReader(try ByteSources.open(path, options: options), path: path)
    guard try reader.next() else { throw .empty(path: path) }
    isAtFirst = !headerless.isEmpty && ExchangeDays.parse(reader.text(0).trimmingSpaces) != nil
    var header = Array(headerless.prefix(reader.count))
    if !isAtFirst {
      header = []
      for index in 0..<reader.count {
        guard let name = reader.validText(index) else { throw .headerNotUTF8(path: path) }
        header.append(name)
      }
    }
    let names = header.map(ColumnName.canonical)
    for (meaning, column) in options.columns.sorted(by: { $0.key < $1.key })
    where !aliases.contains(where: { $0.meaning == meaning }) {
      throw .badOption(
        option: "--columns", value: "\(meaning)=\(column)",
        reason: "names nothing that is read here; known: "
          + aliases.map(\.meaning).joined(separator: ", "))
    }
    var columns: [String: Int] = [:]
    for (meaning, aliases) in aliases {
      guard let byHand = options.columns[meaning] else {
        columns[meaning] = aliases.lazy.compactMap { names.firstIndex(of: $0) }.first
        continue
      }
      guard let column = header.firstIndex(of: byHand) else {
        throw .columnMissing(
          path: path, column: byHand, found: header,
          nearest: ColumnName.nearest(byHand, in: header))
      }
      columns[meaning] = column
    }
    self.path = path
    self.header = header
    self.columns = columns
    self.reader = reader
  }

  /// Whether there is a column of a meaning.
  func has(_ meaning: String) -> Bool { columns[meaning] != nil }

  /// The canonical name of the column of a meaning; empty without one.
  func name(_ meaning: String) -> String {
    columns[meaning].map { ColumnName.canonical(header[$0]) } ?? ""
  }

  /// Refuses a file without a column.
  func need(_ meaning: String) throws(ImportError) {
    if has(meaning) { return }
    throw .columnMissing(
      path: path, column: meaning, found: header, nearest: ColumnName.nearest(meaning, in: header))
  }

  /// Moves to the next row; false at the end.
  func next() throws(ImportError) -> Bool {
    if isAtFirst {
      isAtFirst = false
    } else if try !reader.next() {
      return false
    }
    rows += 1
    return true
  }

  /// The cell of a meaning, without spaces around it; empty where there is none.
  func text(_ meaning: String) -> String {
    guard let column = columns[meaning], column < reader.count else { return "" }
    return reader.text(column).trimmingSpaces
  }

  /// Why the row is no row of this table, whatever it says; nil if it is one.
  var fault: (column: String, reason: String)? {
    if reader.quotesBroken { return (header[0], "text follows a closing quote") }
    // LEAN's own files leave later columns away.
    if reader.count > header.count {
      return (header[0], "\(reader.count) fields, where the header has \(header.count)")
    }
    return nil
  }

  /// The row as one that is kept out.
  func bad(_ meaning: String, _ reason: String) -> QuarantinedRow {
    let column = columns[meaning].map { header[$0] } ?? meaning
    return QuarantinedRow(
      file: path, line: reader.line, column: column, text: reader.recordText, reason: reason)
  }

  /// The symbol of a row by its column, or by the option that gives it; empty if the cell is.
  func symbol(_ options: ImportOptions) -> String {
    switch options.symbol {
    case .fixed(let symbol): symbol
    case .fileName: FileName.symbol(of: path)
    case .column: text("symbol")
    }
  }

  /// The symbol of all rows of a LEAN file, or nil if each row has its own.
  func fixedSymbol(_ options: ImportOptions) -> String? {
    switch options.symbol {
    case .fixed(let symbol): symbol
    case .column where has("symbol"): nil
    // LEAN names a file after its symbol, in small letters.
    default: FileName.symbol(of: path).uppercased()
    }
  }

  /// A number as written; nil for anything else, empty cells too.
  static func number(_ text: String) -> Double? {
    let (outcome, value) = Array(text.utf8).withUnsafeBufferPointer { NumberParser.parse($0) }
    return outcome == .number ? value : nil
  }
}
