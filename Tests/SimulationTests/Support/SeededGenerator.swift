/// SplitMix64: the same numbers from the same seed on every machine.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: Int) { state = UInt64(bitPattern: Int64(seed)) &* 0xD129_0D3A_76B4_6D2B }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func uniform(_ low: Double, _ high: Double) -> Double {
    .random(in: low...high, using: &self)
  }

  mutating func chance(_ probability: Double) -> Bool { uniform(0, 1) < probability }

  mutating func pick<T>(_ choices: [T]) -> T {
    guard let choice = choices.randomElement(using: &self) else {
      preconditionFailure("nothing to pick from")
    }
    return choice
  }

  /// A sum of uniforms: mean 0, variance 1, within ±4.25.
  mutating func noise() -> Double {
    (0..<6).reduce(0.0) { sum, _ in sum + uniform(-0.5, 0.5) } * 2.0.squareRoot()
  }
}

/// Seeds in runs of `size`, so that a test case covers many.
func batches(of size: Int, in seeds: Range<Int>) -> [Range<Int>] {
  stride(from: seeds.lowerBound, to: seeds.upperBound, by: size).map {
    $0..<min($0 + size, seeds.upperBound)
  }
}
