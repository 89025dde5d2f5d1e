import Books
import Interchange
import Storage

extension Target {
  /// Two portfolios of one client, the second with a wallet in another currency and leave to borrow and go short.
  private static let smallBook: Book = {
    var book = Book(firm: .init(id: "f"))
    book.advisors = [.init(id: "a")]
    book.clients = [.init(id: "c", advisor: 0)]
    var profile = Profile()
    (profile.leverage, profile.allowsShort) = (3, true)
    book.portfolios = [.init(id: "p", client: 0), .init(id: "q", client: 0, profile: profile)]
    book.wallets = [
      .init(id: "w", portfolio: 0), .init(id: "v", portfolio: 1),
      .init(id: "e", portfolio: 1, currency: "EUR"),
    ]
    book.entries = EntryTable([], portfolioOf: [0, 1, 1], portfolioCount: 2)
    return book
  }()

  /// Transactions are refused, or post to a book that keeps its rules and knows them again.
  static func readTransactions(_ bytes: UnsafeRawBufferPointer) {
    func batch(_ book: Book) -> (TransactionBatch, [Book.Instrument])? {
      var reader = TransactionReader(book, symbols: BookSymbols(book.instruments, known: nil))
      var batch = TransactionBatch()
      guard (try? reader.read("t.csv", into: &batch, content: Array(bytes))) != nil else {
        return nil
      }
      return (batch, reader.symbols.instruments)
    }
    var book = smallBook
    guard let (first, instruments) = batch(book) else { return }
    book.instruments = instruments
    guard let posting = try? book.post(first) else { return }
    precondition(posting.added == first.count, "a row is lost")
    precondition((try? BookCheck.check(book)) != nil, "what was posted is no book")
    guard let (again, _) = batch(book) else { preconditionFailure("a repeat is refused") }
    let before = book
    guard let repeated = try? book.post(again) else { preconditionFailure("a repeat is refused") }
    precondition(repeated.added == 0 && book == before, "a repeat changes the book")
  }

  /// A book is refused, or all of it can be replayed.
  static func openBook(_ bytes: UnsafeRawBufferPointer) {
    let file = MemoryFile(bytes)
    guard let book = try? BookStore.read(file.path) else { return }
    for portfolio in book.portfolios.indices {
      withExtendedLifetime(BookLedger(of: portfolio, in: book, market: nil)) {}
    }
  }
}
