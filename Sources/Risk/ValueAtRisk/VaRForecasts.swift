import Kernels

/// Forecasts of every model for what follows every series.
public struct VaRForecasts: Sendable {
  /// `[P][M]` forecasts by level, or why there are none.
  public let found: [[Result<[TailForecast], RiskError>]]

  /// Forecasts from the last `window` finite returns of each series, workers taking one pair after the other.
  ///
  /// - Parameters:
  ///   - series: `[P][T]` simple returns, oldest first; NaN where there is none.
  ///   - workers: how many pairs run at a time; no number depends on it.
  /// - Returns: nil if it was stopped.
  public init?(
    series: [[Double]], models: [any VaRModel], question: TailQuestion, window: Int, workers: Int,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    let pairs = series.count * models.count
    let slots = Slots<Result<[TailForecast], RiskError>>(count: pairs)
    let isDone = try? TileLoop(tiles: pairs, workers: max(workers, 1))
      .run(isCancelled: isCancelled, room: {}) { tile, _ in
        let (portfolio, model) = tile.quotientAndRemainder(dividingBy: models.count)
        let recent = Array(series[portfolio].filter(\.isFinite).suffix(window))
        slots.set(tile, Self.forecast(models[model], recent, question))
      }
    guard isDone == true else { return nil }
    let all = slots.values
    found = series.indices.map { Array(all[$0 * models.count..<($0 + 1) * models.count]) }
  }

  private static func forecast(
    _ model: any VaRModel, _ returns: [Double], _ question: TailQuestion
  ) -> Result<[TailForecast], RiskError> {
    do throws(RiskError) {
      return .success(try model.forecast(returns, question))
    } catch {
      return .failure(error)
    }
  }
}
