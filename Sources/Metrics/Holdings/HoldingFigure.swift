/// A figure over what was held after each bar.
///
/// Undefined without a bar, and where nothing was ever held for those that speak of what was.
struct HoldingFigure: Metric {
  let name: String
  let unit: MetricUnit
  let direction: MetricDirection
  let definition: String
  let source: String
  let needs: MetricNeeds = .history
  private let figure: @Sendable ([LaneHistory.Holding]) -> Double

  /// A figure; with `whenHeld`, of the bars at whose end something is held.
  init(
    _ name: String, _ unit: MetricUnit, _ direction: MetricDirection, _ definition: String,
    source: String = "Apus", whenHeld: Bool = false,
    _ body: @escaping @Sendable ([LaneHistory.Holding]) -> Double
  ) {
    self.name = name
    self.unit = unit
    self.direction = direction
    self.definition = definition
    self.source = source
    figure = { holdings in
      if !whenHeld { return body(holdings) }
      let held = holdings.filter { $0.positions > 0 }
      return held.isEmpty ? .nan : body(held)
    }
  }

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromHoldings { holdings in
      let value = figure(holdings)
      return value.isNaN ? .undefined(.noPosition) : MetricValue(value, of: lane)
    }
  }
}
