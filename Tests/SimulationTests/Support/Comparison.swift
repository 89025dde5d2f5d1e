import Kernels
import Metrics
import Simulation

extension NaiveSimulator {
  /// What differs between a summary and this simulation, in words; empty if nothing does.
  func differences(from summary: LaneSummary, minimumAcceptable: Double, extended: Bool) -> [String]
  {
    var found: [String] = []
    let bars = equity.count
    let money = max(initialCash, equity.map(\.magnitude).max() ?? 0)
    func close(_ name: String, _ ours: Double, _ theirs: Double, scale: Double) {
      let allowed = 1e-9 * max(scale, ours.magnitude)
      if !((ours - theirs).magnitude <= allowed) { found.append("\(name): \(theirs), not \(ours)") }
    }
    func same<T: Equatable>(_ name: String, _ ours: T, _ theirs: T) {
      if ours != theirs { found.append("\(name): \(theirs), not \(ours)") }
    }

    let earlier = [initialCash] + equity.dropLast()
    let returns = zip(equity, earlier).map { $0 / $1 - 1 }
    var highest = initialCash
    let drawdowns = equity.map { now in
      highest = max(highest, now)
      return now / highest - 1
    }
    var below = 0
    let underWater = drawdowns.map { drawdown in
      below = drawdown < -7.5e-9 ? below + 1 : 0
      return below
    }
    let entryOrExit = fills.filter { $0.cause != .rejection }

    same("bars", bars, summary.bars)
    close("initialEquity", initialCash, summary.initialEquity, scale: 0)
    close("finalEquity", equity.last ?? initialCash, summary.finalEquity, scale: money)
    close(
      "sumReturns", returns.reduce(0, +), summary.sumReturns,
      scale: 1e-6 + returns.reduce(0) { $0 + $1.magnitude })
    close(
      "sumSquaredReturns", returns.reduce(0) { $0 + $1 * $1 }, summary.sumSquaredReturns,
      scale: 1e-12)
    close("maxDrawdown", drawdowns.min().map { min($0, 0) } ?? 0, summary.maxDrawdown, scale: 1)
    same("trades", trades.count, summary.trades)
    same("openTrades", position == nil ? 0 : 1, summary.openTrades)
    same("wins", trades.filter { $0.profit > 0 }.count, summary.wins)
    same("losses", trades.filter { $0.profit < 0 }.count, summary.losses)
    close(
      "grossProfit", trades.reduce(0) { $0 + max($1.profit, 0) }, summary.grossProfit, scale: money)
    close(
      "grossLoss", trades.reduce(0) { $0 - min($1.profit, 0) }, summary.grossLoss, scale: money)
    same("barsInPosition", unitsAfterBar.filter { $0 != 0 }.count, summary.barsInPosition)
    close(
      "tradedNotional",
      entryOrExit.reduce(0) { $0 + $1.units.magnitude * $1.fillPrice }, summary.tradedNotional,
      scale: 0)
    close("fees", entryOrExit.reduce(0) { $0 + $1.commission }, summary.fees, scale: 0)
    close(
      "slippage",
      entryOrExit.reduce(0) { $0 + $1.units * ($1.fillPrice - $1.price) }, summary.slippage,
      scale: money)
    same("ambiguousBars", ambiguous, summary.ambiguousBars)
    same("staleMarks", stale, summary.staleMarks)
    same("conflictingSignals", conflicts, summary.conflictingSignals)
    same("rejectedOrders", rejected, summary.rejectedOrders)
    same("isRuined", isRuined, summary.isRuined)
    same("liquidations", fills.count { $0.cause == .liquidation }, summary.liquidations)

    guard extended else { return found }
    close(
      "sumSquaredDownside",
      returns.reduce(0) { sum, value in
        let shortfall = min(value - minimumAcceptable, 0)
        return sum + shortfall * shortfall
      }, summary.sumSquaredDownside, scale: 1e-12)
    close(
      "sumSquaredDrawdowns", drawdowns.reduce(0) { $0 + $1 * $1 }, summary.sumSquaredDrawdowns,
      scale: 1e-9)
    same("longestDrawdownBars", underWater.max() ?? 0, summary.longestDrawdownBars)
    close("sumEquity", equity.reduce(0, +), summary.sumEquity, scale: money)
    if let kept = summary.returns {
      same("returns.count", bars, kept.count)
      for (bar, pair) in zip(returns, kept).enumerated() {
        close("returns[\(bar)]", pair.0, pair.1, scale: 1)
      }
    }
    return found
  }

  /// What differs between a replay and this simulation, in words.
  func differences(from record: LaneRecord) -> [String] {
    var found: [String] = []
    let money = max(initialCash, equity.map(\.magnitude).max() ?? 0)
    func close(_ name: String, _ ours: Double, _ theirs: Double, scale: Double) {
      let allowed = 1e-9 * max(scale, ours.magnitude)
      if !((ours - theirs).magnitude <= allowed) { found.append("\(name): \(theirs), not \(ours)") }
    }
    if equity.count != record.equity.count { return ["\(record.equity.count) bars of equity"] }
    for bar in equity.indices {
      close("equity[\(bar)]", equity[bar], record.equity[bar], scale: money)
      close("cash[\(bar)]", cashAfterBar[bar], record.cash[bar], scale: 2 * money)
      close("units[\(bar)]", unitsAfterBar[bar], record.units[bar], scale: 1e-300)
    }
    if fills.count != record.fills.count {
      return found + ["\(record.fills.count) fills, not \(fills.count)"]
    }
    for (ours, theirs) in zip(fills, record.fills) {
      if ours.bar != theirs.bar || ours.cause != theirs.cause {
        found.append("\(theirs.cause) at \(theirs.bar), not \(ours.cause) at \(ours.bar)")
      }
      close("price at \(ours.bar)", ours.price, theirs.price, scale: 0)
      close("fill price at \(ours.bar)", ours.fillPrice, theirs.fillPrice, scale: 0)
      close("units at \(ours.bar)", ours.units, theirs.units, scale: 0)
      close("commission at \(ours.bar)", ours.commission, theirs.commission, scale: 0)
    }
    let closed = record.trades.filter { $0.exitBar != nil }
    if closed.count != trades.count { return found + ["\(closed.count) trades closed"] }
    for (ours, theirs) in zip(trades, closed) {
      if ours.entryBar != theirs.entryBar || ours.exitBar != theirs.exitBar {
        found.append("a trade from \(theirs.entryBar) to \(theirs.exitBar ?? -1)")
      }
      close("profit of the trade at \(ours.entryBar)", ours.profit, theirs.profit, scale: money)
    }
    let isWaiting = record.orders.last?.status == .open
    if isWaiting == pending.isEmpty { found.append("an order waits: \(isWaiting)") }
    return found
  }
}

/// Every bit of a summary, in a fixed order.
func fingerprint(_ summary: LaneSummary) -> [UInt64] { fieldBits(of: summary) }

private func fieldBits(of record: Any) -> [UInt64] {
  var bits: [UInt64] = []
  for field in Mirror(reflecting: record).children {
    switch field.value {
    case let value as Double: bits.append(value.bitPattern)
    case let value as Int: bits.append(UInt64(bitPattern: Int64(value)))
    case let value as Bool: bits.append(value ? 1 : 0)
    case let value as [Double]?: bits += value?.map(\.bitPattern) ?? [.max]
    case let value as ClosedTrades: bits += fieldBits(of: value)
    default: preconditionFailure("a summary field of a new type: \(field.label ?? "")")
    }
  }
  return bits
}
