import Allocation

/// What can be wrong with a wish for advice.
public enum AdviceError: Error, Equatable {
  /// A profile that no portfolio can satisfy.
  case impossible(portfolio: String, reason: String)
  /// No symbol may be held: how many are left out, and why.
  case noCandidates(reasons: [String])
  /// No weights could be found.
  case unsolved(AllocationError)
  /// Numbers that make no sense.
  case setting(name: String, found: String, expected: String)
  /// A trade that can't be done; `origin` is the text, or the file and line, that it came from.
  case trade(origin: String, reason: String)
}

extension AdviceError: CustomStringConvertible {
  /// What happened, and what to do.
  public var description: String {
    switch self {
    case .impossible(let portfolio, let reason): "portfolio \(portfolio): \(reason)"
    case .noCandidates(let reasons):
      "no symbol is left to advise: \(reasons.joined(separator: ", ")). Loosen the profile, or shorten the lookback"
    case .unsolved(let error): "\(error)"
    case .setting(let name, let found, let expected):
      "\(name): found \(found), expected \(expected)"
    case .trade(let origin, let reason): "\(origin): \(reason)"
    }
  }
}
