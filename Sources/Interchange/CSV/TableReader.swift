/// Reads one CSV file into a table: header, then row by row, each weighed against the rules.
struct TableReader: ~Copyable {
  // Cells of an extra column that are no numbers, until it is known whether the column is text.
  private struct Doubt {
    var filled = 0
    var failed = 0
    var rows: [(row: Int, bad: FileTable.BadRow)] = []
    var isText = false
    // Past this many failures that are also the larger part, the column is text.
    static let patience = 1000
  }

  private var reader: RecordReader
  private var table: FileTable
  private let options: ImportOptions
  private var symbols = SymbolInterner()
  private var times = TimeInterner()

  private var timeColumn = 0
  private var symbolColumn: Int?
  private var nameColumn: Int?
  // Column of each field, with the required fields in front.
  private var columns: [Int] = []
  private var requiredCount = 0
  private var doubts: [Doubt] = []
  // Doubts of the row at hand; they count once the row is kept.
  private var pending: [(extra: Int, bad: FileTable.BadRow)] = []
  private var rowValues: [Double] = []
  // Positions in a row of values, -1 where the file has none.
  private var openSlot = -1
  private var highSlot = -1
  private var lowSlot = -1
  private var closeSlot = -1
  private var volumeSlot = -1

  /// Reads a whole file.
  static func read(_ path: String, options: ImportOptions) throws(ImportError) -> FileTable {
    let source = try ByteSources.open(path, options: options)
    return try read(source, path: path, options: options)
  }

  /// Reads a whole source; `path` names it in messages.
  static func read(_ source: any ByteSource, path: String, options: ImportOptions)
    throws(ImportError) -> FileTable
  {
    var table = TableReader(source, path: path, options: options)
    try table.readHeader()
    try table.readRows()
    return try table.finish()
  }

  private init(_ source: any ByteSource, path: String, options: ImportOptions) {
    reader = RecordReader(source, path: path)
    table = FileTable(path: path, dialect: Dialect(header: [], roles: []))
    self.options = options
  }

  private mutating func readHeader() throws(ImportError) {
    guard try reader.next() else { throw .empty(path: table.path) }
    var header: [String] = []
    for index in 0..<reader.count {
      guard let name = reader.validText(index) else { throw .headerNotUTF8(path: table.path) }
      header.append(name.trimmingSpaces)
    }
    try plan(table.dialect)
  }

  private mutating func plan(_ dialect: Dialect) throws(ImportError) {
    var extras: [(Int, String)] = []
    var required: [(Int, String)] = []
    for (index, role) in dialect.roles.enumerated() {
      switch role {
      case .time: timeColumn = index
      case .symbol: symbolColumn = index
      case .name: nameColumn = index
      case .field(let name): required.append((index, name))
      case .extra(let name): extras.append((index, name))
      case .timeOfDay, .symbolColumn: break
      case .ignored: table.ignoredColumns.append(dialect.header[index])
      }
    }
    requiredCount = required.count
    columns = (required + extras).map(\.0)
    table.fields = (required + extras).map(\.1)
    doubts = extras.map { _ in Doubt() }
    rowValues = columns.map { _ in .nan }
    openSlot = table.fields.firstIndex(of: "open") ?? -1
    highSlot = table.fields.firstIndex(of: "high") ?? -1
    lowSlot = table.fields.firstIndex(of: "low") ?? -1
    closeSlot = table.fields.firstIndex(of: "close") ?? -1
    volumeSlot = table.fields.firstIndex(of: "volume") ?? -1
    try fixSymbol()
  }

  /// Interns the one symbol of a file without a column for it.
  private mutating func fixSymbol() throws(ImportError) {
    let symbol: String
    switch options.symbol {
    case .column: return
    case .fixed(let name): symbol = name
    case .fileName:
      guard table.path != "-" else {
        throw .badOption(
          option: "--symbol-from-filename", value: "-", reason: "has no name; use --symbol")
      }
      symbol = FileName.symbol(of: table.path)
    }
    guard !symbol.isEmpty else {
      throw .badOption(option: "--symbol", value: symbol, reason: "is empty")
    }
    _ = Array(symbol.utf8).withUnsafeBufferPointer { symbols.index(of: $0) }
    table.names = [""]
  }

  // MARK: Rows

  private mutating func readRows() throws(ImportError) {
    while try reader.next() {
      table.rowsRead += 1
      readRow()
    }
    table.bytesRead = reader.bytesRead
  }

  private mutating func readRow() {
    guard reader.count == table.dialect.header.count else {
      bad(
        .fieldCount, 0, "\(reader.count) fields, where the header has \(table.dialect.header.count)"
      )
      return
    }
    if reader.quotesBroken { return bad(.quotes, 0, "text follows a closing quote") }
    let fields = reader.fields
    guard let time = TimeParser.parse(fields[timeColumn].bytes) else {
      return bad(
        .time, timeColumn,
        "'\(shown(timeColumn))' is not a date or time like 2024-01-31 or 2024-01-31 09:30:00")
    }
    guard let symbol = symbolIndex() else { return }
    pending.removeAll(keepingCapacity: true)
    guard readNumbers(), keepsRules() else { return }
    if !pending.isEmpty { doubtRow() }
    table.rowSymbol.append(symbol)
    table.rowTime.append(times.index(of: time))
    table.rowLine.append(reader.line)
    table.values.append(contentsOf: rowValues)
  }

