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
  public let portfolios: any WeightRows
  /// Metrics of each portfolio.
  public let metrics: [any Metric]
  /// Calendar and benchmark of the bars that returns are of; nil unless a metric asks for them.
  let context: LaneContext?
  /// Hash of the values of the market that numbers follow from.
  let marketHash: String
  /// Files that were read beside the store.
  public let inputs: [String]
  /// What the reader should know.
  public let warnings: [RunWarning]
  /// Which portfolios are looked at in detail.
  let detail: Detail
  /// What is done where a symbol has no return.
  let missing: PortfolioRisk.Missing
  /// What is asked.
  let sections: [any RiskSection]

  /// Which portfolios the parts of the report look at.
  enum Detail: Sendable {
    /// The best by the metric that ranks.
    case best(Int)
    /// Some, by their positions.
    case some([Int])

    /// How many, of so many.
    func count(of portfolios: Int) -> Int {
      switch self {
      case .best(let count): min(count, portfolios)
      case .some(let positions): positions.count
      }
    }
  }

  /// Metrics of a spec without `metrics`.
  public static let defaultMetrics = [
    "total_return", "cagr_periods", "volatility", "sharpe", "sortino", "max_drawdown", "var_95",
    "cvar_95", "var_99", "cvar_99",
  ]

  /// Looks everything up.
  ///
  /// - Throws: `SpecError`, `StorageError`, `SideFileError`.
  public init(spec: Spec, storePath: String) throws {
    self.spec = spec
    self.storePath = storePath
    var sections: [any RiskSection] = []
    var detail: JSON5?
    var missing = PortfolioRisk.Missing.flat
    if let json = spec.risk {
      var reader = try SpecReader(json, path: "risk")
      detail = reader.optional("detail")
      let gaps = try reader.choice(
        "gaps", "policy", of: PortfolioRisk.Missing.allCases.map(\.rawValue))
      missing = gaps.flatMap(PortfolioRisk.Missing.init(rawValue:)) ?? .flat
      for kind in RiskSections.all {
        guard let json = reader.optional(kind.key) else { continue }
        sections.append(try kind.read(json, path: reader.at(kind.key)))
      }
      try reader.finish()
    }
    self.sections = sections
    self.missing = missing
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
    let (panel, symbols, window) = (panel, symbols, window)
    portfolios = try given.rows(spec, symbols: returns.symbols) {
      try Self.strategyWeights(spec, panel, symbols, window)
    }
    self.detail = try Self.detail(detail, portfolios)
    let names = spec.givesMetrics ? spec.metrics : Self.defaultMetrics
    metrics = names.compactMap { spec.convention.metric(named: $0) }
    let needs = metrics.reduce(into: MetricNeeds()) { $0.formUnion($1.needs) }
    if needs.isDisjoint(with: [.periods, .benchmark]) {
      try LaneDetail.checkBenchmark(spec, panel)
      context = nil
    } else {
      context = try LaneDetail.context(
        spec, panel, window.upperBound - returns.barCount..<window.upperBound, ZoneOffsets(panel))
    }
    inputs = market.inputs + (given.files + sections.flatMap(\.files)).map { spec.path(of: $0) }
    marketHash = market.hash(acting: false, weights: nil)
    let ofBars = RunWarning(
      code: "statistics_of_bars", severity: .warning,
      message: "bars are shorter than a day, and metrics of portfolios are of bars, not of days as "
        + "in a backtest; apus resample makes days (per_bar: true says that bars are meant)")
    warnings =
      market.warnings + Self.warnings(returns, portfolios, missing)
      + (LaneDetail.compounds(spec, panel) ? [ofBars] : [])
  }

  /// What is said of `risk.detail`: how many, or which.
  private static func detail(_ json: JSON5?, _ portfolios: any WeightRows) throws(SpecError)
    -> Detail
  {
    guard let json else { return .best(10) }
    func wrong() -> SpecError {
      .value(
        path: "risk.detail", line: json.place.line, found: json.kind,
        expected: "a whole number from 1 to 1000, or a list of names of portfolios")
    }
    switch json.value {
    case .number(let value) where value == value.rounded() && (1...1000).contains(value):
      return .best(Int(value))
    case .array(let list) where (1...1000).contains(list.count):
      var wanted: [String: Int] = [:]
      for (place, entry) in list.enumerated() {
        guard case .string(let name) = entry.value, wanted.updateValue(place, forKey: name) == nil
        else { throw wrong() }
      }
      var found = [Int?](repeating: nil, count: list.count)
      for portfolio in 0..<portfolios.portfolioCount {
        if let place = wanted[portfolios.name(portfolio)] { found[place] = portfolio }
      }
      if let place = found.firstIndex(of: nil), case .string(let name) = list[place].value {
        // Nearness to each of very many names would take long.
        let names = (0..<min(10_000, portfolios.portfolioCount)).map { portfolios.name($0) }
        throw .unknownName(
          path: "risk.detail", line: list[place].place.line, kind: "portfolio", name: name,
          nearest: nearestName(to: name, among: names),
          hint: "there are \(portfolios.portfolioCount)")
      }
      return .some(found.compactMap { $0 })
    default: throw wrong()
    }
  }

  /// What the reader should know of returns that are not there.
  private static func warnings(
    _ returns: ReturnTable, _ portfolios: any WeightRows, _ missing: PortfolioRisk.Missing
  ) -> [RunWarning] {
    var counts = [Int](repeating: 0, count: returns.symbolCount)
    for bar in 0..<returns.barCount {
      for symbol in counts.indices where returns.values[bar, symbol].isNaN { counts[symbol] += 1 }
    }
    let gaps = counts.indices.filter { counts[$0] > 0 }
    guard let worst = gaps.max(by: { counts[$0] < counts[$1] }) else { return [] }
    return [
      RunWarning(
        code: "missing_returns", severity: .warning,
        message: "\(gaps.count) of \(counts.count) symbols lack returns, "
          + "\(returns.symbols[worst]) most, at \(counts[worst]) of \(returns.barCount) bars; "
          + (missing == .flat
            ? "what is held of them earns nothing there, counted as stale_marks "
              + "(risk.gaps: \"refuse\" fails such portfolios instead)"
            : "portfolios that hold them fail"))
    ]
  }

  /// The strategy's weights at the last bar of the window.
  private static func strategyWeights(
    _ spec: Spec, _ panel: PricePanel, _ symbols: [Int], _ window: Range<Int>
  ) throws -> WeightsInMemory {
    guard spec.hasStrategy, spec.weights != nil else {
      throw SpecError.value(
        path: "portfolios", line: 0, found: "\"strategy\", and the spec has no strategy.weights",
        expected: "a spec with strategy.weights, or other portfolios")
    }
    let grid = try RunPlan.grid(spec, panel)
    let source = try PortfolioWeights(
      spec, grid, panel, symbols, window: window, zone: ZoneOffsets(panel))
    var weights = Matrix(rows: source.setCount, columns: symbols.count)
    let evaluator = source.source.makeEvaluator()
    weights.values.withUnsafeMutableBufferPointer { output in
      guard let base = output.baseAddress else { return }
      for set in 0..<source.setCount {
        let row = base + set * symbols.count
        evaluator.weights(set: set, bar: window.upperBound - 1, into: row)
        for column in 0..<symbols.count where row[column].isNaN { row[column] = 0 }
      }
    }
    let names = (0..<source.setCount).map { set in
      source.setsPerName == 1 ? source.names[set] : "set \(set % source.setsPerName)"
    }
    return WeightsInMemory(
      WeightTable(names: names, weights: weights), symbols: symbols.map { panel.symbols[$0].symbol }
    )
  }

  /// Keys of `risk` and what they tell.
  public static var sectionSummaries: [(key: String, summary: String)] {
    RiskSections.all.map { ($0.key, $0.summary) }
  }

  /// Position of the metric that ranks.
  var rankMetric: Int { metrics.firstIndex { $0.name == spec.rankBy } ?? 0 }
}
