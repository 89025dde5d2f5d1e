import Books
import Market
import TestSupport
import Testing

/// Random books in three currencies, with splits and transfers of units: money of each currency is what came in less what went
/// out, to the cent, and no unit is lost.
@Suite struct RandomCurrenciesTests {
  private static let currencies = ["USD", "EUR", "JPY"]
  private static let portfolios = 5
  private static let symbols = 6
  private static let days = 60

  /// Sums as whole numbers: money in hundredths, units in thousandths before splits are ever applied to them.
  private struct Count {
    var money = [Int](repeating: 0, count: 3)
    var units = [[Double]](
      repeating: [Double](repeating: 0, count: RandomCurrenciesTests.symbols),
      count: RandomCurrenciesTests.portfolios)
  }

  private struct Event {
    var row: TransactionBatch.Row
    var cents = 0
    var receivedCents = 0
    var feeCents = 0
    var order = 0
  }

  private func book() -> Book {
    var book = Book(firm: .init(id: "f"))
    book.advisors = [.init(id: "a")]
    book.clients = [.init(id: "c", advisor: 0)]
    for portfolio in 0..<Self.portfolios {
      var profile = Profile()
      (profile.leverage, profile.allowsShort) = (10, true)
      book.portfolios.append(
        .init(
          id: "p\(portfolio)", client: 0, currency: Self.currencies[portfolio % 3],
          profile: profile))
      for (place, currency) in Self.currencies.enumerated() {
        book.wallets.append(
          .init(id: "w\(portfolio)-\(place)", portfolio: portfolio, currency: currency))
      }
    }
    book.instruments = (0..<Self.symbols).map {
      .init(symbol: "S\($0)", currency: Self.currencies[$0 % 3])
    }
    return book
  }

  private func event(_ random: inout TestRandom, _ held: Count, _ seed: UInt64) -> Event? {
    var row = TransactionBatch.Row()
    let portfolio = random.int(0...Self.portfolios - 1)
    let currency = random.int(0...2)
    let other = random.int(0...Self.portfolios - 1)
    row.wallet = Int32(portfolio * 3 + currency)
    row.kind = random.pick(TransactionBatch.Kind.allCases)
    var event = Event(row: row, cents: random.int(1...500_000))
    let symbol = currency + 3 * random.int(0...1)
    switch row.kind {
    case .deposit, .withdrawal, .dividend, .fee:
      row.amount = Double(event.cents) / 100
      if row.kind == .dividend, random.one(in: 2) { row.instrument = Int32(symbol) }
    case .buy, .sell:
      // Whole units at a price in cents, so that their product is whole cents.
      let (units, price) = (random.int(1...40), random.int(100...20_000))
      (row.instrument, row.quantity, row.price) = (
        Int32(symbol), Double(units), Double(price) / 100
      )
      event.cents = units * price
      event.feeCents = random.one(in: 2) ? random.int(0...999) : 0
      row.fee = Double(event.feeCents) / 100
    case .transfer where random.one(in: 2):
      let units = held.units[portfolio][symbol]
      if units <= 0 || other == portfolio { return nil }
      row.instrument = Int32(symbol)
      row.counter = Int32(other * 3 + currency)
      row.quantity = random.one(in: 3) ? units : units / 4
      event.feeCents = random.int(0...99)
      row.fee = Double(event.feeCents) / 100
      event.cents = 0
    case .transfer:
      let target = random.int(0...2)
      row.counter = Int32(other * 3 + target)
      if row.counter == row.wallet { return nil }
      row.amount = Double(event.cents) / 100
      event.receivedCents = target == currency ? event.cents : random.int(1...500_000)
      row.received = target == currency ? .nan : Double(event.receivedCents) / 100
      event.feeCents = random.int(0...99)
      row.fee = Double(event.feeCents) / 100
    }
    event.row = row
    return event
  }

  /// What an event does, told apart from the code it judges.
  private func apply(_ event: Event, to count: inout Count) {
    let row = event.row
    let (portfolio, currency) = (Int(row.wallet) / 3, Int(row.wallet) % 3)
    let symbol = Int(row.instrument)
    count.money[currency] -= event.feeCents
    switch row.kind {
    case .deposit, .dividend: count.money[currency] += event.cents
    case .withdrawal, .fee: count.money[currency] -= event.cents
    case .buy:
      count.money[currency] -= event.cents
      count.units[portfolio][symbol] += row.quantity
    case .sell:
      count.money[currency] += event.cents
      count.units[portfolio][symbol] -= row.quantity
    case .transfer where symbol >= 0:
      count.units[portfolio][symbol] -= row.quantity
      count.units[Int(row.counter) / 3][symbol] += row.quantity
    case .transfer:
      count.money[currency] -= event.cents
      count.money[Int(row.counter) % 3] += event.receivedCents
    }
  }

