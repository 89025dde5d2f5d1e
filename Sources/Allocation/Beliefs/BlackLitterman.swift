import Kernels
import Risk

/// A view: what a portfolio of symbols is expected to earn, and how sure one is of it.
public struct View: Sendable, Equatable {
  /// Weights by symbol: one symbol at 1 for an absolute view, one at 1 and another at −1 for a relative one.
  public var weights: [String: Double]
  /// Expected simple return, a year.
  public var annualReturn: Double
  /// From 0, which changes nothing, to 1, which is certainty; nil for the uncertainty of He and Litterman.
  public var confidence: Double?
  /// Variance of the view's error, a year; takes the place of a confidence.
  public var annualVariance: Double?

  /// A view.
  public init(
    weights: [String: Double], annualReturn: Double, confidence: Double? = nil,
    annualVariance: Double? = nil
  ) {
    self.weights = weights
    self.annualReturn = annualReturn
    self.confidence = confidence
    self.annualVariance = annualVariance
  }
}

/// Black and Litterman's beliefs: the returns at which the market would hold what it holds, moved by views.
///
/// Equilibrium π = δ·Σ·m + rf for market weights m and risk aversion δ. Views P·μ = q ± Ω move it: μ = π + τΣPᵀ(PτΣPᵀ + Ω)⁻¹(q − Pπ), and
/// the covariance of returns becomes Σ + τΣ − τΣPᵀ(PτΣPᵀ + Ω)⁻¹PτΣ. Ω is diagonal: τ·pᵀΣp by itself (He and Litterman), that times
/// (1 − c)/c for a confidence c (Idzorek, in Walters's closed form), or as given. A view on a symbol that is not among those at hand
/// is left out, since a symbol may not have begun yet; so is one of confidence 0.
///
/// - Source: He and Litterman, *The intuition behind Black–Litterman model portfolios* (1999); Walters, *The Black–Litterman model in
///   detail* (2014). PyPortfolioOpt gives the same.
public struct BlackLitterman: ReturnBeliefs {
  /// What the market holds.
  public var market = MarketWeights()
  /// Price of risk: premium of the market over its variance, both a year.
  public var riskAversion = 2.5
  /// Uncertainty of the equilibrium, as a part of the covariance.
  public var tau = 0.05
  /// Risk-free return a year.
  public var riskFree = 0.0
  /// Views.
  public var views: [View]
  /// Whether the covariance is moved too; else it stays as it was estimated.
  public var movesCovariance = true

  /// Beliefs of views.
  public init(views: [View]) { self.views = views }

  /// `black_litterman`.
  public var name: String { "black_litterman" }

  /// Posterior mean and covariance, a bar.
  ///
  /// - Throws: `AllocationError.setting` for a setting outside its domain; views that repeat or contradict each other
  ///   with certainty.
  public func beliefs(_ returns: ReturnTable, _ covariance: CovarianceEstimate)
    throws(AllocationError) -> Beliefs
  {
    try posterior(
      covariance.matrix, symbols: returns.symbols, barsPerYear: returns.barsPerYear)
  }

  /// Returns at which the market would hold what it holds: `[N]`, a bar.
  public func equilibrium(_ covariance: Matrix, symbols: [String], barsPerYear: Double)
    throws(AllocationError) -> [Double]
  {
    let weights = try market.weights(symbols)
    let pull = try AllocationError.algebra { () throws(LinearAlgebraError) in
      try LinearAlgebra.product(covariance, weights)
    }
    return pull.map { riskAversion * $0 + riskFree / barsPerYear }
  }

