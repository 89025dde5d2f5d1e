import Market

/// What all units of a symbol that some portfolios hold were worth through time, and what was earned on them.
///
/// Cash is no part of it: purchases pay in, sells and dividends pay out. The return of a bar is its gain over the money that
/// was at work: what was there before, shorts by their size, and what was added. Units that move between portfolios of
/// the sum are neither bought nor sold; those that cross its border are, at the mark.
public struct PositionSeries: Sendable {
  /// What rows of a book name each symbol.
  public struct Rows: Sendable {
    private let starts: [Int]
    private let rows: [Int32]

    /// The rows of some portfolios by symbol, in their order.
    ///
    /// - Complexity: O(entries + symbols).
    public init(of portfolios: [Int], in book: Book) {
      var starts = [Int](repeating: 0, count: book.instruments.count + 1)
      let named = portfolios.flatMap { book.entries.range(of: $0) }
        .filter { book.entries.instrument[$0] >= 0 }
      for row in named { starts[Int(book.entries.instrument[row]) + 1] += 1 }
      for place in 1..<starts.count { starts[place] += starts[place - 1] }
      var next = starts
      var rows = [Int32](repeating: 0, count: named.count)
      for row in named {
        let instrument = Int(book.entries.instrument[row])
        rows[next[instrument]] = Int32(row)
        next[instrument] += 1
      }
      (self.starts, self.rows) = (starts, rows)
    }

    /// The rows that name a symbol.
    public subscript(instrument: Int) -> some RandomAccessCollection<Int> {
      rows[starts[instrument]..<starts[instrument + 1]].lazy.map { Int($0) }
    }
  }

  /// Value after each bar, shorts below zero: `[T]`.
  public private(set) var values: [Double]
  /// What was earned in each bar, fees taken off: `[T]`.
  public private(set) var gains: [Double]
  /// Money that was at work in each bar: `[T]`.
  public private(set) var bases: [Double]
  /// What of it was added in the bar: `[T]`.
  public private(set) var added: [Double]
  /// Money that traded hands: `[T]`.
  public private(set) var traded: [Double]
  /// Fees of trades and of the symbol.
  public private(set) var fees = 0.0
  /// Dividends.
  public private(set) var income = 0.0

  /// Nothing held.
  ///
  /// - Parameter barCount: bars of the panel.
  public init(barCount: Int) {
    values = Array(repeating: 0, count: barCount)
    gains = values
    bases = values
    added = values
    traded = values
  }

  /// The series of a symbol over all bars of the panel.
  ///
  /// - Parameters:
  ///   - instrument: its position.
  ///   - rows: rows that name it.
  ///   - isMember: by portfolio: whether it is one of the sum.
  ///   - currency: what money is told in.
  ///   - instant: entries from it on don't count.
  ///   - last: the last bar that had ended by then: what came after it has a place of its own behind it, at its marks; nil for
  ///     that of the panel, and then what came later doesn't count.
  /// - Note: where the symbol has no mark, or its currency no rate, values are NaN, and so are gains up to the next bar.
  public init(
    of instrument: Int, _ rows: some Sequence<Int>, isMember: [Bool], in book: Book,
    market: BookMarket, currency: String, before instant: Int64 = .max, last: Int? = nil
  ) {
    let bars = last.map { $0 + 1 } ?? market.panel.barCount
    self.init(barCount: last == nil ? bars : bars + 1)
    var walk = Walk(book, market, instrument, currency, bars: bars, before: instant, values.count)
    for row in rows where book.entries.timeNs[row] < instant {
      let entry = book.entries[row]
      let bar = min(market.bar(endingAfter: entry.timeNs), bars)
      if bar >= values.count { continue }
      let portfolio = book.wallets[entry.wallet].portfolio
      let isInside = entry.counter.map { isMember[book.wallets[$0].portfolio] } ?? false
      walk.take(entry, at: bar, portfolio, isInside: isInside, into: &self)
    }
    walk.finish(&self)
  }

  /// Adds another symbol.
  public static func += (sum: inout PositionSeries, other: PositionSeries) {
    for bar in sum.values.indices {
      sum.values[bar] += other.values[bar]
      sum.gains[bar] += other.gains[bar]
      sum.bases[bar] += other.bases[bar]
      sum.added[bar] += other.added[bar]
      sum.traded[bar] += other.traded[bar]
    }
    sum.fees += other.fees
    sum.income += other.income
  }

