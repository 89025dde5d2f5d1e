import Indicators
import Kernels

/// The columns of one symbol that signals read, from the first bar of the run.
///
/// Whoever makes it owns the memory.
public struct SignalColumns {
  /// One column for each field of the program; index 0 is the first bar.
  public var fields: [UnsafePointer<Double>]
  /// Clock columns, shared by all symbols.
  public var clock: ClockColumns
  /// Bar of the clock columns at which these columns begin.
  public var clockStart: Int
  /// First bar at which the symbol has a price: warm-up counts from it.
  public var firstPrice: Int
  /// First bar of trading, from which `every(n)` counts.
  public var firstTradingBar: Int

  /// The columns of a symbol.
  public init(
    fields: [UnsafePointer<Double>], clock: ClockColumns = ClockColumns(), clockStart: Int = 0,
    firstPrice: Int, firstTradingBar: Int
  ) {
    self.fields = fields
    self.clock = clock
    self.clockStart = clockStart
    self.firstPrice = firstPrice
    self.firstTradingBar = firstTradingBar
  }
}

/// Computes the signals of a program for one symbol after another, block by block.
///
/// One worker owns it. All pointers are laid out once: a block is a walk over flat steps, without allocation.
public final class SignalEvaluator {
  /// Bars in a block, at most.
  public static let blockBars = laneBlockBars

  private let program: SignalProgram
  private let kernels: KernelTable
  private let layout: SignalLayout
  private var indicators: [any Indicator]
  private var prefixes: [PrefixSum]
  // What `begin` was given, as bare pointers, so that a block counts no references; `clock` keeps its memory alive.
  private let fields: AlignedBuffer<UnsafePointer<Double>?>
  private let clocks: AlignedBuffer<UnsafePointer<Double>?>
  private var clock = ClockColumns()
  private var firstPrice = 0
  private var firstTradingBar = 0
  private var firstBar = 0
  private var count = 0

  /// Lays out memory for a program.
  public init(program: SignalProgram, kernels: KernelTable) {
    self.program = program
    self.kernels = kernels
    layout = SignalLayout(program: program, block: Self.blockBars)
    fields = AlignedBuffer(repeating: nil, count: program.fields.count)
    clocks = AlignedBuffer(repeating: nil, count: ExpressionGraph.Clock.allCases.count)
    indicators = program.indicators
    prefixes = Array(repeating: PrefixSum(), count: program.prefixCount)
  }

  /// Forgets everything and turns to another symbol.
  public func begin(_ columns: SignalColumns) {
    precondition(columns.fields.count == program.fields.count, "one column for each field")
    firstPrice = columns.firstPrice
    firstTradingBar = columns.firstTradingBar
    clock = columns.clock
    for (index, column) in columns.fields.enumerated() { fields[index] = column }
    for (index, clock) in ExpressionGraph.Clock.allCases.enumerated() {
      clocks[index] = columns.clock.column(clock).map { $0 + columns.clockStart }
    }
    firstBar = 0
    count = 0
    layout.reset(program)
    indicators = program.indicators
    prefixes = Array(repeating: PrefixSum(), count: program.prefixCount)
  }

  /// Computes what lanes share for the next block of bars; blocks follow each other from bar 0.
  public func advance(count: Int) {
    precondition(count > 0 && count <= Self.blockBars, "a block has 1 to \(Self.blockBars) bars")
    let shift = self.count
    firstBar += shift
    self.count = count
    for index in 0..<layout.slotSteps.count {
      let slot = layout.slotSteps.base[index]
      if slot.history > 0, shift > 0 { slot.keepHistory(shift) }
      fill(slot)
    }
    for pack in 0..<layout.packs.count {
      kernels.interleave(
        UnsafePointer(layout.packMembers.base + pack * laneWidth), layout.packs.base[pack], count)
    }
  }

