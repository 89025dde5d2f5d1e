import Kernels

/// How far a portfolio is from its weights: Σ |w| · |value − held · ratio|.
///
/// Weights are multiples of eight long, padded with zeros; two accumulators of eight, added up in a fixed order.
enum WeightDistance {
  /// The distance alone.
  @inline(never)
  static func sum(
    _ weights: UnsafePointer<Vector>, _ ratios: UnsafePointer<Vector>, _ count: Int,
    _ value: Double, _ held: Double
  ) -> Double {
    let (value, held) = (Vector(repeating: value), Vector(repeating: held))
    var (even, odd) = (Vector.zero, Vector.zero)
    var place = 0
    while place + 1 < count {
      even += weights[place] * magnitude(value - held * ratios[place])
      odd += weights[place + 1] * magnitude(value - held * ratios[place + 1])
      place += 2
    }
    if place < count { even += weights[place] * magnitude(value - held * ratios[place]) }
    return total(even + odd)
  }

  /// The distance, and its derivative by the value: Σ ± |w|, plus where the value is at least held · ratio.
  @inline(never)
  static func slope(
    _ weights: UnsafePointer<Vector>, _ ratios: UnsafePointer<Vector>, _ count: Int,
    _ value: Double, _ held: Double
  ) -> (sum: Double, slope: Double) {
    let (value, held) = (Vector(repeating: value), Vector(repeating: held))
    var (even, odd) = (
      (sum: Vector.zero, slope: Vector.zero), (sum: Vector.zero, slope: Vector.zero)
    )
    var place = 0
    while place + 1 < count {
      let first = value - held * ratios[place]
      let second = value - held * ratios[place + 1]
      even.sum += weights[place] * magnitude(first)
      odd.sum += weights[place + 1] * magnitude(second)
      even.slope += signed(weights[place], first)
      odd.slope += signed(weights[place + 1], second)
      place += 2
    }
    if place < count {
      let distance = value - held * ratios[place]
      even.sum += weights[place] * magnitude(distance)
      even.slope += signed(weights[place], distance)
    }
    return (total(even.sum + odd.sum), total(even.slope + odd.slope))
  }

  @inline(always)
  private static func magnitude(_ x: Vector) -> Vector {
    unsafeBitCast(
      unsafeBitCast(x, to: SIMD8<UInt64>.self) & SIMD8(repeating: ~(1 << 63)), to: Vector.self)
  }

  /// A weight that isn't negative, with the sign of x.
  @inline(always)
  private static func signed(_ weight: Vector, _ x: Vector) -> Vector {
    let sign = unsafeBitCast(x, to: SIMD8<UInt64>.self) & SIMD8(repeating: 1 << 63)
    return unsafeBitCast(unsafeBitCast(weight, to: SIMD8<UInt64>.self) | sign, to: Vector.self)
  }

  @inline(always)
  private static func total(_ x: Vector) -> Double {
    let four = x.lowHalf + x.highHalf
    let two = four.lowHalf + four.highHalf
    return two[0] + two[1]
  }
}
