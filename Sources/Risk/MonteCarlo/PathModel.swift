import Kernels

/// What future returns of symbols are drawn from.
public enum PathModel: Sendable {
  /// Normal or Student's t, correlated.
  case gaussian(GaussianPaths)
  /// Past bars again, in blocks.
  case bootstrap(BootstrapPaths)

  /// Names of the symbols: `[N]`.
  public var symbols: [String] {
    switch self {
    case .gaussian(let model): model.symbols
    case .bootstrap(let model): model.symbols
    }
  }

  /// Columns in the order of their names, in which the model computes: so the order of symbols decides nothing.
  var order: [Int] {
    switch self {
    case .gaussian(let model): model.order
    case .bootstrap(let model): model.order
    }
  }

  static func order(_ symbols: [String]) -> [Int] {
    symbols.indices.sorted {
      symbols[$0] == symbols[$1] ? $0 < $1 : symbols[$0] < symbols[$1]
    }
  }
}

/// What returns to expect.
public enum PathDrift: Sendable, Equatable {
  /// Those of the past.
  case historical
  /// None: a symbol's price is expected to stay what it is.
  case zero
  /// Simple returns a bar: `[N]`.
  case given([Double])
}

/// Returns that are normal or multivariate Student's t, independent from bar to bar.
///
/// x = mean + s · L · z with L · Lᵀ the covariance, z of `PhiloxStream.normal` and s = √((ν − 2)/χ²) common to all symbols
/// of a bar, or 1: so returns have the given covariance for any ν. Growths are e to the x, or 1 + x, at least 0.
/// For logarithms, the drifts `zero` and `given` take half a variance off, after which a normal growth has the wanted mean.
public struct GaussianPaths: Sendable {
  /// Names of the symbols: `[N]`.
  public let symbols: [String]
  /// Degrees of freedom of Student's t; nil for normal returns.
  public let freedom: Double?
  /// Whether returns are logarithms.
  public let kind: ReturnKind

  let order: [Int]
  /// In the order of names: `[N]` and `[N, N]`.
  let mean: [Double]
  let lower: Matrix

  /// A model of a covariance and means of past returns of a kind, a bar.
  ///
  /// - Throws: `RiskError`: degrees of freedom up to 2, which have no variance; a covariance that is not positive semi-definite.
  public init(
    _ covariance: CovarianceEstimate, mean: [Double], kind: ReturnKind,
    drift: PathDrift = .historical, freedom: Double? = nil
  ) throws(RiskError) {
    precondition(mean.count == covariance.symbols.count, "a mean for each symbol")
    if let freedom, !(freedom > 2 && freedom.isFinite) {
      throw .setting(name: "freedom", found: "\(freedom)", expected: "a number above 2")
    }
    symbols = covariance.symbols
    self.kind = kind
    self.freedom = freedom
    let order = PathModel.order(covariance.symbols)
    self.order = order
    let matrix = covariance.matrix.symmetric(order)
    lower = try SemidefiniteFactor.lower(matrix, symbols: order.map { covariance.symbols[$0] })
    let past = order.map { mean[$0] }
    switch drift {
    case .historical: self.mean = past
    case .zero: self.mean = Self.mean(past.map { _ in 0 }, matrix, kind)
    case .given(let wanted):
      precondition(wanted.count == mean.count, "a drift for each symbol")
      if let bad = wanted.first(where: { !($0 > -1 && $0.isFinite) }) {
        throw .setting(name: "drift", found: "\(bad)", expected: "a return a bar, above -1")
      }
      self.mean = Self.mean(order.map { wanted[$0] }, matrix, kind)
    }
    if let bad = self.mean.firstIndex(where: { !$0.isFinite }) {
      throw .noVariation(symbol: symbols[order[bad]])
    }
  }

  /// Degrees of freedom of greatest likelihood for this model's mean and covariance; see `StudentFreedom`.
  public func fittedFreedom(of returns: ReturnTable) throws(RiskError) -> Double {
    let ordered = ReturnTable(
      symbols: order.map { returns.symbols[$0] }, timeNs: returns.timeNs,
      values: returns.values.columns(order), barsPerYear: returns.barsPerYear, kind: returns.kind)
    return try StudentFreedom.fitted(ordered, mean: mean, lower: lower)
  }

