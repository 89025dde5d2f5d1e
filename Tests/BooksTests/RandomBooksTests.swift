import Books
import Market
import TestSupport
import Testing

/// Books of random transactions keep every cent.
@Suite struct RandomBooksTests {
  /// Portfolios with a wallet each, all of whom may borrow and go short, so that any row can be posted.
  private func book() -> Book {
    var book = Book(firm: .init(id: "f"))
    book.advisors = [.init(id: "a")]
    book.clients = [.init(id: "c", advisor: 0)]
    for place in 0..<4 {
      var profile = Profile()
      (profile.leverage, profile.allowsShort) = (10, true)
      book.portfolios.append(.init(id: "p-\(place)", client: 0, profile: profile))
      book.wallets.append(.init(id: "w-\(place)", portfolio: place))
    }
    book.instruments = [.init(symbol: "AAA"), .init(symbol: "BBB")]
    return book
  }

  private func rows(_ random: inout TestRandom, _ count: Int) -> [TransactionBatch.Row] {
    var rows: [TransactionBatch.Row] = (0..<4).map { wallet in
      var row = TransactionBatch.Row()
      (row.wallet, row.amount, row.timeNs) = (Int32(wallet), 1_000_000, -1)
      return row
    }
    for _ in 0..<count {
      var row = TransactionBatch.Row()
      row.kind = random.pick(TransactionBatch.Kind.allCases)
      row.wallet = Int32(random.int(0...3))
      row.timeNs = Int64(random.int(0...50))
      let cents = Double(random.int(1...100_000)) / 100
      switch row.kind {
      case .deposit, .withdrawal, .dividend, .fee: row.amount = cents
      case .buy, .sell:
        row.instrument = Int32(random.int(0...1))
        row.quantity = Double(random.int(1...50)) / (random.one(in: 4) ? 8 : 1)
        row.price = cents / 10
        row.fee = random.one(in: 2) ? 0.5 : .nan
      case .transfer:
        row.counter = (row.wallet + Int32(random.int(1...3))) % 4
        row.amount = cents
        row.fee = random.one(in: 2) ? 0.25 : .nan
      }
      rows.append(row)
    }
    return rows
  }

  @Test("money is what came in less what went out, whatever the order of rows", arguments: 1...12)
  func conservation(_ seed: UInt64) throws {
    var random = TestRandom(seed: seed)
    let rows = rows(&random, 300)
    var batch = TransactionBatch()
    batch.begin("t.csv")
    for row in rows { try batch.append(row) }
    var book = book()
    _ = try book.post(batch)
    #expect(throws: Never.self) { try BookCheck.check(book) }
    let ledgers = (0..<4).map { BookLedger(of: $0, in: book, market: nil) }
    var (money, units) = (0.0, [0.0, 0.0])
    for row in rows {
      let fee = row.fee.isNaN ? 0 : row.fee
      switch row.kind {
      case .deposit, .dividend: money += row.amount
      case .withdrawal, .fee: money -= row.amount
      case .buy:
        money -= row.quantity * row.price + fee
        units[Int(row.instrument)] += row.quantity
      case .sell:
        money += row.quantity * row.price - fee
        units[Int(row.instrument)] -= row.quantity
      case .transfer: money -= fee
      }
    }
    let kept = ledgers.reduce(0) { $0 + $1.balances[0] }
    #expect(abs(kept - money) < 1e-6)
    for symbol in 0...1 {
      let held = ledgers.reduce(0) { $0 + $1.units(symbol) }
      #expect(abs(held - units[symbol]) < 1e-9)
    }
    for ledger in ledgers {
      for position in ledger.positions {
        let lots = position.lots.reduce(0) { $0 + $1.units }
        #expect(abs(lots - position.units) < 1e-9)
        // What came in and out is in cost or in gain, told either way.
        let flow = position.sold - position.bought - position.fees
        let held = position.units == 0 ? 0 : position.cost
        #expect(abs(position.realised - held - flow) < 1e-6)
      }
    }
    // In parts, and in any number of workers, it is the same book.
    var parts = self.book()
    for part in [0..<100, 100..<rows.count] {
      var batch = TransactionBatch()
      batch.begin("t.csv")
      for row in rows[part] { try batch.append(row) }
      _ = try parts.post(batch, workers: 7)
    }
    #expect(parts == book)
  }
}
