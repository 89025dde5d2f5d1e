import Kernels

/// Models against portfolios: each pair forecast out of sample, scored and ranked.
public struct VaRLaboratory: Sendable {
  /// One model on one portfolio.
  public struct Entry: Sendable {
    /// The forecasts; nil if none could be made.
    public let forecast: RollingForecast?
    /// Scores: `[levels]`; empty without forecasts.
    public let scores: [VaRBacktest]
    /// Why there is none.
    public let failure: RiskError?
  }

  /// Names of the models: `[M]`.
  public let models: [String]
  /// Confidence levels: `[C]`.
  public let levels: [ConfidenceLevel]
  /// `[P][M]`.
  public let entries: [[Entry]]

  /// Runs every pair, workers taking one pair after the other.
  ///
  /// - Parameters:
  ///   - series: `[P][T]` simple returns; NaN where there is none.
  ///   - models: each has a name of its own.
  ///   - workers: how many pairs run at a time; no number depends on it.
  /// - Returns: nil if it was stopped.
  public init?(
    series: [[Double]], models: [any VaRModel], question: TailQuestion, plan: RollingPlan,
    workers: Int, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    let pairs = series.count * models.count
    let found = Slots<Entry>(count: pairs)
    // The slowest models first, so that none of them runs alone at the end.
    let order = (0..<pairs).sorted {
      (models[$1 / series.count].neededReturns, $0) < (models[$0 / series.count].neededReturns, $1)
    }
    // The body throws nothing, so neither does the loop.
    let isDone = try? TileLoop(tiles: pairs, workers: max(workers, 1))
      .run(isCancelled: isCancelled, room: {}) { tile, _ in
        let (model, portfolio) = order[tile].quotientAndRemainder(dividingBy: series.count)
        found.set(
          portfolio * models.count + model,
          Self.entry(models[model], series[portfolio], question, plan, isCancelled))
      }
    guard isDone == true, !isCancelled() else { return nil }
    self.models = models.map(\.name)
    levels = question.levels
    let all = found.values
    entries = series.indices.map { Array(all[$0 * models.count..<($0 + 1) * models.count]) }
  }

  private static func entry(
    _ model: any VaRModel, _ series: [Double], _ question: TailQuestion, _ plan: RollingPlan,
    _ isCancelled: () -> Bool
  ) -> Entry {
    do throws(RiskError) {
      let forecast = try RollingForecast(
        model, series: series, question: question, plan: plan, isCancelled: isCancelled)
      return Entry(
        forecast: forecast,
        scores: forecast.map { forecast in
          question.levels.indices.map { VaRBacktest(forecast, level: $0) }
        } ?? [], failure: forecast?.firstFailure)
    } catch {
      return Entry(forecast: nil, scores: [], failure: error)
    }
  }

  /// Positions of the models on a portfolio at a level, the best first.
  ///
  /// By quantile loss, the lower the better. Models that lack forecasts for some bars come after those that lack none:
  /// on the bars that they leave out, often the worst, they lost nothing. Those without any come last; ties by position.
  public func league(portfolio: Int, level: Int) -> [Int] {
    let keys = entries[portfolio].map { entry -> (Int, Double) in
      guard let score = entry.scores.isEmpty ? nil : entry.scores[level],
        score.quantileLoss.isFinite
      else { return (2, 0) }
      return (score.missing == 0 ? 0 : 1, score.quantileLoss)
    }
    return keys.indices.sorted { (keys[$0].0, keys[$0].1, $0) < (keys[$1].0, keys[$1].1, $1) }
  }
}
