import Metrics
import Testing

/// Metrics that must have no value for a lane, and why.
private struct Case: Sendable, CustomTestStringConvertible {
  let label: String
  let lane: LaneSummary
  let reason: UndefinedReason
  let metrics: [String]
  var testDescription: String { label }
}

private func lane(_ returns: [Double], _ change: (inout LaneSummary) -> Void = { _ in })
  -> LaneSummary
{
  var lane = LaneSummary(returns: returns, barsPerYear: 252)
  change(&lane)
  return lane
}

private func weeks(_ count: Int, benchmark: [Double]? = nil) -> LaneContext {
  LaneContext(
    days: (0..<count).map { Int32($0) * 7 }, months: (0..<count).map { Int32($0 / 4) },
    benchmark: benchmark)
}

private let cases = [
  Case(
    label: "no bar", lane: lane([]), reason: .tooFewBars,
    metrics: [
      "total_return", "cagr_periods", "cagr_calendar", "best_bar", "worst_bar", "volatility",
      "var_95", "var_99", "cvar_95", "cvar_99", "skew", "excess_kurtosis", "sharpe", "sortino",
      "calmar", "omega", "tail_ratio", "max_drawdown", "drawdown_duration", "ulcer", "exposure",
      "turnover", "gross_return", "return_after_slippage", "return_after_commission",
      "return_after_borrow", "return_after_financing", "time_weighted_return",
      "money_weighted_return",
    ]),
  Case(
    label: "one bar", lane: lane([-0.01]), reason: .tooFewBars,
    metrics: [
      "volatility", "sharpe", "sortino", "omega", "tail_ratio", "skew", "excess_kurtosis",
    ]),
  Case(
    label: "two bars", lane: lane([-0.01, 0.02]), reason: .tooFewBars,
    metrics: ["skew", "excess_kurtosis"]),
  Case(
    label: "three bars", lane: lane([-0.01, 0.02, 0.03]), reason: .tooFewBars,
    metrics: ["excess_kurtosis"]),
  Case(
    label: "no day", lane: lane([0.01]) { $0.calendarDays = 0 }, reason: .tooFewBars,
    metrics: ["cagr_calendar", "money_weighted_return"]),
  Case(
    label: "all zero", lane: lane(Array(repeating: 0, count: 50)), reason: .noVariation,
    metrics: ["sharpe", "skew", "excess_kurtosis"]),
  Case(
    label: "constant gain", lane: lane(Array(repeating: 0.01, count: 2520)), reason: .noVariation,
    metrics: ["sharpe", "skew", "excess_kurtosis"]),
  Case(
    label: "constant loss", lane: lane(Array(repeating: -0.0003, count: 7)), reason: .noVariation,
    metrics: ["sharpe", "skew", "excess_kurtosis"]),
  Case(
    label: "only gains", lane: lane([0.01, 0.02, 0.03]), reason: .noDownside,
    metrics: ["sortino", "omega"]),
  Case(
    label: "all zero, no shortfall", lane: lane([0, 0, 0]), reason: .noDownside,
    metrics: ["sortino", "omega"]),
  Case(
    label: "never under water", lane: lane([0.01, 0, 0.03]), reason: .noDrawdown,
    metrics: ["calmar"]),
  Case(
    label: "mostly flat", lane: lane(Array(repeating: 0, count: 99) + [0.01]),
    reason: .noLowerTail, metrics: ["tail_ratio"]),
  Case(
    label: "no trade", lane: lane([0.01, -0.01]), reason: .noTrades,
    metrics: [
      "win_rate", "profit_factor", "expectancy", "payoff", "break_even_bps", "cost_bps",
      "residual_cash",
    ]),
  Case(
    label: "only won trades",
    lane: lane([0.01, -0.01]) {
      $0.trades = 2
      $0.wins = 2
      $0.grossProfit = 5
    }, reason: .noLosses, metrics: ["profit_factor", "payoff"]),
  Case(
    label: "only lost trades",
    lane: lane([0.01, -0.01]) {
      $0.trades = 2
      $0.losses = 2
      $0.grossLoss = 5
    }, reason: .noWins, metrics: ["payoff"]),
  Case(
    label: "ruined", lane: lane([0.5, -1, 0.1]), reason: .ruined,
    metrics: ["cagr_periods", "cagr_calendar", "calmar", "money_weighted_return"]),
  Case(
    label: "below zero", lane: lane([-3, 0.5]), reason: .ruined,
    metrics: ["cagr_periods", "cagr_calendar", "calmar", "turnover"]),
  Case(
    label: "beyond numbers", lane: lane([1e200, 1e200, -0.5]), reason: .overflow,
    metrics: [
      "total_return", "cagr_periods", "cagr_calendar", "calmar", "final_equity", "sharpe",
      "volatility",
    ]),
  Case(
    label: "annual rate beyond numbers", lane: lane([99]), reason: .overflow,
    metrics: ["cagr_periods"]),
  Case(
    label: "returns not recorded", lane: lane([0.01, -0.02, 0.03, 0.01]) { $0.returns = nil },
    reason: .notRecorded,
    metrics: [
      "best_bar", "worst_bar", "var_95", "var_99", "cvar_95", "cvar_99", "skew",
      "excess_kurtosis", "omega", "tail_ratio",
    ]),
  Case(
    label: "fills not recorded", lane: lane([0.01, -0.02]) { $0.trades = 1 }, reason: .notRecorded,
    metrics: [
      "gross_return", "return_after_slippage", "return_after_commission", "return_after_borrow",
      "return_after_financing", "break_even_bps", "cost_bps",
    ]),
  Case(
    label: "no money",
    lane: lane([0.01, 0.02]) {
      $0.initialEquity = 0
      $0.finalEquity = 0
    }, reason: .noCapital, metrics: ["gross_return", "return_after_financing"]),
  Case(
    label: "flows without a rate",
    lane: lane([0.01, 0.02]) {
      $0.netFlows = -5
      $0.timeWeightedGrowth = 1.02
    }, reason: .noRate, metrics: ["money_weighted_return"]),
  Case(
    label: "no benchmark", lane: lane([0.01, 0.02, 0.03]) { $0.context = weeks(3) },
    reason: .noBenchmark,
    metrics: [
      "beta", "alpha", "correlation", "up_capture", "batting_average", "information_ratio",
      "benchmark_return", "treynor", "beta_fragility", "down_beta",
    ]),
  Case(
    label: "a benchmark that stands still",
    lane: lane([0.01, 0.02, 0.03]) { $0.context = weeks(3, benchmark: [0.01, 0.01, 0.01]) },
    reason: .noBeta, metrics: ["beta", "alpha", "treynor", "up_beta"]),
  Case(
    label: "a benchmark that only rises",
    lane: lane([0.01, 0.02, 0.03]) { $0.context = weeks(3, benchmark: [0.01, 0.02, 0.01]) },
    reason: .oneSidedBenchmark,
    metrics: ["down_capture", "down_beta", "down_alpha", "capture_ratio"]),
  Case(
    label: "a benchmark of one bar",
    lane: lane([0.01, 0.02, 0.03]) { $0.context = weeks(3, benchmark: [.nan, .nan, 0.01]) },
    reason: .tooFewBars, metrics: ["beta", "tracking_error", "beta_fragility"]),
  Case(
    label: "less than a year", lane: lane([0.01, 0.02, 0.03]) { $0.context = weeks(3) },
    reason: .tooFewBars, metrics: ["return_1y", "return_3y", "return_5y"]),
  Case(
    label: "still under water", lane: lane([0.01, -0.02, 0.01]), reason: .notRecovered,
    metrics: ["recovery_time"]),
  Case(
    label: "a tail without losses", lane: lane(Array(repeating: 0.01, count: 120)), reason: .noFit,
    metrics: ["gpd_var_99", "gpd_es_99"]),
  Case(
    label: "a ratio below zero", lane: lane([0.01, -0.02, 0.01, -0.03]), reason: .noFit,
    metrics: ["min_track_record"]),
  Case(
    label: "nothing held",
    lane: lane([0.01, -0.02]) {
      $0.history = LaneHistory(trades: [], holdings: [.init(), .init()])
    }, reason: .noPosition, metrics: ["concentration", "effective_assets", "rar"]),
]

