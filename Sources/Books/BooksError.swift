/// What can be wrong with a book.
public enum BooksError: Error, Equatable {
  /// A panel without closes marks nothing.
  case noCloses(panel: String)
  // Valuation.
  /// No bar of the panel had ended by the instant that was asked for; `first` is the end of the first bar.
  case beforePrices(panel: String, asOf: Int64, first: Int64)
}

extension BooksError: CustomStringConvertible {
  /// What happened, and what to do.
  public var description: String {
    switch self {
    case .noCloses(let panel):
      "the panel \(panel) has no field close, so it marks no holdings. Name another with --panel."
    case .beforePrices(let panel, let asOf, let first):
      Self.beforePrices(panel, asOf, first)
    }
  }
}
