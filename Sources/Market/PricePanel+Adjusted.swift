import Kernels

extension PricePanel {
  /// The panel in the shares of its last bar: a view that costs memory only for the fields that are read from it.
  ///
  /// A price at bar t is divided by the ratios of all splits after t, and for `.totalReturn` multiplied by 1 − D/C for
  /// each dividend D after t, C being the close before its ex-date in the shares of then. A volume is multiplied by the
  /// ratios. Where an action has a factor of its own, that takes the place of 1/ratio or 1 − D/C. Which field is what,
  /// `FieldScale` says; NaN stays NaN, and the last bars stay as they are.
  ///
  /// An action holds from the first bar at or after its ex-date, whether or not the symbol has a value there; a bar
  /// longer than a day counts as its last day. A dividend
  /// before the first close changes nothing. A lifetime ends on the day of a delisting at the latest. Without any of
  /// these the panel itself is returned.
  ///
  /// - Parameters:
  ///   - actions: the store's.
  ///   - symbols: the store's, which the actions point into.
  ///   - adjustment: what to adjust by.
  ///   - stored: what the stored prices were adjusted by when they were imported; they aren't twice.
  ///   - dayStart: the instant at which an exchange day begins whose 00:00 UTC is given.
  /// - Throws: `dividendTooLarge`, `closeMissing`, `splitsOutOfRange`.
  /// - Complexity: O(actions · log T) now, O(T · N) for each field when it is first read.
  public func adjusted(
    by actions: CorporateActions, symbols store: SymbolTable, to adjustment: Adjustment,
    stored: Adjustment = .none, dayStart: (Int64) -> Int64 = { $0 }
  ) throws(MarketError) -> PricePanel {
    if actions.isEmpty { return self }
    var byColumn: [Int: [Event]] = [:]
    var lives = lifetimes
    for row in actions.rows {
      guard let column = self.symbols.index(of: store[row.symbol].symbol) else { continue }
      switch row.kind {
      case .rename: continue
      case .delist:
        let end = bar(of: row, dayStart: dayStart)
        lives[column] = lives[column].flatMap { life in
          life.lowerBound < end ? life.lowerBound...min(life.upperBound, end - 1) : nil
        }
      case .split, .dividend:
        let end = bar(of: row, dayStart: dayStart)
        byColumn[column, default: []].append(Event(action: row, end: end))
      }
    }
    var factors: [AdjustmentFactors] = []
    if adjustment != .none, stored != .totalReturn, adjustment != stored {
      for (column, events) in byColumn.sorted(by: { $0.key < $1.key }) {
        let stretches = try stretches(events, column, adjustment, stored)
        if !stretches.isEmpty { factors.append(.init(column: column, stretches: stretches)) }
      }
    }
    if factors.isEmpty && lives == lifetimes { return self }
    let view: any PanelStorage =
      factors.isEmpty
      ? storage
      : AdjustedPanelStorage(
        storage, scales: fields.map { FieldScale(field: $0) }, columnCount: symbolCount,
        factors: factors)
    return PricePanel(
      name: name, time: time, symbols: self.symbols, calendar: calendar, frequencyNs: frequencyNs,
      fields: fields, lifetimes: lives, contentHash: contentHash, storage: view)
  }

  /// This panel under another content hash, for a view of what was stored.
  public func withContentHash(_ hash: String) -> PricePanel {
    PricePanel(
      name: name, time: time, symbols: symbols, calendar: calendar, frequencyNs: frequencyNs,
      fields: fields, lifetimes: lifetimes, contentHash: hash, storage: storage)
  }

  /// A split or dividend and the first bar that has it behind itself.
  private struct Event {
    var action: CorporateAction
    var end: Int
  }

  /// The first bar that has an action behind itself; for a delisting the first after its day.
  ///
  /// `barCount` if there is none.
  public func bar(of action: CorporateAction, dayStart: (Int64) -> Int64 = { $0 }) -> Int {
    let days: Int64 = action.kind == .delist ? 1 : 0
    return time.firstBar(atOrAfter: instant(action.timeNs, dayStart, after: days))
  }

  /// The instant of an action, or of the day some days after it: dates count from the start of the exchange day.
  private func instant(_ ns: Int64, _ dayStart: (Int64) -> Int64, after days: Int64) -> Int64 {
    let (day, rest) = Timestamp.split(ns)
    // Nobody can tell an hour in bars of a day.
    guard rest == 0 || frequencyNs >= Calendar.dayNs else { return ns }
    let (midnight, overflow) = (day + days).multipliedReportingOverflow(by: Calendar.dayNs)
    if overflow { return days > 0 ? .max : ns }
    // A bar of a day is stamped 00:00 UTC of its exchange day wherever that is; a longer one counts as its last day.
    guard frequencyNs >= Calendar.dayNs else { return dayStart(midnight) }
    let (start, below) = midnight.subtractingReportingOverflow(frequencyNs - Calendar.dayNs)
    return below ? .min : start
  }

  /// The factors of one symbol, from its last action to its first.
  private func stretches(
    _ events: [Event], _ column: Int, _ adjustment: Adjustment, _ stored: Adjustment
  ) throws(MarketError) -> [AdjustmentFactors.Stretch] {
    var stretches: [AdjustmentFactors.Stretch] = []
    let symbol = symbols[column].symbol
    var (shares, kept) = (1.0, 1.0)
    // Splits stand before dividends of the same day, so backwards they come after them.
    for (place, event) in events.enumerated().reversed() where event.end > 0 {
      let action = event.action
      if action.kind == .split {
        if stored == .splits { continue }
        shares = action.factor.isNaN ? shares * action.value : shares / action.factor
        guard shares > 0, shares.isFinite else { throw .splitsOutOfRange(symbol: symbol) }
      } else if adjustment == .totalReturn {
        guard
          let factor = try dividendFactor(events, place, column: column, isSplit: stored == .splits)
        else { continue }
        kept *= factor
      } else {
        continue
      }
      if stretches.last?.end == event.end { stretches.removeLast() }
      stretches.append(.init(end: event.end, shares: shares, kept: kept))
    }
    return stretches.reversed()
  }

  /// What a dividend leaves of the prices before it; nil if there is no close before.
  private func dividendFactor(_ events: [Event], _ place: Int, column: Int, isSplit: Bool)
    throws(MarketError) -> Double?
  {
    let (action, end) = (events[place].action, events[place].end)
    if !action.factor.isNaN { return action.factor }
    guard let field = fieldIndex("close") else { throw .closeMissing(panel: name) }
    guard
      let bar = (0..<end).last(where: { !value(field: field, bar: $0, symbol: column).isNaN })
    else { return nil }
    var close = value(field: field, bar: bar, symbol: column)
    for event in events where event.action.kind == .split {
      let ratio = event.action.value
      // Splits of the same day come after the dividend, which is paid on old shares.
      let isBefore = event.action.timeNs < action.timeNs
      if isSplit && !isBefore { close *= ratio }
      if !isSplit && isBefore && event.end > bar { close /= ratio }
    }
    let factor = 1 - action.value / close
    guard factor > 0, factor.isFinite else {
      throw .dividendTooLarge(
        symbol: symbols[column].symbol, timeNs: action.timeNs, value: action.value, close: close)
    }
    return factor
  }
}
