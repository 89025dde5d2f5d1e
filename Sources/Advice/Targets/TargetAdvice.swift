import Books

/// Target weights of all portfolios with one question, and why they are what they are.
public struct TargetAdvice: Sendable {
  /// Columns of the universe that have a weight, in their order: `[K]`.
  public let columns: [Int]
  /// Fractions of equity: `[K]`.
  public let weights: [Double]
  /// What holds with equality, in the words of the profile.
  public let binding: [String]
  /// What the reader should know.
  public let notes: [String]
  /// Symbols without a weight, by column, and why.
  public let omissions: [(column: Int, reason: Omission)]
  /// What may be risked.
  public let limits: RiskLimits
  /// Level that the limits come from; nil if from the profile's figures alone.
  public let riskLevel: Int?
  /// Risk of the weights.
  public let risk: RiskView

  /// Part of equity that stays in cash; below 0 for money that is borrowed.
  public var cash: Double { 1 - weights.reduce(0, +) }
  /// Weight of a column; 0 for none.
  public func weight(of column: Int) -> Double {
    columns.firstIndex(of: column).map { weights[$0] } ?? 0
  }
}
