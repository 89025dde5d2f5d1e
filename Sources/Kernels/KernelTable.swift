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
  /// The lane kernel over one block of a bundle; see `LaneKernel.run`.
  public let run:
    @Sendable (
      UnsafeMutablePointer<LaneState>, Int, LaneBlock, LaneRules, Bool,
      UnsafeMutablePointer<FillLog>?
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
  /// Bars since the input was last not zero.
  public let barsSince:
    @Sendable (
      BlockOperand, UnsafeMutablePointer<Vector>, UnsafeMutablePointer<Vector>, Int
    ) -> Void
  /// A comparison of two inputs, as bits.
  public let compare:
    @Sendable (
      BitComparison, BlockOperand, BlockOperand, UnsafeMutablePointer<UInt8>, Int
    ) -> Void
  /// Where the first input is above the second, and where below, as bits.
  public let order:
    @Sendable (
      BlockOperand, BlockOperand, UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt8>, Int
    ) -> Void
  /// The bytes of eight vectors side by side, as the words of a bundle; see `ConditionBits.words`.
  public let words:
    @Sendable (UnsafePointer<UnsafePointer<UInt8>>, UnsafeMutablePointer<UInt64>, Int) -> Void
  /// Interleaves eight series into lanes.
  public let interleave:
    @Sendable (UnsafePointer<UnsafePointer<Double>>, UnsafeMutablePointer<Vector>, Int) -> Void
  /// Σ |w| · |value − held · ratio| over vectors of weights and ratios.
  public let weightDistance:
    @Sendable (UnsafePointer<Vector>, UnsafePointer<Vector>, Int, Double, Double) -> Double
  /// The same, and its derivative by the value.
  public let weightSlope:
    @Sendable (UnsafePointer<Vector>, UnsafePointer<Vector>, Int, Double, Double) -> (
      sum: Double, slope: Double
    )
  /// Eight portfolios between two rebalances: state, products of weights and growths, their distance from lane to
  /// lane, number of bars, equity after the rebalance, its share in cash, minimum acceptable return.
  public let heldBars:
    @Sendable (
      UnsafeMutablePointer<LaneState>, UnsafePointer<Double>, Int, Int, UnsafePointer<Vector>,
      UnsafePointer<Vector>, Double
    ) -> Void
  /// The paths of eight portfolios: sums, returns of the first, their distance from portfolio to portfolio, number of
  /// bars, minimum acceptable return, room for `PortfolioSums.roomCount` numbers.
  public let portfolioPath:
    @Sendable (
      UnsafeMutablePointer<PortfolioSums>, UnsafePointer<Double>, Int, Int, Double,
      UnsafeMutablePointer<Double>
    ) -> Void
  /// The lower tail of a row: values, how many, the search, room for three times eight more than them, two figures a level.
  public let rowTail:
    @Sendable (
      UnsafePointer<Double>, Int, TailSearch, UnsafeMutablePointer<Double>,
      UnsafeMutablePointer<Double>
    ) -> Bool

  /// What one portfolio is worth after the bars of a block, and its returns.
  public let heldRows: @Sendable (HeldRowBlock) -> Void
  /// Returns of a portfolio over a block, (equity + out) / (equity before + in) − 1, or 0 where the divisor isn't above 0:
  /// equity after each of `HeldRowBlock.width` bars, with that before the first a place before; what came in, and out, or nil
  /// if nothing did; the returns.
  public let heldReturns:
    @Sendable (
      UnsafePointer<Double>, UnsafePointer<Double>?, UnsafePointer<Double>?,
      UnsafeMutablePointer<Double>
    ) -> Void
  /// Units times rows over `HeldRowBlock.pass` bars: rows, units, how many, the sums.
  public let rowSums:
    @Sendable (
      UnsafePointer<UnsafePointer<Double>>, UnsafePointer<Double>, Int,
      UnsafeMutablePointer<Double>
    ) -> Void
  /// Sums of eight series over drawn bars.
  public let drawnRows: @Sendable (DrawnRowBlock) -> Void

  /// A table of loops of one instruction set.
  public init(
    name: String,
    run:
      @escaping @Sendable (
        UnsafeMutablePointer<LaneState>, Int, LaneBlock, LaneRules, Bool,
        UnsafeMutablePointer<FillLog>?
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
    barsSince:
      @escaping @Sendable (
        BlockOperand, UnsafeMutablePointer<Vector>, UnsafeMutablePointer<Vector>, Int
      ) -> Void,
    compare:
      @escaping @Sendable (
        BitComparison, BlockOperand, BlockOperand, UnsafeMutablePointer<UInt8>, Int
      ) -> Void,
    order:
      @escaping @Sendable (
        BlockOperand, BlockOperand, UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt8>, Int
      ) -> Void,
    words:
      @escaping @Sendable (
        UnsafePointer<UnsafePointer<UInt8>>, UnsafeMutablePointer<UInt64>, Int
      ) -> Void,
    interleave:
      @escaping @Sendable (
        UnsafePointer<UnsafePointer<Double>>, UnsafeMutablePointer<Vector>, Int
      ) -> Void,
    weightDistance:
      @escaping @Sendable (
        UnsafePointer<Vector>, UnsafePointer<Vector>, Int, Double, Double
      ) -> Double,
    weightSlope:
      @escaping @Sendable (
        UnsafePointer<Vector>, UnsafePointer<Vector>, Int, Double, Double
      ) -> (sum: Double, slope: Double),
    heldBars:
      @escaping @Sendable (
        UnsafeMutablePointer<LaneState>, UnsafePointer<Double>, Int, Int, UnsafePointer<Vector>,
        UnsafePointer<Vector>, Double
      ) -> Void,
    portfolioPath:
      @escaping @Sendable (
        UnsafeMutablePointer<PortfolioSums>, UnsafePointer<Double>, Int, Int, Double,
        UnsafeMutablePointer<Double>
      ) -> Void,
    rowTail:
      @escaping @Sendable (
        UnsafePointer<Double>, Int, TailSearch, UnsafeMutablePointer<Double>,
        UnsafeMutablePointer<Double>
      ) -> Bool,
    heldRows: @escaping @Sendable (HeldRowBlock) -> Void,
    heldReturns:
      @escaping @Sendable (
        UnsafePointer<Double>, UnsafePointer<Double>?, UnsafePointer<Double>?,
        UnsafeMutablePointer<Double>
      ) -> Void,
    rowSums:
      @escaping @Sendable (
        UnsafePointer<UnsafePointer<Double>>, UnsafePointer<Double>, Int,
        UnsafeMutablePointer<Double>
      ) -> Void,
    drawnRows: @escaping @Sendable (DrawnRowBlock) -> Void
  ) {
    self.name = name
    self.run = run
    self.unary = unary
    self.binary = binary
    self.select = select
    self.crosses = crosses
    self.barsSince = barsSince
    self.compare = compare
    self.order = order
    self.words = words
    self.interleave = interleave
    self.weightDistance = weightDistance
    self.weightSlope = weightSlope
    self.heldBars = heldBars
    self.portfolioPath = portfolioPath
    self.rowTail = rowTail
    self.heldRows = heldRows
    self.heldReturns = heldReturns
    self.rowSums = rowSums
    self.drawnRows = drawnRows
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

/// A comparison that gives bits; false where either side is NaN.
public enum BitComparison: Sendable, BitwiseCopyable {
  case less, lessOrEqual, greater, greaterOrEqual, equal, notEqual
  /// Neither side is NaN.
  case areDefined

  /// The comparison of an operation on numbers; nil for other operations.
  public init?(_ operation: BinaryOperation) {
    switch operation {
    case .less: self = .less
    case .lessOrEqual: self = .lessOrEqual
    case .greater: self = .greater
    case .greaterOrEqual: self = .greaterOrEqual
    case .equal: self = .equal
    case .notEqual: self = .notEqual
    default: return nil
    }
  }
}
