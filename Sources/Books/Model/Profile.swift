/// What the owner of a portfolio wants it to hold and to risk.
///
/// A number that is NaN, an empty list: no limit. Fractions are of the portfolio's equity.
public struct Profile: Sendable, Equatable {
  /// From 1, cautious, to 10, bold; nil if unknown.
  public var riskLevel: Int?
  /// Highest annual volatility.
  public var maxVolatility = Double.nan
  /// Highest historical one-day VaR at 95 %, as a positive fraction.
  public var maxVaR = Double.nan
  /// Deepest drawdown, as a positive fraction.
  public var maxDrawdown = Double.nan
  /// Years until the money is needed.
  public var horizonYears = Double.nan
  /// Sectors that it may hold; empty for all.
  public var allowedSectors: [String] = []
  /// Sectors that it may not hold.
  public var excludedSectors: [String] = []
  /// Symbols that it may hold; empty for all.
  public var allowedSymbols: [String] = []
  /// Symbols that it may not hold.
  public var excludedSymbols: [String] = []
  /// Highest weight of a symbol.
  public var maxWeight = Double.nan
  /// Highest weight of a sector.
  public var maxSectorWeight = Double.nan
  /// Least cash.
  public var minCash = Double.nan
  /// Highest sum of positions, longs and shorts, over equity; above 1 cash may be negative.
  public var leverage = 1.0
  /// Whether units may be sold that are not held.
  public var allowsShort = false

  /// No limits, without leverage and shorts.
  public init() {}

  /// Equal where both are NaN too.
  public static func == (left: Self, right: Self) -> Bool {
    left.riskLevel == right.riskLevel
      && left.numbers.elementsEqual(right.numbers) {
        $0 == $1 || $0.isNaN && $1.isNaN
      } && left.lists == right.lists && left.allowsShort == right.allowsShort
  }

  private var numbers: [Double] {
    [
      maxVolatility, maxVaR, maxDrawdown, horizonYears, maxWeight, maxSectorWeight, minCash,
      leverage,
    ]
  }

  private var lists: [[String]] {
    [allowedSectors, excludedSectors, allowedSymbols, excludedSymbols]
  }
}
