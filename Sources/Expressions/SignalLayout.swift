import Kernels

/// One column's work with its memory.
struct SlotStep: BitwiseCopyable {
  enum Work: BitwiseCopyable {
    case constant
    case field(Int)
    case clock(Int)
    case outside(Int)
    case every(Int)
    case indicator(Int)
    case prefix(
      Int, UnsafeMutablePointer<Double>, lo: UnsafeMutablePointer<Double>,
      run: UnsafeMutablePointer<Double>)
    case window(hi: SeriesBlock, lo: SeriesBlock, run: SeriesBlock, bars: Int, isMean: Bool)
    case unary(UnaryOperation, BlockOperand)
    case binary(BinaryOperation, BlockOperand, BlockOperand)
    case select(BlockOperand, BlockOperand, BlockOperand)
    case crosses(
      CrossKind, UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>,
      UnsafeMutablePointer<Double>)
    case barsSince(UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>)
  }

  var work: Work
  var output: UnsafeMutablePointer<Double>
  var history: Int

  /// Moves the end of the last block, which had `bars` bars, to where history stands.
  func keepHistory(_ bars: Int) {
    func keep(_ column: UnsafeMutablePointer<Double>) {
      (column - history).update(from: column - history + bars, count: history)
    }
    keep(output)
    if case .prefix(_, _, let lo, _) = work { keep(lo) }
  }
}

/// One step of eight lanes with its memory.
struct LaneStep: BitwiseCopyable {
  enum Work: BitwiseCopyable {
    case unary(UnaryOperation, BlockOperand)
    case binary(BinaryOperation, BlockOperand, BlockOperand)
    case select(BlockOperand, BlockOperand, BlockOperand)
    case crosses(CrossKind, BlockOperand, BlockOperand, UnsafeMutablePointer<Vector>)
    case barsSince(BlockOperand, UnsafeMutablePointer<Vector>)
  }

  var work: Work
  var output: UnsafeMutablePointer<Vector>
}

/// One comparison of eight lanes with its memory.
struct ComparisonStep: BitwiseCopyable {
  var kind: SignalShape.Leaf.Kind
  var a, b: BlockOperand
  /// A byte a bar, for an order that of "above" and then that of "below"; nil where each bundle has its own.
  var output: UnsafeMutablePointer<UInt8>?
}

/// A number of eight lanes that has to be kept aside before the next vector's steps.
struct NumberCopy: BitwiseCopyable {
  var from: UnsafePointer<Vector>
  var to: UnsafeMutablePointer<Vector>
}

/// The memory of one evaluator, and every step of a program with its pointers.
final class SignalLayout {
  let slotSteps: AlignedBuffer<SlotStep>
  /// Inputs of each indicator.
  let inputs: [[SeriesBlock]]
  let packs: AlignedBuffer<UnsafeMutablePointer<Vector>>
  let packMembers: AlignedBuffer<UnsafePointer<Double>>
  let steps: AlignedBuffer<LaneStep>
  /// First step of each vector of lanes, and the end.
  let stepRanges: AlignedBuffer<Int>
  /// The comparisons of a program, those that bundles share first in memory.
  let comparisons: AlignedBuffer<ComparisonStep>
  /// Positions of those that bundles share.
  let shared: AlignedBuffer<Int>
  /// Which comparison each leaf is, vector by vector.
  let comparisonOf: AlignedBuffer<Int>
  /// Column of each leaf of the shape.
  let leafColumns: AlignedBuffer<Int>
  /// Where each vector finds the numbers that lanes ask for, vector by vector.
  let numbers: AlignedBuffer<BlockOperand>
  /// Numbers to keep aside after the steps of each vector, vector by vector; `from` equal to `to` for none.
  let numberCopies: AlignedBuffer<NumberCopy>
  /// Columns of conditions, one word a bar for each lane of a bundle.
  let columns: AlignedBuffer<UInt64>
  /// State of the logic of each bundle.
  let wordStates: AlignedBuffer<UInt64>
  /// Warm-up of each lane, and the longest of each bundle.
  let warmups: AlignedBuffer<Int>
  let longestWarmups: AlignedBuffer<Int>

