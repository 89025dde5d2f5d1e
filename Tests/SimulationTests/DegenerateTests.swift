import Kernels
import Market
import Metrics
import Simulation
import Synchronization
import Testing

/// Runs at the edge: nothing to trade, nothing to decide, nothing left.
@Suite struct DegenerateTests {
  private func lane(_ prices: [Double], _ signals: [Int: Signals]) -> HandMade {
    HandMade(prices.map { [$0, $0, $0, $0] }, signals)
  }

  private func run(_ bars: [Bars], window: Range<Int>, signals: Signals) -> LaneRun {
    LaneRun(
      panel: makePanel(bars), symbols: Array(bars.indices),
      strategy: TestStrategy(Array(repeating: signals, count: window.upperBound)),
      rules: LaneRules(), cash: 1000, window: window)
  }

  @Test func aSymbolWithoutPricesTradesNothing() throws {
    let empty = Bars(Array(repeating: hole, count: 200))
    let priced = Bars.flat(Array(repeating: 10, count: 200))
    let run = run([empty, priced, empty], window: 0..<200, signals: .longEntry)
    let summaries = try sweep(run)
    #expect(summaries.map(\.openTrades) == [0, 1, 0])
    #expect(summaries.map(\.finalEquity) == [1000, 1000, 1000])
    let record = try replay(run, lane: 2)
    #expect(record.orders.map(\.status) == [.open])
    #expect(record.equity == Array(repeating: 1000, count: 200))
    #expect(record.summary.sumSquaredReturns == 0)
  }

  @Test func noWindowAtAll() throws {
    let run = run([.flat([1, 2, 3])], window: 2..<2, signals: .longEntry)
    let summary = try sweep(run)[0]
    #expect(summary.bars == 0)
    #expect(summary.finalEquity == 1000)
    #expect(summary.calendarDays == 0)
    #expect(try replay(run).equity.isEmpty)
  }

  @Test func noSymbolsNoSetsNoLanes() throws {
    var empty = run([.flat([1, 2, 3])], window: 0..<3, signals: .longEntry)
    empty.symbols = []
    #expect(try sweep(empty).isEmpty)
    var noSets = run([.flat([1, 2, 3])], window: 0..<3, signals: .longEntry)
    noSets.strategy = TestStrategy(terms: [], fields: [], entersShort: false) { _ in [] }
    #expect(try sweep(noSets).isEmpty)
  }

  @Test func oneBar() throws {
    var lane = HandMade([[10, 12, 9, 11]], [0: .longEntry])
    #expect(try lane.fills().isEmpty)
    #expect(try lane.orders() == ["0 enter_long open"])
    lane.rules.fill = .sameClose
    #expect(try lane.fills() == ["0 entry 11.0"])
    #expect(try lane.record().summary.barsInPosition == 1)
  }

  @Test func aWindowOfOneBarInsideAPanel() throws {
    let run = run([.flat((1...300).map(Double.init))], window: 200..<201, signals: .longEntry)
    let record = try replay(run)
    #expect(record.equity == [1000])
    #expect(record.orders.map(\.status) == [.open] && record.orders[0].bar == 0)
    #expect(try fingerprint(sweep(run)[0]) == fingerprint(record.summary))
    #expect(record.summary.warmBars == 0)
    #expect(record.summary.calendarDays == 1)
  }

  @Test(arguments: [1, 127, 128, 129, 255, 256, 257])
  func anyNumberOfBars(count: Int) throws {
    let prices = (0..<count).map { 100.0 + Double($0 % 7) }
    let run = run([.flat(prices)], window: 0..<count, signals: .longEntry)
    let summary = try sweep(run)[0]
    #expect(summary.bars == count)
    #expect(summary.barsInPosition == count - 1)
    let final = count == 1 ? 1000 : 1000 / prices[1] * prices[count - 1]
    #expect((summary.finalEquity - final).magnitude < 1e-9)
  }

