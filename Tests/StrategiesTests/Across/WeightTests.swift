import Dispatch
import Expressions
import Kernels
import Market
import Simulation
import Strategies
import Synchronization
import TestSupport
import Testing

private let text = "if(top(n, pct_change(close, k)), 1 / n, 0) + 0.01 * sma(rank(volume), k)"
private let axes = [axis("k", [2, 5, 9, 20]), axis("n", [1, 2, 3, 4, 5])]

@Test func bitsDependOnNothingButSetAndBar() throws {
  let panel = market(symbols: 13, bars: 120, seed: 21)
  let bars = [30, 31, 60, 90, 119]
  let expected = try weights(text, axes: axes, panel: panel).rows(bars)
  // Announced bars, some of which are never asked for, and asked for bars that were not announced.
  for announced in [bars, [30, 90], [], Array(0..<120)] {
    let source = try weights(text, axes: axes, panel: panel, bars: announced)
    let found = source.rows(bars)
    for (a, b) in zip(found.joined(), expected.joined()) { #expect(sameBits(a, b)) }
  }
  // Set by set, backwards, alone.
  let source = try weights(text, axes: axes, panel: panel, bars: bars)
  let evaluator = source.makeEvaluator()
  for set in (0..<source.setCount).reversed() {
    for (index, bar) in bars.enumerated().reversed() {
      var row = [Double](repeating: 0, count: 13)
      evaluator.weights(set: set, bar: bar, into: &row)
      #expect(sameBits(row, expected[index][set]))
    }
  }
}

@Test(arguments: [2, 7])
func workersShareTables(workers: Int) throws {
  let panel = market(symbols: 13, bars: 120, seed: 22)
  let bars = Array(stride(from: 20, to: 120, by: 9))
  let expected = try weights(text, axes: axes, panel: panel).rows(bars)
  let source = try weights(text, axes: axes, panel: panel, bars: bars)
  let found = Mutex<[Int: [[[Double]]]]>([:])
  DispatchQueue.concurrentPerform(iterations: workers) { worker in
    let rows = source.rows(bars)
    found.withLock { $0[worker] = rows }
  }
  for rows in found.withLock({ $0 }).values {
    for (a, b) in zip(rows.joined(), expected.joined()) { #expect(sameBits(a, b)) }
  }
}

@Test func permutingSymbolsPermutesWeights() throws {
  let panel = market(symbols: 9, bars: 60, gaps: 0, seed: 23)
  let order = [4, 8, 0, 2, 6, 1, 7, 3, 5]
  // Places and distinct values only: sums across go in the order of symbols.
  let text = "rank(close) + if(top(3, pct_change(close, 7)), 1, 0)"
  let plain = try weights(text, panel: panel).rows([40, 59])
  let turned = try weights(text, panel: panel, symbols: order).rows([40, 59])
  for (a, b) in zip(plain, turned) {
    let (row, other) = (a[0], b[0])
    let isTied = Set(row.filter { !$0.isNaN }).count < row.count { !$0.isNaN }
    if !isTied { #expect(sameBits(order.map { row[$0] }, other)) }
  }
}

@Test func signalsOfOneSymbolLanesSeeTheOthers() throws {
  let panel = market(symbols: 8, bars: 200, seed: 24)
  let strategy = try strategy(
    [
      "long_entry": "top(n, pct_change(close, k)) and symbol(\"S0\").close > 0",
      "long_exit": "rank(pct_change(close, k)) < 0.5",
    ], axes: axes, panel: panel)
  func sweep(workers: Int, tile: Int?) throws -> [Int: Double] {
    let run = LaneRun(
      panel: panel, symbols: Array(0..<8), strategy: strategy, rules: LaneRules(), cash: 1000,
      window: 10..<200)
    let engine = LaneEngine(run: run, kernels: kernels, workers: workers, tileLanes: tile)
    let found = Mutex<[Int: Double]>([:])
    _ = try engine.simulate { lane, summary in
      found.withLock { $0[lane] = summary.finalEquity }
    }
    for lane in stride(from: 0, to: run.laneCount, by: 37) {
      #expect(try engine.replay(lane: lane).equity.last == found.withLock { $0[lane] })
    }
    return found.withLock { $0 }
  }
  let one = try sweep(workers: 1, tile: nil)
  #expect(Set(one.values).count > 20)
  for (workers, tile) in [(2, nil), (7, 8), (2, 1), (7, 64)] as [(Int, Int?)] {
    #expect(try sweep(workers: workers, tile: tile) == one, "\(workers) workers, tile \(tile ?? 0)")
  }
}

@Test func undefinedAndInfiniteWeightsAreNone() throws {
  let panel = panel([("close", [[1, 2], [0, 0]])])
  let rows = try weights("1 / close", panel: panel).rows([0, 1])
  #expect(sameBits(rows[0][0], [1, .nan]))
  #expect(sameBits(try weights("0 / 0", panel: panel).rows([0])[0][0], [.nan, .nan]))
  #expect(try weights("0.25", panel: panel).rows([1])[0][0] == [0.25, 0.25])
}
