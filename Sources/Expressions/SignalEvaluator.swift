import Indicators
import Kernels

/// What signals read of one symbol beside its fields, from the first bar of the run.
public struct SignalColumns {
  /// Clock columns, shared by all symbols.
  public var clock: ClockColumns
  /// Bar of the clock columns at which these columns begin.
  public var clockStart: Int
  /// First bar at which the symbol has a price: warm-up counts from it.
  public var firstPrice: Int
  /// First bar of trading, from which `every(n)` counts.
  public var firstTradingBar: Int
  /// What the program has outside the symbol's own columns, in its order; the caller keeps the memory while the symbol is
  /// evaluated.
  public var outside: [UnsafePointer<Double>]
  /// Bar of the run at which these begin.
  public var outsideStart: Int

  /// The columns of a symbol.
  public init(
    clock: ClockColumns = ClockColumns(), clockStart: Int = 0, firstPrice: Int,
    firstTradingBar: Int, outside: [UnsafePointer<Double>] = [], outsideStart: Int = 0
  ) {
    self.clock = clock
    self.clockStart = clockStart
    self.firstPrice = firstPrice
    self.firstTradingBar = firstTradingBar
    self.outside = outside
    self.outsideStart = outsideStart
  }
}

/// Computes the signals of a program for one symbol after another, block by block.
///
/// One worker owns it. All pointers are laid out once: a block is a walk over flat steps, without allocation.
public final class SignalEvaluator {
  /// Bars in a block, at most.
  public static let blockBars = laneBlockBars

  let program: SignalProgram
  private let kernels: KernelTable
  let layout: SignalLayout
  var indicators: [any Indicator]
  var prefixes: [PrefixSum]
  // What `begin` was given, as bare pointers, so that a block counts no references; `clock` keeps its memory alive.
  private let fields: AlignedBuffer<UnsafePointer<Double>?>
  private let clocks: AlignedBuffer<UnsafePointer<Double>?>
  private let outside: AlignedBuffer<UnsafePointer<Double>?>
  /// Where the bytes of each leaf lie for each vector of a bundle.
  private let columns: AlignedBuffer<UnsafePointer<UInt8>>
  private var clock = ClockColumns()
  private var firstPrice = 0
  private var firstTradingBar = 0
  private var outsideStart = 0
  var firstBar = 0
  var count = 0
  /// Whether columns of constants are filled.
  var isLaidOut = false

  /// Lays out memory for a program.
  public init(program: SignalProgram, kernels: KernelTable) {
    self.program = program
    self.kernels = kernels
    layout = SignalLayout(program: program, block: Self.blockBars)
    fields = AlignedBuffer(repeating: nil, count: program.fields.count)
    clocks = AlignedBuffer(repeating: nil, count: ExpressionGraph.Clock.allCases.count)
    outside = AlignedBuffer(repeating: nil, count: program.outside.count)
    columns = AlignedBuffer(
      repeating: UnsafePointer(layout.own), count: layout.leafColumns.count * bundleVectors)
    indicators = program.indicators
    prefixes = Array(repeating: PrefixSum(), count: program.prefixCount)
  }

  /// Forgets everything and turns to another symbol.
  public func begin(_ columns: SignalColumns) {
    turn(to: columns)
    firstBar = 0
    count = 0
    layout.reset(program)
    isLaidOut = true
    indicators = program.indicators
    prefixes = Array(repeating: PrefixSum(), count: program.prefixCount)
  }

  func turn(to columns: SignalColumns) {
    firstPrice = columns.firstPrice
    firstTradingBar = columns.firstTradingBar
    outsideStart = columns.outsideStart
    clock = columns.clock
    for (index, clock) in ExpressionGraph.Clock.allCases.enumerated() {
      clocks[index] = columns.clock.column(clock).map { $0 + columns.clockStart }
    }
    precondition(columns.outside.count == program.outside.count, "one column for each outside")
    for (index, column) in columns.outside.enumerated() { outside.base[index] = column }
  }

