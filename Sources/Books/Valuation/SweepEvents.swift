import Kernels

/// The events of a tile's portfolios in the order in which a sweep meets them: block by block, in each one portfolio after the other.
struct SweepEvents {
  /// Symbols of all portfolios, each portfolio's in the order of first mention.
  private var instruments: [Int32] = []
  /// Portfolio by portfolio, and then block by block.
  private var found: [PortfolioEvents.Event] = []
  private var events: [PortfolioEvents.Event] = []
  /// First of each portfolio among those found.
  private var starts: [Int] = []
  /// One after the last event of each block's portfolios: `[blocks][portfolios]`.
  private var ends: [Int] = []
  /// The events that were taken.
  private var next = 0

  /// Symbols of each portfolio, summed over portfolios.
  var symbolCount: Int { instruments.count }

  /// Forgets another tile's.
  mutating func removeAll() {
    instruments.removeAll(keepingCapacity: true)
    found.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
  }

  /// Appends those of a portfolio.
  ///
  /// - Parameters:
  ///   - wallet: its first one.
  ///   - end: entries before this instant count.
  mutating func append(
    _ portfolio: Int, wallet: Int, in book: Book, before end: Int64, _ room: inout EventRoom
  ) {
    starts.append(found.count)
    room.append(portfolio, wallet: wallet, in: book, before: end, to: &found, &instruments)
  }

  /// Brings them in order, once all are there.
  // A sweep reads them once, from the first to the last, and keeps its cache for prices.
  mutating func sort(_ table: MarkTable) {
    let (portfolios, origin) = (starts.count, Int32(table.bars.lowerBound))
    starts.append(found.count)
    ends = Array(repeating: 0, count: table.blocks * portfolios)
    for portfolio in 0..<portfolios {
      for place in starts[portfolio]..<starts[portfolio + 1] {
        ends[block(found[place], origin) * portfolios + portfolio] += 1
      }
    }
    var sum = 0
    for cell in ends.indices { (ends[cell], sum) = (sum, sum + ends[cell]) }
    if let any = found.first, events.count < found.count {
      events = Array(repeating: any, count: 2 * found.count)
    }
    for portfolio in 0..<portfolios {
      for place in starts[portfolio]..<starts[portfolio + 1] {
        let cell = block(found[place], origin) * portfolios + portfolio
        events[ends[cell]] = found[place]
        ends[cell] += 1
      }
    }
    starts.removeLast()
    next = 0
  }

  /// What comes before the window counts from its first bar.
  @inline(always)
  private func block(_ event: PortfolioEvents.Event, _ origin: Int32) -> Int {
    Int(max(0, event.bar &- origin)) / HeldRowBlock.width
  }

  /// The next events, which are a portfolio's within a block; to be asked for in order.
  mutating func take(_ block: Int, _ portfolio: Int) -> Range<Int> {
    let end = ends[block * starts.count + portfolio]
    defer { next = end }
    return next..<end
  }

  /// One of the events taken.
  subscript(place: Int) -> PortfolioEvents.Event {
    @inline(always)
    get { events[place] }
  }
}
