/// Eight series of returns, and samples of their bars.
public struct DrawnRowBlock: BitwiseCopyable {
  /// Figures of a sample: Σ r, Σ r², growth; then Σ min(r − acceptable, 0)², the deepest drawdown, Σ drawdown², the longest
  /// drawdown in bars, Σ growth.
  public static let figures = 8

  /// `[bars, 8]`: a bar of all series together.
  public let returns: UnsafePointer<Double>
  /// `[samples, count]`: which bars, in order.
  public let draws: UnsafePointer<Int32>
  /// Number of samples.
  public let samples: Int
  /// Bars of a sample.
  public let count: Int
  /// Return below which there is a shortfall.
  public let acceptable: Double
  /// Whether all figures are wanted; else the first three.
  public let isWhole: Bool
  /// Takes `[samples, figures]` vectors.
  public let sums: UnsafeMutablePointer<Vector>

  /// A block.
  public init(
    returns: UnsafePointer<Double>, draws: UnsafePointer<Int32>, samples: Int, count: Int,
    acceptable: Double, isWhole: Bool, sums: UnsafeMutablePointer<Vector>
  ) {
    self.returns = returns
    self.draws = draws
    self.samples = samples
    self.count = count
    self.acceptable = acceptable
    self.isWhole = isWhole
    self.sums = sums
  }
}