  /// Computes what lanes share for the next block of bars; blocks follow each other from bar 0.
  ///
  /// `fields` hold one column for each field of the program, from the block's first bar on.
  public func advance(fields: [UnsafePointer<Double>], count: Int) {
    precondition(fields.count == program.fields.count, "one column for each field")
    for (index, column) in fields.enumerated() { self.fields[index] = column }
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
    for place in 0..<layout.shared.count {
      let step = layout.comparisons.base[layout.shared.base[place]]
      if let output = step.output { compare(step, output) }
    }
  }

  private func fill(_ slot: SlotStep) {
    let output = slot.output
    let vectors = (count + laneWidth - 1) / laneWidth
    switch slot.work {
    case .constant: break
    case .field(let field):
      if let column = fields.base[field] { output.update(from: column, count: count) }
    case .clock(let clock):
      if let column = clocks.base[clock] { output.update(from: column + firstBar, count: count) }
    case .outside(let index):
      if let column = outside.base[index] {
        output.update(from: column + (firstBar - outsideStart), count: count)
      }
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

  /// The signals of a bundle of lanes over the current block; a lane's are off while it is warming.
  ///
  /// The memory is good until the next call.
  public func signals(of bundle: Int) -> SignalPointers {
    let first = bundle * bundleVectors
    let vectors = min(bundleVectors, program.vectorCount - first)
    let leaves = layout.leafColumns.count
    for place in 0..<bundleVectors {
      // Places behind the last vector repeat it.
      let vector = first + min(place, vectors - 1)
      if place < vectors {
        for index in layout.stepRanges.base[vector]..<layout.stepRanges.base[vector + 1] {
          run(layout.steps.base[index])
        }
        keepNumbers(of: vector)
      }
      for leaf in 0..<leaves {
        let step = layout.comparisons.base[layout.comparisonOf.base[vector * leaves + leaf]]
        var output = step.output
        if output == nil {
          let own =
            layout.own + 2 * Self.blockBars * (leaf * bundleVectors + min(place, vectors - 1))
          if place < vectors { compare(step, own) }
          output = own
        }
        if let output { columns.base[leaf * bundleVectors + place] = UnsafePointer(output) }
      }
    }
    for leaf in 0..<leaves {
      let column = layout.leafColumns.base[leaf]
      let bytes = columns.base + leaf * bundleVectors
      kernels.words(UnsafePointer(bytes), layout.column(column), count)
      if layout.comparisons.base[layout.comparisonOf.base[first * leaves + leaf]].kind == .order {
        for place in 0..<bundleVectors { bytes[place] += Self.blockBars }
        kernels.words(UnsafePointer(bytes), layout.column(column + 1), count)
      }
    }
    let state = layout.wordStates.base + bundle * program.shape.stateCount
    for step in program.shape.steps { run(step, state) }
    return warm(bundle)
  }

  /// A number of the program, eight lanes of a vector over the current block, once the signals of its bundle were asked for;
  /// nil for one that the program lacks.
  ///
  /// What no parameter reaches is there without that. Unlike signals, numbers are not held back while lanes warm.
  public func number(_ index: Int, of vector: Int) -> BlockOperand? {
    let numbers = program.shape.numbers
    guard index < numbers.count, numbers[index] != nil else { return nil }
    return layout.numbers.base[vector * numbers.count + index]
  }

  /// The next vector's steps use the same memory.
  private func keepNumbers(of vector: Int) {
    let numbers = program.shape.numbers.count
    for index in vector * numbers..<(vector + 1) * numbers {
      let copy = layout.numberCopies.base[index]
      if copy.from != UnsafePointer(copy.to) { copy.to.update(from: copy.from, count: count) }
    }
  }

  /// Signals that are numbers rather than conditions, eight lanes a bar, over the current block; nil for conditions.
  ///
  /// In place of `signals`, for one vector after another.
  package func numbers(of vector: Int) -> [BlockOperand?] {
    for index in layout.stepRanges.base[vector]..<layout.stepRanges.base[vector + 1] {
      run(layout.steps.base[index])
    }
    let leaves = program.shape.leaves
    return program.shape.roots.map { root in
      leaves.indices.first { leaves[$0].column == root && leaves[$0].leaf.b == nil }.map {
        layout.comparisons.base[layout.comparisonOf.base[vector * leaves.count + $0]].a
      }
    }
  }

  private func run(_ step: LaneStep) {
    switch step.work {
    case .unary(let operation, let x): kernels.unary(operation, x, step.output, count)
    case .binary(let operation, let a, let b): kernels.binary(operation, a, b, step.output, count)
    case .select(let c, let a, let b): kernels.select(c, a, b, step.output, count)
    case .crosses(let kind, let a, let b, let state):
      kernels.crosses(kind, a, b, state, step.output, count)
    case .barsSince(let c, let state): kernels.barsSince(c, state, step.output, count)
    }
  }

  private func compare(_ step: ComparisonStep, _ output: UnsafeMutablePointer<UInt8>) {
    switch step.kind {
    case .compare(let comparison): kernels.compare(comparison, step.a, step.b, output, count)
    case .order: kernels.order(step.a, step.b, output, output + Self.blockBars, count)
    }
  }

  private func run(_ step: SignalShape.WordStep, _ state: UnsafeMutablePointer<UInt64>) {
    switch step {
    case .and(let a, let b, let into):
      let (x, y, output) = (layout.column(a), layout.column(b), layout.column(into))
      for bar in 0..<count { output[bar] = x[bar] & y[bar] }
    case .or(let a, let b, let into):
      let (x, y, output) = (layout.column(a), layout.column(b), layout.column(into))
      for bar in 0..<count { output[bar] = x[bar] | y[bar] }
    case .andNot(let a, let b, let into):
      let (x, y, output) = (layout.column(a), layout.column(b), layout.column(into))
      for bar in 0..<count { output[bar] = x[bar] & ~y[bar] }
    case .crossings(let above, let below, let place, let rises, let falls):
      let (over, under) = (layout.column(above), layout.column(below))
      let (up, down) = (layout.column(rises), layout.column(falls))
      // The side on which each lane was last seen; neither at first.
      var wasOver = state[place]
      var wasUnder = state[place + 1]
      for bar in 0..<count {
        let isOver = over[bar]
        let isUnder = under[bar]
        up[bar] = isOver & wasUnder
        down[bar] = isUnder & wasOver
        wasOver = (wasOver | isOver) & ~isUnder
        wasUnder = (wasUnder | isUnder) & ~isOver
      }
      state[place] = wasOver
      state[place + 1] = wasUnder
    }
  }

  /// The signals as the lane kernel takes them.
  private func warm(_ bundle: Int) -> SignalPointers {
    let shape = program.shape
    let zeros = layout.column(shape.columnCount)
    guard !shape.roots.isEmpty else {
      return SignalPointers(
        longEntry: zeros, longExit: zeros, shortEntry: zeros, shortExit: zeros)
    }
    var roots = shape.roots.map { $0.map(layout.column) ?? zeros }
    if layout.longestWarmups.base[bundle] + firstPrice > firstBar {
      let isWarm = layout.column(shape.columnCount + 5)
      isWarm.update(repeating: 0, count: count)
      for lane in 0..<bundleWidth {
        let start = layout.warmups.base[bundle * bundleWidth + lane] + firstPrice - firstBar
        if start < count { isWarm[max(0, start)] |= 1 << UInt64(lane) }
      }
      for bar in 1..<max(1, count) { isWarm[bar] |= isWarm[bar - 1] }
      for (index, root) in roots.enumerated() where root != zeros {
        let output = layout.column(shape.columnCount + 1 + index)
        for bar in 0..<count { output[bar] = root[bar] & isWarm[bar] }
        roots[index] = output
      }
    }
    return SignalPointers(
      longEntry: roots[0], longExit: roots[1], shortEntry: roots[2], shortExit: roots[3])
  }
}
