import Foundation
import Metrics
import Testing

/// What `Golden/make_metrics_golden.py` wrote.
private struct Golden: Decodable {
  struct Series: Decodable {
    let periods: Double
    let bars: Int
    let empyrical: [String: Double]
    let quantstats: [String: Double]
    let numpy: [String: Double]
  }
  let risk_free_annual: Double
  let minimum_acceptable_per_bar: Double
  let series: [String: Series]
}

/// One series with the numbers of the libraries and our lane.
private struct Fixture {
  let series: Golden.Series
  let returns: [Double]
  let lane: LaneSummary
  let withRiskFree: LaneSummary
  let minimumIsRiskFree: LaneSummary
  let withMinimum: LaneSummary

  init(_ name: String) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
    let golden = try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: folder.appending(path: "metrics_golden.json")))
    series = try #require(golden.series[name])
    let text = try String(contentsOf: folder.appending(path: "\(name).csv"), encoding: .utf8)
    let closes = try text.split(separator: "\n").dropFirst().map { line in
      try #require(Double(line.split(separator: ",")[1]))
    }
    returns = zip(closes.dropFirst(), closes).map { $0 / $1 - 1 }
    try #require(returns.count == series.bars)

    let calendarDays = series.numpy["calendar_days"]
    try #require(calendarDays != nil)
    lane = LaneSummary(
      returns: returns, barsPerYear: series.periods, calendarDays: calendarDays,
      initialEquity: 1000)
    let riskFree = LaneSummary.ratePerBar(
      annual: golden.risk_free_annual, barsPerYear: series.periods)
    withRiskFree = LaneSummary(
      returns: returns, barsPerYear: series.periods, riskFreePerBar: riskFree)
    minimumIsRiskFree = LaneSummary(
      returns: returns, barsPerYear: series.periods, minimumAcceptablePerBar: riskFree)
    withMinimum = LaneSummary(
      returns: returns, barsPerYear: series.periods,
      minimumAcceptablePerBar: golden.minimum_acceptable_per_bar)
  }

  func ours(_ name: String, _ path: KeyPath<Fixture, LaneSummary> = \.lane) throws -> Double {
    try #require(MetricCatalog.metric(named: name)).value(of: self[keyPath: path]).number
  }

  /// Mean and sample standard deviation of a bar, from our own Sharpe ratio and volatility.
  func meanAndDeviation() throws -> (mean: Double, deviation: Double) {
    let root = series.periods.squareRoot()
    let deviation = try ours("volatility") / root
    return (try ours("sharpe") / root * deviation, deviation)
  }
}

private func expectClose(
  _ ours: Double, _ theirs: Double?, _ comment: Comment,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let theirs = try #require(theirs, comment, sourceLocation: sourceLocation)
  #expect(
    abs(ours - theirs) <= 1e-9 * max(1, abs(theirs)), comment, sourceLocation: sourceLocation)
}

@Suite struct GoldenMetricTests {
  static let names = ["spx_daily_2004_2013", "aapl_daily_2013_2018", "btc_daily_2017_2020"]

  @Test(arguments: names)
  func agreesWithEmpyrical(name: String) throws {
    let fixture = try Fixture(name)
    let same: [(String, String, KeyPath<Fixture, LaneSummary>)] = [
      ("total_return", "cum_returns_final", \.lane),
      ("cagr_periods", "annual_return", \.lane),
      ("volatility", "annual_volatility", \.lane),
      ("sharpe", "sharpe_ratio", \.lane),
      ("sharpe", "sharpe_ratio_rf", \.withRiskFree),
      ("sortino", "sortino_ratio", \.lane),
      ("sortino", "sortino_ratio_mar", \.withMinimum),
      ("calmar", "calmar_ratio", \.lane),
      ("max_drawdown", "max_drawdown", \.lane),
      ("omega", "omega_ratio", \.lane),
      ("omega", "omega_ratio_mar", \.withMinimum),
      ("tail_ratio", "tail_ratio", \.lane),
    ]
    for (metric, key, lane) in same {
      try expectClose(try fixture.ours(metric, lane), fixture.series.empyrical[key], "\(key)")
    }
  }

  @Test(arguments: names)
  func agreesWithQuantstats(name: String) throws {
    let fixture = try Fixture(name)
    let same: [(String, String, KeyPath<Fixture, LaneSummary>)] = [
      ("total_return", "comp", \.lane),
      ("cagr_periods", "cagr", \.lane),
      ("volatility", "volatility", \.lane),
      ("sharpe", "sharpe", \.lane),
      ("sharpe", "sharpe_rf", \.withRiskFree),
      ("sortino", "sortino", \.lane),
      ("sortino", "sortino_rf", \.minimumIsRiskFree),
      ("calmar", "calmar", \.lane),
      ("max_drawdown", "max_drawdown", \.lane),
      ("omega", "omega", \.lane),
      ("tail_ratio", "tail_ratio", \.lane),
      ("skew", "skew", \.lane),
      ("excess_kurtosis", "kurtosis", \.lane),
      ("best_bar", "best", \.lane),
      ("worst_bar", "worst", \.lane),
    ]
    for (metric, key, lane) in same {
      try expectClose(try fixture.ours(metric, lane), fixture.series.quantstats[key], "\(key)")
    }
  }

