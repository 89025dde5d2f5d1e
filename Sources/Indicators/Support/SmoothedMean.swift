/// An exponential average of a stream, seeded with the mean of its first values; a gap starts it again.
struct ExponentialMean {
  private let length: Int
  private let weight: Double
  private var seen = 0
  private var value = 0.0

  init(length: Int) {
    self.length = length
    weight = 2 / (Double(length) + 1)
  }

  /// Takes a value; gives the average, or NaN while fewer than `length` values were seen.
  @inline(__always) mutating func next(_ x: Double) -> Double {
    guard x.isFinite else {
      seen = 0
      return .nan
    }
    if seen < length {
      value = seen == 0 ? x : value + x
      seen += 1
      guard seen == length else { return .nan }
      value /= Double(length)
    } else {
      // A length of 1 must give x itself, not x give or take a rounding.
      value = length == 1 ? x : (x - value) * weight + value
    }
    return value
  }
}

/// Wilder's average of a stream, seeded with the mean of its first values.
///
/// Values must be finite.
struct WilderMean {
  private let length: Double
  private var seen = 0.0
  private var value = 0.0

  init(length: Int) { self.length = Double(length) }

  /// Forgets all values.
  @inline(__always) mutating func reset() { seen = 0 }

  /// Takes a value; gives the average, or NaN while fewer than `length` values were seen.
  @inline(__always) mutating func next(_ x: Double) -> Double {
    if seen < length {
      value = seen == 0 ? x : value + x
      seen += 1
      guard seen == length else { return .nan }
      value /= length
    } else {
      value = (value * (length - 1) + x) / length
    }
    return value
  }
}
