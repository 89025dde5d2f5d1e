import Market
import Metrics

/// What one portfolio was worth after every bar, and what came in and went out.
///
/// Money is in the portfolio's currency. What comes in works from the start of its bar, what goes out until its end:
/// `(equity + out) / (equity before + in) − 1`. Units that come from or go to another portfolio flow at the bar's mark.
public struct PortfolioHistory: Sendable {
  /// The bars of the panel.
  public let bars: Range<Int>
  /// Cash and value after each bar; NaN while something held has no mark or rate.
  public let equity: [Double]
  /// Money of all wallets after each bar.
  public let cash: [Double]
  /// What came in at each bar, and the equity before the first bar is none of it.
  public let flowsIn: [Double]
  /// What went out at each bar, as a number above zero.
  public let flowsOut: [Double]
  /// Returns by bar; NaN before the first money and while there is none.
  public let returns: [Double]
  /// Equity before the first bar: 0 if the bars begin with the panel.
  public let initialEquity: Double
  /// The flows, and first the initial equity, by years since the start of the first bar.
  public let flows: [DatedFlow]
  /// From the start of the first bar to the end of the last, in days.
  public let calendarDays: Double
  /// Bars in a year.
  public let barsPerYear: Double

  /// Starts of the bars.
  let starts: [Int64]
  let end: Int64

  /// A history.
  ///
  /// - Parameters:
  ///   - portfolio: its position in the book.
  ///   - bars: of the panel; entries before them only make the initial equity.
  ///   - together: by portfolio, whether it is one account with the others that are, so that what moves between them is no flow.
  public init(
    of portfolio: Int, in book: Book, market: BookMarket, bars: Range<Int>, together: [Bool]? = nil
  ) throws(BooksError) {
    precondition(bars.lowerBound >= 0 && bars.upperBound <= market.panel.barCount, "bars")
    self.bars = bars
    barsPerYear = market.panel.calendar.barsPerYear(frequencyNs: market.panel.frequencyNs)
    guard !bars.isEmpty else {
      (equity, cash, flowsIn, flowsOut, returns) = ([], [], [], [], [])
      (initialEquity, flows, calendarDays, starts, end) = (0, [], 0, [], 0)
      return
    }
    let begin = market.panel.time.ns[bars.lowerBound]
    let end = market.end(of: bars.upperBound - 1)
    starts = Array(market.panel.time.ns[bars])
    self.end = end
    calendarDays = Double(end - begin) / Double(Calendar.dayNs)

    // A bar more, before the first, tells the initial equity.
    let walked = max(0, bars.lowerBound - 1)..<bars.upperBound
    var walk = PortfolioWalk(
      of: portfolio, in: book, market: market, bars: walked, before: end, together: together)
    let isWarm = walked.lowerBound < bars.lowerBound
    let before = isWarm ? walk.step() : nil
    initialEquity = before?.equity ?? 0
    var (equity, cash, into, out, returns) = (
      [Double](), [Double](), [Double](), [Double](), [Double]()
    )
    var last = initialEquity
    for _ in bars {
      let now = walk.step()
      equity.append(now.equity)
      cash.append(now.cash)
      into.append(now.flowIn)
      out.append(now.flowOut)
      let base = last + now.flowIn
      returns.append(base > 0 ? (now.equity + now.flowOut) / base - 1 : .nan)
      last = now.equity
    }
    (self.equity, self.cash, flowsIn, flowsOut, self.returns) = (equity, cash, into, out, returns)
    let initial = DatedFlow(years: 0, amount: initialEquity)
    flows =
      (initialEquity == 0 ? [] : [initial])
      + walk.flows.filter { $0.bar >= bars.lowerBound }.map {
        DatedFlow(years: Double($0.timeNs - begin) / Self.yearNs, amount: $0.amount)
      }
  }

  static let yearNs = DatedFlow.yearNs
}