  /// Posterior mean and covariance of the symbols of a covariance.
  public func posterior(_ covariance: Matrix, symbols: [String], barsPerYear: Double)
    throws(AllocationError) -> Beliefs
  {
    guard riskAversion > 0, riskAversion.isFinite else {
      throw .setting(
        name: "risk_aversion", found: "\(riskAversion)", expected: "a number above 0")
    }
    guard tau > 0, tau.isFinite else {
      throw .setting(name: "tau", found: "\(tau)", expected: "a number above 0")
    }
    let prior = try equilibrium(covariance, symbols: symbols, barsPerYear: barsPerYear)
    let places = Dictionary(zip(symbols, symbols.indices), uniquingKeysWith: { a, _ in a })
    let known = views.filter { view in
      view.confidence != 0 && view.weights.keys.allSatisfy { places[$0] != nil }
    }
    guard !known.isEmpty else {
      return Beliefs(
        expectedReturns: prior, covariance: moved(covariance, by: nil))
    }
    var picks = Matrix(rows: known.count, columns: symbols.count)
    for (row, view) in known.enumerated() {
      for (symbol, weight) in view.weights {
        if let place = places[symbol] { picks[row, place] = weight }
      }
    }
    let (pull, spread) = try AllocationError.algebra { () throws(LinearAlgebraError) in
      // [N, K]: τΣPᵀ.
      var pull = try LinearAlgebra.product(covariance, picks, transposeB: true)
      for index in pull.values.indices { pull.values[index] *= tau }
      var spread = try LinearAlgebra.product(picks, pull)
      for (row, view) in known.enumerated() {
        let usual = spread[row, row]
        spread[row, row] +=
          view.annualVariance.map { $0 / barsPerYear }
          ?? view.confidence.map { usual * (1 - $0) / $0 } ?? usual
      }
      return (pull, spread)
    }
    try Self.checkApart(spread, known)
    let surprise = known.indices.map { row in
      known[row].annualReturn / barsPerYear - LinearAlgebra.dot(picks.row(row), prior)
    }
    return try AllocationError.algebra { () throws(LinearAlgebraError) in
      let pushes = try LinearAlgebra.solve(spread, surprise)
      let shift = try LinearAlgebra.product(pull, pushes)
      // What the views teach: τΣPᵀ (PτΣPᵀ + Ω)⁻¹ PτΣ.
      var solved = Matrix(rows: known.count, columns: symbols.count)
      for column in 0..<symbols.count {
        let answer = try LinearAlgebra.solve(spread, pull.row(column))
        for row in 0..<known.count { solved[row, column] = answer[row] }
      }
      let learnt = try LinearAlgebra.product(pull, solved)
      return Beliefs(
        expectedReturns: zip(prior, shift).map { $0 + $1 },
        covariance: moved(covariance, by: learnt))
    }
  }

  /// Throws if a view says, with certainty, what others say already: the equations would be solved by rounding errors.
  private static func checkApart(_ spread: Matrix, _ views: [View]) throws(AllocationError) {
    let count = views.count
    // Cholesky's factor of the correlations: a pivot is what a view adds to those before.
    var factor = Matrix(rows: count, columns: count)
    for row in 0..<count {
      for column in 0...row {
        let scale = (spread[row, row] * spread[column, column]).squareRoot()
        var value = spread[row, column] / scale
        for inner in 0..<column { value -= factor[row, inner] * factor[column, inner] }
        if column < row {
          factor[row, column] = value / factor[column, column]
          continue
        }
        guard value > 1e-10 else {
          let names = views[row].weights.keys.sorted().joined(separator: ", ")
          throw .setting(
            name: "views",
            found: "certainty about \(names), on which other views or constant prices are certain",
            expected: "a confidence below 1, or one view less")
        }
        factor[row, row] = value.squareRoot()
      }
    }
  }

  /// Σ + τΣ less what views teach, symmetric to the bit.
  private func moved(_ covariance: Matrix, by learnt: Matrix?) -> Matrix {
    guard movesCovariance else { return covariance }
    var result = covariance
    for row in 0..<result.rows {
      for column in 0...row {
        let value =
          covariance[row, column] * (1 + tau)
          - (learnt.map { ($0[row, column] + $0[column, row]) / 2 } ?? 0)
        result[row, column] = value
        result[column, row] = value
      }
    }
    return result
  }
}
