import Metrics

/// The running sums over a path of equity, for one account: `PathSums` of the vector kernel, one lane wide.
///
/// The operations and their order are the kernel's, so that equal equities give equal bits. Bars are folded in some at a
/// time, with all sums in registers.
struct LedgerPath: Sendable {
  private static let most = 32

  /// Return per bar below which the downside counts.
  var minimumAcceptable = 0.0
  /// Returns of every bar up to the last fold, if they are asked for.
  private var series: [Double]?

  // Bars that are not folded in yet.
  private var count = 0
  private var growths = SIMD32<Double>.zero
  private var equities = SIMD32<Double>.zero

  private var returns = 0.0
  private var squares = 0.0
  private var depth = 1.0
  private var worstDepth = 1.0
  private var downside = 0.0
  private var depthSquares = 0.0
  private var underWater = 0
  private var longest = 0
  private var sumEquity = 0.0
  private var product = 1.0

  /// - Parameters:
  ///   - minimumAcceptable: return per bar below which the downside counts.
  ///   - keepsReturns: whether the return of every bar is kept.
  init(minimumAcceptable: Double, keepsReturns: Bool) {
    self.minimumAcceptable = minimumAcceptable
    if keepsReturns { series = [] }
  }

  /// Takes a bar's growth, one plus its return, and the equity after it.
  @inline(__always)
  mutating func add(_ growth: Double, equity: Double) {
    let place = count * MemoryLayout<Double>.size
    // A subscript of so wide a vector is a loop.
    withUnsafeMutableBytes(of: &growths) {
      $0.storeBytes(of: growth, toByteOffset: place, as: Double.self)
    }
    withUnsafeMutableBytes(of: &equities) {
      $0.storeBytes(of: equity, toByteOffset: place, as: Double.self)
    }
    count += 1
    if count == Self.most { fold() }
  }

  @inline(never)
  private mutating func fold() {
    var (returns, squares, downside) = (returns, squares, downside)
    var (depth, worstDepth, depthSquares) = (depth, worstDepth, depthSquares)
    var (underWater, longest, sumEquity, product) = (underWater, longest, sumEquity, product)
    withUnsafeBytes(of: &equities) { equities in
      withUnsafeBytes(of: &growths) { growths in
        for bar in 0..<count {
          let place = bar * MemoryLayout<Double>.size
          let growth = growths.load(fromByteOffset: place, as: Double.self)
          let gain = growth - 1
          returns += gain
          squares += gain * gain
          let deeper = depth * growth
          depth = deeper < 1 ? deeper : 1
          worstDepth = depth < worstDepth ? depth : worstDepth
          // Its sign as a mask, since a branch would be guessed wrong at every other bar.
          let short = (gain - minimumAcceptable).bitPattern
          let isShort = UInt64(bitPattern: Int64(bitPattern: short) >> 63)
          let shortfall = Double(bitPattern: short & isShort)
          downside += shortfall * shortfall
          let down = 1 - depth
          let square = down * down
          depthSquares += square
          // A drawdown counts as one if its square can be told from 0 beside 1, as in the kernel.
          underWater = 1 - square < 1 ? underWater + 1 : 0
          longest = max(longest, underWater)
          sumEquity += equities.load(fromByteOffset: place, as: Double.self)
          product *= growth
          if series != nil { series?.append(gain) }
        }
      }
    }
    (self.returns, self.squares, self.downside) = (returns, squares, downside)
    (self.depth, self.worstDepth, self.depthSquares) = (depth, worstDepth, depthSquares)
    (self.underWater, self.longest) = (underWater, longest)
    (self.sumEquity, self.product) = (sumEquity, product)
    count = 0
  }

  /// Product of growths.
  var growth: Double {
    var path = self
    path.fold()
    return path.product
  }

  /// Writes the sums.
  func complete(_ summary: inout LaneSummary) {
    var path = self
    path.fold()
    summary.sumReturns = path.returns
    summary.sumSquaredReturns = path.squares
    summary.sumSquaredDownside = path.downside
    summary.maxDrawdown = path.worstDepth - 1
    summary.sumSquaredDrawdowns = path.depthSquares
    summary.longestDrawdownBars = path.longest
    summary.sumEquity = path.sumEquity
    summary.returns = path.series
  }
}
