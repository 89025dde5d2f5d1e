import Indicators
import Kernels

/// Lays out slots, packs and operands while a program is compiled.
struct SignalProgramBuilder {
  private let graph: ExpressionGraph
  private let grid: ParameterGrid
  private let shape: SignalShape
  private let vectors: LaneVectors
  private let fields: [String]

  private(set) var slots: [SignalProgram.Slot] = []
  private(set) var packs: [[Int]] = []
  private(set) var constants: [Vector] = []
  private(set) var indicators: [any Indicator] = []
  private(set) var prefixCount = 0
  private(set) var outside: [OutsideColumn] = []

  private var slotOf: [SlotKey: Int] = [:]
  private var packOf: [[Int]: Int] = [:]
  private var indicatorOf: [IndicatorKey: Int] = [:]
  private var prefixOf: [Int: Int] = [:]
  private var findings: [NodeFindings]

  private struct SlotKey: Hashable {
    var node: Int
    var projection: Int
  }

  /// What an indicator computes: `sma(close, fast)` and `sma(close, slow)` meet where the parameters have equal values.
  private struct IndicatorKey: Hashable {
    var name: String
    var inputs: [Int]
    var arguments: [Double]
  }

  /// Where a node's values for a vector are, and how long each lane warms.
  private struct Finding {
    var operand: SignalProgram.Operand
    var warmup: SIMD8<Int>
  }

  /// What was found for a node, by what it sees of a vector: all vectors that agree there share it.
  private struct NodeFindings {
    /// Axes that tell vectors apart for this node.
    var axes: [Int]
    var isUniform: Bool
    var found: [Int: Finding] = [:]
  }

  init(
    graph: ExpressionGraph, grid: ParameterGrid, shape: SignalShape, vectors: LaneVectors
  ) {
    self.graph = graph
    self.grid = grid
    self.shape = shape
    self.vectors = vectors
    fields = graph.fields
    findings = shape.nodes.map { node in
      let dependencies = graph.dependencies[node]
      let isUniform = !dependencies.contains { vectors.innerAxes.contains($0) }
      return NodeFindings(
        axes: isUniform
          ? dependencies : Set(dependencies).union(vectors.innerAxes).sorted(),
        isUniform: isUniform)
    }
  }

  // MARK: - Vectors of lanes

  /// Compiles eight lanes: appends where each node of the shape is found.
  ///
  /// - Returns: the bars before which each lane's signals are off.
  mutating func compile(_ vector: Int, into operands: inout [SignalProgram.Operand])
    throws(ExpressionError) -> SIMD8<Int>
  {
    let start = operands.count
    do throws(ExpressionError) {
      return try compile(vector, repeating: false, &operands)
    } catch {
      // What a place without a set would ask for may not exist.
      let places = vectors.sets[vector * laneWidth..<(vector + 1) * laneWidth]
      guard vectors.bases[vector] >= 0, places.contains(-1) else { throw error }
      operands.removeSubrange(start...)
      return try compile(vector, repeating: true, &operands)
    }
  }

  private mutating func compile(
    _ vector: Int, repeating: Bool, _ operands: inout [SignalProgram.Operand]
  ) throws(ExpressionError) -> SIMD8<Int> {
    let base = repeating ? -1 : vectors.bases[vector]
    var points: [Int]?
    var warmup = SIMD8<Int>.zero
    for (place, node) in shape.nodes.enumerated() {
      let key = base < 0 ? 0 : grid.projection(base, onto: findings[place].axes)
      let finding: Finding
      if base >= 0, let known = findings[place].found[key] {
        finding = known
      } else {
        let filled = points ?? vectors.points(of: vector, grid, repeating: repeating)
        points = filled
        finding = try find(place, node, filled)
        if base >= 0 { findings[place].found[key] = finding }
      }
      operands.append(finding.operand)
      warmup = pointwiseMax(warmup, finding.warmup)
    }
    return warmup
  }

  private mutating func find(_ place: Int, _ node: Int, _ points: [Int]) throws(ExpressionError)
    -> Finding
  {
    let dependencies = graph.dependencies[node]
    let first = grid.projection(points[0], onto: dependencies)
    let isUniform =
      findings[place].isUniform && vectors.bases[0] >= 0
      || points.allSatisfy { grid.projection($0, onto: dependencies) == first }
    if isUniform {
      let index = try slot(node, point: points[0])
      return Finding(operand: .slot(index), warmup: SIMD8(repeating: slots[index].warmup))
    }
    switch graph.nodes[node] {
    case .field, .clock, .external:
      preconditionFailure("a field does not depend on parameters")
    case .constant(let constant):
      var vector = Vector()
      for lane in 0..<laneWidth {
        vector[lane] = constant.value(grid.values(point: points[lane]))
      }
      constants.append(vector)
      return Finding(operand: .constants(constants.count - 1), warmup: .zero)
    case .indicator, .every, .across:
      var members: [Int] = []
      for point in points { members.append(try slot(node, point: point)) }
      var warmup = SIMD8<Int>.zero
      for lane in 0..<laneWidth { warmup[lane] = slots[members[lane]].warmup }
      let pack = packOf[members] ?? packs.count
      if pack == packs.count {
        packs.append(members)
        packOf[members] = pack
      }
      return Finding(operand: .pack(pack), warmup: warmup)
    case .unary, .binary, .select, .crosses, .barsSince:
      // Its inputs are nodes of the shape, and warm for themselves.
      return Finding(operand: .scratch(place), warmup: .zero)
    }
  }

  // MARK: - Slots

