import Indicators
import Kernels

extension ExpressionCompiler {
  mutating func call(_ name: String, _ arguments: [Syntax], column: Int) throws(ExpressionError)
    -> Value
  {
    guard let usage = FunctionCatalog.usage(of: name) else {
      let nearest = nearestName(to: name, among: FunctionCatalog.all.map(\.name))
      throw .unknownFunction(name, nearest: isKnown(name) ? nil : nearest, column: column)
    }
    guard arguments.count == FunctionCatalog.argumentCount(of: name) else {
      throw .argumentCount(usage: usage, found: arguments.count, column: column)
    }
    // Each kind apart: every level of an expression goes through here, and its frame bounds how many there may be.
    switch name {
    case "if": return try choose(arguments)
    case "abs", "sqrt", "log", "exp", "min", "max": return try elementwise(name, arguments)
    case "crosses_above", "crosses_below", "bars_since": return try event(name, arguments)
    case "symbol", "is", "top", "bottom", "equal":
      return try callAcross(name, arguments, column: column)
    default:
      if IndicatorCatalog.named(name) != nil {
        return try indicator(name, arguments, column: column)
      }
      if AcrossFunction(rawValue: name) != nil {
        return try callAcross(name, arguments, column: column)
      }
      return try ofTheBar(name, arguments)
    }
  }

  @inline(never)
  private mutating func elementwise(_ name: String, _ arguments: [Syntax]) throws(ExpressionError)
    -> Value
  {
    switch name {
    case "abs": return .number(apply(.absolute, try number(arguments[0], "x of abs")))
    case "sqrt": return .number(apply(.squareRoot, try number(arguments[0], "x of sqrt")))
    case "log": return .number(apply(.logarithm, try number(arguments[0], "x of log")))
    case "exp": return .number(apply(.exponential, try number(arguments[0], "x of exp")))
    default:
      let a = try number(arguments[0], "a of \(name)")
      let b = try number(arguments[1], "b of \(name)")
      return .number(apply(name == "min" ? .minimum : .maximum, a, b))
    }
  }

  @inline(never)
  private mutating func event(_ name: String, _ arguments: [Syntax]) throws(ExpressionError)
    -> Value
  {
    switch name {
    case "crosses_above", "crosses_below":
      let a = node(try number(arguments[0], "a of \(name)"))
      let b = node(try number(arguments[1], "b of \(name)"))
      func crosses(isNegated: Bool) -> Number {
        add(.crosses(CrossKind(isAbove: name == "crosses_above", isNegated: isNegated), a, b))
      }
      return .condition(Condition(yes: crosses(isNegated: false), no: crosses(isNegated: true)))
    default:
      let condition = try condition(arguments[0], "c of bars_since")
      return .number(add(.barsSince(node(condition.yes))))
    }
  }

  /// What follows from the bar's time and the panel alone.
  @inline(never)
  private mutating func ofTheBar(_ name: String, _ arguments: [Syntax]) throws(ExpressionError)
    -> Value
  {
    switch name {
    case "every":
      let n = try constant(arguments[0], "n of every")
      try checkNow(n, FunctionCatalog.every, name, arguments[0].column)
      return always(.every(n))
    case "month_end": return always(.clock(.monthEnd))
    case "hour": return .number(add(.clock(.hour)))
    case "weekday": return .number(add(.clock(.weekday)))
    case "month": return .number(add(.clock(.month)))
    case "day": return .number(add(.clock(.day)))
    case "month_session": return .number(add(.clock(.monthSession)))
    case "month_sessions_left": return .number(add(.clock(.monthSessionsLeft)))
    case "bars_per_year": return .number(.constant(.number(scope.barsPerYear)))
    case "bars_per_day": return .number(.constant(.number(scope.barsPerDay)))
    default: preconditionFailure("'\(name)' is listed but not implemented")
    }
  }

  /// A condition that is defined at every bar.
  private mutating func always(_ node: ExpressionGraph.Node) -> Value {
    let yes = add(node)
    return .condition(Condition(yes: yes, no: apply(.equal, yes, .constant(.number(0)))))
  }

  /// `if(c, a, b)`: undefined where the condition is; a choice between conditions is a condition.
  @inline(never)
  private mutating func choose(_ arguments: [Syntax]) throws(ExpressionError) -> Value {
    let test = try condition(arguments[0], "the condition of if")
    switch try check(arguments[1]) {
    case .number(let a):
      let b = try number(arguments[2], "b of if")
      let otherwise = select(test.no, b, .constant(.undefined))
      return .number(select(test.yes, a, otherwise))
    case .condition(let a):
      let b = try condition(arguments[2], "b of if")
      let isFirst = Condition(
        yes: apply(.and, test.yes, a.yes), no: apply(.and, test.yes, a.no))
      let isSecond = Condition(yes: apply(.and, test.no, b.yes), no: apply(.and, test.no, b.no))
      return .condition(
        Condition(
          yes: apply(.or, isFirst.yes, isSecond.yes), no: apply(.or, isFirst.no, isSecond.no)))
    }
  }

  @inline(never)
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
        inputs.append(node(try number(arguments[next], "\(label) of \(name)")))
        next += 1
      case .field(let field):
        guard scope.fields.contains(field) else {
          throw .missingField(
            field, function: name, available: scope.fields, column: column)
        }
        inputs.append(self.field(field))
      }
    }
    var constants: [ConstantExpression] = []
    for argument in signature.arguments {
      let syntax = arguments[next]
      let constant = try constant(syntax, "\(argument.name) of \(name)")
      try checkNow(constant, argument, name, syntax.column)
      constants.append(constant)
      next += 1
    }
    return .number(add(.indicator(name, inputs: inputs, arguments: constants)))
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
    guard argument.accepts(value) else {
      throw .type(
        found: value.formatted, expected: argument.expectation,
        context: "\(argument.name) of \(function)", column: column)
    }
  }
}

extension Double {
  /// Without a trailing ".0".
  package var formatted: String {
    self == rounded() && magnitude < 1e15 ? "\(Int(self))" : "\(self)"
  }
}
