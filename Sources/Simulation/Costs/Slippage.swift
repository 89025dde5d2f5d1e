import Kernels

/// By how much a fill is worse than its price: the sum of the parts that are set.
///
/// The price p becomes p · (1 ± (rate + volume share + Almgren–Chriss)) ± (ticks · tick + half spread), up for purchases, down
/// for sales. Limit fills are exempt. A fill after slippage may lie outside the bar.
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

  /// What of a bar and the bars before it the parts ask for; NaN for what isn't known.
  public struct Bar: Sendable, Equatable {
    /// Step of prices.
    public var tick = Double.nan
    /// Quotes of the bar.
    public var bid = Double.nan
    /// Quotes of the bar.
    public var ask = Double.nan
    /// Units traded in the bar.
    public var volume = Double.nan
    /// Standard deviation of daily returns before the bar.
    public var volatility = Double.nan
    /// Mean of daily volumes before the bar.
    public var meanVolume = Double.nan

    /// Nothing is known.
    public init() {}
  }

  /// Whether prices stay what they are.
  public var isFree: Bool {
    rate == 0 && ticks == 0 && halfSpread == nil && volumeShare == nil && almgrenChriss == nil
  }

  /// Whether `bar` matters.
  public var readsBar: Bool {
    ticks != 0 || halfSpread == .quotes || volumeShare != nil || almgrenChriss != nil
  }

  /// The price of a fill that isn't a limit.
  ///
  /// Buying at 100 with 5 bps, 2 ticks of 0.01 and half a spread of 0.03 costs 100.05 + 0.02 + 0.03 = 100.10.
  ///
  /// - Parameters:
  ///   - units: signed: purchases are positive.
  ///   - price: before slippage.
  ///   - bar: a missing tick or quote adds nothing; without a volume the share counts as 1; without volatility or mean volume,
  ///     which the first bars lack, there is no Almgren–Chriss impact.
  /// - Returns: a price; not below 0.
  public func fillPrice(units: Double, price: Double, bar: Bar = Bar()) -> Double {
    let side = units < 0 ? -1.0 : 1.0
    // The order of operations is the vector kernel's where there is but a rate.
    if !readsBar && halfSpread == nil { return price * (1 + side * rate) }
    let quantity = units.magnitude
    let fraction = rate + share(quantity, bar) + impact(quantity, bar)
    return max(0, price * (1 + side * fraction) + side * money(bar))
  }

  private func money(_ bar: Bar) -> Double {
    var sum = 0.0
    if ticks != 0 && bar.tick > 0 { sum += ticks * bar.tick }
    switch halfSpread {
    case .amount(let half): sum += half
    case .quotes where bar.ask >= bar.bid: sum += (bar.ask - bar.bid) / 2
    case .quotes, nil: break
    }
    return sum
  }

  private func share(_ quantity: Double, _ bar: Bar) -> Double {
    guard let volumeShare else { return 0 }
    let share = bar.volume > 0 ? quantity / bar.volume : 1
    return volumeShare.k * Self.power(share, volumeShare.exponent)
  }

  private func impact(_ quantity: Double, _ bar: Bar) -> Double {
    guard let model = almgrenChriss, bar.volatility >= 0, bar.meanVolume > 0 else { return 0 }
    let share = quantity / bar.meanVolume
    return bar.volatility * (model.gamma / 2 * share + model.eta * Self.power(share, model.beta))
  }

  private static func power(_ base: Double, _ exponent: Double) -> Double {
    switch exponent {
    case 0.5: base.squareRoot()
    case 1: base
    case 2: base * base
    default: base > 0 ? DeterministicMath.exp(exponent * DeterministicMath.log(base)) : 0
    }
  }
}
