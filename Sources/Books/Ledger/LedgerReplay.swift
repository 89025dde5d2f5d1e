/// A portfolio's entries on their way through its ledger, and the splits between them.
///
/// A split comes before entries of the same instant: those count new units.
struct LedgerReplay {
  /// What the entries so far have left.
  private(set) var ledger: BookLedger
  private var row: Int
  private var pending: [(timeNs: Int64, instrument: Int, ratio: Double)] = []
  private var next = 0
  private var seen: Set<Int> = []

  /// Before the first entry of a portfolio.
  init(of portfolio: Int, in book: Book) {
    ledger = BookLedger(wallets: book.wallets(of: portfolio))
    row = book.entries.range(of: portfolio).lowerBound
  }

  /// Goes on to an entry, which is not posted; splits up to its time are.
  mutating func advance(to end: Int, in book: Book, market: BookMarket?) {
    advance(to: end, in: book, market: market) { _, _, _ in }
    if book.entries.timeNs.indices.contains(end) { split(upTo: book.entries.timeNs[end]) }
  }

  /// Posts the entries before one.
  ///
  /// - Parameter visit: sees the ledger before each entry, with the entry and its place.
  fileprivate mutating func advance(
    to end: Int, in book: Book, market: BookMarket?, visit: (BookLedger, Entry, Int) -> Void
  ) {
    let splits = market?.splits ?? []
    while row < end {
      let entry = book.entries[row]
      split(upTo: entry.timeNs)
      visit(ledger, entry, row)
      ledger.post(entry)
      row += 1
      guard let instrument = entry.instrument, instrument < splits.count,
        !splits[instrument].isEmpty, seen.insert(instrument).inserted
      else { continue }
      let due = splits[instrument].filter { $0.timeNs > entry.timeNs }
      pending.removeFirst(next)
      next = 0
      pending += due.map { ($0.timeNs, instrument, $0.ratio) }
      pending.sort { ($0.timeNs, $0.instrument) < ($1.timeNs, $1.instrument) }
    }
  }

  /// Splits up to an instant, and at it.
  fileprivate mutating func split(upTo instant: Int64) {
    while next < pending.count, pending[next].timeNs <= instant {
      ledger.split(pending[next].instrument, ratio: pending[next].ratio)
      next += 1
    }
  }
}

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
    var replay = LedgerReplay(of: portfolio, in: book)
    let rows = book.entries.range(of: portfolio)
    let end = instant.flatMap { instant in
      rows.first { book.entries.timeNs[$0] >= instant }
    }
    replay.advance(to: end ?? rows.upperBound, in: book, market: market, visit: visit)
    // Nothing is before the first instant of all.
    if instant != .min { replay.split(upTo: instant.map { $0 - 1 } ?? .max) }
    self = replay.ledger
  }
}
