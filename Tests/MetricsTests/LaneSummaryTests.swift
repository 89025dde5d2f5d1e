import Metrics
import Testing

@Suite struct LaneSummaryTests {
  @Test func closedTradesAreCountedBySign() {
    var closed = ClosedTrades()
    for profit in [5.0, -3, 0, 0.5, -0.25, -0.0] { closed.add(profit) }
    #expect(closed.trades == 6 && closed.wins == 2 && closed.losses == 2)
    #expect(closed.grossProfit == 5.5 && closed.grossLoss == 3.25)
  }

  @Test func pathIsSummed() {
    // Equity 100 → 50 → 75 → 60 → 120 → 90.
    let lane = LaneSummary(
      returns: [-0.5, 0.5, -0.2, 1, -0.25], barsPerYear: 252, calendarDays: 7,
      riskFreePerBar: 0.0001, minimumAcceptablePerBar: 0.25, initialEquity: 100)
    #expect(lane.bars == 5)
    #expect(lane.calendarDays == 7)
    #expect(lane.riskFreePerBar == 0.0001)
    #expect(lane.finalEquity == 90)
    #expect(lane.sumEquity == 50 + 75 + 60 + 120 + 90)
    #expect(abs(lane.sumReturns - 0.55) < 1e-15)
    #expect(abs(lane.sumSquaredReturns - 1.6025) < 1e-15)
    #expect(abs(lane.sumSquaredDownside - (0.75 * 0.75 + 0.45 * 0.45 + 0.5 * 0.5)) < 1e-15)
    #expect(lane.maxDrawdown == -0.5)
    #expect(abs(lane.sumSquaredDrawdowns - (0.25 + 0.0625 + 0.16 + 0.0625)) < 1e-15)
    #expect(lane.longestDrawdownBars == 3)
    #expect(lane.returns == [-0.5, 0.5, -0.2, 1, -0.25])
    #expect(!lane.isRuined)
    #expect(lane.trades == 0)
  }

  @Test func aLossOnTheFirstBarIsADrawdown() {
    let lane = LaneSummary(returns: [-0.1, 0.02], barsPerYear: 252)
    #expect(abs(lane.maxDrawdown + 0.1) < 1e-15)
    #expect(lane.longestDrawdownBars == 2)
  }

  @Test func ruinEndsTheLane() {
    let lane = LaneSummary(returns: [0.5, -2, 0.9, -0.3], barsPerYear: 252, initialEquity: 10)
    #expect(lane.isRuined)
    #expect(lane.finalEquity == -15)
    #expect(lane.returns == [0.5, -2, 0, 0])
    #expect(lane.sumReturns == -1.5)
    #expect(lane.maxDrawdown == -2)
    #expect(lane.longestDrawdownBars == 3)
  }

  @Test func daysDefaultToYearsOfBars() {
    let lane = LaneSummary(returns: Array(repeating: 0.001, count: 504), barsPerYear: 252)
    #expect(lane.calendarDays == 730.5)
    #expect(LaneSummary(returns: [], barsPerYear: 252).finalEquity == 1)
  }
}
