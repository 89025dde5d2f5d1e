import Books
import Kernels
import Market
import Metrics
import Storage

/// What a book is worth, by portfolio, advisor, client, sector, currency or label, at a time or through time.
public struct BookValue: Sendable {
  /// What is asked.
  public struct Options: Sendable {
    /// What sums are by.
    public var key = SumKey.portfolio
    /// Entries and bars before this instant count; nil for the end of the last bar.
    public var asOf: Int64?
    /// From when on gains and returns are told; nil from the first bar.
    public var from: Int64?
    /// Periods at whose ends sums are told; nil for the end alone.
    public var every: LaneContext.Period?

    /// Every portfolio at the last bar.
    public init() {}
  }

  /// The book.
  public let session: BookSession
  /// Positions of the portfolios.
  public let portfolios: [Int]
  /// What is asked.
  public let options: Options

  /// A valuation.
  public init(_ session: BookSession, portfolios: [Int], options: Options = Options()) {
    self.session = session
    self.portfolios = portfolios
    self.options = options
  }

  /// The instant that values are of.
  public var asOf: Int64 { options.asOf ?? session.market.lastEnd }

  /// The bars that gains and returns are of.
  ///
  /// - Throws: `BooksError.beforePrices`.
  func bars() throws(BooksError) -> Range<Int> {
    let market = session.market
    let last = try market.bar(asOf: asOf)
    let first = options.from.map { market.panel.time.firstBar(atOrAfter: $0) } ?? 0
    return min(first, last)..<last + 1
  }

  private struct Row {
    var portfolios = 0.0
    var unmarked: [Int] = []
    var unrated: [String] = []
    var equity, cash, long, short, flows, gain: Double
    var timeWeighted, volatility, valueAtRisk, drawdown: Double
  }

  /// The tables of `groups`, and a warning that names what has no price.
  ///
  /// - Throws: `BooksError.beforePrices`, `RunInterrupted`.
  public func report(isCancelled: @Sendable () -> Bool = { false }) throws -> BookReport {
    let (groups, rows) = try tables(isCancelled)
    let names = rows.map { row in
      row.unmarked.map { session.book.instruments[$0].symbol } + row.unrated
    }
    return BookReport(
      verb: "book value", session: session, asOf: asOf, groups: groups,
      warnings: RunWarning.unmarked(names, asOf: asOf).map { [$0] } ?? [])
  }

  /// Tables: the groups, and with periods what became of each in each.
  ///
  /// - Throws: `BooksError.beforePrices`, `RunInterrupted`.
  public func groups(isCancelled: @Sendable () -> Bool = { false }) throws -> [ResultGroup] {
    try tables(isCancelled).groups
  }

  private func tables(_ isCancelled: @Sendable () -> Bool) throws -> (
    groups: [ResultGroup], rows: [Row]
  ) {
    let bars = try bars()
    let metrics = try session.metrics(benchmark: nil, rates: HistoryMetrics.Rates())
    let sums = BookSums(
      by: options.key, in: session.book, market: session.market, portfolios: portfolios, bars: bars,
      before: asOf)
    guard let every = options.every else {
      let rows = sums.run(workers: session.workers, isCancelled: isCancelled) {
        Self.row($0, metrics)
      }
      guard let rows else { throw RunInterrupted() }
      return ([total(sums, rows)], rows)
    }
    let ends = ends(of: every, bars)
    let taken = sums.run(workers: session.workers, isCancelled: isCancelled) { group in
      (Self.row(group, metrics), Self.periods(group, ends))
    }
    guard let taken else { throw RunInterrupted() }
    let rows = taken.map(\.0)
    return (
      [total(sums, rows), through(sums, ends.map { bars.lowerBound + $0 }, taken.map(\.1))], rows
    )
  }

  private static func row(_ group: GroupHistory, _ metrics: HistoryMetrics) -> Row {
    let path = group.path
    let lane = metrics.summary(of: path)
    func metric(_ name: String) -> Double {
      MetricCatalog.metric(named: name).map { HistoryMetrics.value($0, of: lane).number } ?? .nan
    }
    let last = group.equity.count - 1
    return Row(
      portfolios: Double(group.portfolios), unmarked: group.unmarked, unrated: group.unrated,
      equity: group.equity[last], cash: group.cash[last],
      long: group.long[last], short: group.short[last],
      flows: group.flowsIn.reduce(0, +) - group.flowsOut.reduce(0, +), gain: group.gain,
      timeWeighted: path.timeWeightedReturn,
      volatility: metric("volatility"), valueAtRisk: metric("var_95"),
      drawdown: metric("max_drawdown"))
  }

