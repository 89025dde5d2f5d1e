import Indicators
import Kernels

/// A column that doesn't follow from the fields of a lane's own symbol.
public enum OutsideColumn: Hashable, Sendable {
  /// A field of another symbol, or whether the symbol has a name.
  case external(ExpressionGraph.External)
  /// A function across symbols of a node, for parameter values in the order of the axes; values that it doesn't depend on
  /// are those of any set.
  case across(AcrossFunction, node: Int, symbol: String?, parameters: [Double], key: Int)
}

/// How to compute the signals of some parameter sets: which columns, in which order, in which memory.
///
/// Made once for a range of sets and used for every symbol by every worker. A *slot* is a column that several lanes may
/// share: one value a bar, computed once for each distinct node and parameters it depends on. A *pack* is eight slots
/// interleaved. What depends on all of a lane's parameters is computed for eight lanes at a time, in scratch
/// memory, just before those lanes are simulated. Nodes of the first two kinds appear once however many lanes use them.
public struct SignalProgram: Sendable {
  /// A column with one value a bar.
  package struct Slot: Sendable {
    package enum Work: Sendable {
      case field(Int)
      case clock(ExpressionGraph.Clock)
      /// A column that `begin` is given.
      case outside(Int)
      case every(Int)
      case constant(Double)
      case indicator(Int, inputs: [Int])
      /// Running totals of a slot, from which every window over it follows.
      case prefix(Int, of: Int)
      case window(prefix: Int, bars: Int, isMean: Bool)
      case unary(UnaryOperation, Int)
      case binary(BinaryOperation, Int, Int)
      case select(Int, Int, Int)
      case crosses(CrossKind, Int, Int)
      case barsSince(Int)
    }

    package var work: Work
    /// Bars before a block that consumers read.
    package var history = 0
    /// Bars of a gapless series before the first defined value.
    package var warmup: Int
  }

  /// Eight values a bar.
  package enum Operand: Sendable, Hashable, BitwiseCopyable {
    case slot(Int)
    case pack(Int)
    case constants(Int)
    /// What the vector's own step for a node of the shape leaves behind.
    case scratch(Int)

    var isScratch: Bool { if case .scratch = self { true } else { false } }

    /// A number of its own, above 0.
    fileprivate var code: Int {
      switch self {
      case .slot(let index): index * 4 + 1
      case .pack(let index): index * 4 + 2
      case .constants(let index): index * 4 + 3
      case .scratch(let index): index * 4 + 4
      }
    }
  }

  /// What every vector computes.
  let shape: SignalShape
  /// The nodes of that shape, as functions of each other's positions.
  let steps: [Step?]
  package private(set) var slots: [Slot] = []
  package private(set) var packs: [[Int]] = []
  private(set) var constants: [Vector] = []
  /// One indicator for each slot that needs one, before its first bar; each evaluator copies them.
  private(set) var indicators: [any Indicator] = []
  private(set) var prefixCount = 0
  /// Columns that the evaluator has to be given for each symbol.
  public private(set) var outside: [OutsideColumn] = []
  /// Where each vector finds each node of the shape, vector by vector.
  package private(set) var operands: [Operand] = []
  /// The comparisons to make, each once however many vectors need it.
  private(set) var comparisons: [Comparison] = []
  /// Which of them each leaf of the shape is, vector by vector.
  private(set) var comparisonOf: [Int] = []
  /// Parameter set of each place of each vector of lanes, -1 for a place without one.
  public let sets: [Int]
  /// Bars before which each place's signals are off.
  public private(set) var warmups: [Int] = []
  /// Names of the fields that are read, in the order of `Slot.Work.field`.
  public let fields: [String]

  /// Whether each of `fields` is read; the column of one that isn't may be anything.
  public var readsField: [Bool] {
    var isRead = [Bool](repeating: false, count: fields.count)
    for slot in slots {
      if case .field(let field) = slot.work { isRead[field] = true }
    }
    return isRead
  }

  /// Number of vectors of lanes.
  public var vectorCount: Int { sets.count / laneWidth }

