/// What an estimator does with returns that are not there.
public enum MissingReturns: String, Sendable, CaseIterable {
  /// Only bars at which all symbols have a return take part.
  case complete
  /// Each pair of symbols takes the bars at which both have one: all history is used, and the matrix is repaired if it has to be.
  case pairwise
}
