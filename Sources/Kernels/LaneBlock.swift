/// One block of bars of one symbol, as the lane kernel reads it.
///
/// Index 0 is the block's first bar.
public struct LaneBlock: BitwiseCopyable {
  /// Number of bars.
  public var count = 0
  /// Index of the first bar in the run.
  public var firstBar = 0
  /// Whether every price of the series is positive, and none so small that quantities overflow.
  public var isOrdinary = false
  /// Whether every bar of the block can fill.
  public var isGapless = false
  /// Prices, derived columns and what can fill.
  public var prices: PricePointers
  /// Signals of a bundle for each bar.
  public var signals: SignalPointers
  /// Where the returns of each bar of the first vector go, or nil.
  public var returns: UnsafeMutablePointer<Vector>?
  /// Distance from there to the returns of the next vector.
  public var returnsStride = 0
  /// Room for `LaneBlock.workWords` words.
  public var work: UnsafeMutablePointer<UInt64>

  /// Words that the kernel needs while it runs a block: held, entered, left, a list of bars, and a summary by groups.
  public static let workWords = 5 * laneBlockBars

  /// A block over columns that the caller owns.
  public init(
    prices: PricePointers, signals: SignalPointers, work: UnsafeMutablePointer<UInt64>
  ) {
    self.prices = prices
    self.signals = signals
    self.work = work
  }
}

/// The columns of one symbol from some bar on, one value a bar.
///
/// Whoever made them owns the memory. The bar before the first can be read.
public struct PricePointers: BitwiseCopyable {
  /// Prices, NaN where missing.
  ///
  /// In a bar that can fill, high and low enclose open and close.
  public var open, high, low, close: UnsafePointer<Double>
  /// Last known close.
  public var mark: UnsafePointer<Double>
  /// 1 where orders can fill, else 0.
  public var fillable: UnsafePointer<Double>
  /// Growth of a position held through the bar: mark over the mark before.
  public var held: UnsafePointer<Double>
  /// `held` less one.
  public var heldGain: UnsafePointer<Double>
  /// The square of that.
  public var heldSquare: UnsafePointer<Double>
  /// Growth of an account that buys in the bar: mark over the cost of a unit.
  public var entered: UnsafePointer<Double>
  /// Growth of a position sold in the bar: proceeds of a unit over the mark before.
  public var left: UnsafePointer<Double>
  /// Units bought with one unit of money, costs included.
  public var unitsPerCash: UnsafePointer<Double>
  /// Proceeds of a unit, costs deducted.
  public var cashPerUnit: UnsafePointer<Double>

  /// Columns that the caller owns.
  public init(
    open: UnsafePointer<Double>, high: UnsafePointer<Double>, low: UnsafePointer<Double>,
    close: UnsafePointer<Double>, mark: UnsafePointer<Double>, fillable: UnsafePointer<Double>,
    held: UnsafePointer<Double>, heldGain: UnsafePointer<Double>,
    heldSquare: UnsafePointer<Double>, entered: UnsafePointer<Double>,
    left: UnsafePointer<Double>,
    unitsPerCash: UnsafePointer<Double>, cashPerUnit: UnsafePointer<Double>
  ) {
    self.open = open
    self.high = high
    self.low = low
    self.close = close
    self.mark = mark
    self.fillable = fillable
    self.held = held
    self.heldGain = heldGain
    self.heldSquare = heldSquare
    self.entered = entered
    self.left = left
    self.unitsPerCash = unitsPerCash
    self.cashPerUnit = cashPerUnit
  }

  /// The same columns from a later bar.
  public func advanced(by bars: Int) -> PricePointers {
    PricePointers(
      open: open + bars, high: high + bars, low: low + bars, close: close + bars,
      mark: mark + bars, fillable: fillable + bars, held: held + bars,
      heldGain: heldGain + bars, heldSquare: heldSquare + bars, entered: entered + bars,
      left: left + bars, unitsPerCash: unitsPerCash + bars, cashPerUnit: cashPerUnit + bars)
  }
}

/// The four signals of a bundle over a block, one word a bar; bit `8 v + l` is lane `l` of vector `v`.
public struct SignalPointers: BitwiseCopyable {
  /// When to open and close, long and short.
  public var longEntry, longExit, shortEntry, shortExit: UnsafePointer<UInt64>

  /// Signals in memory that the caller keeps.
  public init(
    longEntry: UnsafePointer<UInt64>, longExit: UnsafePointer<UInt64>,
    shortEntry: UnsafePointer<UInt64>, shortExit: UnsafePointer<UInt64>
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
