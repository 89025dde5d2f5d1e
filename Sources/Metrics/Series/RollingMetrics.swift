/// Metrics of the last `window` returns at every bar: O(1) a bar.
///
/// Each is `[T]`, NaN where the window is not full yet or has no value. Sums begin anew once a window, so that rounding
/// does not pile up.
public struct RollingMetrics: Sendable {
  /// Number of returns in the window.
  public let window: Int
  /// Standard deviation, annualised.
  public private(set) var volatility: [Double] = []
  /// Mean excess return over its standard deviation, annualised; NaN without variation.
  public private(set) var sharpe: [Double] = []
  /// Mean return above the minimum acceptable one over the root mean square of shortfalls, annualised; NaN without any.
  public private(set) var sortino: [Double] = []
  /// Deepest fall from the highest equity within the window, the one before its first return included; at most 0.
  public private(set) var maxDrawdown: [Double] = []
  /// Slope on the benchmark's returns; nil without a benchmark.
  public private(set) var beta: [Double]?

  /// The metrics of a series.
  ///
  /// - Parameters:
  ///   - returns: simple returns, none of them NaN.
  ///   - benchmark: returns of the same bars; where one is NaN no window with it has a beta.
  ///   - window: at least 2.
  ///   - perYear: returns in a year.
  ///   - riskFree: of a bar.
  ///   - minimumAcceptable: of a bar.
  public init(
    returns: [Double], benchmark: [Double]? = nil, window: Int, perYear: Double,
    riskFree: Double = 0, minimumAcceptable: Double = 0
  ) {
    precondition(window >= 2, "a window of \(window)")
    precondition(benchmark?.count ?? returns.count == returns.count, "a benchmark of other bars")
    self.window = window
    var sums = RollingSums(returns, benchmark, window: window, minimumAcceptable)
    var depth = RollingDrawdown()
    depth.push(1)
    var equity = 1.0
    var betas: [Double] = []
    let (n, year) = (Double(window), perYear.squareRoot())
    for bar in returns.indices {
      equity *= 1 + returns[bar]
      depth.push(equity)
      sums.advance(to: bar)
      guard bar >= window - 1 else {
        volatility.append(.nan)
        sharpe.append(.nan)
        sortino.append(.nan)
        maxDrawdown.append(.nan)
        betas.append(.nan)
        continue
      }
      if bar >= window { depth.pop() }
      let mean = sums.returns / n
      let centred = sums.squares - sums.returns * sums.returns / n
      // What the rounding of sums leaves of equal returns is no variation.
      let deviation =
        centred <= 4 * n * .ulpOfOne * sums.squares ? 0 : (centred / (n - 1)).squareRoot()
      let downside = (sums.shortfalls / n).squareRoot()
      volatility.append(deviation * year)
      sharpe.append(deviation < 1e-12 ? .nan : (mean - riskFree) / deviation * year)
      sortino.append(downside < 1e-12 ? .nan : (mean - minimumAcceptable) / downside * year)
      maxDrawdown.append(depth.deepest)
      betas.append(sums.beta)
    }
    beta = benchmark == nil ? nil : betas
  }
}

/// Sums over a window that moves on bar by bar.
private struct RollingSums {
  private(set) var returns = 0.0
  private(set) var squares = 0.0
  private(set) var shortfalls = 0.0
  private var benchmark = 0.0
  private var benchmarkSquares = 0.0
  private var products = 0.0
  private var unknown = 0
  private let series: [Double]
  private let other: [Double]?
  private let window: Int
  private let minimumAcceptable: Double

  init(_ series: [Double], _ other: [Double]?, window: Int, _ minimumAcceptable: Double) {
    self.series = series
    self.other = other
    self.window = window
    self.minimumAcceptable = minimumAcceptable
  }

  /// Slope of the returns on the benchmark's; NaN where it is unknown or doesn't vary.
  var beta: Double {
    let n = Double(window)
    let centred = benchmarkSquares - benchmark * benchmark / n
    guard other != nil, unknown == 0, centred > 4 * n * .ulpOfOne * benchmarkSquares else {
      return .nan
    }
    return (products - returns * benchmark / n) / centred
  }

  mutating func advance(to bar: Int) {
    if bar >= window, bar % window == 0 {
      (returns, squares, shortfalls) = (0, 0, 0)
      (benchmark, benchmarkSquares, products, unknown) = (0, 0, 0, 0)
      for earlier in bar - window + 1..<bar { add(earlier, 1) }
    } else if bar >= window {
      add(bar - window, -1)
    }
    add(bar, 1)
  }

  private mutating func add(_ bar: Int, _ sign: Double) {
    let value = series[bar]
    let shortfall = min(value - minimumAcceptable, 0)
    returns += sign * value
    squares += sign * value * value
    shortfalls = max(0, shortfalls + sign * shortfall * shortfall)
    guard let other else { return }
    if other[bar].isNaN {
      unknown += Int(sign)
      return
    }
    benchmark += sign * other[bar]
    benchmarkSquares += sign * other[bar] * other[bar]
    products += sign * other[bar] * value
  }
}

/// The deepest drawdown within a queue of equities: two stacks of parts, whose drawdowns add up.
private struct RollingDrawdown {
  private struct Part {
    var highest: Double
    var lowest: Double
    var deepest = 0.0

    func followed(by later: Part) -> Part {
      Part(
        highest: max(highest, later.highest), lowest: min(lowest, later.lowest),
        deepest: min(deepest, later.deepest, later.lowest / highest - 1))
    }
  }

  /// Equities that came last, and what they are together.
  private var back: [Double] = []
  private var backPart: Part?
  /// Of those that came first: each with all before the back that follow it.
  private var front: [Part] = []

  var deepest: Double {
    guard let first = front.last else { return backPart?.deepest ?? 0 }
    return (backPart.map { first.followed(by: $0) } ?? first).deepest
  }

  mutating func push(_ equity: Double) {
    let part = Part(highest: equity, lowest: equity)
    back.append(equity)
    backPart = backPart?.followed(by: part) ?? part
  }

  mutating func pop() {
    if front.isEmpty {
      for equity in back.reversed() {
        let part = Part(highest: equity, lowest: equity)
        front.append(front.last.map { part.followed(by: $0) } ?? part)
      }
      back.removeAll(keepingCapacity: true)
      backPart = nil
    }
    front.removeLast()
  }
}
