import Kernels
import Market

/// Sums over portfolios by a key, through time: a group is walked as if it were one portfolio.
///
/// So the work grows with entries, and with symbols and bars of each group, not with portfolios and bars; and what passes
/// between two portfolios of a group is no flow of it.
///
/// Memory: 8 bytes for each symbol and bar, and 48 for each leg of an entry; curves are handed over one group at a time.
public struct BookSums: Sendable {
  /// One change of a group's units or money.
  struct Leg: Sendable {
    var bar: Int32
    /// A symbol in a currency, or after those a currency.
    var slot: Int32
    var amount = 0.0
    /// What crosses the group's border, in units or money of the slot.
    var flow = 0.0
  }

  /// What is summed by.
  public let key: SumKey
  /// The bars of the panel.
  public let bars: Range<Int>
  /// Names of the groups.
  public var names: [String] { groups.names }
  /// Currency of the sums.
  public let currency: String

  private let groups: SumGroups
  private let market: BookMarket
  /// Changes by group, in the order of portfolios and time.
  private let legs: [[Leg]]
  /// Symbols and the currency that each is priced in.
  private let slots: [(instrument: Int, currency: String)]
  private let currencies: [String]
  /// The bars, one before them that tells the equity at first, and one after the last if an entry came later.
  private let walked: Range<Int>
  private let sizes: [Int]
  private let isLate: Bool
  private let before: Int64
  /// Positions of sectors, whose returns are those of positions.
  private let positions: SectorPositions?

  /// Prepares sums.
  ///
  /// - Parameters:
  ///   - key: what to sum by.
  ///   - portfolios: positions in the book; nil for all.
  ///   - bars: of the panel; not empty.
  ///   - instant: entries before it count after the last bar, at its marks; nil for the end of that bar.
  ///   - currency: what sums are told in; nil for the firm's.
  public init(
    by key: SumKey, in book: Book, market: BookMarket, portfolios: [Int]? = nil, bars: Range<Int>,
    before instant: Int64? = nil, currency: String? = nil
  ) {
    precondition(
      !bars.isEmpty && bars.lowerBound >= 0 && bars.upperBound <= market.panel.barCount, "bars")
    self.key = key
    self.bars = bars
    self.market = market
    self.currency = (currency ?? book.firm.currency).uppercased()
    let before = instant ?? market.end(of: bars.upperBound - 1)
    let chosen = portfolios ?? Array(book.portfolios.indices)
    groups = SumGroups(key, book, market, chosen)
    var builder = LegBuilder(
      book, market, groups, before: before, lastBar: bars.upperBound - 1)
    for portfolio in chosen { builder.add(portfolio) }
    (self.before, isLate) = (before, builder.hasLate)
    walked = max(0, bars.lowerBound - 1)..<bars.upperBound + (builder.hasLate ? 1 : 0)
    (legs, slots, currencies) = (builder.legs, builder.slots, builder.currencies)
    // Of sectors and currencies those portfolios count that ever had something of them.
    sizes = key == .sector || key == .currency ? builder.sizes : groups.sizes
    positions = key == .sector ? SectorPositions(book, market, chosen, before: before) : nil
  }

  /// Walks all groups; nil if it was stopped.
  ///
  /// - Parameters:
  ///   - workers: number of workers; no bit depends on it.
  ///   - isCancelled: asked before each group.
  ///   - take: what is kept of a group's history.
  public func run<Kept: Sendable>(
    workers: Int = 1, isCancelled: @Sendable () -> Bool = { false },
    _ take: @Sendable (GroupHistory) -> Kept
  ) -> [Kept]? {
    let marks = slots.map { slot in
      let prices = closes(of: slot.instrument)
      if slot.currency == currency { return prices }
      return zip(prices, worth(of: slot.currency)).map { $0 * $1 }
    }
    let negatives = marks.map { $0.contains { $0 < 0 } }
    let rates = currencies.map { worth(of: $0) }
    let kept = Slots<Kept>(count: legs.count)
    let loop = TileLoop(tiles: legs.count, workers: max(1, workers))
    let isDone = try? loop.run(isCancelled: isCancelled, room: {}) { group, _ in
      kept.set(group, take(history(group, marks, negatives, rates)))
    }
    return isDone == true ? kept.values : nil
  }

