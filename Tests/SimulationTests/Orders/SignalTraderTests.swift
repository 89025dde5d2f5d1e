import Kernels
import Market
import Simulation
import Testing

/// Expression lanes under the rule book, worked by hand.
@Suite struct SignalTraderTests {
  func record(
    _ rows: [[Double]], _ signals: [Int: Signals], terms: LaneTerms = LaneTerms(),
    time: Order.TimeInForce = .gtc, _ change: (inout PricedStrategy, inout ExecutionRules) -> Void
  ) throws -> LaneRecord {
    var strategy = PricedStrategy(rows.indices.map { signals[$0] ?? [] }, terms: terms)
    var rules = ExecutionRules()
    change(&strategy, &rules)
    let run = AccountRun(
      panel: orderPanel([rows]), symbols: [0], rules: rules, cash: 1000, window: 0..<rows.count)
    let engine = AccountEngine(
      run: run, strategy: strategy, kernels: KernelVariant.best.kernels, workers: 1,
      timeInForce: time)
    return try engine.replay(lane: 0)
  }

  func lane(
    _ rows: [[Double]], _ signals: [Int: Signals], terms: LaneTerms = LaneTerms(),
    time: Order.TimeInForce = .gtc, _ change: (inout PricedStrategy, inout ExecutionRules) -> Void
  ) throws -> [String] {
    try record(rows, signals, terms: terms, time: time, change).fills.map {
      "\($0.bar) \($0.cause) \($0.units) @ \($0.price)"
    }
  }

  private func rows(_ lows: [Double]) -> [[Double]] { lows.map { [100, 101, $0, 100] } }

