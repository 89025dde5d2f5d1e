import Kernels

/// Standard normal numbers of eight paths, the same bits as `PhiloxStream.normalPair`.
enum NormalLanes {
  /// Steps that are made at a time: what a stage hands to the next stays in the nearest cache.
  @inline(always) static var chunk: Int { 16 }
  /// Writes the normals of pairs of steps, both of a pair one after the other.
  ///
  /// - Parameters:
  ///   - path: of the first lane; the others follow.
  ///   - first: the first pair: steps `2 · first` and `2 · first + 1`.
  ///   - pairs: how many.
  ///   - room: `PathKernels.normalRoom` vectors.
  ///   - output: the first step of the first pair.
  ///   - stride: vectors from step to step.
  @inline(never)
  static func fill(
    _ seed: UInt64, _ path: UInt32, _ symbol: UInt32, _ first: Int, _ pairs: Int,
    _ room: UnsafeMutablePointer<Vector>, _ output: UnsafeMutablePointer<Vector>, _ stride: Int
  ) {
    var first = first
    let end = first &+ pairs
    var output = output
    while first < end {
      let count = min(chunk, end &- first)
      draw(seed, path, symbol, first, count, room)
      radii(room, count)
      turn(room, count)
      for index in 0..<count {
        output[2 * index * stride] = room[4 * index]
        output[(2 * index + 1) * stride] = room[4 * index + 1]
      }
      output += 2 * count * stride
      first += count
    }
  }

  /// Sums of the normals of steps from 0 on, of even and odd ones apart, and then of both.
  @inline(never)
  static func sum(
    _ seed: UInt64, _ path: UInt32, _ symbol: UInt32, _ steps: Int,
    _ room: UnsafeMutablePointer<Vector>
  ) -> Vector {
    var (even, odd) = (Vector.zero, Vector.zero)
    var first = 0
    let whole = steps / 2
    while first < whole {
      let count = min(chunk, whole - first)
      draw(seed, path, symbol, first, count, room)
      radii(room, count)
      turn(room, count)
      for index in 0..<count {
        even += room[4 * index]
        odd += room[4 * index + 1]
      }
      first += count
    }
    if steps % 2 == 1 {
      draw(seed, path, symbol, whole, 1, room)
      radii(room, 1)
      turn(room, 1)
      even += room[0]
    }
    return even + odd
  }

  // Three short loops rather than a long one: a block is a chain of some 200 cycles, and the processor sees only so far ahead.

  /// First the numbers of radii, in place of each four vectors' first, numbers of angles, and signs.
  @inline(always)
  private static func draw(
    _ seed: UInt64, _ path: UInt32, _ symbol: UInt32, _ pair: Int, _ count: Int,
    _ room: UnsafeMutablePointer<Vector>
  ) {
    let streams = PhiloxLanes.streams(from: path)
    let symbol = PhiloxLanes.Words(repeating: UInt64(symbol))
    for index in 0..<count {
      let step = PhiloxLanes.Words(repeating: UInt64(UInt32(truncatingIfNeeded: pair &+ index)))
      let words = PhiloxLanes.block(.zero, step, symbol, streams, seed: seed)
      room[4 * index] = PhiloxLanes.uniforms(words.0, words.1)
      room[4 * index + 1] = PhiloxLanes.uniforms(words.2, words.3) - 0.5
      room[4 * index + 2] = unsafeBitCast(words.2, to: Vector.self)
    }
  }

  @inline(always)
  private static func radii(_ room: UnsafeMutablePointer<Vector>, _ count: Int) {
    for index in 0..<count {
      room[4 * index] = radius(room[4 * index])
    }
  }

  @inline(always)
  private static func turn(_ room: UnsafeMutablePointer<Vector>, _ count: Int) {
    for index in 0..<count {
      let pair = turned(
        room[4 * index], room[4 * index + 1],
        unsafeBitCast(room[4 * index + 2], to: PhiloxLanes.Words.self))
      room[4 * index] = pair.0
      room[4 * index + 1] = pair.1
    }
  }

  /// The two numbers of a block.
  @inline(always)
  static func pair(
    _ words: (PhiloxLanes.Words, PhiloxLanes.Words, PhiloxLanes.Words, PhiloxLanes.Words)
  ) -> (Vector, Vector) {
    turned(
      radius(PhiloxLanes.uniforms(words.0, words.1)),
      PhiloxLanes.uniforms(words.2, words.3) - 0.5, words.2)
  }

  @inline(always)
  private static func radius(_ uniform: Vector) -> Vector {
    (-2 * logarithm(uniform)).squareRoot()
  }

  @inline(always)
  private static func turned(
    _ radius: Vector, _ angle: Vector, _ signs: PhiloxLanes.Words
  ) -> (Vector, Vector) {
    let z = angle * angle
    var sine = Vector(repeating: NormalSeries.sine[6]) * z + NormalSeries.sine[5]
    var cosine = Vector(repeating: NormalSeries.cosine[6]) * z + NormalSeries.cosine[5]
    sine = sine * z + NormalSeries.sine[4]
    cosine = cosine * z + NormalSeries.cosine[4]
    sine = sine * z + NormalSeries.sine[3]
    cosine = cosine * z + NormalSeries.cosine[3]
    sine = sine * z + NormalSeries.sine[2]
    cosine = cosine * z + NormalSeries.cosine[2]
    sine = sine * z + NormalSeries.sine[1]
    cosine = cosine * z + NormalSeries.cosine[1]
    sine = sine * z + NormalSeries.sine[0]
    cosine = cosine * z + 1
    let signed = unsafeBitCast(radius, to: PhiloxLanes.Words.self) ^ (signs &<< 63)
    let x = unsafeBitCast(
      unsafeBitCast(signed, to: Vector.self) * cosine, to: PhiloxLanes.Words.self)
    let y = unsafeBitCast(radius * (angle * sine), to: PhiloxLanes.Words.self)
    // By bits: a comparison of integers would go lane by lane.
    let difference = (x ^ y) & (.zero &- ((signs &>> 1) & 1))
    return (
      unsafeBitCast(x ^ difference, to: Vector.self),
      unsafeBitCast(y ^ difference, to: Vector.self)
    )
  }

  /// Natural logarithm of numbers in (0, ∞) that are normal, within 2 units in the last place.
  @inline(always)
  static func logarithm(_ x: Vector) -> Vector {
    // The mantissa between √½ and √2, and the exponent that goes with it.
    let shifted =
      unsafeBitCast(x, to: PhiloxLanes.Words.self)
      &+ PhiloxLanes.Words(repeating: NormalSeries.oneLessRootHalf)
    let power =
      unsafeBitCast(
        (shifted &>> 52) | PhiloxLanes.Words(repeating: 0x4330_0000_0000_0000), to: Vector.self)
      - (0x1p52 + 1023)
    let mantissa = unsafeBitCast(
      (shifted & PhiloxLanes.Words(repeating: 0x000f_ffff_ffff_ffff))
        &+ PhiloxLanes.Words(repeating: NormalSeries.rootHalf), to: Vector.self)
    let f = mantissa - 1
    let s = f / (f + 2)
    let z = s * s
    var sum = Vector(repeating: NormalSeries.log[6]) * z + NormalSeries.log[5]
    sum = sum * z + NormalSeries.log[4]
    sum = sum * z + NormalSeries.log[3]
    sum = sum * z + NormalSeries.log[2]
    sum = sum * z + NormalSeries.log[1]
    sum = sum * z + NormalSeries.log[0]
    return power * NormalSeries.ln2High
      + (power * NormalSeries.ln2Low + (f - s * (f - z * sum)))
  }
}
