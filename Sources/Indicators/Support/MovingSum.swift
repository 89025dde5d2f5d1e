/// The sum of the last values of a stream in O(1), from a ring of `PrefixSum` totals.
///
/// Gives the same bits as `WindowSum` and `WindowMean` over the same values.
struct MovingSum {
  let window: Int
  private var total = PrefixSum()
  private var past: [(hi: Double, lo: Double)]
  private var position = 0

  init(window: Int) {
    self.window = window
    past = Array(repeating: (0, 0), count: window)
  }

  /// Divisor that turns a total into the sum.
  static var sumDivisor: Double { PrefixSum.scale }
  /// Divisor that turns a total into the mean.
  var meanDivisor: Double { Double(window) * PrefixSum.scale }

  /// Takes a value; gives the window's total over `divisor`, or NaN while a value of the window is missing.
  @inline(__always) mutating func next(_ value: Double, dividedBy divisor: Double) -> Double {
    total.add(value)
    let before = past[position]
    past[position] = (total.hi, total.lo)
    position = position + 1 == window ? 0 : position + 1
    guard total.run >= Double(window) else { return .nan }
    return ((total.hi - before.hi) + (total.lo - before.lo)) / divisor
  }
}