  private let bytes: AlignedBuffer<UInt8>
  private let numberMemory: AlignedBuffer<Vector>
  private let memory: AlignedBuffer<Double>
  let slotStates: AlignedBuffer<Double>
  private let packMemory: AlignedBuffer<Vector>
  private let scratch: AlignedBuffer<Vector>
  private let constants: AlignedBuffer<Vector>
  let states: AlignedBuffer<Vector>
  /// Room for the comparisons that only one bundle needs, two columns for each vector and leaf.
  let own: UnsafeMutablePointer<UInt8>
  private let block: Int

  init(program: SignalProgram, block: Int) {
    self.block = block
    // A prefix needs three columns of equal size, one after the other.
    let room = program.slots.map { ($0.history + 7) / 8 * 8 + block + 8 }
    let sizes = zip(program.slots, room).map { slot, size in
      if case .prefix = slot.work { size * 3 } else { size }
    }
    let vectors = program.vectorCount
    let nodes = program.shape.nodes.count
    let stateful = program.steps.count { $0?.hasState ?? false }
    memory = AlignedBuffer(repeating: .nan, count: sizes.reduce(0, +))
    slotStates = AlignedBuffer(repeating: 0, count: program.slots.count)
    packMemory = AlignedBuffer(repeating: Vector.zero, count: program.packs.count * block)
    scratch = AlignedBuffer(
      repeating: Vector.zero, count: program.steps.contains { $0 != nil } ? nodes * block : 0)
    // The last is the 0 that a condition is compared with.
    constants = AlignedBuffer(repeating: Vector.zero, count: program.constants.count + 1)
    states = AlignedBuffer(repeating: Vector.zero, count: stateful * vectors)
    for (index, vector) in program.constants.enumerated() { constants.base[index] = vector }

    var offset = 0
    var bases: [UnsafeMutablePointer<Double>] = []
    for (slot, size) in zip(program.slots, sizes) {
      bases.append(memory.base + offset + (slot.history + 7) / 8 * 8)
      offset += size
    }
    inputs = Self.inputs(program, bases)

    let idle = SlotStep(work: .constant, output: memory.base, history: 0)
    slotSteps = AlignedBuffer(repeating: idle, count: program.slots.count)
    for (index, slot) in program.slots.enumerated() {
      slotSteps.base[index] = SlotStep(
        work: Self.work(program, index, bases, room, slotStates.base + index),
        output: bases[index], history: slot.history)
    }

    packs = AlignedBuffer(repeating: packMemory.base, count: program.packs.count)
    packMembers = AlignedBuffer(
      repeating: UnsafePointer(memory.base), count: program.packs.count * laneWidth)
    for (pack, members) in program.packs.enumerated() {
      packs.base[pack] = packMemory.base + pack * block
      for (lane, slot) in members.enumerated() {
        packMembers.base[pack * laneWidth + lane] = UnsafePointer(bases[slot])
      }
    }

    let packBase = packMemory.base
    let constantBase = constants.base
    let scratchBase = scratch.base
    func operand(_ operand: SignalProgram.Operand) -> BlockOperand {
      switch operand {
      case .slot(let slot): BlockOperand(series: UnsafePointer(bases[slot]))
      case .pack(let pack): BlockOperand(lanes: UnsafePointer(packBase + pack * block))
      case .constants(let index): BlockOperand(constant: UnsafePointer(constantBase + index))
      case .scratch(let place): BlockOperand(lanes: UnsafePointer(scratchBase + place * block))
      }
    }
    let zero = BlockOperand(constant: UnsafePointer(constantBase + program.constants.count))
    let shape = program.shape
    let none = ComparisonStep(kind: .order, a: zero, b: zero)
    comparisons = AlignedBuffer(repeating: none, count: program.comparisons.count)
    comparisonOf = AlignedBuffer(repeating: 0, count: program.comparisonOf.count)
    for (index, comparison) in program.comparisonOf.enumerated() {
      comparisonOf.base[index] = comparison
    }
    leafColumns = AlignedBuffer(repeating: 0, count: shape.leaves.count)
    for (index, leaf) in shape.leaves.enumerated() { leafColumns.base[index] = leaf.column }
    // Behind what is shared, what each bundle fills anew.
    let sharedIndices = program.comparisons.indices.filter { program.comparisons[$0].isShared }
    shared = AlignedBuffer(repeating: 0, count: sharedIndices.count)
    let rows = sharedIndices.count + bundleVectors * shape.leaves.count
    bytes = AlignedBuffer(repeating: 0, count: 2 * block * rows + 16)
    for (index, comparison) in program.comparisons.enumerated() {
      comparisons.base[index] = ComparisonStep(
        kind: shape.leaves[comparison.leaf].leaf.kind, a: operand(comparison.a),
        b: comparison.b.map(operand) ?? zero)
    }
    for (place, index) in sharedIndices.enumerated() {
      shared.base[place] = index
      comparisons.base[index].output = bytes.base + 2 * block * place
    }
    own = bytes.base + 2 * block * sharedIndices.count
    let numberCount = shape.numbers.count
    let hasScratch = program.steps.contains { $0 != nil }
    numberMemory = AlignedBuffer(
      repeating: Vector.zero, count: hasScratch ? numberCount * bundleVectors * block : 0)
    numbers = AlignedBuffer(repeating: zero, count: vectors * numberCount)
    numberCopies = AlignedBuffer(
      repeating: NumberCopy(from: UnsafePointer(packBase), to: packBase),
      count: vectors * numberCount)
    for vector in 0..<vectors {
      for (number, place) in shape.numbers.enumerated() {
        guard let place else { continue }
        let found = program.operands[vector * nodes + place]
        let index = vector * numberCount + number
        guard found.isScratch else {
          numbers.base[index] = operand(found)
          continue
        }
        let to = numberMemory.base + (number * bundleVectors + vector % bundleVectors) * block
        numbers.base[index] = BlockOperand(lanes: UnsafePointer(to))
        numberCopies.base[index] = NumberCopy(
          from: UnsafePointer(scratchBase + place * block), to: to)
      }
    }
    var laneSteps: [LaneStep] = []
    stepRanges = AlignedBuffer(repeating: 0, count: vectors + 1)
    var state = states.base
    for vector in 0..<vectors {
      let row = vector * nodes
      func found(_ place: Int) -> BlockOperand { operand(program.operands[row + place]) }
      for (place, step) in program.steps.enumerated() {
        guard let step, case .scratch = program.operands[row + place] else { continue }
        let work: LaneStep.Work =
          switch step {
          case .unary(let operation, let x): .unary(operation, found(x))
          case .binary(let operation, let a, let b): .binary(operation, found(a), found(b))
          case .select(let c, let a, let b): .select(found(c), found(a), found(b))
          case .crosses(let kind, let a, let b): .crosses(kind, found(a), found(b), state)
          case .barsSince(let c): .barsSince(found(c), state)
          }
        if step.hasState { state += 1 }
        laneSteps.append(LaneStep(work: work, output: scratchBase + place * block))
      }
      stepRanges.base[vector + 1] = laneSteps.count
    }
    steps = AlignedBuffer(
      repeating: LaneStep(work: .unary(.negate, zero), output: packBase), count: laneSteps.count)
    for (index, step) in laneSteps.enumerated() { steps.base[index] = step }

    let bundles = (vectors + bundleVectors - 1) / bundleVectors
    // Behind the shape's columns: zeros for a signal that is missing, four signals while lanes warm, and who is warm.
    columns = AlignedBuffer(repeating: 0, count: (shape.columnCount + 6) * block + 16)
    wordStates = AlignedBuffer(repeating: 0, count: shape.stateCount * bundles)
    warmups = AlignedBuffer(repeating: 0, count: bundles * bundleWidth)
    longestWarmups = AlignedBuffer(repeating: 0, count: bundles)
    for (lane, warmup) in program.warmups.enumerated() {
      warmups.base[lane] = warmup
      let bundle = lane / bundleWidth
      longestWarmups.base[bundle] = max(longestWarmups.base[bundle], warmup)
    }
  }

