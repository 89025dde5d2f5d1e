import Kernels

/// Returns as exposures to factors and a rest of each symbol's own: covariance B · F · Bᵀ + D.
public struct FactorModel: Sendable {
  /// Names of the symbols: `[N]`.
  public let symbols: [String]
  /// Names of the factors: `[K]`.
  public let factors: [String]
  /// B, `[N, K]`.
  public let exposures: Matrix
  /// F, `[K, K]`, returns² a bar.
  public let factorCovariance: Matrix
  /// The diagonal of D, `[N]`, returns² a bar.
  public let specificVariances: [Double]

  /// A model of given parts.
  public init(
    symbols: [String], factors: [String], exposures: Matrix, factorCovariance: Matrix,
    specificVariances: [Double]
  ) {
    precondition(
      exposures.rows == symbols.count && exposures.columns == factors.count, "shape of exposures")
    precondition(factorCovariance.rows == factors.count, "shape of the factors' covariance")
    precondition(specificVariances.count == symbols.count, "a specific variance for each symbol")
    self.symbols = symbols
    self.factors = factors
    self.exposures = exposures
    self.factorCovariance = factorCovariance
    self.specificVariances = specificVariances
  }

  /// The model of regressions on one table of factors.
  ///
  /// F is the sample covariance of all its complete bars, D what the factors leave of each symbol's sample variance: of a symbol that
  /// has a return at all of these bars, the model's variance is the sample's.
  public init(_ regressions: [FactorRegression], symbols: [String], factors: FactorTable)
    throws(RiskError)
  {
    precondition(regressions.count == symbols.count, "a regression for each symbol")
    self.init(
      symbols: symbols, factors: factors.names,
      exposures: Matrix(
        rows: symbols.count, columns: factors.factorCount, regressions.flatMap(\.betas)),
      factorCovariance: try Self.covariance(of: factors),
      specificVariances: regressions.map(\.residualVariance))
  }

  /// Sample covariance (ddof 1) of factors over the bars at which all have a value.
  public static func covariance(of factors: FactorTable) throws(RiskError) -> Matrix {
    let bars = (0..<factors.barCount).filter { factors.isComplete(bar: $0) }
    guard bars.count >= 2 else {
      throw .tooFewReturns(method: "the covariance of factors", found: bars.count, needed: 2)
    }
    var centred = Matrix(rows: bars.count, columns: factors.factorCount)
    for factor in 0..<factors.factorCount {
      let values = bars.map { factors.values[$0, factor] }
      let mean = values.reduce(0, +) / Double(values.count)
      for (row, value) in values.enumerated() { centred[row, factor] = value - mean }
    }
    return try RiskError.algebra { () throws(LinearAlgebraError) in
      try LinearAlgebra.gram(centred, scale: 1 / Double(bars.count - 1))
    }
  }

  /// B · F · Bᵀ + D, `[N, N]`.
  public func covariance() throws(RiskError) -> Matrix {
    var result = try RiskError.algebra { () throws(LinearAlgebraError) in
      try LinearAlgebra.product(
        try LinearAlgebra.product(exposures, factorCovariance), exposures, transposeB: true)
    }
    for symbol in symbols.indices { result[symbol, symbol] += specificVariances[symbol] }
    // Both halves, to the bit.
    result.mirrorLower()
    return result
  }

  /// The risk of a portfolio, by factor and by what is specific.
  ///
  /// - Parameter weights: `[N]`.
  public func risk(of weights: [Double]) throws(RiskError) -> FactorRisk {
    precondition(weights.count == symbols.count, "a weight for each symbol")
    let loads = try RiskError.algebra { () throws(LinearAlgebraError) in
      try LinearAlgebra.product(exposures, weights, transpose: true)
    }
    var specific = 0.0
    for symbol in symbols.indices {
      specific += weights[symbol] * weights[symbol] * specificVariances[symbol]
    }
    return try FactorRisk(
      factors: factors, exposures: loads, factorCovariance: factorCovariance,
      specificVariance: specific)
  }
}

/// The variance of a portfolio as a sum over factors and a specific rest.
public struct FactorRisk: Sendable, Equatable {
  /// Names of the factors: `[K]`.
  public let factors: [String]
  /// `[K]`, return for a return of 1 of each factor.
  public let exposures: [Double]
  /// bₖ · (F · b)ₖ, returns² a bar: `[K]`; below 0 for a factor that offsets others.
  public let variances: [Double]
  /// Returns² a bar.
  public let specificVariance: Double

  /// The sum of all parts, returns² a bar.
  public var variance: Double { variances.reduce(specificVariance, +) }
  /// √variance, a bar.
  public var volatility: Double { variance.squareRoot() }
  /// Parts of the volatility, `[K]`, and with the specific one they add up to it; 0 for a portfolio without risk.
  public var volatilities: [Double] { variances.map { volatility > 0 ? $0 / volatility : 0 } }
  /// The part of the volatility that no factor explains.
  public var specificVolatility: Double { volatility > 0 ? specificVariance / volatility : 0 }

  /// The parts for given exposures.
  ///
  /// - Parameters:
  ///   - exposures: `[K]`, such as the betas of the portfolio's own regression.
  ///   - factorCovariance: `[K, K]`.
  ///   - specificVariance: of the rest.
  public init(
    factors: [String], exposures: [Double], factorCovariance: Matrix, specificVariance: Double
  ) throws(RiskError) {
    let covariances = try RiskError.algebra { () throws(LinearAlgebraError) in
      try LinearAlgebra.product(factorCovariance, exposures)
    }
    self.factors = factors
    self.exposures = exposures
    variances = zip(exposures, covariances).map { $0 * $1 }
    self.specificVariance = specificVariance
  }
}
