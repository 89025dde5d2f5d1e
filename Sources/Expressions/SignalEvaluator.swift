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
///
/// All pointers are laid out once: a block costs a walk over flat steps, with no allocation and no counting of references.
public final class SignalEvaluator {
  /// Bars in a block: small enough that the columns of a few hundred lanes stay in the second-level cache.
  public static let blockBars = 128

  private let program: SignalProgram
  private let kernels: KernelTable
  private let layout: SignalLayout
  private var indicators: [any Indicator]
  private var prefixes: [PrefixSum]
  private var columns = SignalColumns(
    fields: [], clock: ClockColumns(), firstPrice: 0, firstTradingBar: 0)
  private var firstBar = 0
  private var count = 0

  /// Lays out memory for a program.
  public init(program: SignalProgram, kernels: KernelTable) {
    self.program = program
    self.kernels = kernels
    layout = SignalLayout(program: program, block: Self.blockBars)
    indicators = program.indicators.map(\.prototype)
    prefixes = Array(repeating: PrefixSum(), count: program.prefixCount)
  }

  /// Forgets everything and turns to another symbol.
  public func begin(_ columns: SignalColumns) {
    self.columns = columns
    firstBar = 0
    count = 0
    layout.reset(program)
    indicators = program.indicators.map(\.prototype)
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
      (output - slot.history).update(
        from: columns.fields[field] + firstBar - slot.history, count: slot.history + count)
    case .clock(let clock):
      let values = columns.clock.values[ExpressionGraph.Clock.allCases[clock]]
      for bar in 0..<count { output[bar] = values?[firstBar + bar] ?? .nan }
    case .every(let n):
      for bar in 0..<count {
        let since = firstBar + bar - columns.firstTradingBar
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

  /// The signals of eight lanes over the current block. The memory is good until the next call.
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
      case .barsSince(let c, let state): kernels.barsSince(c, state, step.output, count)
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
    let isWarming = layout.longestWarmups.base[vector] + columns.firstPrice > firstBar
    if !isWarming, let direct = source.lanes, source.step == 1 { return direct }
    let output = layout.rootMemory.base + position * Self.blockBars
    if let series = source.series {
      kernels.broadcast(series, output, count)
    } else if let values = source.lanes {
      for bar in 0..<count { output[bar] = values[bar * source.step] }
    }
    if isWarming {
      for lane in 0..<laneWidth {
        let warm = layout.warmups.base[vector * laneWidth + lane] + columns.firstPrice - firstBar
        for bar in 0..<max(0, min(count, warm)) { output[bar][lane] = 0 }
      }
    }
    return UnsafePointer(output)
  }
}
