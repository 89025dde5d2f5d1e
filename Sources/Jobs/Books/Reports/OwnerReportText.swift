import Books
import Market
import Metrics

/// One report as files: JSON, and a set of CSV tables.
struct OwnerReportText {
  /// Risk numbers of the whole history, in this order.
  static let risk: [any Metric] = [
    "total_return", "cagr_periods", "volatility", "sharpe", "sortino", "max_drawdown", "calmar",
    "var_95", "cvar_95", "best_month", "worst_month",
  ].compactMap { MetricCatalog.metric(named: $0) }

  let report: OwnerReport
  let period: ReportPeriod
  let span: Range<Int64>
  let book: Book
  let market: BookMarket
  /// What the report is of: `client`, and its id.
  let level: String
  let id: String

  /// The owner of a part.
  func client(_ part: OwnerReport.Part) -> Book.Client {
    book.clients[book.portfolios[part.holdings.portfolio].client]
  }

  /// The bar that the price of a holding is of; nil without a price.
  func priceTime(_ holding: Holding) -> String? {
    holding.markBar.map { Timestamp.text(nanoseconds: market.panel.time.ns[$0]) }
  }

  /// Returns of months since the first money, a row a year.
  static func months(_ returns: [Double], _ context: LaneContext)
    -> [(year: Int, months: ArraySlice<Double>, total: Double)]
  {
    let table = MonthlyTable(returns: returns, context: context)
    return table.years.indices.map {
      (table.years[$0], table.months[$0 * 12..<$0 * 12 + 12], table.totals[$0])
    }
  }

  /// A day of a history.
  func date(_ day: Int32) -> String { CivilDate(daysSinceEpoch: Int64(day)).description }
}
