import Storage

/// Comma-separated values by RFC 4180: a header line, then a line a lane; an undefined number is an empty cell.
public enum CSVExporter: Exporter {
  /// What a user asks for.
  public static let name = "csv"
  /// One line for help.
  public static let summary = "one line a lane, header first; undefined numbers are empty"

  /// Writes comma-separated values, part by part.
  public static func export(
    _ table: ResultTable, rows: [Int], part: ExportPart, write: (String) throws -> Void
  ) throws {
    let names =
      ["lane", "symbol"] + table.labels.map(\.name) + table.parameters.map(\.name)
      + ["status", "reason"] + table.metrics.map(\.name)
    var text = part.isFirst ? names.map(cell).joined(separator: ",") + "\n" : ""
    for (count, row) in rows.enumerated() {
      var cells = ["\(table.lanes[row])", cell(table.symbol(at: row))]
      cells += table.labels.map { cell($0.text(at: row)) }
      cells += table.parameters.map { number($0.values[row]) }
      cells += [table.status[row].rawValue, cell(table.reason[row])]
      cells += table.metrics.map { number($0.values[row]) }
      text += cells.joined(separator: ",") + "\n"
      if count % exportBatch == exportBatch - 1 {
        try write(text)
        text = ""
      }
    }
    try write(text)
  }

  static func cell(_ text: String) -> String {
    // By scalar: a comma before a combining mark is no Character of its own, and still a comma.
    let scalars = text.unicodeScalars
    guard scalars.contains(where: { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" }) else {
      return text
    }
    var quoted = "\""
    for scalar in scalars {
      if scalar == "\"" { quoted += "\"" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }

  static func number(_ value: Double) -> String {
    value.isNaN ? "" : shortest(value)
  }
}
