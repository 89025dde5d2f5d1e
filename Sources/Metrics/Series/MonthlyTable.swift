/// Compounded returns by month and year of the calendar.
public struct MonthlyTable: Sendable, Equatable {
  /// The years, ascending, with none left out.
  public let years: [Int]
  /// `[years, 12]` returns of months; NaN for one without a bar.
  public private(set) var months: [Double]
  /// Returns of years; NaN for one without a bar.
  public private(set) var totals: [Double]

  /// The table of a series; empty for an empty one.
  ///
  /// - Parameters:
  ///   - returns: simple returns by bar of the context; a NaN counts as none.
  ///   - context: the calendar of the bars.
  public init(returns: [Double], context: LaneContext) {
    precondition(returns.count == context.months.count, "returns of other bars")
    guard let first = context.months.first, let last = context.months.last else {
      (years, months, totals) = ([], [], [])
      return
    }
    years = Array(Int(first) / 12...Int(last) / 12)
    months = Array(repeating: .nan, count: years.count * 12)
    totals = Array(repeating: .nan, count: years.count)
    let monthStarts = context.bounds(.month).dropLast()
    for (start, value) in zip(monthStarts, context.compounded(returns, .month)) {
      months[Int(context.months[start]) - years[0] * 12] = value
    }
    let yearStarts = context.bounds(.year).dropLast()
    for (start, value) in zip(yearStarts, context.compounded(returns, .year)) {
      totals[Int(context.months[start]) / 12 - years[0]] = value
    }
  }
}
