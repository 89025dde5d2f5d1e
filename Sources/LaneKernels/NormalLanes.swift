import CShims
import Kernels

/// Standard normal numbers of eight paths, the same bits as `PhiloxStream.fourNormals`.
enum NormalLanes {
  typealias Words = PhiloxLanes.Words

  /// Blocks that are made at a time: what one loop hands to the next stays in the nearest cache.
  @inline(always) private static var chunk: Int { PathKernels.normalRoom / 2 }

  /// Writes the normals of blocks, the four of a block one after the other.
  ///
  /// - Parameters:
  ///   - path: of the first lane; the others follow.
  ///   - first: the first block: steps from `4 · first` on.
  ///   - blocks: how many.
  ///   - room: `PathKernels.normalRoom` vectors.
  ///   - output: the first step of the first block.
  ///   - stride: vectors from step to step.
  @inline(never)
  static func fill(
    _ seed: UInt64, _ path: UInt32, _ symbol: UInt32, _ first: Int, _ blocks: Int,
    _ room: UnsafeMutablePointer<Words>, _ output: UnsafeMutablePointer<Vector>, _ stride: Int
  ) {
    var first = first
    let end = first &+ blocks
    var output = output
    while first < end {
      let count = min(chunk, end &- first)
      draw(seed, path, symbol, first, count, room)
      for index in 0..<(2 &* count) {
        let numbers = pair(room[index])
        output[0] = numbers.0
        output[stride] = numbers.1
        output += 2 &* stride
      }
      first &+= count
    }
  }

  /// Sums of the normals of steps from 0 on, of even and odd ones apart, and then of both.
  @inline(never)
  static func sum(
    _ seed: UInt64, _ path: UInt32, _ symbol: UInt32, _ steps: Int,
    _ room: UnsafeMutablePointer<Words>
  ) -> Vector {
    var (even, odd) = (Vector.zero, Vector.zero)
    var first = 0
    while 4 &* first < steps {
      let left = steps &- 4 &* first
      let count = min(chunk, (left &+ 3) / 4)
      draw(seed, path, symbol, first, count, room)
      let pairs = min(2 &* count, left / 2)
      for index in 0..<pairs {
        let numbers = pair(room[index])
        even += numbers.0
        odd += numbers.1
      }
      if 2 &* pairs < left, pairs < 2 &* count { even += pair(room[pairs]).0 }
      first &+= count
    }
    return even + odd
  }

  // Two short loops rather than a long one: a block is a chain of some 50 cycles and a pair one of 100, and the processor
  // sees only so far ahead.

  /// The bits of pairs, two pairs a block.
  @inline(always)
  private static func draw(
    _ seed: UInt64, _ path: UInt32, _ symbol: UInt32, _ first: Int, _ count: Int,
    _ room: UnsafeMutablePointer<Words>
  ) {
    let streams = PhiloxLanes.streams(from: path)
    let symbol = Words(repeating: UInt64(symbol))
    for index in 0..<count {
      let step = Words(repeating: UInt64(UInt32(truncatingIfNeeded: first &+ index)))
      let words = PhiloxLanes.block(.zero, step, symbol, streams, seed: seed)
      room[2 &* index] = PhiloxLanes.joined(words.0, words.1)
      room[2 &* index &+ 1] = PhiloxLanes.joined(words.2, words.3)
    }
  }

  /// The two numbers of 64 bits.
  @inline(always)
  static func pair(_ word: Words) -> (Vector, Vector) {
    let one = Words(repeating: 0x3ff0_0000_0000_0000)
    let high = ((word &>> 12) & Words(repeating: 0x000f_ffff_ffff_f000)) | one
    let low = ((word &<< 28) & Words(repeating: 0x000f_ffff_c000_0000)) | one
    // Both exact: bits below the point, and half of the last of them.
    let uniform = unsafeBitCast(high, to: Vector.self) - (1 - 0x1p-41)
    let angle = unsafeBitCast(low, to: Vector.self) - (1.5 - 0x1p-23)
    return turned(apus_square_roots(minusTwiceLogarithm(uniform)), angle, word)
  }

  @inline(always)
  private static func turned(
    _ radius: Vector, _ angle: Vector, _ signs: Words
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
    let x = apus_negated(radius, signs) * cosine
    let y = radius * (angle * sine)
    return (apus_chosen(x, y, signs), apus_chosen(y, x, signs))
  }

  /// Natural logarithm of numbers in (0, ∞) that are normal, the bits of `NormalSeries.logarithm`.
  @inline(always)
  static func logarithm(_ x: Vector) -> Vector { -0.5 * minusTwiceLogarithm(x) }

  /// -2 ln x: a power of two is drawn into all constants, and changes no other bit.
  @inline(always)
  private static func minusTwiceLogarithm(_ x: Vector) -> Vector {
    // The mantissa between √½ and √2, and the exponent that goes with it.
    let shifted =
      unsafeBitCast(x, to: Words.self) &+ Words(repeating: NormalSeries.oneLessRootHalf)
    let power =
      unsafeBitCast((shifted &>> 52) | Words(repeating: 0x4330_0000_0000_0000), to: Vector.self)
      - (0x1p52 + 1023)
    let mantissa = unsafeBitCast(
      (shifted & Words(repeating: 0x000f_ffff_ffff_ffff))
        &+ Words(repeating: NormalSeries.rootHalf &+ 0x8010_0000_0000_0000), to: Vector.self)
    let f = mantissa + 2
    let s = f / (f - 4)
    let z = s * s
    var sum = Vector(repeating: -2 * NormalSeries.log[6]) * z + -2 * NormalSeries.log[5]
    sum = sum * z + -2 * NormalSeries.log[4]
    sum = sum * z + -2 * NormalSeries.log[3]
    sum = sum * z + -2 * NormalSeries.log[2]
    sum = sum * z + -2 * NormalSeries.log[1]
    sum = sum * z + -2 * NormalSeries.log[0]
    return power * (-2 * NormalSeries.ln2) + (f - s * (f - z * sum))
  }
}
