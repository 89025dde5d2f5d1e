import Books
import Kernels

/// Reads the tables of a book from CSV, plain or gzip.
public enum BookSheetReader {
  /// Which table a file is, by its name: `portfolios.csv`, `transactions-2024.csv.gz`; nil if it is none.
  public static func table(of path: String) -> BookTable? {
    let name = (path.split(separator: "/").last ?? "").lowercased()
    let stem = name.prefix { $0 != "." }
    return BookTable.allCases.first { table in
      stem == table.rawValue
        || stem.hasPrefix(table.rawValue + "-") || stem.hasPrefix(table.rawValue + "_")
    }
  }

  /// Reads a table of names and limits as texts.
  ///
  /// - Throws: `ImportError` for a file that is no table, `BooksError.badRow` for a row.
  public static func read(_ path: String, as table: BookTable) throws -> BookSheet {
    var reader = RecordReader(try ByteSources.open(path, options: ImportOptions()), path: path)
    let columns = try header(&reader, table, path)
    var sheet = BookSheet(file: path, table: table, columns: columns, rows: [])
    while try reader.next() {
      try check(reader, columns, path)
      var cells: [String] = []
      cells.reserveCapacity(columns.count)
      for place in columns.indices {
        guard let text = reader.validText(place) else {
          throw BooksError.badRow(
            file: path, line: reader.line, column: columns[place], reason: "it is not UTF-8")
        }
        cells.append(text.trimmingSpaces)
      }
      sheet.rows.append(BookSheet.Row(line: reader.line, cells: cells))
    }
    return sheet
  }

  /// The columns of the first record, by their canonical names.
  static func header(_ reader: inout RecordReader, _ table: BookTable, _ path: String) throws
    -> [String]
  {
    guard try reader.next() else {
      throw BooksError.badRow(
        file: path, line: 1, column: "the file",
        reason: "it is empty; it starts with a line of column names, such as "
          + table.columns.prefix(4).joined(separator: ","))
    }
    var columns: [String] = []
    for place in 0..<reader.count {
      guard let name = reader.validText(place) else { throw ImportError.headerNotUTF8(path: path) }
      let column = ColumnName.canonical(name)
      guard table.has(column) else {
        throw unknown(name, column, of: reader.count, at: place, table, path, line: reader.line)
      }
      guard !columns.contains(column) else {
        throw BooksError.badRow(
          file: path, line: reader.line, column: name,
          reason: "the column stands twice; take one of them out")
      }
      columns.append(column)
    }
    let needed = table == .instruments ? "symbol" : table == .transactions ? "time" : "id"
    guard columns.contains(needed) else {
      throw missing(needed, columns, path, line: reader.line)
    }
    return columns
  }

  private static func unknown(
    _ name: String, _ column: String, of count: Int, at place: Int, _ table: BookTable,
    _ path: String, line: Int
  ) -> BooksError {
    func bad(_ column: String, _ reason: String) -> BooksError {
      .badRow(file: path, line: line, column: column, reason: reason)
    }
    if count == 1, name.contains(where: { ";\t|".contains($0) }) {
      return bad("the header", "columns of books are divided by commas, and it has none")
    }
    let near =
      BookWords.columns[column.filter { $0 != "_" }].flatMap { table.has($0) ? $0 : nil }
      ?? nearestName(to: column, among: table.columns)
    return bad(
      name.isEmpty ? "column \(place + 1)" : String(name.prefix(60)),
      "\(table.rawValue) have no such column (known: \(table.columns.joined(separator: ", ")))."
        + didYouMean(near))
  }

  /// A table without a column that it needs.
  static func missing(_ column: String, _ columns: [String], _ path: String, line: Int)
    -> BooksError
  {
    .badRow(
      file: path, line: line, column: column,
      reason: "there is no such column, and it is needed; there are "
        + columns.joined(separator: ", "))
  }

  /// Refuses a record that is no row.
  static func check(_ reader: borrowing RecordReader, _ columns: [String], _ path: String)
    throws(BooksError)
  {
    let reason =
      reader.quotesBroken
      ? "text follows a closing quote"
      : reader.count == columns.count
        ? nil : "\(reader.count) fields, where the header has \(columns.count)"
    if let reason {
      throw .badRow(file: path, line: reader.line, column: columns[0], reason: reason)
    }
  }
}
