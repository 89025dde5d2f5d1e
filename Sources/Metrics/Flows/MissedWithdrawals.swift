/// Withdrawals that were asked for and not in cash.
///
/// Always defined.
struct MissedWithdrawals: Metric {
  let name = "missed_withdrawals"
  let unit = MetricUnit.currency
  let direction = MetricDirection.lower
  let definition = "sum over withdrawals of what was asked for - what was free in cash"
  let source = "Apus"

  func value(of lane: LaneSummary) -> MetricValue { MetricValue(lane.missedWithdrawals, of: lane) }
}
