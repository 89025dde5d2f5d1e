/// What became of one rule for one portfolio; one for each symbol or sector that breaks it.
public struct LimitCheck: Sendable {
  /// The answer.
  public enum Status: String, Sendable, CaseIterable {
    /// Kept.
    case ok
    /// Broken.
    case breach
    /// It can't be told.
    case unknown
  }

  /// Position of the portfolio in the book.
  public var portfolio: Int
  /// Name of the rule.
  public var rule: String
  /// What is held to it.
  public var kind: Limit.Kind
  /// The most, of cash the least; NaN for lists.
  public var threshold: Double
  /// The figure, of a list the weight of what may not be held; NaN if unknown.
  public var value: Double
  /// The answer.
  public var status: Status
  /// The symbol or sector that it is about; empty for none.
  public var subject: String
  /// Why it is unknown, or how it is broken; may be empty.
  public var reason: String
  /// Returns that the figure is of; 0 where it is of none.
  public var observations: Int

  init(
    _ limit: Limit, _ portfolio: Int, value: Double, status: Status, subject: String = "",
    reason: String = "", observations: Int = 0
  ) {
    self.portfolio = portfolio
    rule = limit.name
    kind = limit.kind
    threshold = limit.threshold
    self.value = value
    self.status = status
    self.subject = subject
    self.reason = reason
    self.observations = observations
  }

  /// Whether two are of the same rule and the same symbol or sector.
  public func isSame(as other: Self) -> Bool {
    portfolio == other.portfolio && rule == other.rule && kind == other.kind
      && subject == other.subject
  }

  /// By how much the rule is broken; below 0 if it is kept.
  public var excess: Double {
    kind == .cash ? threshold - value : kind.isList ? value.magnitude : value - threshold
  }
}
