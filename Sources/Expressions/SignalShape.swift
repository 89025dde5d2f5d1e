import Kernels

/// What is computed for a vector of lanes, whatever its parameters: made once from the graph.
///
/// Conditions are bits: 64 lanes, a bundle, share a word. A *leaf* compares two numbers of eight lanes, which gives a byte of
/// that word; all logic above the leaves works on whole words.
struct SignalShape: Sendable {
  /// A comparison of two nodes.
  struct Leaf: Sendable, Hashable {
    enum Kind: Hashable, Sendable, BitwiseCopyable {
      case compare(BitComparison)
      /// Above and below, in this column and the next.
      case order
    }
    var kind: Kind
    var a: Int
    /// Nil stands for 0.
    var b: Int?
  }

  /// An operation on columns of words.
  enum WordStep: Sendable {
    case and(Int, Int, into: Int)
    case or(Int, Int, into: Int)
    case andNot(Int, Int, into: Int)
    /// Crossings from where a node is above and below another; the state is two words.
    case crossings(above: Int, below: Int, state: Int, rises: Int, falls: Int)
  }

  /// Nodes whose values differ between lanes, inputs first, with the nodes that leaves read.
  private(set) var nodes: [Int] = []
  /// The leaves, each with its column.
  private(set) var leaves: [(leaf: Leaf, column: Int)] = []
  /// The logic above them, inputs first.
  private(set) var steps: [WordStep] = []
  /// Columns of long entry, long exit, short entry, short exit; nil for one that the strategy lacks.
  private(set) var roots: [Int?] = []
  /// Where the numbers that lanes ask for stand among `nodes`; nil for one that the strategy lacks.
  private(set) var numbers: [Int?] = []
  /// Number of columns.
  private(set) var columnCount = 0
  /// Number of words of state.
  private(set) var stateCount = 0

  private var leafColumns: [Leaf: Int] = [:]
  private var conditionColumns: [Int: Int] = [:]
  private var crossingColumns: [Leaf: (rises: Int, falls: Int)] = [:]
  private var places: [Int: Int] = [:]

  /// The shape of four signals and some numbers.
  init(graph: ExpressionGraph, signals: [Int?], numbers: [Int?]) {
    for signal in signals {
      if let signal { roots.append(condition(signal, graph)) } else { roots.append(nil) }
    }
    for number in numbers {
      if let number { require(number, graph) }
      self.numbers.append(number.flatMap { places[$0] })
    }
  }

  /// Where a node that a leaf or a step reads stands among `nodes`.
  func place(of node: Int) -> Int {
    guard let place = places[node] else { preconditionFailure("node \(node) is not in the shape") }
    return place
  }

  private mutating func condition(_ node: Int, _ graph: ExpressionGraph) -> Int {
    if let column = conditionColumns[node] { return column }
    let column: Int
    switch graph.nodes[node] {
    case .binary(.and, let a, let b):
      let (x, y) = (condition(a, graph), condition(b, graph))
      column = push { .and(x, y, into: $0) }
    case .binary(.or, let a, let b):
      let (x, y) = (condition(a, graph), condition(b, graph))
      column = push { .or(x, y, into: $0) }
    case .crosses(let kind, let a, let b):
      let pair = crossings(a, b, graph)
      let crossed = kind.isAbove ? pair.rises : pair.falls
      if kind.isNegated {
        let defined = leaf(.compare(.areDefined), a, b, graph)
        column = push { .andNot(defined, crossed, into: $0) }
      } else {
        column = crossed
      }
    case .unary(.isDefined, let x):
      column = leaf(.compare(.areDefined), x, x, graph)
    case .binary(let operation, let a, let b):
      if let comparison = BitComparison(operation) {
        column = leaf(.compare(comparison), a, b, graph)
      } else {
        column = leaf(.compare(.notEqual), node, nil, graph)
      }
    default:
      column = leaf(.compare(.notEqual), node, nil, graph)
    }
    conditionColumns[node] = column
    return column
  }

  private mutating func push(_ step: (Int) -> WordStep) -> Int {
    columnCount += 1
    steps.append(step(columnCount - 1))
    return columnCount - 1
  }

  private mutating func crossings(_ a: Int, _ b: Int, _ graph: ExpressionGraph) -> (
    rises: Int, falls: Int
  ) {
    let key = Leaf(kind: .order, a: a, b: b)
    if let pair = crossingColumns[key] { return pair }
    let above = leaf(.order, a, b, graph)
    let rises = columnCount
    columnCount += 2
    steps.append(
      .crossings(
        above: above, below: above + 1, state: stateCount, rises: rises, falls: rises + 1))
    stateCount += 2
    crossingColumns[key] = (rises, rises + 1)
    return (rises, rises + 1)
  }

  private mutating func leaf(_ kind: Leaf.Kind, _ a: Int, _ b: Int?, _ graph: ExpressionGraph)
    -> Int
  {
    let leaf = Leaf(kind: kind, a: a, b: b)
    if let column = leafColumns[leaf] { return column }
    require(a, graph)
    if let b { require(b, graph) }
    let column = columnCount
    columnCount += kind == .order ? 2 : 1
    leaves.append((leaf, column))
    leafColumns[leaf] = column
    return column
  }

  /// Notes a node that some step of a vector may read, after the nodes that it reads itself.
  private mutating func require(_ node: Int, _ graph: ExpressionGraph) {
    if places[node] != nil { return }
    switch graph.nodes[node] {
    case .field, .clock, .constant, .every, .indicator, .external, .across: break
    default:
      // What no parameter reaches is a column that all lanes share.
      if !graph.dependencies[node].isEmpty {
        for input in graph.nodes[node].inputs { require(input, graph) }
      }
    }
    places[node] = nodes.count
    nodes.append(node)
  }
}
