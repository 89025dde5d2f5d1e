import Arguments
import Market
import Storage

extension InspectCommand {
  private struct Symbol: Encodable {
    let symbol: String
    let name: String
    let sector: String
    let industry: String
    let exchange: String
    let currency: String
    let lot: Double?
    let tick: Double?

    init(_ entry: SymbolTable.Entry) {
      symbol = entry.symbol
      name = entry.name
      sector = entry.sector
      industry = entry.industry
      exchange = entry.exchange
      currency = entry.currency
      lot = entry.lot.isNaN ? nil : entry.lot
      tick = entry.tick.isNaN ? nil : entry.tick
    }
  }

  /// Lists the symbols: name, sector and industry, and what else is known of any.
  static func symbols(
    _ store: PriceStore, _ arguments: ParsedArguments, _ console: Console
  ) throws {
    let entries = store.symbols.entries
    if arguments.flag("json") {
      try console.print(try entries.map { Symbol($0) }.json())
      return
    }
    let always: [(String, KeyPath<SymbolTable.Entry, String>)] = [
      ("name", \.name), ("sector", \.sector), ("industry", \.industry),
    ]
    let known: [(String, KeyPath<SymbolTable.Entry, String>)] = [
      ("exchange", \.exchange), ("currency", \.currency),
    ].filter { column in entries.contains { !$0[keyPath: column.1].isEmpty } }
    let texts = always + known
    let numbers: [(String, KeyPath<SymbolTable.Entry, Double>)] = [
      ("lot", \.lot), ("tick", \.tick),
    ].filter { column in entries.contains { !$0[keyPath: column.1].isNaN } }
    var table = Table(
      [.text("symbol")] + texts.map { .text($0.0) } + numbers.map { .text($0.0) })
    for entry in entries {
      table.add(
        [.text(entry.symbol)] + texts.map { .text(entry[keyPath: $0.1]) }
          + numbers.map { .text(entry[keyPath: $0.1].isNaN ? "" : "\(entry[keyPath: $0.1])") })
    }
    try console.print(table)
  }

  private struct Action: Encodable {
    let date: String
    let symbol: String
    let kind: String
    let value: Double?
    let factor: Double?
    let becomes: String?

    init(_ action: NamedAction) {
      date = Timestamp.text(nanoseconds: action.timeNs)
      symbol = action.symbol
      kind = action.kind.rawValue
      value = action.kind == .rename ? nil : action.value
      factor = action.factor.isNaN ? nil : action.factor
      becomes = action.kind == .rename ? action.becomes : nil
    }
  }

  /// Lists the corporate actions in order of time.
  static func actions(
    _ store: PriceStore, _ arguments: ParsedArguments, _ console: Console
  ) throws {
    let actions = store.actions.named(by: store.symbols).map { Action($0) }
    if arguments.flag("json") {
      try console.print(try actions.json())
      return
    }
    var table = Table([
      .text("date"), .text("symbol"), .text("kind"), .text("value"), .text("factor"),
    ])
    for action in actions {
      table.add([
        .text(action.date), .text(action.symbol), .text(action.kind),
        .text(action.becomes ?? action.value.map { "\($0)" } ?? ""),
        .text(action.factor.map { "\($0)" } ?? ""),
      ])
    }
    try console.print(table)
    console.talk("\(actions.count) actions")
  }
}
