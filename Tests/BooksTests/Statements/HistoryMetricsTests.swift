import Books
import Foundation
import Market
import Metrics
import Testing

/// Metrics of money by bar against those of returns that a loop makes, and against other libraries' numbers.
@Suite struct HistoryMetricsTests {
  private static func context(_ panel: PricePanel, _ benchmark: [Double]? = nil) -> LaneContext {
    let days = panel.time.ns.map { Timestamp.split($0).day }
    return LaneContext(
      days: days.map { Int32($0) },
      months: days.map {
        let date = CivilDate(daysSinceEpoch: $0)
        return Int32(date.year * 12 + date.month - 1)
      }, benchmark: benchmark)
  }

  private static func value(_ name: String, _ lane: LaneSummary?) throws -> MetricValue {
    HistoryMetrics.value(try #require(MetricCatalog.metric(named: name)), of: lane)
  }

  @Test("all money in one symbol has the metrics that empyrical gives to its returns")
  func empyrical() throws {
    let folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
      .appending(path: "../../MetricsTests/Golden").standardized
    let text = try String(
      contentsOf: folder.appending(path: "aapl_daily_2013_2018.csv"), encoding: .utf8)
    let closes = text.split(separator: "\n").dropFirst().map {
      Double($0.split(separator: ",")[1]) ?? .nan
    }
    struct Golden: Decodable {
      struct Series: Decodable { let empyrical: [String: Double] }
      let series: [String: Series]
    }
    let golden = try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: folder.appending(path: "metrics_golden.json")))
    let theirs = try #require(golden.series["aapl_daily_2013_2018"]?.empyrical)

