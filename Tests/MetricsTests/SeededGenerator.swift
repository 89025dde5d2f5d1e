/// SplitMix64: the same numbers from the same seed on every machine.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// Returns of a long-only strategy: a sum of uniforms, about 2 % wide, with a small drift.
  mutating func returns(_ count: Int) -> [Double] {
    (0..<count).map { _ in
      let noise = (0..<6).reduce(0.0) { sum, _ in sum + .random(in: -0.5...0.5, using: &self) }
      return 0.0008 + 0.02 * noise
    }
  }
}
