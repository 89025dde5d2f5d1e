#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A metric as another library defines it.
///
/// What that library gives as NaN or infinity is undefined.
struct ConventionMetric: Metric {
  let name: String
  let unit: MetricUnit
  let direction: MetricDirection
  let definition: String
  let source: String
  let needs: MetricNeeds
  private let body: @Sendable (ConventionInput) -> Double

  /// A metric over returns; unit and direction are those of ours of the same name unless given.
  init(
    _ name: String, _ source: String, _ definition: String, unit: MetricUnit? = nil,
    direction: MetricDirection? = nil, needs: MetricNeeds = [.returns, .periods],
    _ body: @escaping @Sendable (ConventionInput) -> Double
  ) {
    guard let ours = MetricCatalog.metric(named: name) else {
      preconditionFailure("a convention redefines what there is, and there is no '\(name)'")
    }
    self.name = name
    self.unit = unit ?? ours.unit
    self.direction = direction ?? ours.direction
    self.definition = definition
    self.source = source
    self.needs = needs
    self.body = body
  }

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromPeriods { returns, context in
      if needs.contains(.benchmark), context.benchmark == nil { return .undefined(.noBenchmark) }
      if needs.contains(.history), lane.history == nil { return .undefined(.notRecorded) }
      let value = body(ConventionInput(lane: lane, returns: returns, context: context))
      return value.isFinite ? MetricValue(value, of: lane) : .undefined(.noFit)
    }
  }
}

/// What the functions of another library are given.
struct ConventionInput {
  let lane: LaneSummary
  let returns: [Double]
  let context: LaneContext

  /// Benchmark returns at the bars of `returns`, both where the benchmark is known.
  var pair: (returns: [Double], benchmark: [Double]) {
    let benchmark = context.benchmark ?? []
    let known = benchmark.indices.filter { !benchmark[$0].isNaN }
    return (known.map { returns[$0] }, known.map { benchmark[$0] })
  }

  /// The annual risk-free rate.
  var riskFree: Double { lane.riskFreeAnnual }
  /// The annual minimum acceptable return.
  var required: Double {
    pow(1 + lane.minimumAcceptablePerBar, lane.observationsPerYear) - 1
  }
  /// An annual rate as one of a period.
  func perPeriod(_ annual: Double, _ periods: Double) -> Double { pow(1 + annual, 1 / periods) - 1 }

  /// Profits of closed trades.
  var profits: [Double] { (lane.history?.closed ?? []).map(\.profit) }
}

extension [Double] {
  /// Every element less a number.
  func less(_ number: Double) -> [Double] { map { $0 - number } }

  var sum: Double { reduce(0, +) }

  /// Growth of compounded returns, less one.
  var compounded: Double { reduce(1) { $0 * (1 + $1) } - 1 }

  /// Growth a year of compounded returns, less one.
  func annualised(_ periods: Double) -> Double {
    pow(compounded + 1, periods / Double(count)) - 1
  }

  /// A quantile, linearly interpolated (type 7).
  func quantile(perMille: Int) -> Double {
    if isEmpty { return .nan }
    var selection = Selection(of: self)
    return selection.quantile(perMille: perMille)
  }

  /// Root mean square of what is below 0.
  var downside: Double {
    (reduce(0) { $0 + Swift.min($1, 0) * Swift.min($1, 0) } / Double(count)).squareRoot()
  }

  /// Sum of what is above 0 over the sum of what is below.
  var omega: Double {
    let below = reduce(0) { $0 + Swift.max(-$1, 0) }
    return below > 0 ? reduce(0) { $0 + Swift.max($1, 0) } / below : .nan
  }

  /// Third and fourth standardised moments of the sample, adjusted as pandas does; the fourth in excess of 3.
  var adjustedMoments: (skew: Double, kurtosis: Double) {
    guard let moments = CentralMoments(of: self), count > 3 else { return (.nan, .nan) }
    let n = Double(count)
    let skew = moments.third / (moments.second * moments.second.squareRoot())
    let kurtosis = moments.fourth / (moments.second * moments.second) - 3
    return (
      (n * (n - 1)).squareRoot() / (n - 2) * skew,
      (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * kurtosis + 6)
    )
  }
}
