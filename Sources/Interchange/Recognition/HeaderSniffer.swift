/// Finds where the rows begin, and what their columns are called.
struct HeaderSniffer {
  /// Byte between fields.
  let delimiter: UInt8
  /// The records below the comments.
  let table: HeadTable
  /// Byte at the front of comments.
  let comment: UInt8?
  /// Record of the header; nil if there is none.
  private(set) var header: Int?
  /// First record of values.
  private(set) var firstRow: Int
  /// Names of columns; made up where there is no header.
  private(set) var names: [String]
  /// Whether the names are those of one record as it stands.
  private(set) var isPlainHeader: Bool
  /// Physical lines above the header, or above the first row.
  private(set) var skippedLines: Int

  // Records that are looked at for the form of the file.
  private static let formRows = 80
  // Records that are looked at for numbers and times.
  static let sampleRows = 200
  // Bytes that may stand between fields; the last is the likeliest and wins where nothing tells.
  static let delimiters = Array("\t;|,".utf8)

  /// Values of the sample.
  var rows: Range<Int> { firstRow..<table.records.count }

  /// Finds delimiter, comments and header of a text.
  init(_ text: [UInt8], isWhole: Bool, path: String, options: ImportOptions) throws(ImportError) {
    var best: (score: Double, delimiter: UInt8, comment: UInt8?)?
    let candidates = options.delimiter.map { [$0.asciiValue ?? 0x2C] } ?? Self.delimiters
    let hasComments = Self.hasComments(text)
    for candidate in candidates {
      let comment = hasComments ? Self.comment(text, candidate, isWhole) : nil
      let score =
        text.contains(candidate)
        ? Self.score(
          HeadTable(
            text, delimiter: candidate, comment: comment, isWhole: isWhole, limit: Self.formRows))
        : 0
      if best == nil || score > best?.score ?? 0 { best = (score, candidate, comment) }
    }
    guard let best else { throw .empty(path: path) }
    delimiter = best.score > 0 || options.delimiter != nil ? best.delimiter : UInt8(ascii: ",")
    comment = best.comment
    table = HeadTable(
      text, delimiter: delimiter, comment: comment, isWhole: isWhole, limit: Self.sampleRows)
    if table.records.isEmpty {
      if isWhole { throw .empty(path: path) }
      throw .lineTooLong(path: path, line: 1, limit: RecordReader.recordLimit)
    }
    firstRow = 0
    names = []
    isPlainHeader = true
    skippedLines = 0
    if isWhole, table.records.count == 1, table.endsInQuotes {
      throw .quoteUnclosed(path: path, line: table.records[0].line)
    }
    let sample = table
    if isWhole, sample.records.allSatisfy({ sample.strings($0).allSatisfy(\.isEmpty) }) {
      throw .empty(path: path)
    }
    try findHeader(path: path, options: options)
    try alignNames()
  }

  // MARK: Delimiter

  /// `#` if lines that begin with it have another number of cells than the others.
  private static func comment(_ text: [UInt8], _ delimiter: UInt8, _ isWhole: Bool) -> UInt8? {
    let sign = UInt8(ascii: "#")
    let table = HeadTable(text, delimiter: delimiter, isWhole: isWhole, limit: formRows)
    let width = width(table)
    let marked = table.records.filter {
      table.text[safe: table.cells[$0.cells.lowerBound].lowerBound] == sign
    }
    guard !marked.isEmpty else { return nil }
    let isUsual = marked.allSatisfy { $0.count == width } && marked.count * 2 > table.records.count
    return isUsual ? nil : sign
  }

  /// Whether a line begins with `#`.
  private static func hasComments(_ text: [UInt8]) -> Bool {
    var at = text.startIndex
    while let found = text[at...].firstIndex(of: UInt8(ascii: "#")) {
      if found == 0 || text[found - 1] == 0x0A || text[found - 1] == 0x0D { return true }
      at = found + 1
    }
    return false
  }

