import Kernels
import Market
import Simulation
import Strategies
import Synchronization
import Testing

private func isClose(_ found: [Double], _ expected: [Double]) -> Bool {
  found.count == expected.count
    && zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-9 * max(1, abs($1)) }
}

//  bar                          0   1   2       3       4       5      6   7   8       9
private let opens: [Double] = [10, 11, 12, 12, 10, 9, 8, 10, 12, 9.5]
private let closes: [Double] = [10, 12, 12, 11, 9, 8, 10, 12, 9, 9]
//  average of 3                 –   –   11.333  11.667  10.667  9.333  9   10  10.333  10
//  close is                     –   –   above   below   below   below  above  above  below  below

private let crossing = [
  "long_entry": "crosses_above(close, average)", "long_exit": "crosses_below(close, average)",
]

private func tenBars() -> PricePanel {
  panel([
    ("open", [opens]), ("high", [zip(opens, closes).map { max($0, $1) }]),
    ("low", [zip(opens, closes).map { min($0, $1) }]), ("close", [closes]),
  ])
}

@Test func tenBarsByHand() throws {
  let panel = tenBars()
  let strategy = try strategy(
    crossing, parts: ["average": "sma(close, n)"], axes: [axis("n", [3, 8])], panel: panel)
  var rules = LaneRules()
  rules.commissionRate = 0.01
  let run = LaneRun(
    panel: panel, symbols: [0], strategy: strategy, rules: rules, cash: 10_100, window: 0..<10)
  let engine = LaneEngine(run: run, kernels: kernels, workers: 1)
  let record = try engine.replay(lane: 0)

  // Close is first compared at bar 2, so the fall at bar 3 closes nothing. It rises above the average at bar 6: bought
  // at the open of bar 7, 10 100 / (10 × 1.01) = 1000 units, commission 100, no cash left. It falls below at bar 8: sold
  // at the open of bar 9 for 9500 less 95.
  #expect(record.fills.map(\.bar) == [7, 9])
  #expect(record.fills.map(\.cause) == [.entry, .exit])
  #expect(record.fills.map(\.fillPrice) == [10, 9.5])
  #expect(isClose(record.fills.map(\.units), [1000, -1000]))
  #expect(isClose(record.fills.map(\.commission), [100, 95]))
  #expect(isClose(record.fills.map(\.cashAfter), [0, 9405]))
  #expect(record.orders.map(\.bar) == [6, 8])
  #expect(record.orders.map(\.settledBar) == [7, 9])
  let flat = [Double](repeating: 10_100, count: 7)
  #expect(isClose(record.equity, flat + [12_000, 9000, 9405]))
  #expect(isClose(record.cash, flat + [0, 0, 9405]))
  #expect(record.trades.count == 1)
  #expect(isClose(record.trades.map(\.profit), [-695]))
  #expect(record.summary.warmBars == 2)
  #expect(record.summary.trades == 1)
  #expect(isClose([record.summary.fees], [195]))

  // An average of 8 is first known at bar 7: (10 + 12 + 12 + 11 + 9 + 8 + 10 + 12) / 8 = 10.5, close above it; then
  // 10.375 and 10, close below: a fall, but nothing was bought.
  let slow = try engine.replay(lane: 1)
  #expect(slow.fills.isEmpty)
  #expect(slow.summary.warmBars == 7)
  #expect(slow.equity == Array(repeating: 10_100, count: 10))
}

@Test func theSweepGivesWhatTheReplayGives() throws {
  let panel = tenBars()
  let strategy = try strategy(
    crossing, parts: ["average": "sma(close, n)"], axes: [axis("n", (1...9).map(Double.init))],
    panel: panel)
  let run = LaneRun(
    panel: panel, symbols: [0], strategy: strategy, rules: LaneRules(), cash: 1000, window: 0..<10)
  let engine = LaneEngine(run: run, kernels: kernels, workers: 2, tileLanes: 4)
  let equities = Mutex<[Int: Double]>([:])
  _ = try engine.simulate { lane, summary in
    equities.withLock { $0[lane] = summary.finalEquity }
  }
  for lane in 0..<9 {
    #expect(
      equities.withLock { $0[lane] } == (try engine.replay(lane: lane)).equity.last, "lane \(lane)")
  }
}

