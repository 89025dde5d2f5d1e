import Metrics

/// The running sums over a path of equity, for one account: `PathSums` of the vector kernel, one lane wide.
///
/// The operations and their order are the kernel's, so that equal equities give equal bits.
struct LedgerPath: Sendable {
  /// Return per bar below which the downside counts.
  var minimumAcceptable = 0.0
  /// Returns of every bar, if they are asked for.
  var series: [Double]?

  private var returns = 0.0
  private var squares = 0.0
  private var depth = 1.0
  private var worstDepth = 1.0
  private var downside = 0.0
  private var depthSquares = 0.0
  private var underWater = 0
  private var longest = 0
  private var equities = 0.0
  /// Product of growths.
  private(set) var product = 1.0

  /// Folds a bar's growth, one plus its return, and the equity after it into the sums.
  @inline(__always)
  mutating func add(_ growth: Double, equity: Double) {
    let gain = growth - 1
    returns += gain
    squares += gain * gain
    // Two at once, since a branch would be guessed wrong in every other bar.
    let now = SIMD2(depth * growth, gain - minimumAcceptable)
    let most = SIMD2(1.0, 0.0)
    let least = most.replacing(with: now, where: now .< most)
    depth = least[0]
    worstDepth = depth < worstDepth ? depth : worstDepth
    downside += least[1] * least[1]
    let down = 1 - depth
    let square = down * down
    depthSquares += square
    // A drawdown counts as one if its square can be told from 0 beside 1, as in the kernel.
    underWater = 1 - square < 1 ? underWater + 1 : 0
    if underWater > longest { longest = underWater }
    equities += equity
    product *= growth
    if series != nil { series?.append(gain) }
  }

  /// Writes the sums.
  func complete(_ summary: inout LaneSummary) {
    summary.sumReturns = returns
    summary.sumSquaredReturns = squares
    summary.sumSquaredDownside = downside
    summary.maxDrawdown = worstDepth - 1
    summary.sumSquaredDrawdowns = depthSquares
    summary.longestDrawdownBars = longest
    summary.sumEquity = equities
    summary.returns = series
  }
}
