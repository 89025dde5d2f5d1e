import Expressions
import Testing

private func compiler(_ parts: [String: String]) -> ExpressionCompiler {
  ExpressionCompiler(
    scope: ExpressionScope(fields: ["close", "open"], parameters: ["n"], parts: parts))
}

@Test func partsStandForTheirText() throws {
  var named = compiler([
    "average": "sma(close, n)", "up": "close > average", "both": "up and not down",
    "down": "open > close",
  ])
  var written = compiler([:])
  let a = try named.condition("not both or up")
  let b = try written.condition(
    "not (close > sma(close, n) and not (open > close)) or close > sma(close, n)")
  #expect(named.graph.nodes[a] == written.graph.nodes[b])
  #expect(Set(named.graph.nodes) == Set(written.graph.nodes))
}

@Test func aPartIsReadOnce() throws {
  var compiler = compiler(["average": "sma(close, n)"])
  _ = try compiler.condition("average > 1 and average > 2")
  let before = compiler.graph.nodes.count
  _ = try compiler.number("average")
  #expect(compiler.graph.nodes.count == before)
}

@Test func partsMayHideFieldsAndParameters() throws {
  var compiler = compiler(["open": "lag(close, 1)", "n": "5"])
  _ = try compiler.condition("open > sma(close, n)")
  #expect(compiler.graph.fields == ["close"])
}

@Test(arguments: [
  (["a": "a + 1"], "a", "a"), (["a": "b + 1", "b": "a"], "a", "b"),
  (["a": "if(c > 1, b, 2)", "b": "-c", "c": "sqrt(b)"], "a", "b"),
])
func circlesAreFound(parts: [String: String], source: String, place: String) throws {
  var compiler = compiler(parts)
  let error = try #require(throws: ExpressionError.self) { try compiler.number(source) }
  guard case .inPart(let name, _, .circular) = error else {
    Issue.record("\(error)")
    return
  }
  #expect(name == place)
}

@Test func mistakesBelongToTheTextOfTheirPart() throws {
  var compiler = compiler(["outer": "1 + inner", "inner": "close + closd"])
  let error = try #require(throws: ExpressionError.self) { try compiler.number("2 * outer") }
  guard case .inPart("inner", text: "close + closd", let inner) = error else {
    Issue.record("\(error)")
    return
  }
  #expect(inner.column == 9)
  #expect(error.column == nil)
  #expect(
    "\(error)"
      == "in 'inner', column 9: no field, parameter or named part 'closd'. Did you mean 'close'? "
      + "Known here: inner, outer, n, close, open")
}

@Test func unusedPartsAreChecked() throws {
  var fine = compiler(["a": "close > 1", "b": "a and open > 2"])
  try fine.checkParts()
  var wrong = compiler(["a": "close > 1", "b": "a + 1"])
  #expect(throws: ExpressionError.self) { try wrong.checkParts() }
}

@Test func negatedPartsKeepTheUndefined() throws {
  // A condition and its negation are both off where a side is missing.
  let columns = ["close": [1, .nan, 3], "open": [2.0, 2, 2]]
  for (source, expected) in [
    ("up", [0.0, 0, 1]), ("not up", [1, 0, 0]), ("not not up", [0, 0, 1]),
  ] {
    var compiler = compiler(["up": "close > open"])
    let root = try compiler.condition(source)
    let grid = ParameterGrid(axes: [.init(name: "n", values: [1])])
    #expect(
      try evaluate(compiler.graph, [root], grid, columns).values[0]?[0] == expected, "\(source)")
  }
}
