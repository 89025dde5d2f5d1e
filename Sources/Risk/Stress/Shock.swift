import Kernels

/// A sudden move of some symbols, groups or factors, and what it does to all symbols.
public struct Shock: Sendable, Equatable {
  /// Returns of symbols, fractions, by their number; they count before those of groups.
  public var symbols: [Int: Double]
  /// Returns of groups, such as sectors: which symbols, and the return of each of them.
  public var groups: [Group]
  /// Returns of factors by their number.
  public var factors: [Int: Double]
  /// Whether what is not named moves along, by conditional expectation.
  public var propagates: Bool

  /// A group of symbols that move together.
  public struct Group: Sendable, Equatable {
    /// Numbers of its symbols, not empty.
    public var symbols: [Int]
    /// A fraction.
    public var move: Double

    /// A group.
    public init(symbols: [Int], move: Double) {
      precondition(!symbols.isEmpty, "a group with symbols")
      self.symbols = symbols
      self.move = move
    }
  }

  /// A shock.
  public init(
    symbols: [Int: Double] = [:], groups: [Group] = [], factors: [Int: Double] = [:],
    propagates: Bool = false
  ) {
    self.symbols = symbols
    self.groups = groups
    self.factors = factors
    self.propagates = propagates
  }

  /// Returns of all symbols under the shock: `[N]`.
  ///
  /// Named symbols move as told, then members of named groups, the last named one first. All others:
  ///
  /// - without propagation by their exposures to the named factors, Σ βₖ · moveₖ, else not at all;
  /// - with it by their expectation given the moves of named symbols, of the mean of each named group, and of named factors:
  ///   Σ_xc · Σ_cc⁻¹ · c, for returns of mean 0 with a joint normal distribution. Conditions that follow from others are met as well as
  ///   they can be (least squares).
  ///
  /// - Parameters:
  ///   - covariance: of the symbols, `[N, N]`; for propagation.
  ///   - model: exposures and covariance of factors; needed for shocks of factors. Symbols and factors covary as B · F.
  /// - Throws: `RiskError` if linear algebra fails, or conditions don't vary.
  public func moves(symbolCount: Int, covariance: Matrix?, model: FactorModel?) throws(RiskError)
    -> [Double]
  {
    var moves = [Double](repeating: 0, count: symbolCount)
    if propagates {
      guard let covariance else { preconditionFailure("a covariance for propagation") }
      moves = try expected(covariance, model)
    } else if !factors.isEmpty {
      guard let model else { preconditionFailure("a model for shocks of factors") }
      for symbol in moves.indices {
        for (factor, move) in factors.sorted(by: { $0.key < $1.key }) {
          moves[symbol] += model.exposures[symbol, factor] * move
        }
      }
    }
    for group in groups { for symbol in group.symbols { moves[symbol] = group.move } }
    for (symbol, move) in symbols { moves[symbol] = move }
    return moves
  }

  /// The expectation of all symbols given the conditions.
  private func expected(_ covariance: Matrix, _ model: FactorModel?) throws(RiskError) -> [Double] {
    let named = symbols.keys.sorted()
    let factorKeys = factors.keys.sorted()
    precondition(factorKeys.isEmpty || model != nil, "a model for shocks of factors")
    let count = named.count + groups.count + factorKeys.count
    let width = covariance.rows
    guard count > 0 else { return Array(repeating: 0, count: width) }
    // Conditions as weights of symbols and of factors.
    var onSymbols = Matrix(rows: count, columns: width)
    var onFactors = Matrix(rows: count, columns: model?.factors.count ?? 0)
    var wanted: [Double] = []
    for symbol in named {
      onSymbols[wanted.count, symbol] = 1
      wanted.append(symbols[symbol] ?? 0)
    }
    for group in groups {
      for symbol in group.symbols {
        onSymbols[wanted.count, symbol] += 1 / Double(group.symbols.count)
      }
      wanted.append(group.move)
    }
    for factor in factorKeys {
      onFactors[wanted.count, factor] = 1
      wanted.append(factors[factor] ?? 0)
    }
    let conditions = (onSymbols, onFactors)
    return try RiskError.algebra { () throws(LinearAlgebraError) in
      // Covariance of the symbols with the conditions, [N, C].
      var cross = try LinearAlgebra.product(covariance, conditions.0, transposeB: true)
      var among = try LinearAlgebra.product(conditions.0, cross)
      if let model, conditions.1.columns > 0 {
        let loads = try LinearAlgebra.product(
          model.factorCovariance, conditions.1, transposeB: true)
        let indirect = try LinearAlgebra.product(model.exposures, loads)
        for index in cross.values.indices { cross.values[index] += indirect.values[index] }
        let mixed = try LinearAlgebra.product(conditions.0, indirect)
        let own = try LinearAlgebra.product(conditions.1, loads)
        for row in 0..<count {
          for column in 0..<count {
            among[row, column] += mixed[row, column] + mixed[column, row] + own[row, column]
          }
        }
      }
      let multipliers = try Self.solve(among, wanted)
      return try LinearAlgebra.product(cross, multipliers)
    }
  }

  /// Least squares on scaled conditions, so that neither their units nor a repeated one matters.
  private static func solve(_ a: Matrix, _ b: [Double]) throws(LinearAlgebraError) -> [Double] {
    let scales = a.diagonal.map { $0 > 0 ? $0.squareRoot() : 1 }
    var scaled = a
    for row in 0..<a.rows {
      for column in 0..<a.rows { scaled[row, column] /= scales[row] * scales[column] }
    }
    let right = zip(b, scales).map { $0 / $1 }
    let solved = try LinearAlgebra.leastSquares(
      scaled, Matrix(rows: b.count, columns: 1, right), tolerance: 1e-10)
    return zip(solved.x.values, scales).map { $0 / $1 }
  }
}
