import Kernels

/// One column's work with its memory.
struct SlotStep: BitwiseCopyable {
  enum Work: BitwiseCopyable {
    case constant
    case field(Int)
    case clock(Int)
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
    case crossings(
      BlockOperand, BlockOperand, UnsafeMutablePointer<Vector>,
      above: UnsafeMutablePointer<Vector>, below: UnsafeMutablePointer<Vector>)
    case barsSince(BlockOperand, UnsafeMutablePointer<Vector>)
    case filled
  }

  var work: Work
  var output: UnsafeMutablePointer<Vector>
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
  /// Four signals of each vector.
  let roots: AlignedBuffer<BlockOperand>
  let rootMemory: AlignedBuffer<Vector>
  /// Warm-up of each lane, and the longest of each vector.
  let warmups: AlignedBuffer<Int>
  let longestWarmups: AlignedBuffer<Int>

  private let memory: AlignedBuffer<Double>
  private let slotStates: AlignedBuffer<Double>
  private let packMemory: AlignedBuffer<Vector>
  private let scratch: AlignedBuffer<Vector>
  private let constants: AlignedBuffer<Vector>
  private let states: AlignedBuffer<Vector>
  private let block: Int

  init(program: SignalProgram, block: Int) {
    self.block = block
    // A prefix needs three columns of equal size, one after the other.
    let room = program.slots.map { ($0.history + 7) / 8 * 8 + block + 8 }
    let sizes = zip(program.slots, room).map { slot, size in
      if case .prefix = slot.work { size * 3 } else { size }
    }
    memory = AlignedBuffer(repeating: .nan, count: sizes.reduce(0, +))
    slotStates = AlignedBuffer(repeating: 0, count: program.slots.count)
    packMemory = AlignedBuffer(repeating: Vector.zero, count: program.packs.count * block)
    scratch = AlignedBuffer(repeating: Vector.zero, count: program.scratchCount * block)
    constants = AlignedBuffer(repeating: Vector.zero, count: program.constants.count)
    states = AlignedBuffer(repeating: Vector.zero, count: program.stateCount)
    rootMemory = AlignedBuffer(repeating: Vector.zero, count: 5 * block)
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
    let stateBase = states.base
    func operand(_ operand: SignalProgram.Operand) -> BlockOperand {
      switch operand {
      case .slot(let slot): BlockOperand(series: UnsafePointer(bases[slot]))
      case .pack(let pack): BlockOperand(lanes: UnsafePointer(packBase + pack * block))
      case .constants(let index): BlockOperand(constant: UnsafePointer(constantBase + index))
      case .scratch(let index): BlockOperand(lanes: UnsafePointer(scratchBase + index * block))
      }
    }
    func work(_ step: SignalProgram.Step) -> LaneStep.Work {
      switch step {
      case .unary(let operation, let x): .unary(operation, operand(x))
      case .binary(let operation, let a, let b): .binary(operation, operand(a), operand(b))
      case .select(let c, let a, let b): .select(operand(c), operand(a), operand(b))
      case .crosses(let kind, let a, let b, let state):
        .crosses(kind, operand(a), operand(b), stateBase + state)
      case .crossings(let a, let b, let state, let above, let below):
        .crossings(
          operand(a), operand(b), stateBase + state, above: scratchBase + above * block,
          below: scratchBase + below * block)
      case .barsSince(let c, let state): .barsSince(operand(c), stateBase + state)
      case .filled: .filled
      }
    }
    let zero = BlockOperand(lanes: UnsafePointer(rootMemory.base + 4 * block))
    let vectors = program.vectors
    let still = LaneStep(work: .unary(.negate, zero), output: rootMemory.base)
    steps = AlignedBuffer(repeating: still, count: vectors.reduce(0) { $0 + $1.steps.count })
    stepRanges = AlignedBuffer(repeating: 0, count: vectors.count + 1)
    roots = AlignedBuffer(repeating: zero, count: vectors.count * 4)
    warmups = AlignedBuffer(repeating: 0, count: vectors.count * laneWidth)
    longestWarmups = AlignedBuffer(repeating: 0, count: vectors.count)
    var next = 0
    for (index, vector) in vectors.enumerated() {
      for (position, step) in vector.steps.enumerated() {
        steps.base[next] = LaneStep(work: work(step), output: scratchBase + position * block)
        next += 1
      }
      stepRanges.base[index + 1] = next
      for (position, signal) in vector.signals.enumerated() {
        if let signal { roots.base[index * 4 + position] = operand(signal) }
      }
      for lane in 0..<laneWidth { warmups.base[index * laneWidth + lane] = vector.warmup[lane] }
      longestWarmups.base[index] = vector.warmup.max() ?? 0
    }
  }

  /// Columns as they are before the first bar: unknown, except that nothing has been summed.
  func reset(_ program: SignalProgram) {
    memory.base.update(repeating: .nan, count: memory.count)
    states.base.update(repeating: Vector.zero, count: states.count)
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
