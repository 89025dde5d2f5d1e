import Kernels

/// What a portfolio would have gone through in a stretch of the past.
public struct StressWindow: Sendable, Equatable {
  /// How positions move within a window.
  public enum Holding: String, Sendable, CaseIterable {
    /// Back to the weights at every bar, as everywhere in risk.
    case rebalanced
    /// Bought at the first bar with the weights, and held.
    case held
  }

  /// Bars of the window.
  public let bars: Range<Int>
  /// Return over the window, a fraction.
  public let total: Double
  /// The worst fall from a high within the window, its start counted as one: a fraction ≤ 0.
  public let worstDrawdown: Double
  /// Bar of the window, from 0, that ends the worst drawdown; −1 without any.
  public let worstBar: Int
  /// What each symbol contributed to the return over the window: `[N]`, summing to it; 0 for one without data.
  ///
  /// NaN for all if the portfolio is rebalanced and lost everything on the way, where it stays.
  public let contributions: [Double]
  /// Symbols with a weight that have no return at any bar of the window: they earn 0.
  public let missing: [Int]
  /// Symbols with a weight that have returns at some bars only: they earn 0 at the others.
  public let partial: [Int]

  /// Takes a portfolio through bars of returns.
  ///
  /// A symbol without a return at a bar earns 0 there. What weights leave of 1 is cash and earns 0.
  ///
  /// - Parameters:
  ///   - bars: of the table; none gives a return of 0.
  ///   - returns: `[T, N]`, simple.
  ///   - weights: `[N]`; NaN is no weight.
  public init(
    _ bars: Range<Int>, of returns: ReturnTable, weights: [Double],
    holding: Holding = .rebalanced
  ) {
    precondition(weights.count == returns.symbolCount, "a weight for each symbol")
    precondition(returns.kind == .simple, "simple returns, which add up over symbols")
    let window = returns.bars(bars)
    let weights = weights.map { $0.isNaN ? 0 : $0 }
    let symbols = weights.indices.filter { weights[$0] != 0 }
    let known = symbols.map { symbol in
      (0..<window.barCount).count { window.values[$0, symbol].isFinite }
    }
    missing = zip(symbols, known).filter { $1 == 0 }.map(\.0)
    partial = zip(symbols, known).filter { $1 > 0 && $1 < window.barCount }.map(\.0)
    let path: [Double]
    switch holding {
    case .rebalanced:
      let series = WeightTable(weights).returns(window).values
      path = Self.path(series)
      contributions = Self.linked(series, window, weights, symbols)
    case .held: (path, contributions) = Self.held(window, weights, symbols)
    }
    self.bars = bars
    total = (path.last ?? 1) - 1
    (worstDrawdown, worstBar) = Self.worst(path)
  }

  private static func path(_ returns: [Double]) -> [Double] {
    var value = 1.0
    return returns.map {
      // Nothing is left to go on with after a total loss.
      if value > 0 { value *= 1 + $0 }
      return value
    }
  }

  /// The largest fall from a high of at least 1.
  static func worst(_ path: [Double]) -> (drawdown: Double, bar: Int) {
    var high = 1.0
    var found = (drawdown: 0.0, bar: -1)
    for (bar, value) in path.enumerated() {
      high = max(high, value)
      if value / high - 1 < found.drawdown { found = (value / high - 1, bar) }
    }
    return found
  }

  private static func linked(
    _ series: [Double], _ window: ReturnTable, _ weights: [Double], _ symbols: [Int]
  ) -> [Double] {
    guard let linking = try? ReturnLinking(series) else {
      return Array(repeating: .nan, count: weights.count)
    }
    var sums = [Double](repeating: 0, count: weights.count)
    for bar in 0..<window.barCount {
      for symbol in symbols where window.values[bar, symbol].isFinite {
        sums[symbol] += linking.factors[bar] * weights[symbol] * window.values[bar, symbol]
      }
    }
    return sums
  }

  private static func held(_ window: ReturnTable, _ weights: [Double], _ symbols: [Int])
    -> (path: [Double], contributions: [Double])
  {
    var growth = [Double](repeating: 1, count: weights.count)
    var path: [Double] = []
    for bar in 0..<window.barCount {
      var value = 1.0
      for symbol in symbols {
        if window.values[bar, symbol].isFinite { growth[symbol] *= 1 + window.values[bar, symbol] }
        value += weights[symbol] * (growth[symbol] - 1)
      }
      path.append(value)
    }
    return (path, weights.indices.map { weights[$0] * (growth[$0] - 1) })
  }
}
