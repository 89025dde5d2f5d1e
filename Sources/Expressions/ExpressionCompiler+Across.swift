import Kernels

/// Functions of several symbols.
extension ExpressionCompiler {
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

  /// A function over what `x` is for each symbol, at the subject.
  mutating func across(
    _ function: AcrossFunction,
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
    return add(.across(function, node(value), symbol: before))
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
        try across(.normalize) { compiler in
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
    let place = try across(.place) { compiler throws(ExpressionError) in
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
