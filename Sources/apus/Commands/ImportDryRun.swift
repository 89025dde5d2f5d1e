import Interchange
import Jobs
import Market

/// What `apus import --dry-run` tells: how the files were read, and what would be stored.
enum ImportDryRun {
  // Columns of a wide file are many and alike.
  private static let columnsShown = 24

  /// Tells it in words.
  static func report(_ outcome: ImportJob.Outcome, _ console: Console) throws {
    let files = outcome.summary.recognised
    for (index, file) in files.enumerated() {
      if let same = files[..<index].firstIndex(where: { isSame($0, file) }) {
        // One line for each form is enough of many files.
        if index == files.count - 1 || !isSame(files[index + 1], file) {
          try console.print("file         \(file.path), as \(files[same].path)")
        }
        continue
      }
      try report(file, console)
    }
    if !outcome.firstRows.isEmpty {
      try console.print("")
      try console.print(table(outcome).text(isColored: console.colorsOutput).dropLast().description)
      try console.print("")
    }
  }

  private static func isSame(_ left: RecognisedFile, _ right: RecognisedFile) -> Bool {
    var left = left
    left.path = right.path
    return left == right
  }

  private static func report(_ file: RecognisedFile, _ console: Console) throws {
    try console.print("file         \(file.path)")
    let isJSON = file.delimiter == "JSON"
    var form = isJSON ? ["JSON"] : [file.encoding, "\(file.delimiter) between columns"]
    if file.skippedLines > 0 {
      form.append("\(file.skippedLines) \(file.skippedLines == 1 ? "line" : "lines") passed over")
    }
    if !isJSON {
      form.append(file.hasHeader ? "header in line \(file.skippedLines + 1)" : "no header")
    }
    if let field = file.wideField { form.append("wide: a column a symbol, each its \(field)") }
    try console.print("form         \(form.joined(separator: ", "))")
    try console.print("times        \(file.times), zone \(file.timeZone), \(file.order)")
    if !file.numbers.isEmpty { try console.print("numbers      \(file.numbers)") }
    let names = file.columns.map { $0.name.isEmpty ? "(no name)" : $0.name }
    let width = min(24, names.map(\.count).max() ?? 0)
    for (index, column) in file.columns.prefix(columnsShown).enumerated() {
      let name = names[index] + String(repeating: " ", count: max(0, width - names[index].count))
      let meaning = column.meaning.map { "→ \($0)" } ?? "not imported: \(column.reason)"
      try console.print("\(index == 0 ? "columns     " : "            ") \(name)  \(meaning)")
    }
    if file.columns.count > columnsShown {
      try console.print("             … \(file.columns.count) columns in all")
    }
    for (index, note) in file.notes.enumerated() {
      try console.print("\(index == 0 ? "noticed     " : "            ") \(note)")
    }
  }

  private static func table(_ outcome: ImportJob.Outcome) -> Table {
    var table = Table(
      [.text("first rows"), .text("symbol")]
        + outcome.summary.fields.map { .number($0, .plain) })
    // Days alone are shown without a time.
    let areDays = outcome.firstRows.allSatisfy { Timestamp.split($0.timeNs).rest == 0 }
    for row in outcome.firstRows {
      let time = Timestamp.text(nanoseconds: row.timeNs, shortAtMidnight: areDays)
      table.add([.text(time), .text(row.symbol)] + row.values.map { .number($0) })
    }
    return table
  }

  /// The same as JSON.
  struct Report: Encodable {
    struct Column: Encodable {
      let name: String
      let meaning: String?
      let reason: String
    }
    struct File: Encodable {
      let path: String
      let encoding: String
      let delimiter: String
      let skippedLines: Int
      let hasHeader: Bool
      let wideField: String?
      let times: String
      let timeZone: String
      let order: String
      let numbers: String
      let columns: [Column]
      let notes: [String]

      init(_ file: RecognisedFile) {
        path = file.path
        encoding = file.encoding
        delimiter = file.delimiter
        skippedLines = file.skippedLines
        hasHeader = file.hasHeader
        wideField = file.wideField
        times = file.times
        timeZone = file.timeZone
        order = file.order
        numbers = file.numbers
        columns = file.columns.map { Column(name: $0.name, meaning: $0.meaning, reason: $0.reason) }
        notes = file.notes
      }
    }
    struct Row: Encodable {
      let time: String
      let symbol: String
      let values: [Double?]
    }
    struct BadRow: Encodable {
      let file: String
      let line: Int
      let column: String
      let text: String
      let reason: String
    }
    let files: [File]
    let firstRows: [Row]
    let firstQuarantined: [BadRow]

    init(_ outcome: ImportJob.Outcome) {
      files = outcome.summary.recognised.map { File($0) }
      firstRows = outcome.firstRows.map { row in
        Row(
          time: Timestamp.text(nanoseconds: row.timeNs), symbol: row.symbol,
          values: row.values.map { $0.isFinite ? $0 : nil })
      }
      firstQuarantined = outcome.quarantined.prefix(100).map {
        BadRow(file: $0.file, line: $0.line, column: $0.column, text: $0.text, reason: $0.reason)
      }
    }
  }
}
