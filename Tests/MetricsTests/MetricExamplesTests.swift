import Foundation
import Metrics
import Testing

/// Four bars, one year: equity 100 → 110 → 88 → 110 → 110.
///
/// The mean return is 0.0375, Σr² = 0.1125, Σ(r - mean)² = 0.1125 - 0.15²/4 = 0.106875, s1² = 0.035625.
/// Mean equity is 418/4.
private let oneYear: LaneSummary = {
  var lane = LaneSummary(
    returns: [0.1, -0.2, 0.25, 0], barsPerYear: 4, calendarDays: 365.25, initialEquity: 100)
  lane.barsInPosition = 3
  lane.tradedNotional = 209
  return lane
}()

/// The same with a risk-free return of 0.0175 a bar, which leaves an excess of 0.02.
private let withRiskFree: LaneSummary = {
  var lane = oneYear
  lane.riskFreePerBar = 0.0175
  return lane
}()

/// The same with a minimum of 0.05: shortfalls of 0.25 and 0.05 with squares 0.065, gains of 0.05 and 0.2.
private let withMinimum = LaneSummary(
  returns: [0.1, -0.2, 0.25, 0], barsPerYear: 4, minimumAcceptablePerBar: 0.05)

/// 10 % a year for two years of 8 bars.
private let twoYears: LaneSummary = {
  var lane = LaneSummary()
  lane.bars = 8
  lane.barsPerYear = 4
  lane.calendarDays = 730.5
  lane.initialEquity = 100
  lane.finalEquity = 121
  return lane
}()

/// Six trades: two won 300 together, three lost 120 together, one came out at 0.
private let traded: LaneSummary = {
  var lane = LaneSummary()
  lane.trades = 6
  lane.openTrades = 1
  lane.wins = 2
  lane.losses = 3
  lane.grossProfit = 300
  lane.grossLoss = 120
  return lane
}()

private let counted: LaneSummary = {
  var lane = LaneSummary()
  lane.fees = 12.5
  lane.slippage = 3.25
  lane.ambiguousBars = 2
  lane.staleMarks = 3
  lane.warmBars = 5
  lane.conflictingSignals = 7
  lane.rejectedOrders = 11
  return lane
}()

/// 1,000 at first, 500 deposited, 1,650 at the end: a profit of 150 after costs of 15 and 20 for trading 10,000, 6 of borrow,
/// and 9 of interest, of which 5 came back.
private let charged: LaneSummary = {
  var lane = LaneSummary()
  lane.bars = 8
  lane.barsPerYear = 4
  lane.calendarDays = 730.5
  lane.initialEquity = 1000
  lane.finalEquity = 1650
  lane.trades = 3
  lane.tradedNotional = 10_000
  lane.slippage = 15
  lane.fees = 20
  lane.borrowFees = 6
  lane.interestPaid = 9
  lane.interestEarned = 5
  lane.dividends = 12
  lane.netFlows = 500
  lane.deposits = 500
  lane.missedWithdrawals = 3
  lane.timeWeightedGrowth = 1.21
  lane.moneyWeightedReturn = 0.07
  lane.cancelledOrders = 2
  lane.partialFills = 3
  lane.scaledOrders = 4
  lane.liquidations = 5
  lane.delistings = 6
  lane.rebalances = 8
  lane.sumResidualCash = 0.4
  return lane
}()

/// Losses of 0.1 % to `count`/10 %, shuffled by a stride that is prime to the count.
private func ladder(_ count: Int, scale: Double = 0.001) -> LaneSummary {
  let returns = (0..<count).map { -Double($0 * 7 % count + 1) * scale }
  return LaneSummary(returns: returns, barsPerYear: 252)
}

private let examples: [Example] =
  pathExamples + moneyExamples + statisticExamples + benchmarkExamples + tradeExamples

