import Kernels

/// How well forecasts of one level did.
///
/// Bars without a forecast count nowhere but in `missing`. An exception is a loss above VaR, not equal to it.
public struct VaRBacktest: Sendable {
  /// The level.
  public let level: ConfidenceLevel
  /// Coverage and clusters of exceptions.
  public let coverage: CoverageTests
  /// The Basel zone.
  public let zone: TrafficLight
  /// Exceptions that a right model has on average.
  public let expected: Double
  /// Mean of ((1 - c) - 1{r < -VaR})·(r + VaR), returns a bar: lower is better, and the right quantile is the lowest.
  ///
  /// NaN without a forecast.
  public let quantileLoss: Double
  /// Acerbi and Székely's Z₂: Σ r·1{r < -VaR} / (n·(1 - c)·ES) + 1; 0 on average for a right model, negative where the
  /// shortfall is too low.
  ///
  /// NaN without a forecast, or with an expected shortfall that isn't positive.
  public let shortfallScore: Double
  /// Bars without a forecast.
  public let missing: Int

  /// Scores forecasts at a level.
  public init(_ forecast: RollingForecast, level position: Int) {
    self.init(
      returns: forecast.returns, valueAtRisk: forecast.valueAtRisk[position],
      expectedShortfall: forecast.expectedShortfall[position],
      level: forecast.question.levels[position])
  }

  /// Scores forecasts.
  ///
  /// - Parameters:
  ///   - returns: `[F]` what came, simple returns; NaN leaves a bar out.
  ///   - valueAtRisk: `[F]` positive fractions; NaN leaves a bar out.
  ///   - expectedShortfall: `[F]` positive fractions.
  public init(
    returns: [Double], valueAtRisk: [Double], expectedShortfall: [Double], level: ConfidenceLevel
  ) {
    precondition(
      returns.count == valueAtRisk.count && returns.count == expectedShortfall.count,
      "a return for each forecast")
    var hits: [Bool] = []
    var (loss, ratio) = (0.0, 0.0)
    for bar in returns.indices where returns[bar].isFinite && valueAtRisk[bar].isFinite {
      let isHit = returns[bar] < -valueAtRisk[bar]
      hits.append(isHit)
      loss += (level.tail - (isHit ? 1 : 0)) * (returns[bar] + valueAtRisk[bar])
      if isHit {
        // One bar without a meaning takes it from the whole.
        ratio += expectedShortfall[bar] > 0 ? returns[bar] / expectedShortfall[bar] : .nan
      }
    }
    let count = Double(hits.count)
    self.level = level
    coverage = CoverageTests(hits: hits, tail: level.tail)
    zone = TrafficLight(exceptions: coverage.exceptions, of: hits.count, tail: level.tail)
    expected = count * level.tail
    quantileLoss = hits.isEmpty ? .nan : loss / count
    shortfallScore = hits.isEmpty ? .nan : ratio / (count * level.tail) + 1
    missing = returns.count - hits.count
  }
}
