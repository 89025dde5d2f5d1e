extension PortfolioWorker {
  func log(
    _ ledger: inout Ledger, _ trade: RebalanceTrade, _ decided: Int,
    _ status: LaneRecord.Order.Status, _ bar: Int, _ reason: String
  ) {
    if ledger.record == nil { return }
    let opens = trade.held == 0 || (trade.held < 0) == (trade.wanted < 0)
    let turns = trade.wanted.magnitude > trade.held.magnitude
    let kind: LaneRecord.Order.Kind =
      !opens && !turns ? .exit : trade.wanted > 0 ? .enterLong : .enterShort
    var order = LaneRecord.Order(bar: decided, kind: kind, status: status, settledBar: bar)
    order.symbol = trade.symbol
    order.units = trade.wanted
    order.filledUnits = status == .filled ? trade.units : 0
    order.reason = reason
    ledger.record?.orders.append(order)
  }

  /// Records a weight that the account can't have.
  func reject(_ ledger: inout Ledger, _ symbol: Int, _ bar: Int) {
    append(&ledger, symbol, bar, .enterShort, .rejected, bar, "shorts are not allowed")
  }

  /// Records symbols that did not trade before the next decision.
  func drop(_ ledger: inout Ledger, _ symbols: [Int], since bar: Int) {
    ledger.summary.cancelledOrders += symbols.count
    for symbol in symbols {
      append(&ledger, symbol, bar, nil, .cancelled, nil, "replaced by the next rebalance")
    }
  }

  /// Records symbols that still wait after the last bar.
  func leaveOpen(_ ledger: inout Ledger, _ symbols: [Int], since bar: Int) {
    for symbol in symbols { append(&ledger, symbol, bar, nil, .open, nil, "") }
  }

  func append(
    _ ledger: inout Ledger, _ symbol: Int, _ bar: Int, _ kind: LaneRecord.Order.Kind?,
    _ status: LaneRecord.Order.Status, _ settled: Int?, _ reason: String
  ) {
    if ledger.record == nil { return }
    let isHeld = ledger.units(symbol) != 0
    var order = LaneRecord.Order(
      bar: bar, kind: kind ?? (isHeld ? .exit : .enterLong), status: status, settledBar: settled)
    order.symbol = symbol
    order.filledUnits = 0
    order.reason = reason
    ledger.record?.orders.append(order)
  }
}
