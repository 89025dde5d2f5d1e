import Books
import Storage
import TestSupport

/// Small books for tests, the same for a seed.
enum SampleBook {
  static func make(seed: UInt64 = 1, entryCount: Int = 40, withIDs: Bool = true) -> Book {
    var random = TestRandom(seed: seed)
    var book = Book(firm: .init(id: "firm-\(seed)", name: "Ünïcode & Sons", currency: "USD"))
    book.prices.store = "prices.h5"
    book.advisors = [.init(id: "a-1", name: "One"), .init(id: "a-2")]
    book.clients = [
      .init(id: "c-1", advisor: 1, externalID: "x"), .init(id: "c-2", name: "Two", advisor: 0),
    ]
    for place in 0..<3 {
      var profile = Profile()
      profile.riskLevel = place == 0 ? nil : place * 3
      profile.maxVaR = place == 1 ? 0.02 : .nan
      profile.excludedSectors = place == 2 ? ["Energy", "Real Estate"] : []
      profile.leverage = 1 + Double(place)
      profile.allowsShort = place == 2
      book.portfolios.append(
        .init(id: "p-\(place)", client: place % 2, currency: "USD", profile: profile))
      book.wallets.append(.init(id: "w-\(place)", portfolio: place, currency: "USD"))
      if place == 1 { book.wallets.append(.init(id: "w-eur", portfolio: 1, currency: "EUR")) }
    }
    book.instruments = [
      .init(symbol: "AAA", exchange: "XNAS", currency: "USD"), .init(symbol: "BBB"),
    ]
    book.labels = [.init(name: "branch", texts: ["north", "", "north"])]
    var entries: [Entry] = []
    for sequence in 0..<entryCount {
      let wallet = random.int(0...3)
      let timeNs = Int64(random.int(0...20)) * 86_400_000_000_000
      let amount = Double(random.int(1...1000))
      let id = withIDs ? "t-\(sequence)" : ""
      if random.one(in: 3) {
        entries.append(
          Entry(
            timeNs: timeNs, sequence: Int64(sequence), wallet: wallet, kind: .buy, instrument: 0,
            cash: -amount - 1, units: 1, price: amount, fee: 1, id: id))
      } else {
        entries.append(
          Entry(
            timeNs: timeNs, sequence: Int64(sequence), wallet: wallet, kind: .deposit, cash: amount,
            id: id))
      }
    }
    book.entries = EntryTable(
      entries, portfolioOf: book.wallets.map(\.portfolio), portfolioCount: book.portfolios.count)
    return book
  }
}
