import Expressions
import Kernels
import TestSupport
import Testing

/// Conditions as people write them, with what holds state between bars.
private let composites = [
  "crosses_above(sma(close, 5), sma(close, 20)) and not crosses_below(rsi(close, 7), 50)",
  "bars_since(close > donchian_upper(10) - atr(5)) < 4 or every(7)",
  "if(weekday < 3, highest(high, 9) - ema(low, 4), zscore(close, 12)) > lag(stdev(close, 6), 3)",
  "not (macd(close, 3, 8) > macd_signal(close, 3, 8, 4)) and volume > mean(lag(volume, 1), 15)",
  "bars_since(not crosses_above(close, wma(close, 6))) >= 1 and month_end",
  "sum(if(close > open, 1, -1), 10) > 2 and hour != 3",
  "highest(bars_since(obv < lag(obv, 1)), 8) > slope(vwap(5), 4)",
]

private enum Poison: CaseIterable {
  case missing, infinite, zero, noise, later

  func replace(_ values: [Double], after bar: Int, using random: inout TestRandom) -> [Double] {
    values.enumerated().map { index, value in
      guard index > bar else { return value }
      switch self {
      case .missing: return .nan
      case .infinite: return .infinity
      case .zero: return 0
      case .noise: return Double.random(in: -1e6...1e6, using: &random)
      case .later: return values[values.count - 1 - (index - bar - 1)]
      }
    }
  }
}

private func clock(_ values: [ExpressionGraph.Clock: [Double]]) -> ClockColumns {
  ClockColumns(Set(values.keys), bars: values.values.first?.count ?? 0) { values[$0]?[$1] ?? .nan }
}

/// Replaces everything after a bar and demands the same bits up to it, alone and for many lanes.
private func expectCausal(_ sources: [String], _ grid: ParameterGrid, seeds: Range<UInt64>) throws {
  for seed in seeds {
    var random = TestRandom(seed: seed)
    let bars = random.pick([40, 200, 300])
    let columns = randomColumns(bars: bars, gaps: random.pick([0, 0.03]), using: &random)
    let clocks: [ExpressionGraph.Clock: [Double]] = [
      .hour: (0..<bars).map { _ in Double(random.int(0...23)) },
      .weekday: (0..<bars).map { _ in Double(random.int(1...7)) },
      .month: (0..<bars).map { _ in Double(random.int(1...12)) },
      .day: (0..<bars).map { _ in Double(random.int(1...31)) },
      .monthSession: (0..<bars).map { _ in Double(random.int(1...23)) },
      .monthSessionsLeft: (0..<bars).map { _ in Double(random.int(0...22)) },
      .monthEnd: (0..<bars).map { _ in Double(random.int(0...1)) },
    ]
    var compiler = ExpressionCompiler(
      scope: ExpressionScope(
        fields: columns.keys.sorted(), parameters: grid.axes.map(\.name)))
    var roots: [Int] = []
    for source in sources { roots.append(try add(source, to: &compiler)) }
    let before = try evaluate(compiler.graph, roots, grid, columns, clock: clock(clocks))
    for poison in Poison.allCases {
      let now = random.int(0...bars - 2)
      let poisoned = columns.mapValues { poison.replace($0, after: now, using: &random) }
      let poisonedClocks = clocks.mapValues { poison.replace($0, after: now, using: &random) }
      let after = try evaluate(
        compiler.graph, roots, grid, poisoned, clock: clock(poisonedClocks))
      for set in 0..<grid.count {
        for signal in roots.indices {
          let (a, b) = (before.values[set]?[signal] ?? [], after.values[set]?[signal] ?? [])
          #expect(
            sameBits(a.prefix(now + 1), b.prefix(now + 1)) && a.count == bars,
            "seed \(seed), bar \(now), \(poison), set \(set): \(sources[signal])")
        }
      }
    }
  }
}

@Test(arguments: functionNames)
func noFunctionSeesTheFuture(name: String) throws {
  let source = try call(name, x: "close", y: "open", c: "close > open")
  let nested = try call(name, x: "ema(high, 3)", y: "lag(low, 2)", c: "close > sma(close, 5)")
  var sources = [source, nested]
  if ["crosses_above", "crosses_below", "every", "month_end"].contains(name) {
    sources += ["not \(source)", "bars_since(not \(nested))"]
  }
  try expectCausal(sources, ParameterGrid(axes: []), seeds: 100..<110)
}

@Test(arguments: composites)
func noStrategySeesTheFuture(source: String) throws {
  try expectCausal([source, "not (\(source))"], ParameterGrid(axes: []), seeds: 200..<215)
}

@Test func noLaneSeesTheFuture() throws {
  let grid = ParameterGrid(axes: [
    .init(name: "fast", values: [1, 2, 3]), .init(name: "slow", values: (3...13).map(Double.init)),
  ])
  let sources = [
    "crosses_above(sma(close, fast), ema(close, slow))",
    "not crosses_below(lag(close, slow), highest(low, fast))",
    "bars_since(close > sma(high, slow)) < fast or every(slow)",
    "if(close > lag(close, fast), rsi(close, slow) > 50, atr(slow) < 2)",
  ]
  try expectCausal(sources, grid, seeds: 300..<306)
}

@Test func randomExpressionsSeeNoFuture() throws {
  let grid = ParameterGrid(axes: [.init(name: "fast", values: (1...9).map(Double.init))])
  for seed in 400..<440 as Range<UInt64> {
    var generator = ExpressionGenerator(random: TestRandom(seed: seed), parameters: ["fast"])
    let sources = [generator.condition(4), generator.number(4)]
    try expectCausal(sources, grid, seeds: seed..<seed + 1)
  }
}
