import Expressions
import Testing

private let scope = ExpressionScope(
  fields: ["open", "high", "low", "close", "volume"], parameters: ["n"])

private func isNumber(_ source: String) throws -> Bool {
  var compiler = ExpressionCompiler(scope: scope)
  do throws(ExpressionError) {
    _ = try compiler.number(source)
    return true
  } catch {
    guard case .type(found: "a condition", _, "the expression", _) = error else { throw error }
    _ = try compiler.condition(source)
    return false
  }
}

/// A call of each function with what it takes: `x` for a number, `c` for a condition, digits for constants.
let sampleCalls: [String: String] = [
  "if": "if(C, X, Y)", "abs": "abs(X)", "min": "min(X, Y)", "max": "max(X, Y)", "sqrt": "sqrt(X)",
  "log": "log(X)", "exp": "exp(X / 100)", "crosses_above": "crosses_above(X, Y)",
  "crosses_below": "crosses_below(X, Y)", "bars_since": "bars_since(C)", "every": "every(3)",
  "hour": "hour", "weekday": "weekday", "month": "month", "day": "day", "month_end": "month_end",
  "month_session": "month_session", "month_sessions_left": "month_sessions_left",
  "lag": "lag(X, 3)", "delta": "delta(X, 3)", "pct_change": "pct_change(X, 3)", "sum": "sum(X, 4)",
  "stdev": "stdev(X, 5)", "zscore": "zscore(X, 5)", "highest": "highest(X, 4)",
  "lowest": "lowest(X, 4)", "slope": "slope(X, 5)", "correlation": "correlation(X, Y, 6)",
  "beta": "beta(X, Y, 6)", "keltner_upper": "keltner_upper(4, 2)",
  "keltner_lower": "keltner_lower(4, 2)",
  "mean": "mean(X, 4)", "sma": "sma(X, 4)", "ema": "ema(X, 4)", "wma": "wma(X, 4)",
  "rsi": "rsi(X, 5)", "adx": "adx(3)", "macd": "macd(X, 3, 6)",
  "macd_signal": "macd_signal(X, 3, 6, 4)", "macd_histogram": "macd_histogram(X, 3, 6, 4)",
  "stochastic": "stochastic(5)", "stochastic_d": "stochastic_d(5, 3)", "atr": "atr(4)",
  "bollinger_upper": "bollinger_upper(X, 5, 2)", "bollinger_lower": "bollinger_lower(X, 5, 2)",
  "donchian_upper": "donchian_upper(4)", "donchian_lower": "donchian_lower(4)",
  "donchian_middle": "donchian_middle(4)", "obv": "obv", "vwap": "vwap(4)",
]

/// The sample call of a function over given numbers and a condition.
func call(_ name: String, x: String, y: String, c: String) throws -> String {
  let sample = try #require(sampleCalls[name], "no sample call of \(name)")
  guard let open = sample.firstIndex(of: "(") else { return sample }
  let inside = sample[sample.index(after: open)...].dropLast().split(separator: ", ")
  let arguments = inside.map { argument in
    argument.replacing("X", with: "(\(x))").replacing("Y", with: "(\(y))")
      .replacing("C", with: "(\(c))")
  }
  return "\(sample[..<open])(\(arguments.joined(separator: ", ")))"
}

/// What a panel is needed for; tests of strategies have them.
private let panelNames: Set = [
  "bars_per_year", "bars_per_day", "rank", "top", "bottom", "zscore_across", "demean", "normalize",
  "mean_across", "sum_across", "stdev_across", "count_across", "equal", "symbol", "is",
]

let functionNames = FunctionCatalog.all.map(\.name).filter { !panelNames.contains($0) }

@Test func everyFunctionHasASampleCall() {
  #expect(Set(functionNames) == Set(sampleCalls.keys))
}

