import Foundation
import Metrics
import Testing

/// One metric worked by hand.
struct Example: Sendable, CustomTestStringConvertible {
  let metric: String
  let lane: LaneSummary
  let expected: Double
  var testDescription: String { "\(metric) = \(expected)" }

  init(_ metric: String, _ expected: Double, _ lane: LaneSummary) {
    self.metric = metric
    self.lane = lane
    self.expected = expected
  }
}

/// Four bars on the last two days of 2020 and the first two of 2021, a year of four: equity 100 → 110 → 88 → 110 → 110.
///
/// The benchmark does 0.1, -0.1, 0.2, 0: its mean is 0.05, its Σ(b - mean)² is 0.06 - 4·0.0025 = 0.05.
private let turn = LaneSummary(
  returns: [0.1, -0.2, 0.25, 0], barsPerYear: 4, initialEquity: 100,
  context: LaneContext(
    days: [18_626, 18_627, 18_628, 18_629], months: [24_251, 24_251, 24_252, 24_252],
    benchmark: [0.1, -0.1, 0.2, 0]))

/// The same with a risk-free return of 0.01 a bar.
private let turnWithRate: LaneSummary = {
  var lane = turn
  lane.riskFreePerBar = 0.01
  return lane
}()

/// Six years of bars of a year, each of 10 %, the last of 21 %: their days are 365.25 apart, give or take.
private let sixYears = LaneSummary(
  returns: [0.1, 0.1, 0.1, 0.1, 0.1, 0.21], barsPerYear: 1,
  context: LaneContext(
    days: [0, 365, 730, 1096, 1461, 1827], months: (0..<6).map { 23_640 + Int32($0) * 12 }))

/// 101 returns of -4.8 % to 5.2 %, in the order of a stride that is prime to their number.
private let spread = LaneSummary(
  returns: (0..<101).map { Double($0 * 37 % 101 - 48) / 1000 }, barsPerYear: 252)

/// 200 losses with an exponential tail, in an order of their own.
private let tail = LaneSummary(
  returns: (1...200).map { 0.002 + log(1 - Double($0 * 37 % 211) / 211) / 100 }, barsPerYear: 252)

let statisticExamples: [Example] = [
  Example("log_return", 0.09531017980432493, turn),  // ln 1.1
  Example("mean_return", 0.0375, turn),
  Example("annual_mean", 0.15, turn),
  Example("geometric_mean", 0.1, LaneSummary(returns: [0.21, 0], barsPerYear: 4)),
  Example("expected_day", 0.024113689084445192, turn),  // 1.1^(1/4) - 1
  Example("expected_month", 0.04880884817015163, turn),  // two months: √1.1 - 1
  Example("expected_quarter", 0.04880884817015163, turn),
  Example("expected_year", 0.04880884817015163, turn),
  Example("best_day", 0.25, turn),
  Example("worst_day", -0.2, turn),
  Example("best_month", 0.25, turn),
  Example("worst_month", -0.12, turn),  // 1.1·0.8 - 1
  Example("best_year", 0.25, turn),
  Example("worst_year", -0.12, turn),
  Example("positive_days", 0.5, turn),
  // 2020-12-30 was a Wednesday: all four days are of one week.
  Example("positive_weeks", 1, turn),
  Example("positive_months", 0.5, turn),
  Example("positive_quarters", 0.5, turn),
  Example("positive_years", 0.5, turn),
  Example("mtd", 0.25, turn),
  Example("ytd", 0.25, turn),
  Example("return_1y", 0.21, sixYears),
  Example("return_3y", 0.13550812700200415, sixYears),  // (1.21·1.1²)^(1/3) - 1 = 1.1^(4/3) - 1
  Example("return_5y", 0.12116936414060242, sixYears),  // 1.1^(6/5) - 1
  Example("downside_deviation", 0.2, turn),  // √(0.04/4)·2
  // Shortfalls below 0.0375: 0.2375² and 0.0375².
  Example("semi_deviation", 0.24044230077089177, turn),
  Example("mean_absolute_deviation", 0.1375, turn),  // (0.0625 + 0.2375 + 0.2125 + 0.0375)/4
  // Six distances: 0.3, 0.15, 0.1, 0.45, 0.2, 0.25.
  Example("gini_mean_difference", 1.45 / 6, turn),
  Example("lpm_1", 0.05, turn),
  Example("lpm_4", 0.0004, turn),
  Example("entropic_risk_95", 2.9717061845996873, turn),  // ln(mean(exp(-r))/0.05)
  Example("evar_95", 0.04661969849510199, spread),  // by SciPy's bounded minimiser
  Example("evar_95", 0.2, turn),  // a twentieth of four bars: the worst of them
  Example("gpd_var_99", 0.04217736221452073, tail),  // by NumPy, from the formula
  Example("gpd_es_99", 0.05087871946924692, tail),
  Example("stability", 0.06666666666666668, turn),  // by SciPy's linregress
  Example("average_drawdown", -0.15, LaneSummary(returns: [-0.1, 0.2, -0.2], barsPerYear: 4)),
  Example("average_drawdown_duration", 1, turn),
  Example(
    "average_drawdown_duration", 1.5, LaneSummary(returns: [-0.1, 0.01, 0.2, -0.2], barsPerYear: 4)
  ),
  Example("recovery_time", 1, turn),
  Example("pain_index", 0.05, turn),
  Example("dar_95", 0.2, turn),
  Example("cdar_95", 0.2, turn),
  Example("edar_95", 0.2, turn),
  Example("edar_95", 0.07094649825740355, spread),
  Example("smart_sharpe", 0.2410366136150436, turn),  // 0.39736/1.64855, see `sharpe`
  Example("smart_sortino", 0.45494663140797664, turn),
  Example("lo_sharpe", 0.7688926256599758, turn),
  Example("psr", 0.6315438643804594, turn),
  Example("probabilistic_sortino", 0.6715206617099603, turn),
  Example("min_track_record", 72.91825849158367, turn),
  Example("adjusted_sortino", 0.5303300858899107, turn),  // 0.75/√2
  Example("gain_to_pain", 0.75, turn),  // 0.15/0.2
  Example("ulcer_performance", 1, turn),  // 0.1/0.1
  Example("ulcer_performance", (1.1 - 1.04060401) / 0.1, turnWithRate),
  Example("serenity", 1.8874586088176873, turn),  // 0.1/(0.1·0.2/0.377492)
  Example("recovery_factor", 0.5, turn),
  Example("risk_return", 0.1986798535597565, turn),  // 0.0375/√0.035625
  Example(
    "rar", 0.2,
    {
      var lane = turn
      lane.barsInPosition = 2
      return lane
    }()),
  Example("bar_win_rate", 2.0 / 3, turn),
  Example("bar_payoff", 0.875, turn),  // 0.175/0.2
  Example("bar_profit_factor", 1.75, turn),
  Example("profit_ratio", (0.35 / 9) / 0.2, turn),  // three bars from 0 up
  // Quantiles of 0.1, -0.2, 0.25, 0 at ranks 0.15, 2.85, 0.03 and 2.97.
  Example("common_sense_ratio", 1.75 * 0.2275 / 0.17, turn),
  Example("outlier_win_ratio", 0.2455 / (0.35 / 3), turn),
  Example("outlier_loss_ratio", 0.194 / 0.2, turn),
]