  /// A column of conditions; those behind the shape's are for `SignalEvaluator.warm`.
  func column(_ index: Int) -> UnsafeMutablePointer<UInt64> { columns.base + index * block }

  /// Columns as they are before the first bar: unknown, except that nothing has been summed.
  func reset(_ program: SignalProgram) {
    memory.base.update(repeating: .nan, count: memory.count)
    states.base.update(repeating: Vector.zero, count: states.count)
    wordStates.base.update(repeating: 0, count: wordStates.count)
    slotStates.base.update(repeating: 0, count: slotStates.count)
    for index in 0..<slotSteps.count {
      let step = slotSteps.base[index]
      switch (step.work, program.slots[index].work) {
      case (.barsSince(_, let state), _): state.pointee = .nan
      case (.constant, .constant(let value)):
        // Not the bars before the first: there even a number is unknown.
        step.output.update(repeating: value, count: block)
      case (.prefix(_, _, let lo, let run), _):
        for column in [step.output, lo, run] {
          (column - step.history).update(repeating: 0, count: step.history)
        }
      default: break
      }
    }
    for index in 0..<steps.count {
      if case .barsSince(_, let state) = steps.base[index].work {
        state.pointee = Vector(repeating: .nan)
      }
    }
  }

  /// A column read eight bars at a time.
  static func vectors(_ column: UnsafeMutablePointer<Double>) -> UnsafeMutablePointer<Vector> {
    UnsafeMutableRawPointer(column).assumingMemoryBound(to: Vector.self)
  }