@Test(arguments: functionNames)
func argumentsHaveATypeEach(name: String) throws {
  let (x, y, c) = ("close", "open", "close > open")
  let isCondition = ["crosses_above", "crosses_below", "every", "month_end"].contains(name)
  #expect(try isNumber(call(name, x: x, y: y, c: c)) == !isCondition)
  let sample = try #require(sampleCalls[name])
  let inside = sample.split(separator: "(").dropFirst().joined()
  if inside.contains("X"), name != "if" {
    #expect(throws: ExpressionError.self) { try isNumber(call(name, x: c, y: y, c: c)) }
  }
  if inside.contains("Y") {
    #expect(throws: ExpressionError.self) { try isNumber(call(name, x: x, y: c, c: c)) }
  }
  if inside.contains("C") {
    #expect(throws: ExpressionError.self) { try isNumber(call(name, x: x, y: y, c: x)) }
  }
  // Lengths must be the same at every bar.
  let arguments = inside.dropLast(inside.isEmpty ? 0 : 1).split(separator: ", ")
  for (index, argument) in arguments.enumerated() where argument.allSatisfy(\.isNumber) {
    var changed = arguments.map(String.init)
    changed[index] = "close"
    let source = "\(name)(\(changed.joined(separator: ", ")))"
      .replacing("X", with: "close").replacing("Y", with: "open").replacing("C", with: "close > 1")
    guard
      case .variesOverTime = try #require(
        throws: ExpressionError.self,
        performing: {
          try isNumber(source)
        })
    else {
      Issue.record("\(source) is refused for another reason")
      continue
    }
  }
}

@Test(arguments: ["+", "-", "*", "/", "^", "<", "<=", ">", ">=", "==", "!=", "and", "or"])
func operatorsHaveTypes(symbol: String) throws {
  let takesConditions = ["and", "or"].contains(symbol)
  let (number, condition) = ("(n + close)", "(close > open)")
  let (right, wrong) = takesConditions ? (condition, number) : (number, condition)
  #expect(
    try isNumber("\(right) \(symbol) \(right)") == ["+", "-", "*", "/", "^"].contains(symbol))
  for source in ["\(wrong) \(symbol) \(right)", "\(right) \(symbol) \(wrong)"] {
    guard
      case .type = try #require(throws: ExpressionError.self, performing: { try isNumber(source) })
    else {
      Issue.record("\(source) is refused for another reason")
      continue
    }
  }
}

@Test(arguments: ["-", "+", "--", "+-", "-+-"])
func signsAreForNumbers(sign: String) throws {
  #expect(try isNumber("\(sign)close"))
  #expect(try isNumber("\(sign)n"))
  #expect(throws: ExpressionError.self) { try isNumber("\(sign)(close > open)") }
}

@Test func constantsTakeNoFields() throws {
  var compiler = ExpressionCompiler(scope: scope)
  let value = try compiler.constant("if(n > 3, n ^ 2, -n) / 2 + min(n, 4)")
  #expect(value.parameters == [0])
  #expect(value.value([5]) == 16.5)
  #expect(value.value([2]) == 1)
  #expect(try compiler.constant("1 + 2").parameters.isEmpty)
  guard
    case .variesOverTime("the expression", column: 3) = try #require(
      throws: ExpressionError.self, performing: { try compiler.constant("n * close") })
  else {
    Issue.record("refused for another reason")
    return
  }
}

@Test func constantChoicesAreUndefinedWithTheirCondition() throws {
  var compiler = ExpressionCompiler(scope: scope)
  let value = try compiler.constant("if(sqrt(n) > 2, 1, 2)")
  #expect(value.value([9]) == 1)
  #expect(value.value([1]) == 2)
  #expect(value.value([-1]).isNaN)
}

@Test func whereConditionsTakeParametersOnly() throws {
  var compiler = ExpressionCompiler(
    scope: ExpressionScope(fields: ["close"], parameters: ["a", "b"]))
  let keep = try compiler.constantCondition(
    "a < b and not (a == 2 or b - a > 3) and if(a > 1, b > 4, a != b)")
  func holds(_ a: Double, _ b: Double) -> Bool { keep.value([a, b]) != 0 }
  for a in 1...6 {
    for b in 1...9 {
      let expected = a < b && !(a == 2 || b - a > 3) && (a > 1 ? b > 4 : a != b)
      #expect(holds(Double(a), Double(b)) == expected, "a = \(a), b = \(b)")
    }
  }
  #expect(throws: ExpressionError.self) { try compiler.constantCondition("a < close") }
  #expect(throws: ExpressionError.self) { try compiler.constantCondition("a + b") }
  // Undefined is not kept, nor is its negation.
  let undefined = try compiler.constantCondition("log(a - 5) > 0")
  let negated = try compiler.constantCondition("not (log(a - 5) > 0)")
  #expect(undefined.value([1, 1]) == 0)
  #expect(negated.value([1, 1]) == 0)
  #expect(negated.value([5.5, 1]) == 1)
}
