/// A symbol that a portfolio holds.
public struct HeldRow: BitwiseCopyable {
  /// Units, never 0.
  public var units: Double
  /// Its row among the prices.
  public var symbol: Int32
  /// Its place among the portfolio's symbols: rows are kept, and summed, in the order of places.
  public var slot: Int32

  /// A symbol held.
  public init(units: Double = 0, symbol: Int32 = 0, slot: Int32 = 0) {
    self.units = units
    self.symbol = symbol
    self.slot = slot
  }
}

/// One portfolio over a stretch of bars of a block, in which nothing is bought or sold: units times prices, and cash.
///
/// All rows have `width` places, of which the stretch takes some.
public struct HeldRowBlock: BitwiseCopyable {
  /// Bars of a block.
  public static let width = 128
  /// Bars that `KernelTable.rowSums` adds up at a time.
  public static let pass = 4 * laneWidth

  /// What is held.
  public let rows: UnsafePointer<HeldRow>
  /// Number of symbols held.
  public let count: Int
  /// Prices of all symbols: `[symbols][width]`.
  public let prices: UnsafePointer<Double>
  /// What one unit of cash is worth at each bar.
  public let rates: UnsafePointer<Double>
  /// Units of cash.
  public let cash: Double
  /// The first bar of the stretch.
  public let from: Int
  /// The bar after its last.
  public let to: Int
  /// Takes the equity after each bar.
  ///
  /// Up to seven bars after the stretch are overwritten.
  public let equity: UnsafeMutablePointer<Double>

  /// A stretch.
  public init(
    rows: UnsafePointer<HeldRow>, count: Int, prices: UnsafePointer<Double>,
    rates: UnsafePointer<Double>, cash: Double, from: Int, to: Int,
    equity: UnsafeMutablePointer<Double>
  ) {
    self.rows = rows
    self.count = count
    self.prices = prices
    self.rates = rates
    self.cash = cash
    self.from = from
    self.to = to
    self.equity = equity
  }
}
