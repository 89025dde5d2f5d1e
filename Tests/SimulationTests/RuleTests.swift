import Kernels
import Simulation
import Testing

/// The rules one by one, on examples worked by hand.
@Suite struct RuleTests {
  static let rows: [[Double]] = [
    [100, 101, 99, 100], [102, 104, 101, 103], [105, 107, 104, 106], [108, 109, 107, 108],
  ]

  @Test(arguments: [
    (FillMoment.nextOpen, ["1 entry 102.0", "3 exit 108.0"]),
    (.nextClose, ["1 entry 103.0", "3 exit 108.0"]),
    (.sameClose, ["0 entry 100.0", "2 exit 106.0"]),
  ])
  func momentsOfFill(fill: FillMoment, expected: [String]) throws {
    var lane = HandMade(Self.rows, [0: .longEntry, 2: .longExit])
    lane.rules.fill = fill
    #expect(try lane.fills() == expected)
  }

  @Test func allCashIsSpentAndCostsAreCovered() throws {
    var lane = HandMade(Self.rows, [0: .longEntry, 1: .longExit])
    lane.rules.commissionRate = 0.01
    lane.rules.commissionPerUnit = 0.98
    lane.rules.commissionFixed = 10
    // (1000 − 10) / (102 · 1.01 + 0.98) = 9.519…; all is spent.
    let fills = try lane.record().fills
    #expect((fills[0].units - 990 / 104).magnitude < 1e-12)
    #expect(fills[0].cashAfter >= 0 && fills[0].cashAfter < 1e-9)
    let worth = 990.0 / 104 * 105
    #expect((fills[1].commission - (worth * 0.01 + 990.0 / 104 * 0.98 + 10)).magnitude < 1e-9)
  }

  @Test func theMinimumCommissionReplacesASmallerOne() throws {
    var lane = HandMade(Self.rows, [0: .longEntry])
    lane.rules.commissionRate = 0.001
    lane.rules.commissionMinimum = 82
    lane.terms.fraction = 0.5
    let fill = try lane.record().fills[0]
    #expect((fill.units - (500.0 - 82) / 102).magnitude < 1e-12)
    #expect(fill.commission == 82)
  }

  @Test func levelsAreMeasuredFromTheSlippedEntry() throws {
    // Bought at 100 · 1.25 = 125: the stop is at 100, the open of the entry bar, so it acts at once.
    var lane = HandMade(
      [[90, 91, 89, 90], [100, 101, 98, 99], [99, 99, 99, 99]], [0: .longEntry])
    lane.rules.slippageRate = 0.25
    lane.terms.stopLoss = 0.2
    #expect(try lane.fills() == ["1 entry 100.0 → 125.0", "1 stop 100.0 → 75.0"])
    lane.terms.stopLoss = 0.21
    // The stop is at 98.75 now, inside the bar.
    #expect(try lane.fills()[1] == "1 stop 98.75 → 74.0625")
  }

  @Test func aStopThatGapsFillsAtTheOpen() throws {
    var lane = HandMade(
      [[100, 100, 100, 100], [100, 100, 100, 100], [80, 95, 70, 90]], [0: .longEntry])
    lane.terms.stopLoss = 0.125
    #expect(try lane.fills() == ["1 entry 100.0", "2 stop 80.0"])
    var short = HandMade(
      [[100, 100, 100, 100], [100, 100, 100, 100], [120, 130, 90, 90]], [0: .shortEntry])
    short.terms.stopLoss = 0.125
    #expect(try short.fills() == ["1 entry 100.0", "2 stop 120.0"])
  }

  @Test func aTargetIsALimit() throws {
    // Touching 125 is not enough; trading through it fills at 125, without slippage; a gap fills at the open.
    var lane = HandMade(
      [[100, 100, 100, 100], [100, 100, 100, 100], [110, 125, 110, 120], [120, 126, 119, 120]],
      [0: .longEntry])
    lane.terms.takeProfit = 0.25
    #expect(try lane.fills() == ["1 entry 100.0", "3 target 125.0"])
    lane.bars.set(3, (130, 140, 120, 135))
    lane.rules.slippageRate = 0.5
    lane.terms.takeProfit = 0.25 / 1.5 - 1e-9
    #expect(try lane.fills() == ["1 entry 100.0 → 150.0"])
    lane.rules.slippageRate = 0
    lane.terms.takeProfit = 0.25
    #expect(try lane.fills() == ["1 entry 100.0", "3 target 130.0"])

    var short = HandMade(
      [[100, 100, 100, 100], [100, 100, 100, 100], [90, 95, 75, 80], [80, 81, 74, 80]],
      [0: .shortEntry])
    short.terms.takeProfit = 0.25
    #expect(try short.fills() == ["1 entry 100.0", "3 target 75.0"])
    short.bars.set(3, (70, 80, 60, 65))
    #expect(try short.fills() == ["1 entry 100.0", "3 target 70.0"])
  }

