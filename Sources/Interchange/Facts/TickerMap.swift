import Market

/// Which symbol of today had which ticker on which day.
///
/// Tickers are reused: what was quoted as `GOOG` until 2014-04-02 is `GOOGL` today. So a price by ticker belongs to the
/// symbol that had the ticker on its day, and to none if no symbol of the map had it.
public struct TickerMap: Sendable, Equatable {
  /// A ticker for some days.
  public struct Span: Sendable, Equatable {
    /// The ticker.
    public var ticker: String
    /// 00:00 UTC of its first and last day.
    public var days: ClosedRange<Int64>
  }

  /// A symbol of today with its tickers, in order of time.
  public struct History: Sendable, Equatable {
    /// Today's ticker, or the last of a symbol that ended.
    public var symbol: String
    /// Its tickers, without a day in common.
    public var spans: [Span]
    /// Whether its last day is its last for good.
    public var isEnded: Bool
  }

  /// The symbols, in the order of the files.
  public private(set) var histories: [History] = []
  private var byTicker: [String: [Claim]] = [:]

  private struct Claim: Sendable, Equatable {
    var days: ClosedRange<Int64>
    var symbol: String
  }

  /// A map of nothing.
  public init() {}

  /// Adds a symbol.
  ///
  /// - Returns: a symbol that had one of the tickers on one of the same days, and the ticker; then nothing is added.
  mutating func add(_ history: History) -> (ticker: String, symbol: String)? {
    for span in history.spans {
      if let claim = byTicker[span.ticker]?.first(where: { $0.days.overlaps(span.days) }) {
        return (span.ticker, claim.symbol)
      }
    }
    histories.append(history)
    for span in history.spans {
      byTicker[span.ticker, default: []].append(Claim(days: span.days, symbol: history.symbol))
    }
    return nil
  }

  /// The symbol that had a ticker on a day; nil if none had it.
  public func symbol(of ticker: String, on day: Int64) -> String? {
    byTicker[ticker]?.first { $0.days.contains(day) }?.symbol
  }

  /// Whether the map says anything of a ticker, so that its prices can't stay where they are.
  func knows(_ ticker: String) -> Bool {
    byTicker[ticker] != nil || histories.contains { $0.symbol == ticker }
  }

  /// When a symbol of the map had a ticker, in words.
  func holders(of ticker: String) -> String {
    let claims = (byTicker[ticker] ?? []).sorted { $0.days.lowerBound < $1.days.lowerBound }
    if claims.isEmpty { return "no symbol of the map ever had it" }
    return claims.map { claim in
      "\(claim.symbol) had it from \(Timestamp.text(nanoseconds: claim.days.lowerBound))"
        + " to \(Timestamp.text(nanoseconds: claim.days.upperBound))"
    }.joined(separator: ", ")
  }

  /// Renames and ends of symbols, as corporate actions.
  public func actions(for symbols: Set<String>, days: ExchangeDays) -> [NamedAction] {
    var actions: [NamedAction] = []
    for history in histories where symbols.contains(history.symbol) {
      for (old, new) in zip(history.spans, history.spans.dropFirst()) where old.ticker != new.ticker
      {
        actions.append(
          NamedAction(
            symbol: old.ticker, timeNs: days.next(after: old.days.upperBound), kind: .rename,
            becomes: new.ticker))
      }
      if history.isEnded, let last = history.spans.last {
        actions.append(
          NamedAction(symbol: history.symbol, timeNs: last.days.upperBound, kind: .delist))
      }
    }
    return actions
  }

  /// The map without some of its symbols.
  public func without(_ symbols: Set<String>) -> TickerMap {
    var map = TickerMap()
    for history in histories where !symbols.contains(history.symbol) { _ = map.add(history) }
    return map
  }
}

extension TickerMap {
  /// What became of a panel by ticker.
  public struct Outcome: Sendable {
    /// The panel by today's symbol, in the order of their UTF-8 bytes.
    public var draft: PanelDraft
    /// Rows (a bar of a ticker with any value) that are another symbol's now.
    public var moved = 0
    /// Rows that no symbol of the map has, as far as they are listed.
    public var unclaimed: [QuarantinedRow] = []
    /// All of them.
    public var unclaimedCount = 0
  }

