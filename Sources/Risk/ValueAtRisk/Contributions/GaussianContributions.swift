import Kernels

/// Contributions by a covariance matrix of any estimator, and simulated scenarios from one.
extension RiskContributions {
  /// Gaussian contributions: component i = wᵢ·(-μᵢ·h + z·√h·(Σw)ᵢ / σ).
  ///
  /// - Parameters:
  ///   - weights: `[N]` fractions of equity.
  ///   - covariance: `[N, N]`, returns² a bar.
  ///   - means: `[N]` returns a bar; nil for 0.
  ///   - groups: `[N]` a group for each symbol; nil for a part each.
  /// - Throws: `RiskError.outsideDomain` if the portfolio has no variance or a negative one; `.algebra`.
  public init(
    weights: [Double], covariance: CovarianceEstimate, means: [Double]? = nil,
    question: TailQuestion, level position: Int = 0, groups: [String]? = nil
  ) throws(RiskError) {
    let matrix = covariance.matrix
    precondition(
      weights.count == matrix.rows && means?.count ?? weights.count == weights.count,
      "a weight for each symbol")
    let level = question.levels[position]
    let labels = groups ?? covariance.symbols
    precondition(labels.count == weights.count, "a group for each symbol")
    var order: [String] = []
    var places: [String: [Int]] = [:]
    for (symbol, label) in labels.enumerated() {
      // A name that two symbols share must not make one part of them unless groups were asked for.
      let key = groups == nil ? "\(symbol) \(label)" : label
      if places[key] == nil { order.append(key) }
      places[key, default: []].append(symbol)
    }
    let horizon = Double(question.horizon)
    func tail(_ weights: [Double], _ slopes: [Double]) throws(RiskError) -> (TailForecast, Double) {
      let variance = LinearAlgebra.dot(weights, slopes)
      guard variance > -1e-18 else {
        throw .outsideDomain(
          method: "gaussian contributions",
          reason: "the covariance gives a negative variance; repair it, or use another estimator")
      }
      let deviation = max(variance, 0).squareRoot()
      let mean = means.map { LinearAlgebra.dot(weights, $0) } ?? 0
      return (
        TailForecast(
          mean: horizon * mean, scale: horizon.squareRoot() * deviation,
          quantile: level.normalQuantile, shortfall: level.normalShortfall), deviation
      )
    }
    let slopes = try RiskError.algebra { () throws(LinearAlgebraError) in
      try LinearAlgebra.product(matrix, weights)
    }
    let (total, deviation) = try tail(weights, slopes)
    guard deviation > 0 else {
      throw .outsideDomain(
        method: "gaussian contributions", reason: "the portfolio doesn't vary")
    }
    var parts: [(Double, Double, Double, Double)] = []
    for key in order {
      let members = places[key] ?? []
      var (slope, mean) = (0.0, 0.0)
      for symbol in members {
        slope += weights[symbol] * slopes[symbol] / deviation
        mean += weights[symbol] * (means?[symbol] ?? 0)
      }
      slope *= horizon.squareRoot()
      mean *= horizon
      var rest = weights
      var restSlopes = slopes
      for symbol in members where weights[symbol] != 0 {
        rest[symbol] = 0
        for row in weights.indices { restSlopes[row] -= matrix[row, symbol] * weights[symbol] }
      }
      let without = try tail(rest, restSlopes).0
      parts.append(
        (
          -mean + level.normalQuantile * slope, -mean + level.normalShortfall * slope,
          total.valueAtRisk - without.valueAtRisk,
          total.expectedShortfall - without.expectedShortfall
        ))
    }
    self.init(
      names: groups == nil ? covariance.symbols : order, level: level, total: total,
      componentVaR: parts.map(\.0), componentES: parts.map(\.1), incrementalVaR: parts.map(\.2),
      incrementalES: parts.map(\.3))
  }
}

/// Scenarios of returns drawn from a covariance, for contributions by `historical` order statistics.
public enum SimulatedReturns {
  /// `[paths, N]` Gaussian or Student t returns of one bar.
  ///
  /// Student t numbers share one chi-square a path, so that symbols fall together, and are scaled to the covariance.
  ///
  /// - Parameters:
  ///   - covariance: positive definite.
  ///   - means: `[N]`; nil for 0.
  ///   - freedom: degrees of freedom above 2; nil for Gaussian.
  /// - Throws: `RiskError.algebra` if the matrix isn't positive definite; `.setting`.
  public static func draw(
    _ covariance: CovarianceEstimate, means: [Double]? = nil, freedom: Double? = nil, paths: Int,
    seed: UInt64
  ) throws(RiskError) -> Matrix {
    let paths = try MonteCarloVaR.checked(paths: paths)
    if let freedom, !(freedom > 2) {
      throw .setting(name: "freedom", found: "\(freedom)", expected: "more than 2")
    }
    let count = covariance.symbols.count
    let factor = try RiskError.algebra { () throws(LinearAlgebraError) in
      try Cholesky(covariance.matrix)
    }
    var standard = Matrix(rows: paths, columns: count)
    for pair in 0..<(count + 1) / 2 {
      let stream = PhiloxStream(seed: seed, stream: 3, symbol: UInt32(pair))
      for path in 0..<paths {
        let numbers = stream.normals(step: UInt32(path))
        for half in 0..<min(2, count - 2 * pair) { standard[path, 2 * pair + half] = numbers[half] }
      }
    }
    if let freedom {
      let stream = PhiloxStream(seed: seed, stream: 4)
      for path in 0..<paths {
        let uniform = stream.uniforms(step: UInt32(path))[0]
        let square = Distribution.chiSquareQuantile(uniform, freedom: freedom)
        let scale = ((freedom - 2) / square).squareRoot()
        for symbol in 0..<count { standard[path, symbol] *= scale }
      }
    }
    var drawn = try RiskError.algebra { () throws(LinearAlgebraError) in
      try LinearAlgebra.product(standard, factor.lower, transposeB: true)
    }
    if let means {
      for path in 0..<paths {
        for symbol in 0..<count { drawn[path, symbol] += means[symbol] }
      }
    }
    return drawn
  }
}
