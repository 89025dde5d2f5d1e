import Books
import Foundation
import Jobs
import Market
import Storage
import TestSupport
import Testing

/// Books from files and back.
@Suite struct BookImportJobTests {
  /// Daily closes of three symbols, the first of which is split two for one on the tenth day.
  private func makeStore(_ folder: ScratchFolder, splits: Bool = true) throws -> String {
    let path = folder.path("prices.h5")
    let bars = 40
    let draft = PanelDraft(
      name: "us_equity_1d", timeNs: (0..<bars).map { Int64($0) * Calendar.dayNs },
      symbols: [
        .init(symbol: "AAPL", sector: "Technology", exchange: "XNAS", currency: "USD"),
        .init(symbol: "MSFT"), .init(symbol: "SAP", currency: "EUR"),
      ], calendar: Calendar(.crypto), frequencyNs: Calendar.dayNs,
      fields: [.init(name: "close", values: (0..<3 * bars).map { 10 + Double($0 % 7) })])
    let split = NamedAction(symbol: "AAPL", timeNs: 10 * Calendar.dayNs, kind: .split, value: 2)
    try PriceStore.add(draft, actions: splits ? [split] : [], to: path)
    return path
  }

  private func makeBook(_ folder: ScratchFolder, prices: Bool = true) throws -> String {
    var book = Book(firm: .init(id: "f"))
    if prices {
      _ = try makeStore(folder)
      book.prices.store = "prices.h5"
    }
    let path = folder.path("book.h5")
    let tables = [
      "advisors.csv": "id,name\na-1,\n", "clients.csv": "id,advisor\nc-1,a-1\nc-2,a-1\n",
      "portfolios.csv":
        "id,client,risk_level,excluded_sectors,label_branch\np-1,c-1,5,Energy; Utilities,north\np-2,c-2,,,\"a,b\"\n",
      "wallets.csv": "id,portfolio,currency\nw-1,p-1,USD\nw-1e,p-1,EUR\nw-2,p-2,USD\n",
    ]
    for (name, text) in tables { try folder.write(text, to: name) }
    var job = BookImportJob(book: path, files: tables.keys.sorted().map { folder.path($0) })
    job.ignoresPrices = !prices
    _ = try job.create(book, force: false)
    return path
  }

  private static let head =
    "id,time,wallet,kind,symbol,quantity,price,amount,fee,to,received,note\n"

  private func outcome(_ rows: String, _ book: String, _ folder: ScratchFolder, head: String = head)
    -> String
  {
    do {
      let file = try folder.write(head + rows, to: "transactions.csv")
      let outcome = try BookImportJob(book: book, files: [file]).run()
      return "added \(outcome.posting.added), known \(outcome.posting.known)"
    } catch { return "\(error)" }
  }

  @Test("a table, then transactions, then all of it again changes nothing") func repeats() throws {
    let folder = try ScratchFolder()
    let book = try makeBook(folder)
    let rows = """
      ,1970-01-02,w-1,deposit,,,,1000,,,,
      ,1970-01-03,w-1,buy,XNAS:AAPL,10,12.5,,1,,,"a note, ignored"
      ,1970-01-12,w-1,sell,AAPL,20,6.5,,,,,
      x,1970-01-13T10:00:00Z,w-1,transfer,,,,100,,w-1e,90,

      """
    #expect(outcome(rows, book, folder) == "added 4, known 0")
    let read = try BookStore.read(book)
    // The split doubles what may be sold.
    #expect(read.entries.count == 5 && read.instruments[0].exchange == "XNAS")
    #expect(read.portfolios[0].profile.excludedSectors == ["Energy", "Utilities"])
    let bytes = try Data(contentsOf: URL(filePath: book))
    #expect(outcome(rows, book, folder) == "added 0, known 4")
    let again = ["advisors", "clients", "portfolios", "wallets"].map { folder.path("\($0).csv") }
    #expect(try BookImportJob(book: book, files: again).run().isChanged == false)
    #expect(try Data(contentsOf: URL(filePath: book)) == bytes)
  }

