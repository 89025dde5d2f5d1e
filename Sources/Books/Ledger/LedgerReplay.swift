extension BookLedger {
  /// The ledger of a portfolio as of an instant: its entries up to then, and the splits between them.
  ///
  /// A split comes before entries of the same instant: those count new units.
  ///
  /// - Parameters:
  ///   - portfolio: its position.
  ///   - instant: entries before it count, those at it don't; nil for all.
  ///   - visit: sees the ledger before each entry, with the entry and its place.
  public init(
    of portfolio: Int, in book: Book, market: BookMarket?, before instant: Int64? = nil,
    visit: (BookLedger, Entry, Int) -> Void = { _, _, _ in }
  ) {
    self.init(wallets: book.wallets(of: portfolio))
    var pending: [(timeNs: Int64, instrument: Int, ratio: Double)] = []
    var seen: Set<Int> = []
    var next = 0
    func isDue(_ timeNs: Int64) -> Bool { next < pending.count && pending[next].timeNs <= timeNs }
    for row in book.entries.range(of: portfolio) {
      let entry = book.entries[row]
      if let instant, entry.timeNs >= instant { break }
      while isDue(entry.timeNs) {
        split(pending[next].instrument, ratio: pending[next].ratio)
        next += 1
      }
      visit(self, entry, row)
      post(entry)
      if let instrument = entry.instrument, let market, seen.insert(instrument).inserted {
        let splits = market.splits[instrument].filter { $0.timeNs > entry.timeNs }
        pending.removeFirst(next)
        next = 0
        pending += splits.map { ($0.timeNs, instrument, $0.ratio) }
        pending.sort { ($0.timeNs, $0.instrument) < ($1.timeNs, $1.instrument) }
      }
    }
    while next < pending.count, instant.map({ pending[next].timeNs < $0 }) ?? true {
      split(pending[next].instrument, ratio: pending[next].ratio)
      next += 1
    }
  }
}
