import Kernels
import Market
import Metrics

/// The histories of very many portfolios, folded into summaries bar by bar: no curve is kept.
///
/// A tile of portfolios goes through the bars in blocks, so that the marks of a block are read from cache by all of them; eight
/// portfolios are folded side by side. Gives the bits of `PortfolioHistory.summary` for any number of workers.
///
/// Memory: 8 bytes for each symbol and bar, and for each worker some 120 bytes an entry of its tile.
public struct PortfolioSweep: Sendable {
  let book: Book
  let market: BookMarket
  let bars: Range<Int>
  let kernels: KernelTable
  let riskFreePerBar: Double
  let minimumAcceptablePerBar: Double
  let findsMoneyWeightedReturn: Bool
  /// First wallet of each portfolio.
  let walletStarts: [Int]
  /// Currencies of all wallets.
  let currencies: CurrencyCodes
  /// Portfolios of a tile: enough to share the way of a block of marks into the second cache.
  static let tilePortfolios = 512

  /// A sweep over the bars of a window.
  ///
  /// - Parameters:
  ///   - bars: of the panel.
  ///   - kernels: loops of an instruction set; all give the same bits.
  ///   - riskFreePerBar: risk-free return of one bar.
  ///   - minimumAcceptablePerBar: threshold of the Sortino and omega ratios.
  ///   - findsMoneyWeightedReturn: whether summaries tell it; else it is NaN. A root is sought for each portfolio.
  public init(
    book: Book, market: BookMarket, bars: Range<Int>, kernels: KernelTable,
    riskFreePerBar: Double = 0, minimumAcceptablePerBar: Double = 0,
    findsMoneyWeightedReturn: Bool = true
  ) {
    precondition(bars.lowerBound >= 0 && bars.upperBound <= market.panel.barCount, "bars")
    self.book = book
    self.market = market
    self.bars = bars
    self.kernels = kernels
    self.riskFreePerBar = riskFreePerBar
    self.minimumAcceptablePerBar = minimumAcceptablePerBar
    self.findsMoneyWeightedReturn = findsMoneyWeightedReturn
    walletStarts = book.walletStarts
    currencies = CurrencyCodes(of: Array(book.portfolios.indices), in: book)
  }

  /// The summaries of portfolios, without their returns; nil if it was stopped.
  ///
  /// - Parameters:
  ///   - portfolios: positions in the book; nil for all.
  ///   - workers: number of workers; no bit depends on it.
  ///   - isCancelled: asked before each tile.
  public func summaries(
    of portfolios: [Int]? = nil, workers: Int = 1, isCancelled: @Sendable () -> Bool = { false }
  ) -> [LaneSummary]? {
    let all = portfolios ?? Array(book.portfolios.indices)
    guard !bars.isEmpty else { return all.map { _ in LaneSummary() } }
    let template = template
    let found = Slots<LaneSummary>(count: all.count)
    // Portfolios of one currency share a table of marks.
    for (code, currency) in currencies.names.enumerated() {
      let places = all.indices.filter { currencies.portfolios[all[$0]] == code }
      if places.isEmpty { continue }
      let table = MarkTable(
        market, bars: max(0, bars.lowerBound - 1)..<bars.upperBound, in: currency,
        from: currencies.names, workers: workers)
      let loop = TileLoop(
        tiles: (places.count + Self.tilePortfolios - 1) / Self.tilePortfolios,
        workers: max(1, workers))
      let isDone = try? loop.run(
        isCancelled: isCancelled, room: { SweepRoom(self, table) },
        { tile, room in
          let mine = places[
            tile * Self.tilePortfolios..<min(places.count, (tile + 1) * Self.tilePortfolios)]
          let lanes = room.run(mine.map { all[$0] }, template)
          for (place, lane) in zip(mine, lanes) { found.set(place, lane) }
        })
      guard isDone == true else { return nil }
    }
    return found.values
  }

  private var template: LaneSummary {
    var lane = LaneSummary()
    lane.barsPerYear = market.panel.calendar.barsPerYear(frequencyNs: market.panel.frequencyNs)
    lane.riskFreePerBar = riskFreePerBar
    lane.minimumAcceptablePerBar = minimumAcceptablePerBar
    return lane
  }
}
