import Storage

/// A JSON list with an object for each lane; an undefined number is null.
public enum JSONExporter: Exporter {
  /// What a user asks for.
  public static let name = "json"
  /// One line for help.
  public static let summary = "a list with an object a lane; undefined numbers are null"

  /// Writes a JSON list, part by part.
  public static func export(
    _ table: ResultTable, rows: [Int], part: ExportPart, write: (String) throws -> Void
  ) throws {
    let columns = table.parameters + table.metrics
    let keys = columns.map { quoted($0.name) }
    var text = part.isFirst ? "[" : ""
    for (count, row) in rows.enumerated() {
      text += count == 0 && part.isFirst ? "\n" : ",\n"
      text += "{\"lane\":\(table.lanes[row]),\"symbol\":\(quoted(table.symbol(at: row)))"
      for label in table.labels {
        text += ",\(quoted(label.name)):\(quoted(label.text(at: row)))"
      }
      text +=
        ",\"status\":\"\(table.status[row].rawValue)\",\"reason\":\(quoted(table.reason[row]))"
      for (key, column) in zip(keys, columns) { text += ",\(key):\(number(column.values[row]))" }
      text += "}"
      if count % exportBatch == exportBatch - 1 {
        try write(text)
        text = ""
      }
    }
    try write(part.isLast ? text + "\n]\n" : text)
  }

  private static func number(_ value: Double) -> String {
    guard value.isFinite else { return "null" }
    return shortest(value)
  }

  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20:
        let hex = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
