import Kernels

/// What each part of a portfolio adds to its VaR and expected shortfall.
///
/// Components add up to the total; `incremental` is the total less that of the portfolio without the part, whose weight
/// goes to cash. All are positive fractions of equity for what adds risk, negative for a hedge.
public struct RiskContributions: Sendable {
  /// How the tail is described.
  public enum Method: String, Sendable, CaseIterable {
    /// Gaussian, by covariances with the whole.
    case gaussian
    /// Order statistics of what happened.
    case historical
  }

  /// Names of the parts: `[G]`.
  public let names: [String]
  /// The level.
  public let level: ConfidenceLevel
  /// VaR and expected shortfall of the whole.
  public let total: TailForecast
  /// `[G]` parts of VaR, which add up to it.
  public let componentVaR: [Double]
  /// `[G]` parts of expected shortfall, which add up to it.
  public let componentES: [Double]
  /// `[G]` VaR less that without the part.
  public let incrementalVaR: [Double]
  /// `[G]` expected shortfall less that without the part.
  public let incrementalES: [Double]

  init(
    names: [String], level: ConfidenceLevel, total: TailForecast, componentVaR: [Double],
    componentES: [Double], incrementalVaR: [Double], incrementalES: [Double]
  ) {
    self.names = names
    self.level = level
    self.total = total
    self.componentVaR = componentVaR
    self.componentES = componentES
    self.incrementalVaR = incrementalVaR
    self.incrementalES = incrementalES
  }

  /// The change of VaR with a weight: component over weight.
  ///
  /// - Parameter weights: `[G]`; NaN where 0.
  public func marginalVaR(weights: [Double]) -> [Double] {
    zip(componentVaR, weights).map { $1 == 0 ? .nan : $0 / $1 }
  }

  /// The change of expected shortfall with a weight: component over weight.
  ///
  /// - Parameter weights: `[G]`; NaN where 0.
  public func marginalES(weights: [Double]) -> [Double] {
    zip(componentES, weights).map { $1 == 0 ? .nan : $0 / $1 }
  }

  /// Contributions to the loss of one bar.
  ///
  /// Gaussian: component i = -mean(xᵢ) + z·cov(xᵢ, r) / σ. Historical: that of expected shortfall is the mean of -xᵢ over
  /// the tail; that of VaR the mean of -xᵢ over the bars whose returns stand around the order statistic, triangular
  /// weights over ±⌈√rank⌉ ranks, then all scaled alike to add up to VaR: one bar alone would be noise.
  ///
  /// - Throws: `RiskError.tooFewReturns`; `.outsideDomain` if the whole doesn't vary, or if the bars around VaR don't
  ///   lose like it.
  /// - Source: Hallerbach, J. Risk 5 (2002); Tasche, *Risk contributions and performance measurement* (1999); Epperlein and
  ///   Smillie, *Cracking VaR with kernels*, Risk (2006).
  public init(_ parts: RiskParts, level: ConfidenceLevel, method: Method) throws(RiskError) {
    let totals = parts.totals
    guard totals.count >= 2 else {
      throw .tooFewReturns(method: "a contribution to VaR", found: totals.count, needed: 2)
    }
    guard totals.allSatisfy(\.isFinite) else {
      throw .outsideDomain(
        method: "contributions", reason: "a part has a return that isn't finite")
    }
    names = parts.names
    self.level = level
    let tail = try Self.tail(totals, level, method)
    total = tail
    switch method {
    case .gaussian:
      (componentVaR, componentES) = Self.gaussian(parts, totals, level)
    case .historical:
      (componentVaR, componentES) = try Self.historical(parts, totals, level, tail)
    }
    var (lessVaR, lessES): ([Double], [Double]) = ([], [])
    for part in names.indices {
      let rest = totals.indices.map { totals[$0] - parts.values[$0, part] }
      // The rest of a portfolio with one part is cash, which loses nothing.
      let without =
        names.count == 1
        ? TailForecast(valueAtRisk: 0, expectedShortfall: 0) : try Self.tail(rest, level, method)
      lessVaR.append(tail.valueAtRisk - without.valueAtRisk)
      lessES.append(tail.expectedShortfall - without.expectedShortfall)
    }
    (incrementalVaR, incrementalES) = (lessVaR, lessES)
  }

  private static func tail(_ totals: [Double], _ level: ConfidenceLevel, _ method: Method)
    throws(RiskError) -> TailForecast
  {
    switch method {
    case .historical: return SampleTail(totals, levels: [level]).forecast(level)
    case .gaussian:
      let moments = Moments(totals.span)
      return TailForecast(
        mean: moments.mean, scale: moments.deviation, quantile: level.normalQuantile,
        shortfall: level.normalShortfall)
    }
  }

  private static func gaussian(_ parts: RiskParts, _ totals: [Double], _ level: ConfidenceLevel)
    -> (value: [Double], shortfall: [Double])
  {
    let count = Double(totals.count)
    let moments = Moments(totals.span)
    var (value, shortfall): ([Double], [Double]) = ([], [])
    for part in parts.names.indices {
      var (sum, product) = (0.0, 0.0)
      for bar in totals.indices {
        sum += parts.values[bar, part]
        product += parts.values[bar, part] * (totals[bar] - moments.mean)
      }
      let slope = moments.deviation > 0 ? product / (count - 1) / moments.deviation : 0
      value.append(-sum / count + level.normalQuantile * slope)
      shortfall.append(-sum / count + level.normalShortfall * slope)
    }
    return (value, shortfall)
  }

  private static func historical(
    _ parts: RiskParts, _ totals: [Double], _ level: ConfidenceLevel, _ tail: TailForecast
  ) throws(RiskError) -> (value: [Double], shortfall: [Double]) {
    let count = totals.count
    // Ties by position, so that the order doesn't depend on the sort.
    let order = totals.indices.sorted { (totals[$0], $0) < (totals[$1], $1) }
    let rank = level.rank(of: count)
    let size = level.tailCount(of: count)
    let reach = Int(Double(rank).squareRoot().rounded(.up))
    var around: [(bar: Int, weight: Double)] = []
    for place in max(rank - reach, 1)...min(rank + reach, count) {
      around.append((order[place - 1], Double(reach + 1 - abs(place - rank))))
    }
    var smoothed = 0.0
    for (bar, weight) in around { smoothed -= weight * totals[bar] }
    let scale = tail.valueAtRisk / smoothed
    guard tail.valueAtRisk == 0 || (scale > 0 && scale.isFinite) else {
      throw .outsideDomain(
        method: "historical contributions",
        reason: "the bars around VaR \(tail.valueAtRisk) gain where it loses; use a longer window")
    }
    var (value, shortfall): ([Double], [Double]) = ([], [])
    for part in parts.names.indices {
      var sum = 0.0
      for (bar, weight) in around { sum -= weight * parts.values[bar, part] }
      value.append(tail.valueAtRisk == 0 ? 0 : sum * scale)
      var loss = 0.0
      for place in 0..<rank - 1 { loss -= parts.values[order[place], part] }
      // What whole bars leave of the tail.
      loss -= (size - Double(rank - 1)) * parts.values[order[rank - 1], part]
      shortfall.append(loss / size)
    }
    return (value, shortfall)
  }
}
