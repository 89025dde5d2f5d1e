import Market

extension LedgerActions {
  /// What a run's symbols go through in its window, from a store's actions and the panel's lifetimes.
  ///
  /// An action holds from the first bar at or after its ex-date, whether or not the symbol has a value there. What the
  /// panel's prices are adjusted by is not applied again: with `.splits` dividends are in the shares of the last bar, with
  /// `.totalReturn` there are neither. A rename changes no position. A symbol whose prices end before the panel does, or that
  /// was delisted, ends at the bar after its last; its return is that of its delisting, if the store knows one.
  ///
  /// - Parameters:
  ///   - actions: the store's.
  ///   - symbols: the store's, which the actions point into.
  ///   - panel: what the run trades.
  ///   - adjustment: what the panel's prices are adjusted by, by its source or as a view.
  ///   - columns: of the panel, in the order of the run's symbols.
  ///   - window: bars of the panel; rows count from its first.
  ///   - dayStart: the instant at which an exchange day begins whose 00:00 UTC is given.
  public init(
    _ actions: CorporateActions, symbols: SymbolTable, panel: PricePanel, adjustment: Adjustment,
    columns: [Int], window: Range<Int>, dayStart: (Int64) -> Int64 = { $0 }
  ) {
    var places: [String: Int] = [:]
    for (place, column) in columns.enumerated() { places[panel.symbols[column].symbol] = place }
    var rows: [Row] = []
    var ends: [Int: Double] = [:]
    var splits: [Int: [(timeNs: Int64, ratio: Double)]] = [:]
    for action in actions.rows where action.kind == .split && adjustment == .splits {
      guard let place = places[symbols[action.symbol].symbol] else { continue }
      if panel.bar(of: action, dayStart: dayStart) >= panel.barCount { continue }
      let ratio = action.factor.isNaN ? action.value : 1 / action.factor
      splits[place, default: []].append((action.timeNs, ratio))
    }
    // A dividend is paid on the shares of before a split of the same day.
    let ordered = actions.rows.sorted {
      ($0.timeNs, $0.kind == .dividend ? 0 : 1) < ($1.timeNs, $1.kind == .dividend ? 0 : 1)
    }
    for action in ordered {
      guard let place = places[symbols[action.symbol].symbol] else { continue }
      let bar = panel.bar(of: action, dayStart: dayStart)
      switch action.kind {
      case .delist where action.value != 0: ends[place] = action.value
      case .split where adjustment == .none:
        rows.append(.init(bar: bar, symbol: place, event: .split(.init(ratio: action.value))))
      case .dividend where adjustment != .totalReturn && action.value > 0:
        let shares = (splits[place] ?? []).reduce(1) {
          $1.timeNs >= action.timeNs ? $0 * $1.ratio : $0
        }
        rows.append(.init(bar: bar, symbol: place, event: .dividend(action.value / shares)))
      case .rename, .delist, .split, .dividend: continue
      }
    }
    for (place, column) in columns.enumerated() {
      guard let life = panel.lifetimes[column], life.upperBound + 1 < panel.barCount else {
        continue
      }
      rows.append(
        .init(bar: life.upperBound + 1, symbol: place, event: .end(ends[place])))
    }
    self.init(
      rows.compactMap { row in
        guard window.contains(row.bar) else { return nil }
        var row = row
        row.bar -= window.lowerBound
        return row
      })
  }
}
