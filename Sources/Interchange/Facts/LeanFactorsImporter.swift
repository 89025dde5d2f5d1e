import Market

/// Factor files of LEAN: what raw prices are multiplied by up to a date.
///
/// Two forms: LEAN's own, one symbol a file that names it, without header (`20140606,0.9304792,0.142857,645.57`), and
/// one table with a header that names a symbol column too. The last row of a symbol is open-ended (2050-12-31).
///
/// Where two neighbouring rows differ, something happened between them; the ex-date is the first trading day after
/// the date of the earlier one. The ratio of split factors is a split, its value the simple fraction that the rounded
/// ratio stands for. The ratio r of price factors is a dividend of (1 − r) · reference price, in shares of that day and
/// to four decimals, which is what the seven of the factors are good for. Both keep the file's own ratio as their
/// factor, so that views agree with LEAN to the last digit that it gives.
public enum LeanFactorsImporter: FactsImporter {
  /// The name by which a user asks for it.
  public static let name = "lean-factors"
  /// One line about the format, for help.
  public static let summary = "factor files of LEAN, as they are or joined with a symbol column"

  private static let columns = ["date", "price_factor", "split_factor", "reference_price"]

  private struct Row {
    var date: Int64
    var price: Double
    var split: Double
    var reference: Double
    var source: QuarantinedRow
  }

  /// Reads files one after another.
  public static func read(paths: [String], options: ImportOptions, days: ExchangeDays)
    throws(ImportError) -> FactsDraft
  {
    var draft = FactsDraft()
    for path in paths {
      let bad = draft.quarantined.count
      let (symbols, rows) = try rows(path, options, &draft)
      for symbol in symbols {
        try add(rows[symbol] ?? [], of: symbol, path, options, days, &draft)
      }
      try draft.check(
        path, rows: rows.values.reduce(0) { $0 + $1.count }, bad: draft.quarantined.count - bad)
    }
    return draft
  }

  /// The rows of a file by symbol, and the symbols in their order.
  private static func rows(_ path: String, _ options: ImportOptions, _ draft: inout FactsDraft)
    throws(ImportError) -> (symbols: [String], rows: [String: [Row]])
  {
    let table = try FactsTable(
      path, options: options,
      aliases: columns.map { ($0, [$0]) } + [("symbol", ["symbol", "ticker"])], headerless: columns)
    for column in columns.prefix(3) { try table.need(column) }
    let fixed = table.fixedSymbol(options)
    var symbols: [String] = []
    var rows: [String: [Row]] = [:]
    while try table.next() {
      draft.rowsRead += 1
      let symbol = fixed ?? table.text("symbol")
      let numbers = columns.dropFirst().map { FactsTable.number(table.text($0)) }
      var fault = table.fault
      if symbol.isEmpty { fault = fault ?? ("symbol", "the symbol is empty") }
      let date = ExchangeDays.parse(table.text("date"))
      if date == nil {
        fault =
          fault ?? ("date", "'\(table.text("date").prefix(40))' is not a date such as 20140606")
      }
      for (column, number) in zip(columns.dropFirst(), numbers.prefix(2))
      where !(number.map { $0 > 0 } ?? false) {
        fault =
          fault ?? (column, "'\(table.text(column).prefix(40))' is not a factor above zero")
      }
      if let fault {
        try draft.refuse(table.bad(fault.column, fault.reason), path: path, options)
        continue
      }
      if rows[symbol] == nil { symbols.append(symbol) }
      rows[symbol, default: []].append(
        Row(
          date: date ?? 0, price: numbers[0] ?? 1, split: numbers[1] ?? 1,
          reference: numbers[2] ?? 0, source: table.bad("price_factor", "")))
    }
    draft.notes.append("\(path): factors of \(symbols.count) symbols")
    return (symbols, rows)
  }

  private static func add(
    _ rows: [Row], of symbol: String, _ path: String, _ options: ImportOptions,
    _ days: ExchangeDays, _ draft: inout FactsDraft
  ) throws(ImportError) {
    func refuse(_ row: Row, _ column: String, _ reason: String) throws(ImportError) {
      var source = row.source
      (source.column, source.reason) = (column, reason)
      try draft.refuse(source, path: path, options)
    }
    let sorted = rows.enumerated().sorted {
      ($0.element.date, $0.offset) < ($1.element.date, $1.offset)
    }
    .map(\.element)
    var kept: [Row] = []
    for row in sorted {
      if kept.last?.date == row.date {
        try refuse(
          row, "date", "\(symbol) has two rows for \(Timestamp.text(nanoseconds: row.date))")
      } else {
        kept.append(row)
      }
    }
    for (row, next) in zip(kept, kept.dropFirst()) {
      let time = days.next(after: row.date)
      if row.split != next.split {
        let factor = row.split / next.split
        draft.actions.append(
          NamedAction(
            symbol: symbol, timeNs: time, kind: .split, value: SplitRatio.simple(1 / factor),
            factor: factor))
      }
      guard row.price != next.price else { continue }
      let factor = row.price / next.price
      guard factor < 1 else {
        try refuse(row, "price_factor", "it falls in the next row, as after a dividend below zero")
        continue
      }
      guard row.reference > 0 else {
        try refuse(
          row, "reference_price", "without the price of the day no amount follows from the factor")
        continue
      }
      let cash = row.reference * (1 - factor)
      // Cheap shares pay less than a ten-thousandth.
      let digits = row.reference < 10 ? 1e6 : 1e4
      draft.actions.append(
        NamedAction(
          symbol: symbol, timeNs: time, kind: .dividend,
          value: (cash * digits).rounded() / digits, factor: factor))
    }
  }
}
