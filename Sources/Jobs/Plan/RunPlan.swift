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
  /// Prices, symbols and window, and what the vector kernel runs of them; a portfolio has no signals in it.
  public internal(set) var run: LaneRun
  /// How lanes are numbered.
  public let layout: LaneLayout
  /// The parameter sets.
  public let grid: ParameterGrid
  /// Metrics, in the order of the spec.
  public let metrics: [any Metric]
  /// Hash of all values that a lane's numbers follow from: prices, and actions and scores where they matter.
  public let dataHash: String
  /// Files that were read beside the store.
  public let inputs: [String]
  /// What the reader of the results should know.
  public private(set) var warnings: [RunWarning]
  /// Time that opening the store and compiling took.
  public private(set) var loadSeconds = 0.0

  /// Which engine lanes go through.
  let routes: RouteTable
  /// Corporate actions that reach accounts.
  let actions: LedgerActions
  /// Deposits and withdrawals of each wallet.
  let flows: [[CashFlow]]
  /// Target weights of a portfolio.
  var weights: PortfolioWeights?
  /// First bar that signals look at, where they know of those before; nil for the start of history.
  var signalStart: Int?
  /// Rates of the currencies of a portfolio's symbols.
  let currencies: CurrencyRates?
  /// The panel of shorter bars.
  let finer: PricePanel?
  /// What metrics ask for beyond sums; nil if nothing.
  private(set) var detail: LaneDetail?

  /// The most lanes of one run, and the most combinations that are looked at to find them.
  ///
  /// It bounds time and disk: memory is no limit before, unless all lanes of a run are ranked, at 33 bytes each.
  public static let laneLimit = 1_000_000_000

  /// Looks everything up.
  ///
  /// - Parameters:
  ///   - spec: the job.
  ///   - storePath: path of the store.
  ///   - metrics: metrics to compute beside those of the spec.
  /// - Throws: `SpecError`, `StorageError`.
  public init(spec: Spec, storePath: String, metrics: [String] = []) throws {
    try self.init(spec: spec, storePath: storePath, metrics: metrics, hindsight: nil, like: nil)
  }

  /// The same plan as if its data ended earlier, or went on otherwise.
  ///
  /// Symbols and routes stay those of this plan, whatever would be chosen of what is left.
  func with(_ hindsight: Hindsight) throws -> RunPlan {
    try RunPlan(
      spec: spec, storePath: storePath, metrics: metrics.map(\.name), hindsight: hindsight,
      like: self)
  }

  /// A plan over bars that are not the store's.
  ///
  /// - Parameters:
  ///   - store: which is at `storePath`, and open already.
  ///   - instant: where the bars of a path begin.
  ///   - path: the panel that has them, with what was before.
  package init(
    spec: Spec, storePath: String, store: PriceStore, from instant: Int64, path: PricePanel
  ) throws {
    try self.init(
      spec: spec, storePath: storePath, metrics: [],
      hindsight: Hindsight(instant: instant, kind: .path(path)), like: nil, store: store)
  }

  private init(
    spec: Spec, storePath: String, metrics names: [String], hindsight: Hindsight?, like: RunPlan?,
    store opened: PriceStore? = nil
  ) throws {
    let clock = ContinuousClock()
    let begin = clock.now
    self.spec = spec
    self.storePath = storePath
    guard spec.hasStrategy else {
      throw SpecError.missing(
        path: "strategy",
        expected:
          "what to trade; a spec with risk or allocate alone is for apus risk, apus allocate")
    }
    let store = try opened ?? PriceStore.open(storePath)
    let market = try PlanMarket(spec, store, hindsight)
    let panel = market.panel
    try Self.checkRoles(spec, panel)
    let symbols = try like?.run.symbols ?? Self.symbols(spec, panel, market.universe)
    let window = try Self.window(spec, panel)
    let zone = ZoneOffsets(panel)
    grid = try Self.grid(spec, panel)
    finer = market.finer
    currencies = try market.currencies(symbols)
    inputs = market.inputs
    // Whoever doesn't know the future doesn't know its actions and flows either, and what splits will do to dividends all the same.
    // On a random path none of them comes again.
    actions = LedgerActions(
      hindsight?.isDrawn == true
        ? []
        : (like?.actions ?? market.actions(symbols, window)).rows.filter {
          $0.bar < window.count
        })

    let isPortfolio = spec.weights != nil
    weights =
      isPortfolio
      ? try PortfolioWeights(spec, grid, panel, symbols, window: window, zone: zone) : nil
    let strategy: any LaneStrategy
    if isPortfolio {
      strategy = NoSignals(setCount: weights?.setCount ?? 0)
    } else {
      strategy = try Self.strategy(spec, grid, panel, zone)
    }
    flows =
      try like?.flows
      ?? spec.wallets.enumerated().map { index, wallet throws(SpecError) in
        let path = wallet.name.isEmpty ? "account" : "account.wallets[\(index)]"
        return try Periods(panel, zone).flows(wallet, path: path, window: window)
      }
    if zone.wasMissed { throw Self.zoneMissed(panel) }

    layout = LaneLayout(
      groups: weights?.names ?? symbols.map { panel.symbols[$0].symbol },
      setCount: weights == nil ? grid.count : weights?.setsPerName ?? 0,
      variants: LaneLayout.variants(of: spec))
    try Self.checkLanes(layout)
    metrics = (spec.metrics + names.filter { !spec.metrics.contains($0) })
      .compactMap { spec.convention.metric(named: $0) }
    let needs = metrics.reduce(into: MetricNeeds()) { $0.formUnion($1.needs) }
    var rules = spec.rules
    rules.keepsExtendedSums = !needs.isDisjoint(with: [.extendedSums, .returns])
    rules.keepsTradeSums = needs.contains(.tradeSums)
    run = LaneRun(
      panel: panel, symbols: symbols, strategy: strategy, rules: rules, cash: spec.wallets[0].cash,
      window: window, historyStart: spec.warmsOnHistory ? 0 : window.lowerBound,
      riskFree: spec.riskFree, minimumAcceptable: spec.minimumAcceptable,
      keepsReturns: needs.contains(.returns))
    let (acting, ending) = market.reach(of: actions, symbols.count)
    routes =
      like?.routes
      ?? RouteTable(spec, needsRuleBook: strategy.needsRuleBook, acting: acting, ending: ending)
    dataHash = market.hash(acting: acting.contains(true), weights: weights)
    try Self.checkFields(spec, run, routes)
    warnings = market.warnings + Self.warnings(spec, run, store, routes)
    detail = try LaneDetail(spec, run, needs: needs, historyBuilder)
    run.dayBounds = detail?.dayBounds
    if detail?.isInUTC ?? false {
      warnings.append(
        RunWarning(
          code: "days_of_utc", severity: .warning,
          message:
            "this system does not know the zone '\(panel.calendar.timeZone)': metrics take days of UTC"
        ))
    }
    loadSeconds = (clock.now - begin).seconds
  }

  /// The same plan with the sums that the ladder of costs needs.
  var keepingCosts: RunPlan {
    var plan = self
    plan.run.rules.keepsTradeSums = true
    return plan
  }

  /// The same plan with what the tables of a backtest need.
  var keepingReturns: RunPlan {
    get throws(SpecError) {
      var plan = self
      plan.run.keepsReturns = true
      plan.detail = try LaneDetail(
        spec, plan.run, needs: [.returns, .periods, .benchmark], historyBuilder)
      return plan
    }
  }

  private var historyBuilder: HistoryBuilder {
    let columns = weights == nil ? nil : run.symbols
    let (symbols, layout) = (run.symbols, layout)
    return HistoryBuilder(
      panel: run.panel, window: run.window,
      columns: { columns ?? [symbols[layout.place(of: $0).group]] },
      fill: spec.execution.fill, currencies: currencies,
      splits: actions.rows.contains { if case .split = $0.event { true } else { false } })
  }

  /// Number of lanes.
  public var laneCount: Int { layout.laneCount }
  /// What the lanes' engines are called, and why.
  public var route: String { routes.text }

  /// Position of the metric that ranks.
  var rankMetric: Int { metrics.firstIndex { $0.name == spec.rankBy } ?? 0 }

  /// Symbol of a lane; the name of the portfolio for one over all symbols.
  public func symbol(lane: Int) -> String { layout.groups[layout.place(of: lane).group] }

  /// Names of the symbols that the orders of a lane count.
  public func symbolNames(lane: Int) -> [String] {
    let columns = weights == nil ? [run.symbols[layout.place(of: lane).group]] : run.symbols
    return columns.map { run.panel.symbols[$0].symbol }
  }

  /// Whether a group of lanes has a price in the window.
  func hasPrice(group: Int) -> Bool {
    let columns = weights == nil ? [run.symbols[group]] : run.symbols
    return columns.contains { hasPrice(column: $0) }
  }

  private func hasPrice(column: Int) -> Bool {
    guard let life = run.panel.lifetimes[column], let close = run.panel.fieldIndex("close") else {
      return false
    }
    return run.window.clamped(to: life.lowerBound..<life.upperBound + 1).contains {
      !run.panel.value(field: close, bar: $0, symbol: column).isNaN
    }
  }

  private static func strategy(
    _ spec: Spec, _ grid: ParameterGrid, _ panel: PricePanel, _ zone: ZoneOffsets
  ) throws(SpecError) -> ExpressionStrategy {
    do throws(StrategyError) {
      let strategy = try ExpressionStrategy(
        source: spec.strategy, grid: grid, panel: panel, zoneOffset: { zone.offset(at: $0) })
      try strategy.checkFraction(leverage: spec.execution.leverage)
      return strategy
    } catch {
      throw .strategy(error)
    }
  }

  private static func zoneMissed(_ panel: PricePanel) -> SpecError {
    .panel(
      reason:
        "panel \(panel.name) is in the time zone '\(panel.calendar.timeZone)', which this system "
        + "does not know; hour, weekday, month and month_end need it"
    )
  }

  private static func checkLanes(_ layout: LaneLayout) throws(SpecError) {
    let (lanes, overflow) = layout.setCount.multipliedReportingOverflow(by: layout.groups.count)
    let (all, tooMany) = lanes.multipliedReportingOverflow(by: layout.variants.count)
    guard !overflow, !tooMany, all <= laneLimit else {
      let variants = layout.variants.count > 1 ? " × \(layout.variants.count)" : ""
      throw .tooManyLanes(
        found: "\(layout.setCount) × \(layout.groups.count)\(variants)", limit: laneLimit)
    }
  }
}

/// Stands where a portfolio has no signals.
struct NoSignals: LaneStrategy {
  let setCount: Int
  var entersShort: Bool { false }
  var hasLevels: Bool { false }
  var trails: Bool { false }
  var commitsAll: Bool { false }
  var sharesTerms: Bool { true }
  var fields: [String] { [] }
  func terms(of set: Int) -> LaneTerms { LaneTerms() }
  func program(sets: Range<Int>) throws -> any LaneProgram {
    preconditionFailure("a portfolio has weights")
  }
}