  /// The commonest number of cells; the larger of equals.
  private static func width(_ table: HeadTable) -> Int {
    var counts: [Int: Int] = [:]
    for record in table.records where record.count > 0 { counts[record.count, default: 0] += 1 }
    return counts.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key ?? 0
  }

  /// Share of records of the usual width, times the share of their cells that are values.
  private static func score(_ table: HeadTable) -> Double {
    let width = width(table)
    guard width >= 2 else { return 0 }
    var values = 0
    var filled = 0
    var usual = 0
    for record in table.records where record.count == width {
      usual += 1
      for column in 0..<width {
        let kind = table.with(record, column) { CellKind($0) }
        if kind != .empty { filled += 1 }
        if kind.isValue { values += 1 }
      }
    }
    // A header alone has no value.
    return Double(usual) / Double(table.records.count)
      * (0.1 + Double(values) / Double(max(1, filled)))
  }

  // MARK: Header

  private mutating func findHeader(path: String, options: ImportOptions) throws(ImportError) {
    let records = table.records
    var first = 0
    if let lines = options.skippedLines {
      skippedLines = lines
      first = records.firstIndex { $0.line > lines } ?? records.count
      guard first < records.count else {
        throw .badOption(
          option: "--skip-lines", value: "\(lines)", reason: "passes over the whole head of \(path)"
        )
      }
    }
    if let hasHeader = options.hasHeader {
      let start =
        hasHeader || options.skippedLines != nil ? first : firstValues(from: first) ?? first
      take(hasHeader ? start : nil, firstRow: hasHeader ? start + 1 : start)
      return
    }
    let dataRow = firstValues(from: first)
    let limit = dataRow ?? min(records.count, first + Self.formRows)
    if let named = (first..<limit).last(where: { isHeader(records[$0]) }) {
      take(named, firstRow: named + 1)
      try readTwoLineHeader(named, dataRow)
      return
    }
    guard let dataRow else {
      take(first, firstRow: first + 1)
      return
    }
    let width = records[dataRow].count
    if dataRow > first, isNames(records[dataRow - 1], width) {
      take(dataRow - 1, firstRow: dataRow)
    } else if !readCommentedHeader(dataRow) {
      take(nil, firstRow: dataRow)
    }
  }

  private mutating func take(_ header: Int?, firstRow: Int) {
    self.header = header
    self.firstRow = min(firstRow, table.records.count)
    let record = table.records[header ?? min(firstRow, table.records.count - 1)]
    skippedLines = max(skippedLines, record.line - 1)
    if header != nil {
      names = table.strings(record)
    } else {
      names = (1...max(1, record.count)).map { "column_\($0)" }
    }
  }

  /// First record of the usual width that holds a time or number, and no more texts than values.
  private func firstValues(from first: Int) -> Int? {
    let width = Self.width(table)
    return (first..<max(first, table.records.count)).first { index in
      let record = table.records[index]
      guard record.count == width || width - record.count == 1 else { return false }
      let kinds = (0..<record.count).map { table.with(record, $0) { CellKind($0) } }
      let values = kinds.count { $0.isValue }
      // Lines of a banner are padded with empty cells.
      let filled = kinds.count { $0 != .empty }
      if filled * 2 < width, filled < 3 { return false }
      // A wide header may hold numbers as names, but no times.
      if isHeader(record) { return false }
      return values > 0 && (values * 2 >= filled || kinds.contains(.time))
    }
  }

  /// Whether one of the cells is the name of a column of times, and none is a time.
  private func isHeader(_ record: HeadTable.Record) -> Bool {
    guard record.count >= 2 || table.records.allSatisfy({ $0.count < 2 }) else { return false }
    let names = table.strings(record).map(ColumnName.canonical)
    let letters = ColumnAliases.hasLetters(names)
    guard names.contains(where: { ColumnAliases.meaning(of: $0, withLetters: letters) == "time" })
    else { return false }
    return !(0..<record.count).contains { table.with(record, $0) { CellKind($0) } == .time }
  }