@Test func aStopByHand() throws {
  let panel = panel([
    ("open", [[12, 20, 19, 16, 16]]), ("high", [[12, 21, 19, 16, 16]]),
    ("low", [[12, 19, 17, 16, 16]]), ("close", [[12, 20, 17.5, 16, 16]]),
  ])
  let strategy = try strategy(
    ["long_entry": "close == 12", "stop_loss": "risk / 100", "fraction": "0.5"],
    axes: [axis("risk", [10, 30])], panel: panel)
  var rules = LaneRules()
  rules.watchesLevels = strategy.hasLevels
  let run = LaneRun(
    panel: panel, symbols: [0], strategy: strategy, rules: rules, cash: 4000, window: 0..<5)
  let engine = LaneEngine(run: run, kernels: kernels, workers: 1)
  // Half of 4000 buys 100 at 20. A tenth below is 18: bar 2 opens above it and reaches 17, so it sells at 18.
  let tight = try engine.replay(lane: 0)
  #expect(tight.fills.map(\.bar) == [1, 2])
  #expect(tight.fills.map(\.cause) == [.entry, .stop])
  #expect(tight.fills.map(\.fillPrice) == [20, 18])
  #expect(isClose(tight.equity, [4000, 4000, 3800, 3800, 3800]))
  // Three tenths below is 14, never reached: still held at the end, marked at the close.
  let wide = try engine.replay(lane: 1)
  #expect(wide.fills.map(\.bar) == [1])
  #expect(isClose(wide.equity, [4000, 4000, 3750, 3600, 3600]))
  #expect(wide.summary.openTrades == 1)
}

@Test func aShortSaleByHand() throws {
  let panel = panel([
    ("open", [[10, 10, 9, 8, 8]]), ("high", [[10, 10, 9, 8, 8]]), ("low", [[10, 9, 8, 8, 8]]),
    ("close", [[10, 9, 8, 8, 8]]),
  ])
  let strategy = try strategy(
    ["short_entry": "close == 10", "short_exit": "not (close > 8)"], panel: panel)
  #expect(strategy.entersShort)
  var rules = LaneRules()
  rules.watchesLevels = true
  rules.commissionFixed = 5
  let run = LaneRun(
    panel: panel, symbols: [0], strategy: strategy, rules: rules, cash: 1005, window: 0..<5)
  let record = try LaneEngine(run: run, kernels: kernels, workers: 1).replay(lane: 0)
  // Sold at 10: 1000 of equity is left after the fee, so 100 units. 8 is reached at bar 2; bought back at bar 3 for 800
  // and a fee: 1000 + 1000 − 800 − 5.
  #expect(record.fills.map(\.bar) == [1, 3])
  #expect(isClose(record.fills.map(\.units), [-100, 100]))
  #expect(isClose(record.equity, [1005, 1100, 1200, 1195, 1195]))
}

@Test func historyWarmsWithoutTrading() throws {
  let panel = tenBars()
  let strategy = try strategy(
    crossing, parts: ["average": "sma(close, 3)"], panel: panel)
  // Trading begins at bar 6, at whose close the signal falls; the average knows the bars before.
  let warm = LaneRun(
    panel: panel, symbols: [0], strategy: strategy, rules: LaneRules(), cash: 1000, window: 6..<10)
  #expect(
    try LaneEngine(run: warm, kernels: kernels, workers: 1).replay(lane: 0).fills.map(\.bar)
      == [1, 3])
  // Without them it is not known before bar 8, and there the close is below.
  let cold = LaneRun(
    panel: panel, symbols: [0], strategy: strategy, rules: LaneRules(), cash: 1000, window: 6..<10,
    historyStart: 6)
  let record = try LaneEngine(run: cold, kernels: kernels, workers: 1).replay(lane: 0)
  #expect(record.fills.isEmpty)
  #expect(record.summary.warmBars == 2)
}
