import Kernels

/// What keeps a figure of risk from being computed.
public enum RiskError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Fewer returns than a method needs.
  case tooFewReturns(method: String, found: Int, needed: Int)
  /// No bar at which all symbols have a return.
  case noCompleteRow(method: String, emptiest: String)
  /// Symbols without returns, or with constant ones.
  case noVariation(symbols: [String])
  /// A setting outside its domain.
  case setting(name: String, found: String, expected: String)
  /// A method outside the region where it has a meaning, such as Cornish–Fisher where it is not monotone.
  case outsideDomain(method: String, reason: String)
  /// An iteration that did not end.
  case notConverged(method: String, steps: Int)
  /// Linear algebra failed.
  case algebra(LinearAlgebraError)

  /// What happened, and what to do next.
  public var description: String {
    switch self {
    case .tooFewReturns(let method, let found, let needed):
      "\(method) needs \(needed) returns, and there are \(found); take a longer window"
    case .noCompleteRow(let method, let emptiest):
      "\(method) needs bars at which all symbols have a return, and there are none; "
        + "leave out \(emptiest), which has the fewest; a covariance can be of the bars that pairs "
        + "have in common, as \"sample(pairwise)\""
    case .noVariation(let symbols):
      "the returns of \(symbols.prefix(5).joined(separator: ", "))"
        + (symbols.count > 5 ? ", … \(symbols.count) in all," : "")
        + " don't vary; leave the symbol\(symbols.count == 1 ? "" : "s") out"
    case .setting(let name, let found, let expected):
      "\(name): found \(found), expected \(expected)"
    case .outsideDomain(let method, let reason): "\(method): \(reason)"
    case .notConverged(let method, let steps):
      "\(method) was not solved within \(steps) steps"
    case .algebra(let error): "\(error)"
    }
  }
}

extension RiskError {
  /// A symbol without returns, or with constant ones.
  public static func noVariation(symbol: String) -> RiskError { .noVariation(symbols: [symbol]) }

  /// Runs linear algebra, with its errors as ours.
  package static func algebra<Value>(
    _ body: () throws(LinearAlgebraError) -> Value
  ) throws(RiskError) -> Value {
    do throws(LinearAlgebraError) { return try body() } catch { throw .algebra(error) }
  }
}
