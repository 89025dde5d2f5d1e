import Foundation
import Jobs
import Market
import Metrics
import Simulation

/// The summary of a lane from its record alone: returns by the whole-series twin, trades and costs from fills.
///
/// Warm bars, ambiguous bars and conflicting signals leave no trace and stay 0.
func wholeSeriesSummary(_ record: LaneRecord, lane: Int, of plan: RunPlan) -> LaneSummary {
  let run = plan.run
  let time = run.panel.time.ns
  let barsPerYear = run.panel.calendar == .usEquity ? 252.0 : 365.0
  let first = time[run.window.lowerBound]
  let last = time[run.window.upperBound - 1]
  var before = run.cash
  let returns = record.equity.map { equity in
    defer { before = equity }
    return before > 0 ? equity / before - 1 : 0
  }
  var summary = LaneSummary(
    returns: returns, barsPerYear: barsPerYear,
    calendarDays: Double((last - first) / Calendar.dayNs + 1),
    riskFreePerBar: pow(1 + plan.spec.riskFree, 1 / barsPerYear) - 1,
    minimumAcceptablePerBar: pow(1 + plan.spec.minimumAcceptable, 1 / barsPerYear) - 1,
    initialEquity: run.cash)

  let days = run.window.map { Int32(time[$0] / Calendar.dayNs) }
  summary.context = LaneContext(
    days: days,
    months: days.map {
      let date = CivilDate(daysSinceEpoch: Int64($0))
      return Int32(date.year * 12 + date.month - 1)
    })
  summary.history = LaneHistory(
    trades: record.trades.map {
      LaneHistory.Trade(
        entryBar: $0.entryBar, exitBar: $0.exitBar, isLong: $0.units > 0, profit: $0.profit,
        profitFraction: $0.profitFraction)
    },
    holdings: zip(record.units, record.exposure).map { units, exposure in
      var holding = LaneHistory.Holding()
      if units != 0 { holding.add(exposure) }
      return holding
    })

  var cashWhenFlat = run.cash
  var units = 0.0
  for fill in record.fills {
    if fill.cause.name == "rejection" {
      summary.rejectedOrders += 1
      continue
    }
    if fill.cause == .liquidation { summary.liquidations += 1 }
    summary.fees += fill.commission
    summary.slippage += (fill.fillPrice - fill.price) * fill.units
    // A symbol's end is no trade.
    if fill.cause.name == "delisting" {
      summary.delistings += 1
    } else {
      summary.tradedNotional += abs(fill.units) * fill.fillPrice
    }
    units += fill.units
    guard abs(units) < 1e-9 * abs(fill.units) else { continue }
    units = 0
    let profit = fill.cashAfter - cashWhenFlat
    cashWhenFlat = fill.cashAfter
    summary.trades += 1
    if profit > 0 {
      summary.wins += 1
      summary.grossProfit += profit
    } else if profit < 0 {
      summary.losses += 1
      summary.grossLoss -= profit
    }
  }
  summary.openTrades = record.units.last == 0 ? 0 : 1
  summary.barsInPosition = record.units.count { $0 != 0 }
  if let close = run.panel.fieldIndex("close") {
    let symbol = run.symbols[run.place(of: lane).symbol]
    summary.staleMarks = record.units.indices.count { bar in
      record.units[bar] != 0
        && run.panel.value(field: close, bar: run.window.lowerBound + bar, symbol: symbol).isNaN
    }
  }
  return summary
}
