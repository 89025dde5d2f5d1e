/// Money paid for borrowed shares.
///
/// Always defined.
struct BorrowFees: Metric {
  let name = "borrow_fees"
  let unit = MetricUnit.currency
  let direction = MetricDirection.lower
  let definition = "sum over bars of annual rate * value of shorts * length of the bar / year"
  let source = "Apus"

  func value(of lane: LaneSummary) -> MetricValue { MetricValue(lane.borrowFees, of: lane) }
}
