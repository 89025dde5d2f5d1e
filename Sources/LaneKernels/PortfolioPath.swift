import CShims
import Kernels

/// The paths of eight portfolios whose returns lie row by row.
enum PortfolioPath {
  /// Bars that are turned at a time.
  private static let pass = PortfolioSums.roomCount / laneWidth

  /// Folds bars into the sums, every one in the order of bars.
  ///
  /// - Parameters:
  ///   - returns: of the first portfolio.
  ///   - stride: from a portfolio to the next.
  ///   - room: `PortfolioSums.roomCount` numbers of any value.
  @inline(never)
  static func run(
    _ sums: UnsafeMutablePointer<PortfolioSums>, _ returns: UnsafePointer<Double>, stride: Int,
    count: Int, _ minimumAcceptable: Double, _ room: UnsafeMutablePointer<Double>
  ) {
    var path = Path(sums)
    let threshold = Vector(repeating: minimumAcceptable)
    var begin = 0
    while begin < count {
      let bars = count &- begin < pass ? count &- begin : pass
      // In memory, as rows and sums together are more than there are registers.
      turn(returns + begin, stride, bars, room)
      var bar = 0
      while bar < bars {
        path.add(apus_load(room + bar &* laneWidth), threshold)
        bar &+= 1
      }
      begin &+= bars
    }
    path.store(sums)
  }

  /// Rows of bars as bars of eight rows.
  @inline(always)
  private static func turn(
    _ rows: UnsafePointer<Double>, _ stride: Int, _ bars: Int,
    _ turned: UnsafeMutablePointer<Double>
  ) {
    var bar = 0
    while bar &+ laneWidth <= bars {
      quads(rows + bar, stride, turned + bar &* laneWidth)
      quads(rows + (bar &+ 4), stride, turned + (bar &+ 4) &* laneWidth)
      bar &+= laneWidth
    }
    while bar < bars {
      for lane in 0..<laneWidth {
        turned[bar &* laneWidth &+ lane] = rows[lane &* stride &+ bar]
      }
      bar &+= 1
    }
  }

  /// Four bars of eight rows.
  @inline(always)
  private static func quads(
    _ rows: UnsafePointer<Double>, _ stride: Int, _ turned: UnsafeMutablePointer<Double>
  ) {
    let far = 4 &* stride
    let r0 = apus_load_halves(rows, rows + far)
    let r1 = apus_load_halves(rows + stride, rows + (stride &+ far))
    let r2 = apus_load_halves(rows + 2 &* stride, rows + (2 &* stride &+ far))
    let r3 = apus_load_halves(rows + 3 &* stride, rows + (3 &* stride &+ far))
    let (even01, odd01) = (apus_even_places(r0, r1), apus_odd_places(r0, r1))
    let (even23, odd23) = (apus_even_places(r2, r3), apus_odd_places(r2, r3))
    store(apus_even_pairs(even01, even23), turned)
    store(apus_even_pairs(odd01, odd23), turned + laneWidth)
    store(apus_odd_pairs(even01, even23), turned + 2 &* laneWidth)
    store(apus_odd_pairs(odd01, odd23), turned + 3 &* laneWidth)
  }

  @inline(always)
  private static func store(_ values: Vector, _ place: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(place).storeBytes(of: values, as: Vector.self)
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
