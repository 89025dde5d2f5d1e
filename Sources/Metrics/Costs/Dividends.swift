/// Dividends credited to longs less those debited to shorts.
///
/// Always defined.
struct Dividends: Metric {
  let name = "dividends"
  let unit = MetricUnit.currency
  let direction = MetricDirection.neutral
  let definition =
    "sum over ex-dates of dividend * units held, minus for shorts; 0 where prices are adjusted for them"
  let source = "Apus"

  func value(of lane: LaneSummary) -> MetricValue { MetricValue(lane.dividends, of: lane) }
}
