import Kernels

/// Eight blocks of Philox4x32-10 at once, one for each lane.
///
/// A word of a block is the low half of a lane; what is in the high half has no meaning, and multiplications don't read it.
enum PhiloxLanes {
  typealias Words = SIMD8<UInt64>

  /// The four words of each block.
  @inline(always)
  static func block(
    _ draw: Words, _ step: Words, _ symbol: Words, _ stream: Words, seed: UInt64
  ) -> (Words, Words, Words, Words) {
    let (low, high) = (
      UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed &>> 32)
    )
    var words = (draw, step, symbol, stream)
    words = round(words, low, high)
    words = round(words, key(low, 1, first), key(high, 1, second))
    words = round(words, key(low, 2, first), key(high, 2, second))
    words = round(words, key(low, 3, first), key(high, 3, second))
    words = round(words, key(low, 4, first), key(high, 4, second))
    words = round(words, key(low, 5, first), key(high, 5, second))
    words = round(words, key(low, 6, first), key(high, 6, second))
    words = round(words, key(low, 7, first), key(high, 7, second))
    words = round(words, key(low, 8, first), key(high, 8, second))
    return round(words, key(low, 9, first), key(high, 9, second))
  }

  /// Numbers in (0, 1) of two words each, as `PhiloxStream.uniforms` has them.
  @inline(always)
  static func uniforms(_ low: Words, _ high: Words) -> Vector {
    let bits = (joined(low, high) &>> 12) | Words(repeating: 0x3ff0_0000_0000_0000)
    // Both exact: a multiple of 2⁻⁵², then an odd one of 2⁻⁵³.
    return (unsafeBitCast(bits, to: Vector.self) - 1) + 0x1p-53
  }

  /// Two words as 64 bits.
  @inline(always)
  static func joined(_ low: Words, _ high: Words) -> Words { (high &<< 32) | (low & lowHalf) }

  /// Eight paths from one on.
  @inline(always)
  static func streams(from path: UInt32) -> Words {
    Words(0, 1, 2, 3, 4, 5, 6, 7) &+ Words(repeating: UInt64(path))
  }

  @inline(always)
  static var lowHalf: Words { Words(repeating: 0xffff_ffff) }

  // Weyl constants of the key: the golden ratio and √3 − 1.
  @inline(always) private static var first: UInt32 { 0x9e37_79b9 }
  @inline(always) private static var second: UInt32 { 0xbb67_ae85 }

  @inline(always)
  private static func key(_ word: UInt32, _ round: UInt32, _ step: UInt32) -> UInt32 {
    word &+ round &* step
  }

  @inline(always)
  private static func round(
    _ c: (Words, Words, Words, Words), _ low: UInt32, _ high: UInt32
  ) -> (Words, Words, Words, Words) {
    let a = (c.0 & lowHalf) &* Words(repeating: 0xd251_1f53)
    let b = (c.2 & lowHalf) &* Words(repeating: 0xcd9e_8d57)
    return (
      (b &>> 32) ^ c.1 ^ Words(repeating: UInt64(low)), b,
      (a &>> 32) ^ c.3 ^ Words(repeating: UInt64(high)), a
    )
  }
}