  @Test func anEntryLimitWaitsForItsPrice() throws {
    let rows = rows([100, 96, 94, 100])
    #expect(
      try lane(rows, [0: .longEntry]) { strategy, _ in strategy.entryLimit = [95] }
        == ["2 entry \(1000.0 * (1 / 95.0)) @ 95.0"])
    // One bar is not enough.
    #expect(try lane(rows, [0: .longEntry], time: .bars(1)) { s, _ in s.entryLimit = [95] } == [])
    // The next signal renews it at its own price; an exit takes it back.
    #expect(
      try lane(rows, [0: .longEntry, 1: .longEntry]) { s, _ in s.entryLimit = [95, 99] }
        == ["2 entry \(1000.0 * (1 / 99.0)) @ 99.0"])
    #expect(
      try lane(rows, [0: .longEntry, 1: .longExit]) { s, _ in s.entryLimit = [95, 95] } == [])
    // Without a price there is no order.
    #expect(try lane(rows, [0: .longEntry]) { s, _ in s.entryLimit = [.nan] } == [])
  }

  @Test func anEntryStopBuysABreakout() throws {
    let rows: [[Double]] = flat(100, 2) + [[100, 106, 99, 105], [105, 106, 104, 105]]
    #expect(
      try lane(rows, [0: .longEntry]) { s, _ in s.entryStop = [104] }
        == ["2 entry \(1000.0 * (1 / 104.0)) @ 104.0"])
    #expect(
      try lane(rows, [0: .longEntry]) { s, _ in
        s.entryStop = [104]
        s.entryLimit = [103]
      } == [])
  }

  @Test func anExitLimitIsRenewedAtEachBar() throws {
    // At 110 for bar 2, at 104 for bar 3.
    let rows: [[Double]] = flat(100, 2) + [[100, 109, 100, 108], [102, 106, 101, 102]]
    #expect(
      try lane(rows, [0: .longEntry]) { s, _ in s.exitLimit = [150, 110, 104, 90] }
        == ["1 entry 10.0 @ 100.0", "3 exit -10.0 @ 104.0"])
    // It is live on the entry bar.
    #expect(
      try lane([[100, 100, 100, 100], [100, 106, 99, 100]], [0: .longEntry]) { s, _ in
        s.exitLimit = [105]
      } == ["1 entry 10.0 @ 100.0", "1 target -10.0 @ 105.0"])
  }

  @Test(arguments: [FillMoment.nextOpen, .nextClose, .sameClose], [1.0, 3.0])
  func aPositionIsHeldForMaxBarsAtMost(fill: FillMoment, bars: Double) throws {
    var terms = LaneTerms()
    terms.maxBars = bars
    let entry = fill == .sameClose ? 0 : 1
    #expect(
      try lane(flat(100, 8), [0: .longEntry], terms: terms) { $1.fill = fill }
        == ["\(entry) entry 10.0 @ 100.0", "\(entry + Int(bars)) exit -10.0 @ 100.0"])
  }

  @Test func aPyramidAddsUpToItsNumber() throws {
    var terms = LaneTerms()
    terms.pyramid = 3
    terms.sizing = .units
    terms.size = 2
    let always = Dictionary(uniqueKeysWithValues: (0..<6).map { ($0, Signals.longEntry) })
    #expect(
      try lane(flat(100, 7), always, terms: terms) { _, _ in }
        == ["1 entry 2.0 @ 100.0", "2 entry 2.0 @ 100.0", "3 entry 2.0 @ 100.0"])
    // The stop follows the average: 2 at 100 and 2 at 120 make 110, less 10 % 99.
    terms.stopLoss = 0.1
    #expect(
      try lane(
        flat(100, 2) + [[120, 120, 119, 120], [120, 121, 98, 100]], [0: .longEntry, 1: .longEntry],
        terms: terms
      ) { _, _ in }
        == ["1 entry 2.0 @ 100.0", "2 entry 2.0 @ 120.0", "3 stop -4.0 @ 99.0"])
  }

  @Test func noEntryCountsInTheDelayAfterAnExit() throws {
    let signals: [Int: Signals] = [
      0: .longEntry, 1: .longExit, 2: .longEntry, 3: .longEntry, 4: .longEntry,
    ]
    for (delay, bar) in [(0.0, 3), (1, 4), (2, 5)] {
      var terms = LaneTerms()
      terms.reentryDelay = delay
      #expect(
        try lane(flat(100, 7), signals, terms: terms) { _, _ in }
          == [
            "1 entry 10.0 @ 100.0", "2 exit -10.0 @ 100.0", "\(bar) entry 10.0 @ 100.0",
          ])
    }
  }

  @Test func anOppositeEntryTurnsAPosition() throws {
    var terms = LaneTerms()
    let signals: [Int: Signals] = [0: .longEntry, 2: .shortEntry, 4: [.longEntry, .shortEntry]]
    #expect(
      try lane(flat(100, 7), signals, terms: terms) { _, _ in } == ["1 entry 10.0 @ 100.0"])
    terms.reverses = true
    #expect(
      try lane(flat(100, 7), signals, terms: terms) { _, _ in }
        == ["1 entry 10.0 @ 100.0", "3 exit -10.0 @ 100.0", "3 entry -10.0 @ 100.0"])
    // Its stop belongs to the new side.
    terms.stopLoss = 0.125
    #expect(
      try lane(
        flat(100, 4) + [[100, 113, 85, 100]], signals, terms: terms
      ) { _, _ in }.last == "4 stop 10.0 @ 112.5")
  }

  @Test func sizesOfEveryKind() throws {
    // Decided at 100, filled at 125.
    let rows = flat(100) + flat(125, 2)
    for (sizing, size, units) in [
      (LaneTerms.Sizing.fraction, 0.5, 4.0), (.units, 3, 3), (.notional, 250, 2),
      (.risk, 0.02, 1.6),
    ] {
      var terms = LaneTerms()
      terms.sizing = sizing
      terms.size = size
      terms.fraction = sizing == .fraction ? size : 1
      terms.stopLoss = 0.1
      #expect(
        try lane(rows, [0: .longEntry], terms: terms) { _, _ in } == ["1 entry \(units) @ 125.0"])
      // The same bar by bar; where it isn't known, nothing is bought.
      terms.size = .nan
      terms.fraction = 1
      #expect(
        try lane(rows, [0: .longEntry], terms: terms) { s, _ in s.size = [size] }
          == ["1 entry \(units) @ 125.0"])
      #expect(
        try lane(rows, [0: .longEntry], terms: terms) { s, _ in s.size = [.nan] } == [])
    }
  }

  /// A rule in Swift fills what the same rule does as signals.
  @Test(arguments: 0..<20)
  func aSwiftStrategyEqualsItsSignals(seed: Int) throws {
    var random = SeededGenerator(seed: 40 + seed)
    let bars = Bars.random(300, Weather(volatility: 0.02, gaps: 0.2), &random)
    let panel = makePanel([bars])
    var lanes = LaneRules()
    lanes.commissionRate = 0.001
    let signals = try replay(
      LaneRun(
        panel: panel, symbols: [0],
        strategy: TestStrategy.momentum(terms: [LaneTerms()], entersShort: false), rules: lanes,
        cash: 1000, window: 10..<300))
    var rules = ExecutionRules()
    rules.commission.rate = 0.001
    let run = AccountRun(
      panel: panel, symbols: [0], rules: rules, cash: 1000, window: 10..<300)
    let record = StrategyEngine(run: run, strategy: Momentum()).record()
    #expect(record.fills.count > 100 && record.fills.count == signals.fills.count)
    for (ours, theirs) in zip(record.fills, signals.fills) {
      #expect(ours.bar == theirs.bar && ours.price == theirs.price)
      #expect((ours.units - theirs.units).magnitude <= 1e-12 * theirs.units.magnitude)
    }
    #expect(
      (record.summary.finalEquity - signals.summary.finalEquity).magnitude
        <= 1e-12 * signals.summary.finalEquity)
    let summary = StrategyEngine(run: run, strategy: Momentum()).simulate()
    #expect(fingerprint(record.summary) == fingerprint(summary))
  }
}

private struct Momentum: Strategy {
  var warmupBars: Int { 1 }

  mutating func decide(_ view: borrowing BarView, _ desk: inout OrderDesk) {
    let (now, before) = (view.close(), view.close(lag: 1))
    if view.units() > 0, now < before { desk.close() }
    if view.units() == 0, now > before { desk.submit(Order(.fractionOfEquity(1))) }
  }
}
