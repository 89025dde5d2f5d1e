import Kernels

/// How many principal components count as factors.
public enum FactorCount: Sendable, Equatable {
  /// So many.
  case fixed(Int)
  /// The fewest that explain this share of the variance, in (0, 1].
  case explaining(Double)
  /// Those of the correlation matrix beyond what independent returns would show: eigenvalues above (1 + √(N / T))².
  ///
  /// Source: Marchenko and Pastur (1967).
  case beyondNoise
}

/// Principal components of returns as factors.
public struct PrincipalFactors: Sendable {
  /// Names of the symbols: `[N]`.
  public let symbols: [String]
  /// Variance of each component a bar, descending: `[N]`, all of them.
  public let variances: [Double]
  /// `[N, K]`: columns are eigenvectors of length 1, whose largest component is positive.
  public let loadings: Matrix
  /// Returns of the components, named `PC1`, `PC2`, …: `[T, K]`.
  ///
  /// A component is the portfolio of its loadings. Where symbols lack returns, its return is that of least squares over the others;
  /// NaN if fewer than K + 1 have one.
  public let factors: FactorTable

  /// Share of the variance that each component explains: `[N]`, summing to 1.
  public var explained: [Double] {
    let total = variances.reduce(0, +)
    return variances.map { $0 / total }
  }

  /// Finds the components.
  ///
  /// - Parameters:
  ///   - returns: `[T, N]`.
  ///   - covariance: of their symbols, by any estimator.
  /// - Throws: `RiskError`: a setting outside its domain; a symbol that does not vary.
  public init(of returns: ReturnTable, covariance: CovarianceEstimate, count: FactorCount)
    throws(RiskError)
  {
    precondition(returns.symbols == covariance.symbols, "a covariance of the symbols")
    let width = returns.symbolCount
    for symbol in 0..<width where !(covariance.matrix[symbol, symbol] > 0) {
      throw .noVariation(symbol: returns.symbols[symbol])
    }
    let eigen = try RiskError.algebra { () throws(LinearAlgebraError) in
      try SymmetricEigen(covariance.matrix)
    }
    // Rounding may leave the least of a singular matrix below 0.
    variances = eigen.values.reversed().map { max($0, 0) }
    let kept = try Self.kept(count, variances, covariance)
    var loadings = Matrix(rows: width, columns: kept)
    for factor in 0..<kept {
      for symbol in 0..<width {
        loadings[symbol, factor] = eigen.vectors[width - 1 - factor, symbol]
      }
    }
    self.loadings = loadings
    symbols = returns.symbols
    factors = FactorTable(
      names: (0..<kept).map { "PC\($0 + 1)" }, timeNs: returns.timeNs,
      values: try Self.returns(returns, loadings))
  }

  private static func kept(
    _ count: FactorCount, _ variances: [Double], _ covariance: CovarianceEstimate
  ) throws(RiskError) -> Int {
    switch count {
    case .fixed(let count):
      guard (1...variances.count).contains(count) else {
        throw .setting(
          name: "count", found: "\(count)", expected: "1 to \(variances.count), the symbols")
      }
      return count
    case .explaining(let share):
      guard share > 0, share <= 1 else {
        throw .setting(name: "explained", found: "\(share)", expected: "above 0, at most 1")
      }
      let total = variances.reduce(0, +)
      var sum = 0.0
      for (index, variance) in variances.enumerated() {
        sum += variance
        if sum >= share * total { return index + 1 }
      }
      return variances.count
    case .beyondNoise:
      let matrix = covariance.matrix
      var correlation = matrix
      for row in 0..<matrix.rows {
        for column in 0..<matrix.rows {
          correlation[row, column] /= (matrix[row, row] * matrix[column, column]).squareRoot()
        }
      }
      let eigen = try RiskError.algebra { () throws(LinearAlgebraError) in
        try SymmetricEigen(correlation, wantsVectors: false)
      }
      let ratio = Double(matrix.rows) / Double(max(covariance.observationCount, 1))
      let edge = 1 + ratio.squareRoot()
      return max(1, eigen.values.count { $0 > edge * edge })
    }
  }

  private static func returns(_ returns: ReturnTable, _ loadings: Matrix) throws(RiskError)
    -> Matrix
  {
    let (width, kept) = (loadings.rows, loadings.columns)
    var result = Matrix(rows: returns.barCount, columns: kept, repeating: .nan)
    for bar in 0..<returns.barCount {
      let known = (0..<width).filter { returns.values[bar, $0].isFinite }
      guard known.count == width || known.count > kept else { continue }
      var right = [Double](repeating: 0, count: kept)
      for factor in 0..<kept {
        for symbol in known {
          right[factor] += loadings[symbol, factor] * returns.values[bar, symbol]
        }
      }
      if known.count < width {
        var rows = Matrix(rows: known.count, columns: kept)
        for (row, symbol) in known.enumerated() {
          for factor in 0..<kept { rows[row, factor] = loadings[symbol, factor] }
        }
        let left = known.map { returns.values[bar, $0] }
        let solved = try RiskError.algebra { () throws(LinearAlgebraError) in
          try LinearAlgebra.leastSquares(rows, Matrix(rows: left.count, columns: 1, left))
        }
        // Without them a component can't be told from another.
        guard solved.rank == kept else { continue }
        right = solved.x.values
      }
      for factor in 0..<kept { result[bar, factor] = right[factor] }
    }
    return result
  }
}
