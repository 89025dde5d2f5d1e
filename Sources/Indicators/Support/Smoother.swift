import Kernels

/// An exponential average of a stream, seeded with the mean of its first values.
///
/// Each value follows from the average four bars before and the four bars since, so that four bars can be computed
/// at once and a bar needn't wait for the last: `y[t] = y[t−4] + C(x[t] − y[t−4]) + Σ c[j](x[t−j] − x[t])`. A constant
/// stream keeps its value exactly. Values must be finite, and the three before a value be readable.
struct Smoother {
  private let length: Int
  /// Values in the seed.
  private let seeds: Int
  private let weight: Double
  /// Weight of the last four values together, and of each but the newest.
  private let whole: Double
  private let first: Double
  private let second: Double
  private let third: Double
  private var seen = 0
  /// The last four averages, the oldest first; the sum of the seed last until then.
  private var older = SIMD2<Double>()
  private var newer = SIMD2<Double>()

  /// An average with weight 2/(length + 1).
  init(exponential length: Int) {
    self.init(length: length, weight: 2 / (Double(length) + 1))
  }

  /// Wilder's average, with weight 1/length.
  init(wilder length: Int) {
    self.init(length: length, weight: 1 / Double(length))
  }

  /// An n-th of Wilder's sum, which adds up `length` − 1 values before it first gives up an n-th.
  init(summing length: Int) {
    self.init(length: length, weight: 1 / Double(length), seeds: length - 1)
  }

  private init(length: Int, weight: Double, seeds: Int? = nil) {
    self.length = length
    self.seeds = seeds ?? length
    self.weight = weight
    first = weight * (1 - weight)
    second = first * (1 - weight)
    third = second * (1 - weight)
    whole = weight + first + second + third
  }

  /// Forgets all values.
  mutating func reset() { seen = 0 }

  /// Whether four averages are known.
  private var isReady: Bool { seen >= seeds + 3 }

  /// Takes the value at `x`; gives the average, or NaN while fewer than `length` values were seen.
  @inline(always)
  private mutating func next(_ x: UnsafePointer<Double>) -> Double {
    // A length of 1 must give the value itself, not give or take a rounding.
    if length == 1 { return x[0] }
    var value: Double
    if isReady {
      let before = older[0]
      let recent = (x[-1] - x[0]) * first + (x[-2] - x[0]) * second + (x[-3] - x[0]) * third
      value = before + ((x[0] - before) * whole + recent)
    } else {
      value = seen == 0 ? x[0] : newer[1] + x[0]
      if seen >= seeds { value = newer[1] + (x[0] - newer[1]) * weight }
      seen += 1
      if seen == seeds { value /= Double(length) }
    }
    (older, newer) = (SIMD2(older[1], newer[0]), SIMD2(newer[1], value))
    return seen < length ? .nan : value
  }

  /// Takes four values and writes their averages; four must be known.
  @inline(always)
  private mutating func nextFour(
    _ x: UnsafePointer<Double>, into output: UnsafeMutablePointer<Double>
  ) {
    older = nextTwo(x, after: older)
    newer = nextTwo(x + 2, after: newer)
    UnsafeMutableRawPointer(output).storeBytes(of: older, as: SIMD2<Double>.self)
    UnsafeMutableRawPointer(output + 2).storeBytes(of: newer, as: SIMD2<Double>.self)
  }

  /// The averages of two values from those four bars before.
  @inline(always)
  private func nextTwo(_ x: UnsafePointer<Double>, after before: SIMD2<Double>) -> SIMD2<Double> {
    let newest = Self.two(x)
    let recent =
      (Self.two(x - 1) - newest) * first + (Self.two(x - 2) - newest) * second
      + (Self.two(x - 3) - newest) * third
    return before + ((newest - before) * whole + recent)
  }

  @inline(always)
  private static func two(_ x: UnsafePointer<Double>) -> SIMD2<Double> {
    UnsafeRawPointer(x).loadUnaligned(as: SIMD2<Double>.self)
  }

  /// Fills `output[0..<count]` with the averages of a stream in which NaN and infinity are missing and start it again.
  @inline(never)
  mutating func evaluate(
    _ x: UnsafePointer<Double>, into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    var bar = 0
    while bar < count {
      let end = bar + knownBars(SeriesBlock(base: x, history: 0), from: bar, limit: count - bar)
      while bar < end, !isReady || length == 1 {
        output[bar] = next(x + bar)
        bar += 1
      }
      while bar + 4 <= end {
        nextFour(x + bar, into: output + bar)
        bar += 4
      }
      while bar < end {
        output[bar] = next(x + bar)
        bar += 1
      }
      if bar < count {
        output[bar] = .nan
        reset()
        bar += 1
      }
    }
  }

  /// The averages of two streams, missing together, at the price of one.
  @inline(never)
  static func evaluate(
    _ a: inout Smoother, _ x: UnsafePointer<Double>, into aOutput: UnsafeMutablePointer<Double>,
    _ b: inout Smoother, _ y: UnsafePointer<Double>, into bOutput: UnsafeMutablePointer<Double>,
    count: Int
  ) {
    var bar = 0
    while bar < count {
      let end = bar + knownBars(SeriesBlock(base: x, history: 0), from: bar, limit: count - bar)
      while bar < end {
        if bar + 4 <= end, a.isReady, b.isReady, a.length > 1, b.length > 1 {
          var (left, right) = (a, b)
          while bar + 4 <= end {
            left.nextFour(x + bar, into: aOutput + bar)
            right.nextFour(y + bar, into: bOutput + bar)
            bar += 4
          }
          (a, b) = (left, right)
        } else {
          aOutput[bar] = a.next(x + bar)
          bOutput[bar] = b.next(y + bar)
          bar += 1
        }
      }
      if bar < count {
        (aOutput[bar], bOutput[bar]) = (.nan, .nan)
        a.reset()
        b.reset()
        bar += 1
      }
    }
  }

  /// Values before the current one that must be readable.
  static let lookback = 3
}

/// The end of a series that an indicator makes for a `Smoother`, kept from block to block.
struct SeriesTail {
  private var last = SIMD4<Double>()

  /// Memory for a block of the series and the values before it; the block begins after four values.
  static let capacity = 4 + laneBlockBars

  /// Puts the last values before a block.
  @inline(always) func begin(_ block: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(block - 4).storeBytes(of: last, as: SIMD4<Double>.self)
  }

  /// Keeps the last values of a block of `count` bars.
  @inline(always) mutating func end(_ block: UnsafeMutablePointer<Double>, count: Int) {
    last = UnsafeRawPointer(block + count - 4).loadUnaligned(as: SIMD4<Double>.self)
  }
}

/// Calls `body` for pieces of a block of at most `laneBlockBars` bars: the first bar and how many.
@inline(always)
func forEachPiece(of count: Int, body: (_ start: Int, _ count: Int) -> Void) {
  var start = 0
  while start < count {
    let piece = min(laneBlockBars, count - start)
    body(start, piece)
    start += piece
  }
}
