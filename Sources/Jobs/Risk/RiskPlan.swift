import Kernels
import Market
import Metrics
import Risk
import Simulation
import Storage

/// A spec of `apus risk` joined with its store: everything is looked up and checked, and nothing has been computed.
public struct RiskPlan: Sendable {
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
  /// Simple returns a bar.
  public let returns: ReturnTable
  /// The portfolios.
  public let portfolios: WeightTable
  /// Metrics of each portfolio.
  public let metrics: [any Metric]
  /// Hash of all values that numbers follow from.
  public let dataHash: String
  /// Files that were read beside the store.
  public let inputs: [String]
  /// What the reader should know.
  public let warnings: [RunWarning]
  /// How many portfolios are looked at in detail: the best by the metric that ranks.
  let detail: Int
  /// What is asked.
  let sections: [any RiskSection]

  /// Metrics of a spec without `metrics`.
  public static let defaultMetrics = [
    "total_return", "cagr_periods", "volatility", "sharpe", "sortino", "max_drawdown", "var_95",
    "cvar_95", "var_99", "cvar_99",
  ]

  /// Looks everything up.
  ///
  /// - Throws: `SpecError`, `StorageError`, `ImportError`.
  public init(spec: Spec, storePath: String) throws {
    self.spec = spec
    self.storePath = storePath
    var sections: [any RiskSection] = []
    var detail = 10
    if let json = spec.risk {
      var reader = try SpecReader(json, path: "risk")
      detail = try reader.integer("detail", "a whole number from 1 to 1000", in: 1...1000) ?? 10
      for kind in RiskSections.all {
        guard let json = reader.optional(kind.key) else { continue }
        sections.append(try kind.read(json, path: reader.at(kind.key)))
      }
      try reader.finish()
    }
    self.sections = sections
    self.detail = detail
    let given = try PortfolioSpec(spec.portfolios)
    let store = try PriceStore.open(storePath)
    let market = try PlanMarket(spec, store, nil)
    panel = market.panel
    guard panel.fieldIndex("close") != nil else {
      throw SpecError.panel(
        reason: "panel \(panel.name) has no field 'close' (it has: "
          + "\(panel.fields.joined(separator: ", "))); returns are those of closes")
    }
    symbols = try RunPlan.symbols(spec, panel, market.universe)
    window = try RunPlan.window(spec, panel)
    returns = ReturnTable(
      panel: panel, symbols: symbols, window: window,
      barsPerYear: panel.calendar.barsPerYear(frequencyNs: panel.frequencyNs))
    guard returns.barCount > 0 else {
      throw SpecError.nothingToRun(reason: "data: a window of one bar has no return")
    }
    portfolios = try given.table(spec, symbols: returns.symbols)
    let names = spec.givesMetrics ? spec.metrics : Self.defaultMetrics
    metrics = names.compactMap { MetricCatalog.metric(named: $0) }
    inputs = market.inputs + (given.files + sections.flatMap(\.files)).map { spec.path(of: $0) }
    let weights = "\(portfolios.names) \(portfolios.weights.values.map(\.bitPattern))"
    dataHash = SHA256.hash(market.hash(acting: false, weights: nil) + "\n" + SHA256.hash(weights))
    warnings = market.warnings
  }

  /// Keys of `risk` and what they tell.
  public static var sectionSummaries: [(key: String, summary: String)] {
    RiskSections.all.map { ($0.key, $0.summary) }
  }

  /// Position of the metric that ranks.
  var rankMetric: Int { metrics.firstIndex { $0.name == spec.rankBy } ?? 0 }
}
