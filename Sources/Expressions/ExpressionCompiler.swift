import Indicators
import Kernels

/// Turns expressions into nodes of one graph: looks up names and checks types.
///
/// A condition becomes two series, where it holds and where it doesn't, and `not` swaps them. So the rule "a signal on
/// NaN is false" stays exact: `not (a > b)` is `a <= b`, which is false when either side is undefined, as `a > b` is.
/// What no signal reads of the two costs nothing: only nodes beneath a signal are computed.
public struct ExpressionCompiler {
  /// The graph so far.
  public internal(set) var graph = ExpressionGraph()
  let scope: ExpressionScope
  private var openParts: [String] = []
  private var knownParts: [PartKey: Value] = [:]
  private let parsedParts: [String: Result<Syntax, ExpressionError>]
  /// Symbol whose columns are meant; nil for the lane's own.
  var subject: String?
  var depth = 0

  /// Most operations on top of each other, and most in a constant.
  ///
  /// This and what comes after it walk them by recursion, so it bounds the stack: a level takes up to a kilobyte, and
  /// half a megabyte is twice enough. Named parts can pile up what the parser never sees in one piece.
  package static let sizeLimit = 250

  private struct PartKey: Hashable {
    var name: String
    var subject: String?
  }

  /// A number that is the same at every bar, or one for each bar.
  public enum Number {
    /// The same at every bar.
    case constant(ConstantExpression)
    /// A node.
    case series(Int)
  }

  /// Where a condition holds and where it doesn't, as 1 and 0; where it is undefined neither is 1.
  struct Condition {
    var yes: Number
    var no: Number

    var negated: Condition { Condition(yes: no, no: yes) }
  }

  /// The meaning of a subexpression.
  enum Value {
    case number(Number)
    case condition(Condition)
  }

  /// A compiler for expressions over a scope.
  public init(scope: ExpressionScope) {
    self.scope = scope
    // Here, where nothing is on the stack yet: reading and compiling each go as deep as an expression is nested.
    parsedParts = scope.parts.mapValues { source in
      Result { () throws(ExpressionError) in try Parser.parse(source) }
    }
  }

  /// Adds a condition; returns its node.
  public mutating func condition(_ source: String) throws(ExpressionError) -> Int {
    guard case .condition(let condition) = try check(try Parser.parse(source)) else {
      throw .type(
        found: "a number", expected: "a condition (such as close > sma(close, 20))",
        context: "the expression", column: 1)
    }
    return node(condition.yes)
  }

  /// Holds a position to the bars where a field is above zero: entries wait for one, and every other bar is an exit.
  ///
  /// - Parameters:
  ///   - entry: node of the condition to enter.
  ///   - exit: node of the condition to leave; nil if there is none.
  ///   - field: a field that is defined at every bar.
  public mutating func restrict(entry: Int, exit: Int?, to field: String) -> (
    entry: Int, exit: Int
  ) {
    let inside = graph.add(
      .binary(.greater, graph.add(.field(field)), graph.add(.constant(.number(0)))))
    let outside = graph.add(
      .binary(.lessOrEqual, graph.add(.field(field)), graph.add(.constant(.number(0)))))
    return (
      graph.add(.binary(.and, inside, entry)),
      exit.map { graph.add(.binary(.or, outside, $0)) } ?? outside
    )
  }

  /// Holds an entry to the bars where a node is above zero, or below.
  public mutating func restrict(entry: Int, toSign isPositive: Bool, of node: Int) -> Int {
    let zero = graph.add(.constant(.number(0)))
    let fits = graph.add(.binary(isPositive ? .greater : .less, node, zero))
    return graph.add(.binary(.and, fits, entry))
  }

  /// Gives a weight of 0 at the bars where a field is not above zero.
  public mutating func hold(weight: Int, to field: String) -> Int {
    let zero = graph.add(.constant(.number(0)))
    let inside = graph.add(.binary(.greater, graph.add(.field(field)), zero))
    return graph.add(.select(inside, weight, zero))
  }

  /// Adds a number; returns its node.
  public mutating func number(_ source: String) throws(ExpressionError) -> Int {
    node(try number(try Parser.parse(source), "the expression"))
  }

  /// Adds a number unless it is the same at every bar.
  ///
  /// - Returns: a node, or the number.
  public mutating func anyNumber(_ source: String) throws(ExpressionError) -> Number {
    try number(try Parser.parse(source), "the expression")
  }

  /// A number that is the same at every bar, from numbers and parameters only.
  public mutating func constant(_ source: String) throws(ExpressionError) -> ConstantExpression {
    try constant(try Parser.parse(source), "the expression")
  }

  /// A condition on parameters only, as 1 or 0.
  public mutating func constantCondition(_ source: String) throws(ExpressionError)
    -> ConstantExpression
  {
    let syntax = try Parser.parse(source)
    guard case .condition(let condition) = try check(syntax) else {
      throw .type(
        found: "a number", expected: "a condition on parameters (such as fast < slow)",
        context: "the expression", column: 1)
    }
    guard case .constant(let value) = condition.yes else {
      throw .variesOverTime(context: "the condition", column: syntax.column)
    }
    return value
  }

  /// Checks the named parts that no expression has used so far.
  public mutating func checkParts() throws(ExpressionError) {
    for (name, source) in scope.parts.sorted(by: { $0.key < $1.key }) {
      _ = try expand(name, source, column: 1)
    }
  }

  // MARK: - Names

  mutating func lookUp(_ name: String, column: Int) throws(ExpressionError) -> Value {
    if let part = scope.parts[name] { return try expand(name, part, column: column) }
    if let index = scope.parameters.firstIndex(of: name) {
      return .number(.constant(.parameter(index)))
    }
    if scope.fields.contains(name) { return .number(.series(field(name))) }
    if FunctionCatalog.takesNothing(name) { return try call(name, [], column: column) }
    if let usage = FunctionCatalog.usage(of: name) {
      throw .argumentCount(usage: usage, found: 0, column: column)
    }
    let known = scope.parts.keys.sorted() + scope.parameters + scope.fields
    throw .unknownName(
      name, nearest: nearestName(to: name, among: known), column: column, known: known)
  }

  /// Whether a name stands for something here that is no function.
  func isKnown(_ name: String) -> Bool {
    scope.parts[name] != nil || scope.parameters.contains(name) || scope.fields.contains(name)
  }

  private mutating func expand(_ name: String, _ source: String, column: Int)
    throws(ExpressionError) -> Value
  {
    let key = PartKey(name: name, subject: subject)
    if let value = knownParts[key] { return value }
    guard !openParts.contains(name) else { throw .circular(name: name, column: column) }
    openParts.append(name)
    defer { openParts.removeLast() }
    do throws(ExpressionError) {
      guard let part = parsedParts[name] else { preconditionFailure("every part was read") }
      let value = try check(try part.get())
      knownParts[key] = value
      return value
    } catch {
      if case .inPart = error { throw error }
      throw .inPart(name, text: source, error)
    }
  }
}