  private static func mean(_ wanted: [Double], _ covariance: Matrix, _ kind: ReturnKind)
    -> [Double]
  {
    if kind == .simple { return wanted }
    return wanted.indices.map {
      DeterministicMath.log(1 + wanted[$0]) - covariance[$0, $0] / 2
    }
  }
}

/// Bars of the past in random order, all symbols together: the stationary bootstrap of Politis and Romano.
///
/// A block begins at a random bar and goes on with probability 1 − 1/`meanBlock` at each bar; after the last bar comes the
/// first. With a mean length of 1 bars are independent. `RowDraws` tells how rows are drawn.
///
/// - Source: Politis and Romano, *The Stationary Bootstrap* (1994).
public struct BootstrapPaths: Sendable {
  /// Names of the symbols: `[N]`.
  public let symbols: [String]
  /// Bars of the table whose returns are drawn, those that have one for all symbols.
  public let bars: [Int]
  /// Mean number of bars of a block.
  public let meanBlock: Double

  let order: [Int]
  /// Growths, 1 + return, in the order of names: `[rows, N]`.
  let growths: Matrix
  let draws: RowDraws

  /// A model of past returns.
  ///
  /// Drifts are added to each return of a symbol; a growth is at least 0.
  ///
  /// - Throws: `RiskError`: fewer than two bars at which all symbols have a return, a mean length below 1 or above the number of bars.
  public init(
    _ returns: ReturnTable, meanBlock: Double = 1, drift: PathDrift = .historical
  ) throws(RiskError) {
    let count = returns.symbolCount
    let bars = (0..<returns.barCount).filter { bar in
      (0..<count).allSatisfy { returns.values[bar, $0].isFinite }
    }
    guard bars.count != 1 else {
      throw .tooFewReturns(method: "the bootstrap", found: 1, needed: 2)
    }
    guard !bars.isEmpty else {
      let known = (0..<count).map { column in
        (0..<returns.barCount).count { returns.values[$0, column].isFinite }
      }
      let emptiest = known.indices.min { known[$0] < known[$1] } ?? 0
      throw .noCompleteRow(
        method: "the bootstrap", emptiest: count > 0 ? returns.symbols[emptiest] : "")
    }
    guard meanBlock >= 1, meanBlock <= Double(bars.count) else {
      throw .setting(
        name: "block", found: "\(meanBlock)", expected: "a mean length from 1 to \(bars.count) bars"
      )
    }
    symbols = returns.symbols
    self.bars = bars
    self.meanBlock = meanBlock
    let order = PathModel.order(returns.symbols)
    self.order = order
    var growths = Matrix(rows: bars.count, columns: count)
    for (place, column) in order.enumerated() {
      var sum = 0.0
      for bar in bars {
        let value = returns.values[bar, column]
        sum += returns.kind == .simple ? value : DeterministicMath.exp(value) - 1
      }
      let mean = sum / Double(bars.count)
      let shift: Double
      switch drift {
      case .historical: shift = 0
      case .zero: shift = -mean
      case .given(let wanted):
        precondition(wanted.count == count, "a drift for each symbol")
        shift = wanted[column] - mean
      }
      guard shift.isFinite else {
        throw .setting(name: "drift", found: "\(shift + mean)", expected: "a return a bar")
      }
      for (row, bar) in bars.enumerated() {
        let value = returns.values[bar, column]
        let growth = returns.kind == .simple ? 1 + value : DeterministicMath.exp(value)
        growths[row, place] = max(0, growth + shift)
      }
    }
    self.growths = growths
    draws = RowDraws(rows: bars.count, meanBlock: meanBlock)
  }
}

extension Matrix {
  /// Columns in another order, or some of them.
  func columns(_ order: [Int]) -> Matrix {
    var result = Matrix(rows: rows, columns: order.count)
    for row in 0..<rows {
      for (column, from) in order.enumerated() { result[row, column] = self[row, from] }
    }
    return result
  }
}