private let pathExamples: [Example] = [
  Example("total_return", 0.1, oneYear),
  Example("cagr_periods", 0.1, oneYear),
  Example("cagr_periods", 0.1, twoYears),
  Example("cagr_calendar", 0.1, twoYears),
  Example("final_equity", 110, oneYear),
  Example("best_bar", 0.25, oneYear),
  Example("worst_bar", -0.2, oneYear),
  Example("volatility", 0.37749172176353746, oneYear),  // 2·√0.035625
  Example("sharpe", 0.397359707119513, oneYear),  // 0.0375·2/√0.035625
  Example("sharpe", 0.2119251771304069, withRiskFree),  // 0.02·2/√0.035625
  Example("sortino", 0.75, oneYear),  // 0.0375·2/√(0.04/4)
  Example("sortino", -0.19611613513818404, withMinimum),  // -0.0125·2/√(0.065/4)
  Example("calmar", 0.5, oneYear),
  Example("omega", 1.75, oneYear),  // 0.35/0.2
  Example("omega", 0.25 / 0.3, withMinimum),
  Example("max_drawdown", -0.2, oneYear),
  Example("drawdown_duration", 1, oneYear),
  Example("ulcer", 0.1, oneYear),  // √(0.04/4)
  // 5 % of 30 is a bar and a half: the second loss, and (0.030 + 0.029/2)/1.5.
  Example("var_95", 0.029, ladder(30)),
  Example("cvar_95", 0.0445 / 1.5, ladder(30)),
  // 5 % of 100 is 5 exactly: the fifth loss, and the mean of five.
  Example("var_95", 0.096, ladder(100)),
  Example("cvar_95", 0.098, ladder(100)),
  Example("var_99", 0.149, ladder(150)),
  Example("cvar_99", (0.150 + 0.149 / 2) / 1.5, ladder(150)),
  // Gains only: the loss is negative.
  Example("var_95", -0.001, ladder(20, scale: -0.001)),
  Example(
    "skew", 1.457862967321305,  // deviations -2, -1, 3: √6·6/(14/3)^1.5
    LaneSummary(returns: [0.01, 0.02, 0.06], barsPerYear: 252)),
  Example(
    "excess_kurtosis", 3.228,  // deviations -3, -2, -1, 6: 1.5·(5·(348.5/156.25 - 3) + 6)
    LaneSummary(returns: [0.01, 0.02, 0.03, 0.1], barsPerYear: 252)),
  Example(
    "tail_ratio", 11.0 / 7,  // 21 bars: the second from either end
    LaneSummary(returns: (-8...12).map { Double($0) / 100 }, barsPerYear: 252)),
  // 3 bars: the quantiles lie a tenth of a step inside the ends, at -0.04 + 0.1·0.04 and 0.1 - 0.1·0.1.
  Example("tail_ratio", 0.09 / 0.036, LaneSummary(returns: [0.1, -0.04, 0], barsPerYear: 252)),
]

private let moneyExamples: [Example] = [
  Example("trades", 6, traded),
  Example("open_trades", 1, traded),
  Example("win_rate", 1.0 / 3, traded),
  Example("profit_factor", 2.5, traded),
  Example("expectancy", 30, traded),
  Example("payoff", 3.75, traded),  // 150/40
  Example("exposure", 0.75, oneYear),
  Example("turnover", 2, oneYear),  // 209/104.5 in a year
  Example("fees", 12.5, counted),
  Example("slippage_cost", 3.25, counted),
  Example("ambiguous_bars", 2, counted),
  Example("stale_marks", 3, counted),
  Example("warm_bars", 5, counted),
  Example("conflicting_signals", 7, counted),
  Example("rejected_orders", 11, counted),
  Example("gross_return", 0.13, charged),  // (150 + 15 + 20 + 6 + 4) / 1,500
  Example("return_after_slippage", 0.12, charged),
  Example("return_after_commission", 160.0 / 1500, charged),
  Example("return_after_borrow", 154.0 / 1500, charged),
  Example("return_after_financing", 0.1, charged),
  Example("return_after_financing", 0.1, oneYear),  // no flows: the total return
  Example("break_even_bps", 185, charged),  // (150 + 15 + 20) of 10,000
  Example("cost_bps", 35, charged),
  Example("borrow_fees", 6, charged),
  Example("interest_paid", 9, charged),
  Example("interest_earned", 5, charged),
  Example("dividends", 12, charged),
  Example("net_flows", 500, charged),
  Example("missed_withdrawals", 3, charged),
  Example("time_weighted_return", 0.21, charged),
  Example("time_weighted_return", 0.1, oneYear),
  Example("total_return", 0.21, charged),
  Example("cagr_calendar", 0.1, charged),
  Example("money_weighted_return", 0.07, charged),
  // 1.21 in 730.5 days, in years of 365.
  Example("money_weighted_return", pow(1.21, 365 / 730.5) - 1, twoYears),
  Example("cancelled_orders", 2, charged),
  Example("partial_fills", 3, charged),
  Example("scaled_orders", 4, charged),
  Example("liquidations", 5, charged),
  Example("delistings", 6, charged),
  Example("rebalances", 8, charged),
  Example("residual_cash", 0.05, charged),
]

@Suite struct MetricExamplesTests {
  @Test(arguments: examples)
  fileprivate func workedByHand(example: Example) throws {
    let metric = try #require(MetricCatalog.metric(named: example.metric))
    let value = metric.value(of: example.lane).number
    #expect(
      abs(value - example.expected) <= 1e-12 * max(1, abs(example.expected)), "got \(value)")
  }

  @Test func everyMetricHasAnExample() {
    #expect(Set(examples.map(\.metric)) == Set(MetricCatalog.names))
  }

  @Test func turnoverIsAnnual() throws {
    var lane = oneYear
    lane.barsPerYear = 12  // the four bars are a third of a year
    #expect(try #require(MetricCatalog.metric(named: "turnover")).value(of: lane) == .defined(6))
  }

  @Test func annualRateBecomesARatePerBar() {
    let rate = LaneSummary.ratePerBar(annual: 0.03, barsPerYear: 252)
    let compounded = (0..<252).reduce(1.0) { growth, _ in growth * (1 + rate) }
    #expect(abs(compounded - 1.03) < 1e-12)
    #expect(LaneSummary.ratePerBar(annual: 0, barsPerYear: 252) == 0)
    #expect(LaneSummary.ratePerBar(annual: -2, barsPerYear: 252).isNaN)
  }
}