  private func fill(_ slot: SlotStep) {
    let output = slot.output
    let vectors = (count + laneWidth - 1) / laneWidth
    switch slot.work {
    case .constant: break
    case .field(let field):
      if let column = fields.base[field] { output.update(from: column + firstBar, count: count) }
    case .clock(let clock):
      if let column = clocks.base[clock] { output.update(from: column + firstBar, count: count) }
    case .every(let n):
      for bar in 0..<count {
        let since = firstBar + bar - firstTradingBar
        output[bar] = since >= 0 && since % n == 0 ? 1 : 0
      }
    case .indicator(let indicator):
      indicators[indicator].evaluate(layout.inputs[indicator], into: output, count: count)
    case .prefix(let prefix, let x, let lo, let run):
      let values = SeriesBlock(base: UnsafePointer(x), history: 0)
      prefixes[prefix].extend(values, count: count, hi: output, lo: lo, run: run)
    case .window(let hi, let lo, let run, let bars, let isMean):
      if isMean {
        WindowMean.evaluate(hi: hi, lo: lo, run: run, window: bars, into: output, count: count)
      } else {
        WindowSum.evaluate(hi: hi, lo: lo, run: run, window: bars, into: output, count: count)
      }
    case .unary(let operation, let x):
      kernels.unary(operation, x, SignalLayout.vectors(output), vectors)
    case .binary(let operation, let a, let b):
      kernels.binary(operation, a, b, SignalLayout.vectors(output), vectors)
    case .select(let c, let a, let b):
      kernels.select(c, a, b, SignalLayout.vectors(output), vectors)
    case .crosses(let kind, let a, let b, let state):
      crosses(kind, a, b, output, &state.pointee)
    case .barsSince(let c, let state):
      for bar in 0..<count {
        state.pointee = c[bar] != 0 ? 0 : state.pointee + 1
        output[bar] = state.pointee
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

  // MARK: - Lanes

  /// The signals of eight lanes over the current block.
  ///
  /// The memory is good until the next call.
  public func signals(of vector: Int) -> SignalPointers {
    for index in layout.stepRanges.base[vector]..<layout.stepRanges.base[vector + 1] {
      let step = layout.steps.base[index]
      switch step.work {
      case .unary(let operation, let x): kernels.unary(operation, x, step.output, count)
      case .binary(let operation, let a, let b):
        kernels.binary(operation, a, b, step.output, count)
      case .select(let c, let a, let b): kernels.select(c, a, b, step.output, count)
      case .crosses(let kind, let a, let b, let state):
        kernels.crosses(kind, a, b, state, step.output, count)
      case .crossings(let a, let b, let state, let above, let below):
        kernels.crossings(a, b, state, above, below, count)
      case .barsSince(let c, let state): kernels.barsSince(c, state, step.output, count)
      case .filled: break
      }
    }
    let roots = layout.roots.base + vector * 4
    return SignalPointers(
      longEntry: root(roots[0], vector, 0), longExit: root(roots[1], vector, 1),
      shortEntry: root(roots[2], vector, 2), shortExit: root(roots[3], vector, 3))
  }

  /// A signal as the lane kernel takes it: eight lanes a bar, 0 while a lane is warming.
  private func root(_ source: BlockOperand, _ vector: Int, _ position: Int)
    -> UnsafePointer<Vector>
  {
    let isWarming = layout.longestWarmups.base[vector] + firstPrice > firstBar
    if !isWarming, let direct = source.lanes, source.step == 1 { return direct }
    let output = layout.rootMemory.base + position * Self.blockBars
    if let series = source.series {
      kernels.broadcast(series, output, count)
    } else if let values = source.lanes {
      for bar in 0..<count { output[bar] = values[bar * source.step] }
    }
    if isWarming {
      for lane in 0..<laneWidth {
        let warm = layout.warmups.base[vector * laneWidth + lane] + firstPrice - firstBar
        for bar in 0..<max(0, min(count, warm)) { output[bar][lane] = 0 }
      }
    }
    return UnsafePointer(output)
  }
}