  /// A leaf of the shape with its operands.
  struct Comparison: Sendable, BitwiseCopyable {
    var leaf: Int
    var a: Operand
    /// Nil stands for 0.
    var b: Operand?
    /// Whether vectors of more than one bundle need it.
    var isShared = false
    fileprivate var bundle: Int
  }

  /// A function of other nodes of the shape, by their positions in it.
  enum Step: Sendable {
    case unary(UnaryOperation, Int)
    case binary(BinaryOperation, Int, Int)
    case select(Int, Int, Int)
    case crosses(CrossKind, Int, Int)
    case barsSince(Int)

    var hasState: Bool {
      switch self {
      case .crosses, .barsSince: true
      default: false
      }
    }
  }

  /// Compiles the signals of a range of parameter sets.
  ///
  /// - Parameters:
  ///   - graph: what the signals compute.
  ///   - signals: nodes of long entry, long exit, short entry, short exit; nil for one that is missing.
  ///   - numbers: nodes of further numbers that lanes have; nil for one that is missing.
  ///   - grid: the parameter sets.
  ///   - sets: which of them.
  /// - Throws: `ExpressionError.argumentRange` if a function gets an argument outside its range.
  public init(
    graph: ExpressionGraph, signals: [Int?], numbers: [Int?] = [], grid: ParameterGrid,
    sets: Range<Int>
  ) throws(ExpressionError) {
    fields = graph.fields
    shape = SignalShape(graph: graph, signals: signals, numbers: numbers)
    steps = Self.steps(shape, graph)
    let vectors = LaneVectors(grid, sets: sets)
    self.sets = vectors.sets
    var builder = SignalProgramBuilder(graph: graph, grid: grid, shape: shape, vectors: vectors)
    operands.reserveCapacity(vectors.count * shape.nodes.count)
    warmups.reserveCapacity(vectors.count * laneWidth)
    for vector in 0..<vectors.count {
      let warmup = try builder.compile(vector, into: &operands)
      for lane in 0..<laneWidth { warmups.append(warmup[lane]) }
    }
    slots = builder.slots
    packs = builder.packs
    constants = builder.constants
    indicators = builder.indicators
    prefixCount = builder.prefixCount
    outside = builder.outside
    compare()
  }

  /// Finds the comparisons that differ.
  private mutating func compare() {
    let ends = shape.leaves.map { entry in
      (a: shape.place(of: entry.leaf.a), b: entry.leaf.b.map(shape.place))
    }
    var known = Array(repeating: [Int: Int](minimumCapacity: vectorCount), count: ends.count)
    comparisonOf.reserveCapacity(vectorCount * ends.count)
    for vector in 0..<vectorCount {
      let row = vector * shape.nodes.count
      let bundle = vector / bundleVectors
      for (leaf, end) in ends.enumerated() {
        let a = operands[row + end.a]
        let b = end.b.map { operands[row + $0] }
        // Nodes of scratch memory are of one vector only, and nothing is like them.
        let isOwn = a.isScratch || b?.isScratch ?? false
        let key = a.code << 32 | (b?.code ?? 0)
        if !isOwn, let index = known[leaf][key] {
          if comparisons[index].bundle != bundle { comparisons[index].isShared = true }
          comparisonOf.append(index)
          continue
        }
        if !isOwn { known[leaf][key] = comparisons.count }
        comparisonOf.append(comparisons.count)
        comparisons.append(Comparison(leaf: leaf, a: a, b: b, bundle: bundle))
      }
    }
  }

  private static func steps(_ shape: SignalShape, _ graph: ExpressionGraph) -> [Step?] {
    shape.nodes.map { node in
      func place(_ node: Int) -> Int { shape.place(of: node) }
      if graph.dependencies[node].isEmpty { return nil }
      switch graph.nodes[node] {
      case .unary(let operation, let x): return .unary(operation, place(x))
      case .binary(let operation, let a, let b): return .binary(operation, place(a), place(b))
      case .select(let c, let a, let b): return .select(place(c), place(a), place(b))
      case .crosses(let kind, let a, let b): return .crosses(kind, place(a), place(b))
      case .barsSince(let c): return .barsSince(place(c))
      case .field, .clock, .every, .constant, .indicator, .external, .across: return nil
      }
    }
  }
}
