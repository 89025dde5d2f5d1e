/// What can be wrong with a book.
public enum BooksError: Error, Equatable {
  /// A panel without closes marks nothing.
  case noCloses(panel: String)
}

extension BooksError: CustomStringConvertible {
  /// What happened, and what to do.
  public var description: String {
    switch self {
    case .noCloses(let panel):
      "the panel \(panel) has no field close, so it marks no holdings. Name another with --panel."
    }
  }
}
