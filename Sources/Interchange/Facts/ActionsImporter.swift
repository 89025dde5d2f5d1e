import Market

/// Splits, dividends, renames and delistings from CSV.
///
/// A row has an ex-date, a symbol and either a kind (`split`, `dividend`, `rename`, `delist`) with its value, or columns
/// for splits and dividends side by side, empty or 0 where nothing happened. Dates are ISO 8601 or `YYYYMMDD`; what
/// stands behind a date is passed over, as an ex-date is a day.
///
/// Dividends are cash for each share of that day, unless the file is Yahoo's (it has a column `Stock Splits`), which
/// gives them in today's shares: these are turned back by the splits of the same file. A column of the close before
/// the ex-date (`reference_close`) becomes part of a dividend's factor.
public enum ActionsImporter: FactsImporter {
  /// The name by which a user asks for it.
  public static let name = "actions"
  /// One line about the format, for help.
  public static let summary =
    "splits, dividends, renames and delistings as CSV, also Yahoo's Dividends and Stock Splits"

  static let aliases: [(meaning: String, names: [String])] = [
    (
      "time",
      [
        "ex_date", "exdate", "ex_dividend_date", "effective_date", "execution_date", "date", "time",
        "datetime", "timestamp",
      ]
    ),
    ("symbol", ["symbol", "ticker"]),
    ("kind", ["type", "kind", "action", "event", "action_type"]),
    (
      "split",
      [
        "split_ratio", "ratio", "stock_splits", "stock_split", "splits", "split",
        "split_coefficient",
      ]
    ),
    ("split_to", ["split_to"]), ("split_from", ["split_from"]),
    (
      "dividend",
      [
        "dividend_per_share", "dividend", "dividends", "cash_amount", "dividend_amount",
        "cash_dividend",
      ]
    ),
    ("value", ["value", "amount"]),
    ("close_before", ["reference_close", "reference_price", "close_before"]),
    ("becomes", ["new_symbol", "new_ticker", "becomes", "renamed_to"]),
    ("return", ["delisting_return", "delist_return"]),
  ]

  private static let kinds: [(kind: CorporateAction.Kind, words: [String])] = [
    (.split, ["split", "stock_split", "reverse_split", "stock_dividend"]),
    (.dividend, ["dividend", "cash_dividend", "special_dividend", "div", "distribution"]),
    (.rename, ["rename", "ticker_change", "symbol_change", "name_change"]),
    (.delist, ["delist", "delisting", "delisted"]),
  ]

  /// Reads files one after another.
  public static func read(paths: [String], options: ImportOptions, days: ExchangeDays)
    throws(ImportError) -> FactsDraft
  {
    var draft = FactsDraft()
    for path in paths { try read(path, options, &draft) }
    return draft
  }

  private static func read(_ path: String, _ options: ImportOptions, _ draft: inout FactsDraft)
    throws(ImportError)
  {
    let table = try FactsTable(path, options: options, aliases: aliases)
    try table.need("time")
    if options.symbol == .column { try table.need("symbol") }
    let isSplit = table.has("split") || table.has("split_to")
    let isCash = table.has("dividend") || table.name("value") == "amount"
    if !isSplit && !isCash { try table.need("kind") }
    var found: [Found] = []
    let bad = draft.quarantined.count
    while try table.next() {
      switch actions(of: table, options) {
      case .failure(let fault):
        try draft.refuse(table.bad(fault.column, fault.reason), path: path, options)
      case .success(let actions):
        found += actions.map { Found(action: $0, row: table.bad("time", "")) }
      }
    }
    let isYahoo = table.name("split") == "stock_splits"
    let isAdjusted = options.adjusted.map { $0 != .none } ?? isYahoo
    if isAdjusted { unadjust(&found) }
    draft.rowsRead += table.rows
    draft.notes.append(
      "\(path): dividends in the shares of "
        + (isAdjusted ? "today, turned back by the splits of the file" : "their day"))
    try join(found, path, options, &draft)
    try draft.check(path, rows: table.rows, bad: draft.quarantined.count - bad)
  }

  /// An action and the row it came from.
  struct Found {
    var action: NamedAction
    var row: QuarantinedRow
  }

