/// The good rows of one file, as columns, and what was wrong with the others.
struct FileTable: Sendable {
  /// A row that breaks a rule.
  struct BadRow: Sendable {
    var rule: ImportRule
    var line: Int
    /// Position of the column, which orders bad cells of one line.
    var columnIndex: Int
    var column: String
    var text: String
    var reason: String
  }

  /// A good row that has to go after all.
  struct LateRow {
    var block: Int
    var row: Int
    var rule: ImportRule
    var columnIndex: Int
    /// Why; nil to say it by the cell.
    var reason: String?
  }

  /// Bad rows that are kept with their text; further ones are counted only.
  static let badRowsKept = 100_000

  let source: TableSource
  var dialect: Dialect
  /// Rows in the order of the file, in blocks; values of a block stand in the order of `slots`.
  var blocks: [RowBlock] = []
  /// Names of the fields.
  var fields: [String] = []
  /// Where the values of each field stand in a block.
  var slots: [Int] = []
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

  var path: String { source.path }
  /// Number of good rows.
  var rowCount: Int { blocks.reduce(0) { $0 + $1.count } }
  /// Number of bad rows.
  var badCount: Int { badCounts.values.reduce(0, +) }

  /// Takes good rows out and puts them to the bad ones; their text is read anew.
  ///
  /// - Parameter late: rows in order, each once.
  mutating func remove(_ late: [LateRow]) {
    if late.isEmpty { return }
    let kept = late.prefix(Self.badRowsKept)
    let lines = kept.map { blocks[$0.block].line($0.row) }
    let columns = kept.map { $0.reason == nil ? $0.columnIndex : -1 }
    let found = FileRows.read(
      source, dialect, lines: Dictionary(zip(lines, columns), uniquingKeysWith: max))
    for (entry, line) in zip(kept, lines) {
      let row = found[line]
      badRows.append(
        BadRow(
          rule: entry.rule, line: line, columnIndex: entry.columnIndex,
          column: dialect.header[entry.columnIndex], text: row?.text ?? "",
          reason: entry.reason ?? row?.reason(entry.rule) ?? "the cell is not a number"))
    }
    var dropped: [Int: [Bool]] = [:]
    for entry in late {
      badCounts[entry.rule, default: 0] += 1
      dropped[entry.block, default: [Bool](repeating: false, count: blocks[entry.block].count)][
        entry.row] = true
    }
    for (block, flags) in dropped { blocks[block].remove(flags) }
    badRows.sort { ($0.line, $0.columnIndex) < ($1.line, $1.columnIndex) }
    badRows.removeLast(max(0, badRows.count - Self.badRowsKept))
  }

  /// Refuses the file if the options or common sense ask for it.
  func check(_ options: ImportOptions) throws(ImportError) {
    guard let first = badRows.first else { return }
    let note = QuarantinedRowNote(line: first.line, column: first.column, reason: first.reason)
    if options.onBadRow == .reject { throw .rowRejected(path: path, row: note) }
    if badCount * 2 > rowsRead {
      throw .mostlyBad(path: path, bad: badCount, rows: rowsRead, first: note)
    }
  }
}

/// Rows of a file that are looked at again.
enum FileRows {
  /// A row as it stands in the file, and the front of one of its cells.
  struct Row {
    var text: String
    var cell: [UInt8]?

    func reason(_ rule: ImportRule) -> String? {
      cell?.withUnsafeBufferPointer { BadCell.reason(rule, $0) }
    }
  }

  /// Reads rows again for their text, which was not kept.
  ///
  /// - Parameter lines: the column of the cell that is wanted, by line; -1 for none.
  static func read(_ source: TableSource, _ dialect: Dialect, lines: [Int: Int]) -> [Int: Row] {
    guard let opened = try? source.open(dialect.encoding) else { return [:] }
    let records = RecordScanner(delimiter: dialect.delimiter, comment: dialect.comment)
    var reader = RecordReader(opened, path: source.path, records: records)
    var rows: [Int: Row] = [:]
    // A file that changed meanwhile costs the text of a message, nothing else.
    guard (try? reader.skipLines(dialect.skippedLines)) != nil else { return [:] }
    while rows.count < lines.count, (try? reader.next()) == true {
      guard let column = lines[reader.line] else { continue }
      let isThere = column >= 0 && column < reader.count
      rows[reader.line] = Row(
        text: reader.recordText, cell: isThere ? Array(reader[column].prefix(200)) : nil)
    }
    return rows
  }
}
