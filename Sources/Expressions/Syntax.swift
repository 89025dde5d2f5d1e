/// An expression as written, before names and types are looked up.
///
/// Columns point at what an error should name.
package indirect enum Syntax {
  case number(Double, column: Int)
  case text(String, column: Int)
  case name(String, column: Int)
  case call(String, [Syntax], column: Int)
  /// A name or a call behind a dot.
  case member(Syntax, Syntax, column: Int)
  case unary(Operator, Syntax, column: Int)
  case binary(Operator, Syntax, Syntax, column: Int)

  package enum Operator: String {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case power = "^"
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case equal = "=="
    case notEqual = "!="
    case and
    case or
    case not
    case negate = "unary -"
    case plus = "unary +"
  }

  package var column: Int {
    switch self {
    case .number(_, let column), .text(_, let column), .name(_, let column),
      .call(_, _, let column), .member(_, _, let column), .unary(_, _, let column),
      .binary(_, _, _, let column):
      column
    }
  }
}

/// Reads an expression by precedence: or, and, not, comparison, + -, * /, unary -, ^ (to the right).
package struct Parser {
  private let tokens: [Token]
  private var position = 0
  private var depth = 0

  /// Deep enough for people, shallow enough for the stack.
  package static let depthLimit = 100

  package static func parse(_ source: String) throws(ExpressionError) -> Syntax {
    var parser = Parser(tokens: try Lexer.tokens(of: source))
    let syntax = try parser.disjunction()
    guard parser.token.kind == .end else {
      throw .unexpected(
        found: parser.token.quoted, expected: "an operator or the end", column: parser.token.column)
    }
    return syntax
  }

  private init(tokens: [Token]) { self.tokens = tokens }

  private var token: Token { tokens[position] }

  private mutating func accept(_ symbols: String...) -> String? {
    let word: String
    switch token.kind {
    case .symbol(let symbol): word = symbol
    case .name(let name): word = name
    default: return nil
    }
    guard symbols.contains(word) else { return nil }
    position += 1
    return word
  }

  private mutating func disjunction() throws(ExpressionError) -> Syntax {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else {
      throw .tooDeep(limit: Self.depthLimit, column: token.column)
    }
    var left = try conjunction()
    while true {
      let column = token.column
      guard accept("or", "||") != nil else { return left }
      left = .binary(.or, left, try conjunction(), column: column)
    }
  }

  private mutating func conjunction() throws(ExpressionError) -> Syntax {
    var left = try negation()
    while true {
      let column = token.column
      guard accept("and", "&&") != nil else { return left }
      left = .binary(.and, left, try negation(), column: column)
    }
  }

  private mutating func negation() throws(ExpressionError) -> Syntax {
    let column = token.column
    var inverted = false
    var count = 0
    while accept("not", "!") != nil {
      inverted.toggle()
      count += 1
    }
    let inner = try comparison()
    if count == 0 { return inner }
    // "not not x" keeps its type check: it is x only if x is a condition.
    let once = Syntax.unary(.not, inner, column: column)
    return inverted ? once : .unary(.not, once, column: column)
  }

  private mutating func comparison() throws(ExpressionError) -> Syntax {
    let left = try sum()
    let column = token.column
    guard let word = accept("<", "<=", ">", ">=", "==", "!=", "=") else { return left }
    guard let op = Syntax.Operator(rawValue: word) else {
      throw .unexpected(found: "'='", expected: "'==' to compare", column: column)
    }
    let right = try sum()
    let next = token
    if accept("<", "<=", ">", ">=", "==", "!=", "=") != nil {
      throw .unexpected(
        found: next.quoted, expected: "'and' between two comparisons (a < b and b < c)",
        column: next.column)
    }
    return .binary(op, left, right, column: column)
  }

  private mutating func sum() throws(ExpressionError) -> Syntax {
    var left = try product()
    while true {
      let column = token.column
      guard let word = accept("+", "-") else { return left }
      left = .binary(word == "+" ? .add : .subtract, left, try product(), column: column)
    }
  }

  private mutating func product() throws(ExpressionError) -> Syntax {
    var left = try signed()
    while true {
      let column = token.column
      guard let word = accept("*", "/") else { return left }
      left = .binary(word == "*" ? .multiply : .divide, left, try signed(), column: column)
    }
  }

  private mutating func signed() throws(ExpressionError) -> Syntax {
    let column = token.column
    var sign: Syntax.Operator?
    while let word = accept("-", "+") {
      sign = (word == "-") != (sign == .negate) ? .negate : .plus
    }
    let inner = try power()
    guard let sign else { return inner }
    // Zero has a sign of its own, which nodes that are equal as numbers must not lose.
    if sign == .negate, case .number(let value, _) = inner, value != 0 {
      return .number(-value, column: column)
    }
    return .unary(sign, inner, column: column)
  }

  private mutating func power() throws(ExpressionError) -> Syntax {
    let base = try postfix()
    let column = token.column
    guard accept("^", "**") != nil else { return base }
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else { throw .tooDeep(limit: Self.depthLimit, column: column) }
    return .binary(.power, base, try signed(), column: column)
  }

  private mutating func postfix() throws(ExpressionError) -> Syntax {
    var inner = try primary()
    while true {
      let column = token.column
      guard accept(".") != nil else { return inner }
      guard case .name(let name) = token.kind else {
        throw .unexpected(
          found: token.quoted, expected: "the name of a field", column: token.column)
      }
      let start = token.column
      position += 1
      let isCall = accept("(") != nil
      let member: Syntax =
        isCall ? .call(name, try arguments(), column: start) : .name(name, column: start)
      inner = .member(inner, member, column: column)
    }
  }

  private mutating func primary() throws(ExpressionError) -> Syntax {
    let start = token
    switch start.kind {
    case .number(let value):
      position += 1
      return .number(value, column: start.column)
    case .text(let text):
      position += 1
      return .text(text, column: start.column)
    case .name(let name) where !["and", "or", "not"].contains(name):
      position += 1
      guard accept("(") != nil else { return .name(name, column: start.column) }
      return .call(name, try arguments(), column: start.column)
    case .symbol("("):
      position += 1
      let inner = try disjunction()
      try close("')'")
      return inner
    default:
      throw .unexpected(
        found: start.quoted, expected: "a number, a name or '('", column: start.column)
    }
  }

  private mutating func arguments() throws(ExpressionError) -> [Syntax] {
    if accept(")") != nil { return [] }
    var list = [try disjunction()]
    while accept(",") != nil { list.append(try disjunction()) }
    try close("',' or ')'")
    return list
  }

  private mutating func close(_ expected: String) throws(ExpressionError) {
    let found = token
    guard accept(")") != nil else {
      throw .unexpected(found: found.quoted, expected: expected, column: found.column)
    }
  }
}