  /// An account that pays half of itself at each fill has less than the smallest number after a thousand of them.
  @Test(arguments: [FillMoment.nextOpen, .nextClose, .sameClose])
  func thousandsOfLossesLeaveNothing(fill: FillMoment) throws {
    var run = run(
      [.flat(Array(repeating: 100, count: 3000))], window: 0..<3000,
      signals: [.longEntry, .longExit])
    run.rules.commissionRate = 0.5
    run.rules.fill = fill
    let summary = try sweep(run)[0]
    #expect(summary.isRuined && summary.finalEquity < 1e-100 && summary.maxDrawdown == -1)
    #expect(summary.trades + summary.openTrades == 1500)
    #expect(try fingerprint(replay(run).summary) == fingerprint(summary))
  }

  @Test func noSignals() throws {
    let run = run([.flat((1...200).map(Double.init))], window: 0..<200, signals: [])
    let record = try replay(run)
    #expect(record.orders.isEmpty && record.fills.isEmpty && record.trades.isEmpty)
    #expect(record.summary.finalEquity == 1000 && record.summary.barsInPosition == 0)
  }

  @Test func everySignalAllTheTime() throws {
    let always = run(
      [.flat(Array(repeating: 10, count: 200))], window: 0..<200,
      signals: [.longEntry, .longExit, .shortExit])
    // Entered at every other open, left at the next: 100 entries, one of which is still open.
    let summary = try sweep(always)[0]
    #expect(summary.trades == 99 && summary.openTrades == 1)
    #expect(summary.finalEquity == 1000)
    let both = run(
      [.flat(Array(repeating: 10, count: 200))], window: 0..<200,
      signals: [.longEntry, .longExit, .shortEntry, .shortExit])
    #expect(try sweep(both)[0].conflictingSignals == 200)
  }

  @Test func whatIsOpenAtTheEndIsReportedOpen() throws {
    let record = try lane([10, 10, 20, 30], [0: .longEntry, 3: .longExit]).record()
    #expect(record.summary.openTrades == 1 && record.summary.trades == 0)
    #expect(record.summary.finalEquity == 3000)
    #expect(record.orders.map(\.status) == [.filled, .open])
    let trade = record.trades[0]
    #expect(trade.exitBar == nil && trade.cause == nil)
    #expect(trade.exitPrice == 30 && trade.profit == 2000 && trade.profitFraction == 2)
    #expect(record.exposure == [0, 1, 1, 1])
  }

  @Test func aFractionOfTheEquity() throws {
    var lane = lane([10, 10, 20], [0: .longEntry])
    lane.terms.fraction = 0.25
    let record = try lane.record()
    #expect(record.units == [0, 25, 25] && record.cash == [1000, 750, 750])
    #expect(record.equity == [1000, 1000, 1250])
  }

