import Books
import Kernels
import Market
import Metrics
import Storage
import Synchronization

/// Metrics of the whole catalogue from the history of a book: a row a portfolio, client, advisor, sector or symbol.
public struct BookMetrics: Sendable {
  /// What a row is of.
  public enum Level: String, Sendable, CaseIterable {
    /// A portfolio, in its currency.
    case portfolio
    /// The portfolios of a client as one account.
    case client
    /// The portfolios of an advisor's clients as one account.
    case advisor
    /// All portfolios as one account.
    case firm
    /// Positions in the symbols of a sector, without cash.
    case sector
    /// Positions in a symbol, without cash.
    case symbol
  }

  /// A metric through time.
  public struct Rolling: Sendable, Equatable {
    /// Names that there are.
    public static let names = ["volatility", "sharpe", "sortino", "max_drawdown", "beta"]
    /// One of them.
    public var metric: String
    /// Returns in the window, at least 2.
    public var window: Int

    /// A metric through time.
    public init(metric: String, window: Int) {
      self.metric = metric
      self.window = window
    }
  }

  /// What is computed, and how.
  public struct Options: Sendable {
    /// What a row is of.
    public var level = Level.portfolio
    /// The metrics.
    public var metrics: [any Metric] = BookMetrics.defaultMetrics
    /// Name of the definitions they follow.
    public var convention = Convention.apus
    /// Metrics through time.
    public var rolling: [Rolling] = []
    /// Which time: from the first instant to before the second.
    public var span = Int64.min..<Int64.max
    /// A symbol of the panel to compare with.
    public var benchmark: String?
    /// Annual rates.
    public var rates = HistoryMetrics.Rates()

    /// Each portfolio's main metrics over all its time.
    public init() {}
  }

  /// What a table shows unless metrics are named.
  public static let defaultMetrics = [
    "total_return", "money_weighted_return", "cagr_periods", "volatility", "sharpe", "sortino",
    "max_drawdown", "calmar", "var_95", "cvar_95", "final_equity",
  ].compactMap { MetricCatalog.metric(named: $0) }

  /// Most numbers of rolling metrics.
  static let mostRolling = 50_000_000

  let session: BookSession
  let portfolios: [Int]
  let options: Options

  /// A job over some portfolios of a book.
  public init(_ session: BookSession, portfolios: [Int], options: Options) {
    self.session = session
    self.portfolios = portfolios
    self.options = options
  }

  /// One row.
  struct Row: Sendable {
    var path: Range<Int> = 0..<0
    var values: [MetricValue] = []
    /// By rolling metric, over the bars of the job.
    var rolling: [[Double]] = []
  }

  /// Computes the tables `metrics` and, where asked, `rolling`.
  ///
  /// - Throws: `BookMetricsError`, `StorageError`, `RunInterrupted`.
  public func groups(isCancelled: @escaping @Sendable () -> Bool = { false }) throws
    -> [ResultGroup]
  {
    let bars = try session.bars(in: options.span)
    let parts = BookParts(session.book, session.market.remembering, portfolios, options.level)
    let held = parts.ids.count.multipliedReportingOverflow(by: bars.count * options.rolling.count)
    guard !held.overflow, held.partialValue <= Self.mostRolling else {
      throw BookMetricsError.tooMany(rows: parts.ids.count, bars: bars.count)
    }
    // Rows of one currency share a calendar and a benchmark.
    var byCurrency: [String: HistoryMetrics] = [:]
    for currency in Set(parts.ids.indices.map { parts.currency($0) }) {
      byCurrency[currency] = try session.metrics(
        benchmark: options.benchmark, in: currency, rates: options.rates)
    }
    let metrics = byCurrency
    let rows = Mutex([Row](repeating: Row(), count: parts.ids.count))
    let needsHistory = options.metrics.contains { $0.needs.contains(.history) }
    let needsTrips = needsHistory || options.metrics.contains { $0.needs.contains(.tradeSums) }
    let isWhole = try TileLoop(tiles: parts.ids.count, workers: session.workers).run(
      isCancelled: isCancelled, room: { () }
    ) { place, _ in
      guard let metrics = metrics[parts.currency(place)] else { return }
      let money = try parts.money(
        place, bars: bars, trips: needsTrips, holdings: needsHistory)
      let lane = metrics.summary(of: money.path, trips: money.trips, holdings: money.holdings)
      let row = Row(
        path: money.path.bars,
        values: options.metrics.map { HistoryMetrics.value($0, of: lane) },
        rolling: lane.map { rolling($0, money.path.bars, in: bars, metrics) } ?? [])
      rows.withLock { $0[place] = row }
    }
    guard isWhole else { throw RunInterrupted() }
    let done = rows.withLock { $0 }
    var groups = [table(parts, done)]
    if !options.rolling.isEmpty {
      groups.append(
        rollingTable(parts, done, bars, isDaily: metrics.values.contains { $0.isDaily }))
    }
    return groups
  }

