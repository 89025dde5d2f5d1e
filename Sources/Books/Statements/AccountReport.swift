import Market
import Metrics

/// What an account did in a period, and since it began: of a portfolio, or of several as one.
public struct AccountReport: Sendable {
  /// What money is told in.
  public let currency: String
  /// Equity before the period.
  public let begin: Double
  /// Equity after it.
  public let end: Double
  /// What came in.
  public let paidIn: Double
  /// What went out, as a positive number.
  public let paidOut: Double
  /// Growth of the period with flows taken out, less one; NaN without money.
  public let timeWeightedReturn: Double
  /// What the period's money earned for its owner, not annualised; NaN where no rate explains the flows.
  public let moneyWeightedReturn: Double
  /// The deepest fall of the period from a high within it; NaN without money.
  public let periodDrawdown: Double
  /// What is known since the first money; nil without any, or where something had no price.
  public let lane: LaneSummary?
  /// Bars of the panel that `lane` is of.
  public let bars: Range<Int>

  /// What was earned.
  public var gain: Double { end - begin - paidIn + paidOut }

  /// The report of money over all bars up to the end of a period.
  ///
  /// - Parameters:
  ///   - path: money from the first bar of the panel.
  ///   - money: what came and went in the period.
  ///   - period: the bars of the period.
  init(
    _ path: MoneyPath, _ money: PeriodMoney, currency: String, period: Range<Int>,
    metrics: HistoryMetrics
  ) {
    self.currency = currency
    (begin, end, paidIn, paidOut) = (money.begin, money.end, money.paidIn, money.paidOut)
    bars = path.bars
    lane = metrics.summary(of: path)
    let shared = period.clamped(to: path.bars)
    let first = path.bars.lowerBound
    let returns = path.returns[(shared.lowerBound - first)..<(shared.upperBound - first)]
    guard !returns.isEmpty else {
      (timeWeightedReturn, moneyWeightedReturn, periodDrawdown) = (.nan, .nan, .nan)
      return
    }
    timeWeightedReturn = returns.reduce(1) { $0 * (1 + $1) } - 1
    moneyWeightedReturn = money.moneyWeightedReturn
    var (growth, high, deepest) = (1.0, 1.0, 0.0)
    for value in returns {
      growth *= 1 + value
      high = max(high, growth)
      deepest = min(deepest, growth / high - 1)
    }
    periodDrawdown = growth.isNaN ? .nan : deepest
  }
}

/// What a client's report tells of each of its portfolios, and of all of them as one account.
public struct OwnerReport: Sendable {
  /// A portfolio.
  public struct Part: Sendable {
    /// What it did.
    public let account: AccountReport
    /// What it holds at the end of the period.
    public let holdings: Holdings
    /// Its wallets over the period.
    public let wallets: [Statement]
  }

  /// The portfolios.
  public let parts: [Part]
  /// All of them as one account.
  public let total: AccountReport
  /// Purchases and sells by day.
  public let days: [TradingDay]

  /// The report of some portfolios.
  ///
  /// - Parameters:
  ///   - portfolios: their positions, at least one.
  ///   - book: the book.
  ///   - market: marks and rates.
  ///   - currency: what their sum is told in.
  ///   - span: the instants of the period, up to the end of `period`.
  ///   - period: the bars of the period.
  ///   - metrics: over the market's panel.
  /// - Throws: what `PortfolioHistory` and `Holdings` throw.
  public init(
    _ portfolios: [Int], in book: Book, market: BookMarket, currency: String,
    span: Range<Int64>, period: Range<Int>, metrics: HistoryMetrics
  ) throws(BooksError) {
    let bars = 0..<period.upperBound
    let start = market.bar(endedBy: span.lowerBound)
    var sum = PeriodMoney(span)
    var parts: [Part] = []
    var together = MoneySum(bars, market: market, currency: currency)
    let members = MoneySum.members(portfolios, in: book)
    for portfolio in portfolios {
      let own = book.portfolios[portfolio].currency.uppercased()
      let history = try PortfolioHistory(of: portfolio, in: book, market: market, bars: bars)
      if MoneySum.moves(portfolio, among: members, in: book) {
        together.add(
          try PortfolioHistory(
            of: portfolio, in: book, market: market, bars: bars, together: members), own)
      } else if portfolios.count > 1 || own != currency {
        together.add(history, own)
      }
      let before =
        start == nil
        ? nil : try Holdings(of: portfolio, in: book, market: market, asOf: span.lowerBound)
      let after = try Holdings(of: portfolio, in: book, market: market, asOf: span.upperBound)
      let wallets = Statement.of(portfolio, in: book, span: span)
      var money = PeriodMoney(span)
      money.add(before, after, wallets, in: book, market: market, currency: own)
      sum.add(
        before, after, wallets, in: book, market: market, currency: currency, together: members)
      parts.append(
        Part(
          account: AccountReport(
            MoneyPath(history), money, currency: own, period: period, metrics: metrics),
          holdings: after, wallets: wallets))
    }
    self.parts = parts
    days = TradingDay.of(portfolios, in: book, span: span)
    if parts.count == 1, parts[0].account.currency == currency {
      total = parts[0].account
      return
    }
    total = AccountReport(
      together.path, sum, currency: currency, period: period, metrics: metrics)
  }
}