  private static func inputs(_ program: SignalProgram, _ bases: [UnsafeMutablePointer<Double>])
    -> [[SeriesBlock]]
  {
    var inputs = [[SeriesBlock]](repeating: [], count: program.indicators.count)
    for slot in program.slots {
      guard case .indicator(let indicator, let members) = slot.work else { continue }
      inputs[indicator] = members.map {
        SeriesBlock(base: UnsafePointer(bases[$0]), history: program.slots[$0].history)
      }
    }
    return inputs
  }

  private static func work(
    _ program: SignalProgram, _ index: Int, _ bases: [UnsafeMutablePointer<Double>], _ room: [Int],
    _ state: UnsafeMutablePointer<Double>
  ) -> SlotStep.Work {
    func bars(_ slot: Int) -> BlockOperand {
      BlockOperand(lanes: UnsafePointer(vectors(bases[slot])))
    }
    switch program.slots[index].work {
    case .field(let field): return .field(field)
    case .clock(let clock):
      return .clock(ExpressionGraph.Clock.allCases.firstIndex(of: clock) ?? 0)
    case .outside(let column): return .outside(column)
    case .every(let n): return .every(n)
    case .constant: return .constant
    case .indicator(let indicator, _): return .indicator(indicator)
    case .prefix(let prefix, let x):
      return .prefix(
        prefix, bases[x], lo: bases[index] + room[index], run: bases[index] + 2 * room[index])
    case .window(let prefix, let window, let isMean):
      func column(_ place: Int) -> SeriesBlock {
        SeriesBlock(
          base: UnsafePointer(bases[prefix] + place * room[prefix]),
          history: program.slots[prefix].history)
      }
      return .window(
        hi: column(0), lo: column(1), run: column(2), bars: window, isMean: isMean)
    case .unary(let operation, let x): return .unary(operation, bars(x))
    case .binary(let operation, let a, let b): return .binary(operation, bars(a), bars(b))
    case .select(let c, let a, let b): return .select(bars(c), bars(a), bars(b))
    case .crosses(let kind, let a, let b): return .crosses(kind, bases[a], bases[b], state)
    case .barsSince(let c): return .barsSince(bases[c], state)
    }
  }
}
