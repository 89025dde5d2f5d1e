/// What is summed up over the returns of eight portfolios, bar after bar.
///
/// Equity begins as 1.
public struct PortfolioSums: BitwiseCopyable, Sendable {
  /// Σ r.
  public var returns = Vector.zero
  /// Σ r².
  public var squares = Vector.zero
  /// Σ min(r − minimum acceptable, 0)².
  public var downside = Vector.zero
  /// Least r.
  public var least = Vector(repeating: .infinity)
  /// Equity after the last bar.
  public var equity = Vector(repeating: 1)
  /// Largest equity so far.
  public var maximum = Vector(repeating: 1)
  /// Least equity / maximum − 1.
  public var drawdown = Vector.zero
  /// Σ (equity / maximum − 1)².
  public var drawdownSquares = Vector.zero
  /// Bars since equity was last at its maximum.
  public var underWater = Vector.zero
  /// Largest `underWater`.
  public var longestUnderWater = Vector.zero
  /// Σ equity.
  public var equities = Vector.zero

  /// Numbers that the fold of a block of returns needs room for.
  public static let roomCount = 128 * laneWidth

  /// No bar yet.
  public init() {}
}

/// A tail of the returns of a portfolio: the worst of them, and what is asked of those.
public struct TailSearch: BitwiseCopyable {
  /// One level: losses of rank 1 are the worst.
  public struct Level: BitwiseCopyable, Sendable {
    /// Rank from below of the return that bounds the tail, from 1.
    public var rank: Int
    /// Number of bars in the tail, which need not be whole.
    public var size: Double

    /// A level.
    public init(rank: Int, size: Double) {
      self.rank = rank
      self.size = size
    }
  }

  /// Levels, by descending rank.
  public let levels: UnsafePointer<Level>
  /// Number of levels, 1 or more.
  public let levelCount: Int
  /// Where the tail is expected to begin: all returns below are looked at.
  public let threshold: Double
  /// How far the threshold is raised if there are too few; above 0.
  public let step: Double

  /// A search.
  public init(
    levels: UnsafePointer<Level>, levelCount: Int, threshold: Double, step: Double
  ) {
    self.levels = levels
    self.levelCount = levelCount
    self.threshold = threshold
    self.step = step
  }
}
