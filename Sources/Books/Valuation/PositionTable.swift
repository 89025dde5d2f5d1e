import Kernels

/// Units and money of very many portfolios as of an instant, as rows of a sparse matrix: what is needed to value them, no lots.
///
/// Values have the bits of `Holdings`, for any number of workers. Memory: 12 bytes for each holding, 8 for each wallet.
public struct PositionTable: Sendable {
  /// Positions of the portfolios in the book: `[P]`.
  public let portfolios: [Int]
  /// First holding of each portfolio, and the number of holdings: `[P + 1]`.
  public let starts: [Int]
  /// Symbol of each holding.
  public let instruments: [Int32]
  /// Units of each, never 0.
  public let units: [Double]
  /// Money of every wallet of the book; 0 of portfolios left out.
  public let balances: [Double]
  /// The first instant that doesn't count.
  public let asOf: Int64
  private let bar: Int
  private let symbols: Int
  private let currencies: CurrencyCodes
  /// Wallets of each portfolio.
  private let wallets: [Range<Int>]

  private struct Part: Sendable {
    var counts: [Int] = []
    var instruments: [Int32] = []
    var units: [Double] = []
    var balances: [(wallet: Int, money: Double)] = []
  }

  /// Rebuilds holdings from entries.
  ///
  /// - Parameters:
  ///   - portfolios: positions in the book; nil for all.
  ///   - asOf: entries before it count.
  ///   - workers: number of workers; no number depends on it.
  /// - Throws: `BooksError.beforePrices`.
  public init(
    of portfolios: [Int]? = nil, in book: Book, market: BookMarket, asOf: Int64, workers: Int = 1
  ) throws(BooksError) {
    let bar = try market.bar(asOf: asOf)
    let all = portfolios ?? Array(book.portfolios.indices)
    let tile = 1024
    let parts = Slots<Part>(count: (all.count + tile - 1) / tile)
    let room = EventRoom(book, market)
    _ = try? TileLoop(tiles: (all.count + tile - 1) / tile, workers: max(1, workers)).run(
      isCancelled: { false }, room: { room },
      { index, room in
        var part = Part()
        for portfolio in all[index * tile..<min(all.count, (index + 1) * tile)] {
          Self.add(portfolio, book, asOf, &room, &part)
        }
        parts.set(index, part)
      })
    var (starts, instruments, units) = ([0], [Int32](), [Double]())
    var balances = [Double](repeating: 0, count: book.wallets.count)
    starts.reserveCapacity(all.count + 1)
    let count = parts.values.reduce(0) { $0 + $1.units.count }
    instruments.reserveCapacity(count)
    units.reserveCapacity(count)
    for part in parts.values {
      for count in part.counts { starts.append(starts[starts.count - 1] + count) }
      instruments += part.instruments
      units += part.units
      for row in part.balances { balances[row.wallet] = row.money }
    }
    self.portfolios = all
    (self.starts, self.instruments, self.units) = (starts, instruments, units)
    (self.balances, self.asOf, self.bar) = (balances, asOf, bar)
    symbols = book.instruments.count
    wallets = all.map(book.wallets(of:))
    currencies = CurrencyCodes(of: all, in: book)
  }

  private static func add(
    _ portfolio: Int, _ book: Book, _ asOf: Int64, _ room: inout EventRoom, _ part: inout Part
  ) {
    let events = PortfolioEvents(of: portfolio, in: book, before: asOf, &room)
    let wallets = book.wallets(of: portfolio)
    var held = [Double](repeating: 0, count: events.instruments.count)
    var money = [Double](repeating: 0, count: wallets.count)
    for event in events.events {
      let slot = Int(event.slot)
      if slot >= 0 { held[slot] = Position.moved(held[slot] * event.ratio, by: event.units) }
      if !event.isSplit { money[event.wallet] += event.cash }
    }
    var count = 0
    for (slot, units) in held.enumerated() where units != 0 {
      part.instruments.append(events.instruments[slot])
      part.units.append(units)
      count += 1
    }
    part.counts.append(count)
    for (place, wallet) in wallets.enumerated() where money[place] != 0 {
      part.balances.append((wallet, money[place]))
    }
  }

  /// Equity of each portfolio, in its currency; NaN while something held has no mark or rate: `[P]`.
  ///
  /// - Parameters:
  ///   - book: the one that the table was made of, and `market` its market.
  ///   - workers: number of workers; no number depends on it.
  public func equity(in book: Book, market: BookMarket, workers: Int = 1) -> [Double] {
    precondition(
      book.instruments.count >= symbols && market.columns.count == book.instruments.count,
      "the book that the table was made of")
    let own = book.instruments.indices.map { market.mark($0, at: bar, before: asOf)?.price ?? .nan }
    let names = currencies.names
    let prices = names.map { name in
      own.enumerated().map {
        $0.element * market.rate(from: market.currencies[$0.offset], to: name, at: bar)
      }
    }
    let rates = names.map { source in
      names.map { market.rate(from: source, to: $0, at: bar) }
    }
    let tile = 4096
    let tiles = (portfolios.count + tile - 1) / tile
    let parts = Slots<[Double]>(count: tiles)
    _ = try? TileLoop(tiles: tiles, workers: max(1, workers)).run(
      isCancelled: { false }, room: {},
      { index, _ in
        let rows = index * tile..<min(portfolios.count, (index + 1) * tile)
        parts.set(index, values(rows, prices, rates))
      })
    return parts.values.flatMap { $0 }
  }

  /// Equity of some portfolios.
  ///
  /// Each is summed in the order of its holdings; four side by side hide the latency of an addition.
  private func values(_ rows: Range<Int>, _ prices: [[Double]], _ rates: [[Double]]) -> [Double] {
    var values = [Double](repeating: 0, count: rows.count)
    units.withUnsafeBufferPointer { units in
      instruments.withUnsafeBufferPointer { instruments in
        @inline(__always)
        func worth(_ place: Int, _ prices: UnsafeBufferPointer<Double>) -> Double {
          units[place] * prices[Int(instruments[place])]
        }
        var row = rows.lowerBound
        while row < rows.upperBound {
          let code = currencies.portfolios[row]
          var end = row + 1
          while end < min(row + 4, rows.upperBound), currencies.portfolios[end] == code { end += 1 }
          let isFull = end == row + 4
          prices[Int(code)].withUnsafeBufferPointer { prices in
            var sums = SIMD4<Double>.zero
            var common = 0
            if isFull {
              common = (row..<end).reduce(Int.max) { min($0, starts[$1 + 1] - starts[$1]) }
              let (a, b, c, d) = (starts[row], starts[row + 1], starts[row + 2], starts[row + 3])
              var (first, second, third, fourth) = (0.0, 0.0, 0.0, 0.0)
              for step in 0..<common {
                first += worth(a &+ step, prices)
                second += worth(b &+ step, prices)
                third += worth(c &+ step, prices)
                fourth += worth(d &+ step, prices)
              }
              sums = SIMD4(first, second, third, fourth)
            }
            for each in row..<end {
              var sum = sums[each - row]
              for place in starts[each] + common..<starts[each + 1] { sum += worth(place, prices) }
              values[each - rows.lowerBound] = sum
            }
          }
          row = end
        }
      }
    }
    for (place, row) in rows.enumerated() {
      var cash = 0.0
      for wallet in wallets[row] where balances[wallet] != 0 {
        cash +=
          balances[wallet]
          * rates[Int(currencies.wallets[wallet])][Int(currencies.portfolios[row])]
      }
      values[place] += cash
    }
    return values
  }
}
