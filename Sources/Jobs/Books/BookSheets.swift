import Books
import FoundationEssentials
import Interchange
import Kernels
import Storage

/// The files of an import of a book, told apart and read.
struct BookSheets {
  /// All tables but transactions, in the order in which they depend on each other.
  private(set) var tables: [BookSheet] = []
  /// Transactions: files, or texts made of the objects of a JSON5 file.
  private(set) var transactions: [TransactionSource] = []

  struct TransactionSource {
    var path: String
    var content: [UInt8]?
    var lines: [Int] = []
  }

  /// Reads files and folders.
  ///
  /// - Parameter table: what all files are; nil: told by their names.
  init(_ paths: [String], as table: BookTable?) throws {
    for path in try paths.flatMap({ try Self.files(in: $0) }) {
      let ending = path.lowercased()
      if ending.hasSuffix(".json5") || ending.hasSuffix(".json") {
        try add(json: path)
        continue
      }
      guard let table = table ?? BookSheetReader.table(of: path) else {
        throw BookJobError.tableUnknown(path: path)
      }
      if table == .transactions {
        transactions.append(TransactionSource(path: path))
      } else {
        tables.append(try BookSheetReader.read(path, as: table))
      }
    }
    let order = BookTable.allCases
    // Stable: files of one table stay in their order.
    tables = order.flatMap { table in tables.filter { $0.table == table } }
  }

  /// A file itself; of a folder the files whose names tell a table, by name.
  private static func files(in path: String) throws -> [String] {
    var isFolder = false
    if path == "-" { return [path] }
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw ImportError.unreadable(path: path, reason: "there is no such file")
    }
    if !isFolder { return [path] }
    let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    let known = names.filter { name in
      BookSheetReader.table(of: name) != nil
        && [".csv", ".csv.gz", ".json5"].contains { name.lowercased().hasSuffix($0) }
    }
    guard !known.isEmpty else { throw BookJobError.folderEmpty(path: path) }
    return known.map { (path.hasSuffix("/") ? path : path + "/") + $0 }
  }

  // MARK: - JSON5

  private mutating func add(json path: String) throws {
    let text = try Self.text(of: path)
    let json: JSON5
    do throws(JSON5Error) { json = try JSON5.parse(text) } catch {
      throw BooksError.badRow(
        file: path, line: error.place.line, column: "column \(error.place.column)",
        reason: "found \(error.found), expected \(error.expected)")
    }
    guard case .object(let members) = json.value else {
      throw Self.bad(path, json, "the file", "an object with \(Self.names)")
    }
    for member in members {
      guard let table = BookTable(rawValue: member.key) else {
        throw Self.bad(path, member.value, member.key, "none such; known are \(Self.names)")
      }
      var rows: [JSON5]
      switch member.value.value {
      case .array(let list): rows = list
      case .object where table == .firm: rows = [member.value]
      default: throw Self.bad(path, member.value, member.key, "a list of objects")
      }
      let sheet = try Self.sheet(rows, table, path)
      rows = []
      if table == .transactions {
        transactions.append(
          TransactionSource(
            path: path, content: Self.csv(sheet), lines: sheet.rows.map(\.line)))
      } else {
        tables.append(sheet)
      }
    }
  }

  private static func csv(_ sheet: BookSheet) -> [UInt8] {
    var text = CSVText(columns: sheet.columns)
    for row in sheet.rows { text.addRow(row.cells) }
    return text.bytes
  }

  /// Many times what a firm of thousands takes; each character takes four bytes while it is read.
  private static let jsonLimit = 64 << 20

  private static func text(of path: String) throws -> String {
    let source = try ByteSources.open(path, options: ImportOptions())
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = try block.withUnsafeMutableBytes { try source.read(into: $0) }
      if count == 0 { break }
      bytes.append(contentsOf: block[..<count])
      guard bytes.count <= jsonLimit else {
        throw BooksError.badRow(
          file: path, line: 1, column: "the file",
          reason: "it has more than \(jsonLimit) bytes; give tables of that size as CSV")
      }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ImportError.notText(path: path, kind: "bytes that are no UTF-8")
    }
    return text
  }

  private static var names: String { BookTable.allCases.map(\.rawValue).joined(separator: ", ") }

  private static func bad(_ path: String, _ json: JSON5, _ column: String, _ expected: String)
    -> BooksError
  {
    .badRow(
      file: path, line: json.place.line, column: column,
      reason: "found \(json.kind), expected \(expected)")
  }

  private static func sheet(_ rows: [JSON5], _ table: BookTable, _ path: String) throws
    -> BookSheet
  {
    var columns: [String] = []
    var cells: [[(column: String, text: String)]] = []
    for row in rows {
      guard case .object(let members) = row.value else {
        throw bad(path, row, table.rawValue, "an object")
      }
      var found: [(column: String, text: String)] = []
      for member in members {
        try add(member, "", table, path, &found)
      }
      for cell in found {
        guard table.has(cell.column) else {
          throw BooksError.badRow(
            file: path, line: row.place.line, column: cell.column,
            reason: "\(table.rawValue) have no such key."
              + didYouMean(nearestName(to: cell.column, among: table.columns))
              + " Known: \(table.columns.joined(separator: ", "))")
        }
        if !columns.contains(cell.column) { columns.append(cell.column) }
      }
      cells.append(found)
    }
    if columns.isEmpty { columns = [table.columns[0]] }
    // Columns that every reader needs, so that a row without them is told from a file without them.
    for needed in table == .transactions ? ["time", "kind", "wallet"] : [table.columns[0]]
    where !columns.contains(needed) { columns.append(needed) }
    let places = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1, $0) })
    return BookSheet(
      file: path, table: table, columns: columns,
      rows: zip(rows, cells).map { row, found in
        var texts = [String](repeating: "", count: columns.count)
        for cell in found { if let place = places[cell.column] { texts[place] = cell.text } }
        return BookSheet.Row(line: row.place.line, cells: texts)
      })
  }

  /// A member as a cell; members of `profile` and `labels` are cells of their own.
  private static func add(
    _ member: JSON5.Member, _ prefix: String, _ table: BookTable, _ path: String,
    _ cells: inout [(column: String, text: String)]
  ) throws {
    let column = prefix + member.key
    // A portfolio and its profile: no limit may hide another.
    guard !cells.contains(where: { $0.column == column }) else {
      throw BooksError.badRow(
        file: path, line: member.value.place.line, column: column,
        reason: "it stands twice; take one of them out")
    }
    switch member.value.value {
    case .null: return
    case .bool(let value): cells.append((column, "\(value)"))
    case .number(let value): cells.append((column, value.shortestText))
    case .string(let text): cells.append((column, text))
    case .array(let list):
      let texts = try list.map { element in
        guard case .string(let text) = element.value else {
          throw bad(path, element, column, "a text")
        }
        return text
      }
      cells.append((column, texts.joined(separator: ";")))
    case .object(let members):
      guard table == .portfolios, prefix.isEmpty, ["profile", "labels"].contains(member.key) else {
        throw bad(path, member.value, column, "a text or a number")
      }
      for inner in members {
        try add(inner, member.key == "labels" ? "label_" : "", table, path, &cells)
      }
    }
  }
}
