import Expressions
import TestSupport
import Testing

private let scope = ExpressionScope(
  fields: ["open", "high", "low", "close", "volume"], parameters: ["fast", "slow"])

private let grid = ParameterGrid(axes: [
  .init(name: "fast", values: [2, 3, 5]), .init(name: "slow", values: [4, 7, 11, 20]),
])

/// An expression and its warm-up for `fast`, `slow`, by hand.
private let cases: [(String, @Sendable (Int, Int) -> Int)] = [
  ("close > open", { _, _ in 0 }),
  ("fast < slow", { _, _ in 0 }),
  ("close > sma(close, 20)", { _, _ in 19 }),
  ("close > sma(close, fast)", { fast, _ in fast - 1 }),
  ("crosses_above(sma(close, fast), sma(close, slow))", { max($0, $1) - 1 }),
  ("not crosses_above(sma(close, fast), sma(close, slow))", { max($0, $1) - 1 }),
  ("lag(sma(close, fast), slow) > 1", { $0 - 1 + $1 }),
  ("sma(lag(close, slow), fast) > 1", { $0 - 1 + $1 }),
  ("highest(sma(close - open, fast) / sma(close, slow), 5) > 1", { max($0, $1) - 1 + 4 }),
  ("rsi(close, fast) < 30 or atr(slow) > 2", { max($0, $1) }),
  ("adx(fast) > 20", { fast, _ in 2 * fast - 1 }),
  ("macd_histogram(close, fast, slow, 9) > 0", { max($0, $1) + 7 }),
  ("bars_since(close > sma(close, slow)) > fast", { $1 - 1 }),
  ("if(close > sma(close, fast), close, ema(close, slow)) > 3", { max($0, $1) - 1 }),
  ("if(fast > 2, close > ema(close, slow), close > 1)", { $1 - 1 }),
  ("lag(5, fast) > 1 and every(3)", { fast, _ in fast }),
  ("obv > 0 and lag(close, 0) > 1", { _, _ in 0 }),
]

@Test(arguments: cases.map(\.0))
func followsFromTheLengths(source: String) throws {
  let expected = try #require(cases.first { $0.0 == source }).1
  var compiler = ExpressionCompiler(scope: scope)
  let root = try compiler.condition(source)
  let program = try SignalProgram(
    graph: compiler.graph, signals: [root, nil, nil, nil], grid: grid, sets: 0..<grid.count)
  var seen = 0
  for (place, set) in program.sets.enumerated() where set >= 0 {
    let values = grid.values(set: set)
    #expect(program.warmups[place] == expected(Int(values[0]), Int(values[1])), "\(values)")
    seen += 1
  }
  #expect(seen == grid.count)
}

@Test func aLaneWaitsForTheSlowestOfItsSignals() throws {
  var compiler = ExpressionCompiler(scope: scope)
  let entry = try compiler.condition("close > sma(close, fast)")
  let exit = try compiler.condition("close < sma(close, slow)")
  let program = try SignalProgram(
    graph: compiler.graph, signals: [entry, exit, nil, nil], grid: grid, sets: 0..<grid.count)
  for (place, set) in program.sets.enumerated() where set >= 0 {
    let values = grid.values(set: set)
    #expect(program.warmups[place] == Int(max(values[0], values[1])) - 1)
  }
}

@Test(arguments: functionNames)
func nothingIsDefinedBeforeItsWarmUp(name: String) throws {
  guard
    ![
      "every", "month_end", "hour", "weekday", "month", "day", "month_session",
      "month_sessions_left", "bars_since", "crosses_above", "crosses_below",
    ]
    .contains(name)
  else { return }
  var random = TestRandom(seed: 11)
  let columns = randomColumns(bars: 80, gaps: 0, using: &random)
  let source = try call(name, x: "sma(close, 3)", y: "lag(open, 4)", c: "close > lag(high, 2)")
  var compiler = ExpressionCompiler(scope: scope)
  let root = try add(source, to: &compiler)
  let one = ParameterGrid(axes: [
    .init(name: "fast", values: [1]), .init(name: "slow", values: [1]),
  ])
  let found = try evaluate(compiler.graph, [root], one, columns)
  let values = try #require(found.values[0]?[0])
  let first = try #require(values.firstIndex { !$0.isNaN })
  // Elementwise functions of two series wait for the later one, as the series do.
  #expect(first == found.warmups[0], "\(source)")
}
