import Kernels
import Risk

/// Returns by the capital asset pricing model: risk-free, plus beta times what the market earns beyond it.
///
/// The market is the portfolio of given or equal weights of the same symbols; its premium is its own past one unless it is given.
public struct CAPMReturns: ReturnBeliefs {
  static let entry = BeliefsEntry(
    "capm", "risk-free return, plus beta times the market's premium",
    settings: [
      AllocatorSetting("premium", "annual return of the market beyond risk-free; its past one"),
      AllocatorSetting("market", "weights or values of the market, by symbol; equal"),
      AllocatorSetting("risk_free", "annual risk-free return; 0"),
    ]
  ) { (settings) throws(AllocationError) in
    var capm = CAPMReturns()
    capm.market = MarketWeights(values: try settings.numbers("market", in: 0...1e300))
    capm.riskFree = try settings.number("risk_free", in: -1...10, default: 0)
    if settings.values["premium"] != nil {
      capm.premium = try settings.number("premium", in: -10...10)
    }
    return capm
  }

  /// Weights of the market.
  public var market = MarketWeights()
  /// What the market earns beyond risk-free, a year; nil for what it did.
  public var premium: Double?
  /// Risk-free return a year.
  public var riskFree = 0.0

  /// With the market's past premium.
  public init() {}

  /// `capm`.
  public var name: String { "capm" }

  /// rf + β·premium a bar, β = (Σ·m) / (mᵀ·Σ·m); the covariance as it is.
  public func beliefs(_ returns: ReturnTable, _ covariance: CovarianceEstimate)
    throws(AllocationError) -> Beliefs
  {
    let weights = try market.weights(returns.symbols)
    let matrix = covariance.matrix
    let covariances = try AllocationError.algebra { () throws(LinearAlgebraError) in
      try LinearAlgebra.product(matrix, weights)
    }
    let variance = LinearAlgebra.dot(weights, covariances)
    guard variance > 0 else { throw .risk(.noVariation(symbol: "the market")) }
    let free = riskFree / returns.barsPerYear
    let excess: Double
    if let premium {
      excess = premium / returns.barsPerYear
    } else {
      excess = LinearAlgebra.dot(weights, try means(returns)) - free
    }
    return Beliefs(
      expectedReturns: covariances.map { free + $0 / variance * excess }, covariance: matrix)
  }
}