  /// Gives each row of a panel by ticker to the symbol that had the ticker on its day.
  ///
  /// Tickers of which the map says nothing stay as they are. A row of a ticker that no symbol had on that day is taken
  /// out: it is another company's.
  ///
  /// - Parameters:
  ///   - draft: a panel by ticker.
  ///   - days: its exchange days.
  ///   - source: the file it came from, for the rows that are taken out.
  public func reassign(_ draft: PanelDraft, days: ExchangeDays, source: String) -> Outcome {
    var outcome = Outcome(draft: draft)
    let tickers = draft.symbols.map(\.symbol)
    let stays = tickers.map { !knows($0) }
    let barDays = draft.timeNs.map { days.day(of: $0) }
    let (bars, width) = (draft.timeNs.count, tickers.count)
    // By ticker and bar: the place of its owner's name in `names`; −1 for nobody.
    var owners = [[Int32]](repeating: [], count: width)
    var names: [String] = []
    var places: [String: Int32] = [:]
    func place(_ name: String) -> Int32 {
      if let place = places[name] { return place }
      names.append(name)
      places[name] = Int32(names.count - 1)
      return Int32(names.count - 1)
    }
    for column in 0..<width where stays[column] {
      owners[column] = Array(repeating: place(tickers[column]), count: bars)
    }
    for column in 0..<width where !stays[column] {
      owners[column] = Array(repeating: -1, count: bars)
      var (day, owner) = (Int64.min, String?.none)
      for bar in 0..<bars
      where draft.fields.contains(where: { !$0.values[bar * width + column].isNaN }) {
        if barDays[bar] != day {
          day = barDays[bar]
          owner = symbol(of: tickers[column], on: day)
        }
        if let owner {
          owners[column][bar] = place(owner)
          if owner != tickers[column] { outcome.moved += 1 }
          continue
        }
        outcome.unclaimedCount += 1
        if outcome.unclaimed.count < FileTable.badRowsKept {
          outcome.unclaimed.append(unclaimed(draft, column, bar, day: day, source: source))
        }
      }
    }
    if outcome.moved == 0 && outcome.unclaimedCount == 0 { return outcome }
    let order = names.indices.sorted {
      names[$0].utf8.lexicographicallyPrecedes(names[$1].utf8)
    }
    var columns = [Int](repeating: 0, count: names.count)
    for (column, name) in order.enumerated() { columns[name] = column }
    let known = Dictionary(
      draft.symbols.map { ($0.symbol, $0) }, uniquingKeysWith: { first, _ in first })
    outcome.draft.symbols = order.map { known[names[$0]] ?? SymbolTable.Entry(symbol: names[$0]) }
    for field in draft.fields.indices {
      let old = draft.fields[field].values
      var new = [Double](repeating: .nan, count: bars * order.count)
      for bar in 0..<bars {
        for column in 0..<width where owners[column][bar] >= 0 {
          new[bar * order.count + columns[Int(owners[column][bar])]] = old[bar * width + column]
        }
      }
      outcome.draft.fields[field].values = new
    }
    return outcome
  }

  private func unclaimed(
    _ draft: PanelDraft, _ column: Int, _ bar: Int, day: Int64, source: String
  ) -> QuarantinedRow {
    let ticker = draft.symbols[column].symbol
    let values = draft.fields.map { field in
      let value = field.values[bar * draft.symbols.count + column]
      return "\(field.name)=" + (value.isNaN ? "" : "\(value)")
    }
    let time = Timestamp.text(nanoseconds: draft.timeNs[bar])
    return QuarantinedRow(
      file: source, line: 0, column: "symbol",
      text: String(([time, ticker] + values).joined(separator: ",").prefix(200)),
      reason: "nobody had the ticker \(ticker) on \(Timestamp.text(nanoseconds: day)): "
        + holders(of: ticker))
  }
}
