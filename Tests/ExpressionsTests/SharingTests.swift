import Expressions
import Testing

private func axis(_ name: String, _ values: ClosedRange<Int>) -> ParameterGrid.Axis {
  ParameterGrid.Axis(name: name, values: values.map(Double.init))
}

private func program(_ sources: [String], _ grid: ParameterGrid) throws -> SignalProgram {
  var compiler = ExpressionCompiler(
    scope: ExpressionScope(
      fields: ["open", "high", "low", "close"], parameters: grid.axes.map(\.name)))
  var signals: [Int?] = []
  for source in sources { signals.append(try compiler.condition(source)) }
  signals += [Int?](repeating: nil, count: 4 - signals.count)
  return try SignalProgram(
    graph: compiler.graph, signals: signals, grid: grid, sets: 0..<grid.count)
}

private func windows(_ program: SignalProgram) -> [Int] {
  program.slots.compactMap { if case .window(_, let bars, _) = $0.work { bars } else { nil } }
}

private func prefixes(_ program: SignalProgram) -> Int {
  program.slots.count { if case .prefix = $0.work { true } else { false } }
}

@Test(arguments: [
  "sma(close, 20) > sma(close, 20)",
  "if(close > 1, 2, 3) > if(close > 1, 2, 3)",
  "bars_since(not (close > 1)) > bars_since(close <= 1)",
  "crosses_above(close, open) or crosses_above(close, open)",
  "if(hour > 3, close, sqrt(open)) > -if(hour > 3, close, sqrt(open))",
])
func equalSubexpressionsAreOneNode(source: String) throws {
  var compiler = ExpressionCompiler(scope: ExpressionScope(fields: ["open", "close"]))
  _ = try compiler.condition(source)
  let count = compiler.graph.nodes.count
  #expect(Set(compiler.graph.nodes).count == count)
  _ = try compiler.condition(source)
  #expect(compiler.graph.nodes.count == count)
}

@Test func zeroKeepsItsSign() throws {
  let columns = ["close": [1.0, 2]]
  #expect(try series("1 / (close * 0)", columns) == [.infinity, .infinity])
  #expect(try series("if(1 / 0 > 1 / -0, close, 0)", columns) == [1, 2])
  #expect(try series("min(close / 0, close / -0)", columns) == [-.infinity, -.infinity])
}

@Test func eachAverageIsComputedOnce() throws {
  let grid = ParameterGrid(axes: [axis("fast", 2...40), axis("slow", 10...65)])
  let found = try program(
    [
      "crosses_above(sma(close, fast), sma(close, slow)) and close > sma(close, 20)",
      "crosses_below(sma(close, fast), sma(close, slow)) or close < sma(close, 20)",
    ], grid)
  // 2 to 65, whichever parameter asks and however often; one running total; the field.
  #expect(windows(found).sorted() == Array(2...65))
  #expect(prefixes(found) == 1)
  let fields = found.slots.count { if case .field = $0.work { true } else { false } }
  #expect(fields == 1)
  // The slow average is interleaved once for each eight of its values, whatever the fast one.
  #expect(found.packs.count == 7)
  // A comparison is bits at once: it has no column of numbers.
  let comparisons = found.slots.count { if case .binary = $0.work { true } else { false } }
  #expect(comparisons == 0)
}

@Test func windowsOverDifferentSeriesShareNothing() throws {
  let found = try program(
    ["sma(close, 3) > sma(open, 3) and sum(close, 3) > sma(close - open, 3)"],
    ParameterGrid(axes: []))
  #expect(prefixes(found) == 3)
  #expect(windows(found).count == 4)
}

@Test func ghostLanesDoNotBreakPacks() throws {
  // Two vectors a row; `where` takes the first places of some out.
  let axes = [axis("fast", 1...3), axis("slow", 1...15)]
  let full = try program(["ema(close, slow) > ema(close, fast)"], ParameterGrid(axes: axes))
  let holes = try program(
    ["ema(close, slow) > ema(close, fast)"],
    ParameterGrid(axes: axes) { $0[1] > $0[0] })
  #expect(full.packs.count == 2)
  #expect(holes.packs.count == 2)
}

@Test func ghostLanesNeverAskForWhatDoesNotExist() throws {
  // The points that `where` leaves out would ask for negative lengths.
  let grid = ParameterGrid(axes: [axis("fast", 1...6), axis("slow", 1...16)]) { $0[1] > $0[0] + 2 }
  let found = try program(["close > sma(close, slow - fast - 2)"], grid)
  #expect(found.sets.filter { $0 >= 0 }.sorted() == Array(0..<grid.count))
}

@Test func whatLanesShareIsASlot() throws {
  let grid = ParameterGrid(axes: [axis("slow", 1...3), axis("fast", 1...8)])
  // In each vector slow is the same, so all that depends on it alone is computed once for eight lanes.
  let found = try program(["close > ema(close, slow) and open > ema(close, slow) * 2"], grid)
  #expect(found.packs.isEmpty)
  #expect(found.operands.allSatisfy { if case .slot = $0 { true } else { false } })
}
