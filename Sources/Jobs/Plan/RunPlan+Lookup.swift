import Expressions
import Kernels
import Market
import Simulation
import Storage

extension RunPlan {
  static func panelInfo(_ spec: Spec, _ store: PriceStore) throws -> PanelInfo {
    if let name = spec.panel { return try store.info(name) }
    guard store.panels.count == 1 else {
      throw SpecError.missing(
        path: "data.panel",
        expected: "one of the store's panels: \(store.panels.map(\.name).joined(separator: ", "))")
    }
    return store.panels[0]
  }

  static func symbols(_ spec: Spec, _ panel: PricePanel, _ universe: Universe?)
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

  /// Symbols that a template names have to be there, whether the reader knows its texts or not.
  static func checkRoles(_ spec: Spec, _ panel: PricePanel) throws(SpecError) {
    for role in spec.roles where panel.symbols.index(of: role.symbol) == nil {
      throw .unknownName(
        path: "strategy.symbols.\(role.name)", line: 0, kind: "symbol", name: role.symbol,
        nearest: nearestName(to: role.symbol, among: panel.symbols.names),
        hint: "\(spec.template ?? "the template") needs one: symbols: { \(role.name): \"…\" }; "
          + "apus inspect --symbols lists those of panel \(panel.name)")
    }
  }

  /// The symbols that are the largest by a field at each bar, as far as it was known then; nil if none are asked for.
  static func universe(
    _ spec: Spec, _ panel: PricePanel, _ store: PriceStore, _ hindsight: Hindsight?
  ) throws -> Universe? {
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
    var quoted = try store.loadPanel(panel.name, fields: [name])
    if let hindsight { quoted = hindsight.apply(to: quoted) }
    let universe = Universe.top(
      count, by: 0, of: quoted, alive: panel.lifetimes, bars: try window(spec, panel))
    guard !universe.everMembers.isEmpty || hindsight != nil else {
      throw SpecError.nothingToRun(
        reason: "data.symbols: no symbol that trades has a \(name) at any bar of the run")
    }
    return universe
  }

  static func window(_ spec: Spec, _ panel: PricePanel) throws(SpecError) -> Range<Int> {
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

  static func grid(_ spec: Spec, _ panel: PricePanel) throws(SpecError) -> ParameterGrid {
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

  static func checkFields(_ spec: Spec, _ run: LaneRun, _ routes: RouteTable) throws(SpecError) {
    var needed = [("close", "every run values positions at the close")]
    if run.strategy.hasLevels || run.strategy.entersShort {
      needed += ["open", "high", "low"].map { ($0, "stops and short positions need it") }
    }
    if run.strategy.pricesOrders {
      needed += ["open", "high", "low"].map { ($0, "orders with a price need it") }
    }
    if spec.execution.leverage > 1, spec.weights == nil {
      needed += ["open", "high", "low"].map { ($0, "account.leverage needs it") }
    }
    try checkExecutionFields(spec.execution, run.panel)
    try check(needed, in: run.panel)
  }

  /// Throws if a panel lacks what fills and costs are made of.
  static func checkExecutionFields(_ rules: ExecutionRules, _ panel: PricePanel) throws(SpecError) {
    var needed: [(String, String)] = []
    if rules.fill == .nextOpen {
      needed.append(("open", "fill 'next_open' needs it; without opens use fill: \"next_close\""))
    }
    if rules.maxVolumeShare < .infinity {
      needed.append(("volume", "execution.max_volume_share needs it"))
    }
    let slippage = rules.slippage
    if slippage.volumeShare != nil || slippage.almgrenChriss != nil {
      needed.append(("volume", "execution.slippage needs it for volume_share or almgren_chriss"))
    }
    try check(needed, in: panel)
  }

  private static func check(_ needed: [(String, String)], in panel: PricePanel) throws(SpecError) {
    for (field, reason) in needed where panel.fieldIndex(field) == nil {
      throw .panel(
        reason: "panel \(panel.name) has no field '\(field)' (it has: "
          + "\(panel.fields.joined(separator: ", "))); \(reason)")
    }
  }
}
