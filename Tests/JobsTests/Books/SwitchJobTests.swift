import Advice
import Books
import Foundation
import Interchange
import Jobs
import Market
import Storage
import TestSupport
import Testing

/// Advice and switches of a book in files.
@Suite struct SwitchJobTests {
  private static let symbols = ["AAPL", "KO", "MSFT", "XOM", "JNJ"]

  /// Closes that wander by a rule, other ones after a bar.
  private func store(_ path: String, changedAfter change: Int = .max) throws {
    let (bars, count) = (300, Self.symbols.count)
    var closes = [Double](repeating: .nan, count: bars * count)
    for column in 0..<count {
      var price = 20.0 + Double(column) * 13
      for bar in 0..<bars {
        let step = Double((bar * (7 + column * 4) + column * 5) % 19) - 8.9
        price *= 1 + step / 700
        closes[bar * count + column] = bar > change ? price * 3 : price
      }
    }
    let draft = PanelDraft(
      name: "us_equity_1d", timeNs: (0..<bars).map { Int64($0) * Calendar.dayNs },
      symbols: Self.symbols.enumerated().map {
        .init(symbol: $1, sector: $0 % 2 == 0 ? "Technology" : "Energy", currency: "USD")
      }, calendar: Calendar(.crypto), frequencyNs: Calendar.dayNs,
      fields: [.init(name: "close", values: closes)])
    try PriceStore.add(draft, actions: [], to: path)
  }

  private func book(_ folder: ScratchFolder) throws -> String {
    var book = Book(firm: .init(id: "f"))
    book.prices.store = "prices.h5"
    let path = folder.path("book.h5")
    let tables = [
      "advisors.csv": "id,name\na-1,\n", "clients.csv": "id,advisor\nc-1,a-1\n",
      "portfolios.csv":
        "id,client,risk_level,max_weight,excluded_symbols\np-1,c-1,5,0.4,KO\np-2,c-1,5,0.4,KO\np-3,c-1,8,,\n",
      "wallets.csv": "id,portfolio,currency\nw-1,p-1,USD\nw-2,p-2,USD\nw-3,p-3,USD\n",
    ]
    for (name, text) in tables { try folder.write(text, to: name) }
    _ = try BookImportJob(book: path, files: tables.keys.sorted().map { folder.path($0) })
      .create(book, force: false)
    let file = try folder.write(
      TradeHead.text + """
        ,1970-01-02,w-1,deposit,,,,10000,,,,
        ,1970-01-03,w-1,buy,KO,100,33,,,,,
        ,1970-01-03,w-1,buy,AAPL,250,20,,,,,
        ,1970-01-02,w-2,deposit,,,,5000,,,,

        """, to: "transactions.csv")
    _ = try BookImportJob(book: path, files: [file]).run()
    return path
  }

  private enum TradeHead {
    static let text = "id,time,wallet,kind,symbol,quantity,price,amount,fee,to,received,note\n"
  }

  private func session(_ path: String, workers: Int = 1) throws -> BookSession {
    var options = BookSession.Options()
    options.workers = workers
    return try BookSession.open(path, options)
  }

  @Test("a switch is imported again, and leaves what it said", arguments: TradePlan.Kind.allCases)
  func roundTrip(kind: TradePlan.Kind) throws {
    let folder = try ScratchFolder()
    try store(folder.path("prices.h5"))
    let path = try book(folder)
    let session = try session(path)
    var options = SwitchJob.Options()
    options.kind = kind
    options.rules.costs.commission.rate = 0.001
    options.rules.costs.commission.minimum = 1
    options.rules.lot = 1
    let asOf = session.market.lastEnd
    let job = SwitchJob(
      session: session, portfolios: [0, 1, 2], asOf: asOf, policy: AdvicePolicy(), options: options)
    let outcome = try job.run()
    #expect(outcome.failedCount == 0)
    let file = try folder.write(outcome.transactions.text, to: "transactions.csv")
    _ = try BookImportJob(book: path, files: [file]).run()
    #expect(try BookImportJob(book: path, files: [file]).run().isChanged == false)
    let after = try self.session(path)
    for portfolio in 0..<2 {
      let holdings = try Holdings(
        of: portfolio, in: after.book, market: after.market, asOf: asOf)
      #expect(holdings.cash >= -1e-9)
      for row in holdings.rows {
        #expect(after.book.instruments[row.instrument].symbol != "KO")
        #expect(holdings.weight(of: row) <= 0.4 + 1e-3)
        #expect(row.units == row.units.rounded())
      }
    }
  }

  @Test("weights of a file: shorts that a profile forbids, portfolios that nobody has")
  func targets() throws {
    let folder = try ScratchFolder()
    try store(folder.path("prices.h5"))
    let session = try session(try book(folder))
    func run(_ text: String) throws -> SwitchJob.Outcome {
      var options = SwitchJob.Options()
      options.targets = try WeightFile.read(try folder.write(text, to: "to.csv"))
      return try SwitchJob(
        session: session, portfolios: [0], asOf: session.market.lastEnd, policy: AdvicePolicy(),
        options: options
      ).run()
    }
    #expect(try run("portfolio,symbol,weight\np-1,AAPL,0.5\np-2,AAPL,0.5\n").failedCount == 0)
    #expect(try run("symbol,weight\nAAPL,0.5\n").failedCount == 0)
    // What no book would import is no trade.
    let short = try run("portfolio,symbol,weight\np-1,MSFT,-0.5\n")
    #expect(short.failedCount == 1 && !short.transactions.text.contains("MSFT"))
    // Nor is more than there is, whichever way it points.
    for text in ["p-1,AAPL,0.7\np-1,MSFT,0.7\n", "p-1,MSFT,-5\n"] {
      #expect(throws: AdviceError.self) { try run("portfolio,symbol,weight\n" + text) }
    }
    #expect(throws: AdviceError.self) {
      try run("portfolio,symbol,weight\np-1,AAPL,0.5\np-9,AAPL,0.5\n")
    }
  }

  @Test(
    "the same for any number of workers, equal profiles are solved once, later prices are nothing")
  func determinism() throws {
    let folder = try ScratchFolder()
    try store(folder.path("prices.h5"))
    let path = try book(folder)
    let asOf = 251 * Calendar.dayNs
    func advise(_ workers: Int) throws -> (groups: [ResultGroup], questions: Int) {
      let outcome = try AdviseJob(
        session: session(path, workers: workers), portfolios: [0, 1, 2], asOf: asOf,
        policy: AdvicePolicy()
      ).run()
      let advice = try #require(outcome.report.groups.first { $0.name == "advice" })
      let variable = try #require(advice.variables.first { $0.name == "question" })
      guard case .integers(let places) = variable.values else { return ([], 0) }
      return (outcome.report.groups, Set(places).count)
    }
    let one = try advise(1)
    #expect(one.questions == 2)
    let texts = "\(one.groups)"
    #expect("\(try advise(2).groups)" == texts)
    #expect("\(try advise(7).groups)" == texts)
    try FileManager.default.removeItem(atPath: folder.path("prices.h5"))
    try store(folder.path("prices.h5"), changedAfter: 250)
    #expect("\(try advise(2).groups)" == texts)
  }
}
