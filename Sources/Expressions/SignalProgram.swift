import Indicators
import Kernels

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
  package enum Operand: Sendable, Hashable {
    case slot(Int)
    case pack(Int)
    case constants(Int)
    case scratch(Int)
  }

  /// One step of a vector of lanes.
  package enum Step: Sendable {
    case unary(UnaryOperation, Operand)
    case binary(BinaryOperation, Operand, Operand)
    case select(Operand, Operand, Operand)
    case crosses(CrossKind, Operand, Operand, state: Int)
    /// Both crossings of the same two operands, each to the scratch of its own step.
    case crossings(Operand, Operand, state: Int, above: Int, below: Int)
    /// A step whose scratch an earlier one fills.
    case filled
    case barsSince(Operand, state: Int)
  }

  /// Eight lanes that are simulated together.
  public struct LaneVector: Sendable {
    /// Parameter set of each lane, -1 for a place without one.
    public var sets: [Int]
    package var steps: [Step] = []
    /// Long entry, long exit, short entry, short exit; nil for one that the strategy lacks.
    package var signals: [Operand?] = []
    /// Bars before which each lane's signals are off.
    public var warmup = [Int](repeating: 0, count: laneWidth)
  }

  package var slots: [Slot] = []
  package var packs: [[Int]] = []
  var constants: [Vector] = []
  /// One indicator for each slot that needs one, before its first bar; each evaluator copies them.
  var indicators: [any Indicator] = []
  /// The lanes, eight by eight.
  public private(set) var vectors: [LaneVector] = []
  var prefixCount = 0
  var stateCount = 0
  var scratchCount = 0
  /// Names of the fields that are read, in the order of `Slot.Work.field`.
  public private(set) var fields: [String] = []

  /// Compiles the signals of a range of parameter sets.
  ///
  /// - Parameters:
  ///   - graph: what the signals compute.
  ///   - signals: nodes of long entry, long exit, short entry, short exit; nil for one that is missing.
  ///   - grid: the parameter sets.
  ///   - sets: which of them.
  /// - Throws: `ExpressionError.argumentRange` if a function gets an argument outside its range.
  public init(graph: ExpressionGraph, signals: [Int?], grid: ParameterGrid, sets: Range<Int>)
    throws(ExpressionError)
  {
    fields = graph.fields
    var builder = SignalProgramBuilder(graph: graph, grid: grid, fields: fields)
    for vector in grid.vectors(sets: sets, width: laneWidth) {
      vectors.append(try builder.vector(sets: vector, signals: signals))
    }
    slots = builder.slots
    packs = builder.packs
    constants = builder.constants
    indicators = builder.indicators
    prefixCount = builder.prefixCount
    stateCount = builder.stateCount
    scratchCount = builder.scratchCount
  }
}
