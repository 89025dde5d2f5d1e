/// The entries of one portfolio and the splits between them, by the bars in which they show, for walks over many bars.
///
/// In the order in which `BookLedger` meets them: a split comes before entries of the same instant.
struct PortfolioEvents {
  /// One event.
  // As small as it can be: a sweep keeps those of some hundred portfolios in cache.
  struct Event: BitwiseCopyable {
    /// The first bar that ends after it.
    var bar: Int32
    /// Place of its symbol in `instruments`; −1 without one.
    var slot: Int32 = -1
    /// Position of its symbol in the book; −1 without one.
    var instrument: Int32 = -1
    /// Position of the entry in the book; −1 for a split.
    var row: Int32 = -1
    /// Place of the wallet among the portfolio's, `~place` if the entry crosses the portfolio's border.
    fileprivate var side: Int32 = 0
    /// Units that come in; of a split, new units for an old one.
    fileprivate var count = 0.0
    /// Money that comes in.
    var cash = 0.0

    var isSplit: Bool { row < 0 }
    /// New units for an old one; 1 but for a split.
    var ratio: Double { isSplit ? count : 1 }
    /// Units that come in.
    var units: Double { isSplit ? 0 : count }
    /// Place of the wallet among the portfolio's.
    var wallet: Int { Int(side < 0 ? ~side : side) }
    /// Whether money or units cross the portfolio's border, as `Entry.isExternal`.
    var isExternal: Bool { side < 0 }
    /// Units that cross the portfolio's border.
    var flowUnits: Double { isExternal ? units : 0 }

    /// Money that crosses the portfolio's border, without fees.
    func flow(in book: Book) -> Double {
      isExternal ? cash + book.entries.fee[Int(row)] : 0
    }
  }

  /// Symbols in the order of first mention.
  private(set) var instruments: [Int32] = []
  /// The events in order.
  private(set) var events: [Event] = []

  /// The events of a portfolio.
  ///
  /// - Parameter instant: entries before it count; nil for all.
  init(of portfolio: Int, in book: Book, before instant: Int64? = nil, _ room: inout EventRoom) {
    events.reserveCapacity(book.entries.range(of: portfolio).count)
    room.append(
      portfolio, wallet: book.wallets(of: portfolio).lowerBound, in: book, before: instant,
      to: &events, &instruments)
  }
}

/// What the events of many portfolios are found with.
struct EventRoom {
  private let index: BarIndex
  private let splits: [[BookMarket.Split]]
  private let hasSplits: Bool
  /// Place of each symbol in the portfolio at hand; −1 for none.
  private var slots: [Int32]
  /// By portfolio, whether it is one account with the others that are; nil for each its own.
  private let together: [Bool]?

  init(_ book: Book, _ market: BookMarket, together: [Bool]? = nil) {
    self.together = together
    index = market.barIndex
    splits = market.splits
    hasSplits = splits.contains { !$0.isEmpty }
    slots = Array(repeating: -1, count: book.instruments.count)
  }

  /// Appends the events of a portfolio, and its symbols in the order of first mention.
  ///
  /// - Parameters:
  ///   - first: its first wallet.
  ///   - instant: entries before it count; nil for all.
  mutating func append(
    _ portfolio: Int, wallet first: Int, in book: Book, before instant: Int64?,
    to events: inout [PortfolioEvents.Event], _ instruments: inout [Int32]
  ) {
    let (firstEvent, firstSlot) = (events.count, instruments.count)
    let rows = book.entries.range(of: portfolio)
    for row in rows {
      let timeNs = book.entries.timeNs[row]
      if let instant, timeNs >= instant { break }
      let wallet = Int32(Int(book.entries.wallet[row]) - first)
      var event = PortfolioEvents.Event(
        bar: Int32(index.bar(endingAfter: timeNs)), row: Int32(row),
        side: isExternal(row, portfolio, book) ? ~wallet : wallet, cash: book.entries.cash[row])
      let instrument = book.entries.instrument[row]
      if instrument >= 0 {
        event.count = book.entries.units[row]
        if slots[Int(instrument)] < 0 {
          slots[Int(instrument)] = Int32(instruments.count - firstSlot)
          instruments.append(instrument)
        }
        (event.slot, event.instrument) = (slots[Int(instrument)], instrument)
      }
      events.append(event)
    }
    for instrument in instruments[firstSlot...] { slots[Int(instrument)] = -1 }
    if hasSplits, events.count > firstEvent {
      addSplits(instruments[firstSlot...], in: book, before: instant, to: &events, firstEvent)
    }
  }

  private func addSplits(
    _ instruments: ArraySlice<Int32>, in book: Book, before instant: Int64?,
    to events: inout [PortfolioEvents.Event], _ first: Int
  ) {
    let begin = book.entries.timeNs[Int(events[first].row)]
    var all: [(timeNs: Int64, event: PortfolioEvents.Event)] = []
    for (slot, instrument) in instruments.enumerated() {
      for split in splits[Int(instrument)]
      where split.timeNs > begin && instant.map({ split.timeNs < $0 }) ?? true {
        let bar = Int32(index.bar(endingAfter: split.timeNs))
        all.append(
          (
            split.timeNs,
            PortfolioEvents.Event(
              bar: bar, slot: Int32(slot), instrument: instrument, count: split.ratio)
          ))
      }
    }
    if all.isEmpty { return }
    // A split before the first mention multiplies nothing; one at the instant of an entry comes first.
    all += events[first...].map { (book.entries.timeNs[Int($0.row)], $0) }
    let sorted = all.enumerated().sorted {
      ($0.element.timeNs, $0.offset) < ($1.element.timeNs, $1.offset)
    }
    events.replaceSubrange(first..., with: sorted.map(\.element.event))
  }

  /// As `Entry.isExternal`; what moves within an account of several portfolios is not.
  @inline(always)
  private func isExternal(_ row: Int, _ portfolio: Int, _ book: Book) -> Bool {
    switch book.entries.kind[row] {
    case .deposit, .withdrawal: return true
    case .transferOut, .transferIn:
      let counter = Int(book.entries.counter[row])
      if counter < 0 { return true }
      let other = book.wallets[counter].portfolio
      return other != portfolio && !(together.map { $0[portfolio] && $0[other] } ?? false)
    default: return false
    }
  }
}
