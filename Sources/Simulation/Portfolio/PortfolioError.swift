/// What can be wrong with a portfolio that was asked for.
public enum PortfolioError: Error, Equatable {
  /// No symbol of the panel of rates is the rate of a currency.
  case rateMissing(currency: String, account: String, panel: String)
}

extension PortfolioError: CustomStringConvertible {
  /// What happened, where, and what to do next.
  public var description: String {
    switch self {
    case .rateMissing(let currency, let account, let panel):
      """
      panel '\(panel)' has no rate of \(currency) in \(account): \
      import one as symbol \(currency)\(account) or \(account)\(currency)
      """
    }
  }
}
