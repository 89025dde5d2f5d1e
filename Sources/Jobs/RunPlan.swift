import Expressions
import Kernels
import Market
import Metrics
import Simulation
import Storage
import Strategies

/// A spec joined with its store: everything is looked up and checked, and nothing has run.
public struct RunPlan: Sendable {
  /// The spec.
  public let spec: Spec
  /// Path of the store.
  public let storePath: String
  /// What will run.
  public let run: LaneRun
  /// The parameter sets.
  public let grid: ParameterGrid
  /// Metrics, in the order of the spec.
  public let metrics: [any Metric]
  /// What the reader of the results should know.
  public private(set) var warnings: [RunWarning] = []
  /// Time that opening the store and compiling took.
  public private(set) var loadSeconds = 0.0

  /// The most lanes of one run, and the most combinations that are looked at to find them.
  ///
  /// It bounds time and disk: memory is no limit before, unless all lanes of a run are ranked, at 33 bytes each.
  public static let laneLimit = 1_000_000_000

  /// Looks everything up.
  ///
  /// - Parameters:
  ///   - spec: the job.
  ///   - storePath: path of the store.
  /// - Throws: `SpecError`, `StorageError`.
  public init(spec: Spec, storePath: String) throws {
    let clock = ContinuousClock()
    let begin = clock.now
    self.spec = spec
    self.storePath = storePath
    let store = try PriceStore.open(storePath)
    var panel = try Self.panel(spec, store)
    let universe = try Self.universe(spec, panel, store)
    if let universe { panel = panel.adding(field: Universe.field, values: universe.isMember) }
    let symbols = try Self.symbols(spec, panel, universe)
    let window = try Self.window(spec, panel)
    grid = try Self.grid(spec, panel)
    let (lanes, overflow) = grid.count.multipliedReportingOverflow(by: symbols.count)
    guard !overflow, lanes <= Self.laneLimit else {
      throw SpecError.tooManyLanes(
        found: "\(grid.count) × \(symbols.count)", limit: Self.laneLimit)
    }
    let zone = ZoneOffsets(panel)
    let strategy: ExpressionStrategy
    do throws(StrategyError) {
      strategy = try ExpressionStrategy(
        source: spec.strategy, grid: grid, panel: panel, zoneOffset: { zone.offset(at: $0) })
    } catch {
      throw SpecError.strategy(error)
    }
    if zone.wasMissed {
      throw SpecError.panel(
        reason:
          "panel \(panel.name) is in the time zone '\(panel.calendar.timeZone)', which this system "
          + "does not know; hour, weekday, month and month_end need it")
    }

    metrics = spec.metrics.compactMap { MetricCatalog.metric(named: $0) }
    let needs = metrics.reduce(into: MetricNeeds()) { $0.formUnion($1.needs) }
    var rules = spec.rules
    rules.keepsExtendedSums = !needs.isDisjoint(with: [.extendedSums, .returns])
    rules.keepsTradeSums = needs.contains(.tradeSums)
    run = LaneRun(
      panel: panel, symbols: symbols, strategy: strategy, rules: rules, cash: spec.cash,
      window: window, historyStart: spec.warmsOnHistory ? 0 : window.lowerBound,
      riskFree: spec.riskFree, minimumAcceptable: spec.minimumAcceptable,
      keepsReturns: needs.contains(.returns))
    try Self.checkFields(run)
    warnings = Self.warnings(spec, run, store)
    loadSeconds = (clock.now - begin).seconds
  }

  // MARK: - Looking up

  private static func panel(_ spec: Spec, _ store: PriceStore) throws -> PricePanel {
    let info = try panelInfo(spec, store)
    let days = DayStarts(info)
    return try store.loadPanel(info.name, adjusted: spec.adjustment) { days.start(of: $0) }
  }

  private static func panelInfo(_ spec: Spec, _ store: PriceStore) throws -> PanelInfo {
    if let name = spec.panel { return try store.info(name) }
    guard store.panels.count == 1 else {
      throw SpecError.missing(
        path: "data.panel",
        expected: "one of the store's panels: \(store.panels.map(\.name).joined(separator: ", "))")
    }
    return store.panels[0]
  }

  private static func symbols(_ spec: Spec, _ panel: PricePanel, _ universe: Universe?)
    throws(SpecError) -> [Int]
  {
    let path = "data.symbols"
    switch spec.symbols {
    case .all: return Array(0..<panel.symbolCount)
    case .named(let names):
      var indexes: [Int] = []
      for name in names {
        guard let index = panel.symbols.index(of: name) else {
          throw .unknownName(
            path: path, line: 0, kind: "symbol", name: name,
            nearest: nearestName(to: name, among: panel.symbols.names),
            hint:
              "panel \(panel.name) has \(panel.symbolCount) symbols: apus inspect --symbols lists them"
          )
        }
        indexes.append(index)
      }
      return indexes
    case .sector(let sector):
      let indexes = panel.symbols.entries.indices.filter {
        panel.symbols[$0].sector == sector
      }
      guard indexes.isEmpty else { return Array(indexes) }
      let sectors = Set(panel.symbols.entries.map(\.sector)).subtracting([""]).sorted()
      throw .unknownName(
        path: path, line: 0, kind: "sector", name: sector,
        nearest: nearestName(to: sector, among: sectors),
        hint: sectors.isEmpty
          ? "the store knows no sectors: import with --symbols FILE"
          : "known: \(sectors.joined(separator: ", "))")
    case .top: return universe?.everMembers ?? []
    }
  }