  @Test(arguments: [Signals.longEntry, .shortEntry], [false, true])
  func stopAndTargetInOneBar(side: Signals, favourableFirst: Bool) throws {
    var lane = HandMade(
      [[100, 100, 100, 100], [100, 100, 100, 100], [100, 130, 70, 100]], [0: side])
    lane.terms.stopLoss = 0.125
    lane.terms.takeProfit = 0.25
    lane.rules.favourableFirstLong = favourableFirst && side == .longEntry
    lane.rules.favourableFirstShort = favourableFirst && side == .shortEntry
    let stop = side == .longEntry ? 87.5 : 112.5
    let target = side == .longEntry ? 125.0 : 75.0
    #expect(try lane.fills()[1] == (favourableFirst ? "2 target \(target)" : "2 stop \(stop)"))
    #expect(try lane.record().summary.ambiguousBars == 1)
  }

  @Test func stopsAreLiveOnTheEntryBar() throws {
    var lane = HandMade([[100, 100, 100, 100], [100, 110, 80, 105]], [0: .longEntry])
    lane.terms.stopLoss = 0.125
    #expect(try lane.fills() == ["1 entry 100.0", "1 stop 87.5"])
    lane.rules.fill = .sameClose
    #expect(try lane.fills() == ["0 entry 100.0", "1 stop 87.5"])
    lane.rules.fill = .nextClose
    #expect(try lane.fills() == ["1 entry 105.0"])
  }

  @Test func aTrailingStopRisesAfterTheBar() throws {
    // From 100 the stop is at 75; the high of 120 raises it to 90 once that bar is over.
    let rows: [[Double]] = [
      [100, 100, 100, 100], [100, 120, 80, 110], [100, 110, 95, 100], [100, 100, 85, 95],
    ]
    var lane = HandMade(rows, [0: .longEntry])
    lane.terms.trailingStop = 0.25
    #expect(try lane.fills() == ["1 entry 100.0", "3 stop 90.0"])
    // Where the high is known to come first it rises within the bar; the open below 90 then was no gap.
    lane.rules.trailsBeforeCheck = true
    lane.rules.favourableFirstLong = true
    #expect(try lane.fills() == ["1 entry 100.0", "1 stop 90.0"])
    lane.bars.set(1, (100, 160, 80, 110))
    #expect(try lane.fills() == ["1 entry 100.0", "1 stop 120.0"])
  }

  @Test func aTrailingStopOfAShortFallsAfterTheBar() throws {
    let rows: [[Double]] = [
      [100, 100, 100, 100], [100, 110, 80, 90], [90, 95, 85, 90], [90, 105, 85, 95],
    ]
    var lane = HandMade(rows, [0: .shortEntry])
    lane.terms.trailingStop = 0.25
    #expect(try lane.fills() == ["1 entry 100.0", "3 stop 100.0"])
    lane.rules.trailsBeforeCheck = true
    lane.rules.favourableFirstShort = true
    #expect(try lane.fills() == ["1 entry 100.0", "1 stop 100.0"])
    lane.bars.set(1, (100, 110, 40, 90))
    #expect(try lane.fills() == ["1 entry 100.0", "1 stop 50.0"])
  }

  @Test func aShortIsLiquidatedAtTheHigh() throws {
    // Cash after the sale is 2000 for 10 units: too little from a high of 2000 / 13 = 153.8… on.
    let flat: [[Double]] = [[100, 100, 100, 100], [100, 100, 100, 100]]
    var lane = HandMade(flat + [[100, 153.8, 100, 120], [100, 153.9, 50, 120]], [0: .shortEntry])
    #expect(try lane.fills() == ["1 entry 100.0", "3 liquidation 153.9"])
    // Before a stop and a target that the same bar reaches …
    lane.terms.stopLoss = 0.5390625
    lane.terms.takeProfit = 0.125
    lane.bars.set(2, (100, 100, 100, 100))
    #expect(try lane.fills()[1] == "3 liquidation 153.9")
    lane.bars.set(3, (100, 153, 50, 120))
    #expect(try lane.fills()[1] == "3 target 87.5")
    // … but after a stop that the open has passed.
    lane.terms.stopLoss = 0.25
    lane.bars.set(3, (130, 200, 50, 120))
    #expect(try lane.fills()[1] == "3 stop 130.0")
    // A stop beyond the liquidation never acts.
    lane.terms.stopLoss = 0.75
    lane.bars.set(3, (190, 200, 50, 120))
    #expect(try lane.fills()[1] == "3 liquidation 200.0")
  }

  @Test func aShortIsWatchedWhereTheHighIsMissing() throws {
    var lane = HandMade(
      [
        [100, 100, 100, 100], [100, 100, 100, 100], [100, .nan, .nan, 400], [400, 400, 400, 400],
      ],
      [0: .shortEntry])
    #expect(try lane.fills() == ["1 entry 100.0", "2 liquidation 400.0"])
    #expect(try lane.record().summary.isRuined)
    lane.bars.set(2, (100, 90, 110, 400))
    #expect(try lane.fills() == ["1 entry 100.0", "2 liquidation 400.0"])
  }