  /// Whether a record may hold the names of columns of some width.
  private func isNames(_ record: HeadTable.Record, _ width: Int) -> Bool {
    guard record.count == width || record.count + 1 == width, width >= 2 else { return false }
    let kinds = (0..<record.count).map { table.with(record, $0) { CellKind($0) } }
    return kinds.count { $0 == .text } * 2 > record.count - 1 && !kinds.contains(.time)
  }

  /// A header behind the sign of comments, just above the first row.
  private mutating func readCommentedHeader(_ dataRow: Int) -> Bool {
    guard let comment else { return false }
    let all = HeadTable(
      table.text, delimiter: delimiter, isWhole: true, limit: dataRow + Self.formRows)
    let line = table.records[dataRow].line
    guard let above = all.records.last(where: { $0.line < line }),
      above.count == table.records[dataRow].count
    else { return false }
    var found = all.strings(above)
    guard found[0].utf8.first == comment else { return false }
    found[0] = String(found[0].dropFirst()).trimmingSpaces
    guard
      found.contains(where: {
        ColumnAliases.meaning(of: ColumnName.canonical($0), withLetters: true) == "time"
      })
    else { return false }
    take(nil, firstRow: dataRow)
    names = found
    isPlainHeader = false
    skippedLines = line - 1
    return true
  }

  /// Names above a line that names the column of times alone, as yfinance writes them.
  private mutating func readTwoLineHeader(_ header: Int, _ dataRow: Int?) throws(ImportError) {
    let filled = names.filter { !$0.isEmpty }
    guard filled.count == 1, names.count > 2, header > 0 else { return }
    let above = (0..<header).reversed().first { index in
      let cells = table.strings(table.records[index])
      return cells.count == names.count
        && cells.contains {
          ColumnAliases.meaning(of: ColumnName.canonical($0), withLetters: false) == "close"
        }
    }
    guard let above else { return }
    let cells = table.strings(table.records[above])
    names = zip(names, cells).map { $0.isEmpty ? $1 : $0 }
    take(nil, firstRow: header + 1)
    names = zip(table.strings(table.records[header]), cells).map { $0.isEmpty ? $1 : $0 }
    let line =
      firstRow < table.records.count ? table.records[firstRow].line : table.records[header].line + 1
    skippedLines = line - 1
    isPlainHeader = false
    // The symbols stand between; one symbol is the symbol of the file.
    for index in above..<header {
      let symbols = table.strings(table.records[index]).dropFirst().filter { !$0.isEmpty }
      let first = table.strings(table.records[index]).first.map(ColumnName.canonical)
      if first == "ticker" || first == "symbol", Set(symbols).count == 1 { symbol = symbols.first }
      if first == "ticker" || first == "symbol", Set(symbols).count > 1 {
        symbolsOfColumns = table.strings(table.records[index])
      }
    }
  }

  /// The symbol that the lines above the header name.
  private(set) var symbol: String?
  /// Symbols of the columns, where there are several above the header.
  private(set) var symbolsOfColumns: [String]?

  /// Gives columns without a name one, where rows have one cell more than the header.
  private mutating func alignNames() throws(ImportError) {
    let rows = table.records[firstRow...].prefix(Self.formRows)
    guard header != nil, !rows.isEmpty, rows.allSatisfy({ $0.count == names.count + 1 }) else {
      return
    }
    let isTrailing = rows.allSatisfy { table.string($0, $0.count - 1).isEmpty }
    // Times that stand under their name already: a cell too many has another cause, as a decimal comma.
    let time = names.firstIndex {
      ColumnAliases.meaning(of: ColumnName.canonical($0), withLetters: false) == "time"
    }
    if !isTrailing, let time,
      rows.allSatisfy({ row in
        table.with(row, time) { CellKind($0) == .time }
          && table.with(row, time + 1) { CellKind($0) != .time }
      })
    {
      return
    }
    names = isTrailing ? names + [""] : [""] + names
    header = nil
    isPlainHeader = false
    skippedLines = table.records[firstRow].line - 1
  }
}

extension Array where Element == UInt8 {
  fileprivate subscript(safe index: Int) -> UInt8 { index < count ? self[index] : 0 }
}
