/// All indicators, by the names that users write.
public enum IndicatorCatalog {
  /// Every indicator, in the order in which help lists them.
  public static let all: [any Indicator.Type] = [
    // Rolling
    Lag.self,
    Delta.self,
    PercentChange.self,
    Sum.self,
    StandardDeviation.self,
    ZScore.self,
    Highest.self,
    Lowest.self,
    Slope.self,
    Correlation.self,
    Beta.self,
    // Averages
    Mean.self,
    SimpleMovingAverage.self,
    ExponentialMovingAverage.self,
    WeightedMovingAverage.self,
    // Oscillators
    RelativeStrengthIndex.self,
    AverageDirectionalIndex.self,
    MovingAverageConvergence.self,
    ConvergenceSignalLine.self,
    ConvergenceHistogram.self,
    Stochastic.self,
    SmoothedStochastic.self,
    // Bands
    AverageTrueRange.self,
    BollingerUpper.self,
    BollingerLower.self,
    DonchianUpper.self,
    DonchianLower.self,
    DonchianMiddle.self,
    KeltnerUpper.self,
    KeltnerLower.self,
    // Volume
    OnBalanceVolume.self,
    VolumeWeightedPrice.self,
  ]

  private static let byName = Dictionary(
    uniqueKeysWithValues: all.map { ($0.signature.name, $0) })

  /// The indicator of a name, or nil if there is none.
  public static func named(_ name: String) -> (any Indicator.Type)? { byName[name] }
}
