/// The strategies that Apus brings along, each in a file of its own.
public enum StrategyCatalog {
  /// All of them, in the order in which help lists them.
  public static let all: [StrategyTemplate] = [
    .buyAndHold,
    .dollarCostAveraging,
    .buyBelowAverage,
    .buyBelowAverage24h,
    .buyBelowAverageMarketCap,
    .smaCross,
    .emaCross,
    .macdCross,
    .rsiReversal,
    .rsiPullback,
    .bollingerReversal,
    .bollingerBreakout,
    .donchianBreakout,
    .turtle,
    .keltnerBreakout,
    .atrTrailing,
    .zscoreReversal,
    .turnOfMonth,
    .dayOfWeek,
    .halloween,
    .marketTrend,
    .equalWeight,
    .sixtyForty,
    .momentum,
    .momentumLongShort,
    .timeSeriesMomentum,
    .dualMomentum,
    .high52Weeks,
    .lowVolatility,
    .shortTermReversal,
    .trendFollowing,
    .inverseVolatility,
    .riskParity,
    .volatilityTarget,
    .pairs,
  ]

  /// The strategy of a name; nil if there is none.
  public static func named(_ name: String) -> StrategyTemplate? { all.first { $0.name == name } }
}
