import Market
import Simulation
import Storage

extension RunPlan {
  static func warnings(
    _ spec: Spec, _ run: LaneRun, _ store: PriceStore, _ routes: RouteTable
  ) -> [RunWarning] {
    var warnings: [RunWarning] = []
    if case .top(let count, let field) = spec.symbols {
      warnings.append(
        RunWarning(
          code: "universe", severity: .info,
          message:
            "\(run.symbols.count) symbols are among the top \(count) by \(field) at some bar; "
            + "each is bought only while it is, and sold when it no longer is"))
    }
    if run.rules.fill == .sameClose {
      warnings.append(
        RunWarning(
          code: "same_close", severity: .warning,
          message: "orders fill at the close that gave the signal, which no market grants"))
    }
    warnings += adjustmentWarnings(spec, run, store)
    let last = run.panel.barCount - 1
    let ended =
      run.panel.lifetimes.contains { $0 != nil && ($0?.upperBound ?? last) < last }
      || store.actions.rows.contains {
        $0.kind == .delist
          && run.panel.symbols.index(of: store.symbols[$0.symbol].symbol) != nil
      }
    if !ended, run.panel.symbolCount > 1 {
      warnings.append(
        RunWarning(
          code: "survivorship", severity: .warning,
          message: "no symbol of panel \(run.panel.name) ever ends: results lean on survivors"))
    }
    return warnings
  }

  /// What the reader should know of the prices' adjustment.
  static func adjustmentWarnings(_ spec: Spec, _ run: LaneRun, _ store: PriceStore)
    -> [RunWarning]
  {
    let stored = store.panels.first { $0.name == run.panel.name }?.adjusted ?? .none
    guard stored != .none, stored != spec.adjustment,
      stored == .totalReturn || spec.adjustment == .none
    else { return [] }
    return [
      RunWarning(
        code: "adjusted_before", severity: .info,
        message: "panel \(run.panel.name) came adjusted ('\(stored.rawValue)'), which can't be "
          + "taken back for adjust: '\(spec.adjustment.rawValue)'")
    ]
  }
}
