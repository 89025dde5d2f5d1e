import Books
import Testing

/// Statements worked by hand.
@Suite struct StatementTests {
  private let book = SampleBooks.book(
    portfolios: 2, symbols: ["A"],
    [
      SampleBooks.deposit(0, 10_000), SampleBooks.buy(1, 0, 10, 100, fee: 1),
      SampleBooks.sell(3, 0, 4, 110, fee: 2), SampleBooks.dividend(3, 0, 5),
      Entry(
        timeNs: 5 * SampleBooks.day, sequence: 9, wallet: 0, kind: .withdrawal, cash: -500),
      SampleBooks.deposit(2, 300, wallet: 1), SampleBooks.buy(3, 0, 1, 112, wallet: 1),
    ])

  @Test("a wallet opens with what was there, tells every balance, and closes with the last")
  func wallet() {
    let statements = Statement.of(
      0, in: book, span: SampleBooks.day..<4 * SampleBooks.day)
    #expect(statements.count == 1)
    #expect(statements[0].opening == 10_000)
    #expect(statements[0].lines.map(\.balance) == [8_999, 9_437, 9_442])
    #expect(statements[0].lines.map { book.entries.kind[$0.row] } == [.buy, .sell, .dividend])
    #expect(statements[0].received == 443)
    #expect(statements[0].paid == 1_001)
    #expect(statements[0].fees == 3)
    #expect(statements[0].closing == 9_442)
  }

  @Test("a span without entries closes as it opens; the whole of time opens with nothing")
  func spans() {
    let quiet = Statement.of(0, in: book, span: 4 * SampleBooks.day..<5 * SampleBooks.day)
    #expect(quiet[0].lines.isEmpty && quiet[0].opening == 9_442 && quiet[0].closing == 9_442)
    let whole = Statement.of(0, in: book, span: .min..<(.max))
    #expect(whole[0].opening == 0 && whole[0].closing == 8_942)
    #expect(whole[0].closing == BookLedger(of: 0, in: book, market: nil).balances[0])
  }

  @Test("one statement's end is the next one's begin, and balances are the ledger's to the bit")
  func chain() {
    for cut in Int64(0)...6 {
      let instant = cut * SampleBooks.day
      let before = Statement.of(0, in: book, span: .min..<instant)
      let after = Statement.of(0, in: book, span: instant..<(.max))
      #expect(before[0].closing == after[0].opening)
      #expect(
        before[0].closing
          == BookLedger(of: 0, in: book, market: nil, before: instant).balances[0])
    }
  }

  @Test("purchases, sells, fees and income by day, over portfolios")
  func days() {
    let days = TradingDay.of(0..<2, in: book, span: .min..<(.max))
    #expect(days.map(\.day) == [1, 3])
    #expect(days.map(\.purchases) == [1, 1])
    #expect(days.map(\.bought) == [1_000, 112])
    #expect(days.map(\.sells) == [0, 1])
    #expect(days.map(\.sold) == [0, 440])
    #expect(days.map(\.fees) == [1, 2])
    #expect(days.map(\.income) == [0, 5])
    #expect(days.map(\.net) == [-1_001, 331])
    #expect(TradingDay.of([1], in: book, span: .min..<(.max)).map(\.bought) == [112])
  }

  @Test("days of two currencies are never added")
  func currencies() {
    var book = book
    book.wallets[1].currency = "EUR"
    let days = TradingDay.of(0..<2, in: book, span: 3 * SampleBooks.day..<(.max))
    #expect(days.map(\.currency) == ["EUR", "USD"])
    #expect(days.map(\.bought) == [112, 0])
  }
}
