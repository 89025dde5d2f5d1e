import Indicators
import Kernels

/// What the names in an expression may stand for.
public struct ExpressionScope: Sendable {
  /// Fields of the panel.
  public var fields: [String]
  /// Parameters, in the order of the plan's axes.
  public var parameters: [String]
  /// Named parts of a let block: name and source.
  public var parts: [String: String]

  /// A scope.
  public init(fields: [String], parameters: [String] = [], parts: [String: String] = [:]) {
    self.fields = fields
    self.parameters = parameters
    self.parts = parts
  }
}

/// Turns expressions into nodes of one graph: looks up names, checks types, pushes `not` down to comparisons.
///
/// Pushing `not` down keeps the rule "a signal on NaN is false" exact: `not (a > b)` becomes `a <= b`, which is false
/// when either side is undefined, as `a > b` is.
public struct ExpressionCompiler {
  /// The graph so far.
  public private(set) var graph = ExpressionGraph()
  let scope: ExpressionScope
  private var openParts: [String] = []
  private var knownParts: [PartKey: Value] = [:]
  private var visits = 0

  /// Conditions are checked for both signs, so nested choices multiply; far more than any real strategy needs.
  static let visitLimit = 200_000

  struct PartKey: Hashable {
    var name: String
    var negated: Bool
  }

  /// The meaning of a subexpression. A constant condition is 1 or 0.
  enum Value {
    case constant(ConstantExpression)
    case constantCondition(ConstantExpression)
    case series(Int)
    case condition(Int)

    var isCondition: Bool {
      switch self {
      case .constantCondition, .condition: true
      case .constant, .series: false
      }
    }
  }

  /// A compiler for expressions over a scope.
  public init(scope: ExpressionScope) { self.scope = scope }

  /// Adds a condition; returns its node.
  public mutating func condition(_ source: String) throws(ExpressionError) -> Int {
    let syntax = try Parser.parse(source)
    let value = try check(syntax, negated: false)
    guard value.isCondition else {
      throw .type(
        found: "a number", expected: "a condition (such as close > sma(close, 20))",
        context: "the expression", column: 1)
    }
    return node(value)
  }

  /// Adds a number; returns its node.
  public mutating func number(_ source: String) throws(ExpressionError) -> Int {
    node(try numeric(Parser.parse(source), "the expression"))
  }

  /// A number that is the same at every bar, from numbers and parameters only.
  public mutating func constant(_ source: String) throws(ExpressionError) -> ConstantExpression {
    let syntax = try Parser.parse(source)
    return try constantNumber(syntax, "the expression")
  }

  /// A condition on parameters only, as 1 or 0.
  public mutating func constantCondition(_ source: String) throws(ExpressionError)
    -> ConstantExpression
  {
    let syntax = try Parser.parse(source)
    switch try check(syntax, negated: false) {
    case .constantCondition(let value): return value
    case .constant:
      throw .type(
        found: "a number", expected: "a condition on parameters (such as fast < slow)",
        context: "the expression", column: 1)
    case .series, .condition:
      throw .variesOverTime(context: "the condition", column: syntax.column)
    }
  }

  // MARK: - Checking

  mutating func add(_ node: ExpressionGraph.Node) -> Int { graph.add(node) }

  mutating func node(_ value: Value) -> Int {
    switch value {
    case .series(let node), .condition(let node): node
    case .constant(let number), .constantCondition(let number): graph.add(.constant(number))
    }
  }

  mutating func check(_ syntax: Syntax, negated: Bool) throws(ExpressionError) -> Value {
    visits += 1
    guard visits <= Self.visitLimit else {
      throw .tooDeep(limit: Parser.depthLimit, column: syntax.column)
    }
    switch syntax {
    case .number(let value, _):
      return try number(.constant(.number(value)), negated, "the number \(value)", syntax)
    case .text(let text, let column):
      throw .type(found: "text", expected: "a number", context: "\"\(text)\"", column: column)
    case .name(let name, let column):
      return try lookUp(name, negated: negated, column: column)
    case .member(_, let field, let column):
      throw .acrossSymbols(function: "symbol(…).\(field)", column: column)
    case .call(let name, let arguments, let column):
      return try call(name, arguments, negated: negated, column: column)
    case .unary(.not, let inner, _):
      return try conditional(inner, "what follows 'not'", negated: !negated)
    case .unary(_, let inner, _):
      let value = try numeric(inner, "what follows '-'")
      return try number(apply(.negate, value), negated, "the number", syntax)
    case .binary(let op, let left, let right, _):
      return try binary(op, left, right, negated: negated, syntax)
    }
  }