  private func total(_ sums: BookSums, _ rows: [Row]) -> ResultGroup {
    let name = options.key.name
    func money(_ column: String, _ definition: String, _ value: (Row) -> Double)
      -> ResultGroup.Variable
    {
      ResultGroup.Variable(
        column, [name], rows.map(value), unit: sums.currency, definition: definition)
    }
    func share(_ column: String, _ definition: String, _ value: (Row) -> Double)
      -> ResultGroup.Variable
    {
      ResultGroup.Variable(
        column, [name], rows.map(value), unit: "fraction", definition: definition)
    }
    return ResultGroup(
      "value", title: "Value by \(name), \(sums.currency), as of \(AsOf.text(asOf))",
      dimensions: [ResultGroup.Dimension(name, .texts(sums.names))],
      variables: [
        ResultGroup.Variable("portfolios", [name], .integers(rows.map { Int64($0.portfolios) })),
        money("equity", "cash and value of everything held") { $0.equity },
        money("cash", "money of all wallets") { $0.cash },
        money("long", "value of what is held") { $0.long },
        money("short", "value of what is short, at most 0") { $0.short },
        money("net_flows", "what came in less what went out") { $0.flows },
        money("gain", "change of equity that flows don't explain") { $0.gain },
        ResultGroup.Variable(
          "unmarked", [name], .integers(rows.map { Int64($0.unmarked.count + $0.unrated.count) })
        ),
        share("return", "time-weighted, from the first money to the last") { $0.timeWeighted },
        share("volatility", "annual") { $0.volatility },
        share("var_95", "historical loss of a bar, at most a day, of the sum's returns") {
          $0.valueAtRisk
        },
        share("max_drawdown", "deepest fall of the time-weighted index") { $0.drawdown },
      ])
  }

  private struct Periods {
    var equity, exposure, flows, gain, growth: [Double]
  }

  /// Places of the last bars of periods.
  private func ends(of period: LaneContext.Period, _ bars: Range<Int>) -> [Int] {
    let days = session.market.panel.time.ns[bars].map { Timestamp.split($0).day }
    let context = LaneContext(
      days: days.map { Int32($0) },
      months: days.map {
        let date = CivilDate(daysSinceEpoch: $0)
        return Int32(date.year * 12 + date.month - 1)
      })
    return context.bounds(period).dropFirst().map { $0 - 1 }
  }

  private static func periods(_ group: GroupHistory, _ ends: [Int]) -> Periods {
    let returns = group.returns
    var periods = Periods(equity: [], exposure: [], flows: [], gain: [], growth: [])
    var (first, before) = (0, group.initialEquity)
    for end in ends {
      let (into, out) = (
        group.flowsIn[first...end].reduce(0, +), group.flowsOut[first...end].reduce(0, +)
      )
      periods.equity.append(group.equity[end])
      periods.exposure.append(group.gross(end))
      periods.flows.append(into - out)
      periods.gain.append(group.equity[end] - before - into + out)
      let earned = returns[first...end].filter { !$0.isNaN }
      periods.growth.append(earned.isEmpty ? .nan : earned.reduce(1) { $0 * (1 + $1) } - 1)
      (first, before) = (end + 1, group.equity[end])
    }
    return periods
  }

  private func through(_ sums: BookSums, _ ends: [Int], _ groups: [Periods]) -> ResultGroup {
    let name = options.key.name
    func variable(
      _ column: String, _ unit: String, _ definition: String, _ value: (Periods) -> [Double]
    ) -> ResultGroup.Variable {
      let rows = groups.map(value)
      return ResultGroup.Variable(
        column, ["time", name], ends.indices.flatMap { end in rows.map { $0[end] } }, unit: unit,
        definition: definition)
    }
    return ResultGroup(
      "history", title: "Through time, \(sums.currency)",
      dimensions: [
        ResultGroup.Dimension("time", .times(ends.map { session.market.panel.time.ns[$0] })),
        ResultGroup.Dimension(name, .texts(sums.names)),
      ],
      variables: [
        variable("equity", sums.currency, "after the last bar of the period") { $0.equity },
        variable("exposure", sums.currency, "longs and shorts together, then") { $0.exposure },
        variable("net_flows", sums.currency, "what came in less what went out") { $0.flows },
        variable("gain", sums.currency, "change of equity that flows don't explain") { $0.gain },
        variable("return", "fraction", "time-weighted, of the period") { $0.growth },
      ])
  }
}
