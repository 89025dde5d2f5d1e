/// The good rows of one file, as columns, and what was wrong with the others.
struct FileTable: Sendable {
  /// A row that breaks a rule.
  struct BadRow: Sendable {
    var rule: ImportRule
    var line: Int
    var column: String
    var text: String
    var reason: String
  }

  /// Bad rows that are kept with their text; further ones are counted only.
  static let badRowsKept = 100_000

  var path: String
  var dialect: Dialect
  /// Symbols in order of first sight.
  var symbols: [String] = []
  /// Names from a column of names, by symbol; empty where there is none.
  var names: [String] = []
  /// Instants in order of first sight.
  var times: [Int64] = []
  /// Position in `symbols`, by row.
  var rowSymbol: [UInt32] = []
  /// Position in `times`, by row.
  var rowTime: [UInt32] = []
  /// Line in the file, by row.
  var rowLine: [Int] = []
  /// Names of the fields.
  var fields: [String] = []
  /// Values, row by row: `[rows, fields]`.
  var values: [Double] = []
  /// Columns that were passed over.
  var ignoredColumns: [String] = []
  /// Rows below the header.
  var rowsRead = 0
  /// Bytes after unpacking.
  var bytesRead = 0
  /// Bad rows in the order of lines, cut after `badRowsKept`.
  var badRows: [BadRow] = []
  /// All bad rows, by rule.
  var badCounts: [ImportRule: Int] = [:]

  /// Number of good rows.
  var rowCount: Int { rowLine.count }
  /// Number of bad rows.
  var badCount: Int { badCounts.values.reduce(0, +) }

  /// Adds a bad row.
  mutating func add(_ row: BadRow) {
    badCounts[row.rule, default: 0] += 1
    if badRows.count < Self.badRowsKept { badRows.append(row) }
  }

  /// Takes good rows out.
  ///
  /// - Parameter dropped: a flag for each row.
  mutating func remove(_ dropped: [Bool]) {
    let width = fields.count
    var kept = 0
    for row in 0..<rowCount where !dropped[row] {
      rowSymbol[kept] = rowSymbol[row]
      rowTime[kept] = rowTime[row]
      rowLine[kept] = rowLine[row]
      for field in 0..<width { values[kept * width + field] = values[row * width + field] }
      kept += 1
    }
    rowSymbol.removeLast(rowSymbol.count - kept)
    rowTime.removeLast(rowTime.count - kept)
    rowLine.removeLast(rowLine.count - kept)
    values.removeLast(values.count - kept * width)
  }

  /// Refuses the file if the options or common sense ask for it.
  func check(_ options: ImportOptions) throws(ImportError) {
    guard let first = badRows.min(by: { $0.line < $1.line }) else { return }
    let note = QuarantinedRowNote(line: first.line, column: first.column, reason: first.reason)
    if options.onBadRow == .reject { throw .rowRejected(path: path, row: note) }
    if badCount * 2 > rowsRead {
      throw .mostlyBad(path: path, bad: badCount, rows: rowsRead, first: note)
    }
  }
}
