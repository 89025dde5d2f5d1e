import Allocation
import Kernels
import Market
import Metrics
import Risk
import Simulation
import Storage

/// A spec of `apus allocate` joined with its store: everything is looked up and checked, and nothing has been solved.
public struct AllocatePlan: Sendable {
  /// Whole shares that are asked for.
  struct Discrete: Sendable {
    var capital: Double
    /// Shares that are traded at once; nil for the symbols' own lots, one share where they have none.
    var lot: Double?
    var method = ShareAllocation.Method.greedy
  }

  /// The spec.
  public let spec: Spec
  /// Path of the store.
  public let storePath: String
  /// Prices.
  public let panel: PricePanel
  /// Columns of the panel.
  public let symbols: [Int]
  /// Bars of the panel.
  public let window: Range<Int>
  /// Metrics of each method.
  public let metrics: [any Metric]
  /// Hash of all values that numbers follow from.
  public let dataHash: String
  /// Files that are read beside the store.
  public let inputs: [String]
  /// What the reader should know.
  public let warnings: [RunWarning]
  /// What is asked.
  let allocation: AllocationSpec
  /// Points of the efficient frontier; 0 for none.
  let frontierPoints: Int
  let discrete: Discrete?
  /// How often weights are estimated again for figures out of sample; nil for none.
  let walkForward: Rebalance?
  /// Bars that each estimate looks at.
  let lookback: Int
  /// Corporate actions that reach an account out of sample.
  let actions: LedgerActions

  /// Metrics of a spec without `metrics`.
  public static let defaultMetrics = [
    "total_return", "cagr_periods", "volatility", "sharpe", "sortino", "max_drawdown", "var_95",
    "cvar_95",
  ]

  /// Looks everything up.
  ///
  /// - Throws: `SpecError`, `StorageError`.
  public init(spec: Spec, storePath: String) throws {
    self.spec = spec
    self.storePath = storePath
    guard let json = spec.allocate else {
      throw SpecError.missing(
        path: "allocate", expected: "which weights are asked for: { method: \"min_variance\", … }")
    }
    var numbers = ParameterNumbers(spec.axes)
    guard spec.axes.allSatisfy({ $0.values.count == 1 }) else {
      throw SpecError.value(
        path: "parameters", line: 0, found: "parameters with several values",
        expected: "one value each: allocate compares methods")
    }
    var reader = try SpecReader(
      numbers.resolve(json, spec.axes.map { $0.values[0] }), path: "allocate")
    let given = try AllocationSpec(&reader, methods: "method", list: "methods")
    frontierPoints =
      try reader.integer("frontier", "a number of points from 2 to 1000", in: 2...1000) ?? 0
    discrete = try Self.readDiscrete(&reader)
    walkForward = try Self.readWalkForward(&reader)
    try reader.finish()
    if walkForward != nil, given.lookback == nil {
      throw SpecError.missing(
        path: "allocate.lookback", expected: "the bars that each estimate of walk_forward looks at")
    }

    let store = try PriceStore.open(storePath)
    let market = try PlanMarket(spec, store, nil)
    let panel = market.panel
    self.panel = panel
    guard panel.fieldIndex("close") != nil else {
      throw SpecError.panel(
        reason: "panel \(panel.name) has no field 'close' (it has: "
          + "\(panel.fields.joined(separator: ", "))); returns are those of closes")
    }
    if walkForward != nil { try RunPlan.checkExecutionFields(spec.execution, panel) }
    symbols = try RunPlan.symbols(spec, panel, market.universe)
    window = try RunPlan.window(spec, panel)
    allocation = try given.resolved(
      symbols.map { (panel.symbols[$0].symbol, panel.symbols[$0].sector) }, path: "allocate")
    let known = window.upperBound - (spec.warmsOnHistory ? 0 : window.lowerBound) - 1
    lookback = given.lookback ?? min(window.count, known)
    guard lookback >= 2 else {
      throw SpecError.nothingToRun(reason: "data: a window of \(window.count) bars has no returns")
    }
    guard lookback <= known else {
      throw SpecError.value(
        path: "allocate.lookback", line: 0, found: "\(lookback) bars",
        expected: "at most \(known), the returns that there are up to data.to")
    }
    let names = spec.givesMetrics ? spec.metrics : Self.defaultMetrics
    metrics = names.compactMap { spec.convention.metric(named: $0) }
    inputs = market.inputs
    actions = market.actions(symbols, window)
    dataHash = market.hash(acting: walkForward != nil, weights: nil)
    warnings = market.warnings + Self.unused(spec, allocation, walkForward)
  }

  /// Names of the methods' lanes.
  public var methods: [String] { allocation.methods.map(\.label) }

  /// Bars that each estimate looks at.
  public var lookbackBars: Int { lookback }

  /// Names of the symbols.
  var names: [String] { symbols.map { panel.symbols[$0].symbol } }

  /// Bars in a year.
  var barsPerYear: Double { panel.calendar.barsPerYear(frequencyNs: panel.frequencyNs) }

  /// Position of the metric that ranks.
  var rankMetric: Int { metrics.firstIndex { $0.name == spec.rankBy } ?? 0 }

  /// What the spec says in vain.
  private static func unused(
    _ spec: Spec, _ allocation: AllocationSpec, _ walkForward: Rebalance?
  ) -> [RunWarning] {
    var messages: [String] = []
    if allocation.constraints.maxTurnover < .infinity, walkForward == nil {
      messages.append(
        "allocate.max_turnover limits changes at a rebalance, and weights of one bar have none: "
          + "use it with walk_forward, or in strategy.weights")
    }
    if walkForward != nil, spec.wallets.count > 1 || !spec.wallets[0].flows.isEmpty {
      messages.append(
        "walk_forward trades one account without deposits and withdrawals: for account.flows and "
          + "wallets use strategy.weights with apus backtest")
    }
    let beyond =
      walkForward == nil
      ? []
      : RunWarning.beyondLeverage([allocation.constraints], spec.execution, path: "allocate")
    return beyond
      + messages.map { RunWarning(code: "unused_setting", severity: .warning, message: $0) }
  }

  private static func readDiscrete(_ reader: inout SpecReader) throws(SpecError) -> Discrete? {
    guard var inner = try reader.object("discrete") else { return nil }
    let money = "an amount of money above 0"
    guard let capital = try inner.number("capital", money, where: { $0 > 0 }) else {
      throw .missing(path: inner.at("capital"), expected: money)
    }
    var discrete = Discrete(capital: capital)
    discrete.lot = try inner.number("lot", "a number of shares above 0") { $0 > 0 }
    let names = ShareAllocation.Method.allCases.map(\.rawValue)
    if let name = try inner.choice("method", "way to find shares", of: names) {
      discrete.method = ShareAllocation.Method(rawValue: name) ?? .greedy
    }
    try inner.finish()
    return discrete
  }

  private static func readWalkForward(_ reader: inout SpecReader) throws(SpecError) -> Rebalance? {
    guard var inner = try reader.object("walk_forward") else { return nil }
    var rebalance = Rebalance()
    rebalance.every = try Spec.readSchedule(&inner) ?? .month
    try inner.finish()
    return rebalance
  }
}
