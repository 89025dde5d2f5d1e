import Indicators
import Kernels

extension ExpressionCompiler {
  mutating func call(_ name: String, _ arguments: [Syntax], negated: Bool, column: Int)
    throws(ExpressionError) -> Value
  {
    if FunctionCatalog.acrossSymbols.contains(name) {
      throw .acrossSymbols(function: name, column: column)
    }
    guard let usage = FunctionCatalog.usage(of: name) else {
      throw .unknownFunction(
        name, nearest: nearestName(to: name, among: FunctionCatalog.all.map(\.name)),
        column: column)
    }
    guard arguments.count == FunctionCatalog.argumentCount(of: name) else {
      throw .argumentCount(usage: usage, found: arguments.count, column: column)
    }
    let value = try evaluate(name, arguments, negated: negated, column: column)
    if value.isCondition { return value }
    return try number(value, negated, "\(name)(…)", .name(name, column: column))
  }

  private mutating func evaluate(
    _ name: String, _ arguments: [Syntax], negated: Bool, column: Int
  ) throws(ExpressionError) -> Value {
    switch name {
    case "if": return try choose(arguments, negated: negated)
    case "abs": return apply(.absolute, try numeric(arguments[0], "x of abs"))
    case "sqrt": return apply(.squareRoot, try numeric(arguments[0], "x of sqrt"))
    case "log": return apply(.logarithm, try numeric(arguments[0], "x of log"))
    case "exp": return apply(.exponential, try numeric(arguments[0], "x of exp"))
    case "min", "max":
      let a = try numeric(arguments[0], "a of \(name)")
      let b = try numeric(arguments[1], "b of \(name)")
      return apply(name == "min" ? .minimum : .maximum, a, b)
    case "crosses_above", "crosses_below":
      let a = node(try numeric(arguments[0], "a of \(name)"))
      let b = node(try numeric(arguments[1], "b of \(name)"))
      let kind = CrossKind(isAbove: name == "crosses_above", isNegated: negated)
      return .condition(add(.crosses(kind, a, b)))
    case "bars_since":
      let condition = try conditional(arguments[0], "c of bars_since", negated: false)
      return .series(add(.barsSince(node(condition))))
    case "every":
      let n = try constantNumber(arguments[0], "n of every")
      return always(add(.every(n)), negated)
    case "month_end":
      return always(add(.clock(.monthEnd)), negated)
    case "hour", "weekday", "month":
      guard let clock = ExpressionGraph.Clock(rawValue: name) else { break }
      return .series(add(.clock(clock)))
    default: break
    }
    return try indicator(name, arguments, column: column)
  }

  /// A condition that is defined at every bar, or its negation.
  private mutating func always(_ node: Int, _ negated: Bool) -> Value {
    guard negated else { return .condition(node) }
    let zero = add(.constant(.number(0)))
    return .condition(add(.binary(.equal, node, zero)))
  }

  /// `if(c, a, b)`: undefined where the condition is; a choice between conditions is a condition.
  private mutating func choose(_ arguments: [Syntax], negated: Bool) throws(ExpressionError)
    -> Value
  {
    let isTrue = try conditional(arguments[0], "the condition of if", negated: false)
    let isFalse = try conditional(arguments[0], "the condition of if", negated: true)
    let first = try check(arguments[1], negated: false)
    if first.isCondition {
      let a = try conditional(arguments[1], "a of if", negated: negated)
      let b = try conditional(arguments[2], "b of if", negated: negated)
      return join(.or, join(.and, isTrue, a), join(.and, isFalse, b))
    }
    let second = try numeric(arguments[2], "b of if")
    if case .constantCondition(let condition) = isTrue, case .constant(let a) = first,
      case .constant(let b) = second
    {
      return .constant(.select(condition, a, b))
    }
    let otherwise = add(
      .select(node(isFalse), node(second), add(.constant(.number(.nan)))))
    return .series(add(.select(node(isTrue), node(first), otherwise)))
  }

  private mutating func indicator(_ name: String, _ arguments: [Syntax], column: Int)
    throws(ExpressionError) -> Value
  {
    guard let type = IndicatorCatalog.named(name) else {
      preconditionFailure("'\(name)' is listed but not implemented")
    }
    let signature = type.signature
    var inputs: [Int] = []
    var next = 0
    for input in signature.inputs {
      switch input {
      case .expression(let label):
        inputs.append(node(try numeric(arguments[next], "\(label) of \(name)")))
        next += 1
      case .field(let field):
        guard scope.fields.contains(field) else {
          throw .missingField(
            field, function: name, available: scope.fields, column: column)
        }
        inputs.append(add(.field(field)))
      }
    }
    var constants: [ConstantExpression] = []
    for argument in signature.arguments {
      let syntax = arguments[next]
      let constant = try constantNumber(syntax, "\(argument.name) of \(name)")
      try checkNow(constant, argument, name, syntax.column)
      constants.append(constant)
      next += 1
    }
    return .series(add(.indicator(name, inputs: inputs, arguments: constants)))
  }

  /// Checks an argument that doesn't depend on parameters while its column is known.
  private func checkNow(
    _ constant: ConstantExpression, _ argument: IndicatorSignature.Argument, _ function: String,
    _ column: Int
  ) throws(ExpressionError) {
    guard constant.parameters.isEmpty else { return }
    let value = constant.value([])
    if ["lag", "delta", "pct_change"].contains(function), value < 0 {
      throw .looksAhead(function: function, bars: -value, column: column)
    }
    let isWhole = !argument.isWhole || value == value.rounded()
    guard value.isFinite, value >= argument.minimum, isWhole else {
      throw .type(
        found: "\(value)", expected: argument.expectation, context: "\(argument.name) of \(function)",
        column: column)
    }
  }
}

extension IndicatorSignature.Argument {
  /// The range in words.
  var expectation: String {
    let kind = isWhole ? "a whole number" : "a number"
    return minimum.isFinite ? "\(kind) of at least \(minimum.formatted)" : kind
  }
}

extension Double {
  /// Without a trailing ".0".
  var formatted: String { self == rounded() && magnitude < 1e15 ? "\(Int(self))" : "\(self)" }
}
