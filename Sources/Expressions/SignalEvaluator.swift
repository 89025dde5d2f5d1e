import Indicators
import Kernels

/// The columns of one symbol that signals read, from the first bar of the run. Whoever makes it owns the memory.
public struct SignalColumns {
  /// One column for each field of the program; index 0 is the first bar, and at least `fieldHistory` NaN precede it.
  public var fields: [UnsafePointer<Double>]
  /// Clock columns, shared by all symbols.
  public var clock: ClockColumns
  /// First bar at which the symbol has a price: warm-up counts from it.
  public var firstPrice: Int
  /// First bar of trading, from which `every(n)` counts.
  public var firstTradingBar: Int

  /// The columns of a symbol.
  public init(
    fields: [UnsafePointer<Double>], clock: ClockColumns, firstPrice: Int, firstTradingBar: Int
  ) {
    self.fields = fields
    self.clock = clock
    self.firstPrice = firstPrice
    self.firstTradingBar = firstTradingBar
  }
}

/// The bar-start properties of a run, computed once.
public struct ClockColumns: Sendable {
  /// A column for each property; empty for those that nothing reads.
  public var values: [ExpressionGraph.Clock: [Double]]

  /// Columns by property.
  public init(values: [ExpressionGraph.Clock: [Double]] = [:]) { self.values = values }
}

/// Computes the signals of a program for one symbol after another, block by block. One worker owns it.
public final class SignalEvaluator {
  /// Bars in a block: small enough that the columns of a few hundred lanes stay in the second-level cache.
  public static let blockBars = 128

  private let program: SignalProgram
  private let kernels: KernelTable
  private let memory: AlignedBuffer<Double>
  private let bases: [UnsafeMutablePointer<Double>]
  private let inputs: [[SeriesBlock]]
  private let packMemory: AlignedBuffer<Vector>
  private let packMembers: AlignedBuffer<UnsafePointer<Double>>
  private let scratch: AlignedBuffer<Vector>
  private let constants: AlignedBuffer<Vector>
  private let states: AlignedBuffer<Vector>
  private let roots: AlignedBuffer<Vector>
  private let slotStates: AlignedBuffer<Double>
  private var indicators: [any Indicator]
  private var columns = SignalColumns(
    fields: [], clock: ClockColumns(), firstPrice: 0, firstTradingBar: 0)
  private var firstBar = 0
  private var count = 0

  /// Lays out memory for a program.
  public init(program: SignalProgram, kernels: KernelTable) {
    self.program = program
    self.kernels = kernels
    let block = Self.blockBars
    let sizes = program.slots.map { ($0.history + 7) / 8 * 8 + block + 8 }
    memory = AlignedBuffer(repeating: .nan, count: sizes.reduce(0, +))
    var offset = 0
    var bases: [UnsafeMutablePointer<Double>] = []
    for (slot, size) in zip(program.slots, sizes) {
      bases.append(memory.base + offset + (slot.history + 7) / 8 * 8)
      offset += size
    }
    self.bases = bases
    inputs = program.slots.map { slot in
      guard case .indicator(_, let members) = slot.work else { return [] }
      return members.map {
        SeriesBlock(base: UnsafePointer(bases[$0]), history: program.slots[$0].history)
      }
    }
    packMemory = AlignedBuffer(repeating: Vector.zero, count: program.packs.count * block)
    packMembers = AlignedBuffer(
      repeating: UnsafePointer(memory.base), count: program.packs.count * laneWidth)
    for (pack, members) in program.packs.enumerated() {
      for (lane, slot) in members.enumerated() {
        packMembers.base[pack * laneWidth + lane] = UnsafePointer(bases[slot])
      }
    }
    scratch = AlignedBuffer(repeating: Vector.zero, count: program.scratchCount * block)
    constants = AlignedBuffer(repeating: Vector.zero, count: program.constants.count)
    for (index, vector) in program.constants.enumerated() { constants.base[index] = vector }
    states = AlignedBuffer(repeating: Vector.zero, count: program.stateCount)
    roots = AlignedBuffer(repeating: Vector.zero, count: 5 * block)
    slotStates = AlignedBuffer(repeating: 0, count: program.slots.count)
    indicators = program.indicators.map(\.prototype)
  }

  /// Forgets everything and turns to another symbol.
  public func begin(_ columns: SignalColumns) {
    self.columns = columns
    firstBar = 0
    count = 0
    memory.base.update(repeating: .nan, count: memory.count)
    states.base.update(repeating: Vector.zero, count: states.count)
    slotStates.base.update(repeating: 0, count: slotStates.count)
    indicators = program.indicators.map(\.prototype)
    for vector in program.vectors {
      for step in vector.steps {
        if case .barsSince(_, let state) = step {
          states.base[state] = Vector(repeating: .nan)
        }
      }
    }
    for (index, slot) in program.slots.enumerated() {
      switch slot.work {
      case .barsSince: slotStates.base[index] = .nan
      case .constant(let value):
        (bases[index] - slot.history).update(
          repeating: value, count: slot.history + Self.blockBars)
      default: break
      }
    }
  }

  /// Computes what lanes share for the next block of bars; blocks follow each other from bar 0.
  public func advance(count: Int) {
    precondition(count > 0 && count <= Self.blockBars, "a block has 1 to \(Self.blockBars) bars")
    firstBar += self.count
    let shift = self.count
    self.count = count
    for index in program.slots.indices {
      let slot = program.slots[index]
      let output = bases[index]
      if case .field(let field) = slot.work {
        (output - slot.history).update(
          from: columns.fields[field] + firstBar - slot.history, count: slot.history + count)
        continue
      }
      if case .constant = slot.work { continue }
      if slot.history > 0, shift > 0 {
        (output - slot.history).update(from: output - slot.history + shift, count: slot.history)
      }
      fill(index, slot, output)
    }
    for pack in program.packs.indices {
      kernels.interleave(
        UnsafePointer(packMembers.base + pack * laneWidth),
        packMemory.base + pack * Self.blockBars, count)
    }
  }

