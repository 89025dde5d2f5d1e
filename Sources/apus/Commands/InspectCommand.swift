import Arguments
import Jobs
import Market
import Storage

/// `apus inspect`: what is in a store, a result or a book.
enum InspectCommand: Command {
  static let spec = CommandSpec(
    "inspect", group: "Data",
    summary: "Tell what is in a store, a result or a book",
    examples: [
      Example("apus inspect sp500.h5", "Panels, symbols, ranges and missing values."),
      Example("apus inspect sp500.h5 --quarantine", "The rows that were kept out, and why."),
      Example(
        "apus inspect sp500.h5 --gaps --symbol ORCL", "Its missing and surplus bars, one by one."),
    ],
    positionals: [PositionalSpec("FILE", help: "A store, a result or a book.", completion: .files)],
    options: [
      .flag("quarantine", help: "List the rows that were kept out of the panels."),
      .flag("symbols", help: "List the symbols with what is known of them."),
      .flag("revisions", help: "List the values that appends replaced."),
      .flag("actions", help: "List splits, dividends, renames and delistings."),
      .flag("gaps", help: "Hold bars against the calendar: what is missing, what is too much."),
      .value("panel", "NAME", help: "With --gaps: this panel only."),
      .value("symbol", "X", help: "With --gaps: this symbol only, with every gap."),
      .flag(
        "verify",
        help: "Hold shapes, axes, lifetimes and content against each other and the stored hashes."),
    ],
    common: [CommonOptions.json, CommonOptions.quiet])

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    let path = arguments.positional("FILE")
    let store: PriceStore
    do throws(StorageError) {
      store = try PriceStore.open(path)
    } catch {
      guard case .wrongFormat(_, _, let found) = error else { throw error }
      if found.contains("'book'") {
        try refuse(
          ["quarantine", "symbols", "actions", "revisions", "gaps"], arguments,
          "is for stores, and \(path) is a book")
        try BookInspectCommand.whole(try BookStore.open(path), path, arguments, console)
        return .done
      }
      guard found.contains("'result'") else {
        throw StorageError.wrongFormat(path: path, expected: "store, result or book", found: found)
      }
      try refuse(
        ["quarantine", "symbols", "actions", "revisions", "gaps", "verify"], arguments,
        "is for stores, and \(path) is a result")
      try result(try ResultFile(path), arguments, console)
      return .done
    }
    if arguments.flag("quarantine") {
      try refuse(
        ["symbols", "actions", "revisions", "gaps"], arguments, "can't be joined with --quarantine")
    }
    if arguments.flag("symbols") {
      try refuse(["actions", "revisions", "gaps"], arguments, "can't be joined with --symbols")
    }
    if arguments.flag("actions") {
      try refuse(["revisions", "gaps"], arguments, "can't be joined with --actions")
    }
    if arguments.flag("revisions") {
      try refuse(["gaps"], arguments, "can't be joined with --revisions")
    }
    for name in ["panel", "symbol"] where arguments.isGiven(name) && !arguments.flag("gaps") {
      throw ArgumentsError.badValue(
        name: "--\(name)", value: arguments.string(name),
        reason: .other("is for --gaps", next: "add --gaps, or leave it out"))
    }
    if arguments.flag("verify") {
      let notes = try store.verify()
      for note in notes { console.talk("not checked: \(note)") }
      console.talk(
        notes.isEmpty
          ? "the content is what its hashes say" : "complete it: apus store migrate \(path)")
    }
    if arguments.flag("quarantine") {
      try quarantine(store, arguments, console)
    } else if arguments.flag("revisions") {
      try revisions(store, arguments, console)
    } else if arguments.flag("gaps") {
      try GapsReport.print(store, arguments, console)
    } else if arguments.flag("symbols") {
      try symbols(store, arguments, console)
    } else if arguments.flag("actions") {
      try actions(store, arguments, console)
    } else {
      try panels(store, arguments, console)
    }
    return .done
  }

  private static func refuse(
    _ flags: [String], _ arguments: ParsedArguments, _ reason: String
  ) throws(ArgumentsError) {
    for name in flags where arguments.flag(name) {
      throw .badValue(
        name: "--\(name)", value: "", reason: .other(reason, next: "leave it out"))
    }
  }

  // MARK: - Stores

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

  private static func panels(
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

  private static func quarantine(
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

  private static func revisions(
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
  // MARK: - Results

  private struct Result: Encodable {
    let result: String
    let panel: String
    let store: String
    let engineVersion: String
    let startedUtc: String
    let seconds: Double
    let lanesOk: Int64
    let lanesFailed: Int64
    let fill: String
    let adjust: String
    let route: String
    let from: String
    let to: String
    let parameters: [String]
    let metrics: [String]
    let rankedBy: String
    let rows: Int
    let traces: Int
    let sections: [String: String]
  }

  private static func result(
    _ file: ResultFile, _ arguments: ParsedArguments, _ console: Console
  ) throws {
    let (path, attributes) = (file.path, file.attributes)
    let report = Result(
      result: path, panel: attributes.panel, store: attributes.store,
      engineVersion: attributes.engineVersion, startedUtc: attributes.startedUTC,
      seconds: attributes.seconds, lanesOk: attributes.lanesOK,
      lanesFailed: attributes.lanesFailed, fill: attributes.fill, adjust: attributes.adjust,
      route: attributes.route, from: attributes.from,
      to: attributes.to, parameters: file.parameters.map(\.name),
      metrics: file.metrics.map(\.name), rankedBy: file.leaderboardBy, rows: file.rowCount,
      traces: file.traceCount,
      sections: Dictionary(
        file.groups.map { ($0.name, $0.title) }, uniquingKeysWith: { first, _ in first }))
    if arguments.flag("json") {
      try console.print(try report.json())
      return
    }
    try console.print("result       \(path), by apus \(report.engineVersion), \(report.startedUtc)")
    try console.print("panel        \(report.panel) of \(report.store)")
    try console.print("bars         \(attributes.bars), \(report.from) to \(report.to)")
    try console.print("lanes        \(report.lanesOk) ok, \(report.lanesFailed) failed")
    if Int64(report.rows) != report.lanesOk + report.lanesFailed {
      try console.print("rows         \(report.rows), the best")
    }
    try console.print("fill         \(report.fill)")
    if !report.adjust.isEmpty { try console.print("adjusted by  \(report.adjust)") }
    if !report.route.isEmpty { try console.print("route        \(report.route)") }
    try console.print("parameters   \(report.parameters.joined(separator: ", "))")
    try console.print("metrics      \(report.metrics.joined(separator: ", "))")
    try console.print("ranked by    \(report.rankedBy)")
    try console.print("traces       \(report.traces)")
    for (index, group) in file.groups.enumerated() {
      let head = index == 0 ? "sections     " : String(repeating: " ", count: 13)
      try console.print(head + group.name + (group.title.isEmpty ? "" : ": \(group.title)"))
    }
    console.talk("its best rows: apus rank \(path)")
  }
}
