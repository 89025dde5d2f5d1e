import Market
import Metrics

extension MoneyPath {
  /// The path of a portfolio.
  public init(_ history: PortfolioHistory) {
    self.init(
      bars: history.bars, opening: history.initialEquity, equity: history.equity,
      paidIn: history.flowsIn, paidOut: history.flowsOut, datedFlows: history.flows,
      years: history.calendarDays / 365.25)
  }

  /// The path of several portfolios as one account, in one currency.
  ///
  /// Each is told in the new currency at the rate of each bar, so a change of rates is a gain. What moves between two of them
  /// comes in and goes out.
  ///
  /// - Parameters:
  ///   - portfolios: their positions; sums are taken in this order.
  ///   - book: the book.
  ///   - market: marks and rates.
  ///   - currency: what money is told in.
  ///   - bars: of the panel.
  /// - Throws: what `PortfolioHistory` throws.
  public init(
    sum portfolios: [Int], in book: Book, market: BookMarket, currency: String, bars: Range<Int>
  ) throws(BooksError) {
    if portfolios.count == 1, book.portfolios[portfolios[0]].currency.uppercased() == currency {
      self.init(
        try PortfolioHistory(of: portfolios[0], in: book, market: market, bars: bars))
      return
    }
    var equity = bars.map { _ in 0.0 }
    var (paidIn, paidOut) = (equity, equity)
    var opening = 0.0
    var flows: [DatedFlow] = []
    let start = bars.first.map { market.panel.time.ns[$0] } ?? 0
    var years = 0.0
    for portfolio in portfolios {
      let history = try PortfolioHistory(of: portfolio, in: book, market: market, bars: bars)
      let own = book.portfolios[portfolio].currency.uppercased()
      let rates = market.rates(from: own, to: currency, bars: bars)
      years = history.calendarDays / 365.25
      opening +=
        history.initialEquity == 0
        ? 0
        : history.initialEquity
          * market.rate(from: own, to: currency, at: max(bars.lowerBound - 1, 0))
      for place in equity.indices {
        // Before its first money, a portfolio needs no rate.
        if history.equity[place] != 0 { equity[place] += history.equity[place] * rates[place] }
        if history.flowsIn[place] != 0 { paidIn[place] += history.flowsIn[place] * rates[place] }
        if history.flowsOut[place] != 0 { paidOut[place] += history.flowsOut[place] * rates[place] }
      }
      flows += history.flows.map { flow in
        let instant = start + Int64(flow.years * 365.25 * Double(Calendar.dayNs))
        let bar = min(max(market.bar(endingAfter: instant), bars.lowerBound), bars.upperBound - 1)
        return DatedFlow(
          years: flow.years, amount: flow.amount * rates[bar - bars.lowerBound])
      }
    }
    self.init(
      bars: bars, opening: opening, equity: equity, paidIn: paidIn, paidOut: paidOut,
      datedFlows: flows, years: years)
  }
}
