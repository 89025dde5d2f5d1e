import Expressions

/// What is wrong with a strategy.
///
/// `part` names the key of the spec's `strategy` object.
public enum StrategyError: Error, Equatable {
  /// A text that cannot be understood.
  case expression(part: String, text: String, ExpressionError)
  /// Neither a long nor a short entry.
  case noEntry
  /// An exit of a side that is never entered.
  case exitWithoutEntry(exit: String, entry: String)
  /// A distance or size outside its range.
  case termRange(name: String, value: Double, expected: String, parameters: String)
  /// Parts of which only one can be given.
  case conflict(part: String, with: String)
  /// A part that means nothing without another.
  case missing(part: String, needs: String)
}

extension StrategyError: CustomStringConvertible {
  /// What was found, what was expected, and what to do.
  public var description: String {
    switch self {
    case .expression(let part, let text, let error):
      Self.describe(part, text, error)
    case .noEntry:
      "strategy: neither 'long_entry' nor 'short_entry' is given, so nothing would ever be bought"
    case .exitWithoutEntry(let exit, let entry):
      "strategy.\(exit): there is no '\(entry)'; add it, or remove '\(exit)'"
    case .conflict(let part, let other):
      "strategy.\(part) and strategy.\(other) can't both be given: a strategy trades by signals, each symbol "
        + "for itself, or holds a portfolio by weights"
    case .missing(let part, let needs):
      "strategy.\(part) needs \(needs)"
    case .termRange(let name, let value, let expected, let parameters):
      "strategy.\(name): \(value.formatted) is out of range, expected \(expected)"
        + (parameters.isEmpty ? "" : " (at \(parameters))")
    }
  }

  private static let lineWidth = 100

  private static func describe(_ part: String, _ text: String, _ error: ExpressionError) -> String {
    guard let column = error.column else { return "strategy.\(part): \(error)" }
    var lines = "strategy.\(part), column \(column): \(error)"
    if !text.isEmpty, !text.contains(where: { $0.isNewline || $0 == "\t" }) {
      // Of a long text the part around the mistake.
      let start = text.count <= lineWidth ? 0 : max(0, column - 1 - lineWidth / 2)
      let shown = text.dropFirst(start).prefix(lineWidth)
      lines += "\n  \(shown)\n  \(String(repeating: " ", count: column - 1 - start))^"
    }
    return lines
  }
}
