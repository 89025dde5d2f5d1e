/// Money that enters or leaves an account from outside, before the fills of a bar's open.
///
/// A withdrawal of more than there is in cash takes all the cash that is no collateral; what is missing is recorded.
public struct CashFlow: Sendable, Equatable {
  /// Bar of the run's window.
  public var bar: Int
  /// Positive for a deposit, negative for a withdrawal, in account currency.
  public var amount: Double

  /// A flow.
  public init(bar: Int, amount: Double) {
    self.bar = bar
    self.amount = amount
  }
}
