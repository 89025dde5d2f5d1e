import Expressions
import Testing

private let scope = ExpressionScope(
  fields: ["open", "high", "low", "close"], parameters: ["fast", "slow"],
  parts: [
    "trend": "close > sma(close, slow)", "spread": "high - low", "a": "b + 1", "b": "2 * a",
    "broken": "close + closs",
  ], symbols: ["SPY", "AGG"])

/// An expression, the column of its mistake (nil: none of its own) and the whole message.
private let mistakes: [(String, Int?, String)] = [
  ("", 1, "found the end, expected a number, a name or '('"),
  ("close >", 8, "found the end, expected a number, a name or '('"),
  ("close > 1)", 10, "found ')', expected an operator or the end"),
  ("(close > 1", 11, "found the end, expected ')'"),
  ("close close", 7, "found 'close', expected an operator or the end"),
  ("close > > 1", 9, "found '>', expected a number, a name or '('"),
  ("close = 1", 7, "found '=', expected '==' to compare"),
  ("1 < fast < slow", 10, "found '<', expected 'and' between two comparisons (a < b and b < c)"),
  ("close > 1 or", 13, "found the end, expected a number, a name or '('"),
  ("and close > 1", 1, "found 'and', expected a number, a name or '('"),
  ("close % 2 > 1", 7, "found '%', expected an operator or the end"),
  ("close > $5", 9, "unexpected character '$'"),
  ("close\u{00A0}> 5", 6, "unexpected character 'U+00A0'"),
  ("close > \u{7}", 9, "unexpected character 'U+0007'"),
  ("close > 1.2.3", 9, "'1.2.3' is not a number"),
  ("close > 1_0.0_0.0", 9, "'1_0.0_0.0' is not a number"),
  ("close > 1e999", 9, "'1e999' is not a number"),
  ("close > 2x", 10, "found 'x', expected an operator or the end"),
  ("close > 'abc", 9, "this text has no closing quote"),
  ("close > \"abc\"", 9, "\"abc\" is text, expected a number"),
  ("\"é\" > %", 7, "found '%', expected a number, a name or '('"),
  (
    "closs > 1", 1,
    "no field, parameter or named part 'closs'. Did you mean 'close'? Known here: a, "
      + "b, broken, spread, trend, fast, slow, open, high, low, close"
  ),
  (
    "close > fst", 9,
    "no field, parameter or named part 'fst'. Did you mean 'fast'? Known here: a, b, "
      + "broken, spread, trend, fast, slow, open, high, low, close"
  ),
  (
    "qqqqqqq > 1", 1,
    "no field, parameter or named part 'qqqqqqq'. Known here: a, b, broken, spread, "
      + "trend, fast, slow, open, high, low, close"
  ),
  (
    "close > SMA(close, 20)", 9,
    "no function 'SMA'. Did you mean 'sma'? See all of them: apus functions"
  ),
  (
    "close > smaa(close, 20)", 9,
    "no function 'smaa'. Did you mean 'sma'? See all of them: apus functions"
  ),
  ("close > close(1)", 9, "no function 'close'. See all of them: apus functions"),
  ("close > sma(close)", 9, "sma(x, n) was given 1 argument"),
  ("close > sma(close, 20, 3)", 9, "sma(x, n) was given 3 arguments"),
  ("close > sma", 9, "sma(x, n) was given 0 arguments"),
  ("hour(1) > 3", 1, "hour was given 1 argument"),
  (
    "close", 1,
    "the expression is a number, expected a condition (such as close > sma(close, 20))"
  ),
  ("close and open > 1", 1, "the left side of 'and' is a number, expected a condition"),
  ("open > 1 or fast", 13, "the right side of 'or' is a number, expected a condition"),
  ("not close", 5, "what follows 'not' is a number, expected a condition"),
  (
    "--(close > open) > 1", 3 + 7,
    "what follows the sign is a condition, expected a number (if(c, 1, 0) makes one)"
  ),
  (
    "-(close > open) > 1", 9,
    "what follows '-' is a condition, expected a number (if(c, 1, 0) makes one)"
  ),
  (
    "(close > open) + 1 > 2", 8,
    "the left side of '+' is a condition, expected a number (if(c, 1, 0) makes one)"
  ),
  (
    "(close > open) == (open > 1)", 8,
    "the left side of '==' is a condition, expected a number (if(c, 1, 0) makes one)"
  ),
  (
    "sma(close > open, 3) > 1", 11,
    "x of sma is a condition, expected a number (if(c, 1, 0) makes one)"
  ),
  ("if(close, 1, 2) > 1", 4, "the condition of if is a number, expected a condition"),
  (
    "if(close > open, 1, open > 1) > 1", 26,
    "b of if is a condition, expected a number (if(c, 1, 0) makes one)"
  ),
  ("if(close > open, open > 1, 1)", 28, "b of if is a number, expected a condition"),
  ("bars_since(close) > 1", 12, "c of bars_since is a number, expected a condition"),
  (
    "crosses_above(close, open > 1)", 27,
    "b of crosses_above is a condition, expected a number (if(c, 1, 0) makes one)"
  ),
  (
    "close > sma(close, close)", 20,
    "n of sma must be the same at every bar: use numbers and parameters only"
  ),
  (
    "close > sma(close, 0)", 20,
    "n of sma is 0, expected a whole number of bars from 1 to 1000000"
  ),
  (
    "close > sma(close, 2.5)", 20,
    "n of sma is 2.5, expected a whole number of bars from 1 to 1000000"
  ),
  (
    "close > sma(close, 5 - 9)", 22,
    "n of sma is -4, expected a whole number of bars from 1 to 1000000"
  ),
  (
    "close > sma(close, 2000000)", 20,
    "n of sma is 2000000, expected a whole number of bars from 1 to 1000000"
  ),
  (
    "close > bollinger_upper(close, 20, 1 / 0)", 38,
    "k of bollinger_upper is inf, expected a finite number, at least 0.0"
  ),
  ("every(0)", 7, "n of every is 0, expected a whole number of bars from 1 to 1000000"),
  ("every(close)", 7, "n of every must be the same at every bar: use numbers and parameters only"),
  ("close > lag(close, -1)", 20, "lag by 1 bar would look into the future; offsets are 0 or more"),
  (
    "close > lag(close, 3 - 5)", 22,
    "lag by 2 bars would look into the future; offsets are 0 or more"
  ),
  (
    "delta(close, -2) > 0", 14,
    "delta by 2 bars would look into the future; offsets are 0 or more"
  ),
  (
    "pct_change(close, -1) > 0", 19,
    "pct_change by 1 bar would look into the future; offsets are 0 or more"
  ),
  ("close > close.high", 14, "found '.', expected an operator or the end"),
  (
    "close > symbol(\"SPYY\").close", 16,
    "the panel has no symbol 'SPYY'. Did you mean 'SPY'? See all of them: apus inspect --symbols"
  ),
  (
    "close > symbol(close).close", 16,
    "what symbol takes is not a quoted text, expected the name of a symbol in quotes"
  ),
  ("close > symbol().close", 9, "symbol(\"S\").x was given 0 arguments"),
  (
    "close > symbol(\"SPY\")", 9,
    "found a symbol, expected a dot and what to read of it: symbol(\"S\").close"
  ),
  (
    "close > symbol(\"SPY\").closs", 23,
    "no field, parameter or named part 'closs'. Did you mean 'close'? Known here: a, "
      + "b, broken, spread, trend, fast, slow, open, high, low, close"
  ),
  ("symbol(\"SPY\").rsi(close) > 1", 15, "rsi(x, n) was given 1 argument"),
  ("symbol(\"SPY\").3 > 1", 14, "found the number 0.3, expected an operator or the end"),
  (
    "is(\"SYP\")", 4,
    "the panel has no symbol 'SYP'. Did you mean 'SPY'? See all of them: apus inspect --symbols"
  ),
  (
    "rank(close > 1) > 0.5", 12,
    "x of rank is a condition, expected a number (if(c, 1, 0) makes one)"
  ),
  (
    "rank(close)", 1,
    "the expression is a number, expected a condition (such as close > sma(close, 20))"
  ),
  ("top(close, 3)", 5, "n of top must be the same at every bar: use numbers and parameters only"),
  ("top(0, close)", 5, "n of top is 0, expected a whole number of symbols, at least 1"),
  ("bottom(2.5, close)", 8, "n of bottom is 2.5, expected a whole number of symbols, at least 1"),
  (
    "close > sma(close, rank(close))", 20,
    "n of sma must be the same at every bar: use numbers and parameters only"
  ),
  (
    "zscore_acros(close) > 1", 1,
    "no function 'zscore_acros'. Did you mean 'zscore_across'? See all of them: apus functions"
  ),
  (
    "obv() > 1", 1,
    "obv needs the field 'volume', which the panel does not have (it has: open, high, "
      + "low, close)"
  ),
  (
    "spread", 1,
    "the expression is a number, expected a condition (such as close > sma(close, 20))"
  ),
  (
    "trend + 1 > 2", 1,
    "the left side of '+' is a condition, expected a number (if(c, 1, 0) makes one)"
  ),
  ("not spread", 5, "what follows 'not' is a number, expected a condition"),
  ("a > 1", nil, "in 'b', column 5: 'a' is defined by itself"),
  (
    "broken > 1", nil,
    "in 'broken', column 9: no field, parameter or named part 'closs'. Did you mean "
      + "'close'? Known here: a, b, broken, spread, trend, fast, slow, open, high, low, "
      + "close"
  ),
]

