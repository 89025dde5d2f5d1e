import Expressions
import Market
import Simulation
import TestSupport
import Testing

private let numbers = [
  "rank(close)", "rank(pct_change(close, k))", "zscore_across(close / sma(close, k))",
  "demean(pct_change(close, 2))", "normalize(1 / stdev(close, k + 1))", "mean_across(close)",
  "sum_across(if(close > sma(close, k), 1, 0))", "count_across(lag(close, k))",
  "stdev_across(close - lag(close, 1))", "equal",
  "if(top(n, pct_change(close, k)), 1 / n, 0)", "if(bottom(n, volume), 1, 0)",
  "if(top(n, close) and not bottom(n, volume), close, -close)",
  "symbol(\"S1\").close - close", "sma(symbol(\"S2\").close, k)",
  "symbol(\"S1\").sma(close, k) / symbol(\"S2\").highest(high, 3)",
  "symbol(\"S0\").rank(close)", "if(is(\"S1\"), 0.6, if(is(\"S2\"), 0.4, 0))",
  "symbol(\"S3\").strength - strength", "sma(rank(strength), 3)",
  "rank(strength - mean_across(strength))", "rank(close - symbol(\"S0\").close)",
  "if(symbol(\"S1\").is(\"S1\"), 1, 2)", "normalize(if(top(n, strength), 1 / stdev(close, 4), 0))",
]

private let parts = ["strength": "pct_change(close, k)"]

private let axes = [axis("n", [1, 2, 3]), axis("k", [1, 2, 5, 9])]

private func isClose(_ a: Double, _ b: Double) -> Bool {
  a.isNaN && b.isNaN || abs(a - b) <= 1e-10 * max(1, abs(b)) || a == b
}

private func compare(
  _ panel: PricePanel, _ text: String, _ symbols: [Int], _ start: Int, _ what: String
)
  throws
{
  let grid = ParameterGrid(axes: axes)
  let found = try levels(
    text, parts: parts, axes: axes, panel: panel, symbols: symbols, historyStart: start)
  let source = try weights(
    text, parts: parts, axes: axes, panel: panel, symbols: symbols, historyStart: start)
  let bars = Array(stride(from: start, to: panel.barCount, by: 7))
  let rows = source.rows(bars)
  let member = panel.fieldIndex(Universe.field)
  for set in 0..<grid.count {
    var naive = NaiveMarket(panel, symbols: symbols, bars: start..<panel.barCount)
    naive.parts = parts
    naive.parameters = ["n": grid.values(set: set)[0], "k": grid.values(set: set)[1]]
    let expected = try naive.evaluate(text)
    for place in symbols.indices {
      let lane = found[place * grid.count + set]
      #expect(
        zip(lane, expected[place]).allSatisfy { isClose($0, $1) }
          && lane.count == expected[place].count,
        "\(what), signals, set \(set), symbol \(place): \(text)")
      for (index, bar) in bars.enumerated() {
        var wanted = expected[place][bar - start]
        if !wanted.isFinite { wanted = .nan }
        if let member, panel.value(field: member, bar: bar, symbol: symbols[place]) == 0 {
          wanted = 0
        }
        #expect(
          isClose(rows[index][set][place], wanted),
          "\(what), weights, set \(set), symbol \(place), bar \(bar): \(text)")
      }
    }
  }
}

@Test(arguments: numbers)
func acrossAgreesWithTheNaiveReading(text: String) throws {
  for seed in 1...3 as ClosedRange<UInt64> {
    let panel = market(symbols: 11, bars: 90, seed: seed)
    try compare(panel, text, Array(0..<11), 0, "seed \(seed)")
  }
  // Some symbols in another order, with bars before the first left out.
  try compare(market(symbols: 9, bars: 60, seed: 4), text, [7, 1, 0, 2, 3, 5], 6, "some symbols")
}

@Test(arguments: ["rank(close)", "equal", "if(top(n, strength), 1 / n, 0)", "mean_across(close)"])
func symbolsOutsideTheUniverseStayOut(text: String) throws {
  let plain = market(symbols: 8, bars: 60, seed: 5)
  var random = TestRandom(seed: 6)
  let inside = (0..<60 * 8).map { _ in random.one(in: 3) ? 0.0 : 1 }
  try compare(
    plain.adding(field: Universe.field, values: inside), text, Array(0..<8), 0, "universe")
}

@Test func aRunOfOneSymbolHasOnlyItself() throws {
  let panel = market(symbols: 4, bars: 40, gaps: 0, seed: 8)
  let found = try levels("rank(close) + 10 * count_across(close)", panel: panel, symbols: [2])
  let expected = (0..<40).map { panel.lifetimes[2]?.contains($0) == true ? 11.0 : .nan }
  #expect(sameBits(found[0], expected))
  // Another symbol can be read all the same, but is not compared.
  let other = try levels("symbol(\"S1\").rank(close)", panel: panel, symbols: [2])
  #expect(other[0].allSatisfy { $0.isNaN })
}

@Test func warmUpFollowsFromWhatIsCompared() throws {
  let panel = market(symbols: 6, bars: 80, gaps: 0, seed: 9)
  let source = try weights(
    "if(top(2, pct_change(close, k)), rank(sma(close, 3 * k)), lag(rank(close), n))",
    axes: axes, panel: panel)
  for set in 0..<source.setCount {
    let (n, k) = (source.grid.values(set: set)[0], source.grid.values(set: set)[1])
    #expect(source.warmup(of: set) == Int(max(k, 3 * k - 1, n)))
  }
}

@Test func constantsOfThePanel() throws {
  let crypto = market(symbols: 2, bars: 5, gaps: 0, seed: 1)
  #expect(try levels("bars_per_year + 1000 * bars_per_day", panel: crypto)[0][4] == 1365)
  let hourly = panel(
    [("close", [[1, 2, 3]])], calendar: Calendar(.usEquity), frequencyNs: hourNs)
  // Six and a half hours are seven bars.
  #expect(try levels("bars_per_day", panel: hourly)[0] == [7, 7, 7])
}
