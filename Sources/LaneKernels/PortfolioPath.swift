import CShims
import Kernels

/// The paths of eight portfolios whose returns lie row by row.
enum PortfolioPath {
  /// Folds bars into the sums, every one in the order of bars.
  ///
  /// - Parameters:
  ///   - returns: of the first portfolio.
  ///   - stride: from a portfolio to the next.
  @inline(never)
  static func run(
    _ sums: UnsafeMutablePointer<PortfolioSums>, _ returns: UnsafePointer<Double>, stride: Int,
    count: Int, _ minimumAcceptable: Double
  ) {
    var path = Path(sums)
    let threshold = Vector(repeating: minimumAcceptable)
    var bar = 0
    while bar + laneWidth <= count {
      let r0 = load(returns, 0, stride, bar)
      let r1 = load(returns, 1, stride, bar)
      let r2 = load(returns, 2, stride, bar)
      let r3 = load(returns, 3, stride, bar)
      let r4 = load(returns, 4, stride, bar)
      let r5 = load(returns, 5, stride, bar)
      let r6 = load(returns, 6, stride, bar)
      let r7 = load(returns, 7, stride, bar)
      let a = quads(r0, r1, r2, r3)
      let b = quads(r4, r5, r6, r7)
      path.add(apus_first_halves(a.0, b.0), threshold)
      path.add(apus_first_halves(a.1, b.1), threshold)
      path.add(apus_first_halves(a.2, b.2), threshold)
      path.add(apus_first_halves(a.3, b.3), threshold)
      path.add(apus_last_halves(a.0, b.0), threshold)
      path.add(apus_last_halves(a.1, b.1), threshold)
      path.add(apus_last_halves(a.2, b.2), threshold)
      path.add(apus_last_halves(a.3, b.3), threshold)
      bar += laneWidth
    }
    while bar < count {
      var gain = Vector.zero
      for lane in 0..<laneWidth { gain[lane] = returns[lane &* stride &+ bar] }
      path.add(gain, threshold)
      bar += 1
    }
    path.store(sums)
  }

  @inline(always)
  private static func load(
    _ returns: UnsafePointer<Double>, _ row: Int, _ stride: Int, _ bar: Int
  ) -> Vector {
    apus_load(returns + (row &* stride &+ bar))
  }

  /// Four rows of eight bars as four vectors: each has the four values of a bar, and then those of the fourth bar after it.
  @inline(always)
  private static func quads(_ r0: Vector, _ r1: Vector, _ r2: Vector, _ r3: Vector)
    -> (Vector, Vector, Vector, Vector)
  {
    let (even01, odd01) = (apus_even_places(r0, r1), apus_odd_places(r0, r1))
    let (even23, odd23) = (apus_even_places(r2, r3), apus_odd_places(r2, r3))
    return (
      apus_even_pairs(even01, even23), apus_even_pairs(odd01, odd23),
      apus_odd_pairs(even01, even23), apus_odd_pairs(odd01, odd23)
    )
  }

  /// The sums in local vectors while the loop runs.
  private struct Path {
    private var returns, squares, downside, least, equity, maximum: Vector
    private var drawdown, drawdownSquares, underWater, longest, equities: Vector

    @inline(always)
    init(_ sums: UnsafeMutablePointer<PortfolioSums>) {
      returns = sums.pointee.returns
      squares = sums.pointee.squares
      downside = sums.pointee.downside
      least = sums.pointee.least
      equity = sums.pointee.equity
      maximum = sums.pointee.maximum
      drawdown = sums.pointee.drawdown
      drawdownSquares = sums.pointee.drawdownSquares
      underWater = sums.pointee.underWater
      longest = sums.pointee.longestUnderWater
      equities = sums.pointee.equities
    }

    /// The same operations in the same order as `LaneSummary(returns:)`, so that the two give the same bits.
    @inline(always)
    mutating func add(_ gain: Vector, _ threshold: Vector) {
      let one = Vector(repeating: 1)
      returns += gain
      squares += gain * gain
      let short = gain - threshold
      let shortfall = Vector.zero.replacing(with: short, where: short .< Vector.zero)
      downside += shortfall * shortfall
      least.replace(with: gain, where: gain .< least)
      equity *= one + gain
      equities += equity
      maximum.replace(with: equity, where: equity .> maximum)
      let depth = equity / maximum - one
      drawdown.replace(with: depth, where: depth .< drawdown)
      drawdownSquares += depth * depth
      underWater = Vector.zero.replacing(with: underWater + one, where: equity .< maximum)
      longest.replace(with: underWater, where: underWater .> longest)
    }

    @inline(always)
    func store(_ sums: UnsafeMutablePointer<PortfolioSums>) {
      sums.pointee.returns = returns
      sums.pointee.squares = squares
      sums.pointee.downside = downside
      sums.pointee.least = least
      sums.pointee.equity = equity
      sums.pointee.maximum = maximum
      sums.pointee.drawdown = drawdown
      sums.pointee.drawdownSquares = drawdownSquares
      sums.pointee.underWater = underWater
      sums.pointee.longestUnderWater = longest
      sums.pointee.equities = equities
    }
  }
}
