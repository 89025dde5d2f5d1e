/// Upward capture over downward capture.
///
/// Undefined where either is, and where nothing of the falls was caught.
struct CaptureRatio: Metric {
  let name = "capture_ratio"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.higher
  let definition = "up_capture / down_capture"
  let source = "empyrical up_down_capture"
  let needs: MetricNeeds = [.returns, .benchmark]

  func value(of lane: LaneSummary) -> MetricValue {
    let down = Capture(isUp: false).value(of: lane)
    guard case .defined(let caught) = down else { return down }
    if caught.magnitude < LaneSummary.negligible { return .undefined(.noDownside) }
    return Capture(isUp: true).value(of: lane).map(of: lane) { $0 / caught }
  }
}
