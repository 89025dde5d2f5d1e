import Advice
import Books
import Jobs
import Market
import Storage
import TestSupport

/// A book of portfolios with nothing but cash, or with one unit of a symbol, and a store of whole bars beside it.
struct StrategyBook {
  static let symbols = ["AAA", "BBB", "CCC"]
  static let bars = 160
  /// What each portfolio begins with; `p-0` to `p-4`.
  static let cash = [100_000.0, 25_000, 4_000, 70_000, 900]

  let folder: ScratchFolder
  let path: String
  /// `[bars, symbols]`.
  let closes: [Double]

  /// - Parameters:
  ///   - holds: whether `p-0` to `p-2` hold a unit of a symbol each, and a cent of cash.
  ///   - euro: whether `p-4` is in euros, of which a panel `fx` has the rates.
  ///   - spoiledAfter: a bar after which all prices are others.
  init(holds: Bool = false, euro: Bool = false, spoiledAfter: Int = .max) throws {
    folder = try ScratchFolder()
    path = folder.path("book.h5")
    let (bars, count) = (Self.bars, Self.symbols.count)
    var random = TestRandom(seed: 5)
    var closes: [Double] = []
    var prices = [50.0, 80, 20]
    for bar in 0..<bars {
      for place in prices.indices {
        prices[place] *= 1 + Double(random.int(-250...270)) / 10_000
        closes.append(bar > spoiledAfter ? 3 * prices[place] : prices[place])
      }
    }
    self.closes = closes
    // The open of a bar is known from its close, so that a test knows that of a drawn bar too.
    let fields: [PanelDraft.Field] = [
      .init(name: "open", values: closes.map { $0 * 0.99 }),
      .init(name: "high", values: closes.map { $0 * 1.02 }),
      .init(name: "low", values: closes.map { $0 * 0.97 }),
      .init(name: "close", values: closes),
      .init(name: "volume", values: closes.map { _ in 1e6 }),
    ]
    let first: Int64 = 16_071  // 2014-01-01
    let times = (0..<bars).map { (first + Int64($0)) * Calendar.dayNs }
    let rates = (0..<bars).map { 1.1 + 0.002 * Double($0 % 17) }
    let fx = PanelDraft(
      name: "fx", timeNs: times, symbols: [.init(symbol: "EURUSD", currency: "USD")],
      calendar: .crypto, frequencyNs: Calendar.dayNs,
      fields: [.init(name: "open", values: rates), .init(name: "close", values: rates)])
    try PriceStore.write(
      [
        PanelDraft(
          name: "crypto_1d", timeNs: times,
          symbols: Self.symbols.enumerated().map {
            .init(symbol: $1, sector: $0 == 1 ? "Energy" : "Tech", currency: "USD")
          }, calendar: .crypto, frequencyNs: Calendar.dayNs, fields: fields)
      ] + (euro ? [fx] : []), to: folder.path("prices.h5"))

    var book = Book(firm: .init(id: "firm"))
    book.prices.store = "prices.h5"
    if euro { (book.prices.panel, book.prices.rates) = ("crypto_1d", "fx") }
    book.advisors = [.init(id: "a")]
    book.clients = [.init(id: "c", advisor: 0)]
    book.instruments = Self.symbols.map { .init(symbol: $0, currency: "USD") }
    var entries: [Entry] = []
    for (place, cash) in Self.cash.enumerated() {
      var profile = Profile()
      if place == 3 { profile.excludedSectors = ["Energy"] }
      let currency = euro && place == 4 ? "EUR" : "USD"
      book.portfolios.append(
        .init(id: "p-\(place)", client: 0, currency: currency, profile: profile))
      book.wallets.append(.init(id: "w-\(place)", portfolio: place, currency: currency))
      let buys = holds && place < count
      entries.append(
        Entry(
          timeNs: first * Calendar.dayNs, sequence: Int64(entries.count), wallet: place,
          kind: .deposit, cash: buys ? closes[place] + 0.01 : cash))
      if buys {
        entries.append(
          Entry(
            timeNs: (first + 1) * Calendar.dayNs, sequence: Int64(entries.count), wallet: place,
            kind: .buy, instrument: place, cash: -closes[place], units: 1, price: closes[place]))
      }
    }
    book.entries = EntryTable(
      entries, portfolioOf: book.wallets.map(\.portfolio), portfolioCount: book.portfolios.count)
    try BookStore.write(book, to: path)
  }

  /// The day of a bar.
  static func day(_ bar: Int) -> String {
    String(Timestamp.text(nanoseconds: (16_071 + Int64(bar)) * Calendar.dayNs).prefix(10))
  }

  /// Opens it.
  func session(workers: Int = 1) throws -> BookSession {
    var options = BookSession.Options()
    options.workers = workers
    return try BookSession.open(path, options)
  }

  /// A spec over its store.
  static func spec(_ strategy: String, _ rest: String = "", data: String = "") throws -> Spec {
    try Spec(
      text: "{ apus: 1, data: { store: 'prices.h5' \(data) }, strategy: { \(strategy) } \(rest) }")
  }

  /// A simulation of everybody, or of some.
  func outcome(
    _ policy: SimulateOptions.Policy, bar: Int, workers: Int = 1, portfolios: [Int]? = nil,
    _ change: (inout SimulateOptions) -> Void
  ) throws -> SimulateJob.Outcome {
    var options = SimulateOptions()
    (options.policy, options.paths, options.horizon, options.path) = (policy, 12, 30, 0)
    change(&options)
    var advice = AdvicePolicy()
    advice.lookback = 60
    advice.method = "min_variance"
    let session = try session(workers: workers)
    return try SimulateJob(
      session: session, portfolios: portfolios ?? Array(session.book.portfolios.indices),
      asOf: session.market.end(of: bar), policy: advice, options: options
    ).run()
  }
}

extension SimulateJob.Outcome {
  private var path: ResultGroup? { report.groups.first { $0.name == "path" } }

  /// Number of portfolios that go, where a path is shown.
  var goingCount: Int { path?.labels(of: "portfolio")?.count ?? 0 }

  /// What a portfolio is worth after each bar of the path that is shown, by its place among those that go.
  func values(of place: Int) -> [Double] {
    guard let path = path,
      let variable = path.variables.first(where: { $0.name == "value" }),
      case .doubles(let values) = variable.values
    else { return [] }
    return stride(from: place, to: values.count, by: goingCount).map { values[$0] }
  }

  /// Why portfolios do not go along.
  var reasons: [String] {
    guard let group = report.groups.first(where: { $0.name == "outcomes" }),
      let variable = group.variables.first(where: { $0.name == "reason" }),
      case .texts(let texts) = variable.values
    else { return [] }
    return Array(texts)
  }
}