  private func closes(of instrument: Int) -> [Double] {
    let last = bars.upperBound - 1
    let prices = market.marks(instrument, bars: walked.lowerBound..<last + 1)
    if !isLate { return prices }
    return prices + [market.mark(instrument, at: last, before: before)?.price ?? .nan]
  }

  private func worth(of source: String) -> [Double] {
    let rates = market.rates(
      from: source, to: currency, bars: walked.lowerBound..<bars.upperBound)
    return isLate ? rates + [rates[rates.count - 1]] : rates
  }

  private func history(
    _ group: Int, _ marks: [[Double]], _ negatives: [Bool], _ rates: [[Double]]
  ) -> GroupHistory {
    var walk = GroupHistory(groups.names[group], sizes[group], walked)
    let ordered = ordered(legs[group])
    var next = 0
    while next < ordered.count {
      let slot = Int(ordered[next].slot)
      let first = next
      while next < ordered.count, ordered[next].slot == ordered[first].slot { next += 1 }
      if slot < slots.count {
        add(
          units: ordered[first..<next], slots[slot].instrument, marks[slot],
          hasNegative: negatives[slot], to: &walk)
      } else {
        let currency = slot - slots.count
        add(cash: ordered[first..<next], rates[currency], to: &walk)
        if rates[currency][walked.count - 1].isNaN, walk.cash[walked.count - 1].isNaN {
          walk.unrated.append(currencies[currency])
        }
      }
    }
    for place in walk.equity.indices {
      walk.equity[place] = walk.long[place] + walk.short[place] + walk.cash[place]
    }
    let sector = positions?.series(
      of: groups.instruments(of: group), currency: currency, last: bars.upperBound - 1)
    return cut(walk, sector)
  }

  /// By slot and then by bar; legs of one bar stay as they came.
  private func ordered(_ legs: [Leg]) -> [Leg] {
    var order = legs.indices.map { Int32($0) }
    if legs.count < 2 * walked.upperBound {
      order.sort { left, right in
        let (a, b) = (legs[Int(left)], legs[Int(right)])
        return (a.slot, a.bar, left) < (b.slot, b.bar, right)
      }
    } else {
      // A group of very many portfolios: two passes in place of a sort that has to keep what is equal in order.
      order = Self.counted(order, upTo: walked.upperBound + 2) { Int(legs[Int($0)].bar) }
      order = Self.counted(order, upTo: slots.count + currencies.count) {
        Int(legs[Int($0)].slot)
      }
    }
    return order.map { legs[Int($0)] }
  }

  /// Places by ascending keys, those of one key as they came.
  private static func counted(
    _ places: [Int32], upTo keys: Int, key: (Int32) -> Int
  ) -> [Int32] {
    var next = [Int](repeating: 0, count: keys + 1)
    for place in places { next[key(place) + 1] += 1 }
    for key in 0..<keys { next[key + 1] += next[key] }
    var sorted = [Int32](repeating: 0, count: places.count)
    for place in places {
      let key = key(place)
      sorted[next[key]] = place
      next[key] += 1
    }
    return sorted
  }