  private mutating func binary(
    _ op: Syntax.Operator, _ left: Syntax, _ right: Syntax, negated: Bool, _ syntax: Syntax
  ) throws(ExpressionError) -> Value {
    switch op {
    case .and, .or:
      let a = try conditional(left, "the left side of '\(op.rawValue)'", negated: negated)
      let b = try conditional(right, "the right side of '\(op.rawValue)'", negated: negated)
      // De Morgan: the negation of both is the other connective of their negations.
      return join((op == .and) != negated ? .and : .or, a, b)
    default:
      let a = try numeric(left, "the left side of '\(op.rawValue)'")
      let b = try numeric(right, "the right side of '\(op.rawValue)'")
      guard let comparison = Self.comparisons[op] else {
        guard let arithmetic = Self.arithmetic[op] else { preconditionFailure("unknown operator") }
        return try number(apply(arithmetic, a, b), negated, "the number", syntax)
      }
      let operation = negated ? comparison.opposite ?? comparison : comparison
      if case .constant(let x) = a, case .constant(let y) = b {
        return .constantCondition(.binary(operation, x, y))
      }
      return .condition(graph.add(.binary(operation, node(a), node(b))))
    }
  }

  private static let arithmetic: [Syntax.Operator: BinaryOperation] = [
    .add: .add, .subtract: .subtract, .multiply: .multiply, .divide: .divide, .power: .power,
  ]
  private static let comparisons: [Syntax.Operator: BinaryOperation] = [
    .less: .less, .lessOrEqual: .lessOrEqual, .greater: .greater,
    .greaterOrEqual: .greaterOrEqual, .equal: .equal, .notEqual: .notEqual,
  ]

  /// Passes a number on, unless a condition was needed.
  func number(_ value: Value, _ negated: Bool, _ context: String, _ syntax: Syntax)
    throws(ExpressionError) -> Value
  {
    if negated {
      throw .type(
        found: "a number", expected: "a condition", context: context, column: syntax.column)
    }
    return value
  }

  mutating func numeric(_ syntax: Syntax, _ context: String) throws(ExpressionError) -> Value {
    let value = try check(syntax, negated: false)
    guard !value.isCondition else {
      throw .type(
        found: "a condition", expected: "a number (if(c, 1, 0) makes one)", context: context,
        column: syntax.column)
    }
    return value
  }

  mutating func conditional(_ syntax: Syntax, _ context: String, negated: Bool)
    throws(ExpressionError) -> Value
  {
    // A number under 'not' would be reported as such: check its type before pushing the negation down.
    if negated, !(try check(syntax, negated: false)).isCondition {
      throw .type(
        found: "a number", expected: "a condition", context: context, column: syntax.column)
    }
    let value = try check(syntax, negated: negated)
    guard value.isCondition else {
      throw .type(
        found: "a number", expected: "a condition", context: context, column: syntax.column)
    }
    return value
  }

  mutating func constantNumber(_ syntax: Syntax, _ context: String) throws(ExpressionError)
    -> ConstantExpression
  {
    switch try numeric(syntax, context) {
    case .constant(let value): return value
    default: throw .variesOverTime(context: context, column: syntax.column)
    }
  }

  mutating func apply(_ operation: UnaryOperation, _ value: Value) -> Value {
    if case .constant(let x) = value { return .constant(.unary(operation, x)) }
    return .series(graph.add(.unary(operation, node(value))))
  }

  mutating func apply(_ operation: BinaryOperation, _ a: Value, _ b: Value) -> Value {
    if case .constant(let x) = a, case .constant(let y) = b {
      return .constant(.binary(operation, x, y))
    }
    return .series(graph.add(.binary(operation, node(a), node(b))))
  }

  mutating func join(_ operation: BinaryOperation, _ a: Value, _ b: Value) -> Value {
    if case .constantCondition(let x) = a, case .constantCondition(let y) = b {
      return .constantCondition(.binary(operation, x, y))
    }
    return .condition(graph.add(.binary(operation, node(a), node(b))))
  }

  // MARK: - Names

  private mutating func lookUp(_ name: String, negated: Bool, column: Int)
    throws(ExpressionError) -> Value
  {
    let syntax = Syntax.name(name, column: column)
    if let part = scope.parts[name] {
      return try expand(name, part, negated: negated, column: column)
    }
    if let index = scope.parameters.firstIndex(of: name) {
      return try number(.constant(.parameter(index)), negated, "the parameter '\(name)'", syntax)
    }
    if scope.fields.contains(name) {
      return try number(
        .series(graph.add(.field(name))), negated, "the field '\(name)'", syntax)
    }
    if FunctionCatalog.takesNothing(name) {
      return try call(name, [], negated: negated, column: column)
    }
    if let usage = FunctionCatalog.usage(of: name) {
      throw .argumentCount(usage: usage, found: 0, column: column)
    }
    let known = scope.parts.keys.sorted() + scope.parameters + scope.fields
    throw .unknownName(
      name, nearest: nearestName(to: name, among: known), column: column, known: known)
  }

  private mutating func expand(_ name: String, _ source: String, negated: Bool, column: Int)
    throws(ExpressionError) -> Value
  {
    let key = PartKey(name: name, negated: negated)
    if let value = knownParts[key] { return value }
    guard !openParts.contains(name) else { throw .circular(name: name, column: column) }
    openParts.append(name)
    defer { openParts.removeLast() }
    let syntax = try Parser.parse(source)
    var value = try check(syntax, negated: false)
    if negated {
      guard value.isCondition else {
        throw .type(
          found: "a number", expected: "a condition", context: "'\(name)'", column: column)
      }
      value = try check(syntax, negated: true)
    }
    knownParts[key] = value
    return value
  }
}
