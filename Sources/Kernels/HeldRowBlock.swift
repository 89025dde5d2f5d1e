/// One portfolio over a block of bars: units times rows of prices, and cash.
///
/// All rows have `width` places.
public struct HeldRowBlock: BitwiseCopyable {
  /// Bars of a block.
  public static let width = 128
  /// Bars that `KernelTable.rowSums` adds up at a time.
  public static let pass = 4 * laneWidth

  /// A stretch of a row that is written before rows are summed: units times prices.
  public struct Piece: BitwiseCopyable {
    /// Prices at each bar of the block.
    public let prices: UnsafePointer<Double>
    /// Units; without any the row is 0, whatever prices are.
    public let units: Double
    /// Which row of `written`.
    public let row: Int32
    /// The first bar.
    public let from: Int32
    /// The bar after the last; the row's next piece begins with it, or the block has ended.
    public let to: Int32

    /// A piece.
    public init(
      prices: UnsafePointer<Double>, units: Double, row: Int32, from: Int32, to: Int32
    ) {
      self.prices = prices
      self.units = units
      self.row = row
      self.from = from
      self.to = to
    }
  }

  /// Pieces, those of a row in the order of bars.
  public let pieces: UnsafePointer<Piece>
  /// Number of pieces.
  public let pieceCount: Int
  /// Rows that pieces are written to, the first of them cash after each bar.
  public let written: UnsafeMutablePointer<Double>
  /// Prices of each symbol held, or one of `written`.
  public let rows: UnsafePointer<UnsafePointer<Double>>
  /// Units of each.
  public let units: UnsafePointer<Double>
  /// Number of symbols held.
  public let count: Int
  /// What came in at each bar; nil if nothing did.
  public let flowsIn: UnsafePointer<Double>?
  /// What went out at each bar.
  public let flowsOut: UnsafePointer<Double>?
  /// Takes the equity after each bar; the place before it has the equity before the first.
  public let equity: UnsafeMutablePointer<Double>
  /// Takes (equity + out) / (equity before + in) − 1; 0 where the divisor isn't above 0.
  public let returns: UnsafeMutablePointer<Double>

  /// A block.
  public init(
    pieces: UnsafePointer<Piece>, pieceCount: Int, written: UnsafeMutablePointer<Double>,
    rows: UnsafePointer<UnsafePointer<Double>>, units: UnsafePointer<Double>, count: Int,
    flowsIn: UnsafePointer<Double>?, flowsOut: UnsafePointer<Double>?,
    equity: UnsafeMutablePointer<Double>, returns: UnsafeMutablePointer<Double>
  ) {
    self.pieces = pieces
    self.pieceCount = pieceCount
    self.written = written
    self.rows = rows
    self.units = units
    self.count = count
    self.flowsIn = flowsIn
    self.flowsOut = flowsOut
    self.equity = equity
    self.returns = returns
  }
}
