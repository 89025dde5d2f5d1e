import Kernels
import Market
import Metrics
import Simulation

/// Turns the record of a lane into what metrics of trades and holdings read.
struct HistoryBuilder: Sendable {
  let panel: PricePanel
  let window: Range<Int>
  /// Columns that the orders of a lane count.
  let columns: @Sendable (Int) -> [Int]
  let fill: FillMoment
  let currencies: CurrencyRates?
  /// Whether splits reach accounts, so that prices of different bars are of different units.
  let splits: Bool

  func history(of record: LaneRecord, lane: Int) -> LaneHistory {
    let columns = columns(lane)
    return LaneHistory(
      trades: record.trades.map { trade(of: $0, column: columns[$0.symbol]) },
      holdings: holdings(of: record, columns))
  }

  private func trade(of trade: LaneRecord.Trade, column: Int) -> LaneHistory.Trade {
    let side: Double = trade.units < 0 ? -1 : 1
    func move(_ price: Double) -> Double { (price / trade.entryPrice - 1) * side }
    var (adverse, favourable) = (min(move(trade.exitPrice), 0), max(move(trade.exitPrice), 0))
    for bar in wholeBars(of: trade) {
      let low = price("low", bar, column)
      let high = price("high", bar, column)
      if low.isNaN || high.isNaN { continue }
      adverse = min(adverse, move(side > 0 ? low : high))
      favourable = max(favourable, move(side > 0 ? high : low))
    }
    return LaneHistory.Trade(
      entryBar: trade.entryBar, exitBar: trade.exitBar, isLong: side > 0, profit: trade.profit,
      profitFraction: trade.profitFraction, priceReturn: move(trade.exitPrice),
      adverse: splits ? .nan : adverse, favourable: splits ? .nan : favourable)
  }

  /// Bars that lie wholly between entry and exit, as far as that is known.
  private func wholeBars(of trade: LaneRecord.Trade) -> Range<Int> {
    let last = trade.exitBar ?? window.count
    if fill == .nextOpen { return trade.entryBar..<max(trade.entryBar, last) }
    // The bar of an exit at the close is inside, that of a stop isn't.
    let end = trade.exitBar != nil && trade.cause == .exit ? last + 1 : last
    return trade.entryBar + 1..<max(trade.entryBar + 1, end)
  }

  private func price(_ field: String, _ bar: Int, _ column: Int) -> Double {
    guard let index = panel.fieldIndex(field) ?? panel.fieldIndex("close") else { return .nan }
    return panel.value(field: index, bar: window.lowerBound + bar, symbol: column)
  }

  private func holdings(of record: LaneRecord, _ columns: [Int]) -> [LaneHistory.Holding] {
    guard let close = panel.fieldIndex("close"), !record.equity.isEmpty else { return [] }
    var marks = columns.map { _ in Double.nan }
    for fill in record.fills where marks[fill.symbol].isNaN { marks[fill.symbol] = fill.price }
    return record.equity.indices.map { bar in
      var holding = LaneHistory.Holding()
      let equity = record.equity[bar]
      for (symbol, column) in columns.enumerated() {
        let price = panel.value(field: close, bar: window.lowerBound + bar, symbol: column)
        if !price.isNaN { marks[symbol] = price }
        let units = record.units[bar * columns.count + symbol]
        if units == 0 || !(equity > 0) { continue }
        let rate = currencies?.close(of: symbol, at: window.lowerBound + bar) ?? 1
        holding.add(units * marks[symbol] * (rate.isNaN ? 1 : rate) / equity)
      }
      return holding
    }
  }
}
