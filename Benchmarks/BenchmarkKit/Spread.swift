/// The middle and the ends of some measurements.
public struct Spread: Codable, Sendable, Equatable {
  /// The value in the middle; the mean of the two in the middle for an even number.
  public var median: Double
  /// The least.
  public var min: Double
  /// The largest.
  public var max: Double

  /// A spread with known ends.
  public init(median: Double, min: Double, max: Double) {
    self.median = median
    self.min = min
    self.max = max
  }

  /// The spread of at least one value, none of them NaN.
  public init(of values: [Double]) {
    precondition(!values.isEmpty, "no spread of nothing")
    let sorted = values.sorted()
    let middle = sorted.count / 2
    median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    min = sorted[0]
    max = sorted[sorted.count - 1]
  }
}