@Test(arguments: mistakes)
func namesTheMistake(source: String, column: Int?, message: String) {
  var compiler = ExpressionCompiler(scope: scope)
  do throws(ExpressionError) {
    _ = try compiler.condition(source)
    Issue.record("accepted \(source)")
  } catch {
    #expect("\(error)" == message, "\(source)")
    #expect(error.column == column, "\(source)")
  }
}

@Test func parametersThatLookAheadAreNamed() throws {
  var compiler = ExpressionCompiler(scope: scope)
  let root = try compiler.condition("close > lag(close, fast - 3)")
  let grid = ParameterGrid(axes: [
    .init(name: "fast", values: [5, 4, 3, 2]), .init(name: "slow", values: [1]),
  ])
  #expect(throws: Never.self) {
    try compiler.graph.checkArguments(
      of: root, grid: ParameterGrid(axes: grid.axes) { $0[0] >= 3 })
  }
  do throws(ExpressionError) {
    try compiler.graph.checkArguments(of: root, grid: grid)
    Issue.record("accepted a look ahead")
  } catch {
    #expect(
      "\(error)"
        == "lag: n is -1, expected a whole number of bars from 0 to 1000000 (at fast = 2; exclude it "
        + "with 'where' or change the range)")
    #expect(error.column == nil)
  }
  #expect(throws: ExpressionError.self) {
    try SignalProgram(
      graph: compiler.graph, signals: [root, nil, nil, nil], grid: grid, sets: 0..<4)
  }
}

