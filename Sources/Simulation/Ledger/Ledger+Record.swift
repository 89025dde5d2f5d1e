import Kernels
import Metrics

extension Ledger {
  /// Keeps a fill.
  mutating func log(
    _ symbol: Int, _ units: Double, _ price: Double, _ fillPrice: Double, _ commission: Double,
    _ cause: FillRecord.Cause, _ bar: Int
  ) {
    if !keepsRecord { return }
    record?.fills.append(
      FillRecord(
        bar: bar, cause: cause, price: price, fillPrice: fillPrice, units: units,
        commission: commission, cashAfter: cash, symbol: symbol))
    if positions[symbol].units != 0 { updateTrade(symbol) }
  }

  mutating func openTrade(_ symbol: Int, _ bar: Int) {
    if !keepsRecord { return }
    positions[symbol].trade = record?.trades.count ?? 0
    record?.trades.append(
      LaneRecord.Trade(
        entryBar: bar, exitBar: nil, units: 0, entryPrice: .nan, exitPrice: .nan, profit: .nan,
        profitFraction: .nan, cause: nil, symbol: symbol))
  }

  /// Brings what a trade has entered by up to date.
  mutating func updateTrade(_ symbol: Int) {
    if !keepsRecord { return }
    let trade = positions[symbol].trade
    record?.trades[trade].units = positions[symbol].entered
    record?.trades[trade].entryPrice = positions[symbol].entryPrice
  }

  mutating func closeTrade(
    _ symbol: Int, _ bar: Int?, _ profit: Double, _ cause: FillRecord.Cause?
  ) {
    if !keepsRecord { return }
    updateTrade(symbol)
    let trade = positions[symbol].trade
    record?.trades[trade].exitBar = bar
    record?.trades[trade].exitPrice = positions[symbol].exitPrice
    record?.trades[trade].profit = profit
    record?.trades[trade].profitFraction = profit / positions[symbol].entryEquity
    record?.trades[trade].cause = cause
  }

  /// Keeps the account after a bar.
  mutating func recordBar() {
    record?.equity.append(equity)
    record?.cash.append(cash)
    for position in positions { record?.units.append(position.units) }
    record?.exposure.append(held.isEmpty ? 0 : (longValue - shortValue) / equity)
  }

  /// The record after the last bar, with what open positions are worth and the summary.
  ///
  /// `units` has a row of N for each bar. `summary` is the time base, as in `complete`.
  public func finishedRecord(_ summary: LaneSummary) -> LaneRecord {
    var ledger = self
    for symbol in held {
      ledger.positions[symbol].exitPrice = positions[symbol].mark
      ledger.closeTrade(symbol, nil, positions[symbol].flow + positions[symbol].value, nil)
    }
    var record = ledger.record ?? LaneRecord()
    record.summary = summary
    complete(&record.summary)
    return record
  }
}
