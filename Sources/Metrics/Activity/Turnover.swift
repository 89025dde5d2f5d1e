/// Times a year that the mean equity is traded, buys and sells both counted.
///
/// A full round trip in one year, at prices near the mean equity, is 2. Undefined without a bar, and for a lane whose
/// mean equity isn't positive.
struct Turnover: Metric {
  let name = "turnover"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.lower
  let definition =
    "(sum over fills of price * quantity) / mean equity / years; years = bars / bars per year"
  let source = "two-sided, annualised; half of it is the one-sided turnover of SEC Form N-1A"

  let needs: MetricNeeds = [.extendedSums, .tradeSums]

  func value(of lane: LaneSummary) -> MetricValue {
    guard lane.bars > 0 else { return .undefined(.tooFewBars) }
    if lane.sumEquity <= 0 { return .undefined(.ruined) }
    let bars = Double(lane.bars)
    return MetricValue(
      lane.tradedNotional / (lane.sumEquity / bars) / (bars / lane.barsPerYear), of: lane)
  }
}
