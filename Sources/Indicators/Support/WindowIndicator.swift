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

/// Mean and squared deviations of a window, by two passes over differences from its newest value.
///
/// The differences make a constant window exact: its deviations are 0, not rounding noise.
struct Moments<L: Lane> {
  /// The newest value.
  let newest: L
  /// Mean less newest.
  let shift: L
  /// Sum of squared deviations from the mean.
  let squares: L

  @inline(__always) init(_ x: SeriesBlock, at bar: Int, length: Int) {
    newest = L.load(x, at: bar)
    var sum = newest - newest
    var age = 1
    while age < length {
      sum = sum + (L.load(x, at: bar - age) - newest)
      age += 1
    }
    shift = sum / L(repeating: Double(length))
    var squares = shift * shift
    age = 1
    while age < length {
      let deviation = (L.load(x, at: bar - age) - newest) - shift
      squares = squares + deviation * deviation
      age += 1
    }
    self.squares = squares
  }

  /// Mean of the window.
  @inline(__always) var mean: L { newest + shift }
}
