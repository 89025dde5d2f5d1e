import Kernels

/// Running totals of a series, from which the mean over any window follows in a few operations.
///
/// One pass over a series serves every window: a caller keeps what `extend` writes and asks `WindowMean` and
/// `WindowSum` for as many windows as it likes. A total is held as a pair of doubles, in millionths: a value
/// that is a decimal with at most six places counts as that exact whole number, so window totals below 2^53
/// millionths are exact and equal means compare equal. Other values are off by at most one rounding each.
///
/// A value that isn't finite, or that drives the total out of range, is missing: totals and run start again
/// at 0. No window crosses a gap, so nothing is lost, and nothing that comes before a gap can do harm after it.
public struct PrefixSum: Sendable {
  /// Steps of the decimal grid in 1.
  static let scale = 1e6

  /// Leading part of the total.
  var hi = 0.0
  /// What the leading part leaves out.
  var lo = 0.0
  /// Consecutive values up to here that aren't missing.
  var run = 0.0

  /// Totals of nothing.
  public init() {}

  /// Appends the block `input[0..<count]` and writes the totals after each of its bars.
  ///
  /// - Parameters:
  ///   - hi: leading part of the total after each bar.
  ///   - lo: what the leading part leaves out.
  ///   - run: number of consecutive values up to the bar that aren't missing.
  public mutating func extend(
    _ input: SeriesBlock, count: Int, hi: UnsafeMutablePointer<Double>,
    lo: UnsafeMutablePointer<Double>, run: UnsafeMutablePointer<Double>
  ) {
    var total = self
    for bar in 0..<count {
      total.add(input[bar])
      hi[bar] = total.hi
      lo[bar] = total.lo
      run[bar] = total.run
    }
    self = total
  }

  /// Appends one value.
  @inline(__always) mutating func add(_ value: Double) {
    let term = Self.millionths(value)
    // Knuth's two-sum: `sum + error` is exactly `hi + term`.
    let sum = hi + term
    let back = sum - hi
    let error = ((hi - (sum - back)) + (term - back)) + lo
    let leading = sum + error
    guard leading.isFinite else {
      self = PrefixSum()
      return
    }
    hi = leading
    lo = error - (leading - sum)
    run += 1
  }

  /// A value in millionths: the exact whole number if the value is the double nearest to such a decimal.
  @inline(__always) static func millionths(_ value: Double) -> Double {
    let scaled = value * scale
    let whole = scaled.rounded()
    return abs(whole) < 0x1p53 && whole / scale == value ? whole : scaled
  }
}
