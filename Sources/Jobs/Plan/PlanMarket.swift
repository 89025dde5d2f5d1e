import Interchange
import Market
import Simulation
import Storage

/// The data of a plan: the panel as its lanes see it, and what reaches their accounts.
struct PlanMarket {
  let panel: PricePanel
  /// Panel of shorter bars for orders of events.
  let finer: PricePanel?
  /// Panel of rates of currencies.
  private let rates: PricePanel?
  /// The symbols that a spec chooses bar by bar.
  let universe: Universe?
  /// Files that were read beside the store.
  let inputs: [String]
  /// What the reader should know of the data.
  private(set) var warnings: [RunWarning] = []

  private let spec: Spec
  private let store: PriceStore
  private let info: PanelInfo
  private let scoreHashes: [String]

  /// Loads everything.
  ///
  /// - Parameter hindsight: what is taken away of the future; nil for nothing.
  init(_ spec: Spec, _ store: PriceStore, _ hindsight: Hindsight?) throws {
    self.spec = spec
    self.store = store
    info = try RunPlan.panelInfo(spec, store)
    let days = DayStarts(info)
    var panel =
      try hindsight?.panel
      ?? store.loadPanel(info.name, adjusted: spec.adjustment) { days.start(of: $0) }
    if let hindsight { panel = hindsight.apply(to: panel) }
    universe = try RunPlan.universe(spec, panel, store, hindsight)
    if let universe { panel = panel.adding(field: Universe.field, values: universe.isMember) }
    for lag in spec.lags { panel = try panel.lagging(lag) }
    var hashes: [String] = []
    for scores in spec.scores {
      var file = try ScoreFile(scores, path: spec.path(of: scores.file), panel: panel)
      hashes.append(file.hash)
      if let hindsight { file.apply(hindsight) }
      let joined = try file.joined(to: panel)
      panel = joined.panel
      warnings += Self.warnings(file, joined.seen, joined.unknown, isWhole: hindsight == nil)
      if hindsight == nil, joined.seen == 0 { throw Self.unseen(file, joined.unknown) }
    }
    scoreHashes = hashes
    inputs = (spec.scores.map(\.file) + [spec.weights?.file].compactMap { $0 }).map {
      spec.path(of: $0)
    }
    self.panel = panel
    rates = try spec.ratesPanel.map { name in
      let rates = try store.loadPanel(name)
      return hindsight?.apply(to: rates) ?? rates
    }
    finer = try spec.finerPanel.map { name in
      let info = try store.info(name)
      guard info.frequencyNs < panel.frequencyNs else {
        throw SpecError.value(
          path: "execution.finer_panel", line: 0, found: "panel \(name), whose bars are no shorter",
          expected: "a panel of shorter bars than \(panel.name)")
      }
      let days = DayStarts(info)
      let finer = try store.loadPanel(name, adjusted: spec.adjustment) { days.start(of: $0) }
      return hindsight?.apply(to: finer) ?? finer
    }
  }

  private static func unseen(_ file: ScoreFile, _ unknown: [String]) -> SpecError {
    .panel(
      reason: "data.scores: \(file.path) has no value that the run sees: "
        + (unknown.isEmpty
          ? "all are stamped after its last bar, or behind the lag"
          : "the panel lacks \(unknown.prefix(5).joined(separator: ", "))"
            + (unknown.count > 5 ? ", …" : "")))
  }

  private static func warnings(
    _ file: ScoreFile, _ seen: Int, _ unknown: [String], isWhole: Bool
  ) -> [RunWarning] {
    guard isWhole, seen > 0, !unknown.isEmpty else { return [] }
    return [
      RunWarning(
        code: "unknown_scores", severity: .warning,
        message: "\(unknown.count) symbols of \(file.scores.file) are not in the panel: "
          + unknown.prefix(5).joined(separator: ", ") + (unknown.count > 5 ? ", …" : ""))
    ]
  }

  /// What the currencies of symbols are worth; nil unless a panel of rates is given.
  func currencies(_ symbols: [Int]) throws(SpecError) -> CurrencyRates? {
    guard let rates else { return nil }
    do throws(PortfolioError) {
      return try CurrencyRates(
        panel: panel, symbols: symbols, account: spec.currency, rates: rates)
    } catch {
      throw .panel(reason: "data.fx: \(error)")
    }
  }

  // MARK: - Corporate actions

  /// The actions that reach accounts, by bar of a window and position of symbols.
  ///
  /// What prices are adjusted by is not applied again; ends of symbols reach accounts in any case.
  func actions(_ symbols: [Int], _ window: Range<Int>) -> LedgerActions {
    let days = DayStarts(info)
    let all = LedgerActions(
      store.actions, symbols: store.symbols, panel: panel, adjustment: adjustment,
      columns: symbols, window: window, dayStart: { days.start(of: $0) })
    return spec.paysDividends
      ? all
      : LedgerActions(
        all.rows.filter { row in
          if case .dividend = row.event { false } else { true }
        })
  }

  /// What the panel's prices are adjusted by, by their source or by the spec.
  var adjustment: Adjustment {
    if info.adjusted == .totalReturn || spec.adjustment == .totalReturn { return .totalReturn }
    return info.adjusted == .splits ? .splits : spec.adjustment
  }

  /// For each symbol whether splits or dividends reach its account, and whether it ends within the run.
  func reach(of actions: LedgerActions, _ count: Int) -> (acting: [Bool], ending: [Bool]) {
    var (acting, ending) = (
      [Bool](repeating: false, count: count), [Bool](repeating: false, count: count)
    )
    for row in actions.rows {
      if case .end = row.event { ending[row.symbol] = true } else { acting[row.symbol] = true }
    }
    return (acting, ending)
  }

  /// Hash of the panel and of what else numbers follow from.
  func hash(acting: Bool, weights: PortfolioWeights?) -> String {
    var parts = scoreHashes + [weights?.fileHash].compactMap { $0 }
    if let finer { parts.append(finer.contentHash) }
    if let rates { parts.append(rates.contentHash) }
    if acting {
      parts.append(
        store.actions.named(by: store.symbols).map {
          "\($0.symbol) \($0.timeNs) \($0.kind) \($0.value.bitPattern)"
        }.joined(separator: "\n"))
    }
    if parts.isEmpty { return panel.contentHash }
    return SHA256.hash(([panel.contentHash] + parts).joined(separator: "\n\n"))
  }
}

extension Spec {
  /// Path of a file that the spec names: relative to the spec's own folder.
  func path(of file: String) -> String { file.hasPrefix("/") ? file : folder + file }
}