let benchmarkExamples: [Example] = [
  Example("benchmark_return", 0.188, turn),  // 1.1·0.9·1.2 - 1
  Example("excess_return", 0.1 - 0.188, turn),
  // Σ(b - mean)(r - mean) = 0.01 + 0.02 + 0.05 - 4·0.05·0.0375 = 0.0725.
  Example("beta", 1.45, turn),
  Example("alpha", -0.14, turn),  // (0.0375 - 1.45·0.05)·4
  Example("alpha", -0.122, turnWithRate),  // (0.0275 - 1.45·0.04)·4
  // Bars with b 0.1 and 0.2: r 0.1 and 0.25.
  Example("up_beta", 1.5, turn),
  Example("up_alpha", -0.2, turn),  // (0.175 - 1.5·0.15)·4
  Example("down_beta", 2, twoFalls),
  Example("down_alpha", 0.04, twoFalls),  // (-0.29 + 2·0.15)·4
  Example("up_capture", 0.17260393995585739, oneRise),
  Example("down_capture", 2, turn),
  Example("capture_ratio", 1, twice),
  Example("batting_average", 0.25, turn),
  // r - b: 0, -0.1, 0.05, 0; mean -0.0125, squares 0.0125 - 4·0.00015625 = 0.011875.
  Example("tracking_error", 0.12583057392117916, turn),
  Example("information_ratio", -0.3973597071195131, turn),
  Example("treynor", 0.15 / 1.45, turn),
  Example("correlation", 0.9917790736823158, turn),  // 0.0725/√(0.05·0.106875)
  Example("r_squared", 0.9836257309941523, turn),
  // b sorted: -0.1, 0, 0.1, 0.2; the middle is 0.1 with r 0.1: 1/3·-0.2 + 2/3·0.25 - 0.1.
  Example("beta_fragility", 0, turn),
]

/// The benchmark falls twice, by 10 % and 20 %, the lane by 19 % and 39 %.
private let twoFalls = LaneSummary(
  returns: [-0.19, -0.39], barsPerYear: 4,
  context: LaneContext(days: [0, 1], months: [0, 0], benchmark: [-0.1, -0.2]))

/// The lane does twice what the benchmark does, up and down.
private let twice = LaneSummary(
  returns: [0.2, -0.2], barsPerYear: 4,
  context: LaneContext(days: [0, 1], months: [0, 0], benchmark: [0.1, -0.1]))

