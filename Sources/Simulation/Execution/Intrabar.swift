/// The order of events inside a bar, which its four prices don't tell.
public enum Intrabar: String, Sendable, CaseIterable {
  /// The adverse extreme first.
  case worst
  /// The favourable extreme first.
  case best
  /// Open, high, low, close.
  case highFirst = "open_high_low_close"
  /// Open, low, high, close.
  case lowFirst = "open_low_high_close"
  /// As a panel of shorter bars tells; within one of these, the adverse extreme first.
  case finer
}
