extension PhiloxStream {
  /// The four standard normal numbers of a block, by the method of Box and Muller: "the normal numbers" of a path's steps.
  ///
  /// Of a path `stream`, `symbol` has at steps `4k` to `4k + 3` the four of block `(draw 0, step k)`: two from words 0 and 1,
  /// two from words 2 and 3, the first of the two words being the lower half of 64 bits. Of these, the upper 40 give the
  /// radius √(−2 ln u), u = (bits + ½) · 2⁻⁴⁰; bits 2 to 23 an angle π/2 · ((bits + ½) · 2⁻²² − ½); bit 0 negates the cosine,
  /// bit 1 exchanges sine and cosine. Numbers reach ±7.5, beyond which one of 2 · 10¹³ lies. The vector loops of Monte Carlo give
  /// the same bits.
  ///
  /// - Source: Box and Muller, *A Note on the Generation of Random Normal Deviates* (1958).
  public func fourNormals(step: UInt32, draw: UInt32 = 0) -> SIMD4<Double> {
    let bits = block(step: step, draw: draw)
    let left = Self.normalPair(UInt64(bits[1]) << 32 | UInt64(bits[0]))
    let right = Self.normalPair(UInt64(bits[3]) << 32 | UInt64(bits[2]))
    return SIMD4(lowHalf: left, highHalf: right)
  }

  /// The standard normal number of a step of this path.
  public func normal(step: UInt32) -> Double { fourNormals(step: step / 4)[Int(step % 4)] }

  private static func normalPair(_ word: UInt64) -> SIMD2<Double> {
    let u = (Double(word >> 24) + 0.5) * 0x1p-40
    let radius = (-2 * NormalSeries.logarithm(u)).squareRoot()
    let angle = (Double(word >> 2 & 0x3f_ffff) + 0.5) * 0x1p-22 - 0.5
    let z = angle * angle
    let cosine = NormalSeries.value(NormalSeries.cosine, z)
    let sine = angle * NormalSeries.value(NormalSeries.sine, z)
    let x = (word & 1 == 0 ? radius : -radius) * cosine
    let y = radius * sine
    return word & 2 == 0 ? SIMD2(x, y) : SIMD2(y, x)
  }
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

  /// ln 2, rounded.
  @inlinable @inline(always) public static var ln2: Double { 0.693147180559945309417 }

  /// Bits of √½, rounded.
  @inlinable @inline(always) public static var rootHalf: UInt64 { 0x3fe6_a09e_667f_3bcd }
  /// Bits of 1 less those of √½.
  @inlinable @inline(always) public static var oneLessRootHalf: UInt64 { 0x0009_5f61_9980_c433 }

  static func value(_ series: SIMD8<Double>, _ x: Double) -> Double {
    (0..<6).reversed().reduce(series[6]) { $0 * x + series[$1] }
  }

  /// Natural logarithm of a normal number above 0, within 3 units in the last place.
  package static func logarithm(_ x: Double) -> Double {
    let shifted = x.bitPattern &+ oneLessRootHalf
    let power = Double(Int(shifted >> 52) - 1023)
    let f = Double(bitPattern: (shifted & 0x000f_ffff_ffff_ffff) + rootHalf) - 1
    let s = f / (f + 2)
    let z = s * s
    return power * ln2 + (f - s * (f - z * value(log, z)))
  }
}
