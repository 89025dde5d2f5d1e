/// By how much a fill is worse than its price: the sum of the parts that are set.
///
/// Limit fills are exempt. A fill after slippage may lie outside the bar.
public struct Slippage: Sendable, Equatable {
  /// Price impact by share of the bar's volume: p · k · (|q| / volume)^exponent.
  public struct VolumeShare: Sendable, Equatable {
    /// Fraction of the price at a share of 1.
    public var k: Double
    /// 0.5 or 2.
    public var exponent: Double

    /// An impact.
    public init(k: Double, exponent: Double) {
      self.k = k
      self.exponent = exponent
    }
  }

  /// Almgren–Chriss with a square-root-like temporary part: p · σ · (γ/2 · |q|/V + η · (|q|/V)^β).
  ///
  /// σ is the daily volatility and V the mean daily volume of `window` days before the fill. Source: Almgren, Thum, Hauptmann, Li,
  /// *Direct Estimation of Equity Market Impact* (2005): γ = 0.314, η = 0.142, β = 0.6.
  public struct AlmgrenChriss: Sendable, Equatable {
    /// Permanent impact.
    public var gamma = 0.314
    /// Temporary impact.
    public var eta = 0.142
    /// Exponent of the temporary impact.
    public var beta = 0.6
    /// Bars that σ and V are taken over.
    public var window = 20

    /// The published coefficients.
    public init() {}
  }

  /// Where half of the spread comes from.
  public enum HalfSpread: Sendable, Equatable {
    /// Money per unit.
    case amount(Double)
    /// (ask − bid) / 2 of the bar's fields; a bar without both quotes has none.
    case quotes
  }

  /// Fraction of the price.
  public var rate = 0.0
  /// Number of ticks.
  public var ticks = 0.0
  /// Half of the spread.
  public var halfSpread: HalfSpread?
  /// Impact by share of volume.
  public var volumeShare: VolumeShare?
  /// Impact by Almgren and Chriss.
  public var almgrenChriss: AlmgrenChriss?

  /// No slippage.
  public init() {}
}
