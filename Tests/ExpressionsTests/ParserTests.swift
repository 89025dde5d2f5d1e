import Expressions
import Testing

/// The tree as text: every operation in brackets, operator first.
private func tree(_ syntax: Syntax) -> String {
  switch syntax {
  case .number(let value, _): "\(value)"
  case .text(let text, _): "\"\(text)\""
  case .name(let name, _): name
  case .call(let name, let arguments, _): "\(name)(\(arguments.map(tree).joined(separator: ", ")))"
  case .member(let inner, let member, _): "(. \(tree(inner)) \(tree(member)))"
  case .unary(let op, let inner, _): "(\(op.rawValue) \(tree(inner)))"
  case .binary(let op, let a, let b, _): "(\(op.rawValue) \(tree(a)) \(tree(b)))"
  }
}

@Test(arguments: [
  ("1 + 2 * 3", "(+ 1.0 (* 2.0 3.0))"),
  ("(1 + 2) * 3", "(* (+ 1.0 2.0) 3.0)"),
  ("a - b - c", "(- (- a b) c)"),
  ("a / b * c", "(* (/ a b) c)"),
  ("-x^2", "(unary - (^ x 2.0))"),
  ("-2^2", "(unary - (^ 2.0 2.0))"),
  ("2^-1", "(^ 2.0 -1.0)"),
  ("2^-x^2", "(^ 2.0 (unary - (^ x 2.0)))"),
  ("2^3^2", "(^ 2.0 (^ 3.0 2.0))"),
  ("a ** b ** c", "(^ a (^ b c))"),
  ("(-x)^2", "(^ (unary - x) 2.0)"),
  ("a * -b", "(* a (unary - b))"),
  ("a - -b", "(- a (unary - b))"),
  ("a--b", "(- a (unary - b))"),
  ("--x", "(unary + x)"),
  ("-+-+x", "(unary + x)"),
  ("---x", "(unary - x)"),
  ("+x", "(unary + x)"),
  ("-5", "-5.0"),
  ("--5", "(unary + 5.0)"),
  ("-0", "(unary - 0.0)"),
  ("a + b < c * d", "(< (+ a b) (* c d))"),
  ("not a > b", "(not (> a b))"),
  ("not not a > b", "(not (not (> a b)))"),
  ("not not not a > b", "(not (> a b))"),
  ("!(a)", "(not a)"),
  ("a and b or c and d", "(or (and a b) (and c d))"),
  ("a or b and c", "(or a (and b c))"),
  ("not a and b", "(and (not a) b)"),
  ("a && b || c", "(or (and a b) c)"),
  ("a < b and c >= d or e != f", "(or (and (< a b) (>= c d)) (!= e f))"),
  ("f()", "f()"),
  ("f(1, g(x), a or b)", "f(1.0, g(x), (or a b))"),
  ("if(a > b, 1, 2)", "if((> a b), 1.0, 2.0)"),
  ("symbol(\"SPY\").close > 1", "(> (. symbol(\"SPY\") close) 1.0)"),
  ("symbol('BRK.B').close", "(. symbol(\"BRK.B\") close)"),
  ("1_000.5", "1000.5"),
  (".5", "0.5"),
  ("1.", "1.0"),
  ("1e3 + 1E-2", "(+ 1000.0 0.01)"),
  ("2e", "not parsed"),
  ("andy", "andy"),
  ("_a1 + not_b", "(+ _a1 not_b)"),
  (" \t\r\n a\n+\nb ", "(+ a b)"),
])
func bindsAsWritten(source: String, expected: String) throws {
  #expect((try? tree(Parser.parse(source))) ?? "not parsed" == expected)
}

@Test func columnsPointAtOperatorsAndNames() throws {
  guard case .binary(.and, let left, let right, let column) = try Parser.parse("a > 1 and f(b)")
  else {
    Issue.record("not an 'and'")
    return
  }
  #expect(column == 7)
  #expect(left.column == 3)
  #expect(right.column == 11)
}

@Test func columnsCountCharactersNotBytes() throws {
  let tokens = try Lexer.tokens(of: "symbol(\"naïve ☃️\") + x")
  #expect(tokens.map(\.column) == [1, 7, 8, 17, 19, 21, 22])
}

@Test func bracketsNestToTheLimit() throws {
  func nested(_ depth: Int) -> String {
    String(repeating: "(", count: depth) + "x" + String(repeating: ")", count: depth)
  }
  // The expression itself is the first level.
  #expect(tree(try Parser.parse(nested(Parser.depthLimit - 1))) == "x")
  #expect(throws: ExpressionError.tooDeep(limit: 100, column: 101)) {
    try Parser.parse(nested(Parser.depthLimit))
  }
  let powers = Array(repeating: "2", count: 101).joined(separator: "^")
  #expect(throws: ExpressionError.tooDeep(limit: 100, column: 200)) { try Parser.parse(powers) }
}

@Test func wordsAreCounted() throws {
  func sum(_ terms: Int) -> String { Array(repeating: "x", count: terms).joined(separator: "+") }
  _ = try Parser.parse(sum(Lexer.wordLimit / 2))
  #expect(throws: ExpressionError.tooLong(limit: 2000, column: 2001)) {
    try Parser.parse(sum(Lexer.wordLimit / 2 + 1))
  }
}
