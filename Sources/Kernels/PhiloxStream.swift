import CRandom123

/// Random numbers that depend only on where they are used: a pure function of seed, stream, symbol,
/// step and draw.
///
/// No state moves from one number to the next, so workers, tiles and shards cannot change what is
/// drawn, and any number can be drawn again alone. The same bits on every machine.
///
/// - Source: Philox4x32-10; Salmon and others, *Parallel Random Numbers: As Easy as 1, 2, 3* (2011).
public struct PhiloxStream: Sendable, Equatable {
  /// The key.
  public let seed: UInt64
  /// Which independent stream under this seed, for example a lane.
  public let stream: UInt32
  /// Which symbol of the stream.
  public let symbol: UInt32

  /// The stream of one symbol.
  public init(seed: UInt64, stream: UInt32, symbol: UInt32 = 0) {
    self.seed = seed
    self.stream = stream
    self.symbol = symbol
  }

  /// The 128 random bits of a step; `draw` numbers further blocks of the same step.
  ///
  /// The Philox counter is `(draw, step, symbol, stream)`, the key the low and high word of the
  /// seed.
  public func block(step: UInt32, draw: UInt32 = 0) -> SIMD4<UInt32> {
    let counter = SIMD4(draw, step, symbol, stream)
    let key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    var block = SIMD4<UInt32>()
    withUnsafeBytes(of: counter) { counter in
      withUnsafeBytes(of: key) { key in
        withUnsafeMutableBytes(of: &block) { block in
          apus_philox4x32(
            counter.assumingMemoryBound(to: UInt32.self).baseAddress,
            key.assumingMemoryBound(to: UInt32.self).baseAddress,
            block.assumingMemoryBound(to: UInt32.self).baseAddress)
        }
      }
    }
    return block
  }

  /// Two independent numbers, uniform in the open interval (0, 1).
  ///
  /// Odd multiples of 2⁻⁵³: evenly spaced, symmetric about one half, never 0 or 1.
  public func uniforms(step: UInt32, draw: UInt32 = 0) -> SIMD2<Double> {
    let bits = block(step: step, draw: draw)
    return SIMD2(Self.uniform(bits[0], bits[1]), Self.uniform(bits[2], bits[3]))
  }

  /// Two independent standard normal numbers, by inversion: one from each uniform.
  public func normals(step: UInt32, draw: UInt32 = 0) -> SIMD2<Double> {
    let u = uniforms(step: step, draw: draw)
    return SIMD2(
      DeterministicMath.normalQuantile(u[0]), DeterministicMath.normalQuantile(u[1]))
  }

  private static func uniform(_ low: UInt32, _ high: UInt32) -> Double {
    let word = UInt64(high) << 32 | UInt64(low)
    return Double((word >> 12) << 1 | 1) * 0x1p-53
  }
}
