import Arguments
import Jobs
import Market
import Storage

/// What `apus inspect --gaps` prints.
enum GapsReport {
  static func print(_ store: PriceStore, _ arguments: ParsedArguments, _ console: Console) throws {
    let symbol = arguments.optionalString("symbol")
    let outcomes = try GapsJob.run(
      store, panel: arguments.optionalString("panel"), symbol: symbol)
    if arguments.flag("json") {
      try console.print(try outcomes.map(Panel.init).json())
      return
    }
    for (index, outcome) in outcomes.enumerated() {
      if index > 0 { try console.print("") }
      try show(outcome, isDetailed: symbol != nil, console)
    }
    let panels = Set(outcomes.map(\.panel.name))
    let kept = try store.quarantinedRows().count { panels.contains($0.panel) }
    if kept > 0 {
      console.talk(
        "\(kept) rows were kept out at the import, which leaves gaps: apus inspect \(store.path) --quarantine"
      )
    }
    if symbol == nil {
      console.talk("every gap of one: apus inspect \(store.path) --gaps --symbol X")
    }
  }

  // MARK: Text

  private static let rowLimit = 40
  private static let runLimit = 10
  private static let detailLimit = 1000

  private static func show(
    _ outcome: GapsJob.Outcome, isDetailed: Bool, _ console: Console
  ) throws {
    let (info, symbols) = (outcome.panel, outcome.gaps.symbols)
    let label = Frequency(ns: info.frequencyNs).label
    try console.print("panel        \(info.name), bars of \(label)")
    try console.print("calendar     \(info.calendar.name), zone \(info.calendar.timeZone)")
    let missing = symbols.reduce(0) { $0 + $1.missing }
    let holed = symbols.count { $0.missing > 0 }
    let extras = symbols.reduce(0) { $0 + $1.extras.count }
    let surplus = symbols.count { !$0.extras.isEmpty }
    try console.print("missing      \(missing) bars of \(holed) symbols, of \(symbols.count)")
    try console.print("out of place \(extras) bars of \(surplus) symbols")
    try console.print(
      "lifetimes    \(symbols.count { $0.startsLate }) start late, \(symbols.count { $0.endsEarly }) end early"
    )
    let noted = symbols.filter { $0.missing > 0 || !$0.extras.isEmpty || isDetailed }
      .sorted { ($1.missing + $1.extras.count) < ($0.missing + $0.extras.count) }
    if noted.isEmpty { return }
    try console.print("")
    try console.print(table(noted))
    if noted.count > rowLimit {
      try console.print("… \(noted.count - rowLimit) more; all with --json")
    }
    try runs(noted, label, isDetailed, console)
    if isDetailed { try extraBars(noted, console) }
  }

  private static func table(_ symbols: [PanelGaps.Symbol]) -> Table {
    let faults = PanelSlots.Fault.allCases.filter { fault in
      symbols.contains { $0.count(fault) > 0 }
    }
    var table = Table(
      [
        .text("symbol"), .text("from"), .text("to"), .number("bars", .count),
        .number("missing", .count), .number("empty sessions", .count),
        .number("longest gap", .count),
      ] + faults.map { .number($0.rawValue.split(separator: "_").joined(separator: " "), .count) })
    for symbol in symbols.prefix(rowLimit) {
      table.add(
        [
          .text(symbol.symbol),
          .text(symbol.range.map { Timestamp.text(nanoseconds: $0.lowerBound) } ?? ""),
          .text(symbol.range.map { Timestamp.text(nanoseconds: $0.upperBound) } ?? ""),
          .number(Double(symbol.bars)), .number(Double(symbol.missing)),
          .number(Double(symbol.emptySessions)),
          .number(Double(symbol.runs.map(\.bars).max() ?? 0)),
        ] + faults.map { .number(Double(symbol.count($0))) })
    }
    return table
  }

  private static func runs(
    _ symbols: [PanelGaps.Symbol], _ label: String, _ isDetailed: Bool, _ console: Console
  ) throws {
    var rows = symbols.flatMap { symbol in symbol.runs.map { (symbol.symbol, $0) } }
    if rows.isEmpty { return }
    if !isDetailed {
      // The longest first; equals in the order of symbols and times.
      rows = rows.enumerated().sorted {
        ($1.element.1.bars, $0.offset) < ($0.element.1.bars, $1.offset)
      }
      .map(\.element)
    }
    let limit = isDetailed ? detailLimit : runLimit
    try console.print("")
    var table = Table([
      .text("gap in"), .text("from"), .text("to"), .number("missing", .count),
    ])
    for (symbol, run) in rows.prefix(limit) {
      table.add([
        .text(symbol), .text(Timestamp.text(nanoseconds: run.from)),
        .text(Timestamp.text(nanoseconds: run.to)), .number(Double(run.bars)),
      ])
    }
    try console.print(table)
    if rows.count > limit {
      try console.print("… \(rows.count - limit) shorter ones; all with --json")
    }
  }

  private static func extraBars(_ symbols: [PanelGaps.Symbol], _ console: Console) throws {
    let rows = symbols.flatMap(\.extras)
    if rows.isEmpty { return }
    try console.print("")
    var table = Table([.text("out of place"), .text("why")])
    for extra in rows.prefix(detailLimit) {
      table.add([
        .text(Timestamp.text(nanoseconds: extra.time)),
        .text(extra.fault.rawValue.split(separator: "_").joined(separator: " ")),
      ])
    }
    try console.print(table)
    if rows.count > detailLimit {
      try console.print("… \(rows.count - detailLimit) more; all with --json")
    }
  }

  // MARK: JSON

  private struct Panel: Encodable {
    let panel: String
    let calendar: String
    let timeZone: String
    let frequency: String
    let symbols: [Symbol]

    init(_ outcome: GapsJob.Outcome) {
      panel = outcome.panel.name
      calendar = outcome.panel.calendar.name
      timeZone = outcome.panel.calendar.timeZone
      frequency = Frequency(ns: outcome.panel.frequencyNs).label
      symbols = outcome.gaps.symbols.map(Symbol.init)
    }
  }

  private struct Symbol: Encodable {
    let symbol: String
    let from: String?
    let to: String?
    let bars: Int
    let expected: Int
    let missing: Int
    let emptySessions: Int
    let startsLate: Bool
    let endsEarly: Bool
    let gaps: [Gap]
    let outOfPlace: [Extra]

    init(_ symbol: PanelGaps.Symbol) {
      self.symbol = symbol.symbol
      from = symbol.range.map { Timestamp.text(nanoseconds: $0.lowerBound) }
      to = symbol.range.map { Timestamp.text(nanoseconds: $0.upperBound) }
      bars = symbol.bars
      expected = symbol.expected
      missing = symbol.missing
      emptySessions = symbol.emptySessions
      startsLate = symbol.startsLate
      endsEarly = symbol.endsEarly
      gaps = symbol.runs.map {
        Gap(
          from: Timestamp.text(nanoseconds: $0.from), to: Timestamp.text(nanoseconds: $0.to),
          bars: $0.bars)
      }
      outOfPlace = symbol.extras.map {
        Extra(time: Timestamp.text(nanoseconds: $0.time), why: $0.fault.rawValue)
      }
    }
  }

  private struct Gap: Encodable {
    let from: String
    let to: String
    let bars: Int
  }

  private struct Extra: Encodable {
    let time: String
    let why: String
  }
}
