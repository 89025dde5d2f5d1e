import Kernels

/// What expressions compute, as a graph without repetitions: equal subexpressions are one node.
///
/// Nodes stand in dependency order: inputs have smaller positions. A condition is a series of 1 and 0.
public struct ExpressionGraph: Sendable {
  /// One function of other nodes.
  public enum Node: Hashable, Sendable {
    /// A field of the panel.
    case field(String)
    /// A property of the bar's time.
    case clock(Clock)
    /// True at every n-th bar of the run, from its first.
    case every(ConstantExpression)
    /// The same number at every bar.
    case constant(ConstantExpression)
    /// An indicator, by name.
    case indicator(String, inputs: [Int], arguments: [ConstantExpression])
    /// An elementwise function of one node.
    case unary(UnaryOperation, Int)
    /// An elementwise function of two nodes.
    case binary(BinaryOperation, Int, Int)
    /// Where the first node is not zero the second, else the third.
    case select(Int, Int, Int)
    /// A crossing.
    case crosses(CrossKind, Int, Int)
    /// Bars since a condition last held.
    case barsSince(Int)
    /// What doesn't follow from the lane's own columns, nor from other nodes.
    case external(External)
    /// A node's place among the values that it has for all symbols; of the lane's own symbol unless another is named.
    case across(AcrossFunction, Int, symbol: String?)

    /// The nodes that this one reads.
    package var inputs: [Int] {
      switch self {
      case .field, .clock, .every, .constant, .external: []
      case .indicator(_, let inputs, _): inputs
      case .unary(_, let x), .barsSince(let x), .across(_, let x, _): [x]
      case .binary(_, let a, let b), .crosses(_, let a, let b): [a, b]
      case .select(let c, let a, let b): [c, a, b]
      }
    }

    /// The numbers that this node takes.
    var constants: [ConstantExpression] {
      switch self {
      case .every(let n), .constant(let n): [n]
      case .indicator(_, _, let arguments): arguments
      default: []
      }
    }
  }

  /// A column that is no column of the lane's symbol.
  public enum External: Hashable, Sendable {
    /// A field of a symbol by name.
    case field(String, symbol: String)
    /// 1 if the lane's symbol has this name, else 0.
    case isSymbol(String)
  }

  /// A property of a bar's start in the panel's zone.
  public enum Clock: String, Hashable, Sendable, CaseIterable {
    /// Hour, 0 to 23.
    case hour
    /// Day of the week: 1 Monday to 7 Sunday.
    case weekday
    /// Month, 1 to 12.
    case month
    /// Day of the month, 1 to 31.
    case day
    /// True on bars of the last session of a month.
    case monthEnd = "month_end"
    /// Place of the session in its month, 1 for the first.
    case monthSession = "month_session"
    /// Sessions of the month that are still to come, 0 for the last.
    case monthSessionsLeft = "month_sessions_left"
  }

  /// The nodes, inputs first.
  public private(set) var nodes: [Node] = []
  /// For each node, the positions of the parameters that it depends on, in order.
  public private(set) var dependencies: [[Int]] = []
  /// Numbers that a node was made from and that must lie in the range of a function's argument.
  private(set) var checks: [Int: [Check]] = [:]
  /// For each node, how many stand above each other up to it.
  private(set) var heights: [Int] = []
  /// For each node, how many functions across symbols stand above each other up to it.
  private(set) var acrossHeights: [Int] = []
  private var positions: [Node: Int] = [:]

  /// An empty graph.
  public init() {}

  /// The position of a node, added if it is new.
  mutating func add(_ node: Node) -> Int {
    if let position = positions[node] { return position }
    var depends = Set(node.constants.flatMap(\.parameters))
    for input in node.inputs { depends.formUnion(dependencies[input]) }
    nodes.append(node)
    dependencies.append(depends.sorted())
    heights.append(1 + (node.inputs.map { heights[$0] }.max() ?? 0))
    var across = node.inputs.map { acrossHeights[$0] }.max() ?? 0
    if case .across = node { across += 1 }
    acrossHeights.append(across)
    positions[node] = nodes.count - 1
    return nodes.count - 1
  }

  /// A number that must lie in the range of a function's argument.
  struct Check: Hashable, Sendable {
    var function: String
    var argument: String
    var value: ConstantExpression
  }

  /// Has a number checked wherever a node is used.
  mutating func add(_ check: Check, to node: Int) {
    if checks[node]?.contains(check) != true { checks[node, default: []].append(check) }
  }

  /// Whether any node looks beyond the lane's own symbol.
  public var looksAcross: Bool {
    nodes.contains {
      switch $0 {
      case .external, .across: true
      default: false
      }
    }
  }

  /// Properties of the bar's time that are read.
  public var clocks: Set<Clock> {
    Set(nodes.compactMap { if case .clock(let clock) = $0 { clock } else { nil } })
  }

  /// Names of the panel's fields that are read.
  public var fields: [String] {
    nodes.compactMap { if case .field(let name) = $0 { name } else { nil } }
  }
}