  private mutating func slot(_ node: Int, point: Int) throws(ExpressionError) -> Int {
    let dependencies = graph.dependencies[node]
    let key = SlotKey(node: node, projection: grid.projection(point, onto: dependencies))
    if let known = slotOf[key] { return known }
    let index = try makeSlot(node, point)
    slotOf[key] = index
    return index
  }

  private mutating func makeSlot(_ node: Int, _ point: Int) throws(ExpressionError) -> Int {
    switch graph.nodes[node] {
    case .field(let name):
      guard let field = fields.firstIndex(of: name) else {
        preconditionFailure("field '\(name)' is not in the graph")
      }
      return push(.field(field), warmup: 0)
    case .clock(let clock):
      return push(.clock(clock), warmup: 0)
    case .external(let external):
      return pushOutside(.external(external), warmup: 0)
    case .across(let function, let x, let symbol):
      let warmup = try graph.warmup(of: x, grid: grid, point: point)
      return pushOutside(
        .across(
          function, node: x, symbol: symbol, parameters: grid.values(point: point),
          key: grid.projection(point, onto: graph.dependencies[node])), warmup: warmup)
    case .every(let n):
      _ = try graph.prototype(node, grid: grid, point: point)
      return push(.every(Int(n.value(grid.values(point: point)))), warmup: 0)
    case .constant(let constant):
      return push(.constant(constant.value(grid.values(point: point))), warmup: 0)
    case .indicator(let name, let inputs, let arguments):
      // Its arguments are checked first: what a ghost lane would ask for may not exist.
      guard let prototype = try graph.prototype(node, grid: grid, point: point) else {
        preconditionFailure("not an indicator")
      }
      var members: [Int] = []
      for input in inputs { members.append(try slot(input, point: point)) }
      let values = grid.values(point: point)
      return indicator(name, prototype, of: members, arguments.map { $0.value(values) })
    case .unary(let operation, let x):
      let a = try slot(x, point: point)
      return push(.unary(operation, a), warmup: slots[a].warmup)
    case .binary(let operation, let x, let y):
      let a = try slot(x, point: point)
      let b = try slot(y, point: point)
      return push(.binary(operation, a, b), warmup: max(slots[a].warmup, slots[b].warmup))
    case .select(let c, let x, let y):
      let condition = try slot(c, point: point)
      let a = try slot(x, point: point)
      let b = try slot(y, point: point)
      let warmup = max(slots[condition].warmup, slots[a].warmup, slots[b].warmup)
      return push(.select(condition, a, b), warmup: warmup)
    case .crosses(let kind, let x, let y):
      let a = try slot(x, point: point)
      let b = try slot(y, point: point)
      return push(.crosses(kind, a, b), warmup: max(slots[a].warmup, slots[b].warmup))
    case .barsSince(let c):
      let condition = try slot(c, point: point)
      return push(.barsSince(condition), warmup: slots[condition].warmup)
    }
  }

  private mutating func push(_ work: SignalProgram.Slot.Work, warmup: Int) -> Int {
    slots.append(SignalProgram.Slot(work: work, warmup: warmup))
    return slots.count - 1
  }

  private mutating func pushOutside(_ column: OutsideColumn, warmup: Int) -> Int {
    outside.append(column)
    return push(.outside(outside.count - 1), warmup: warmup)
  }

  /// The slot of an indicator over slots, which is made if no other node needed the same.
  private mutating func indicator(
    _ name: String, _ prototype: any Indicator, of members: [Int], _ arguments: [Double]
  ) -> Int {
    let key = IndicatorKey(name: name, inputs: members, arguments: arguments)
    if let known = indicatorOf[key] { return known }
    let index: Int
    if let composed = prototype as? any ComposedIndicator {
      let (inner, outer) = (composed.inner, composed.outer)
      let first = indicator(
        type(of: inner.indicator).signature.name, inner.indicator, of: members, inner.arguments)
      index = indicator(
        type(of: outer.indicator).signature.name, outer.indicator, of: [first], outer.arguments)
    } else {
      index = makeIndicator(prototype, of: members)
    }
    indicatorOf[key] = index
    return index
  }

  private mutating func makeIndicator(_ prototype: any Indicator, of members: [Int]) -> Int {
    if let window = prototype as? any PrefixSummed { return self.window(window, of: members[0]) }
    let warmup = prototype.warmup + (members.map { slots[$0].warmup }.max() ?? 0)
    for member in members {
      slots[member].history = max(slots[member].history, prototype.lookback)
    }
    indicators.append(prototype)
    return push(.indicator(indicators.count - 1, inputs: members), warmup: warmup)
  }

  /// A window over running totals, which all windows over the same slot share.
  private mutating func window(_ indicator: any PrefixSummed, of member: Int) -> Int {
    let prefix: Int
    if let known = prefixOf[member] {
      prefix = known
    } else {
      prefix = push(.prefix(prefixCount, of: member), warmup: slots[member].warmup)
      prefixCount += 1
      prefixOf[member] = prefix
    }
    slots[prefix].history = max(slots[prefix].history, indicator.window)
    return push(
      .window(prefix: prefix, bars: indicator.window, isMean: indicator.isMean),
      warmup: indicator.warmup + slots[member].warmup)
  }
}

extension ExpressionGraph {
  /// Bars of a gapless series before a node is defined, at a grid point.
  func warmup(of node: Int, grid: ParameterGrid, point: Int) throws(ExpressionError) -> Int {
    try SignalProgram(
      graph: self, signals: [], numbers: [node], grid: grid.only(point: point), sets: 0..<1
    ).warmups[0]
  }
}

extension ParameterGrid {
  /// A grid of one of its points, with the same axes.
  package func only(point: Int) -> ParameterGrid {
    ParameterGrid(
      axes: zip(axes, values(point: point)).map { Axis(name: $0.name, values: [$1]) })
  }
}
