extension PhiloxStream {
  /// The two standard normal numbers of a block, by the method of Box and Muller: "the normal numbers" of a path's steps.
  ///
  /// Of a path `stream`, `symbol` has at steps `2k` and `2k + 1` the two of block `(draw 0, step k)`. Words 0 and 1 give the
  /// radius √(−2 ln u), words 2 and 3 an angle in (−π/4, π/4), evenly spaced by 2⁻⁵²; bit 0 of word 2 negates the cosine,
  /// bit 1 exchanges sine and cosine. Numbers reach ±8.6. The vector loops of Monte Carlo give the same bits.
  ///
  /// - Source: Box and Muller, *A Note on the Generation of Random Normal Deviates* (1958).
  public func normalPair(step: UInt32, draw: UInt32 = 0) -> SIMD2<Double> {
    let bits = block(step: step, draw: draw)
    let u = uniforms(step: step, draw: draw)
    let radius = (-2 * NormalSeries.logarithm(u[0])).squareRoot()
    let angle = u[1] - 0.5
    let z = angle * angle
    let cosine = NormalSeries.cosine.reversed().reduce(0) { $0 * z + $1 }
    let sine = angle * NormalSeries.sine.reversed().reduce(0) { $0 * z + $1 }
    let x = (bits[2] & 1 == 0 ? radius : -radius) * cosine
    let y = radius * sine
    return bits[2] & 2 == 0 ? SIMD2(x, y) : SIMD2(y, x)
  }

  /// The standard normal number of a step of this path.
  public func normal(step: UInt32) -> Double { normalPair(step: step / 2)[Int(step % 2)] }
}

/// Coefficients of the functions that make normal numbers, by interpolation at the zeros of Chebyshev polynomials.
///
/// Errors before rounding: logarithm 5e-18 of it, sine 4e-18 of it, cosine 2e-16.
package enum NormalSeries {
  // (2 atanh(s)/s − 2)/s² by powers of s², for |s| up to (√2 − 1)/(√2 + 1).
  @inlinable @inline(always) package static var log0: Double { 0.66666666666666696883 }
  @inlinable @inline(always) package static var log1: Double { 0.39999999999899443233 }
  @inlinable @inline(always) package static var log2: Double { 0.28571428626003268742 }
  @inlinable @inline(always) package static var log3: Double { 0.22222211130259877029 }
  @inlinable @inline(always) package static var log4: Double { 0.18182889455674946039 }
  @inlinable @inline(always) package static var log5: Double { 0.15331710618210771568 }
  @inlinable @inline(always) package static var log6: Double { 0.14616585424888621989 }

  // sin(π/2 · x)/x by powers of x², for |x| up to ½.
  @inlinable @inline(always) package static var sine0: Double { 1.5707963267948966143 }
  @inlinable @inline(always) package static var sine1: Double { -0.64596409750624431573 }
  @inlinable @inline(always) package static var sine2: Double { 0.079692626246043003134 }
  @inlinable @inline(always) package static var sine3: Double { -0.0046817541323409759917 }
  @inlinable @inline(always) package static var sine4: Double { 0.00016044115074219091052 }
  @inlinable @inline(always) package static var sine5: Double { -3.598643352982309702e-6 }
  @inlinable @inline(always) package static var sine6: Double { 5.6339337815378539538e-8 }

  // cos(π/2 · x) by powers of x², without the 1 at its head.
  @inlinable @inline(always) package static var cosine1: Double { -1.2337005501361690719 }
  @inlinable @inline(always) package static var cosine2: Double { 0.25366950790083042355 }
  @inlinable @inline(always) package static var cosine3: Double { -0.020863480753196879157 }
  @inlinable @inline(always) package static var cosine4: Double { 0.00091926010144262493882 }
  @inlinable @inline(always) package static var cosine5: Double { -0.000025200703761965412984 }
  @inlinable @inline(always) package static var cosine6: Double { 4.663205388690343464e-7 }

  // ln 2 in two parts, the first with zeros behind, so that an exponent times it is exact.
  @inlinable @inline(always) package static var ln2High: Double { 6.93147180369123816490e-01 }
  @inlinable @inline(always) package static var ln2Low: Double { 1.90821492927058770002e-10 }

  /// Bits of √½, rounded.
  @inlinable @inline(always) package static var rootHalf: UInt64 { 0x3fe6_a09e_667f_3bcd }
  /// Bits of 1 less those of √½.
  @inlinable @inline(always) package static var oneLessRootHalf: UInt64 {
    0x3ff0_0000_0000_0000 - rootHalf
  }

  static let sine = [sine0, sine1, sine2, sine3, sine4, sine5, sine6]
  static let cosine = [1, cosine1, cosine2, cosine3, cosine4, cosine5, cosine6]
  private static let log = [log0, log1, log2, log3, log4, log5, log6]

  /// Natural logarithm of a normal number above 0.
  package static func logarithm(_ x: Double) -> Double {
    let shifted = x.bitPattern &+ oneLessRootHalf
    let power = Double(Int(shifted >> 52) - 1023)
    let f = Double(bitPattern: (shifted & 0x000f_ffff_ffff_ffff) + rootHalf) - 1
    let s = f / (f + 2)
    let z = s * s
    let sum = log.reversed().reduce(0) { $0 * z + $1 }
    return power * ln2High + (power * ln2Low + (f - s * (f - z * sum)))
  }
}
