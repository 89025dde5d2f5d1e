#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Logarithm of the growth over the whole window.
///
/// Undefined without a bar, and for a ruined lane.
struct LogReturn: Metric {
  let name = "log_return"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.higher
  let definition = "ln(1 + total_return)"
  let source = "Campbell, Lo and MacKinlay, The Econometrics of Financial Markets (1997), 1.4"

  func value(of lane: LaneSummary) -> MetricValue {
    guard lane.bars > 0 else { return .undefined(.tooFewBars) }
    return lane.growth > 0 ? MetricValue(log(lane.growth), of: lane) : .undefined(.ruined)
  }
}