  @Test(
    "a split that the store learns of later changes what transferred units cost, by the next import"
  )
  func lateSplit() throws {
    let folder = try ScratchFolder()
    let book = try makeBook(folder)
    let prices = folder.path("prices.h5")
    try FileManager.default.removeItem(atPath: prices)
    _ = try makeStore(folder, splits: false)
    // Ten units for 20 each; all are split on the tenth day, and then half of the twenty move.
    let rows = """
      ,1970-01-02,w-1,deposit,,,,1000,,,,
      ,1970-01-03,w-1,buy,AAPL,10,20,,,,,
      ,1970-01-20,w-1,transfer,AAPL,5,,,,w-2,,

      """
    #expect(outcome(rows, book, folder) == "added 3, known 0")
    func cost() throws -> Double {
      let entries = try BookStore.read(book).entries
      let row = try #require(entries.kind.firstIndex(of: .transferIn))
      return entries.price[row]
    }
    #expect(try cost() == 20)
    try FileManager.default.removeItem(atPath: prices)
    _ = try makeStore(folder)
    #expect(outcome(rows, book, folder) == "added 0, known 3")
    #expect(try cost() == 10)
    let bytes = try Data(contentsOf: URL(filePath: book))
    #expect(outcome(rows, book, folder) == "added 0, known 3")
    #expect(try Data(contentsOf: URL(filePath: book)) == bytes)
  }

