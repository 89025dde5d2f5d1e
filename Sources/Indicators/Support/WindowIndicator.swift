import Kernels

/// An indicator without state: each bar is a formula over the last bars of its inputs.
///
/// Windows are summed directly, newest bar first: no drift, and NaN leaves as soon as its bar leaves.
protocol WindowIndicator: Indicator {
  /// The values of the bars that start at `bar`. Whatever isn't finite in a window makes the result NaN.
  func window<L: Lane>(_ inputs: [SeriesBlock], at bar: Int) -> L
}

extension WindowIndicator {
  var warmup: Int { lookback }

  @inline(__always)
  mutating func evaluate(
    _ inputs: [SeriesBlock], into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    forEachLane(count: count) { bar in
      let eight: SIMD8<Double> = window(inputs, at: bar)
      eight.store(to: output + bar)
    } narrow: { bar in
      let one: Double = window(inputs, at: bar)
      one.store(to: output + bar)
    }
  }
}
