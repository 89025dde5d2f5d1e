import Market

/// Reads a table of instruments from CSV or JSON: symbol, name, sector, industry, exchange, currency,
/// lot, tick.
///
/// Columns may come in any order, and under customary names such as `gics_sector`; all but the
/// symbol may lack. JSON is a list of objects, or an object of objects by symbol.
public enum SymbolMasterReader {
  static let aliases: [(meaning: String, names: [String])] = [
    ("symbol", ["symbol", "ticker"]),
    ("name", ["name", "security", "company", "company_name"]),
    ("sector", ["sector", "gics_sector"]),
    ("industry", ["industry", "gics_industry", "gics_sub_industry", "sub_industry"]),
    ("exchange", ["exchange", "mic"]),
    ("currency", ["currency"]),
    ("lot", ["lot", "lot_size"]),
    ("tick", ["tick", "tick_size"]),
  ]

  /// Reads a file, plain or gzip; `-` is standard input.
  ///
  /// - Returns: the instruments in the order of the file; unknown text is empty, a number NaN.
  public static func read(_ path: String) throws(ImportError) -> [SymbolTable.Entry] {
    let source = HeadSource(try ByteSources.open(path, options: ImportOptions()))
    if try source.isJSON { return try readJSON(source, path) }
    var reader = RecordReader(source, path: path)
    guard try reader.next() else { throw .empty(path: path) }
    var header: [String] = []
    for index in 0..<reader.count {
      guard let name = reader.validText(index) else { throw .headerNotUTF8(path: path) }
      header.append(name)
    }
    let columns = recognise(header)
    guard let symbolColumn = columns["symbol"] else {
      throw .columnMissing(
        path: path, column: "symbol", found: header,
        nearest: ColumnName.nearest("symbol", in: header))
    }
    var entries: [SymbolTable.Entry] = []
    var lines: [String: Int] = [:]
    while try reader.next() {
      let line = reader.line
      func bad(_ column: Int, _ reason: String) -> ImportError {
        .badSymbolRow(path: path, line: line, column: header[column], reason: reason)
      }
      guard reader.count == header.count else {
        throw bad(0, "\(reader.count) fields, where the header has \(header.count)")
      }
      let symbol = reader.text(symbolColumn).trimmingSpaces
      if symbol.isEmpty { throw bad(symbolColumn, "the symbol is empty") }
      if let earlier = lines.updateValue(line, forKey: symbol) {
        throw bad(symbolColumn, "\(symbol) stands already in line \(earlier)")
      }
      var entry = SymbolTable.Entry(symbol: symbol)
      for (meaning, target) in texts {
        if let column = columns[meaning] {
          entry[keyPath: target] = reader.text(column).trimmingSpaces
        }
      }
      for (meaning, target) in numbers {
        guard let column = columns[meaning] else { continue }
        let (outcome, value) = NumberParser.parse(reader[column])
        guard outcome == .empty || outcome == .number && value > 0 else {
          throw bad(column, "'\(reader.text(column).prefix(40))' is not a number above zero")
        }
        entry[keyPath: target] = value
      }
      entries.append(entry)
    }
    return entries
  }

  /// Adds what is known of the symbols of a draft; what the draft knows already stays where the
  /// table is silent.
  ///
  /// - Returns: symbols of the draft that the table does not have.
  public static func merge(_ entries: [SymbolTable.Entry], into draft: inout PanelDraft) -> [String]
  {
    let known = Dictionary(entries.map { ($0.symbol, $0) }) { first, _ in first }
    var missing: [String] = []
    for index in draft.symbols.indices {
      guard let entry = known[draft.symbols[index].symbol] else {
        missing.append(draft.symbols[index].symbol)
        continue
      }
      for (_, path) in texts where !entry[keyPath: path].isEmpty {
        draft.symbols[index][keyPath: path] = entry[keyPath: path]
      }
      for (_, path) in numbers where !entry[keyPath: path].isNaN {
        draft.symbols[index][keyPath: path] = entry[keyPath: path]
      }
    }
    return missing
  }

  static var texts: [(String, WritableKeyPath<SymbolTable.Entry, String>)] {
    [
      ("name", \.name), ("sector", \.sector), ("industry", \.industry), ("exchange", \.exchange),
      ("currency", \.currency),
    ]
  }

  static var numbers: [(String, WritableKeyPath<SymbolTable.Entry, Double>)] {
    [("lot", \.lot), ("tick", \.tick)]
  }

  private static func recognise(_ header: [String]) -> [String: Int] {
    let names = header.map(ColumnName.canonical)
    var columns: [String: Int] = [:]
    for (meaning, aliases) in aliases {
      columns[meaning] = aliases.lazy.compactMap { names.firstIndex(of: $0) }.first
    }
    return columns
  }
}
