import Books
import Interchange
import Market
import TestSupport
import Testing

/// Times of transactions, which repeat in files: what was read before must not colour what comes after.
@Suite struct TransactionTimesTests {
  private func read(_ times: [String]) throws -> (ns: [Int64], withoutOffset: Int) {
    var book = Book(firm: .init(id: "f"))
    book.advisors = [.init(id: "a")]
    book.clients = [.init(id: "c", advisor: 0)]
    book.portfolios = [.init(id: "p", client: 0, currency: "USD")]
    book.wallets = [.init(id: "w", portfolio: 0, currency: "USD")]
    var reader = TransactionReader(book, symbols: BookSymbols([], known: nil, panel: ""))
    var batch = TransactionBatch()
    let text = "time,wallet,kind,amount\n" + times.map { "\($0),w,deposit,1\n" }.joined()
    try reader.read("t.csv", into: &batch, content: Array(text.utf8))
    return (batch.transactions.map { $0.entries[0].timeNs }, reader.withoutOffset)
  }

  @Test("days, clocks and offsets in any succession are each what they say")
  func succession() throws {
    var random = TestRandom(seed: 3)
    let dates = (0..<40).map { _ in Int64(random.int(-80_000...80_000)) }
    // Nanoseconds behind midnight UTC.
    let minute: Int64 = 60_000_000_000
    let clocks: [(text: String, ns: Int64, isBare: Bool)] = [
      ("", 0, false), ("T23:59:59.999999999Z", 1440 * minute - 1, false),
      ("T09:30", 570 * minute, true), (" 09:30:00", 570 * minute, true),
      ("T09:30:00-04:00", 810 * minute, false), ("T09:30+0530", 240 * minute, false),
      ("T00:00Z", 0, false), (" 09:30 UTC", 570 * minute, false), ("T0930", 570 * minute, true),
      (" 9:30 PM", 1290 * minute, true), ("T00:00:00.5", 500_000_000, true),
    ]
    var (texts, expected, bare) = ([String](), [Int64](), 0)
    for _ in 0..<2000 {
      let day = random.pick(dates)
      let clock = random.pick(clocks)
      var date = CivilDate(daysSinceEpoch: day).description
      if random.one(in: 9) { date = date.replacing("-", with: "/") }
      if random.one(in: 9) { date = date.replacing("-", with: "") }
      texts.append(date + clock.text)
      expected.append(day * Calendar.dayNs + clock.ns)
      bare += clock.isBare ? 1 : 0
    }
    let found = try read(texts)
    #expect(found.ns == expected)
    #expect(found.withoutOffset == bare)
  }

  @Test(
    "a time that is none is refused after good ones too",
    arguments: [
      "2024-02-30", "2024-01-31T25:00", "2024-01-31T09:30X", "2024-01-31T", "2024-01-31 +01:00", "",
    ])
  func bad(_ text: String) throws {
    #expect(throws: BooksError.self) {
      try read(["2024-01-31", "2024-01-31T09:30Z", "2024-02-01T09:30Z", text])
    }
  }
}