  // MARK: - Tables

  private var attributes: [ResultTable.Attribute] {
    var attributes = [ResultTable.Attribute("convention", options.convention.name)]
    if let benchmark = options.benchmark { attributes.append(.init("benchmark", benchmark)) }
    if options.rates.riskFree != 0 {
      attributes.append(.init("risk_free", "\(options.rates.riskFree)"))
    }
    if options.rates.minimumAcceptable != 0 {
      attributes.append(.init("minimum_acceptable", "\(options.rates.minimumAcceptable)"))
    }
    return attributes
  }

  private func table(_ parts: BookParts, _ rows: [Row]) -> ResultGroup {
    let dimension = options.level.rawValue
    let panel = session.market.panel
    var variables: [ResultGroup.Variable] = [
      .init("currency", [dimension], .texts(parts.ids.indices.map { parts.currency($0) })),
      .init(
        "from", [dimension], .times(rows.map { $0.path.first.map { panel.time.ns[$0] } ?? .min })),
      .init("to", [dimension], .times(rows.map { $0.path.last.map { panel.time.ns[$0] } ?? .min })),
      .init(
        "bars", [dimension], rows.map { Double($0.path.count) }, unit: "bars",
        definition: "from the first money to the last"),
    ]
    for (place, metric) in options.metrics.enumerated() {
      variables.append(
        .init(
          metric.name, [dimension], rows.map { $0.values[place].number },
          unit: metric.unit.rawValue, definition: metric.definition))
    }
    variables.append(.init("reason", [dimension], .texts(rows.map(reasons))))
    return ResultGroup(
      "metrics", title: "Metrics by \(dimension)",
      dimensions: [.init(dimension, .texts(parts.ids))], variables: variables,
      attributes: attributes)
  }

  /// Why metrics of a row have no value.
  private func reasons(_ row: Row) -> String {
    if row.path.isEmpty { return "no money in this time" }
    return zip(options.metrics, row.values).compactMap { metric, value in
      if case .undefined(let reason) = value { "\(metric.name): \(reason.rawValue)" } else { nil }
    }.joined(separator: "; ")
  }

  private func rolling(
    _ lane: LaneSummary, _ path: Range<Int>, in bars: Range<Int>, _ metrics: HistoryMetrics
  ) -> [[Double]] {
    guard let returns = lane.returns, let context = lane.context else { return [] }
    let dayStarts = Set(metrics.context.bounds(.day))
    return options.rolling.map { rolling in
      let found = RollingMetrics(
        returns: returns, benchmark: context.benchmark, window: rolling.window,
        perYear: lane.observationsPerYear, riskFree: lane.riskFreePerBar,
        minimumAcceptable: lane.minimumAcceptablePerBar)
      let values =
        switch rolling.metric {
        case "volatility": found.volatility
        case "sharpe": found.sharpe
        case "sortino": found.sortino
        case "max_drawdown": found.maxDrawdown
        default: found.beta ?? []
        }
      guard !values.isEmpty else { return bars.map { _ in .nan } }
      var all = bars.map { _ in Double.nan }
      if lane.days == nil {
        for (place, bar) in path.enumerated() { all[bar - bars.lowerBound] = values[place] }
        return all
      }
      // A day's number stands at its last bar.
      var day = 0
      for bar in path {
        let isLast = bar + 1 == path.upperBound || dayStarts.contains(bar + 1)
        if !isLast { continue }
        all[bar - bars.lowerBound] = values[day]
        day += 1
      }
      return all
    }
  }

  private func rollingTable(
    _ parts: BookParts, _ rows: [Row], _ bars: Range<Int>, isDaily: Bool
  ) -> ResultGroup {
    let dimension = options.level.rawValue
    let time = session.market.panel.time.ns
    let variables = options.rolling.enumerated().map { place, rolling in
      ResultGroup.Variable(
        "\(rolling.metric)_\(rolling.window)", ["time", dimension],
        bars.indices.flatMap { bar in
          rows.map { $0.rolling.isEmpty ? .nan : $0.rolling[place][bar - bars.lowerBound] }
        }, unit: ["volatility", "max_drawdown"].contains(rolling.metric) ? "fraction" : "ratio",
        definition:
          "\(rolling.metric) of the last \(rolling.window) \(isDaily ? "days" : "bars")")
    }
    return ResultGroup(
      "rolling", title: "Metrics through time",
      dimensions: [
        .init("time", .times(bars.map { time[$0] })), .init(dimension, .texts(parts.ids)),
      ], variables: variables, attributes: attributes)
  }
}
