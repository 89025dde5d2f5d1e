/// Values and their squares: means and deviations.
struct SpreadTerms: WindowTerms {
  private var values = SIMD2<Double>()
  private var squares = SIMD2<Double>()

  static var count: Int { 2 }
  static var isTimed: Bool { false }

  init() {}

  @inline(always) init(ahead: Self, behind: Self) {
    values = SIMD2(ahead.values[0], behind.values[1])
    squares = SIMD2(ahead.squares[0], behind.squares[1])
  }

  @inline(always)
  mutating func add(_ x: SIMD2<Double>, _ y: SIMD2<Double>, at distance: SIMD2<Double>) {
    values += x
    squares += x * x
  }

  @inline(always)
  func store(ahead: UnsafeMutablePointer<Double>, behind: UnsafeMutablePointer<Double>) {
    write(values, 0, ahead, behind)
    write(squares, 1, ahead, behind)
  }
}

/// Values and their products with time: weighted means and slopes.
struct TrendTerms: WindowTerms {
  private var values = SIMD2<Double>()
  private var moments = SIMD2<Double>()

  static var count: Int { 2 }
  static var isTimed: Bool { true }

  init() {}

  @inline(always) init(ahead: Self, behind: Self) {
    values = SIMD2(ahead.values[0], behind.values[1])
    moments = SIMD2(ahead.moments[0], behind.moments[1])
  }

  @inline(always)
  mutating func add(_ x: SIMD2<Double>, _ y: SIMD2<Double>, at distance: SIMD2<Double>) {
    values += x
    moments += x * distance
  }

  @inline(always)
  func store(ahead: UnsafeMutablePointer<Double>, behind: UnsafeMutablePointer<Double>) {
    write(values, 0, ahead, behind)
    write(moments, 1, ahead, behind)
  }
}

/// Values, squares and products of two series: correlation.
struct ProductTerms: WindowTerms {
  private var x = SIMD2<Double>()
  private var y = SIMD2<Double>()
  private var xx = SIMD2<Double>()
  private var yy = SIMD2<Double>()
  private var xy = SIMD2<Double>()

  static var count: Int { 5 }
  static var isTimed: Bool { false }

  init() {}

  @inline(always) init(ahead: Self, behind: Self) {
    x = SIMD2(ahead.x[0], behind.x[1])
    y = SIMD2(ahead.y[0], behind.y[1])
    xx = SIMD2(ahead.xx[0], behind.xx[1])
    yy = SIMD2(ahead.yy[0], behind.yy[1])
    xy = SIMD2(ahead.xy[0], behind.xy[1])
  }

  @inline(always)
  mutating func add(_ a: SIMD2<Double>, _ b: SIMD2<Double>, at distance: SIMD2<Double>) {
    x += a
    y += b
    xx += a * a
    yy += b * b
    xy += a * b
  }

  @inline(always)
  func store(ahead: UnsafeMutablePointer<Double>, behind: UnsafeMutablePointer<Double>) {
    write(x, 0, ahead, behind)
    write(y, 1, ahead, behind)
    write(xx, 2, ahead, behind)
    write(yy, 3, ahead, behind)
    write(xy, 4, ahead, behind)
  }
}

/// Writes the two lanes of a sum to the places of its two columns.
@inline(always)
private func write(
  _ sum: SIMD2<Double>, _ index: Int, _ ahead: UnsafeMutablePointer<Double>,
  _ behind: UnsafeMutablePointer<Double>
) {
  ahead[2 * index * fullWindowBars] = sum[0]
  behind[2 * index * fullWindowBars] = sum[1]
}

extension WindowSums where Terms == SpreadTerms {
  /// Mean of the windows less the anchors' values.
  @inline(always) func shift<L: Lane>(length: Int, at bar: Int) -> L {
    let sum: L = sum(0, at: bar)
    return sum * L(repeating: 1 / Double(length))
  }

  /// Standard deviation of the windows for a divisor.
  @inline(always) func deviation<L: Lane>(length: Int, divisor: Int, at bar: Int) -> L {
    let sum: L = sum(0, at: bar)
    let squares: L = self.sum(1, at: bar)
    let rest = squares - sum * sum * L(repeating: 1 / Double(length))
    // Should rounding leave less than nothing, it is nothing; NaN stays.
    return (L.larger(L(repeating: 0), rest) * L(repeating: 1 / Double(divisor))).squareRoot()
  }
}