@Test func everyIsCheckedOverItsParameters() throws {
  var compiler = ExpressionCompiler(scope: scope)
  let root = try compiler.condition("every(fast / 2)")
  let grid = ParameterGrid(axes: [
    .init(name: "fast", values: [2, 3]), .init(name: "slow", values: [1]),
  ])
  do throws(ExpressionError) {
    try compiler.graph.checkArguments(of: root, grid: grid)
    Issue.record("accepted every(1.5)")
  } catch {
    #expect(
      "\(error)"
        == "every: n is 1.5, expected a whole number of bars from 1 to 1000000 (at fast = 3; exclude "
        + "it with 'where' or change the range)")
  }
}

@Test func onlyFunctionsUnderASignalAreChecked() throws {
  var compiler = ExpressionCompiler(scope: scope)
  let fine = try compiler.condition("close > sma(close, fast)")
  _ = try compiler.condition("close > sma(close, fast - 10)")
  let grid = ParameterGrid(axes: [
    .init(name: "fast", values: [2, 3]), .init(name: "slow", values: [1]),
  ])
  #expect(throws: Never.self) { try compiler.graph.checkArguments(of: fine, grid: grid) }
}

@Test func longWordsAreCutInMessages() {
  var compiler = ExpressionCompiler(scope: scope)
  let long = String(repeating: "x", count: 100_000)
  for source in [long, "\(long)(1) > 2", "close '\(long)'", "close \(long)"] {
    do throws(ExpressionError) {
      _ = try compiler.condition(source)
      Issue.record("accepted")
    } catch {
      #expect("\(error)".utf8.count < 300, "\(error)")
    }
  }
}