  private struct Fault: Error {
    var column: String
    var reason: String
  }

  // MARK: One row

  private static func actions(of table: FactsTable, _ options: ImportOptions) -> Result<
    [NamedAction], Fault
  > {
    if let fault = table.fault {
      return .failure(Fault(column: fault.column, reason: fault.reason))
    }
    let written = table.text("time")
    guard let time = ExchangeDays.parse(written) else {
      return .failure(
        Fault(column: "time", reason: "'\(written.prefix(40))' is not a date such as 2014-06-09"))
    }
    var symbol = table.symbol(options)
    if symbol.isEmpty {
      return .failure(Fault(column: "symbol", reason: "the symbol is empty"))
    }
    if let tickers = options.tickers { symbol = tickers.symbol(of: symbol, on: time) ?? symbol }
    do throws(Fault) {
      guard table.has("kind") else { return .success(try both(table, symbol, time)) }
      let word = ColumnName.canonical(table.text("kind"))
      guard let kind = kinds.first(where: { $0.words.contains(word) })?.kind else {
        throw Fault(
          column: "kind",
          reason: "'\(table.text("kind").prefix(40))' is not split, dividend, rename or delist")
      }
      return .success([try action(kind, table, symbol, time)])
    } catch {
      return .failure(error)
    }
  }

  /// A row of a file without kinds: a split, a dividend, both or nothing.
  private static func both(_ table: FactsTable, _ symbol: String, _ time: Int64)
    throws(Fault) -> [NamedAction]
  {
    var actions: [NamedAction] = []
    let split = table.text("split")
    let isQuiet = split.isEmpty || FactsTable.number(split) == 0 || FactsTable.number(split) == 1
    if !isQuiet || !table.text("split_to").isEmpty {
      actions.append(try action(.split, table, symbol, time))
    }
    let cash = table.text("dividend").isEmpty ? table.text("value") : table.text("dividend")
    if !cash.isEmpty, FactsTable.number(cash) != 0 {
      actions.append(try action(.dividend, table, symbol, time))
    }
    return actions
  }

  private static func action(
    _ kind: CorporateAction.Kind, _ table: FactsTable, _ symbol: String, _ time: Int64
  ) throws(Fault) -> NamedAction {
    var action = NamedAction(symbol: symbol, timeNs: time, kind: kind)
    func cell(_ meaning: String) -> (column: String, text: String) {
      let text = table.text(meaning)
      return text.isEmpty ? ("value", table.text("value")) : (meaning, text)
    }
    func fault(_ cell: (column: String, text: String), _ expected: String) -> Fault {
      Fault(
        column: cell.column,
        reason: cell.text.isEmpty
          ? "a \(kind.rawValue) needs \(expected)"
          : "'\(cell.text.prefix(40))' is not \(expected)")
    }
    switch kind {
    case .split:
      var split = cell("split")
      if !table.text("split_to").isEmpty {
        split = ("split_to", table.text("split_to") + ":" + table.text("split_from"))
      }
      guard let ratio = SplitRatio.parse(split.text) else {
        throw fault(split, "a ratio such as 7, 7:1 or 1/10")
      }
      action.value = ratio
    case .dividend:
      let dividend = cell("dividend")
      guard let cash = FactsTable.number(dividend.text), cash >= 0 else {
        throw fault(dividend, "an amount from 0")
      }
      action.value = cash
      let close = table.text("close_before")
      if !close.isEmpty {
        guard let before = FactsTable.number(close), before > cash else {
          throw Fault(
            column: "close_before", reason: "'\(close.prefix(40))' is not above the dividend")
        }
        action.factor = 1 - cash / before
      }
    case .rename:
      let ticker = cell("becomes")
      guard !ticker.text.isEmpty, ticker.text != symbol else {
        throw fault(ticker, "another ticker that it becomes")
      }
      action.becomes = ticker.text
    case .delist:
      let written = cell("return")
      guard written.text.isEmpty || FactsTable.number(written.text).map({ $0 >= -1 }) ?? false
      else { throw fault(written, "a return from -1") }
      action.value = FactsTable.number(written.text) ?? 0
    }
    return action
  }
}
