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
    warnings += dividendWarnings(spec, run, store)
    if spec.ratesPanel == nil, spec.weights != nil { warnings += currencyWarnings(spec, run) }
    if spec.execution.slippage.halfSpread == .quotes, run.panel.fieldIndex("bid") == nil {
      warnings.append(
        RunWarning(
          code: "no_quotes", severity: .warning,
          message: "half_spread 'quotes' has no effect: panel \(run.panel.name) has no bid and ask")
      )
    }
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

  /// Dividends that neither prices nor accounts hold.
  static func dividendWarnings(_ spec: Spec, _ run: LaneRun, _ store: PriceStore) -> [RunWarning] {
    let stored = store.panels.first { $0.name == run.panel.name }?.adjusted ?? .none
    guard !spec.paysDividends, spec.adjustment != .totalReturn, stored != .totalReturn else {
      return []
    }
    let traded = Set(run.symbols)
    let (first, last) = (
      run.panel.time.ns[run.window.lowerBound], run.panel.time.ns[run.window.upperBound - 1]
    )
    let count = store.actions.rows.count { action in
      action.kind == .dividend && (first...last).contains(action.timeNs)
        && run.panel.symbols.index(of: store.symbols[action.symbol].symbol).map(traded.contains)
          ?? false
    }
    if count == 0 { return [] }
    return [
      RunWarning(
        code: "dividends_left_out", severity: .warning,
        message: "\(count) dividends of the run's symbols are in no result; data.dividends: 'cash' "
          + "pays them, adjust: 'total_return' puts them into prices")
    ]
  }

  /// Symbols that are quoted in another currency than the account's, as if one were worth the other.
  static func currencyWarnings(_ spec: Spec, _ run: LaneRun) -> [RunWarning] {
    let account = spec.currency.uppercased()
    let foreign = run.symbols.filter {
      let currency = run.panel.symbols[$0].currency.uppercased()
      return !currency.isEmpty && currency != account
    }
    if foreign.isEmpty { return [] }
    return [
      RunWarning(
        code: "mixed_currencies", severity: .warning,
        message: "\(foreign.count) symbols are not quoted in \(account), and are taken as if they "
          + "were; data.fx names a panel of exchange rates")
    ]
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
