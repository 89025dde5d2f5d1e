/// Takes entries apart: what each does to the group of its money, and to the group of its units.
struct LegBuilder {
  private(set) var legs: [[BookSums.Leg]]
  private(set) var slots: [(instrument: Int, currency: String)] = []
  let currencies: [String]
  /// Number of portfolios that had money or units in each group.
  private(set) var sizes: [Int]
  /// The portfolio that was counted last in each group.
  private var counted: [Int]
  /// Whether an entry came after the last bar.
  private(set) var hasLate = false
  private let book: Book
  private let market: BookMarket
  private let groups: SumGroups
  private let index: BarIndex
  private let before: Int64
  private let lastBar: Int
  /// Currency of each wallet, as a place in `currencies`.
  private let currencyOf: [Int]
  private let owner: [Int]
  /// Slot of a symbol by its currency.
  private var places: [[Int: Int32]]

  init(_ book: Book, _ market: BookMarket, _ groups: SumGroups, before: Int64, lastBar: Int) {
    (self.book, self.market, self.groups, self.before) = (book, market, groups, before)
    self.lastBar = lastBar
    index = market.barIndex
    legs = Array(repeating: [], count: groups.names.count)
    sizes = Array(repeating: 0, count: legs.count)
    counted = Array(repeating: -1, count: legs.count)
    let names = book.wallets.map { $0.currency.uppercased() }
    let own = book.portfolios.map { $0.currency.uppercased() }
    let currencies = Set(names).union(own).sorted()
    self.currencies = currencies
    let place = Dictionary(uniqueKeysWithValues: currencies.enumerated().map { ($1, $0) })
    currencyOf = names.map { place[$0] ?? 0 }
    owner = book.wallets.map(\.portfolio)
    // Symbols whose currency nobody told are priced in that of the portfolio.
    var slots: [(instrument: Int, currency: String)] = []
    places = market.currencies.enumerated().map { instrument, currency in
      if !currency.isEmpty {
        slots.append((instrument, currency))
        return [-1: Int32(slots.count - 1)]
      }
      var all: [Int: Int32] = [:]
      for name in Set(own).sorted() {
        slots.append((instrument, name))
        all[place[name] ?? 0] = Int32(slots.count - 1)
      }
      return all
    }
    self.slots = slots
    ownCurrency = own.map { place[$0] ?? 0 }
  }
  private let ownCurrency: [Int]

  private func slot(_ instrument: Int, _ portfolio: Int) -> Int32 {
    places[instrument][-1] ?? places[instrument][ownCurrency[portfolio]] ?? 0
  }

  /// Adds the entries of a portfolio.
  mutating func add(_ portfolio: Int) {
    for row in book.entries.range(of: portfolio) {
      if book.entries.timeNs[row] >= before { break }
      add(book.entries[row], portfolio)
    }
  }

  private mutating func add(_ entry: Entry, _ portfolio: Int) {
    // What came after the last bar has a place of its own, so that it is no part of that bar's return.
    let bar = Int32(min(lastBar + 1, index.bar(endingAfter: entry.timeNs)))
    if bar > lastBar { hasLate = true }
    let cashSlot = Int32(slots.count + currencyOf[entry.wallet])
    let cashGroup = groups.group(portfolio: portfolio, wallet: entry.wallet)
    var cash = BookSums.Leg(bar: bar, slot: cashSlot, amount: entry.cash)
    switch entry.kind {
    case .deposit, .withdrawal: cash.flow = entry.cash + entry.fee
    case .transferOut,
      .transferIn where entry.instrument == nil:
      let isInside = entry.counter.map {
        groups.group(portfolio: owner[$0], wallet: $0) == cashGroup
      }
      if isInside != true { cash.flow = entry.cash + entry.fee }
    default: break
    }
    if let instrument = entry.instrument {
      let unitGroup = groups.group(portfolio: portfolio, instrument: instrument)
      if unitGroup != cashGroup {
        // Money that a sector costs or brings comes from cash, or goes there.
        cash.flow = entry.cash
        if entry.cash != 0 {
          legs[unitGroup].append(BookSums.Leg(bar: bar, slot: cashSlot, flow: -entry.cash))
        }
      }
      if entry.units != 0 {
        var units = BookSums.Leg(
          bar: bar, slot: slot(instrument, portfolio),
          amount: entry.units * laterSplits(entry, instrument, bar))
        if entry.kind == .transferIn || entry.kind == .transferOut {
          let isInside = entry.counter.map {
            groups.group(portfolio: owner[$0], instrument: instrument) == unitGroup
          }
          if isInside != true { units.flow = units.amount }
        }
        legs[unitGroup].append(units)
        count(portfolio, unitGroup)
      }
    }
    if cash.amount != 0 || cash.flow != 0 {
      legs[cashGroup].append(cash)
      count(portfolio, cashGroup)
    }
  }

  private mutating func count(_ portfolio: Int, _ group: Int) {
    if counted[group] == portfolio { return }
    counted[group] = portfolio
    sizes[group] += 1
  }

  /// What splits of the same bar make of units that came before them.
  private func laterSplits(_ entry: Entry, _ instrument: Int, _ bar: Int32) -> Double {
    var ratio = 1.0
    for split in market.splits[instrument]
    where split.timeNs > entry.timeNs && split.timeNs < before
      && index.bar(endingAfter: split.timeNs) == Int(bar)
    {
      ratio *= split.ratio
    }
    return ratio
  }
}