  @Test(arguments: names)
  func agreesWithNumpy(name: String) throws {
    let fixture = try Fixture(name)
    for metric in [
      "var_95", "var_99", "cvar_95", "cvar_99", "ulcer", "drawdown_duration", "cagr_calendar",
    ] {
      try expectClose(try fixture.ours(metric), fixture.series.numpy[metric], "\(metric)")
    }
  }

  /// Their quantile is interpolated (type 7), ours is a bar that happened; losses are negative there.
  @Test(arguments: names, [(95, 0.05), (99, 0.01)])
  func differsFromEmpyricalInTheTailAsStated(name: String, level: (percent: Int, tail: Double))
    throws
  {
    let fixture = try Fixture(name)
    let (empyrical, numpy) = (fixture.series.empyrical, fixture.series.numpy)
    let percent = level.percent
    let theirs = try #require(empyrical["value_at_risk_\(percent)"])
    let ours = try fixture.ours("var_\(percent)")
    try expectClose(theirs, numpy["type7_quantile_\(percent)"], "their rule")
    try expectClose(-ours, numpy["inverted_cdf_quantile_\(percent)"], "our rule")
    #expect(abs(ours + theirs) > 1e-7, "the rules differ on these series")

    let sorted = fixture.returns.sorted()
    let lowest = Int(Double(sorted.count - 1) * level.tail) + 1
    let mean = sorted[..<lowest].reduce(0, +) / Double(lowest)
    try expectClose(mean, empyrical["conditional_value_at_risk_\(percent)"], "their tail mean")
    try expectClose(mean, numpy["mean_of_lowest_\(percent)"], "their tail mean, by numpy")
    // Ours is the same mean once the boundary bar counts for what is left of the tail.
    let tailBars = Double(sorted.count) * level.tail
    let whole = sorted[..<Int(tailBars.rounded(.down))].reduce(0, +)
    let part = (tailBars - tailBars.rounded(.down)) * sorted[Int(tailBars.rounded(.down))]
    try expectClose(
      try fixture.ours("cvar_\(percent)"), -(whole + part) / tailBars, "our tail mean")
  }

  /// Theirs are the loss and the tail mean of a normal distribution with our mean and deviation.
  @Test(arguments: names, [(95, 0.05, -1.6448536269514729), (99, 0.01, -2.3263478740408408)])
  func differsFromQuantstatsInTheTailAsStated(
    name: String, level: (percent: Int, tail: Double, score: Double)
  ) throws {
    let fixture = try Fixture(name)
    let quantstats = fixture.series.quantstats
    let (mean, deviation) = try fixture.meanAndDeviation()
    let percent = level.percent
    try expectClose(
      mean + level.score * deviation, quantstats["value_at_risk_\(percent)"], "normal loss")
    let density = exp(-level.score * level.score / 2) / (2 * Double.pi).squareRoot()
    try expectClose(
      mean - deviation * density / level.tail, quantstats["cvar_\(percent)"], "normal tail mean")
    try expectClose(
      try #require(fixture.series.numpy["mean_up_to_type7_\(percent)"]),
      quantstats["cvar_historical_\(percent)"], "mean of returns up to the type-7 quantile")
    #expect(abs(try fixture.ours("var_\(percent)") + mean + level.score * deviation) > 1e-5)
  }

  @Test(arguments: names)
  func differsInSampleAdjustmentsAsStated(name: String) throws {
    let fixture = try Fixture(name)
    let n = Double(fixture.series.bars)
    // quantstats divides the sum of squared drawdowns by n - 1.
    try expectClose(
      try fixture.ours("ulcer") * (n / (n - 1)).squareRoot(),
      fixture.series.quantstats["ulcer_index"], "ulcer")
    // scipy's default, which pyfolio reports, is the population's moments.
    try expectClose(
      try fixture.ours("skew") * (n - 2) / (n * (n - 1)).squareRoot(),
      fixture.series.numpy["population_skew"], "skew")
    let adjusted = try fixture.ours("excess_kurtosis")
    try expectClose(
      (adjusted * (n - 2) * (n - 3) / (n - 1) - 6) / (n + 1),
      fixture.series.numpy["population_kurtosis"], "kurtosis")
  }
}
