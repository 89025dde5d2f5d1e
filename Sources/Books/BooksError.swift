import Kernels

/// What can be wrong with a book.
public enum BooksError: Error, Equatable {
  /// A panel without closes marks nothing.
  case noCloses(panel: String)
  // Valuation.
  /// No bar of the panel had ended by the instant that was asked for; `first` is the end of the first bar.
  case beforePrices(panel: String, asOf: Int64, first: Int64)

  /// A row of a file breaks a rule; nothing of the import is kept.
  case badRow(file: String, line: Int, column: String, reason: String)
  /// What is in the book already would lack money or units after an import.
  case lacksLater(entry: String, reason: String)
}

extension BooksError: CustomStringConvertible {
  /// What happened, and what to do.
  public var description: String {
    switch self {
    case .noCloses(let panel):
      "the panel \(panel) has no field close, so it marks no holdings. Name another with --panel."
    case .beforePrices(let panel, let asOf, let first):
      Self.beforePrices(panel, asOf, first)
    case .badRow(let file, let line, let column, let reason):
      sentence("\(file), line \(line), \(column): \(reason)") + " Nothing was imported."
    case .lacksLater(let entry, let reason):
      "the import would leave \(entry), which is in the book, without what it takes: \(reason). Nothing was imported."
    }
  }
}
