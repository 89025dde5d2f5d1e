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
  init(of portfolio: Int, in book: Book, before instant: Int64? = nil, _ room: inout EventRoom) {
    let range = book.entries.range(of: portfolio)
    events.reserveCapacity(range.count)
    let first = book.wallets(of: portfolio).lowerBound
    for row in range {
      let timeNs = book.entries.timeNs[row]
      if let instant, timeNs >= instant { break }
      var event = Event(bar: room.index.bar(endingAfter: timeNs), timeNs: timeNs)
      event.wallet = Int(book.entries.wallet[row]) - first
      (event.cash, event.row) = (book.entries.cash[row], row)
      let instrument = Int(book.entries.instrument[row])
      if instrument >= 0 {
        event.units = book.entries.units[row]
        if room.slots[instrument] < 0 {
          room.slots[instrument] = Int32(instruments.count)
          instruments.append(instrument)
        }
        event.slot = Int(room.slots[instrument])
      }
      if room.isExternal(row, book) {
        event.flow = event.cash + book.entries.fee[row]
        event.flowUnits = event.units
      }
      events.append(event)
    }
    for instrument in instruments { room.slots[instrument] = -1 }
    if room.hasSplits { addSplits(room, before: instant) }
  }

  private mutating func addSplits(_ room: EventRoom, before instant: Int64?) {
    guard let begin = events.first?.timeNs else { return }
    var splits: [Event] = []
    for (slot, instrument) in instruments.enumerated() {
      for split in room.splits[instrument]
      where split.timeNs > begin && instant.map({ split.timeNs < $0 }) ?? true {
        var event = Event(bar: room.index.bar(endingAfter: split.timeNs), timeNs: split.timeNs)
        (event.slot, event.ratio) = (slot, split.ratio)
        splits.append(event)
      }
    }
    if splits.isEmpty { return }
    // A split before the first mention multiplies nothing; one at the instant of an entry comes first.
    events = (splits + events).enumerated().sorted {
      ($0.element.timeNs, $0.offset) < ($1.element.timeNs, $1.offset)
    }.map(\.element)
  }
}

/// What the events of many portfolios are found with.
struct EventRoom {
  let index: BarIndex
  let splits: [[BookMarket.Split]]
  let hasSplits: Bool
  /// Who owns each wallet: a portfolio, or −1 for those that are one account.
  private let owners: [Int32]
  /// Place of each symbol in the portfolio at hand; −1 for none.
  var slots: [Int32]

  /// - Parameter together: by portfolio, whether it is one account with the others that are; nil for each its own.
  init(_ book: Book, _ market: BookMarket, together: [Bool]? = nil) {
    index = BarIndex(market)
    splits = market.splits
    hasSplits = splits.contains { !$0.isEmpty }
    owners = book.wallets.map { together?[$0.portfolio] == true ? -1 : Int32($0.portfolio) }
    slots = Array(repeating: -1, count: book.instruments.count)
  }

  /// As `Entry.isExternal`; what moves within an account of several portfolios is not.
  @inline(always)
  func isExternal(_ row: Int, _ book: Book) -> Bool {
    switch book.entries.kind[row] {
    case .deposit, .withdrawal: return true
    case .transferOut, .transferIn:
      let counter = Int(book.entries.counter[row])
      return counter < 0 || owners[counter] != owners[Int(book.entries.wallet[row])]
    default: return false
    }
  }
}
