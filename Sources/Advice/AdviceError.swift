/// What can be wrong with a wish for advice.
public enum AdviceError: Error, Equatable {
  /// A profile that no portfolio can satisfy.
  case impossible(portfolio: String, reason: String)
}

extension AdviceError: CustomStringConvertible {
  /// What happened, and what to do.
  public var description: String {
    switch self {
    case .impossible(let portfolio, let reason): "portfolio \(portfolio): \(reason)"
    }
  }
}
