import Books
import Market
import Simulation
import Storage

/// A book with the prices that value it: what every verb of books begins with.
public struct BookSession: Sendable {
  /// Which files and panels; nil takes what the book says.
  public struct Options: Sendable {
    /// Path of the price store.
    public var store: String?
    /// Name of the panel.
    public var panel: String?
    /// Name of the panel of rates of currencies.
    public var rates: String?
    /// Number of workers; no number depends on it.
    public var workers = 1

    /// As the book says.
    public init() {}
  }

  /// Path of the book.
  public let path: String
  /// The book.
  public let book: Book
  /// SHA-256 of the book's content, in hexadecimal.
  public let contentHash: String
  /// Path of the price store.
  public let storePath: String
  /// The store.
  public let store: PriceStore
  /// Raw prices, splits and rates.
  public let market: BookMarket
  /// What the reader should know of the data.
  public let warnings: [RunWarning]
  /// Number of workers.
  public let workers: Int
}
