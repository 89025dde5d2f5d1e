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
    var text =
      part.isFirst
      ? CSVText(
        columns: ["lane", "symbol"] + table.labels.map(\.name) + table.parameters.map(\.name)
          + ["status", "reason"] + table.metrics.map(\.name))
      : CSVText()
    for (count, row) in rows.enumerated() {
      text.add(table.lanes[row])
      text.add(table.symbol(at: row))
      for label in table.labels { text.add(label.text(at: row)) }
      for column in table.parameters { text.add(column.values[row]) }
      text.add(table.status[row].rawValue)
      text.add(table.reason[row])
      for column in table.metrics { text.add(column.values[row]) }
      text.endRow()
      if count % exportBatch == exportBatch - 1 {
        try write(String(decoding: text.take(), as: UTF8.self))
      }
    }
    try write(String(decoding: text.take(), as: UTF8.self))
  }
}