    let book = SampleBooks.book(
      portfolios: 1, symbols: ["A"],
      [SampleBooks.deposit(0, 10 * closes[0]), SampleBooks.buy(0, 0, 10, closes[0])])
    let panel = SampleBooks.panel([("A", closes)])
    let market = try SampleBooks.market(panel, book)
    let series = PositionSeries(
      of: 0, PositionSeries.Rows(of: [0], in: book)[0], isMember: [true], in: book,
      market: market, currency: "USD")
    // From the second bar on, which is what the library was given.
    let path = MoneyPath(series, bars: 1..<closes.count, of: panel)
    let lane = HistoryMetrics(panel: panel, context: Self.context(panel)).summary(of: path)
    let same = [
      ("total_return", "cum_returns_final"), ("cagr_periods", "annual_return"),
      ("volatility", "annual_volatility"), ("sharpe", "sharpe_ratio"),
      ("sortino", "sortino_ratio"), ("calmar", "calmar_ratio"), ("max_drawdown", "max_drawdown"),
      ("omega", "omega_ratio"), ("tail_ratio", "tail_ratio"),
    ]
    for (ours, key) in same {
      let found = try Self.value(ours, lane).number
      let wanted = try #require(theirs[key])
      #expect(abs(found - wanted) <= 1e-9 * max(1, abs(wanted)), "\(ours)")
    }
  }

  @Test("every metric of returns is that of the naive equity curve, with rates and a benchmark")
  func naive() throws {
    var random = TestNumbers(seed: 5)
    let count = 300
    var equity = [1_000.0]
    var (into, out, returns, other) = ([Double](), [Double](), [Double](), [Double]())
    for bar in 0..<count {
      into.append(bar % 37 == 0 ? 100 : 0)
      out.append(bar % 53 == 5 ? 70 : 0)
      let r = 0.03 * (random.next() - 0.48)
      returns.append(r)
      other.append(0.5 * r + 0.01 * (random.next() - 0.5))
      equity.append((equity[bar] + into[bar]) * (1 + r) - out[bar])
    }
    let panel = SampleBooks.panel([("A", Array(repeating: 1, count: count))])
    var rates = HistoryMetrics.Rates()
    (rates.riskFree, rates.minimumAcceptable) = (0.02, 0.01)
    let context = Self.context(panel, other)
    let path = MoneyPath(
      bars: 0..<count, opening: 1_000, equity: Array(equity.dropFirst()), paidIn: into,
      paidOut: out, datedFlows: [], years: 1)
    let lane = try #require(
      HistoryMetrics(panel: panel, context: context, rates: rates).summary(of: path))
    let naive = LaneSummary(
      returns: returns, barsPerYear: 252, calendarDays: Double(count),
      riskFreePerBar: LaneSummary.ratePerBar(annual: 0.02, barsPerYear: 252),
      minimumAcceptablePerBar: LaneSummary.ratePerBar(annual: 0.01, barsPerYear: 252),
      context: context)
    var compared = 0
    for metric in MetricCatalog.all where !HistoryMetrics.unknown.contains(metric.name) {
      guard case .defined(let wanted) = metric.value(of: naive) else { continue }
      // Money and activity are not those of one unit that never moves.
      if ["final_equity", "net_flows", "turnover", "money_weighted_return"].contains(metric.name) {
        continue
      }
      let found = HistoryMetrics.value(metric, of: lane).number
      #expect(abs(found - wanted) <= 1e-7 * max(1, abs(wanted)), "\(metric.name)")
      compared += 1
    }
    #expect(compared > 80)
    #expect(lane.finalEquity == equity.last)
    let gain = equity[count] - 1_000 - into.reduce(0, +) + out.reduce(0, +)
    #expect(abs(path.gain - gain) < 1e-6)
  }

  @Test("shorter bars are compounded to days")
  func intraday() throws {
    let hour = SampleBooks.day / 24
    var times: [Int64] = []
    for day in Int64(0)..<20 {
      for clock in Int64(14)..<20 { times.append(day * SampleBooks.day + clock * hour) }
    }
    var random = TestNumbers(seed: 6)
    let returns = times.map { _ in 0.01 * (random.next() - 0.49) }
    var equity = [100.0]
    for r in returns { equity.append(equity[equity.count - 1] * (1 + r)) }
    let panel = SampleBooks.panel(
      [("A", times.map { _ in 1 })], frequencyNs: hour, times: times)
    let zero = times.map { _ in 0.0 }
    let path = MoneyPath(
      bars: 0..<times.count, opening: 100, equity: Array(equity.dropFirst()), paidIn: zero,
      paidOut: zero, datedFlows: [], years: 1)
    let metrics = HistoryMetrics(panel: panel, context: Self.context(panel))
    let lane = try #require(metrics.summary(of: path))
    let days = (0..<20).map { (day: Int) -> Double in
      equity[(day + 1) * 6] / equity[day * 6] - 1
    }
    let naive = LaneSummary(returns: days, barsPerYear: 252)
    #expect(lane.days == 20)
    for name in ["sharpe", "volatility", "sortino", "var_95", "skew"] {
      let found = try Self.value(name, lane).number
      let wanted = try Self.value(name, naive).number
      #expect(abs(found - wanted) <= 1e-9 * max(1, abs(wanted)), "\(name)")
    }
    // The path stays one of bars.
    let deepest = try Self.value("max_drawdown", lane).number
    let wanted = LaneSummary(returns: path.returns, barsPerYear: 1).maxDrawdown
    #expect(abs(deepest - wanted) < 1e-12)
  }

  @Test("round trips are counted from the first unit to the last")
  func trips() throws {
    let book = SampleBooks.book(
      portfolios: 1, symbols: ["A", "B"],
      [
        SampleBooks.deposit(0, 10_000), SampleBooks.buy(0, 0, 10, 100, fee: 1),
        SampleBooks.buy(1, 0, 10, 110), SampleBooks.dividend(2, 0, 7),
        SampleBooks.sell(3, 0, 20, 120, fee: 2), SampleBooks.buy(2, 1, 5, 50),
        SampleBooks.sell(4, 1, 5, 40), SampleBooks.buy(5, 0, 1, 90),
      ])
    let panel = SampleBooks.panel([
      ("A", [100, 110, 115, 120, 100, 90]), ("B", [50, 50, 50, 45, 40, 40]),
    ])
    let market = try SampleBooks.market(panel, book)
    var trips = RoundTrips()
    trips.add(book.entries.range(of: 0), in: book, market: market, currency: "USD")
    #expect(trips.trips.map(\.entryBar) == [0, 2, 5])
    #expect(trips.trips.map(\.exitBar) == [3, 4, nil])
    let profits: [Double] = [304, -50, -90]
    #expect(trips.trips.map(\.profit) == profits)
    let zero = Array(repeating: 0.0, count: 6)
    let path = MoneyPath(
      bars: 0..<6, opening: 10_000, equity: [9_999, 1e4, 1e4, 1e4, 1e4, 1e4], paidIn: zero,
      paidOut: zero, datedFlows: [], years: 1)
    let lane = try #require(
      HistoryMetrics(panel: panel, context: Self.context(panel)).summary(
        of: path, trips: trips, holdings: Array(repeating: .init(), count: 6)))
    #expect(try Self.value("trades", lane) == .defined(2))
    #expect(try Self.value("open_trades", lane) == .defined(1))
    #expect(try Self.value("win_rate", lane) == .defined(0.5))
    #expect(try Self.value("expectancy", lane) == .defined(127))
    #expect(try Self.value("fees", lane) == .defined(3))
    #expect(try Self.value("dividends", lane) == .defined(7))
    let exposure = 5.0 / 6
    #expect(try Self.value("exposure", lane) == .defined(exposure))
    #expect(try Self.value("slippage_cost", lane) == .undefined(.notRecorded))
  }

  @Test("money that never was has no metric, and says so; a symbol without a price too")
  func nothing() throws {
    let book = SampleBooks.book(
      portfolios: 1, symbols: ["A"], [SampleBooks.buy(0, 0, 1, 10)])
    let panel = SampleBooks.panel([("A", [.nan, .nan, 12])])
    let market = try SampleBooks.market(panel, book)
    let metrics = HistoryMetrics(panel: panel, context: Self.context(panel))
    let empty = MoneyPath(PositionSeries(barCount: 3), bars: 0..<3, of: panel)
    #expect(empty.bars.isEmpty && metrics.summary(of: empty) == nil)
    let series = PositionSeries(
      of: 0, PositionSeries.Rows(of: [0], in: book)[0], isMember: [true], in: book,
      market: market, currency: "USD")
    let path = MoneyPath(series, bars: 0..<3, of: panel)
    #expect(try Self.value("sharpe", metrics.summary(of: path)) == .undefined(.notRecorded))
  }

  @Test("money that came once has its return from its instant on: 10 % in 365.5 days")
  func once() throws {
    let days = 366
    var closes = [Double](repeating: 1, count: days)
    closes[days - 1] = 1.1
    let noon = SampleBooks.day / 2
    let book = SampleBooks.book(
      portfolios: 1, symbols: ["A"],
      [
        Entry(timeNs: noon, sequence: 0, wallet: 0, kind: .deposit, cash: 100),
        Entry(
          timeNs: noon, sequence: 1, wallet: 0, kind: .buy, instrument: 0, cash: -100, units: 100,
          price: 1),
      ])
    let panel = SampleBooks.panel([("A", closes)])
    let path = MoneyPath(
      try PortfolioHistory(
        of: 0, in: book, market: try SampleBooks.market(panel, book), bars: 0..<days))
    let lane = HistoryMetrics(panel: panel, context: Self.context(panel)).summary(of: path)
    let found = try Self.value("money_weighted_return", lane).number
    // By numpy: 1.1 ** (365 / 365.5) - 1.
    #expect(abs(found - 0.099_856_587_738_297_32) < 1e-12)
    #expect(try abs(Self.value("total_return", lane).number - 0.1) < 1e-12)
  }
}