  @Test("rows that break a rule are named, and nothing is kept") func badRows() throws {
    let folder = try ScratchFolder()
    let book = try makeBook(folder)
    let bytes = try Data(contentsOf: URL(filePath: book))
    let cases = [
      (
        ",1970-01-02,w-9,deposit,,,,1,,,,", "line 2, wallet: there is no wallet 'w-9'. Did you mean"
      ),
      (",1970-01-02,w-1,depsit,,,,1,,,,", "'depsit' (known: deposit, "),
      (",1970-13-02,w-1,deposit,,,,1,,,,", "time: '1970-13-02' is not a date"),
      (",,w-1,deposit,,,,1,,,,", "time: it is missing"),
      (",1970-01-02,w-1,deposit,,,,one,,,,", "amount: 'one' is no number"),
      (",1970-01-02,w-1,deposit,,,,inf,,,,", "amount: 'inf' is no number"),
      (",1970-01-02,w-1,buy,APPL,1,1,,,,,", "no symbol 'APPL'. Did you mean 'AAPL'? N"),
      (",1970-01-02,w-1,buy,XNYS:AAPL,1,1,,,,,", "AAPL trades at XNAS, not at XNYS"),
      (",1970-01-02,w-1,buy,SAP,1,1,,,,,", "SAP is in EUR, wallet w-1 in USD"),
      (",1970-01-02,w-1,deposit,,,,1", "8 fields, where the header has 12"),
      (",1970-01-02,w-1,withdrawal,,,,1,,,,", "wallet w-1 has 0 USD and needs 1"),
      (",1970-01-02,w-1,transfer,,,,1,,w-1e,,", "received: it is missing"),
    ]
    for (row, reason) in cases {
      let found = outcome(row + "\n", book, folder)
      #expect(found.contains(reason), "\(row): \(found)")
      #expect(found.contains("transactions.csv, line 2"), "\(found)")
    }
    #expect(
      outcome("1,2\n", book, folder, head: "time,walet\n").contains("Did you mean 'wallet'?"))
    for (theirs, ours) in [("Date", "time"), ("Ticker", "symbol"), ("Qty", "quantity")] {
      #expect(
        outcome("1,2\n", book, folder, head: "\(theirs),wallet\n")
          .contains("Did you mean '\(ours)'?"), "\(theirs)")
    }
    #expect(
      outcome(",1970-01-02,w-1,interest,,,,1,,,,\n", book, folder)
        .contains("Did you mean 'dividend'?"))
    #expect(outcome("1\n", book, folder, head: "time\n").contains("kind: there is no such column"))
    #expect(try Data(contentsOf: URL(filePath: book)) == bytes)
  }

  @Test("a portfolio stands for its wallet where only one fits") func wallets() throws {
    let folder = try ScratchFolder()
    let book = try makeBook(folder)
    let head = "time,portfolio,kind,symbol,quantity,price,amount\n"
    #expect(outcome("1970-01-02,p-2,deposit,,,,5\n", book, folder, head: head).contains("added 1"))
    #expect(
      outcome("1970-01-02,p-1,deposit,,,,5\n", book, folder, head: head).contains("has 2 wallets"))
    let rows = "1970-01-02,p-2,deposit,,,,100\n1970-01-03,p-2,buy,AAPL,1,10,\n"
    #expect(outcome(rows, book, folder, head: head) == "added 2, known 0")
  }

  @Test("JSON5 says the same as CSV, and its mistakes have lines") func json5() throws {
    let folder = try ScratchFolder()
    let book = try makeBook(folder)
    let text = """
      {
        // as CSV would have it
        portfolios: [{ id: "p-3", client: "c-1", profile: { risk_level: 3, max_weight: 0.25,
                       excluded_symbols: ["MSFT"], allows_short: false }, labels: { branch: "east" } }],
        wallets: [{ id: "w-3", portfolio: "p-3" }],
        transactions: [
          { id: "j-1", time: "1970-01-05", wallet: "w-3", kind: "deposit", amount: 250.5 },
          { time: "1970-01-06", wallet: "w-3", kind: "buy", symbol: "MSFT", quantity: 2, price: 10.25, fee: 0.5 },
        ],
      }
      """
    let file = try folder.write(text, to: "more.json5")
    let outcome = try BookImportJob(book: book, files: [file]).run()
    #expect(outcome.posting.added == 2 && outcome.tables[.portfolios]?.added == 1)
    let read = try BookStore.read(book)
    #expect(read.portfolios[2].profile.maxWeight == 0.25 && read.labels[0].texts[2] == "east")
    #expect(BookLedger(of: 2, in: read, market: nil).balances == [229.5])
    #expect(try BookImportJob(book: book, files: [file]).run().isChanged == false)
    for (bad, reason) in [
      ("{ wallets: [{ id: 'w', portfolo: 'p' }] }", "portfolo"),
      ("{ wallets: [{ id: 'w', portfolo: 'p' }] }", "no such key. Did you mean 'portfolio'?"),
      ("{ wallet: [] }", "known are firm"),
      (
        "{ portfolios: [{ id: 'p', client: 'c-1', risk_level: 3,\nprofile: { risk_level: 4 } }] }",
        "line 2, risk_level: it stands twice"
      ),
      ("{ wallets: 3 }", "a list of objects"), ("{ wallets: [", "line 1"),
      (
        "{ transactions: [\n{ time: '1970-01-01', kind: 'fee', wallet: 'w-1' }] }", "line 2, amount"
      ),
    ] {
      let file = try folder.write(bad, to: "bad.json5")
      #expect {
        try BookImportJob(book: book, files: [file]).run()
      } throws: { "\($0)".contains(reason) && "\($0)".contains("bad.json5") }
    }
    let two = try folder.write("{ firm: [{ id: 'f', name: 'a' }, { id: 'g' }] }", to: "two.json5")
    #expect {
      try BookImportJob(book: folder.path("two.h5"), files: [two]).create(
        Book(firm: .init(id: "firm")), force: false)
    } throws: { "\($0)".contains("a book has one firm") }
  }

  @Test("an export makes the same book again", arguments: 1...6) func exports(_ seed: UInt64) throws
  {
    let folder = try ScratchFolder()
    let store = try makeStore(folder, splits: false)
    let path = folder.path("made.h5")
    var generator = BookGenerator(portfolios: 5, holdings: 2, transactions: 200)
    generator.seed = seed
    generator.hasIDs = seed % 2 == 0
    _ = try BookGenerateJob(generator, store: store).run(to: path, force: false)
    var random = TestRandom(seed: seed)
    let symbols = try BookStore.read(path).instruments.map(\.symbol)
    // Transfers of money and units, and awkward numbers.
    var rows = "time,wallet,kind,symbol,quantity,price,amount,fee,to,received\n"
    for _ in 0..<20 {
      let (from, to) = (random.int(1...5), random.int(1...5))
      if from == to { continue }
      let day = "2000-01-0\(random.int(1...9))T0\(random.int(0...9)):00:00.000000001Z"
      rows += "\(day),w-\(from),deposit,,,,\(Double(random.int(1...1000)) / 7),,,\n"
      rows +=
        "\(day),w-\(from),transfer,,,,\(Double(random.int(1...9)) / 10),\(random.int(0...1)).1,w-\(to),\n"
      rows +=
        "\(day),w-\(from),buy,\(random.pick(symbols)),0.3,\(Double(random.int(1...9)) / 7),,0.1,,\n"
    }
    let file = try folder.write(rows, to: "transactions.csv")
    _ = try BookImportJob(book: path, files: [file]).run()
    _ = try BookExportJob(book: path, folder: folder.path("tables")).run()
    let copy = folder.path("copy.h5")
    _ = try BookImportJob(book: copy, files: [folder.path("tables")]).create(
      Book(firm: .init(id: "other")), force: false)
    #expect(try BookStore.read(copy) == BookStore.read(path))
    #expect(try BookStore.open(copy).contentHash == BookStore.open(path).contentHash)
    #expect(throws: StorageError.self) {
      try BookExportJob(book: path, folder: folder.path("tables")).run()
    }
    // Into itself it brings nothing.
    #expect(
      try BookImportJob(book: path, files: [folder.path("tables")]).run().isChanged == false)
  }

  @Test("the sample book is a book; its first clients have 1, 2, 1 wallets and 5, 7, 0 symbols")
  func sample() throws {
    let folder = try ScratchFolder()
    let source = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../../../datasets/book")
    var job = BookImportJob(book: folder.path("book.h5"), files: [source.standardized.path])
    job.ignoresPrices = true
    _ = try job.create(Book(firm: .init(id: "aurora")), force: false)
    let book = try BookStore.read(job.book)
    #expect((0..<3).map { book.wallets(of: $0).count } == [1, 2, 1])
    let held = (0..<3).map { portfolio in
      BookLedger(of: portfolio, in: book, market: nil).positions.count { $0.units > 0 }
    }
    #expect(held == [5, 7, 0])
  }

  @Test("a session has prices, splits, and what currencies are worth") func session() throws {
    let folder = try ScratchFolder()
    let book = try makeBook(folder)
    #expect {
      try BookSession.open(book)
    } throws: {
      $0 as? BookJobError
        == .rateMissing(currency: "EUR", base: "USD", panel: "us_equity_1d", candidates: [])
    }
    let rates = PanelDraft(
      name: "fx", timeNs: (0..<40).map { Int64($0) * Calendar.dayNs },
      symbols: [.init(symbol: "EURUSD")], calendar: Calendar(.crypto),
      frequencyNs: Calendar.dayNs,
      fields: [.init(name: "close", values: (0..<40).map { $0 == 3 ? .nan : 1 + Double($0) })])
    try PriceStore.add(rates, to: folder.path("prices.h5"))
    var options = BookSession.Options()
    options.panel = "us_equity_1d"
    options.rates = "fx"
    _ = outcome(
      ",1970-01-02,w-1,deposit,,,,1,,,,\n,1970-01-02,w-1,buy,AAPL,1,1,,,,,\n", book, folder)
    let session = try BookSession.open(book, options)
    #expect(session.market.rates["EUR"]?[2...4] == [3, 3, 5])
    #expect(session.contentHash == (try BookStore.open(book).contentHash))
    #expect(throws: BookJobError.storeUnknown(book: folder.path("plain.h5"))) {
      try BookStore.write(Book(firm: .init(id: "f")), to: folder.path("plain.h5"))
      return try BookSession.open(folder.path("plain.h5"))
    }
  }
}
