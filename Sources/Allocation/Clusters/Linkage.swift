/// How far two clusters are apart, given how far their members are.
public enum Linkage: String, Sendable, CaseIterable {
  /// The least distance of two members.
  case single
  /// The largest distance of two members.
  case complete
  /// The mean distance over all pairs of members.
  case average
  /// The growth of the sum of squares within clusters, as if distances were Euclidean.
  case ward

  /// Distance of a cluster to the union of two others, after Lance and Williams.
  func distance(
    toFirst: Double, toSecond: Double, between: Double, first: Int, second: Int, other: Int
  ) -> Double {
    switch self {
    case .single: return min(toFirst, toSecond)
    case .complete: return max(toFirst, toSecond)
    case .average:
      return (Double(first) * toFirst + Double(second) * toSecond) / Double(first + second)
    case .ward:
      let share = 1 / Double(first + second + other)
      let square =
        Double(other + first) * share * toFirst * toFirst
        + Double(other + second) * share * toSecond * toSecond
        - Double(other) * share * between * between
      return max(square, 0).squareRoot()
    }
  }
}
