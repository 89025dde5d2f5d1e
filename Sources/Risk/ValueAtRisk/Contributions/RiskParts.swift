import Kernels

/// Returns of a portfolio, split into parts that add up to them: by symbol, sector or factor.
public struct RiskParts: Sendable {
  /// Names of the parts: `[G]`.
  public let names: [String]
  /// `[T, G]` simple returns of the parts, fractions of equity.
  public let values: Matrix

  /// Parts that are given.
  public init(names: [String], values: Matrix) {
    precondition(names.count == values.columns, "a name for each part")
    self.names = names
    self.values = values
  }

  /// A part for each symbol: weight times return.
  ///
  /// - Parameters:
  ///   - weights: `[N]` fractions of equity.
  ///   - returns: a symbol without a return at a bar counts as 0 there.
  public init(weights: [Double], returns: ReturnTable) {
    precondition(weights.count == returns.symbolCount, "a weight for each symbol")
    var values = returns.values
    for bar in 0..<values.rows {
      for symbol in 0..<values.columns {
        let value = values[bar, symbol]
        values[bar, symbol] = value.isFinite ? weights[symbol] * value : 0
      }
    }
    self.init(names: returns.symbols, values: values)
  }

  /// A part for each factor, exposure times factor return, and the rest as `specific`.
  ///
  /// - Parameters:
  ///   - weights: `[N]` fractions of equity.
  ///   - loadings: `[N, K]` of the symbols on the factors.
  ///   - factors: names `[K]`.
  ///   - factorReturns: `[T, K]` simple returns, all finite, at the bars of `returns`.
  public init(
    weights: [Double], returns: ReturnTable, loadings: Matrix, factors: [String],
    factorReturns: Matrix
  ) throws(RiskError) {
    precondition(
      loadings.rows == weights.count && loadings.columns == factors.count
        && factorReturns.columns == factors.count && factorReturns.rows == returns.barCount,
      "shapes of a factor model")
    let exposures = try RiskError.algebra { () throws(LinearAlgebraError) in
      try LinearAlgebra.product(loadings, weights, transpose: true)
    }
    let totals = RiskParts(weights: weights, returns: returns).totals
    var values = Matrix(rows: returns.barCount, columns: factors.count + 1)
    for bar in 0..<values.rows {
      var explained = 0.0
      for factor in factors.indices {
        let part = exposures[factor] * factorReturns[bar, factor]
        values[bar, factor] = part
        explained += part
      }
      values[bar, factors.count] = totals[bar] - explained
    }
    self.init(names: factors + ["specific"], values: values)
  }

  /// Returns of the whole: `[T]`.
  public var totals: [Double] {
    (0..<values.rows).map { bar in
      var sum = 0.0
      for part in 0..<values.columns { sum += values[bar, part] }
      return sum
    }
  }

  /// Parts of the same group as one, in the order in which groups first come.
  ///
  /// - Parameter groups: `[G]` a group for each part, such as its sector.
  public func grouped(by groups: [String]) -> RiskParts {
    precondition(groups.count == names.count, "a group for each part")
    var places: [String: Int] = [:]
    var order: [String] = []
    for group in groups where places[group] == nil {
      places[group] = order.count
      order.append(group)
    }
    var sums = Matrix(rows: values.rows, columns: order.count)
    for (part, group) in groups.enumerated() {
      guard let place = places[group] else { continue }
      for bar in 0..<values.rows { sums[bar, place] += values[bar, part] }
    }
    return RiskParts(names: order, values: sums)
  }
}
