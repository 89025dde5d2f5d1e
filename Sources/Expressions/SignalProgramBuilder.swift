import Indicators
import Kernels

/// Lays out slots, packs and steps while a program is compiled.
struct SignalProgramBuilder {
  let graph: ExpressionGraph
  let grid: ParameterGrid
  let fields: [String]

  var slots: [SignalProgram.Slot] = []
  var packs: [[Int]] = []
  var constants: [Vector] = []
  var indicators: [any Indicator] = []
  var prefixCount = 0
  var stateCount = 0
  var scratchCount = 0

  private var slotOf: [SlotKey: Int] = [:]
  private var packOf: [[Int]: Int] = [:]
  private var indicatorOf: [IndicatorKey: Int] = [:]
  private var prefixOf: [Int: Int] = [:]

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

  init(graph: ExpressionGraph, grid: ParameterGrid, fields: [String]) {
    self.graph = graph
    self.grid = grid
    self.fields = fields
  }

  // MARK: - Vectors of lanes

  /// Compiles eight lanes.
  ///
  /// Places without a lane repeat one, or take the grid point that would stand there if every
  /// function accepts it, which keeps packs equal between vectors.
  mutating func vector(sets: [Int], signals: [Int?]) throws(ExpressionError)
    -> SignalProgram.LaneVector
  {
    let points = sets.map { $0 < 0 ? -1 : grid.points[$0] }
    let filled = fill(points)
    do throws(ExpressionError) {
      return try compile(sets, filled, signals)
    } catch {
      guard let any = points.first(where: { $0 >= 0 }), filled != points else { throw error }
      return try compile(sets, points.map { $0 < 0 ? any : $0 }, signals)
    }
  }

  private func fill(_ points: [Int]) -> [Int] {
    guard let place = points.firstIndex(where: { $0 >= 0 }) else { return points }
    let row = grid.axes.last?.values.count ?? 1
    let base = points[place] - place
    let isAligned = points.enumerated().allSatisfy { $1 < 0 || $1 == base + $0 }
    return points.enumerated().map { lane, point in
      if point >= 0 { return point }
      let neighbour = base + lane
      let isInRow = neighbour >= 0 && neighbour / row == points[place] / row
      return isAligned && isInRow ? neighbour : points[place]
    }
  }

  private mutating func compile(_ sets: [Int], _ filled: [Int], _ signals: [Int?])
    throws(ExpressionError) -> SignalProgram.LaneVector
  {
    var draft = Draft(points: filled)
    var vector = SignalProgram.LaneVector(sets: sets)
    for signal in signals {
      guard let signal else {
        vector.signals.append(nil)
        continue
      }
      vector.signals.append(try operand(signal, &draft))
      for lane in 0..<laneWidth {
        vector.warmup[lane] = max(vector.warmup[lane], draft.warmup[signal]?[lane] ?? 0)
      }
    }
    vector.steps = draft.steps
    scratchCount = max(scratchCount, draft.steps.count)
    return vector
  }

  private struct Draft {
    var points: [Int]
    var steps: [SignalProgram.Step] = []
    var operands: [Int: SignalProgram.Operand] = [:]
    var warmup: [Int: [Int]] = [:]
  }

  private mutating func operand(_ node: Int, _ draft: inout Draft) throws(ExpressionError)
    -> SignalProgram.Operand
  {
    if let known = draft.operands[node] { return known }
    let dependencies = graph.dependencies[node]
    let projections = draft.points.map { grid.projection($0, onto: dependencies) }
    let result: SignalProgram.Operand
    if projections.allSatisfy({ $0 == projections[0] }) {
      let index = try slot(node, point: draft.points[0])
      draft.warmup[node] = Array(repeating: slots[index].warmup, count: laneWidth)
      result = .slot(index)
    } else {
      result = try varying(node, &draft)
    }
    draft.operands[node] = result
    return result
  }

  /// A node whose value differs between the eight lanes.
  private mutating func varying(_ node: Int, _ draft: inout Draft) throws(ExpressionError)
    -> SignalProgram.Operand
  {
    switch graph.nodes[node] {
    case .field, .clock:
      preconditionFailure("a field does not depend on parameters")
    case .constant(let constant):
      var vector = Vector()
      for lane in 0..<laneWidth {
        vector[lane] = constant.value(grid.values(point: draft.points[lane]))
      }
      constants.append(vector)
      draft.warmup[node] = Array(repeating: 0, count: laneWidth)
      return .constants(constants.count - 1)
    case .indicator, .every:
      var members: [Int] = []
      for point in draft.points { members.append(try slot(node, point: point)) }
      draft.warmup[node] = members.map { slots[$0].warmup }
      if let pack = packOf[members] { return .pack(pack) }
      packs.append(members)
      packOf[members] = packs.count - 1
      return .pack(packs.count - 1)
    case .unary(let operation, let x):
      let a = try operand(x, &draft)
      return push(.unary(operation, a), node, [x], &draft)
    case .binary(let operation, let x, let y):
      let a = try operand(x, &draft)
      let b = try operand(y, &draft)
      return push(.binary(operation, a, b), node, [x, y], &draft)
    case .select(let c, let x, let y):
      let condition = try operand(c, &draft)
      let a = try operand(x, &draft)
      let b = try operand(y, &draft)
      return push(.select(condition, a, b), node, [c, x, y], &draft)
    case .crosses(let kind, let x, let y):
      let a = try operand(x, &draft)
      let b = try operand(y, &draft)
      if let both = pair(kind, a, b, &draft) { return push(both, node, [x, y], &draft) }
      stateCount += 1
      return push(.crosses(kind, a, b, state: stateCount - 1), node, [x, y], &draft)
    case .barsSince(let c):
      let condition = try operand(c, &draft)
      stateCount += 1
      return push(.barsSince(condition, state: stateCount - 1), node, [c], &draft)
    }
  }

  /// Joins a crossing with its opposite, if an earlier step computes that: most strategies enter on one and leave on
  /// the other.
  private func pair(
    _ kind: CrossKind, _ a: SignalProgram.Operand, _ b: SignalProgram.Operand, _ draft: inout Draft
  ) -> SignalProgram.Step? {
    if kind.isNegated { return nil }
    for (index, step) in draft.steps.enumerated() {
      guard case .crosses(let other, a, b, let state) = step, !other.isNegated,
        other.isAbove != kind.isAbove
      else { continue }
      let new = draft.steps.count
      draft.steps[index] = .crossings(
        a, b, state: state, above: kind.isAbove ? new : index, below: kind.isAbove ? index : new)
      return .filled
    }
    return nil
  }

  private func push(
    _ step: SignalProgram.Step, _ node: Int, _ inputs: [Int], _ draft: inout Draft
  ) -> SignalProgram.Operand {
    draft.steps.append(step)
    draft.warmup[node] = (0..<laneWidth).map { lane in
      inputs.reduce(0) { max($0, draft.warmup[$1]?[lane] ?? 0) }
    }
    return .scratch(draft.steps.count - 1)
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
      var key = IndicatorKey(name: name, inputs: [], arguments: [])
      for input in inputs { key.inputs.append(try slot(input, point: point)) }
      let values = grid.values(point: point)
      key.arguments = arguments.map { $0.value(values) }
      if let known = indicatorOf[key] { return known }
      let index = indicator(prototype, of: key.inputs)
      indicatorOf[key] = index
      return index
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

  private mutating func indicator(_ prototype: any Indicator, of members: [Int]) -> Int {
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
