import Expressions
import Kernels

/// How weights follow from what is known of all symbols at a bar: rows of `[N]`, each a function of others.
struct RowPlan: Sendable {
  /// Where a row comes from.
  enum Work: Sendable {
    /// A node that runs through time; `isUniform` if it is the same for all symbols.
    case table(node: Int, isUniform: Bool)
    case constant(ConstantExpression)
    case unary(UnaryOperation, Int)
    case binary(BinaryOperation, Int, Int)
    case select(Int, Int, Int)
    case across(AcrossFunction, Int, symbol: String?)
  }

  struct Row: Sendable {
    var work: Work
    /// Axes that it depends on, with the factors that make one number of their positions.
    var axes: [(axis: Int, factor: Int)]
    /// How many such numbers there are.
    var keyCount: Int
    /// Whether several sets have the same, so that it is worth keeping while a bar lasts.
    var isShared: Bool
  }

  /// Inputs first; the last is the weight.
  private(set) var rows: [Row] = []

  // Beyond that many choices of parameters sets hardly meet, and a table of them would be large.
  private static let mostKeys = 1 << 16

  init(graph: ExpressionGraph, root: Int, grid: ParameterGrid) {
    var isReached = [Bool](repeating: false, count: root + 1)
    isReached[root] = true
    for node in stride(from: root, through: 0, by: -1) where isReached[node] {
      for input in Self.inputs(graph.nodes[node]) { isReached[input] = true }
    }
    var places: [Int: Int] = [:]
    let isUniform = Self.uniform(graph)
    for node in 0...root where isReached[node] {
      func place(_ input: Int) -> Int { places[input] ?? 0 }
      let work: Work =
        switch graph.nodes[node] {
        case .constant(let value): .constant(value)
        case .unary(let operation, let x): .unary(operation, place(x))
        case .binary(let operation, let a, let b): .binary(operation, place(a), place(b))
        case .select(let c, let a, let b): .select(place(c), place(a), place(b))
        case .across(let function, let x, let symbol):
          .across(function, place(x), symbol: symbol)
        default: .table(node: node, isUniform: isUniform[node])
        }
      let dependencies = graph.dependencies[node]
      let size = ParameterGrid.size(of: dependencies.map { grid.axes[$0] }) ?? .max
      var factor = 1
      var axes: [(axis: Int, factor: Int)] = []
      for axis in dependencies.reversed() {
        axes.append((axis, factor))
        factor = factor.multipliedReportingOverflow(by: grid.axes[axis].values.count).partialValue
      }
      places[node] = rows.count
      rows.append(
        Row(
          work: work, axes: axes.reversed(), keyCount: size,
          isShared: size <= Self.mostKeys && size < grid.count))
    }
  }

  /// What a row is computed from at the same bar.
  private static func inputs(_ node: ExpressionGraph.Node) -> [Int] {
    switch node {
    case .unary(_, let x), .across(_, let x, _): [x]
    case .binary(_, let a, let b): [a, b]
    case .select(let c, let a, let b): [c, a, b]
    default: []
    }
  }

  /// Whether each node is the same for all symbols.
  private static func uniform(_ graph: ExpressionGraph) -> [Bool] {
    var result: [Bool] = []
    for node in graph.nodes {
      switch node {
      case .field, .external(.isSymbol), .across(_, _, symbol: nil): result.append(false)
      case .external(.field), .clock, .every, .constant, .across: result.append(true)
      default: result.append(node.inputs.allSatisfy { result[$0] })
      }
    }
    return result
  }
}
