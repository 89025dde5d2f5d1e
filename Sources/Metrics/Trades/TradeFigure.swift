/// A figure over all closed trades, or over those that won or lost.
///
/// Undefined without a closed trade, and without one of those it speaks of.
struct TradeFigure: Metric {
  /// Which trades count.
  enum Kind: Sendable { case all, won, lost }

  let name: String
  let unit: MetricUnit
  let direction: MetricDirection
  let definition: String
  let source: String
  let needs: MetricNeeds = .history
  private let kind: Kind
  private let figure: @Sendable ([LaneHistory.Trade]) -> Double

  /// A figure; `body` is given at least one trade.
  init(
    _ name: String, _ unit: MetricUnit, _ direction: MetricDirection, _ definition: String,
    source: String = "Apus", of kind: Kind = .all,
    _ body: @escaping @Sendable ([LaneHistory.Trade]) -> Double
  ) {
    self.name = name
    self.unit = unit
    self.direction = direction
    self.definition = definition
    self.source = source
    self.kind = kind
    figure = body
  }

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromTrades { trades in
      let some: [LaneHistory.Trade]
      switch kind {
      case .all: some = trades
      case .won: some = trades.filter { $0.profit > 0 }
      case .lost: some = trades.filter { $0.profit < 0 }
      }
      if some.isEmpty { return .undefined(kind == .won ? .noWins : .noLosses) }
      let value = figure(some)
      // What happened inside trades is only known where there are prices for it.
      return value.isNaN ? .undefined(.notRecorded) : MetricValue(value, of: lane)
    }
  }
}
