import Metrics

/// The trades of portfolios as the catalogue counts them: from the first unit of a symbol until none is left.
///
/// Profit is money got less money paid, with dividends and fees of the symbol. Units that come or go by a transfer count at
/// the mark. Prices inside a trade were not recorded, so excursions are unknown.
public struct RoundTrips: Sendable {
  /// A round trip, or the position that is still open; bars are the panel's.
  public struct Trip: Sendable, Equatable {
    /// Bar of the first unit.
    public var entryBar: Int
    /// Bar at which none was left; nil while there are some.
    public var exitBar: Int?
    /// Whether it was bought to open.
    public var isLong: Bool
    /// What came in less what went out.
    public var profit: Double
    /// Money that opened it.
    public var opened: Double
  }

  /// Money of one bar that trades moved and cost, and that symbols paid.
  struct Turn: Sendable, Equatable {
    var bar: Int
    var traded = 0.0
    var fees = 0.0
    var income = 0.0
  }

  private var turns: [Turn] = []

  /// The trips in the order of their first units.
  public private(set) var trips: [Trip] = []
  private var open: [Int: (place: Int, units: Double)] = [:]

  /// Adds the trades that rows of a book tell of.
  ///
  /// - Parameters:
  ///   - rows: places of entries; those of a portfolio are neighbours and in order.
  ///   - book: the book.
  ///   - market: marks and rates.
  ///   - currency: what money is told in.
  ///   - instant: entries from it on don't count.
  public mutating func add(
    _ rows: some Sequence<Int>, in book: Book, market: BookMarket, currency: String,
    before instant: Int64 = .max
  ) {
    var portfolio = -1
    for row in rows where book.entries.timeNs[row] < instant {
      let owner = book.wallets[Int(book.entries.wallet[row])].portfolio
      if owner != portfolio { (portfolio, open) = (owner, [:]) }
      let entry = book.entries[row]
      guard let instrument = entry.instrument else { continue }
      let bar = market.bar(endingAfter: entry.timeNs)
      if bar >= market.panel.barCount { continue }
      let rate = market.rate(
        from: book.wallets[entry.wallet].currency, to: currency, at: bar)
      var turn = Turn(bar: bar, fees: entry.fee * rate)
      switch entry.kind {
      case .buy, .sell: turn.traded = entry.units.magnitude * entry.price * rate
      case .dividend: turn.income = entry.cash * rate
      case .fee: turn.fees -= entry.cash * rate
      default: break
      }
      turns.append(turn)
      var money = entry.cash
      if entry.kind == .transferIn || entry.kind == .transferOut {
        money -= entry.units * (market.mark(instrument, at: bar)?.price ?? entry.price)
      }
      take(
        instrument, entry.units * market.splitRatio(instrument, after: entry.timeNs, upTo: .max),
        money * rate, at: bar)
    }
  }

  /// - Parameter units: as of the last bar, so that splits between two entries need no second look.
  private mutating func take(_ instrument: Int, _ units: Double, _ money: Double, at bar: Int) {
    guard let (place, held) = open[instrument] else {
      guard units != 0 else { return }
      open[instrument] = (trips.count, units)
      trips.append(
        Trip(
          entryBar: bar, exitBar: nil, isLong: units > 0, profit: money, opened: money.magnitude))
      return
    }
    let after = held + units
    let isFlat = after.magnitude <= 1e-9 * held.magnitude
    if isFlat || after * held > 0 {
      trips[place].profit += money
      if units * held > 0 { trips[place].opened += money.magnitude }
      open[instrument] = (place, after)
      if isFlat {
        trips[place].exitBar = bar
        open[instrument] = nil
      }
      return
    }
    // Sold beyond what was held: the rest opens the other side.
    let share = held.magnitude / units.magnitude
    trips[place].profit += money * share
    trips[place].exitBar = bar
    open[instrument] = nil
    take(instrument, after, money * (1 - share), at: bar)
  }

  /// No trades.
  public init() {}

  /// A sum over bars of the panel.
  func total(_ part: KeyPath<Turn, Double>, in bars: Range<Int>) -> Double {
    turns.reduce(0) { bars.contains($1.bar) ? $0 + $1[keyPath: part] : $0 }
  }

  /// The trades that were closed in a window, and those that are open after it, as the catalogue reads them.
  ///
  /// - Parameters:
  ///   - window: bars of the panel; an entry before it counts as of its first bar.
  ///   - bases: money at work in each bar of the window.
  func trades(in window: Range<Int>, bases: [Double]) -> [LaneHistory.Trade] {
    trips.compactMap { trip in
      if trip.entryBar >= window.upperBound { return nil }
      if let exit = trip.exitBar, exit < window.lowerBound { return nil }
      let entry = max(trip.entryBar - window.lowerBound, 0)
      let exit = trip.exitBar.flatMap { window.contains($0) ? $0 - window.lowerBound : nil }
      return LaneHistory.Trade(
        entryBar: entry, exitBar: exit, isLong: trip.isLong, profit: exit == nil ? 0 : trip.profit,
        profitFraction: bases[entry] > 0 ? trip.profit / bases[entry] : .nan,
        priceReturn: trip.opened > 0 ? trip.profit / trip.opened : .nan, adverse: .nan,
        favourable: .nan)
    }
  }
}
