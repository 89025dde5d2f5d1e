import Books
import Jobs
import Market
import Storage
import TestSupport

/// A book with its store in a folder of its own: some years of days, a few clients, one of them with nothing.
struct HistoryBook {
  let folder: ScratchFolder
  let path: String

  /// - Parameters:
  ///   - clients: how many, each with one portfolio, the third with two.
  ///   - stepNs: length of a bar; bars shorter than a day are of all hours.
  init(clients: Int = 5, bars: Int = 120, seed: UInt64 = 1, stepNs: Int64 = Calendar.dayNs) throws {
    folder = try ScratchFolder()
    path = folder.path("book.h5")
    var random = TestRandom(seed: seed)
    func part(_ least: Double, _ most: Double) -> Double {
      least + (most - least) * Double(random.int(0...1_000_000)) / 1e6
    }
    let symbols = ["AAA", "BBB", "CCC"]
    var closes: [Double] = []
    var prices = [50.0, 80, 20]
    for _ in 0..<bars {
      for place in prices.indices {
        prices[place] *= part(0.97, 1.032)
        closes.append(prices[place])
      }
    }
    let first: Int64 = 16_071  // 2014-01-01
    try PriceStore.write(
      [
        PanelDraft(
          name: "us_equity_1d",
          timeNs: (0..<bars).map { first * Calendar.dayNs + Int64($0) * stepNs },
          symbols: symbols.enumerated().map {
            .init(symbol: $1, sector: $0 == 1 ? "Energy" : "Tech", currency: "USD")
          }, calendar: Calendar(stepNs == Calendar.dayNs ? .usEquity : .crypto),
          frequencyNs: stepNs,
          fields: [.init(name: "close", values: closes)])
      ], to: folder.path("prices.h5"))

    var book = Book(firm: .init(id: "firm"))
    book.prices.store = "prices.h5"
    book.advisors = [.init(id: "a-1"), .init(id: "a-2")]
    book.instruments = symbols.map { .init(symbol: $0, currency: "USD") }
    for client in 0..<clients {
      // An id that is no name for a file.
      book.clients.append(.init(id: client == 1 ? "c/1 é" : "c-\(client)", advisor: client % 2))
      for _ in 0..<(client == 2 ? 2 : 1) {
        let place = book.portfolios.count
        book.portfolios.append(.init(id: "p-\(place)", client: client))
        book.wallets.append(.init(id: "w-\(place)", portfolio: place))
      }
    }
    var entries: [Entry] = []
    func add(_ entry: Entry) {
      var entry = entry
      entry.sequence = Int64(entries.count)
      entries.append(entry)
    }
    for place in book.portfolios.indices where place != 3 {
      func time(_ bar: Int) -> Int64 { first * Calendar.dayNs + Int64(bar) * stepNs }
      add(Entry(timeNs: time(place), wallet: place, kind: .deposit, cash: 10_000))
      var held = [0.0, 0, 0]
      for bar in place + 1..<bars where random.one(in: 5) {
        let symbol = random.int(0...2)
        let price = closes[bar * 3 + symbol]
        if held[symbol] >= 5, random.one(in: 2) {
          held[symbol] -= 5
          add(
            Entry(
              timeNs: time(bar), wallet: place, kind: .sell, instrument: symbol,
              cash: 5 * price - 1, units: -5, price: price, fee: 1))
        } else {
          held[symbol] += 7
          add(Entry(timeNs: time(bar), wallet: place, kind: .deposit, cash: 8 * price))
          add(
            Entry(
              timeNs: time(bar), wallet: place, kind: .buy, instrument: symbol,
              cash: -7 * price - 1, units: 7, price: price, fee: 1))
        }
      }
    }
    book.entries = EntryTable(
      entries, portfolioOf: book.wallets.map(\.portfolio), portfolioCount: book.portfolios.count)
    try BookStore.write(book, to: path)
  }

  /// Opens it.
  func session(workers: Int = 1) throws -> BookSession {
    var options = BookSession.Options()
    options.workers = workers
    return try BookSession.open(path, options)
  }
}
