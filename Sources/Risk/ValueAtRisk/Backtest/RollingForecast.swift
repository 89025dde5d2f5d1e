import Kernels

/// How forecasts follow each other.
public struct RollingPlan: Sendable, Equatable {
  /// Returns that a forecast sees.
  public var window: Int
  /// Bars from one fit of parameters to the next; what is no fit, such as moments and order statistics, moves every bar.
  public var refit: Int

  /// A plan.
  ///
  /// - Throws: `RiskError.setting` for a window below 20 or a refit below 1.
  public init(window: Int = 1_000, refit: Int = 5) throws(RiskError) {
    guard window >= 20 else {
      throw .setting(name: "backtest.window", found: "\(window)", expected: "20 returns or more")
    }
    guard refit >= 1 else {
      throw .setting(name: "backtest.refit", found: "\(refit)", expected: "1 bar or more")
    }
    self.window = window
    self.refit = refit
  }
}

/// Forecasts out of sample of one model on one series, and what then came.
///
/// A forecast sees the `window` returns before it. Parameters are fitted every `refit` bars and kept in between. Over
/// a horizon of h bars there is a forecast every h bars, so that none overlap, and the return is compounded.
public struct RollingForecast: Sendable {
  /// The model's name.
  public let model: String
  /// The question.
  public let question: TailQuestion
  /// Position in the series of the first bar that a forecast is about: `[F]`.
  public let bars: [Int]
  /// What came: the return over the horizon: `[F]`.
  public let returns: [Double]
  /// `[levels, F]` positive fractions; NaN where the model had no forecast.
  public let valueAtRisk: [[Double]]
  /// `[levels, F]` positive fractions; NaN where the model had no forecast.
  public let expectedShortfall: [[Double]]
  /// Bars without a forecast.
  public let missing: Int
  /// Why the first of them has none.
  public let firstFailure: RiskError?

  /// Forecasts a series.
  ///
  /// - Parameters:
  ///   - series: `[T]` simple returns, oldest first; bars without a finite return are passed over, as if they weren't there.
  ///   - isCancelled: asked now and then; true ends with `nil`.
  /// - Returns: nil if it was stopped.
  /// - Throws: `RiskError.tooFewReturns` if nothing is left to forecast, `.setting` for a window that the model can't use.
  ///   A window on which the model fails is no error: its forecast is missing.
  public init?(
    _ model: some VaRModel, series: [Double], question: TailQuestion, plan: RollingPlan,
    isCancelled: () -> Bool = { false }
  ) throws(RiskError) {
    let places = series.indices.filter { series[$0].isFinite }
    let known = places.map { series[$0] }
    let horizon = question.horizon
    guard plan.window >= model.neededReturns else {
      throw .setting(
        name: "backtest.window", found: "\(plan.window)",
        expected: "\(model.neededReturns) returns or more for \(model.name)")
    }
    guard known.count >= plan.window + horizon else {
      throw .tooFewReturns(
        method: "the backtest of \(model.name)", found: known.count, needed: plan.window + horizon)
    }
    let starts = Array(stride(from: plan.window, through: known.count - horizon, by: horizon))
    guard
      let rolled = model.roll(
        known, to: starts, window: plan.window, refit: plan.refit, question,
        isCancelled: isCancelled)
    else { return nil }
    self.model = model.name
    self.question = question
    bars = starts.map { places[$0] }
    returns = starts.map { start in
      if horizon == 1 { return known[start] }
      return known[start..<start + horizon].reduce(1) { $0 * (1 + $1) } - 1
    }
    valueAtRisk = question.levels.indices.map { level in
      rolled.tails.map { $0[level].valueAtRisk }
    }
    expectedShortfall = question.levels.indices.map { level in
      rolled.tails.map { $0[level].expectedShortfall }
    }
    missing = rolled.missing
    firstFailure = rolled.firstFailure
  }
}
