/// One input of an elementwise function over a block: eight lanes a bar, or one value a bar for all lanes.
public struct BlockOperand: BitwiseCopyable {
  /// Values of eight lanes; nil for a series.
  public let lanes: UnsafePointer<Vector>?
  /// One value a bar; nil for lanes.
  public let series: UnsafePointer<Double>?
  /// Distance between bars in `lanes`: 1, or 0 for a constant.
  public let step: Int

  /// Eight lanes for each bar.
  public init(lanes: UnsafePointer<Vector>) {
    self.lanes = lanes
    series = nil
    step = 1
  }

  /// The same eight values at every bar.
  public init(constant: UnsafePointer<Vector>) {
    lanes = constant
    series = nil
    step = 0
  }

  /// One value for each bar, the same for all lanes.
  public init(series: UnsafePointer<Double>) {
    lanes = nil
    self.series = series
    step = 1
  }
}

// A view: whoever made it keeps the memory alive and unshared while it is used.
extension BlockOperand: @unchecked Sendable {}

/// The loops that are compiled once per instruction set, as values: the engine picks one table and calls through it.
public struct KernelTable: Sendable {
  /// Name of the instruction set, for example `x86-64-v4`.
  public let name: String
  /// The lane kernel over one block; see `LaneKernel.run`.
  public let run:
    @Sendable (
      UnsafeMutablePointer<LaneState>, LaneBlock, LaneRules, Bool, UnsafeMutablePointer<FillLog>?
    ) -> Void
  /// An elementwise function of one input.
  public let unary:
    @Sendable (UnaryOperation, BlockOperand, UnsafeMutablePointer<Vector>, Int) -> Void
  /// An elementwise function of two inputs.
  public let binary:
    @Sendable (
      BinaryOperation, BlockOperand, BlockOperand, UnsafeMutablePointer<Vector>, Int
    ) -> Void
  /// Where the first input is not zero the second, else the third.
  public let select:
    @Sendable (
      BlockOperand, BlockOperand, BlockOperand, UnsafeMutablePointer<Vector>, Int
    ) -> Void
  /// Crossings of two inputs; the state holds the side of the last bar at which they differed.
  public let crosses:
    @Sendable (
      CrossKind, BlockOperand, BlockOperand, UnsafeMutablePointer<Vector>,
      UnsafeMutablePointer<Vector>, Int
    ) -> Void
  /// Crossings of two inputs, upward and downward, in one pass.
  public let crossings:
    @Sendable (
      BlockOperand, BlockOperand, UnsafeMutablePointer<Vector>, UnsafeMutablePointer<Vector>,
      UnsafeMutablePointer<Vector>, Int
    ) -> Void
  /// Bars since the input was last not zero.
  public let barsSince:
    @Sendable (
      BlockOperand, UnsafeMutablePointer<Vector>, UnsafeMutablePointer<Vector>, Int
    ) -> Void
  /// Interleaves eight series into lanes.
  public let interleave:
    @Sendable (UnsafePointer<UnsafePointer<Double>>, UnsafeMutablePointer<Vector>, Int) -> Void
  /// Repeats a series for eight lanes.
  public let broadcast: @Sendable (UnsafePointer<Double>, UnsafeMutablePointer<Vector>, Int) -> Void

  /// A table of loops of one instruction set.
  public init(
    name: String,
    run:
      @escaping @Sendable (
        UnsafeMutablePointer<LaneState>, LaneBlock, LaneRules, Bool, UnsafeMutablePointer<FillLog>?
      ) -> Void,
    unary:
      @escaping @Sendable (
        UnaryOperation, BlockOperand, UnsafeMutablePointer<Vector>, Int
      ) -> Void,
    binary:
      @escaping @Sendable (
        BinaryOperation, BlockOperand, BlockOperand, UnsafeMutablePointer<Vector>, Int
      ) -> Void,
    select:
      @escaping @Sendable (
        BlockOperand, BlockOperand, BlockOperand, UnsafeMutablePointer<Vector>, Int
      ) -> Void,
    crosses:
      @escaping @Sendable (
        CrossKind, BlockOperand, BlockOperand, UnsafeMutablePointer<Vector>,
        UnsafeMutablePointer<Vector>, Int
      ) -> Void,
    crossings:
      @escaping @Sendable (
        BlockOperand, BlockOperand, UnsafeMutablePointer<Vector>, UnsafeMutablePointer<Vector>,
        UnsafeMutablePointer<Vector>, Int
      ) -> Void,
    barsSince:
      @escaping @Sendable (
        BlockOperand, UnsafeMutablePointer<Vector>, UnsafeMutablePointer<Vector>, Int
      ) -> Void,
    interleave:
      @escaping @Sendable (
        UnsafePointer<UnsafePointer<Double>>, UnsafeMutablePointer<Vector>, Int
      ) -> Void,
    broadcast:
      @escaping @Sendable (
        UnsafePointer<Double>, UnsafeMutablePointer<Vector>, Int
      ) -> Void
  ) {
    self.name = name
    self.run = run
    self.unary = unary
    self.binary = binary
    self.select = select
    self.crosses = crosses
    self.crossings = crossings
    self.barsSince = barsSince
    self.interleave = interleave
    self.broadcast = broadcast
  }
}

/// The four signals of eight lanes over a block, one vector a bar.
public struct SignalPointers: BitwiseCopyable {
  /// When to open and close, long and short: 0 or 1.
  public var longEntry, longExit, shortEntry, shortExit: UnsafePointer<Vector>

  /// Signals in memory that the caller keeps.
  public init(
    longEntry: UnsafePointer<Vector>, longExit: UnsafePointer<Vector>,
    shortEntry: UnsafePointer<Vector>, shortExit: UnsafePointer<Vector>
  ) {
    self.longEntry = longEntry
    self.longExit = longExit
    self.shortEntry = shortEntry
    self.shortExit = shortExit
  }

  /// The same signals from a later bar.
  public func advanced(by bars: Int) -> SignalPointers {
    SignalPointers(
      longEntry: longEntry + bars, longExit: longExit + bars, shortEntry: shortEntry + bars,
      shortExit: shortExit + bars)
  }
}

/// A crossing of two series, or its absence at a bar where both are defined.
public struct CrossKind: Hashable, Sendable, BitwiseCopyable {
  /// Whether the first series rises above the second; else it falls below.
  public let isAbove: Bool
  /// Whether the condition holds when there is no crossing.
  public let isNegated: Bool

  /// A kind of crossing.
  public init(isAbove: Bool, isNegated: Bool) {
    self.isAbove = isAbove
    self.isNegated = isNegated
  }
}
