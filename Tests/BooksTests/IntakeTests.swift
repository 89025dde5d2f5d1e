import Books
import TestSupport
import Testing

/// Rows on their way into a book.
@Suite struct IntakeTests {
  private static let day: Int64 = 86_400_000_000_000

  /// A firm with three portfolios, the last two of one client, and a wallet in euros.
  private func book() throws -> Book {
    var intake = BookIntake(Book(firm: .init(id: "f")), updates: false)
    func take(_ table: BookTable, _ columns: String, _ rows: String...) throws {
      try intake.take(
        BookSheet(
          file: "\(table.rawValue).csv", table: table,
          columns: columns.split(separator: ",").map(String.init),
          rows: rows.enumerated().map {
            .init(
              line: $0 + 2,
              cells: $1.split(separator: ",", omittingEmptySubsequences: false).map(String.init))
          }))
    }
    try take(.advisors, "id", "a")
    try take(.clients, "id,advisor", "c-1,a", "c-2,a")
    try take(
      .portfolios, "id,client,leverage,allows_short,label_branch", "p-1,c-1,,,north",
      "p-2,c-2,2,,south", "p-3,c-2,,yes,")
    try take(
      .wallets, "id,portfolio,currency", "w-3,p-3,", "w-1,p-1,", "w-1e,p-1,eur", "w-2,p-2,usd")
    try take(.instruments, "symbol,currency", "AAA,USD", "BBB,")
    return intake.finish()
  }

  private func row(
    _ kind: TransactionBatch.Kind, _ wallet: Int32 = 0, day: Int64 = 1, id: String = "",
    symbol: Int32 = -1, quantity: Double = .nan, price: Double = .nan, amount: Double = .nan,
    fee: Double = .nan, to: Int32 = -1, received: Double = .nan, line: Int = 2
  ) -> TransactionBatch.Row {
    var row = TransactionBatch.Row()
    (row.kind, row.wallet, row.timeNs, row.id) = (kind, wallet, day * Self.day, id)
    (row.instrument, row.quantity, row.price) = (symbol, quantity, price)
    (row.amount, row.fee, row.counter, row.received, row.line) = (amount, fee, to, received, line)
    return row
  }

  private func batch(_ rows: [TransactionBatch.Row]) throws -> TransactionBatch {
    var batch = TransactionBatch()
    batch.begin("transactions.csv")
    for (place, row) in rows.enumerated() {
      var row = row
      row.line = place + 2
      try batch.append(row, isSameCurrency: row.counter < 0 || row.wallet != 1 && row.counter != 1)
    }
    return batch
  }

  @Test("wallets stand in the order of portfolios, and what was read is a book") func tables()
    throws
  {
    let book = try book()
    #expect(book.wallets.map(\.id) == ["w-1", "w-1e", "w-2", "w-3"])
    #expect(book.wallets.map(\.currency) == ["USD", "EUR", "USD", "USD"])
    #expect(book.labels == [.init(name: "branch", texts: ["north", "south", ""])])
    #expect(book.portfolios[1].profile.leverage == 2 && book.portfolios[2].profile.allowsShort)
    #expect(throws: Never.self) { try BookCheck.check(book) }
  }

