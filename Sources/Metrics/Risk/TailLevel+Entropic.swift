#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension TailLevel {
  /// z · ln(mean(exp(loss / z)) / (1 - c)).
  package func entropicRisk(of losses: [Double], scale: Double) -> Double {
    // The largest is taken out, so that nothing overflows.
    let most = losses.reduce(-.infinity, Double.maximum)
    let mean = losses.reduce(0) { $0 + exp(($1 - most) / scale) } / Double(losses.count)
    return most + scale * log(mean * 1000 / Double(1000 - perMille))
  }

  /// The least of `entropicRisk` over all scales; of losses that are few at the largest it is the largest itself.
  package func entropicValueAtRisk(of losses: [Double]) -> Double {
    let mean = losses.mean
    let most = losses.reduce(-.infinity, Double.maximum)
    let spread = losses.reduce(0) { max($0, ($1 - mean).magnitude) }
    if spread <= 0 { return most }
    // Convex in the scale; over its logarithm by golden sections, from one that sees the largest loss only.
    var low = log(spread * 1e-4)
    var high = log(spread * 1e3)
    let section = (Double(5).squareRoot() - 1) / 2
    func risk(_ position: Double) -> Double { entropicRisk(of: losses, scale: exp(position)) }
    var (left, right) = (high - section * (high - low), low + section * (high - low))
    var (atLeft, atRight) = (risk(left), risk(right))
    for _ in 0..<80 {
      if atLeft <= atRight {
        (high, right, atRight) = (right, left, atLeft)
        left = high - section * (high - low)
        atLeft = risk(left)
      } else {
        (low, left, atLeft) = (left, right, atRight)
        right = low + section * (high - low)
        atRight = risk(right)
      }
    }
    return min(atLeft, atRight, most)
  }
}
