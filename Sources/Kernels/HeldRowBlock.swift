/// One portfolio over a block of bars: units times rows of prices, and cash.
public struct HeldRowBlock: BitwiseCopyable {
  /// Bars of a pass; rows have a whole number of passes.
  public static let pass = 32

  /// Prices of each symbol held, one a bar.
  public let rows: UnsafePointer<UnsafePointer<Double>>
  /// Units of each.
  public let units: UnsafePointer<Double>
  /// Number of symbols held.
  public let count: Int
  /// Cash after each bar.
  public let cash: UnsafePointer<Double>
  /// What came in at each bar; nil if nothing did.
  public let flowsIn: UnsafePointer<Double>?
  /// What went out at each bar.
  public let flowsOut: UnsafePointer<Double>?
  /// Takes the equity after each bar; the place before it has the equity before the first.
  public let equity: UnsafeMutablePointer<Double>
  /// Takes (equity + out) / (equity before + in) − 1; 0 where the divisor isn't above 0.
  public let returns: UnsafeMutablePointer<Double>
  /// Number of bars, a multiple of `pass`.
  public let bars: Int

  /// A block.
  public init(
    rows: UnsafePointer<UnsafePointer<Double>>, units: UnsafePointer<Double>, count: Int,
    cash: UnsafePointer<Double>, flowsIn: UnsafePointer<Double>?, flowsOut: UnsafePointer<Double>?,
    equity: UnsafeMutablePointer<Double>, returns: UnsafeMutablePointer<Double>, bars: Int
  ) {
    self.rows = rows
    self.units = units
    self.count = count
    self.cash = cash
    self.flowsIn = flowsIn
    self.flowsOut = flowsOut
    self.equity = equity
    self.returns = returns
    self.bars = bars
  }
}