  @Test func aCommissionAboveTheCashIsRejectedAndCounted() throws {
    for isMinimum in [true, false] {
      var lane = lane([10, 10, 10, 10], [0: .longEntry, 1: .shortEntry, 3: .longEntry])
      lane.rules.commissionMinimum = isMinimum ? 1000 : 0
      lane.rules.commissionFixed = isMinimum ? 0 : 1001
      #expect(try lane.fills() == ["1 rejection 10.0", "2 rejection 10.0"])
      #expect(
        try lane.orders() == [
          "0 enter_long rejected 1", "1 enter_short rejected 2", "3 enter_long open",
        ])
      let summary = try lane.record().summary
      #expect(summary.rejectedOrders == 2 && summary.finalEquity == 1000 && summary.fees == 0)
    }
  }

  @Test func aSqueezedShortIsRuined() throws {
    // 10 units sold at 100; bought back at 300: 2000 − 3000.
    let lane = lane([100, 100, 300, 100, 100], [0: .shortEntry, 3: .shortEntry])
    let record = try lane.record()
    #expect(record.fills.map(\.cause) == [.entry, .liquidation])
    #expect(record.equity == [1000, 1000, -1000, -1000, -1000])
    #expect(record.cash == [1000, 2000, -1000, -1000, -1000])
    #expect(record.summary.isRuined && record.summary.finalEquity == -1000)
    #expect(record.summary.sumEquity == -1000)
    #expect(record.summary.sumReturns == -2 && record.summary.maxDrawdown == -2)
    #expect(record.summary.grossLoss == 2000 && record.summary.trades == 1)
    #expect(record.orders.count == 1)
  }

  @Test func aShortCanBeRuinedWhileItCannotTrade() throws {
    // Without an open the bar takes no fill, but its close is known: the position is worth −3000 + 2000.
    let lane = HandMade(
      [
        [100, 100, 100, 100], [100, 100, 100, 100], [.nan, 300, 300, 300], [.nan, 300, 300, 400],
        [100, 100, 100, 100],
      ], [0: .shortEntry, 1: .shortExit])
    let record = try lane.record()
    #expect(record.equity == [1000, 1000, -1000, -1000, -1000])
    #expect(record.fills.map(\.cause) == [.entry])
    #expect(record.orders.map(\.status) == [.filled, .cancelled])
    #expect(record.trades.map(\.profit) == [-2000])
    #expect(record.summary.trades == 1 && record.summary.losses == 1)
    #expect(record.summary.barsInPosition == 1)
    #expect(try fingerprint(sweep(lane.run)[0]) == fingerprint(record.summary))
  }

  @Test func aMinimumCommissionCanRuin() throws {
    var lane = lane([100, 100, 5, 5, 5], [0: .longEntry, 1: .longExit, 3: .longEntry])
    lane.rules.commissionMinimum = 500
    // 5 units, worth 25 at the end, sold for 500.
    let record = try lane.record()
    #expect(record.equity == [1000, 500, -475, -475, -475])
    #expect(record.summary.isRuined && record.summary.trades == 1)
    #expect(record.orders.count == 2)
  }

  @Test func aStopThatRuinsBarsTheNextEntryOfTheSameClose() throws {
    var lane = lane([100, 100, 100, 100], [0: .shortEntry, 1: .longEntry, 2: .longEntry])
    lane.bars.set(1, (400, 400, 100, 100))
    lane.rules.fill = .sameClose
    let record = try lane.record()
    #expect(record.fills.map(\.cause) == [.entry, .liquidation, .rejection])
    #expect(record.summary.isRuined && record.summary.rejectedOrders == 1)
    #expect(record.summary.finalEquity == -2000)
  }

  @Test func aCancelledRunStopsBetweenTiles() throws {
    let run = Scenario(seed: 5, sets: 19, symbolCount: 3).run
    let expected = try sweep(run).map(fingerprint)
    for limit in [0, 1, 10] {
      let asked = Atomic<Int>(0)
      let found = Mutex<[Int: LaneSummary]>([:])
      let progress = Atomic<Int>(0)
      let isComplete = try LaneEngine(
        run: run, kernels: KernelVariant.best.kernels, workers: 2, tileLanes: 1
      ).simulate(
        isCancelled: { asked.wrappingAdd(1, ordering: .relaxed).oldValue >= limit },
        progress: { progress.wrappingAdd($0, ordering: .relaxed) },
        finished: { lane, summary in found.withLock { $0[lane] = summary } })
      #expect(!isComplete)
      #expect(found.withLock { $0.count } == limit)
      #expect(progress.load(ordering: .relaxed) == limit)
      for (lane, summary) in found.withLock({ $0 }) {
        #expect(fingerprint(summary) == expected[lane])
      }
    }
  }

  @Test(arguments: [1, 2, 7])
  func aProgramThatFailsStopsTheRun(workers: Int) throws {
    var run = Scenario(seed: 5, sets: 19, symbolCount: 3).run
    guard var strategy = run.strategy as? TestStrategy else { return }
    strategy.failsFrom = 7
    run.strategy = strategy
    let engine = LaneEngine(
      run: run, kernels: KernelVariant.best.kernels, workers: workers, tileLanes: 3)
    #expect(throws: ProgramFailure(set: 7)) { try engine.simulate { _, _ in } }
    #expect(throws: ProgramFailure(set: 7)) { try engine.replay(lane: 8) }
  }

  @Test func aPanelOfClosesAlone() throws {
    var run = run([.flat([10, 11, 12, 13])], window: 0..<4, signals: .longEntry)
    run.panel = makePanel([.flat([10, 11, 12, 13])], fields: ["close"])
    #expect(try replay(run).orders.map(\.status) == [.open])
    run.rules.fill = .nextClose
    #expect(try replay(run).fills.map(\.price) == [11])
    run.rules.fill = .sameClose
    #expect(try replay(run).fills.map(\.price) == [10])
  }
}
