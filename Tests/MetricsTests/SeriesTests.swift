import Foundation
import Metrics
import Testing

@Suite struct SeriesTests {
  private func close(_ a: Double, _ b: Double) -> Bool {
    a.isNaN == b.isNaN && (a.isNaN || abs(a - b) <= 1e-9 * max(1, abs(b)))
  }

  /// Every window by itself, by the metrics of whole series.
  @Test(arguments: [2, 3, 20, 63], GoldenSeries.names)
  func rollingMetricsAreThoseOfEachWindow(window: Int, name: String) throws {
    let golden = try GoldenSeries(name)
    let returns = Array(golden.returns.prefix(400))
    let benchmark = Array(try #require(golden.context.benchmark).prefix(400))
    let rolling = RollingMetrics(
      returns: returns, benchmark: benchmark, window: window, perYear: 252, riskFree: 0.0001,
      minimumAcceptable: 0.0002)
    for bar in returns.indices {
      guard bar >= window - 1 else {
        #expect(rolling.volatility[bar].isNaN && rolling.maxDrawdown[bar].isNaN)
        continue
      }
      let part = bar - window + 1...bar
      let lane = LaneSummary(
        returns: Array(returns[part]), barsPerYear: 252, riskFreePerBar: 0.0001,
        minimumAcceptablePerBar: 0.0002,
        context: LaneContext(
          days: part.map { Int32($0) }, months: part.map { _ in 0 },
          benchmark: Array(benchmark[part])))
      func value(_ name: String) throws -> Double {
        try #require(MetricCatalog.metric(named: name)).value(of: lane).number
      }
      #expect(close(rolling.volatility[bar], try value("volatility")))
      #expect(close(rolling.sharpe[bar], try value("sharpe")))
      #expect(close(rolling.sortino[bar], try value("sortino")))
      #expect(close(rolling.maxDrawdown[bar], try value("max_drawdown")))
      #expect(close(try #require(rolling.beta)[bar], try value("beta")))
    }
  }

  @Test func rollingMetricsOfTooFewBarsAreNone() {
    let rolling = RollingMetrics(returns: [0.01], window: 2, perYear: 252)
    #expect(rolling.sharpe.count == 1 && rolling.sharpe[0].isNaN && rolling.beta == nil)
    #expect(RollingMetrics(returns: [], window: 2, perYear: 252).volatility.isEmpty)
    let flat = RollingMetrics(
      returns: [0, 0, 0, 0], benchmark: [.nan, 0.1, 0.2, 0.1], window: 2, perYear: 252)
    #expect(flat.volatility[3] == 0 && flat.sharpe[3].isNaN && flat.sortino[3].isNaN)
    #expect(flat.beta?[1].isNaN == true && flat.beta?[2] == 0)
  }

  @Test func drawdownsRunFromHighToHigh() {
    // 1 → 0.9 → 0.81 → 0.9 → 1.08 → 1.08 → 0.54 → 0.81
    let table = DrawdownTable(returns: [-0.1, -0.1, 1.0 / 9, 0.2, 0, -0.5, 0.5])
    #expect(table.rows.count == 2)
    let (first, second) = (table.rows[0], table.rows[1])
    #expect((first.start, first.valley, first.recovery, first.bars) == (0, 1, 3, 3))
    #expect(abs(first.depth + 0.19) < 1e-12)
    #expect((second.start, second.valley, second.recovery, second.bars) == (5, 5, nil, 2))
    #expect(second.depth == -0.5)
    #expect(table.deepest(1) == [second])
    #expect(table.deepest(9).count == 2)
    #expect(DrawdownTable(returns: []).rows.isEmpty)
    #expect(DrawdownTable(returns: [0.1, 0, 0.2]).rows.isEmpty)
  }

  @Test(arguments: GoldenSeries.names)
  func theDeepestDrawdownIsTheMetric(name: String) throws {
    let golden = try GoldenSeries(name)
    let lane = golden.lane()
    let table = DrawdownTable(returns: golden.returns)
    #expect(abs(try #require(table.deepest(1).first).depth - lane.maxDrawdown) < 1e-12)
    #expect(table.rows.map(\.bars).max() == lane.longestDrawdownBars)
  }

  @Test func monthsCompoundToYears() throws {
    // November and December of 2020, nothing in January, February of 2021.
    let context = LaneContext(
      days: [18_590, 18_597, 18_620, 18_670], months: [24_250, 24_250, 24_251, 24_253])
    let table = MonthlyTable(returns: [0.1, 0.1, -0.5, 0.2], context: context)
    #expect(table.years == [2020, 2021])
    #expect(table.months.count == 24)
    #expect(abs(table.months[10] - 0.21) < 1e-12 && table.months[11] == -0.5)
    #expect(table.months[12].isNaN && abs(table.months[13] - 0.2) < 1e-12)
    #expect(abs(table.totals[0] - (1.21 * 0.5 - 1)) < 1e-12)
    #expect(MonthlyTable(returns: [], context: LaneContext(days: [], months: [])).years.isEmpty)
    for name in GoldenSeries.names {
      let golden = try GoldenSeries(name)
      let table = MonthlyTable(returns: golden.returns, context: golden.context)
      let growth = table.months.filter { !$0.isNaN }.reduce(1) { $0 * (1 + $1) }
      #expect(abs(growth - table.totals.reduce(1) { $0 * (1 + $1) }) < 1e-9)
    }
  }

  @Test func daysOfBarsAreBarsOfTheirOwn() {
    let context = LaneContext(
      days: [5, 5, 6, 6, 8], months: [0, 0, 0, 0, 1], benchmark: [.nan, .nan, 0.1, .nan, 0.2])
    #expect(context.count(.day) == 3)
    #expect(context.daily.days == [5, 6, 8])
    #expect(context.daily.months == [0, 0, 1])
    #expect(context.daily.benchmark?[0].isNaN == true)
    #expect(abs((context.daily.benchmark?[1] ?? 0) - 0.1) < 1e-15)
    // 1970-01-05 was a Monday, days 4 and 11 in counting from 0.
    let weeks = LaneContext(days: [3, 4, 10, 11], months: [0, 0, 0, 0])
    #expect(weeks.bounds(.week) == [0, 1, 3, 4])
  }

  @Test func sharpeInferenceIsThatOfThePaper() {
    // SR 0.3 of 36 months, skew -0.5, raw kurtosis 5: Φ(0.3·√35/√1.24), by SciPy.
    let value = SharpeInference.probability(
      sharpe: 0.3, exceeds: 0, count: 36, skew: -0.5, kurtosis: 5)
    #expect(abs(value - 0.94451394) < 1e-8)
    let count = SharpeInference.minimumTrackRecord(
      sharpe: 0.3, exceeds: 0, confidence: value, skew: -0.5, kurtosis: 5)
    #expect(abs(count - 36) < 1e-6)
    #expect(SharpeInference.expectedMaximum(trials: 1, deviation: 0.1) == 0)
    // E[max] of 100 standard normals is 2.5076; the approximation is known to be 2.5306 there.
    #expect(abs(SharpeInference.expectedMaximum(trials: 100, deviation: 1) - 2.5306) < 1e-3)
    let deflated = SharpeInference.deflatedProbability(
      sharpe: 0.3, trials: 10, deviation: 0.1, count: 36, skew: -0.5, kurtosis: 5)
    #expect(deflated < value && deflated > 0.5)
    #expect(
      SharpeInference.probability(sharpe: 1, exceeds: 0, count: 36, skew: 9, kurtosis: 3).isNaN)
  }
}