  private func fill(_ index: Int, _ slot: SignalProgram.Slot, _ output: UnsafeMutablePointer<Double>)
  {
    let vectors = (count + laneWidth - 1) / laneWidth
    switch slot.work {
    case .field, .constant: break
    case .clock(let clock):
      for bar in 0..<count { output[bar] = columns.clock.values[clock]?[firstBar + bar] ?? .nan }
    case .every(let n):
      for bar in 0..<count {
        let since = firstBar + bar - columns.firstTradingBar
        output[bar] = since >= 0 && since % n == 0 ? 1 : 0
      }
    case .indicator(let indicator, _):
      indicators[indicator].evaluate(inputs[index], into: output, count: count)
    case .unary(let operation, let x):
      kernels.unary(operation, bars(x), Self.lanes(output), vectors)
    case .binary(let operation, let a, let b):
      kernels.binary(operation, bars(a), bars(b), Self.lanes(output), vectors)
    case .select(let c, let a, let b):
      kernels.select(bars(c), bars(a), bars(b), Self.lanes(output), vectors)
    case .crosses(let kind, let a, let b):
      crosses(kind, bases[a], bases[b], output, &slotStates.base[index])
    case .barsSince(let c):
      for bar in 0..<count {
        slotStates.base[index] = bases[c][bar] != 0 ? 0 : slotStates.base[index] + 1
        output[bar] = slotStates.base[index]
      }
    }
  }

  private func crosses(
    _ kind: CrossKind, _ a: UnsafeMutablePointer<Double>, _ b: UnsafeMutablePointer<Double>,
    _ output: UnsafeMutablePointer<Double>, _ side: inout Double
  ) {
    for bar in 0..<count {
      let x = kind.isAbove ? a[bar] : b[bar]
      let y = kind.isAbove ? b[bar] : a[bar]
      let crossed = x > y && side < 0
      let isDefined = !x.isNaN && !y.isNaN
      output[bar] = (kind.isNegated ? isDefined && !crossed : crossed) ? 1 : 0
      if x > y { side = 1 } else if x < y { side = -1 }
    }
  }

  /// A column read eight bars at a time.
  private func bars(_ slot: Int) -> BlockOperand {
    BlockOperand(lanes: UnsafePointer(Self.lanes(bases[slot])))
  }

  private static func lanes(_ column: UnsafeMutablePointer<Double>) -> UnsafeMutablePointer<Vector> {
    UnsafeMutableRawPointer(column).assumingMemoryBound(to: Vector.self)
  }

  // MARK: - Lanes

  /// The signals of eight lanes over the current block: long entry, long exit, short entry, short exit.
  ///
  /// The memory is good until the next call.
  public func signals(of vector: Int) -> [UnsafePointer<Vector>] {
    let lanes = program.vectors[vector]
    for (index, step) in lanes.steps.enumerated() { take(step, scratch.base + index * Self.blockBars) }
    let zero = UnsafePointer(roots.base + 4 * Self.blockBars)
    return lanes.signals.enumerated().map { position, operand in
      guard let operand else { return zero }
      return root(operand, lanes, roots.base + position * Self.blockBars)
    }
  }

  private func take(_ step: SignalProgram.Step, _ output: UnsafeMutablePointer<Vector>) {
    switch step {
    case .unary(let operation, let x):
      kernels.unary(operation, operand(x), output, count)
    case .binary(let operation, let a, let b):
      kernels.binary(operation, operand(a), operand(b), output, count)
    case .select(let c, let a, let b):
      kernels.select(operand(c), operand(a), operand(b), output, count)
    case .crosses(let kind, let a, let b, let state):
      kernels.crosses(kind, operand(a), operand(b), states.base + state, output, count)
    case .barsSince(let c, let state):
      kernels.barsSince(operand(c), states.base + state, output, count)
    }
  }

  private func operand(_ operand: SignalProgram.Operand) -> BlockOperand {
    switch operand {
    case .slot(let slot): BlockOperand(series: UnsafePointer(bases[slot]))
    case .pack(let pack):
      BlockOperand(lanes: UnsafePointer(packMemory.base + pack * Self.blockBars))
    case .constants(let index): BlockOperand(constant: UnsafePointer(constants.base + index))
    case .scratch(let index):
      BlockOperand(lanes: UnsafePointer(scratch.base + index * Self.blockBars))
    }
  }

  /// A signal as the lane kernel takes it: eight lanes a bar, 0 while a lane is warming.
  private func root(
    _ operand: SignalProgram.Operand, _ lanes: SignalProgram.LaneVector,
    _ output: UnsafeMutablePointer<Vector>
  ) -> UnsafePointer<Vector> {
    let source = self.operand(operand)
    let warm = lanes.warmup.map { $0 + columns.firstPrice }
    let isWarming = warm.contains { $0 > firstBar }
    if !isWarming, let direct = source.lanes, source.step == 1 { return direct }
    if let series = source.series {
      kernels.broadcast(series, output, count)
    } else if let values = source.lanes {
      for bar in 0..<count { output[bar] = values[bar * source.step] }
    }
    if isWarming {
      for lane in 0..<laneWidth {
        for bar in 0..<max(0, min(count, warm[lane] - firstBar)) { output[bar][lane] = 0 }
      }
    }
    return UnsafePointer(output)
  }
}
