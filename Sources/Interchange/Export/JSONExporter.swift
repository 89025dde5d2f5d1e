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
    let keys = columns.map { JSONText.quoted($0.name) }
    var text = part.isFirst ? "[" : ""
    for (count, row) in rows.enumerated() {
      text += count == 0 && part.isFirst ? "\n" : ",\n"
      text += "{\"lane\":\(table.lanes[row]),\"symbol\":\(JSONText.quoted(table.symbol(at: row)))"
      for label in table.labels {
        text += ",\(JSONText.quoted(label.name)):\(JSONText.quoted(label.text(at: row)))"
      }
      text += ",\"status\":\"\(table.status[row].rawValue)\""
      text += ",\"reason\":\(JSONText.quoted(table.reason[row]))"
      for (key, column) in zip(keys, columns) {
        text += ",\(key):\(JSONText.number(column.values[row]))"
      }
      text += "}"
      if count % exportBatch == exportBatch - 1 {
        try write(text)
        text = ""
      }
    }
    try write(part.isLast ? text + "\n]\n" : text)
  }
}
