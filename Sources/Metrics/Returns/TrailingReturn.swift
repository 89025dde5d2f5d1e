#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Return of the last years, a year at a compound rate.
///
/// Undefined without a bar, for a window that is shorter, and where the years lost everything.
struct TrailingReturn: Metric {
  /// Number of years of 365.25 days.
  let years: Int

  var name: String { "return_\(years)y" }
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  var definition: String {
    "growth over the bars of the last \(years) × 365.25 days"
      + (years == 1 ? " - 1" : ", to the power of 1/\(years), - 1")
  }
  let source = "quantstats metrics: 3Y (ann.), which begins at the first of a month"
  let needs: MetricNeeds = [.returns, .periods]

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromPeriods { returns, context in
      guard let first = context.days.first, let last = context.days.last else {
        return .undefined(.tooFewBars)
      }
      let start = Double(last) - Double(years) * 365.25
      // The first day's return is of its own day, so a window of whole years begins a day after their start.
      guard Double(first) - 4 <= start else { return .undefined(.tooFewBars) }
      let from = context.days.firstIndex { Double($0) > start } ?? 0
      let growth = returns[from...].reduce(1) { $0 * (1 + $1) }
      if growth <= 0 { return .undefined(.ruined) }
      return MetricValue(pow(growth, 1 / Double(years)) - 1, of: lane)
    }
  }
}
