// For linking alone: `squareRoot` may refer to libm, though IEEE 754 fixes its result.
import Glibc

/// Elementary functions that give the same bits on every machine and libc.
///
/// Built from `+ - * /` and `squareRoot` only, which IEEE 754 rounds exactly; the `exp` and `log`
/// of a C library differ in the last bit from one version to the next, and so may not decide what a
/// seed produces.
public enum DeterministicMath {
  // ln 2 in two parts; the first has 32 trailing zero bits, so `k * ln2High` is exact for |k| <
  // 2048.
  private static let ln2High = 6.93147180369123816490e-01
  private static let ln2Low = 1.90821492927058770002e-10

  /// `e` to the power `x`, within 2 units in the last place.
  ///
  /// Below -708 it is 0 (subnormal results are not made), above 709.7 infinite; NaN stays NaN.
  public static func exp(_ x: Double) -> Double {
    if x.isNaN { return x }
    if x > 709.7 { return .infinity }
    if x < -708 { return 0 }
    // Adding and taking away 1.5 · 2⁵² rounds to the nearest integer.
    let k = x * 1.4426950408889634 + 0x1.8p52 - 0x1.8p52
    let r = (x - k * ln2High) - k * ln2Low
    // Taylor to r¹³: with |r| ≤ 0.347 the rest is below 5e-18.
    var sum = 1.0 / 6_227_020_800
    sum = sum * r + 1.0 / 479_001_600
    sum = sum * r + 1.0 / 39_916_800
    sum = sum * r + 1.0 / 3_628_800
    sum = sum * r + 1.0 / 362_880
    sum = sum * r + 1.0 / 40_320
    sum = sum * r + 1.0 / 5_040
    sum = sum * r + 1.0 / 720
    sum = sum * r + 1.0 / 120
    sum = sum * r + 1.0 / 24
    sum = sum * r + 1.0 / 6
    sum = sum * r + 0.5
    sum = r + r * r * sum
    let power = Double(sign: .plus, exponent: Int(k) - 1, significand: 1)
    // In two steps, as 2¹⁰²⁴ has no double.
    return (1 + sum) * power * 2
  }

  /// Natural logarithm, within 2 units in the last place.
  ///
  /// Zero gives minus infinity, a negative or NaN argument NaN.
  public static func log(_ x: Double) -> Double {
    if !(x > 0) { return x == 0 ? -.infinity : .nan }
    if x == .infinity { return x }
    var mantissa = x.significand
    var exponent = Int(x.exponent)
    if mantissa > 1.4142135623730951 {
      mantissa *= 0.5
      exponent += 1
    }
    // log m = 2 atanh s, with |s| ≤ 0.1716: twelve terms leave less than 1e-18.
    let f = mantissa - 1
    let s = f / (2 + f)
    let z = s * s
    var sum = 1.0 / 23
    sum = sum * z + 1.0 / 21
    sum = sum * z + 1.0 / 19
    sum = sum * z + 1.0 / 17
    sum = sum * z + 1.0 / 15
    sum = sum * z + 1.0 / 13
    sum = sum * z + 1.0 / 11
    sum = sum * z + 1.0 / 9
    sum = sum * z + 1.0 / 7
    sum = sum * z + 1.0 / 5
    sum = sum * z + 1.0 / 3
    // 2s = f - s·f, which keeps the leading term exact.
    let series = f - s * (f - 2 * z * sum)
    let k = Double(exponent)
    return k * ln2High + (k * ln2Low + series)
  }

  /// The standard normal variate below which a share `p` of the distribution lies.
  ///
  /// - Parameter p: probability in (0, 1); 0 and 1 give infinities, anything else NaN.
  /// - Returns: the quantile, with a relative error of about 1e-15.
  /// - Source: Wichura, algorithm AS 241 (PPND16), *Applied Statistics* 37 (1988).
  public static func normalQuantile(_ p: Double) -> Double {
    guard p > 0, p < 1 else { return p == 0 ? -.infinity : p == 1 ? .infinity : .nan }
    let q = p - 0.5
    if abs(q) <= 0.425 {
      let r = 0.180625 - q * q
      return q * ratio(r, center)
    }
    let tail = (-log(q < 0 ? p : 1 - p)).squareRoot()
    let z = tail <= 5 ? ratio(tail - 1.6, middle) : ratio(tail - 5, far)
    return q < 0 ? -z : z
  }

  private typealias Coefficients = (SIMD8<Double>, SIMD8<Double>)

  // Numerator and denominator at once, from the highest power down.
  private static func ratio(_ r: Double, _ c: Coefficients) -> Double {
    var top = c.0[7]
    var bottom = c.1[7]
    for i in stride(from: 6, through: 0, by: -1) {
      top = top * r + c.0[i]
      bottom = bottom * r + c.1[i]
    }
    return top / bottom
  }

  private static let center: Coefficients = (
    SIMD8(
      3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
      1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
      3.3430575583588128105e4, 2.5090809287301226727e3),
    SIMD8(
      1, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
      2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4,
      5.2264952788528545610e3)
  )
  private static let middle: Coefficients = (
    SIMD8(
      1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
      3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
      2.27238449892691845833e-2, 7.74545014278341407640e-4),
    SIMD8(
      1, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
      1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
      1.05075007164441684324e-9)
  )
  private static let far: Coefficients = (
    SIMD8(
      6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
      2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
      2.71155556874348757815e-5, 2.01033439929228813265e-7),
    SIMD8(
      1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
      7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
      2.04426310338993978564e-15)
  )
}