@Suite struct UndefinedMetricTests {
  @Test(arguments: cases)
  fileprivate func hasNoValueForAReason(example: Case) throws {
    for name in example.metrics {
      let metric = try #require(MetricCatalog.metric(named: name))
      #expect(metric.value(of: example.lane) == .undefined(example.reason), "\(name)")
    }
  }

  @Test func everyReasonOccurs() {
    #expect(Set(cases.map(\.reason)) == Set(UndefinedReason.allCases))
  }

  @Test(arguments: cases)
  fileprivate func everyDefinedValueIsFinite(example: Case) {
    for metric in MetricCatalog.all {
      let value = metric.value(of: example.lane)
      if case .defined(let number) = value {
        #expect(number.isFinite, "\(metric.name)")
        #expect(number != 0 || number.sign == .plus, "\(metric.name) is -0")
      } else {
        #expect(value.number.isNaN)
      }
    }
  }

  @Test func whatIsDefinedStaysDefined() throws {
    let flat = lane([0, 0, 0, 0])
    let expected = [
      "total_return": 0.0, "cagr_periods": 0, "volatility": 0, "max_drawdown": 0, "ulcer": 0,
      "drawdown_duration": 0, "var_95": 0, "cvar_95": 0, "exposure": 0, "turnover": 0, "trades": 0,
    ]
    for (name, number) in expected {
      let metric = try #require(MetricCatalog.metric(named: name))
      #expect(metric.value(of: flat) == .defined(number), "\(name)")
    }
    let ruined = lane([0.5, -1, 0.1])
    let total = try #require(MetricCatalog.metric(named: "total_return"))
    #expect(total.value(of: ruined) == .defined(-1))
    let constant = lane(Array(repeating: 0.01, count: 2520))
    let volatility = try #require(MetricCatalog.metric(named: "volatility"))
    #expect(volatility.value(of: constant) == .defined(0))
  }
}
