import Kernels

/// Functions of several symbols.
extension ExpressionCompiler {
  // Apart from `call`, through which every level of an expression goes: its frame bounds how deep they may be.
  @inline(never)
  mutating func callAcross(_ name: String, _ arguments: [Syntax], column: Int)
    throws(ExpressionError) -> Value
  {
    switch name {
    case "symbol":
      throw .unexpected(
        found: "a symbol", expected: "a dot and what to read of it: symbol(\"S\").close",
        column: column)
    case "is": return isSymbol(try symbolName(arguments, of: name, column: column))
    case "top", "bottom", "equal": return try choice(name, arguments, column: column)
    default:
      guard let function = AcrossFunction(rawValue: name), function != .place else {
        preconditionFailure("'\(name)' is no function across symbols")
      }
      return .number(
        try across(function, column: column) { compiler throws(ExpressionError) in
          try compiler.number(arguments[0], "x of \(name)")
        })
    }
  }

  /// What stands behind the dot of `symbol("S").x`.
  @inline(never)
  mutating func member(_ inner: Syntax, of arguments: [Syntax], column: Int)
    throws(ExpressionError) -> Value
  {
    let name = try symbolName(arguments, of: "symbol", column: column)
    let before = subject
    subject = name
    defer { subject = before }
    return try check(inner)
  }

  /// The node of a field of the subject.
  mutating func field(_ name: String) -> Int {
    graph.add(subject.map { .external(.field(name, symbol: $0)) } ?? .field(name))
  }

  /// The text of a symbol, which the panel has.
  func symbolName(_ arguments: [Syntax], of function: String, column: Int)
    throws(ExpressionError) -> String
  {
    guard arguments.count == 1 else {
      throw .argumentCount(
        usage: FunctionCatalog.usage(of: function) ?? function, found: arguments.count,
        column: column)
    }
    guard case .text(let name, let place) = arguments[0] else {
      throw .type(
        found: "not a quoted text", expected: "the name of a symbol in quotes",
        context: "what \(function) takes", column: arguments[0].column)
    }
    guard scope.symbols.contains(name) else {
      throw .unknownSymbol(
        name, nearest: nearestName(to: name, among: scope.symbols), column: place)
    }
    return name
  }

  /// Whether the subject, or else the lane's symbol, has a name.
  mutating func isSymbol(_ name: String) -> Value {
    if let subject {
      let (yes, no) = (subject == name ? 1.0 : 0, subject == name ? 0.0 : 1)
      return .condition(Condition(yes: .constant(.number(yes)), no: .constant(.number(no))))
    }
    let yes = add(.external(.isSymbol(name)))
    return .condition(Condition(yes: yes, no: apply(.equal, yes, .constant(.number(0)))))
  }

  /// Most functions across symbols inside each other: each needs all symbols of the one below, and a piece of the stack.
  package static let acrossLimit = 8

  /// A function over what `x` is for each symbol, at the subject.
  mutating func across(
    _ function: AcrossFunction, column: Int,
    of x: (inout ExpressionCompiler) throws(ExpressionError) -> Number
  ) throws(ExpressionError) -> Number {
    let before = subject
    subject = nil
    defer { subject = before }
    var value = try x(&self)
    if let membership = scope.membership {
      let inside = graph.add(
        .binary(.greater, graph.add(.field(membership)), graph.add(.constant(.number(0)))))
      value = select(.series(inside), value, .constant(.undefined))
    }
    let result = graph.add(.across(function, node(value), symbol: before))
    guard graph.acrossHeights[result] <= Self.acrossLimit else {
      throw .unexpected(
        found: "more than \(Self.acrossLimit) functions across symbols inside each other",
        expected: "fewer", column: column)
    }
    return .series(result)
  }

  /// `top(n, x)`, `bottom(n, x)` and `equal`.
  mutating func choice(_ name: String, _ arguments: [Syntax], column: Int)
    throws(ExpressionError) -> Value
  {
    if name == "equal" {
      guard scope.fields.contains("close") else {
        throw .missingField("close", function: name, available: scope.fields, column: column)
      }
      return .number(
        try across(.normalize, column: column) { compiler in
          let close = compiler.field("close")
          let isKnown = compiler.apply(.isDefined, .series(close))
          return compiler.select(isKnown, .constant(.number(1)), .constant(.undefined))
        })
    }
    let n = try constant(arguments[0], "n of \(name)")
    if n.parameters.isEmpty, !FunctionCatalog.count.accepts(n.value([])) {
      throw .type(
        found: n.value([]).formatted, expected: FunctionCatalog.countExpectation,
        context: "n of \(name)", column: arguments[0].column)
    }
    let place = try across(.place, column: column) { compiler throws(ExpressionError) in
      let x = try compiler.number(arguments[1], "x of \(name)")
      return name == "top" ? x : compiler.apply(.negate, x)
    }
    let (yes, no) = (
      apply(.less, place, .constant(n)), apply(.greaterOrEqual, place, .constant(n))
    )
    for side in [yes, no] {
      graph.add(ExpressionGraph.Check(function: name, argument: "n", value: n), to: node(side))
    }
    return .condition(Condition(yes: yes, no: no))
  }
}
