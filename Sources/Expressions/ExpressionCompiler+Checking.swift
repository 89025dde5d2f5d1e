import Kernels

extension ExpressionCompiler {
  mutating func check(_ syntax: Syntax) throws(ExpressionError) -> Value {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.sizeLimit else { throw tooLong(syntax) }
    let value = try meaning(of: syntax)
    let isSmall =
      switch value {
      case .number(let number): isSmall(number)
      case .condition(let condition): isSmall(condition.yes) && isSmall(condition.no)
      }
    guard isSmall else { throw tooLong(syntax) }
    return value
  }

  private func isSmall(_ number: Number) -> Bool {
    switch number {
    case .constant(let constant): constant.size <= Self.sizeLimit
    case .series(let node): graph.heights[node] <= Self.sizeLimit
    }
  }

  private func tooLong(_ syntax: Syntax) -> ExpressionError {
    .tooLong(limit: Self.sizeLimit, column: syntax.column)
  }

  private mutating func meaning(of syntax: Syntax) throws(ExpressionError) -> Value {
    switch syntax {
    case .number(let value, _):
      return .number(.constant(.number(value)))
    case .text(let text, let column):
      throw .type(
        found: "text", expected: "a number", context: "\"\(text.shortened)\"", column: column)
    case .name(let name, let column):
      return try lookUp(name, column: column)
    case .member(.call("symbol", let arguments, let start), let inner, _):
      return try member(inner, of: arguments, column: start)
    case .member(_, _, let column):
      throw .unexpected(found: "'.'", expected: "an operator or the end", column: column)
    case .call(let name, let arguments, let column):
      return try call(name, arguments, column: column)
    case .unary(.not, let inner, _):
      return .condition(try condition(inner, "what follows 'not'").negated)
    case .unary(.negate, let inner, _):
      return .number(apply(.negate, try number(inner, "what follows '-'")))
    case .unary(_, let inner, _):
      return .number(try number(inner, "what follows the sign"))
    case .binary(let op, let left, let right, _):
      return try binary(op, left, right)
    }
  }

  mutating func binary(_ op: Syntax.Operator, _ left: Syntax, _ right: Syntax)
    throws(ExpressionError) -> Value
  {
    let (leftSide, rightSide) = (
      "the left side of '\(op.rawValue)'", "the right side of '\(op.rawValue)'"
    )
    if op == .and || op == .or {
      let a = try condition(left, leftSide)
      let b = try condition(right, rightSide)
      return .condition(op == .and ? both(a, b) : both(a.negated, b.negated).negated)
    }
    let a = try number(left, leftSide)
    let b = try number(right, rightSide)
    if let arithmetic = Self.arithmetic[op] { return .number(apply(arithmetic, a, b)) }
    guard let comparison = Self.comparisons[op], let opposite = comparison.opposite else {
      preconditionFailure("unknown operator \(op.rawValue)")
    }
    return .condition(Condition(yes: apply(comparison, a, b), no: apply(opposite, a, b)))
  }

  private static let arithmetic: [Syntax.Operator: BinaryOperation] = [
    .add: .add, .subtract: .subtract, .multiply: .multiply, .divide: .divide, .power: .power,
  ]
  private static let comparisons: [Syntax.Operator: BinaryOperation] = [
    .less: .less, .lessOrEqual: .lessOrEqual, .greater: .greater,
    .greaterOrEqual: .greaterOrEqual, .equal: .equal, .notEqual: .notEqual,
  ]

  mutating func number(_ syntax: Syntax, _ context: String) throws(ExpressionError) -> Number {
    guard case .number(let number) = try check(syntax) else {
      throw .type(
        found: "a condition", expected: "a number (if(c, 1, 0) makes one)", context: context,
        column: syntax.column)
    }
    return number
  }

  mutating func condition(_ syntax: Syntax, _ context: String) throws(ExpressionError)
    -> Condition
  {
    guard case .condition(let condition) = try check(syntax) else {
      throw .type(
        found: "a number", expected: "a condition", context: context, column: syntax.column)
    }
    return condition
  }

  mutating func constant(_ syntax: Syntax, _ context: String) throws(ExpressionError)
    -> ConstantExpression
  {
    guard case .constant(let value) = try number(syntax, context) else {
      throw .variesOverTime(context: context, column: syntax.column)
    }
    return value
  }
}
