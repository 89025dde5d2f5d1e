import Expressions
import Testing

private let missing = Double.nan

/// Runs a condition both ways a program may compute it: the same for all lanes, and different between lanes.
private func both(_ source: String, _ columns: Columns) throws -> [[Double]] {
  // `one` is 1 in every lane, but only the grid knows.
  let grid = ParameterGrid(axes: [.init(name: "one", values: Array(repeating: 1, count: 9))])
  var compiler = ExpressionCompiler(
    scope: ExpressionScope(fields: columns.keys.sorted(), parameters: ["one"]))
  let varying = columns.keys.sorted().reduce(source) { text, field in
    text.replacing("$\(field)", with: "(\(field) * one)")
  }
  let uniform = columns.keys.sorted().reduce(source) { $0.replacing("$\($1)", with: $1) }
  let roots = [try compiler.condition(uniform), try compiler.condition(varying)]
  let found = try evaluate(compiler.graph, roots, grid, columns)
  return (0..<9).flatMap { found.values[$0] ?? [] }
}

private func expect(_ source: String, _ columns: Columns, _ truth: [Bool?]) throws {
  for (text, wanted) in [(source, true), ("not (\(source))", false)] {
    let expected = truth.map { $0 == wanted ? 1.0 : 0 }
    for found in try both(text, columns) { #expect(found == expected, "\(text)") }
  }
}

@Test(arguments: ["<", "<=", ">", ">=", "==", "!="])
func comparisonsWithAMissingSideAreNeitherTrueNorFalse(symbol: String) throws {
  let a = [1, 2, 2, missing, 1, missing, .infinity, -.infinity, 0]
  let b = [2, 2, 1, 1, missing, missing, .infinity, 0, -0.0]
  let truth: [Bool?] = zip(a, b).map { x, y in
    if x.isNaN || y.isNaN { return nil }
    switch symbol {
    case "<": return x < y
    case "<=": return x <= y
    case ">": return x > y
    case ">=": return x >= y
    case "==": return x == y
    default: return x != y
    }
  }
  try expect("$a \(symbol) $b", ["a": a, "b": b], truth)
}

/// All combinations of true, false and undefined for three conditions, as columns: `x > 0` is what `x` says.
private let states: [Bool?] = [true, false, nil]
private let triples: [(Bool?, Bool?, Bool?)] = states.flatMap { p in
  states.flatMap { q in states.map { r in (p, q, r) } }
}

private func column(_ states: [Bool?]) -> [Double] { states.map { $0.map { $0 ? 1 : -1 } ?? .nan } }

private func and(_ p: Bool?, _ q: Bool?) -> Bool? {
  p == false || q == false ? false : p == nil || q == nil ? nil : true
}

private func or(_ p: Bool?, _ q: Bool?) -> Bool? {
  p == true || q == true ? true : p == nil || q == nil ? nil : false
}

@Test func connectivesAreKleenes() throws {
  let columns = [
    "p": column(triples.map(\.0)), "q": column(triples.map(\.1)), "r": column(triples.map(\.2)),
  ]
  let (p, q, r) = ("$p > 0", "$q > 0", "$r > 0")
  try expect(p, columns, triples.map(\.0))
  try expect("\(p) and \(q)", columns, triples.map { p, q, _ in and(p, q) })
  try expect("\(p) or \(q)", columns, triples.map { p, q, _ in or(p, q) })
  try expect(
    "\(p) and (\(q) or not (\(r)))", columns,
    triples.map { p, q, r in and(p, or(q, r.map { !$0 })) })
  try expect(
    "not (\(p) or \(q)) and \(r)", columns,
    triples.map { p, q, r in and(or(p, q).map { !$0 }, r) })
  try expect(
    "if(\(p), \(q), \(r))", columns, triples.map { p, q, r in p.flatMap { $0 ? q : r } })
  try expect(
    "if(not (\(p)), \(q) and \(r), \(r) or \(q))", columns,
    triples.map { p, q, r in p.flatMap { $0 ? or(r, q) : and(q, r) } })
  try expect(
    "if(\(p), $q, $r) > 0", columns, triples.map { p, q, r in p.flatMap { $0 ? q : r } })
}

@Test func missingValuesPassThroughArithmetic() throws {
  let columns = ["a": [1, missing, 4, -4, 0], "b": [missing, 2, 2, 2, 0]]
  let expected: [(String, [Double])] = [
    ("a + b", [missing, missing, 6, -2, 0]), ("min(a, b)", [missing, missing, 2, -4, 0]),
    ("max(a, b)", [missing, missing, 4, 2, 0]), ("sqrt(a)", [1, missing, 2, missing, 0]),
    ("abs(a)", [1, missing, 4, 4, 0]), ("a / b", [missing, missing, 2, -2, missing]),
    ("log(a)", [0, missing, 1.3862943611198906, missing, -.infinity]),
    ("-a", [-1, missing, -4, 4, 0]), ("if(a > 0, a, b)", [1, missing, 4, 2, 0]),
    ("if(a > 0, 1, 2)", [1, missing, 1, 2, 2]),
  ]
  for (source, values) in expected {
    let found = try series(source, columns)
    #expect(
      zip(found, values).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }, "\(source): \(found)")
  }
}

