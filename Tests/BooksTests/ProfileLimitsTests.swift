import Books
import Testing

/// Limits that are percents where fractions are meant.
@Suite struct ProfileLimitsTests {
  private func intake(_ cells: [(String, String)]) throws -> Profile {
    let columns = ["id", "client"] + cells.map(\.0)
    var book = Book(firm: .init(id: "f"))
    book.advisors = [.init(id: "a")]
    book.clients = [.init(id: "c", advisor: 0)]
    var intake = BookIntake(book, updates: false)
    try intake.take(
      BookSheet(
        file: "portfolios.csv", table: .portfolios, columns: columns,
        rows: [.init(line: 2, cells: ["p", "c"] + cells.map(\.1))]))
    return intake.finish().portfolios[0].profile
  }

  @Test(
    arguments: [
      ("max_weight", "50", "is 50.0, and is a fraction of at most 1: 0.5 for 50 %"),
      ("max_weight", "1.01", "is 1.01, and is a fraction of at most 1: 0.5 for 50 %"),
      ("max_sector_weight", "60", "is 60.0, and is a fraction of at most 1: 0.5 for 50 %"),
      ("max_var", "5", "is 5.0, and is a fraction of at most 1: 0.5 for 50 %"),
      ("max_drawdown", "25", "is 25.0, and is a fraction of at most 1: 0.5 for 50 %"),
      ("min_cash", "2", "is 2.0, and is a fraction of at most 1: 0.5 for 50 %"),
      ("max_volatility", "15", "is 15.0, and is a fraction of at most 3: 0.5 for 50 %"),
    ])
  func refused(column: String, text: String, reason: String) {
    #expect(
      throws: BooksError.badRow(
        file: "portfolios.csv", line: 2, column: column, reason: reason)
    ) { try intake([(column, text)]) }
  }

  @Test("weights go up to the leverage, volatility to 3; all else to 1")
  func taken() throws {
    let profile = try intake([
      ("max_weight", "1.5"), ("max_sector_weight", "2"), ("leverage", "2"),
      ("max_volatility", "1.2"), ("max_var", "1"), ("horizon_years", "30"),
    ])
    #expect(profile.maxWeight == 1.5 && profile.maxSectorWeight == 2)
    #expect(
      throws: BooksError.badRow(
        file: "portfolios.csv", line: 2, column: "max_weight",
        reason: "is 2.5, and is a fraction of at most 2, the leverage: 0.5 for 50 %")
    ) { try intake([("max_weight", "2.5"), ("leverage", "2")]) }
  }

  @Test("a book that has such a limit already is sound, so that it can be opened and mended")
  func known() throws {
    var book = SampleBooks.book(portfolios: 1, symbols: [], [])
    book.portfolios[0].profile.maxWeight = 50
    book.portfolios[0].currency = "DOLLARS"
    try BookCheck.check(book)
  }
}
