/// Metrics of the last `window` returns at every bar: O(1) a bar.
///
/// Each is `[T]`, NaN where the window is not full yet or has no value.
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

/// Sums over a window that moves on bar by bar, of which nothing is ever taken away.
///
/// Bars are cut into blocks as long as the window: a window is the end of a block and the begin of the next.
///
/// - Source: van Herk, Pattern Recognition Letters 13 (1992).
private struct RollingSums {
  /// Sums over some bars.
  private struct Part {
    var returns = 0.0
    var squares = 0.0
    var shortfalls = 0.0
    var benchmark = 0.0
    var benchmarkSquares = 0.0
    var products = 0.0
    var unknown = 0

    static func + (a: Part, b: Part) -> Part {
      Part(
        returns: a.returns + b.returns, squares: a.squares + b.squares,
        shortfalls: a.shortfalls + b.shortfalls, benchmark: a.benchmark + b.benchmark,
        benchmarkSquares: a.benchmarkSquares + b.benchmarkSquares,
        products: a.products + b.products, unknown: a.unknown + b.unknown)
    }
  }

  private let series: [Double]
  private let other: [Double]?
  private let window: Int
  private let minimumAcceptable: Double
  /// Of the block before: from each of its bars to its end.
  private var ends: [Part] = []
  /// Of the block that is under way, so far.
  private var begin = Part()
  private var sum = Part()

  init(_ series: [Double], _ other: [Double]?, window: Int, _ minimumAcceptable: Double) {
    self.series = series
    self.other = other
    self.window = window
    self.minimumAcceptable = minimumAcceptable
  }

  var returns: Double { sum.returns }
  var squares: Double { sum.squares }
  var shortfalls: Double { sum.shortfalls }

  /// Slope of the returns on the benchmark's; NaN where it is unknown or doesn't vary.
  var beta: Double {
    let n = Double(window)
    let centred = sum.benchmarkSquares - sum.benchmark * sum.benchmark / n
    guard other != nil, sum.unknown == 0, centred > 4 * n * .ulpOfOne * sum.benchmarkSquares else {
      return .nan
    }
    return (sum.products - sum.returns * sum.benchmark / n) / centred
  }

  mutating func advance(to bar: Int) {
    let place = bar % window
    if place == 0 {
      if bar > 0 { endBlock(before: bar) }
      begin = Part()
    }
    begin = begin + part(bar)
    sum = place + 1 < ends.count ? ends[place + 1] + begin : begin
  }

  private mutating func endBlock(before bar: Int) {
    ends = Array(repeating: Part(), count: window)
    var part = Part()
    for place in stride(from: window - 1, through: 0, by: -1) {
      part = self.part(bar - window + place) + part
      ends[place] = part
    }
  }

  private func part(_ bar: Int) -> Part {
    var part = Part()
    let value = series[bar]
    let shortfall = min(value - minimumAcceptable, 0)
    part.returns = value
    part.squares = value * value
    part.shortfalls = shortfall * shortfall
    guard let other else { return part }
    if other[bar].isNaN {
      part.unknown = 1
      return part
    }
    part.benchmark = other[bar]
    part.benchmarkSquares = other[bar] * other[bar]
    part.products = other[bar] * value
    return part
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