  @Test("of each currency no cent is lost, and of each symbol no unit", arguments: 1...25)
  func conservation(_ seed: UInt64) throws {
    var random = TestRandom(seed: seed)
    var book = book()
    let splits: [[BookMarket.Split]] = (0..<Self.symbols).map { _ in
      (0..<random.int(0...2)).map { _ in random.int(1...Self.days) }.sorted().map {
        BookMarket.Split(timeNs: Int64($0) * Sample.day, ratio: random.pick([2, 4, 0.5, 0.25]))
      }
    }
    let closes = (0..<Self.symbols).map { symbol in
      ("S\(symbol)", (0..<Self.days).map { _ in Double(random.int(100...20_000)) / 100 })
    }
    let market = try BookMarket(
      panel: Sample.panel(
        closes, currencies: (0..<Self.symbols).map { Self.currencies[$0 % 3] }),
      instruments: book.instruments, splits: splits, currency: "USD",
      rates: [
        "EUR": [Double](repeating: 1.1, count: Self.days),
        "JPY": [Double](repeating: 0.009, count: Self.days),
      ])
    var count = Count()
    var events: [Event] = []
    for day in 0..<Self.days {
      for (symbol, all) in splits.enumerated() {
        for split in all where split.timeNs == Int64(day) * Sample.day {
          for portfolio in 0..<Self.portfolios { count.units[portfolio][symbol] *= split.ratio }
        }
      }
      for _ in 0..<random.int(0...12) {
        guard var event = event(&random, count, seed) else { continue }
        event.row.timeNs = Int64(day) * Sample.day + Int64(events.count)
        event.order = events.count
        apply(event, to: &count)
        events.append(event)
      }
    }
    // The order of files is any; that of time decides.
    var batch = TransactionBatch()
    batch.begin("t.csv")
    var shuffled = events
    for place in shuffled.indices.reversed() {
      shuffled.swapAt(place, random.int(0...place))
    }
    for event in shuffled {
      try batch.append(
        event.row,
        isSameCurrency: event.row.counter < 0 || event.row.counter % 3 == event.row.wallet % 3)
    }
    // Withdrawals may overdraw wallets here: what is judged is where money goes.
    let first = (0..<Self.portfolios * 3).map { wallet in
      var row = TransactionBatch.Row()
      (row.wallet, row.amount, row.timeNs) = (Int32(wallet), 1e9, -1)
      return row
    }
    for row in first { try batch.append(row) }
    _ = try book.post(batch, market: market, workers: 2)
    #expect(throws: Never.self, "seed \(seed)") { try BookCheck.check(book) }

    let ledgers = (0..<Self.portfolios).map { BookLedger(of: $0, in: book, market: market) }
    for (place, currency) in Self.currencies.enumerated() {
      let kept = ledgers.reduce(0.0) { $0 + $1.balances[place] - 1e9 }
      #expect(
        Int((kept * 100).rounded()) == count.money[place]
          && abs(kept * 100 - (kept * 100).rounded()) < 0.01,
        "seed \(seed): \(kept) \(currency), and \(count.money[place]) cents by hand")
    }
    // Ratios are powers of two, so units are exact.
    for symbol in 0..<Self.symbols {
      let last = splits[symbol].filter { $0.timeNs >= Int64(Self.days) * Sample.day }
      let later = last.reduce(1) { $0 * $1.ratio }
      for portfolio in 0..<Self.portfolios {
        let held = count.units[portfolio][symbol] * later
        #expect(
          abs(ledgers[portfolio].units(symbol) - held) <= 1e-9 * max(1, abs(held)),
          "seed \(seed): portfolio \(portfolio), symbol \(symbol)")
      }
    }
    // Statements tell the same money: what they open with, take in and pay out is what they close with.
    for portfolio in 0..<Self.portfolios {
      let statements = Statement.of(portfolio, in: book, span: .min..<(.max))
      for (place, statement) in statements.enumerated() {
        #expect(statement.closing == ledgers[portfolio].balances[place], "seed \(seed)")
      }
    }
  }
}