  @Test("a row of a table that refers to nobody, or contradicts, is named") func badTables() throws
  {
    let book = try book()
    func fault(_ table: BookTable, _ columns: [String], _ cells: [String], updates: Bool = false)
      -> String
    {
      var intake = BookIntake(book, updates: updates)
      let sheet = BookSheet(
        file: "x.csv", table: table, columns: columns, rows: [.init(line: 7, cells: cells)])
      do throws(BooksError) {
        try intake.take(sheet)
        return "taken \(intake.counts[table].map { [$0.added, $0.changed, $0.known] } ?? [])"
      } catch { return "\(error)" }
    }
    let client = fault(.portfolios, ["id", "client"], ["p-9", "c-3"])
    #expect(client.hasPrefix("x.csv, line 7, client: there is no client 'c-3'. Did you mean"))
    #expect(fault(.clients, ["id", "advisor"], ["c-9", ""]).contains("advisor: it is missing"))
    #expect(fault(.portfolios, ["id", "risk_level"], ["p-1", "11"]).contains("1 to 10"))
    #expect(
      fault(.portfolios, ["id", "max_weight"], ["p-1", "-1"]).contains("max_weight: is -1.0"))
    #expect(fault(.wallets, ["id", "portfolio"], ["w-1", "p-2"]).contains("can't be changed"))
    #expect(fault(.portfolios, ["id", "max_weight"], ["p-1", "0.2"]).contains("--update"))
    #expect(
      fault(.portfolios, ["id", "max_weight"], ["p-1", "0.2"], updates: true) == "taken [0, 1, 0]")
    #expect(fault(.portfolios, ["id", "client"], ["p-1", "c-1"]) == "taken [0, 0, 1]")
    #expect(fault(.portfolios, ["id", "label_branch"], ["p-1", "west"]).contains("other labels"))
    #expect(
      fault(.portfolios, ["id", "label_branch"], ["p-1", "west"], updates: true)
        == "taken [0, 1, 0]")
    #expect(fault(.advisors, ["id"], ["a\u{7}"]).contains("no id"))
  }

  @Test("amounts, units and signs by kind") func kinds() throws {
    var book = try book()
    let rows = [
      row(.deposit, amount: 1000), row(.buy, day: 2, symbol: 0, quantity: 4, price: 25, fee: 1),
      row(.sell, day: 3, symbol: 0, quantity: 1, amount: 30),
      row(.dividend, day: 3, symbol: 0, amount: 2),
      row(.fee, day: 4, amount: 5), row(.withdrawal, day: 5, amount: 100),
      row(.transfer, day: 6, amount: 50, fee: 2, to: 1, received: 45),
    ]
    let posting = try book.post(try batch(rows))
    #expect(posting == Posting(added: 7, known: 0, portfolios: 1))
    #expect(book.entries.cash == [1000, -101, 30, 2, -5, -100, -52, 45])
    #expect(book.entries.units == [0, 4, -1, 0, 0, 0, 0, 0])
    #expect(book.entries.sequence == [0, 1, 2, 3, 4, 5, 6, 6])
    #expect(throws: Never.self) { try BookCheck.check(book) }
    let ledger = BookLedger(of: 0, in: book, market: nil)
    #expect(ledger.balances == [774, 45])
  }

  @Test("what is there is known in any order, as often as it is there, by any number of workers")
  func knownInAnyOrder() throws {
    var random = TestRandom(seed: 5)
    // Many of one instant, some of them alike, and transfers that differ only in what arrives.
    var rows = [row(.deposit, amount: 1e6), row(.deposit, 2, amount: 1e6)]
    for place in 0..<300 {
      let day = Int64(2 + place % 3)
      rows.append(row(.buy, day: day, symbol: 0, quantity: Double(1 + place % 7), price: 2))
      rows.append(row(.dividend, 2, day: day, symbol: 1, amount: Double(1 + place % 5)))
      rows.append(row(.transfer, day: day, amount: 1, to: 1, received: 1 + Double(place % 4) / 8))
    }
    var whole = try book()
    _ = try whole.post(try batch(rows))
    for workers in [1, 2, 7] {
      var again = whole
      let shuffled = rows.shuffled(using: &random)
      #expect(try again.post(try batch(shuffled), workers: workers).known == rows.count)
      #expect(again == whole)
      // Twice each is as many new ones; one that is not there is new among those that are.
      let twice = try again.post(try batch(shuffled + rows), workers: workers)
      #expect(twice.known == rows.count && twice.added == rows.count)
      var more = whole
      let other = row(.dividend, 2, day: 3, symbol: 1, amount: 1.5)
      let mixed = Array(shuffled[..<400]) + [other] + Array(shuffled[400...])
      let found = try more.post(try batch(mixed), workers: workers)
      #expect(found.known == rows.count && found.added == 1 && found.portfolios == 1)
    }
  }

  @Test("cells that mean nothing for a kind, and numbers out of range, are refused")
  func badRows() throws {
    let cases: [(TransactionBatch.Row, String)] = [
      (row(.deposit, amount: -5), "amount"), (row(.deposit), "amount"),
      (row(.deposit, quantity: 1, amount: 5), "quantity"),
      (row(.buy, quantity: 1, price: 1), "symbol"),
      (row(.buy, symbol: 0, quantity: 0, price: 1), "quantity"),
      (row(.buy, symbol: 0, quantity: 1), "price"),
      (row(.buy, symbol: 0, quantity: 1, price: -1), "price"),
      (row(.buy, symbol: 0, quantity: 2, price: 10, amount: 25), "amount"),
      (row(.buy, symbol: 0, quantity: 1e300, price: 1e300), "quantity"),
      (row(.deposit, amount: 2e15), "amount"),
      (row(.buy, symbol: 0, quantity: 1e9, price: 1e9), "quantity"),
      (row(.sell, symbol: 0, quantity: 1, price: 1, fee: -1), "fee"),
      (row(.transfer, amount: 5), "to"), (row(.transfer, amount: 5, to: 0), "to"),
      (row(.transfer, amount: 5, to: 2, received: 4), "received"),
      (row(.transfer, amount: 5, to: 1), "received"), (row(.fee, amount: 5, to: 2), "to"),
      (row(.transfer, symbol: 0, quantity: 1, amount: 5, to: 2), "amount"),
      (row(.withdrawal, symbol: 0, amount: 5), "symbol"),
    ]
    for (row, column) in cases {
      var batch = TransactionBatch()
      #expect {
        try batch.append(row, isSameCurrency: row.counter != 1)
      } throws: { ($0 as? TransactionBatch.Fault)?.column == column }
    }
  }

  @Test("units take their cost along, by lots") func transferOfUnits() throws {
    var book = try book()
    let rows = [
      row(.deposit, amount: 1000), row(.buy, day: 2, symbol: 0, quantity: 2, price: 10),
      row(.buy, day: 3, symbol: 0, quantity: 2, price: 20),
      row(.transfer, day: 4, symbol: 0, quantity: 3, to: 2),
      row(.transfer, day: 5, symbol: 0, quantity: 1, to: 3),
    ]
    var last = rows[4]
    last.wallet = 2
    _ = try book.post(try batch(Array(rows[..<4]) + [last]))
    let received = try #require(BookLedger(of: 1, in: book, market: nil).position(0))
    // 2 × 10 and 1 × 20, a third of which goes on.
    #expect(abs(received.cost - 40.0 * 2 / 3) < 1e-9 && received.units == 2)
    let third = try #require(BookLedger(of: 2, in: book, market: nil).position(0))
    #expect(abs(third.cost - 40.0 / 3) < 1e-9)
    let kept = try #require(BookLedger(of: 0, in: book, market: nil).position(0))
    #expect(kept.lots == [Lot(timeNs: 3 * Self.day, units: 1, cost: 20)])
  }

  @Test("units that go to and fro cost time in proportion, not by the square") func longChains()
    throws
  {
    let base = try book()
    func seconds(_ count: Int) throws -> Double {
      var rows = [row(.deposit, amount: 1e6)]
      for _ in 0..<count { rows.append(row(.buy, day: 2, symbol: 0, quantity: 1, price: 10)) }
      for number in 0..<count {
        var transfer = row(.transfer, day: 3, symbol: 0, quantity: 1, to: 2)
        if number % 2 == 1 { (transfer.wallet, transfer.counter) = (2, 0) }
        rows.append(transfer)
      }
      let batch = try batch(rows)
      return try (0..<3).map { _ in
        var book = base
        let clock = ContinuousClock()
        let begin = clock.now
        _ = try book.post(batch)
        let time = clock.now - begin
        #expect(
          BookLedger(of: 0, in: book, market: nil).units(0) == Double(count - count % 2))
        return Double(time.components.attoseconds) * 1e-18 + Double(time.components.seconds)
      }.min() ?? 0
    }
    // Eight times as many would take sixty-four times as long.
    #expect(try seconds(4000) < 30 * max(0.001, seconds(500)))
  }

  @Test("debts and sales of what is not held name the row, or the entry that comes later")
  func shortfalls() throws {
    let book = try book()
    func fault(_ rows: [TransactionBatch.Row], after: [TransactionBatch.Row] = []) throws -> String
    {
      var book = book
      if !after.isEmpty { _ = try book.post(try batch(after)) }
      let batch = try batch(rows)
      do throws(BooksError) {
        _ = try book.post(batch)
        return "posted"
      } catch { return "\(error)" }
    }
    #expect(
      try fault([row(.deposit, amount: 10), row(.withdrawal, day: 2, amount: 11)]).hasPrefix(
        "transactions.csv, line 3, wallet: wallet w-1 has 10 USD and needs 11"))
    #expect(
      try fault([row(.deposit, amount: 10), row(.sell, day: 2, symbol: 1, quantity: 1, price: 3)])
        .contains("line 3, quantity: portfolio p-1 holds 0 BBB and needs 1"))
    // Leverage lets the second portfolio buy, shorts let the third sell.
    #expect(try fault([row(.buy, 2, symbol: 0, quantity: 1, price: 3)]) == "posted")
    #expect(try fault([row(.withdrawal, 2, amount: 3)]).contains("w-2"))
    #expect(try fault([row(.sell, 3, symbol: 0, quantity: 1, price: 3)]) == "posted")
    #expect(
      try fault([row(.transfer, 3, symbol: 0, quantity: 1, to: 0)]).contains("holds 0 AAA"))
    let later = [row(.deposit, amount: 10), row(.withdrawal, day: 9, id: "w", amount: 8)]
    #expect(
      try fault([row(.withdrawal, day: 5, amount: 5)], after: later).hasPrefix(
        "the import would leave the withdrawal w of wallet w-1, which is in the book"))
    // The order of one instant is that of the file.
    #expect(
      try fault([row(.withdrawal, amount: 10), row(.deposit, amount: 10)]).contains("line 2"))
  }

  @Test("what the book has is left out, by id or by content and occurrence") func repeats() throws {
    var book = try book()
    let plain = [
      row(.deposit, amount: 10), row(.deposit, amount: 10), row(.fee, day: 2, amount: 1),
    ]
    let named = [row(.deposit, id: "x", amount: 10), row(.transfer, id: "y", amount: 3, to: 2)]
    #expect(try book.post(try batch(plain + named)).added == 5)
    let before = book
    #expect(try book.post(try batch(plain + named)) == Posting(added: 0, known: 5, portfolios: 0))
    #expect(book == before)
    // A third of the same kind is new; the order of files does not matter.
    #expect(try book.post(try batch(plain.reversed() + [plain[0]])).added == 1)
    #expect(throws: BooksError.self) {
      try book.post(try batch([row(.deposit, id: "x", amount: 11)]))
    }
    #expect(throws: BooksError.self) {
      try book.post(
        try batch([row(.deposit, id: "z", amount: 1), row(.deposit, id: "z", amount: 1)]))
    }
  }
}