/// √(1.1·1.25) - 1 is 0.17260394 of the lane; the benchmark does a hundred per cent twice.
private let oneRise = LaneSummary(
  returns: [0.1, 0.25], barsPerYear: 4,
  context: LaneContext(days: [0, 1], months: [0, 0], benchmark: [1, 1]))

/// Five trades: +100 and -40 while long, -60 short, +20, 0; the last is open.
private let history: LaneSummary = {
  var lane = LaneSummary(
    returns: [0.1, -0.2, 0.25, 0], barsPerYear: 4, initialEquity: 1000)
  lane.trades = 5
  lane.wins = 2
  lane.losses = 2
  lane.grossProfit = 120
  lane.grossLoss = 100
  lane.tradedNotional = 5000
  typealias Trade = LaneHistory.Trade
  let trades = [
    Trade(
      entryBar: 0, exitBar: 4, profit: 100, profitFraction: 0.1, priceReturn: 0.1, adverse: -0.02,
      favourable: 0.12),
    Trade(
      entryBar: 1, exitBar: 3, profit: -40, profitFraction: -0.04, priceReturn: -0.04,
      adverse: -0.05, favourable: 0.01),
    Trade(
      entryBar: 5, exitBar: 6, isLong: false, profit: -60, profitFraction: -0.06,
      priceReturn: -0.06, adverse: -0.08, favourable: 0),
    Trade(
      entryBar: 6, exitBar: 9, profit: 20, profitFraction: 0.02, priceReturn: 0.02, adverse: 0,
      favourable: 0.03),
    Trade(
      entryBar: 10, exitBar: 12, profit: 0, profitFraction: 0, priceReturn: 0, adverse: -0.01,
      favourable: 0.04),
    Trade(entryBar: 13, exitBar: nil, profit: 1000),
  ]
  var half = LaneHistory.Holding()
  half.add(0.75)
  half.add(-0.25)
  var one = LaneHistory.Holding()
  one.add(0.5)
  lane.history = LaneHistory(trades: trades, holdings: [LaneHistory.Holding(), half, one, one])
  return lane
}()

let tradeExamples: [Example] = [
  Example("flat_trades", 1, history),
  Example("trades_per_year", 5, history),
  Example("loss_rate", 0.4, history),
  Example("average_win", 60, history),
  Example("average_loss", -50, history),
  Example("kelly", 0.4 - 0.6 / 1.2, history),
  // Nothing won more often than lost.
  Example("risk_of_ruin", 1, history),
  Example(
    "risk_of_ruin", 0.0625,  // e = 1/3: (1/2)^(100/25)
    {
      var lane = LaneSummary()
      lane.initialEquity = 100
      lane.trades = 3
      lane.wins = 2
      lane.losses = 1
      lane.grossLoss = 25
      return lane
    }()),
  Example("cpc_index", 1.2 * 0.4 * 1.2, history),
  Example("profit_to_max_drawdown", 0.1, history),  // 20/(0.2·1,000)
  Example("sqn", 0.14359163172354764, history),  // √5·4/s1, s1² = 15,520/4
  Example("largest_win", 100, history),
  Example("largest_loss", -60, history),
  Example("average_trade_return", 0.004, history),
  Example("best_trade_return", 0.1, history),
  Example("worst_trade_return", -0.06, history),
  Example("average_trade_bars", 2.4, history),  // 4, 2, 1, 3, 2
  Example("median_trade_bars", 2, history),
  Example("longest_trade_bars", 4, history),
  Example("average_win_bars", 3.5, history),
  Example("median_win_bars", 3.5, history),
  Example("average_loss_bars", 1.5, history),
  Example("median_loss_bars", 1.5, history),
  // By exits: lost, won, lost, won, flat.
  Example("longest_win_streak", 1, history),
  Example("longest_loss_streak", 1, history),
  Example("average_mae", -0.032, history),
  Example("largest_mae", -0.08, history),
  Example("average_mfe", 0.04, history),
  Example("largest_mfe", 0.12, history),
  Example("end_trade_drawdown", 0.036, history),  // 0.02, 0.05, 0.06, 0.01, 0.04
  Example("long_trades", 4, history),
  Example("short_trades", 1, history),
  Example("gross_leverage", 0.5, history),  // 0, 1, 0.5, 0.5
  Example("max_gross_leverage", 1, history),
  Example("net_leverage", 0.375, history),
  Example("long_exposure", 0.4375, history),
  Example("short_exposure", 0.0625, history),
  Example("holdings", 1, history),
  Example("max_holdings", 2, history),
  Example("largest_position", 0.75, history),
  Example("concentration", (0.625 + 2) / 3, history),
  Example("effective_assets", (1.6 + 2) / 3, history),
  Example("slippage_sensitivity", 0.0005, history),
]
