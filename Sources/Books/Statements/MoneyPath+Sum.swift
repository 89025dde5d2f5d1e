import Market
import Metrics

extension MoneyPath {
  /// The path of a portfolio.
  public init(_ history: PortfolioHistory) {
    self.init(
      bars: history.bars, opening: history.initialEquity, equity: history.equity,
      paidIn: history.flowsIn, paidOut: history.flowsOut, datedFlows: history.flows,
      years: history.calendarDays / DatedFlow.daysPerYear)
  }

  /// The path of several portfolios as one account, in one currency.
  ///
  /// Each is told in the new currency at the rate of each bar, so a change of rates is a gain. What moves between two of them
  /// neither comes in nor goes out.
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
    var sum = MoneySum(bars, market: market, currency: currency)
    let members = MoneySum.members(portfolios, in: book)
    for portfolio in portfolios {
      sum.add(
        try PortfolioHistory(
          of: portfolio, in: book, market: market, bars: bars, together: members),
        book.portfolios[portfolio].currency.uppercased())
    }
    self = sum.path
  }
}

/// Histories over the same bars on their way to one account.
struct MoneySum {
  private let bars: Range<Int>
  private let market: BookMarket
  private let currency: String
  private var equity: [Double]
  private var paidIn: [Double]
  private var paidOut: [Double]
  private var opening = 0.0
  private var flows: [DatedFlow] = []
  private var years = 0.0

  /// Nothing.
  init(_ bars: Range<Int>, market: BookMarket, currency: String) {
    self.bars = bars
    self.market = market
    self.currency = currency
    equity = bars.map { _ in 0 }
    (paidIn, paidOut) = (equity, equity)
  }

  /// Which portfolios of a book are one account.
  static func members(_ portfolios: [Int], in book: Book) -> [Bool] {
    var members = [Bool](repeating: false, count: book.portfolios.count)
    for portfolio in portfolios { members[portfolio] = true }
    return members
  }

  /// Whether anything moves between a portfolio and the others of its account: then its flows are others alone and among them.
  static func moves(_ portfolio: Int, among members: [Bool], in book: Book) -> Bool {
    book.entries.range(of: portfolio).contains { row in
      guard book.entries.counter[row] >= 0 else { return false }
      let other = book.wallets[Int(book.entries.counter[row])].portfolio
      return other != portfolio && members[other]
    }
  }

  /// Adds a history that is told in a currency, of a portfolio that is one account with the others.
  mutating func add(_ history: PortfolioHistory, _ own: String) {
    years = history.calendarDays / DatedFlow.daysPerYear
    let rates = market.rates(from: own, to: currency, bars: bars)
    if history.initialEquity != 0 {
      let rate = market.rate(from: own, to: currency, at: max(bars.lowerBound - 1, 0))
      opening += history.initialEquity * rate
    }
    for place in equity.indices {
      // Before its first money, a portfolio needs no rate.
      if history.equity[place] != 0 { equity[place] += history.equity[place] * rates[place] }
      if history.flowsIn[place] != 0 { paidIn[place] += history.flowsIn[place] * rates[place] }
      if history.flowsOut[place] != 0 { paidOut[place] += history.flowsOut[place] * rates[place] }
    }
    guard let first = bars.first, let last = bars.last else { return }
    let start = market.panel.time.ns[first]
    for flow in history.flows {
      let instant = start + Int64(flow.years * DatedFlow.daysPerYear * Double(Calendar.dayNs))
      let bar = min(max(market.bar(endingAfter: instant), first), last)
      flows.append(DatedFlow(years: flow.years, amount: flow.amount * rates[bar - first]))
    }
  }

  /// The account.
  var path: MoneyPath {
    MoneyPath(
      bars: bars, opening: opening, equity: equity, paidIn: paidIn, paidOut: paidOut,
      datedFlows: flows, years: years)
  }
}
