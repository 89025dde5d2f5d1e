#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Compound return of a bar over the benchmark's, in bars in which it rose or fell.
///
/// Undefined without a benchmark, where it never rose or never fell, and for a ruined lane.
struct Capture: Metric {
  /// Whether bars count in which the benchmark rose.
  let isUp: Bool

  var name: String { isUp ? "up_capture" : "down_capture" }
  let unit = MetricUnit.ratio
  var direction: MetricDirection { isUp ? .higher : .lower }
  var definition: String {
    "geometric mean of r / geometric mean of b over the bars with b \(isUp ? "above" : "below") 0"
  }
  let source =
    "Morningstar, Upside and downside capture ratios (2011), on bars; empyrical annualises both means"
  let needs: MetricNeeds = [.returns, .benchmark]

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromBenchmark(atLeast: 1) { returns, benchmark in
      var (ours, theirs, bars) = (1.0, 1.0, 0.0)
      for bar in benchmark.indices where isUp ? benchmark[bar] > 0 : benchmark[bar] < 0 {
        ours *= 1 + returns[bar]
        theirs *= 1 + benchmark[bar]
        bars += 1
      }
      if bars == 0 { return .undefined(.oneSidedBenchmark) }
      if ours <= 0 || theirs <= 0 { return .undefined(.ruined) }
      return MetricValue((pow(ours, 1 / bars) - 1) / (pow(theirs, 1 / bars) - 1), of: lane)
    }
  }
}