  private mutating func symbolIndex() -> UInt32? {
    guard let symbolColumn else { return 0 }
    let bytes = reader.fields[symbolColumn].bytes.trimmingSpaces
    guard bytes.count > 0 else {
      bad(.symbol, symbolColumn, "the symbol is empty")
      return nil
    }
    guard let index = symbols.index(of: bytes) else {
      bad(.symbol, symbolColumn, "the symbol is not UTF-8")
      return nil
    }
    if Int(index) == table.names.count {
      table.names.append(nameColumn.map { reader.text($0).trimmingSpaces } ?? "")
    }
    return index
  }

  private mutating func readNumbers() -> Bool {
    let fields = reader.fields
    for slot in 0..<columns.count {
      let column = columns[slot]
      let isExtra = slot >= requiredCount
      if isExtra, doubts[slot - requiredCount].isText {
        continue
      }
      let (outcome, value) = NumberParser.parse(fields[column].bytes)
      rowValues[slot] = value
      if isExtra, outcome != .empty { doubts[slot - requiredCount].filled += 1 }
      switch outcome {
      case .number, .empty: break
      case .notFinite:
        bad(
          .finite, column,
          "\(shown(column)) is not finite; leave the cell empty where a value is missing")
        return false
      case .notNumber:
        let reason = "'\(shown(column))' is not a number"
        if !isExtra {
          bad(.number, column, reason)
          return false
        }
        doubts[slot - requiredCount].failed += 1
        pending.append((slot - requiredCount, badRow(.number, column, reason)))
      }
    }
    return true
  }

  private mutating func keepsRules() -> Bool {
    if !options.allowsNegativePrices {
      for slot in [openSlot, highSlot, lowSlot, closeSlot] where slot >= 0 && rowValues[slot] <= 0 {
        bad(
          .positivePrice, columns[slot],
          "\(table.fields[slot]) \(rowValues[slot]) is not above zero")
        return false
      }
    }
    let open = openSlot >= 0 ? rowValues[openSlot] : .nan
    let high = highSlot >= 0 ? rowValues[highSlot] : .nan
    let low = lowSlot >= 0 ? rowValues[lowSlot] : .nan
    let close = closeSlot >= 0 ? rowValues[closeSlot] : .nan
    // Comparisons with NaN are false, so a missing value breaks nothing.
    if low > high { return outOfOrder("low", low, lowSlot, "above high", high) }
    if open < low { return outOfOrder("open", open, openSlot, "below low", low) }
    if open > high { return outOfOrder("open", open, openSlot, "above high", high) }
    if close < low { return outOfOrder("close", close, closeSlot, "below low", low) }
    if close > high { return outOfOrder("close", close, closeSlot, "above high", high) }
    if volumeSlot >= 0, rowValues[volumeSlot] < 0 {
      bad(.volume, columns[volumeSlot], "volume \(rowValues[volumeSlot]) is negative")
      return false
    }
    return true
  }

  // MARK: Bad rows

  private mutating func outOfOrder(
    _ field: String, _ value: Double, _ slot: Int, _ relation: String, _ bound: Double
  ) -> Bool {
    bad(.priceOrder, columns[slot], "\(field) \(value) lies \(relation) \(bound)")
    return false
  }

  private mutating func bad(_ rule: ImportRule, _ column: Int, _ reason: String) {
    table.add(badRow(rule, column, reason))
  }

  private func badRow(_ rule: ImportRule, _ column: Int, _ reason: String) -> FileTable.BadRow {
    FileTable.BadRow(
      rule: rule, line: reader.line, column: table.dialect.header[column],
      text: reader.recordText, reason: reason)
  }

  /// A cell for a message, cut after 40 characters.
  private func shown(_ column: Int) -> String { String(reader.text(column).prefix(40)) }

  private mutating func doubtRow() {
    for (extra, bad) in pending {
      doubts[extra].rows.append((table.rowCount, bad))
      if doubts[extra].failed > Doubt.patience, doubts[extra].failed * 2 > doubts[extra].filled {
        doubts[extra].isText = true
        doubts[extra].rows = []
      }
    }
  }

  // MARK: End

  private consuming func finish() throws(ImportError) -> FileTable {
    settleDoubts()
    try table.check(options)
    guard table.rowCount > 0 else { throw .nothingToImport(path: table.path) }
    table.symbols = symbols.names
    table.times = times.times
    return table
  }

  /// Leaves columns of text out, and the rows that are no numbers in a column that otherwise is.
  private mutating func settleDoubts() {
    var dropped: [Bool] = []
    for (extra, doubt) in doubts.enumerated() where doubt.failed > 0 {
      if doubt.isText || doubt.failed * 2 > doubt.filled {
        doubts[extra].isText = true
        continue
      }
      if dropped.isEmpty { dropped = [Bool](repeating: false, count: table.rowCount) }
      for (row, bad) in doubt.rows where !dropped[row] {
        dropped[row] = true
        table.add(bad)
      }
    }
    if !dropped.isEmpty {
      table.remove(dropped)
      table.badRows.sort { $0.line < $1.line }
    }
    leaveTextOut()
  }

  private mutating func leaveTextOut() {
    let keep = columns.indices.filter { $0 < requiredCount || !doubts[$0 - requiredCount].isText }
    guard keep.count < columns.count else { return }
    for slot in columns.indices.reversed() where !keep.contains(slot) {
      table.ignoredColumns.append(table.dialect.header[columns[slot]])
    }
    let width = columns.count
    let old = table.values
    table.values = []
    table.values.reserveCapacity(table.rowCount * keep.count)
    for row in 0..<table.rowCount {
      for slot in keep { table.values.append(old[row * width + slot]) }
    }
    table.fields = keep.map { table.fields[$0] }
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