// MARK: - Crossings and counting

private struct Crossing: Sendable, CustomTestStringConvertible {
  var name: String
  var a: [Double]
  var b: [Double]
  var above: [Bool?]
  var testDescription: String { name }
}

@Test(arguments: [
  Crossing(name: "from the start", a: [3, 1, 3], b: [2, 2, 2], above: [false, false, true]),
  Crossing(name: "no history", a: [3, 4], b: [2, 2], above: [false, false]),
  Crossing(
    name: "equality holds the state", a: [1, 2, 2, 3, 2, 3, 1, 2, 3],
    b: [2, 2, 2, 2, 2, 2, 2, 2, 2],
    above: [false, false, false, true, false, false, false, false, true]),
  Crossing(
    name: "a gap holds the state", a: [1, missing, missing, 3, missing, 3, 1],
    b: [2, 2, missing, 2, 2, 2, 2], above: [false, nil, nil, true, nil, false, false]),
  Crossing(
    name: "a crossing inside a gap of the other side", a: [1, 3, 3], b: [2, missing, 2],
    above: [false, nil, true]),
  Crossing(name: "equal first", a: [2, 3], b: [2, 2], above: [false, false]),
  Crossing(
    name: "infinite", a: [-.infinity, .infinity, .infinity], b: [0, .infinity, 1],
    above: [false, false, true]),
])
private func crossingsHoldTheirState(crossing: Crossing) throws {
  let columns = ["a": crossing.a, "b": crossing.b]
  try expect("crosses_above($a, $b)", columns, crossing.above)
  // The mirror image, twice: sides swapped, signs swapped.
  try expect("crosses_below($b, $a)", columns, crossing.above)
  try expect("crosses_below(-$a, -$b)", columns, crossing.above)
}

@Test func crossingsCarryOverBlocks() throws {
  // One below at bar 0, then equal or missing across two block borders, then above.
  var a = [1.0] + [Double](repeating: 2, count: 299)
  for bar in 100..<180 { a[bar] = .nan }
  a[280] = 3
  let b = [Double](repeating: 2, count: 300)
  let truth: [Bool?] = a.enumerated().map { $1.isNaN ? nil : $0 == 280 }
  try expect("crosses_above($a, $b)", ["a": a, "b": b], truth)
}

@Test func barsSinceCountsFromTheLastTime() throws {
  let columns = ["a": [-1, missing, 1, -1, missing, -1, 1, 1, -1]]
  let found = try series("bars_since(a > 0)", columns)
  let expected = [missing, missing, 0, 1, 2, 3, 0, 0, 1]
  #expect(zip(found, expected).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }, "\(found)")
  // A comparison with "never yet" is undefined: neither true nor false.
  try expect(
    "bars_since($a > 0) < 2", columns, [nil, nil, true, true, false, false, true, true, true])
}

@Test func everyCountsFromTheFirstTradingBar() throws {
  var compiler = ExpressionCompiler(scope: ExpressionScope(fields: ["a"], parameters: ["n"]))
  let roots = [
    try compiler.condition("every(n) and a > 0"), try compiler.condition("not every(n) and a > 0"),
  ]
  let columns = ["a": [Double](repeating: 1, count: 400)]
  let lengths = (1...11).map(Double.init)
  for first in [0, 5, 127, 128, 131] {
    let found = try evaluate(
      compiler.graph, roots, ParameterGrid(axes: [.init(name: "n", values: lengths)]), columns,
      firstTradingBar: first)
    for (set, n) in lengths.enumerated() {
      let expected = (0..<400).map { $0 >= first && ($0 - first) % Int(n) == 0 }
      #expect(found.values[set]?[0] == expected.map { $0 ? 1 : 0 }, "n = \(n), from \(first)")
      #expect(found.values[set]?[1] == expected.map { $0 ? 0 : 1 }, "n = \(n), from \(first)")
    }
  }
}

@Test func numbersAreUnknownBeforeTheFirstBar() throws {
  // As a column would be; else what counts crossings would see one more bar.
  let found = try series("lag(5, 2)", ["a": [1, 1, 1, 1]])
  #expect(found.map(\.isNaN) == [true, true, false, false])
  let columns = ["a": [6.0, 6, 4, 6]]
  #expect(try series("crosses_above(a, lag(5, 1))", columns) == [0, 0, 0, 1])
  #expect(try series("crosses_above(lag(5, 1), a)", columns) == [0, 0, 1, 0])
}
