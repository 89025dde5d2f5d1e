#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The generalised Pareto distribution of what losses exceed their ninety per cent quantile by.
struct ParetoTail {
  private let threshold: Double
  private let shape: Double
  private let scale: Double
  /// Share of all bars that exceed.
  private let share: Double

  /// A fit by probability-weighted moments; nil where they don't give one.
  init?(losses: [Double]) {
    let count = losses.count / 10
    let sorted = losses.sorted()
    let threshold = sorted[losses.count - count - 1]
    let excesses = sorted.suffix(count).map { $0 - threshold }
    let mean = excesses.mean
    // Mean of excess times the share of excesses above it.
    let weighted =
      excesses.enumerated().reduce(0.0) {
        $0 + $1.element * (Double(count - 1 - $1.offset) / Double(count - 1))
      } / Double(count)
    let gap = mean - 2 * weighted
    guard count > 1, gap > 0, mean > LaneSummary.negligible else { return nil }
    self.threshold = threshold
    shape = 2 - mean / gap
    scale = 2 * mean * weighted / gap
    share = Double(count) / Double(losses.count)
    // The moments that the fit rests on exist below a half only.
    guard shape < 0.5 else { return nil }
  }

  /// The loss that is not exceeded at a level.
  func valueAtRisk(_ level: TailLevel) -> Double {
    let beyond = Double(1000 - level.perMille) / 1000 / share
    if shape.magnitude < 1e-9 { return threshold - scale * log(beyond) }
    return threshold + scale / shape * (pow(beyond, -shape) - 1)
  }

  /// The mean of the losses beyond it.
  func expectedShortfall(_ level: TailLevel) -> Double {
    (valueAtRisk(level) + scale - shape * threshold) / (1 - shape)
  }
}
