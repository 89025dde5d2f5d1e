/// The entries of one portfolio and the splits between them, by the bars in which they show, for walks over many bars.
///
/// In the order in which `BookLedger` meets them: a split comes before entries of the same instant.
struct PortfolioEvents {
  /// One event.
  struct Event {
    /// The first bar that ends after it.
    var bar: Int
    var timeNs: Int64
    /// Place of its symbol in `instruments`; −1 without one.
    var slot = -1
    /// New units for an old one; 1 but for a split.
    var ratio = 1.0
    /// Units that come in.
    var units = 0.0
    /// Place of the wallet among the portfolio's.
    var wallet = 0
    /// Money that comes in.
    var cash = 0.0
    /// Money that crosses the portfolio's border, without fees.
    var flow = 0.0
    /// Units that cross the portfolio's border.
    var flowUnits = 0.0
    /// Position of the entry in the book; −1 for a split.
    var row = -1
  }

  /// Symbols in the order of first mention.
  private(set) var instruments: [Int] = []
  /// The events in order.
  private(set) var events: [Event] = []

  /// The events of a portfolio.
  ///
  /// - Parameter instant: entries before it count; nil for all.
  init(of portfolio: Int, in book: Book, market: BookMarket, before instant: Int64? = nil) {
    let entries = book.entries
    let first = book.wallets(of: portfolio).lowerBound
    var slots: [Int: Int] = [:]
    for row in entries.range(of: portfolio) {
      let entry = entries[row]
      if let instant, entry.timeNs >= instant { break }
      var event = Event(bar: market.bar(endingAfter: entry.timeNs), timeNs: entry.timeNs)
      (event.wallet, event.cash, event.row) = (entry.wallet - first, entry.cash, row)
      if let instrument = entry.instrument {
        event.units = entry.units
        event.slot =
          slots[instrument]
          ?? {
            slots[instrument] = instruments.count
            instruments.append(instrument)
            return instruments.count - 1
          }()
      }
      if entry.isExternal(in: book) {
        event.flow = entry.cash + entry.fee
        event.flowUnits = entry.units
      }
      events.append(event)
    }
    addSplits(market, before: instant)
  }

  private mutating func addSplits(_ market: BookMarket, before instant: Int64?) {
    guard let begin = events.first?.timeNs else { return }
    var splits: [Event] = []
    for (slot, instrument) in instruments.enumerated() {
      for split in market.splits[instrument]
      where split.timeNs > begin && instant.map({ split.timeNs < $0 }) ?? true {
        var event = Event(bar: market.bar(endingAfter: split.timeNs), timeNs: split.timeNs)
        (event.slot, event.ratio) = (slot, split.ratio)
        splits.append(event)
      }
    }
    if splits.isEmpty { return }
    // A split before the first mention multiplies nothing.
    events = (splits + events).enumerated().sorted {
      ($0.element.timeNs, $0.offset) < ($1.element.timeNs, $1.offset)
    }.map(\.element)
  }
}
