import Arguments
import Market
import Storage

extension InspectCommand {
  private struct Panel: Encodable {
    let name: String
    let calendar: String
    let timeZone: String
    let frequencyNs: Int64
    let bars: Int
    let symbols: Int
    let from: String
    let to: String
    let fields: [String]
    let missing: [String: Int]
    let adjusted: String
    let contentSha256: String

    init(_ info: PanelInfo, _ store: PriceStore) throws(StorageError) {
      name = info.name
      calendar = info.calendar.name
      timeZone = info.calendar.timeZone
      frequencyNs = info.frequencyNs
      bars = info.barCount
      symbols = info.symbols.count
      from = info.range.map { Timestamp.text(nanoseconds: $0.lowerBound) } ?? ""
      to = info.range.map { Timestamp.text(nanoseconds: $0.upperBound) } ?? ""
      fields = info.fields
      missing = Dictionary(
        uniqueKeysWithValues: try store.missingCounts(info.name).map { ($0.field, $0.count) })
      adjusted = info.adjusted.rawValue
      contentSha256 = info.contentHash
    }
  }

  private struct Store: Encodable {
    let store: String
    let createdUtc: String
    let contentSha256: String
    let quarantined: Int
    let actions: Int
    let panels: [Panel]
  }

  static func panels(
    _ store: PriceStore, _ arguments: ParsedArguments, _ console: Console
  ) throws {
    var panels: [Panel] = []
    for info in store.panels { panels.append(try Panel(info, store)) }
    if arguments.flag("json") {
      let report = Store(
        store: store.path, createdUtc: store.createdUTC, contentSha256: store.contentHash,
        quarantined: store.quarantineCount, actions: store.actions.count, panels: panels)
      try console.print(try report.json())
      return
    }
    try console.print("store        \(store.path), made \(store.createdUTC)")
    try console.print("content      sha256 \(store.contentHash)")
    try console.print("quarantined  \(store.quarantineCount) rows")
    if !store.actions.isEmpty { try console.print("actions      \(store.actions.count)") }
    for panel in panels {
      try console.print("")
      try console.print("panel        \(panel.name)")
      try console.print("calendar     \(panel.calendar), zone \(panel.timeZone)")
      try console.print("bars         \(panel.bars), \(panel.from) to \(panel.to)")
      try console.print("symbols      \(panel.symbols)")
      if panel.adjusted != "none" {
        try console.print("adjusted     \(panel.adjusted), before the import")
      }
      let cells = Double(panel.bars) * Double(panel.symbols)
      var table = Table([
        .text("field"), .number("missing", .count), .number("of all", .fraction),
      ])
      for field in panel.fields {
        let missing = Double(panel.missing[field] ?? 0)
        table.add([.text(field), .number(missing), .number(missing / cells)])
      }
      try console.print(table)
    }
    if store.quarantineCount > 0 {
      console.talk("the rows that were kept out: apus inspect \(store.path) --quarantine")
    }
  }

  private struct Row: Encodable {
    let panel: String
    let file: String
    let line: Int
    let column: String
    let reason: String
    let text: String
  }

  static func quarantine(
    _ store: PriceStore, _ arguments: ParsedArguments, _ console: Console
  ) throws {
    let rows = try store.quarantinedRows()
    if arguments.flag("json") {
      let list = rows.map {
        Row(
          panel: $0.panel, file: $0.row.file, line: $0.row.line, column: $0.row.column,
          reason: $0.row.reason, text: $0.row.text)
      }
      try console.print(try list.json())
      return
    }
    for (panel, row) in rows {
      try console.print("\(row.place): \(row.column): \(row.reason)  [\(panel)]")
      try console.print("    \(row.text)")
    }
    console.talk("\(rows.count) rows were kept out")
  }

  private struct RevisionRow: Encodable {
    let panel: String
    let symbol: String
    let time: String
    let field: String
    let old: Double
    let new: Double
    let file: String
    let revisedUtc: String

    init(_ row: Revision) {
      panel = row.panel
      symbol = row.value.symbol
      time = Timestamp.text(nanoseconds: row.value.timeNs)
      field = row.value.field
      old = row.value.old
      new = row.value.new
      file = row.file
      revisedUtc = row.revisedUTC
    }
  }

  static func revisions(
    _ store: PriceStore, _ arguments: ParsedArguments, _ console: Console
  ) throws {
    let rows = try store.revisions()
    if arguments.flag("json") {
      try console.print(try rows.map { RevisionRow($0) }.json())
      return
    }
    for row in rows {
      try console.print("\(row.value), from \(row.file), \(row.revisedUTC)  [\(row.panel)]")
    }
    console.talk("\(rows.count) values were replaced")
  }
}
