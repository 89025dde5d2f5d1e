import Kernels

extension ExpressionCompiler {
  mutating func add(_ node: ExpressionGraph.Node) -> Number { .series(graph.add(node)) }

  mutating func node(_ number: Number) -> Int {
    switch number {
    case .series(let node): node
    case .constant(let value): graph.add(.constant(value))
    }
  }

  mutating func apply(_ operation: UnaryOperation, _ x: Number) -> Number {
    if case .constant(let x) = x { return .constant(.unary(operation, x)) }
    return add(.unary(operation, node(x)))
  }

  mutating func apply(_ operation: BinaryOperation, _ a: Number, _ b: Number) -> Number {
    if case .constant(let x) = a, case .constant(let y) = b {
      return .constant(.binary(operation, x, y))
    }
    return add(.binary(operation, node(a), node(b)))
  }

  mutating func select(_ condition: Number, _ a: Number, _ b: Number) -> Number {
    if case .constant(let c) = condition, case .constant(let x) = a, case .constant(let y) = b {
      return .constant(.select(c, x, y))
    }
    return add(.select(node(condition), node(a), node(b)))
  }

  /// Holds where both hold; doesn't where one doesn't, whatever the other.
  mutating func both(_ a: Condition, _ b: Condition) -> Condition {
    Condition(yes: apply(.and, a.yes, b.yes), no: apply(.or, a.no, b.no))
  }
}
