import Market
import Metrics
import Storage

/// What a backtest tells of its best lane beside the metrics: its deepest drawdowns, its months and years, rolling metrics.
public struct BacktestTables {
  /// Names of the groups.
  public static let drawdowns = "drawdowns"
  /// Months and years.
  public static let monthly = "monthly"
  /// Metrics of a window that moves on.
  public static let rolling = "rolling"

  private let spec: Spec.Tables
  private let returns: [Double]
  private let context: LaneContext
  private let lane: LaneSummary
  private let attributes: [ResultTable.Attribute]
  /// Start of each observation.
  private let timeNs: [Int64]
  private let barTimes: [Int64]
  private let path: LaneSummary.BarPath

  /// The tables of a lane; nil unless its returns and their calendar were kept.
  init?(
    _ spec: Spec.Tables, of lane: LaneSummary, barTimes: [Int64],
    attributes: [ResultTable.Attribute]
  ) {
    guard let returns = lane.returns, let context = lane.context, let path = lane.path,
      !returns.isEmpty
    else { return nil }
    self.path = path
    self.spec = spec
    self.returns = returns
    self.context = context
    self.lane = lane
    self.attributes = attributes
    self.barTimes = barTimes
    timeNs = lane.days == nil ? barTimes : context.days.map { Int64($0) * Calendar.dayNs }
  }

  /// The groups that are asked for.
  var groups: [ResultGroup] {
    var groups: [ResultGroup] = []
    if spec.drawdowns > 0 { groups.append(drawdownGroup) }
    if spec.monthly { groups.append(monthlyGroup) }
    if let window = spec.rolling { groups.append(rollingGroup(window)) }
    return groups
  }

  private var drawdownGroup: ResultGroup {
    // As max_drawdown, of bars: a fall within a day is one.
    let timeNs = barTimes
    let rows = DrawdownTable(returns: path.returns).deepest(spec.drawdowns)
    let rank = "rank"
    func number(_ body: (DrawdownTable.Row) -> Double) -> [Double] { rows.map(body) }
    let lastDay = path.days.last ?? 0
    return ResultGroup(
      Self.drawdowns, title: "The deepest drawdowns",
      dimensions: [.init(rank, .integers(rows.indices.map { Int64($0) + 1 }))],
      variables: [
        .init(
          "depth", [rank], number(\.depth), unit: "fraction",
          definition: "equity / high - 1 at the valley"),
        .init("start", [rank], .times(rows.map { timeNs[$0.start] })),
        .init("valley", [rank], .times(rows.map { timeNs[$0.valley] })),
        .init("recovery", [rank], .times(rows.map { $0.recovery.map { timeNs[$0] } ?? .min })),
        .init(
          "days", [rank],
          number { row in
            Double((row.recovery.map { path.days[$0] } ?? lastDay) - path.days[row.start])
          }, unit: "count",
          definition:
            "calendar days from the first bar below the high to the recovery, or to the last bar"),
        .init(
          "bars", [rank], number { Double($0.bars) }, unit: "bars",
          definition: "bars below the high"),
      ], attributes: attributes)
  }

  private var monthlyGroup: ResultGroup {
    let table = MonthlyTable(returns: returns, context: context)
    let (year, month) = ("year", "month")
    let names = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    var variables: [ResultGroup.Variable] = [
      .init(
        "returns", [year, month], table.months, unit: "fraction",
        definition: "compounded return of the month"),
      .init(
        "year_return", [year], table.totals, unit: "fraction",
        definition: "compounded return of the year"),
    ]
    if let benchmark = context.benchmark {
      variables.append(
        .init(
          "benchmark_return", [year],
          MonthlyTable(returns: benchmark, context: context).totals, unit: "fraction",
          definition: "compounded return of the benchmark in the year"))
    }
    return ResultGroup(
      Self.monthly, title: "Returns of months and years",
      dimensions: [
        .init(year, .integers(table.years.map { Int64($0) })), .init(month, .texts(names)),
      ], variables: variables, attributes: attributes)
  }

  private func rollingGroup(_ window: Int) -> ResultGroup {
    let metrics = RollingMetrics(
      returns: returns, benchmark: context.benchmark, window: window,
      perYear: lane.observationsPerYear, riskFree: lane.riskFreePerBar,
      minimumAcceptable: lane.minimumAcceptablePerBar)
    let time = "time"
    var variables: [ResultGroup.Variable] = [
      .init("volatility", [time], metrics.volatility, unit: "fraction"),
      .init("sharpe", [time], metrics.sharpe, unit: "ratio"),
      .init("sortino", [time], metrics.sortino, unit: "ratio"),
      .init("max_drawdown", [time], metrics.maxDrawdown, unit: "fraction"),
    ]
    if let beta = metrics.beta {
      variables.append(.init("beta", [time], beta, unit: "ratio"))
    }
    return ResultGroup(
      Self.rolling, title: "Metrics of the last \(window) \(lane.days == nil ? "bars" : "days")",
      dimensions: [.init(time, .times(timeNs))], variables: variables,
      attributes: attributes + [ResultTable.Attribute("window", "\(window)")])
  }
}

extension RunJob {
  /// The tables of the best of the finished lanes; none for one that failed.
  func tables(_ finished: FinishedLanes) throws -> [ResultGroup] {
    let rank = plan.rankMetric
    let direction = plan.metrics[rank].direction
    var best = BestRows<Int>(limit: 1)
    try finished.forEachTile { tile throws(StorageError) in
      for row in 0..<tile.rowCount where tile.status(row) != .failed {
        best.insert(tile.lane(row), tile.key(row, by: rank, direction))
      }
    }
    guard let lane = best.sorted().first else { return [] }
    let plan = try plan.keepingReturns
    let record = try plan.simulator(variant: options.variant, workers: 1).replay(lane: lane)
    var attributes = [ResultTable.Attribute("symbol", plan.symbol(lane: lane))]
    if plan.laneCount > 1 {
      attributes.insert(ResultTable.Attribute("lane", "\(lane)"), at: 0)
    }
    if let benchmark = plan.spec.benchmark {
      attributes.append(ResultTable.Attribute("benchmark", benchmark))
    }
    return BacktestTables(
      plan.spec.tables, of: record.summary,
      barTimes: plan.run.window.map { plan.run.panel.time.ns[$0] }, attributes: attributes)?
      .groups ?? []
  }
}