  /// The state of one pass over the rows of a symbol.
  private struct Walk {
    let book: Book
    let market: BookMarket
    let instrument: Int
    let target: String
    /// Bars of the panel that count; what comes behind them is marked at the last.
    let bars: Int
    let instant: Int64
    private var source: String
    private var portfolio = -1
    private var held = 0.0
    // Changes of units by bar, in units as of the last bar, so that splits between need no second look.
    private var net: [Double]
    private var gross: [Double]
    private var moved = 0.0

    init(
      _ book: Book, _ market: BookMarket, _ instrument: Int, _ target: String, bars: Int,
      before instant: Int64, _ count: Int
    ) {
      self.book = book
      self.market = market
      self.instrument = instrument
      self.target = target
      self.bars = bars
      self.instant = instant
      source = market.currencies[instrument]
      net = Array(repeating: 0, count: count)
      gross = net
    }

    /// The last instant whose splits a mark shows.
    private func end(of bar: Int) -> Int64 { (bar < bars ? market.end(of: bar) : instant) - 1 }

    private func mark(at bar: Int) -> Double? {
      market.mark(
        instrument, at: min(bar, bars - 1), before: bar < bars ? nil : instant)?.price
    }

    private func rate(_ source: String, at bar: Int) -> Double {
      market.rate(from: source, to: target, at: min(bar, bars - 1))
    }

    mutating func take(
      _ entry: Entry, at bar: Int, _ portfolio: Int, isInside: Bool,
      into series: inout PositionSeries
    ) {
      if portfolio != self.portfolio { (self.portfolio, held) = (portfolio, 0) }
      let wallet = book.wallets[entry.wallet].currency
      if source.isEmpty { source = wallet }
      let rate = rate(wallet, at: bar)
      let units = entry.units * market.splitRatio(instrument, after: entry.timeNs, upTo: .max)
      let after = held + units
      let isFlat = after.magnitude <= 1e-9 * held.magnitude
      let closing = held * units < 0 ? min(held.magnitude, units.magnitude) : 0
      let opening = units == 0 ? 0 : (units.magnitude - closing) / units.magnitude
      switch entry.kind {
      case .buy, .sell:
        series.gains[bar] += entry.cash * rate
        series.added[bar] += entry.cash.magnitude * opening * rate
        series.traded[bar] += entry.units.magnitude * entry.price * rate
        series.fees += entry.fee * rate
      case .transferIn, .transferOut:
        series.gains[bar] += entry.cash * rate
        if !isInside {
          let mark = mark(at: bar) ?? entry.price
          let left = market.splitRatio(instrument, after: entry.timeNs, upTo: end(of: bar))
          let value = entry.units * left * mark * rate
          series.gains[bar] -= value
          series.added[bar] += value.magnitude * opening
        }
      case .dividend, .fee:
        series.gains[bar] += entry.cash * rate
        if entry.kind == .fee {
          series.fees -= entry.cash * rate
        } else {
          series.income += entry.cash * rate
        }
      case .deposit, .withdrawal: break
      }
      moved += units.magnitude
      net[bar] += isFlat ? -held : units
      gross[bar] += (isFlat ? 0 : after.magnitude) - held.magnitude
      held = isFlat ? 0 : after
    }

    func finish(_ series: inout PositionSeries) {
      var (units, size, before, sizeBefore) = (0.0, 0.0, 0.0, 0.0)
      let market = market
      var marks = market.marks(instrument, bars: 0..<bars)
      if net.count > bars { marks.append(mark(at: bars) ?? .nan) }
      for bar in net.indices {
        units += net[bar]
        size += gross[bar]
        // What rounding leaves of sums is nothing.
        if size <= 1e-12 * moved { (units, size) = (0, 0) }
        var price = 0.0
        if size > 0 {
          price = marks[bar] * rate(source, at: bar)
          price /= market.splitRatio(instrument, after: end(of: bar), upTo: .max)
        }
        series.values[bar] = units * price
        series.gains[bar] += series.values[bar] - before
        series.bases[bar] = sizeBefore + series.added[bar]
        before = series.values[bar]
        sizeBefore = size * price
      }
    }
  }
}
