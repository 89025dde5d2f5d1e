/// h = ω + α·e² + β·h: the variance of the next bar from the last one.
///
/// With ω = 0, α = 1 - λ, β = λ it is the exponentially weighted variance.
public struct VarianceRecursion: Sendable, Equatable {
  /// ω, returns².
  public let constant: Double
  /// α, the weight of the last square.
  public let reaction: Double
  /// β, the weight of the last variance.
  public let persistence: Double

  /// A recursion.
  public init(constant: Double, reaction: Double, persistence: Double) {
    self.constant = constant
    self.reaction = reaction
    self.persistence = persistence
  }

  /// The exponentially weighted variance.
  public init(decay: Double) {
    self.init(constant: 0, reaction: 1 - decay, persistence: decay)
  }

  static func checked(decay: Double) throws(RiskError) -> Double {
    guard decay > 0, decay < 1 else {
      throw .setting(
        name: "lambda", found: "\(decay)", expected: "a decay above 0 and below 1, as 0.94")
    }
    return decay
  }

  /// The variance before the first bar: squares of the first 75 bars, weighted by 0.94ⁱ.
  ///
  /// - Source: `arch`, `VolatilityProcess.backcast`.
  static func backcast(_ returns: Span<Double>, mean: Double) -> Double {
    var (sum, weights, weight) = (0.0, 0.0, 1.0)
    for bar in 0..<min(75, returns.count) {
      let gap = returns[bar] - mean
      sum += weight * gap * gap
      weights += weight
      weight *= 0.94
    }
    return weights > 0 ? sum / weights : 0
  }

  /// The variance of the bar after a series.
  func next(after returns: Span<Double>, mean: Double) -> Double {
    let start = Self.backcast(returns, mean: mean)
    var variance = constant + (reaction + persistence) * start
    for bar in returns.indices {
      let gap = returns[bar] - mean
      variance = constant + reaction * (gap * gap) + persistence * variance
    }
    return variance
  }

  /// Variances of all bars of a series and of the one after: `[T + 1]`.
  public func variances(of returns: Span<Double>, mean: Double) -> [Double] {
    let start = Self.backcast(returns, mean: mean)
    var variance = constant + (reaction + persistence) * start
    var all: [Double] = []
    all.reserveCapacity(returns.count + 1)
    for bar in returns.indices {
      all.append(variance)
      let gap = returns[bar] - mean
      variance = constant + reaction * (gap * gap) + persistence * variance
    }
    all.append(variance)
    return all
  }

  /// The sum of the variances forecast for the `horizon` bars after a series.
  func sum(of horizon: Int, after returns: Span<Double>, mean: Double) -> Double {
    var variance = next(after: returns, mean: mean)
    var sum = 0.0
    for _ in 0..<horizon {
      sum += variance
      variance = constant + (reaction + persistence) * variance
    }
    return sum
  }
}
