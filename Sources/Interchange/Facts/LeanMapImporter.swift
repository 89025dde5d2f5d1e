import Glibc
import Market

/// Map files of LEAN: the tickers of a symbol over time.
///
/// Two forms: LEAN's own, one symbol a file that names it, without header (`20140402,goog,q`), and one table with a
/// header (`symbol,valid_until,ticker,exchange_code`). The first row of a symbol has its first day, each row after it
/// the last day of a ticker; 2050-12-31 is no end.
public enum LeanMapImporter: FactsImporter {
  /// The name by which a user asks for it.
  public static let name = "lean-map"
  /// One line about the format, for help.
  public static let summary = "map files of LEAN: the tickers of a symbol over time"

  private static let columns = ["valid_until", "ticker", "exchange_code"]
  // The letters of the consolidated tape.
  private static let exchanges = [
    "Q": "XNAS", "N": "XNYS", "P": "ARCX", "A": "XASE", "Z": "BATS",
  ]

  /// Reads files one after another.
  public static func read(paths: [String], options: ImportOptions, days: ExchangeDays)
    throws(ImportError) -> FactsDraft
  {
    var draft = FactsDraft()
    var map = TickerMap()
    for path in paths {
      for file in try files(path) { try read(file, options, &draft, &map) }
    }
    draft.tickers = map
    return draft
  }

  /// Reads a map for the import of prices.
  public static func map(_ path: String) throws(ImportError) -> TickerMap {
    var options = ImportOptions()
    // A row less makes another history.
    options.onBadRow = .reject
    return try read(paths: [path], options: options, days: .none).tickers ?? TickerMap()
  }

  /// The CSV files of a folder by name, or the file itself.
  private static func files(_ path: String) throws(ImportError) -> [String] {
    guard path != "-", let folder = opendir(path) else { return [path] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasSuffix(".csv") || name.hasSuffix(".csv.gz") { names.append("\(path)/\(name)") }
    }
    guard !names.isEmpty else {
      throw .unreadable(path: path, reason: "the folder has no .csv files")
    }
    return names.sorted()
  }

  private struct Row {
    var day: Int64
    var ticker: String
    var exchange: String
    var line: Int
  }

  private static func read(
    _ path: String, _ options: ImportOptions, _ draft: inout FactsDraft, _ map: inout TickerMap
  ) throws(ImportError) {
    let table = try FactsTable(
      path, options: options,
      aliases: [
        ("valid_until", ["valid_until", "date", "until"]), ("ticker", ["ticker"]),
        ("exchange_code", ["exchange_code", "exchange"]), ("symbol", ["symbol"]),
      ], headerless: columns)
    for column in columns.prefix(2) { try table.need(column) }
    let fixed = table.fixedSymbol(options)
    var symbols: [String] = []
    var rows: [String: [Row]] = [:]
    let bad = draft.quarantined.count
    while try table.next() {
      draft.rowsRead += 1
      let symbol = fixed ?? table.text("symbol")
      // LEAN writes tickers in small letters in its own files.
      let ticker = fixed == nil ? table.text("ticker") : table.text("ticker").uppercased()
      let day = ExchangeDays.parse(table.text("valid_until"))
      var fault = table.fault
      if day == nil {
        fault =
          fault
          ?? ("valid_until", "'\(table.text("valid_until").prefix(40))' is not a date")
      }
      if symbol.isEmpty || ticker.isEmpty {
        fault = fault ?? (symbol.isEmpty ? "symbol" : "ticker", "it is empty")
      }
      if let fault {
        try draft.refuse(table.bad(fault.column, fault.reason), path: path, options)
        continue
      }
      if rows[symbol] == nil { symbols.append(symbol) }
      rows[symbol, default: []].append(
        Row(
          day: day ?? 0, ticker: ticker, exchange: table.text("exchange_code"), line: table.line))
    }
    try draft.check(path, rows: table.rows, bad: draft.quarantined.count - bad)
    for symbol in symbols {
      let rows = (rows[symbol] ?? []).sorted { ($0.day, $0.line) < ($1.day, $1.line) }
      let history = history(symbol, rows)
      if let (ticker, other) = map.add(history) {
        throw .badSymbolRow(
          path: path, line: rows[0].line, column: "ticker",
          reason: "\(symbol) and \(other) both have the ticker \(ticker) on some day")
      }
      let code = rows.last?.exchange.uppercased() ?? ""
      draft.symbols.append(.init(symbol: symbol, exchange: exchanges[code] ?? code))
    }
    draft.notes.append("\(path): tickers of \(symbols.count) symbols")
  }

  private static func history(_ symbol: String, _ rows: [Row]) -> TickerMap.History {
    var spans: [TickerMap.Span] = []
    // A symbol of one row had its ticker always.
    var first = rows.count > 1 ? rows[0].day : Int64.min
    for row in rows.dropFirst(rows.count > 1 ? 1 : 0) where row.day >= first {
      // Two rows of one ticker are one span.
      if let last = spans.last, last.ticker == row.ticker {
        spans[spans.count - 1].days = last.days.lowerBound...row.day
      } else {
        spans.append(.init(ticker: row.ticker, days: first...row.day))
      }
      first = row.day + Calendar.dayNs
    }
    let end = rows.last?.day ?? 0
    return TickerMap.History(symbol: symbol, spans: spans, isEnded: end < openEnd)
  }

  /// 2050-12-31, which LEAN writes for no end.
  private static let openEnd: Int64 = 29_584 * Calendar.dayNs
}
