import Kernels
import Market

/// The rows of a file of factors, from its header on.
struct FactorRows: ~Copyable {
  /// Names of the columns, without spaces around them.
  let header: [String]
  private let path: String
  private let names: [String]
  private var reader: RecordReader

  /// Lines of text that may stand before the header.
  private static let preambleLimit = 60
  private static let dates = ["date", "day", "time", "timestamp", "month", "yyyymmdd", "yyyymm"]
  private static let rates = ["rf", "risk_free", "riskfree", "risk_free_rate", "rate"]
  private static let mostRows = 1 << 22

  init(_ path: String, delimiter: UInt8) throws(ImportError) {
    var reader = RecordReader(
      try ByteSources.open(path, options: ImportOptions()), path: path, delimiter: delimiter)
    var first: [String] = []
    var found: [String]?
    for _ in 0..<Self.preambleLimit {
      guard try reader.next() else { break }
      var cells: [String] = []
      for index in 0..<reader.count {
        guard let cell = reader.validText(index) else { throw .headerNotUTF8(path: path) }
        cells.append(cell.trimmingSpaces)
      }
      if first.isEmpty { first = cells }
      guard Self.isHeader(cells) else { continue }
      found = cells
      break
    }
    guard !first.isEmpty else { throw .empty(path: path) }
    // A line without a comma is left to the caller, who tries another character.
    guard let header = found ?? (first.count == 1 ? first : nil) else {
      throw .columnMissing(
        path: path, column: "date", found: first, nearest: ColumnName.nearest("date", in: first))
    }
    self.header = header
    names = header.map(ColumnName.canonical)
    self.path = path
    self.reader = reader
  }

  private static func isHeader(_ cells: [String]) -> Bool {
    guard cells.count > 1 else { return false }
    // French's tables leave the name of the dates empty.
    return cells.contains { dates.contains(ColumnName.canonical($0)) }
      || cells[0].isEmpty && !cells[1...].contains("")
  }

  func dateColumn() throws(ImportError) -> Int {
    if let column = names.firstIndex(where: Self.dates.contains) { return column }
    guard header.count > 1 else {
      throw .columnMissing(path: path, column: "date", found: header, nearest: nil)
    }
    return 0
  }

  /// The column of the rate without risk.
  func rateColumn(_ wanted: String?, date: Int) throws(ImportError) -> Int? {
    guard let wanted else { return names.firstIndex(where: Self.rates.contains) }
    return wanted.isEmpty ? nil : try column(wanted, besides: [date])
  }

  /// The columns of factors.
  func factorColumns(_ wanted: [String]?, besides taken: [Int]) throws(ImportError) -> [Int] {
    var columns: [Int] = []
    if let wanted {
      for name in wanted {
        let column = try column(name, besides: taken)
        guard !columns.contains(column) else {
          throw .columnRepeated(path: path, column: header[column])
        }
        columns.append(column)
      }
    } else {
      // A column without name and content ends many a spreadsheet's rows; it is refused when it has content.
      columns = header.indices.filter { !taken.contains($0) && !header[$0].isEmpty }
      for (place, column) in columns.enumerated()
      where columns[..<place].contains(where: { names[$0] == names[column] }) {
        throw .columnRepeated(path: path, column: header[column])
      }
    }
    guard !columns.isEmpty else {
      throw .columnMissing(path: path, column: "a factor", found: header, nearest: nil)
    }
    return columns
  }

  private func column(_ name: String, besides taken: [Int]) throws(ImportError) -> Int {
    let canonical = ColumnName.canonical(name)
    let places = header.indices.filter { names[$0] == canonical && !taken.contains($0) }
    guard let column = places.first(where: { header[$0] == name }) ?? places.first else {
      let free = header.indices.filter { !taken.contains($0) }.map { header[$0] }
      throw .columnNotThere(
        path: path, column: name, found: free, nearest: ColumnName.nearest(name, in: free))
    }
    return column
  }

  // MARK: Rows

  mutating func read(into file: inout FactorFile, date: Int, columns: [Int], rate: Int?)
    throws(ImportError)
  {
    var rows: [(ns: Int64, line: Int, values: [Double], rate: Double)] = []
    var absent = 0
    while try reader.next() {
      if reader.count != header.count {
        // French's files go on with a line of text and a table of years.
        if header[date].isEmpty, !rows.isEmpty, reader.count == 1 {
          file.notes.append("\(path): the table ends at line \(reader.line); the rest was not read")
          break
        }
        throw bad(
          date, "\(reader.count) fields, where the header has \(header.count)")
      }
      guard let ns = Self.instant(reader[date]) else {
        throw bad(
          date,
          "'\(reader.text(date).prefix(40))' is no date; expected 2024-01-31, 20240131 or 2024-01")
      }
      var values: [Double] = []
      for column in columns { values.append(try number(column, &absent)) }
      var rateValue = Double.nan
      if let rate { rateValue = try number(rate, &absent) }
      rows.append((ns, reader.line, values, rateValue))
      guard rows.count <= Self.mostRows else {
        throw .tooLarge(
          bars: rows.count, symbols: columns.count, fields: 1,
          bytes: rows.count * columns.count * 8, limit: Self.mostRows * columns.count * 8)
      }
    }
    guard !rows.isEmpty else { throw .nothingToImport(path: path) }
    if !zip(rows, rows.dropFirst()).allSatisfy({ $0.ns < $1.ns }) {
      rows.sort { ($0.ns, $0.line) < ($1.ns, $1.line) }
      for (earlier, later) in zip(rows, rows.dropFirst()) where earlier.ns == later.ns {
        throw .badSymbolRow(
          path: path, line: later.line, column: header[date].isEmpty ? "date" : header[date],
          reason: "\(TimeParser.format(later.ns)) stands already in line \(earlier.line)")
      }
    }
    if absent > 0 {
      file.notes.append("\(path): \(absent) cells are missing (empty, -99.99 or -999)")
    }
    file.timeNs = rows.map(\.ns)
    file.values = rows.flatMap(\.values)
    if rate != nil { file.riskFree = rows.map(\.rate) }
  }

  private func number(_ column: Int, _ absent: inout Int) throws(ImportError) -> Double {
    let (outcome, value) = NumberParser.parse(reader[column])
    if outcome == .empty || outcome == .number && (value == -99.99 || value == -999) {
      absent += 1
      return .nan
    }
    guard outcome == .number else {
      throw bad(
        column,
        "'\(reader.text(column).prefix(40))' is no number; name the columns that are factors: columns"
      )
    }
    return value
  }

  private func bad(_ column: Int, _ reason: String) -> ImportError {
    .badSymbolRow(
      path: path, line: reader.line, column: header[column].isEmpty ? "date" : header[column],
      reason: reason)
  }

  /// A date or an instant; six digits are a month.
  private static func instant(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
    var cursor = ByteCursor(text)
    var wall: WallTime?
    if cursor.digitCount == 6, cursor.remaining == 6 {
      guard let year = cursor.digits(4), let month = cursor.digits(2) else { return nil }
      wall = WallTime(year: year, month: month, day: 1)
    } else {
      wall = DateText.yearFirst(&cursor)
    }
    guard let wall else { return nil }
    return wall.day * Calendar.dayNs + (wall.time ?? 0) - (wall.offset ?? 0)
  }
}
