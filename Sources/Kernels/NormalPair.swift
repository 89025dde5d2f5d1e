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
    let cosine = NormalSeries.value(NormalSeries.cosine, z)
    let sine = angle * NormalSeries.value(NormalSeries.sine, z)
    let x = (bits[2] & 1 == 0 ? radius : -radius) * cosine
    let y = radius * sine
    return bits[2] & 2 == 0 ? SIMD2(x, y) : SIMD2(y, x)
  }

  /// The standard normal number of a step of this path.
  public func normal(step: UInt32) -> Double { normalPair(step: step / 2)[Int(step % 2)] }
}

/// Coefficients of the functions that make normal numbers, by interpolation at the zeros of Chebyshev polynomials.
///
/// Errors before rounding: logarithm 5e-18 of it, sine 4e-18 of it, cosine 2e-16. Public and inlined, as a call of a getter
/// in a vector loop would spill all of its registers.
public enum NormalSeries {
  /// (2 atanh(s)/s − 2)/s² by powers of s², for |s| up to (√2 − 1)/(√2 + 1): seven.
  @inlinable @inline(always) public static var log: SIMD8<Double> {
    SIMD8(
      0.66666666666666696883, 0.39999999999899443233, 0.28571428626003268742,
      0.22222211130259877029, 0.18182889455674946039, 0.15331710618210771568,
      0.14616585424888621989, 0)
  }

  /// sin(π/2 · x)/x by powers of x², for |x| up to ½: seven.
  @inlinable @inline(always) public static var sine: SIMD8<Double> {
    SIMD8(
      1.5707963267948966143, -0.64596409750624431573, 0.079692626246043003134,
      -0.0046817541323409759917, 0.00016044115074219091052, -3.598643352982309702e-6,
      5.6339337815378539538e-8, 0)
  }

  /// cos(π/2 · x) by powers of x², for |x| up to ½: seven.
  @inlinable @inline(always) public static var cosine: SIMD8<Double> {
    SIMD8(
      1, -1.2337005501361690719, 0.25366950790083042355, -0.020863480753196879157,
      0.00091926010144262493882, -0.000025200703761965412984, 4.663205388690343464e-7, 0)
  }

  /// The first part of ln 2, with zeros behind, so that an exponent times it is exact.
  @inlinable @inline(always) public static var ln2High: Double { 6.93147180369123816490e-01 }
  /// The rest of ln 2.
  @inlinable @inline(always) public static var ln2Low: Double { 1.90821492927058770002e-10 }

  /// Bits of √½, rounded.
  @inlinable @inline(always) public static var rootHalf: UInt64 { 0x3fe6_a09e_667f_3bcd }
  /// Bits of 1 less those of √½.
  @inlinable @inline(always) public static var oneLessRootHalf: UInt64 { 0x0009_5f61_9980_c433 }

  static func value(_ series: SIMD8<Double>, _ x: Double) -> Double {
    (0..<6).reversed().reduce(series[6]) { $0 * x + series[$1] }
  }

  /// Natural logarithm of a normal number above 0.
  package static func logarithm(_ x: Double) -> Double {
    let shifted = x.bitPattern &+ oneLessRootHalf
    let power = Double(Int(shifted >> 52) - 1023)
    let f = Double(bitPattern: (shifted & 0x000f_ffff_ffff_ffff) + rootHalf) - 1
    let s = f / (f + 2)
    let z = s * s
    return power * ln2High + (power * ln2Low + (f - s * (f - z * value(log, z))))
  }
}
