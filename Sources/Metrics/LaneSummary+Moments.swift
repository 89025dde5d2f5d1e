#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension LaneSummary {
  /// What counts as zero in a divisor that is a fraction per bar.
  static let negligible = 1e-12

  /// The rate of one bar that compounds to an annual rate.
  ///
  /// - Parameters:
  ///   - annual: a fraction a year, above -1; anything less gives NaN.
  ///   - barsPerYear: bars in a year, above 0.
  public static func ratePerBar(annual: Double, barsPerYear: Double) -> Double {
    pow(1 + annual, 1 / barsPerYear) - 1
  }

  /// Whether money came in or went out after the initial equity.
  var hasFlows: Bool { !timeWeightedGrowth.isNaN }

  /// Equity after the last bar over equity before the first; with flows, the growth of what was there meanwhile.
  var growth: Double { hasFlows ? timeWeightedGrowth : finalEquity / initialEquity }

  /// Mean return; NaN without a bar.
  var meanReturn: Double { sumReturns / Double(observations) }

  /// Bars in years.
  var years: Double { Double(observations) / observationsPerYear }

  /// The annual risk-free rate.
  var riskFreeAnnual: Double { pow(1 + riskFreePerBar, observationsPerYear) - 1 }

  /// Sample standard deviation of returns (ddof 1), or nil if they don't vary; for two bars or more.
  ///
  /// A difference of two sums keeps a residue of their rounding, so constant returns come out near 1e-9. What lies
  /// within the worst case of that rounding, 3·n·ε/2 of the sum of squares, counts as no variation.
  var sampleDeviation: Double? {
    let n = Double(observations)
    let centred = sumSquaredReturns - sumReturns * sumReturns / n
    if centred <= 1.5 * n * .ulpOfOne * sumSquaredReturns { return nil }
    let deviation = (centred / (n - 1)).squareRoot()
    return deviation < Self.negligible ? nil : deviation
  }

  /// Growth to a power, less one; undefined for a ruined lane.
  func compoundRate(exponent: Double) -> MetricValue {
    if growth <= 0 { return .undefined(.ruined) }
    return MetricValue(pow(growth, exponent) - 1, of: self)
  }

  /// A value from the recorded returns, or why there is none.
  func fromReturns(atLeast count: Int, _ body: ([Double]) -> MetricValue) -> MetricValue {
    guard observations >= count else { return .undefined(.tooFewBars) }
    guard let returns else { return .undefined(.notRecorded) }
    precondition(
      returns.count == observations,
      "a summary of \(observations) bars has \(returns.count) returns")
    return body(returns)
  }

  /// A value from the recorded returns by periods of the calendar, or why there is none.
  func fromPeriods(_ body: ([Double], LaneContext) -> MetricValue) -> MetricValue {
    fromReturns(atLeast: 1) { returns in
      guard let context else { return .undefined(.notRecorded) }
      return body(returns, context)
    }
  }

  /// A value from the returns of the lane and of its benchmark, at the bars that have both, or why there is none.
  func fromBenchmark(atLeast count: Int, _ body: ([Double], [Double]) -> MetricValue)
    -> MetricValue
  {
    fromReturns(atLeast: 1) { returns in
      guard let benchmark = context?.benchmark else { return .undefined(.noBenchmark) }
      precondition(benchmark.count == returns.count, "a benchmark of other bars")
      guard benchmark.contains(where: \.isNaN) else {
        return returns.count < count ? .undefined(.tooFewBars) : body(returns, benchmark)
      }
      let known = benchmark.indices.filter { !benchmark[$0].isNaN }
      guard known.count >= count else { return .undefined(.tooFewBars) }
      return body(known.map { returns[$0] }, known.map { benchmark[$0] })
    }
  }

  /// A value from the closed trades one by one, or why there is none.
  func fromTrades(_ body: ([LaneHistory.Trade]) -> MetricValue) -> MetricValue {
    guard trades > 0 else { return .undefined(.noTrades) }
    guard let history else { return .undefined(.notRecorded) }
    let closed = history.closed
    return closed.isEmpty ? .undefined(.noTrades) : body(closed)
  }

  /// A value from what was held after each bar, or why there is none.
  func fromHoldings(_ body: ([LaneHistory.Holding]) -> MetricValue) -> MetricValue {
    guard bars > 0 else { return .undefined(.tooFewBars) }
    guard let history else { return .undefined(.notRecorded) }
    return body(history.holdings)
  }
}

extension MetricValue {
  /// The number if it is finite, otherwise the reason why it isn't.
  init(_ number: Double, of lane: LaneSummary) {
    if number.isFinite {
      // Adding 0 turns -0 into 0, so that no table or file shows a negative zero.
      self = .defined(number + 0)
    } else {
      self = .undefined(lane.isRuined ? .ruined : .overflow)
    }
  }
}

/// Population moments of returns about their mean, in two passes.
struct CentralMoments {
  private(set) var second = 0.0
  private(set) var third = 0.0
  private(set) var fourth = 0.0

  /// The moments, or nil if the sample standard deviation is negligible, absolutely or against the mean's rounding.
  init?(of returns: [Double]) {
    let n = Double(returns.count)
    let mean = returns.reduce(0, +) / n
    var size = 0.0
    for value in returns {
      let deviation = value - mean
      let square = deviation * deviation
      second += square
      third += square * deviation
      fourth += square * square
      size += value.magnitude
    }
    second /= n
    third /= n
    fourth /= n
    let sample = (second * n / (n - 1)).squareRoot()
    if sample < LaneSummary.negligible || sample <= size * .ulpOfOne { return nil }
  }
}
