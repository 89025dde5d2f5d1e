import Risk

/// The distribution of what became of a portfolio or a sum, each figure with its standard error.
///
/// Returns are what is there at the end over what was there and was paid in, less one. Standard errors are those of `PathOutlook`;
/// NaN where paths are no sample.
public struct ForwardFigures: Sendable {
  /// Shares of paths that quantiles are of.
  public static let shares = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]
  /// Levels of shortfalls and deep drawdowns.
  public static let levels = [0.95, 0.99]
  /// Names of the figures, in their order.
  public static let names =
    ["mean_return"] + shares.map { "return_\(percent($0))" } + ["probability_of_loss"]
    + levels.map { "expected_shortfall_\(percent($0))" } + ["max_drawdown_mean"]
    + ([0.5] + levels).map { "max_drawdown_\(percent($0))" }
    + ["probability_of_breach", "probability_of_floor"]

  /// The figures, in the order of `names`; NaN where there is no limit to breach.
  public let figures: [PathFigure]
  /// Difference of the means over the first and the second half of the paths, in its standard errors.
  ///
  /// Rarely beyond ±2 if there are enough paths. NaN where paths are no sample.
  public let halvesApart: Double

  /// Figures of a sample.
  ///
  /// - Parameters:
  ///   - values: at the end of each path.
  ///   - drawdowns: worst falls, 0 to −1.
  ///   - paid: what was there and was paid in.
  ///   - maxDrawdown: as a positive fraction; NaN for none.
  ///   - fell: on how many paths it fell to the floor; nil without one.
  public init(
    values: [Double], drawdowns: [Double], paid: Double, maxDrawdown: Double, fell: Int?,
    isRandom: Bool
  ) {
    let returns = values.map { $0 / paid - 1 }
    let (sample, depths) = (MetricSample(returns), MetricSample(drawdowns))
    let count = Double(values.count)
    func probability(_ hits: Int?) -> PathFigure {
      guard let hits else { return PathFigure(name: "", value: .nan, standardError: .nan) }
      let share = Double(hits) / count
      return PathFigure(
        name: "", value: share, standardError: (share * (1 - share) / count).squareRoot())
    }
    var found = [sample.mean] + Self.shares.map { sample.quantile($0) }
    found.append(probability(returns.count { $0 < 0 }))
    found += Self.levels.map { sample.expectedShortfall($0) }
    found.append(depths.mean)
    // A fall that is exceeded, in depth, with probability 1 − level.
    found += ([0.5] + Self.levels).map { depths.quantile(((1 - $0) * 1e9).rounded() / 1e9) }
    found.append(
      probability(maxDrawdown.isNaN ? nil : drawdowns.count { -$0 > maxDrawdown }))
    found.append(probability(fell))
    figures = zip(Self.names, found).map { name, figure in
      PathFigure(
        name: name, value: figure.value,
        standardError: isRandom && values.count > 1 ? figure.standardError : .nan)
    }
    let half = values.count / 2
    if isRandom, half > 1 {
      let (first, second) = (Self.mean(returns[..<half]), Self.mean(returns[half...]))
      let error = (first.variance + second.variance).squareRoot()
      halvesApart = error > 0 ? (first.value - second.value) / error : 0
    } else {
      halvesApart = .nan
    }
  }

  /// A mean, and the variance of such means.
  private static func mean(_ values: ArraySlice<Double>) -> (value: Double, variance: Double) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, squares / (count - 1) / count)
  }

  /// A figure by its name.
  public subscript(name: String) -> PathFigure? { figures.first { $0.name == name } }

  private static func percent(_ share: Double) -> String {
    let text = "\(Int((share * 100).rounded()))"
    return share < 0.1 ? "0\(text)" : text
  }
}