  /// The symbols that are the largest by a field at each bar, as far as it was known then; nil if none are asked for.
  private static func universe(_ spec: Spec, _ panel: PricePanel, _ store: PriceStore) throws
    -> Universe?
  {
    guard case .top(let count, let name) = spec.symbols else { return nil }
    let path = "data.symbols.by"
    guard panel.fieldIndex(name) != nil else {
      throw SpecError.unknownName(
        path: path, line: 0, kind: "field", name: name,
        nearest: nearestName(to: name, among: panel.fields),
        hint: "panel \(panel.name) has: \(panel.fields.joined(separator: ", "))")
    }
    guard panel.fieldIndex(Universe.field) == nil else {
      throw SpecError.panel(
        reason: "panel \(panel.name) has a field '\(Universe.field)', the name by which a run "
          + "knows the symbols chosen at each bar; import it under another name with --columns")
    }
    // As it was quoted then: volumes and prices of a view know later splits.
    let quoted = try store.loadPanel(panel.name, fields: [name])
    let universe = Universe.top(
      count, by: 0, of: quoted, alive: panel.lifetimes, bars: try window(spec, panel))
    guard !universe.everMembers.isEmpty else {
      throw SpecError.nothingToRun(
        reason: "data.symbols: no symbol that trades has a \(name) at any bar of the run")
    }
    return universe
  }

  private static func window(_ spec: Spec, _ panel: PricePanel) throws(SpecError) -> Range<Int> {
    let lower = spec.from.map { panel.time.firstBar(atOrAfter: $0) } ?? 0
    let upper =
      spec.to.map { $0 == .max ? panel.barCount : panel.time.firstBar(atOrAfter: $0 + 1) }
      ?? panel.barCount
    guard lower < upper else {
      let first = panel.time.ns.first.map { Timestamp.text(nanoseconds: $0) } ?? "?"
      let last = panel.time.ns.last.map { Timestamp.text(nanoseconds: $0) } ?? "?"
      throw .nothingToRun(
        reason:
          "data.from, data.to: no bar lies between them; panel \(panel.name) runs from \(first) to \(last)"
      )
    }
    return lower..<upper
  }

  private static func grid(_ spec: Spec, _ panel: PricePanel) throws(SpecError) -> ParameterGrid {
    for axis in spec.axes where panel.fields.contains(axis.name) {
      throw .value(
        path: "parameters.\(axis.name)", line: 0, found: "the name of a field of the panel",
        expected: "a name of its own")
    }
    guard let text = spec.condition else {
      try checkSize(of: spec.axes)
      return ParameterGrid(axes: spec.axes)
    }
    var compiler = ExpressionCompiler(
      scope: ExpressionScope(fields: [], parameters: spec.axes.map(\.name)))
    let condition: ConstantExpression
    do throws(ExpressionError) {
      condition = try compiler.constantCondition(text)
    } catch {
      throw .expression(path: "where", column: error.column, text: text, reason: "\(error)")
    }
    let grid = ParameterGrid(axes: spec.axes) { condition.value($0) != 0 }
    guard grid.count > 0 else {
      throw .nothingToRun(
        reason: "where: no combination of parameters satisfies \"\(text)\"")
    }
    return grid
  }

  /// Combinations of parameters that a spec's `where` is asked about; nil if it has none.
  public static func candidates(of spec: Spec) -> Int? {
    spec.condition == nil ? nil : ParameterGrid.size(of: spec.axes)
  }

  /// Throws if parameters have too many combinations to look at, before any is left out.
  static func checkSize(of axes: [ParameterGrid.Axis]) throws(SpecError) {
    guard let size = ParameterGrid.size(of: axes), size <= laneLimit else {
      let sizes = axes.map { "\($0.values.count)" }.joined(separator: " × ")
      throw .tooManyLanes(found: sizes, limit: laneLimit)
    }
  }

  private static func checkFields(_ run: LaneRun) throws(SpecError) {
    var needed = [("close", "every run values positions at the close")]
    if run.rules.fill == .nextOpen {
      needed.append(("open", "fill 'next_open' needs it; without opens use fill: \"next_close\""))
    }
    if run.strategy.hasLevels || run.strategy.entersShort {
      needed += ["open", "high", "low"].map { ($0, "stops and short positions need it") }
    }
    for (field, reason) in needed where run.panel.fieldIndex(field) == nil {
      throw .panel(
        reason: "panel \(run.panel.name) has no field '\(field)' (it has: "
          + "\(run.panel.fields.joined(separator: ", "))); \(reason)")
    }
  }

  private static func warnings(_ spec: Spec, _ run: LaneRun, _ store: PriceStore) -> [RunWarning] {
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
  private static func adjustmentWarnings(_ spec: Spec, _ run: LaneRun, _ store: PriceStore)
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

  /// Position of the metric that ranks.
  var rankMetric: Int { metrics.firstIndex { $0.name == spec.rankBy } ?? 0 }

  /// Symbol of a lane.
  public func symbol(lane: Int) -> String {
    run.panel.symbols[run.symbols[run.place(of: lane).symbol]].symbol
  }

  /// Whether a symbol, by its position in the run, has a price in the window.
  func hasPrice(symbol: Int) -> Bool {
    let column = run.symbols[symbol]
    guard let life = run.panel.lifetimes[column], let close = run.panel.fieldIndex("close") else {
      return false
    }
    return run.window.clamped(to: life.lowerBound..<life.upperBound + 1).contains {
      !run.panel.value(field: close, bar: $0, symbol: column).isNaN
    }
  }
}

/// Something that the reader of a result should know.
public struct RunWarning: Sendable, Equatable, Codable {
  /// How grave it is.
  public enum Severity: String, Sendable, Codable {
    /// Good to know.
    case info
    /// It may mislead.
    case warning
  }
  /// Short name, for programs.
  public var code: String
  /// How grave it is.
  public var severity: Severity
  /// One sentence.
  public var message: String
}

extension Duration {
  /// The span in seconds.
  var seconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }
}
