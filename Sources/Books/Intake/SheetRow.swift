import Kernels

/// A row of a sheet, read cell by cell.
struct SheetRow {
  private let sheet: BookSheet
  private let row: BookSheet.Row
  var table: BookTable { sheet.table }

  init(_ sheet: BookSheet, _ row: BookSheet.Row) {
    self.sheet = sheet
    self.row = row
  }

  /// Columns that are labels.
  var labels: [String] { sheet.columns.filter { $0.hasPrefix("label_") } }

  /// A cell; nil if it is empty, or there is no such column.
  func text(_ column: String) -> String? {
    guard let place = sheet.columns.firstIndex(of: column), place < row.cells.count,
      !row.cells[place].isEmpty
    else { return nil }
    return row.cells[place]
  }

  func bad(_ column: String, _ reason: String) -> BooksError {
    .badRow(file: sheet.file, line: row.line, column: column, reason: reason)
  }

  func missing(_ column: String) -> BooksError { bad(column, "it is missing") }

  /// An id, which has to be there.
  func id(_ column: String) throws(BooksError) -> String {
    guard let id = text(column) else { throw missing(column) }
    guard BookCheck.isID(id) else {
      throw bad(column, "'\(id.prefix(40))' is no id: up to 255 bytes without control characters")
    }
    return id
  }

  /// A currency in capitals.
  func currency(_ column: String) throws(BooksError) -> String? {
    guard let text = text(column) else { return nil }
    guard let code = CurrencyCode.reading(text) else {
      throw bad(column, CurrencyCode.refusal(text))
    }
    return code
  }

  /// The position of what a cell names.
  func reference(_ column: String, _ kind: String, _ places: [String: Int]) throws(BooksError)
    -> Int?
  {
    guard let id = text(column) else { return nil }
    if let place = places[id] { return place }
    // Near names among very many are slow to find, and of little use.
    let near = places.count > 5000 ? nil : nearestName(to: id, among: places.keys.sorted())
    throw bad(column, "there is no \(kind) '\(id.prefix(40))'." + didYouMean(near))
  }

  /// Limits, as far as there are cells for them.
  func profile(_ profile: inout Profile) throws(BooksError) {
    if let text = text("risk_level") {
      guard let level = Int(text), (1...10).contains(level) else {
        throw bad("risk_level", "'\(text.prefix(40))' is no whole number from 1 to 10")
      }
      profile.riskLevel = level
    }
    for (name, path) in Profile.numberColumns {
      guard let text = text(name) else { continue }
      guard let value = Self.number(text) else {
        throw bad(name, "'\(text.prefix(40))' is no number")
      }
      profile[keyPath: path] = value
    }
    for (name, path) in Profile.listColumns {
      guard let text = text(name) else { continue }
      profile[keyPath: path] = text.split(separator: ";").map { Self.trimmed($0) }
    }
    if let text = text("allows_short") {
      switch text.lowercased() {
      case "true", "yes", "1": profile.allowsShort = true
      case "false", "no", "0": profile.allowsShort = false
      default: throw bad("allows_short", "'\(text.prefix(40))' is neither true nor false")
      }
    }
    if let fault = profile.fault ?? profile.excess { throw bad(fault.limit, fault.reason) }
  }

  static func number(_ text: String) -> Double? {
    guard text.utf8.allSatisfy({ 48...57 ~= $0 || "+-.eE".utf8.contains($0) }),
      let value = Double(text), value.isFinite
    else { return nil }
    return value
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