  private func add(
    units legs: ArraySlice<Leg>, _ instrument: Int, _ marks: [Double], hasNegative: Bool,
    to walk: inout GroupHistory
  ) {
    var splits = market.splits[instrument][...]
    var (units, from) = (0.0, 0)
    // Without negative prices the side is that of the units, but for what has no mark.
    func fill(_ end: Int) {
      if units == 0 || from >= end { return }
      if units > 0, !hasNegative {
        Self.add(units, marks, from..<end, to: &walk.long) { $0 }
      } else {
        Self.add(units, marks, from..<end, to: &walk.long) { $0 < 0 ? 0 : $0 }
        Self.add(units, marks, from..<end, to: &walk.short) { $0 < 0 ? $0 : 0 }
      }
    }
    func advance(to bar: Int) {
      while let split = splits.first, split.timeNs < before,
        market.bar(endingAfter: split.timeNs) <= bar
      {
        splits.removeFirst()
        if units == 0 { continue }
        let place = max(from, market.bar(endingAfter: split.timeNs) - walked.lowerBound)
        fill(place)
        (units, from) = (units * split.ratio, place)
      }
    }
    for leg in legs {
      advance(to: Int(leg.bar))
      let place = max(0, Int(leg.bar) - walked.lowerBound)
      fill(place)
      from = max(from, place)
      units = Position.moved(units, by: leg.amount)
      if leg.flow != 0 { flow(leg.flow * marks[place], place, &walk) }
    }
    advance(to: walked.upperBound - 1)
    fill(walked.count)
    if units != 0, marks[walked.count - 1].isNaN { walk.unmarked.append(instrument) }
  }

  /// Adds a part of an amount times prices to each place of a range, without checks that would keep it from being vectors.
  @inline(__always)
  private static func add(
    _ amount: Double, _ prices: [Double], _ places: Range<Int>, to sums: inout [Double],
    _ part: (Double) -> Double
  ) {
    precondition(places.upperBound <= prices.count && places.upperBound <= sums.count)
    sums.withUnsafeMutableBufferPointer { sums in
      prices.withUnsafeBufferPointer { prices in
        guard let sum = sums.baseAddress, let price = prices.baseAddress else { return }
        for place in places { sum[place] += part(amount * price[place]) }
      }
    }
  }

  private func add(cash legs: ArraySlice<Leg>, _ rates: [Double], to walk: inout GroupHistory) {
    var (balance, from) = (0.0, 0)
    func fill(_ end: Int) {
      if balance == 0 || from >= end { return }
      Self.add(balance, rates, from..<end, to: &walk.cash) { $0 }
    }
    for leg in legs {
      let place = max(0, Int(leg.bar) - walked.lowerBound)
      fill(place)
      from = place
      balance += leg.amount
      if leg.flow != 0 { flow(leg.flow * rates[place], place, &walk) }
    }
    fill(walked.count)
  }

  private func flow(_ amount: Double, _ place: Int, _ walk: inout GroupHistory) {
    if !(amount <= 0) { walk.flowsIn[place] += amount }
    if !(amount >= 0) { walk.flowsOut[place] -= amount }
  }

  /// The window without the bar before it, which tells the equity that it begins with, and with what came after the last
  /// bar in that bar's equity and flows.
  ///
  /// - Parameter sector: what a sector's positions earned; nil for accounts and for cash.
  private func cut(_ walk: GroupHistory, _ sector: PositionSeries?) -> GroupHistory {
    var history = GroupHistory(walk.name, walk.portfolios, bars)
    (history.unmarked, history.unrated) = (walk.unmarked, walk.unrated)
    let first = bars.lowerBound - walked.lowerBound
    if first > 0 { history.initialEquity = walk.equity[0] }
    let kept = first..<first + bars.count
    history.equity = Array(walk.equity[kept])
    history.cash = Array(walk.cash[kept])
    history.long = Array(walk.long[kept])
    history.short = Array(walk.short[kept])
    history.flowsIn = Array(walk.flowsIn[kept])
    history.flowsOut = Array(walk.flowsOut[kept])
    if let sector {
      (history.bases, history.gains) = (Array(sector.bases[bars]), Array(sector.gains[bars]))
    } else {
      history.earn()
    }
    guard isLate else { return history }
    let (late, before) = (kept.upperBound, history.equity[bars.count - 1])
    let base = sector?.bases[bars.upperBound] ?? before + walk.flowsIn[late]
    let gain =
      sector?.gains[bars.upperBound]
      ?? walk.equity[late] + walk.flowsOut[late] - before - walk.flowsIn[late]
    history.append(late: walk, late, base: base, gain: gain)
    return history
  }
}