  @Test(arguments: [
    (FillMoment.nextOpen, "4 entry 50.0"), (.nextClose, "4 entry 52.0"),
    (.sameClose, "4 entry 52.0"),
  ])
  func anOrderWaitsForABarThatTrades(fill: FillMoment, expected: String) throws {
    var lane = HandMade(
      [[100, 100, 100, 100], hole, [.nan, 90, 80, 85], [60, 61, 59, .nan], [50, 53, 49, 52]],
      [1: .longEntry])
    lane.terms.stopLoss = 0.5
    lane.rules.fill = fill
    #expect(try lane.fills() == [expected])
    #expect(try lane.orders() == ["1 enter_long filled 4"])
  }

  @Test func aPriceOfZeroOrLessIsNoPriceToTradeAt() throws {
    let lane = HandMade(
      [[100, 100, 100, 100], [0, 1, 0, 1], [-5, 1, -6, 1], [1, 1, 0, 0], [4, 4, 4, 4]],
      [0: .longEntry])
    #expect(try lane.fills() == ["4 entry 4.0"])
  }

  @Test func aStopCancelsTheExitThatWaits() throws {
    var lane = HandMade(
      [[100, 100, 100, 100], [100, 100, 100, 100], [100, 100, 80, 100], [90, 90, 90, 90]],
      [0: .longEntry, 1: .longExit])
    lane.rules.fill = .nextClose
    lane.terms.stopLoss = 0.125
    #expect(try lane.fills() == ["1 entry 100.0", "2 stop 87.5"])
    #expect(try lane.orders() == ["0 enter_long filled 1", "1 exit cancelled"])
  }

  @Test func aStoppedLaneMayEnterAgainAtTheSameClose() throws {
    var lane = HandMade(
      [[100, 100, 100, 100], [100, 100, 80, 96], [96, 96, 96, 96]],
      [0: .longEntry, 1: .longEntry, 2: .longExit])
    lane.rules.fill = .sameClose
    lane.terms.stopLoss = 0.125
    #expect(
      try lane.fills() == [
        "0 entry 100.0", "1 stop 87.5", "1 entry 96.0", "2 exit 96.0",
      ])
    #expect(
      try lane.orders() == [
        "0 enter_long filled 0", "1 enter_long filled 1", "2 exit filled 2",
      ])
  }

  @Test func bothEntriesOpenNothingAndAnExitBeatsAnEntry() throws {
    let both: Signals = [.longEntry, .shortEntry]
    let lane = HandMade(
      Array(repeating: [100, 100, 100, 100], count: 7),
      [0: both, 1: .longEntry, 2: both, 3: [.longEntry, .longExit, .shortEntry]])
    #expect(try lane.fills() == ["2 entry 100.0", "4 exit 100.0"])
    #expect(try lane.record().summary.conflictingSignals == 1)
  }

  @Test func theExitOfTheOtherSideIsNotHeard() throws {
    let lane = HandMade(
      Array(repeating: [100, 100, 100, 100], count: 6),
      [0: .shortEntry, 2: .longExit, 3: .shortExit])
    #expect(try lane.fills() == ["1 entry 100.0", "4 exit 100.0"])
  }

  @Test func aPositionIsMarkedAtTheLastKnownClose() throws {
    let lane = HandMade(
      [[100, 100, 100, 100], [100, 110, 100, 110], hole, hole, [120, 120, 120, 120]],
      [0: .longEntry])
    let record = try lane.record()
    #expect(record.equity == [1000, 1100, 1100, 1100, 1200])
    #expect(record.summary.staleMarks == 2)
  }

  /// 10 · (1 + 1/10) · … comes back to its maximum only up to rounding; the lane then stays in cash.
  @Test func equityBackAtItsMaximumIsNotUnderWater() throws {
    for low in stride(from: 41.0, to: 99, by: 1) {
      let prices = [100, 100, low, 100, 100] + Array(repeating: 100.0, count: 20)
      let lane = HandMade(prices.map { [$0, $0, $0, $0] }, [0: .longEntry, 3: .longExit])
      let record = try lane.record()
      #expect(record.equity.last == 1000)
      #expect(record.summary.longestDrawdownBars == 1, "after a low of \(low)")
    }
  }

  @Test func costsOfBothWaysAreCounted() throws {
    var lane = HandMade(Self.rows, [0: .shortEntry, 1: .shortExit])
    lane.rules.slippageRate = 0.125
    lane.rules.commissionFixed = 5
    let record = try lane.record()
    // Sold at 102 · 0.875, bought back at 105 · 1.125.
    let units = 995 / 89.25
    #expect((record.summary.slippage - units * (12.75 + 13.125)).magnitude < 1e-9)
    #expect(record.summary.fees == 10)
    #expect((record.summary.tradedNotional - units * (89.25 + 118.125)).magnitude < 1e-9)
    #expect((record.summary.finalEquity - (990 + units * (89.25 - 118.125))).magnitude < 1e-9)
  }
}
