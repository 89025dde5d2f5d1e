import Kernels

/// A number estimated from paths, and how far off it may be.
public struct PathFigure: Sendable, Equatable {
  /// Name in results, for example `var_95`.
  public let name: String
  /// The estimate; NaN if it is undefined.
  public let value: Double
  /// Its standard error; NaN if it is undefined.
  public let standardError: Double

  /// A figure.
  public init(name: String, value: Double, standardError: Double) {
    self.name = name
    self.value = value
    self.standardError = standardError
  }
}

/// The figures of a portfolio over paths, each with its standard error.
///
/// Returns are fractions of the first value over the whole path; VaR and ES are losses as positive fractions, by the order
/// statistic of rank ⌈(1 − level) · paths⌉ and the mean beyond it, the boundary counted in part.
///
/// Standard errors: of means s/√n; of the deviation √((m₄ − s⁴)/n)/(2s); of probabilities √(p(1 − p)/n); of quantiles half the
/// distance of the order statistics 1.96 binomial deviations from the rank, over 1.96; of ES
/// √((variance of the tail + level · (ES − VaR)²)/(n(1 − level))).
///
/// - Source: Serfling, *Approximation Theorems of Mathematical Statistics* (1980), 2.6.3; Manistre and Hancock, *Variance of
///   the CTE Estimator* (2005).
public struct PathOutlook: Sendable {
  /// All figures, in a fixed order.
  public let figures: [PathFigure]
  /// The same of the first 1/8, 1/4, 1/2 of the paths and all: how they settle.
  public let convergence: [(paths: Int, figures: [PathFigure])]

  /// Figures of a sample.
  ///
  /// - Parameter levels: confidences in (0.5, 1).
  public init(_ sample: PathSample, _ settings: MonteCarloSettings, levels: [Double]) {
    let count = sample.terminal.count
    let shares = [8, 4, 2, 1].map { count / $0 }.filter { $0 > 1 }
    convergence = shares.map { paths in
      (paths, Self.figures(sample, settings, levels, first: paths))
    }
    figures = convergence.last?.figures ?? Self.figures(sample, settings, levels, first: count)
  }

  /// The names of figures, which settings alone decide.
  public static func names(_ settings: MonteCarloSettings, levels: [Double]) -> [String] {
    let sample = PathSample(
      terminal: [1], drawdown: settings.watchesPaths ? [0] : [], underWater: [0],
      hitBarrier: [false], reachedGoal: [false])
    return figures(sample, settings, levels, first: 1).map(\.name)
  }

  private static func figures(
    _ sample: PathSample, _ settings: MonteCarloSettings, _ levels: [Double], first count: Int
  ) -> [PathFigure] {
    let returns = RadixSort.sorted(sample.terminal[0..<count].map { $0 - 1 })
    var figures = moments(returns)
    func probability(_ name: String, _ hits: Int) {
      let p = Double(hits) / Double(count)
      figures.append(
        PathFigure(name: name, value: p, standardError: (p * (1 - p) / Double(count)).squareRoot()))
    }
    for level in levels.reversed() {
      figures.append(quantile("return_\(percent(1 - level))", returns, 1 - level))
    }
    figures.append(quantile("return_50", returns, 0.5))
    for level in levels { figures.append(quantile("return_\(percent(level))", returns, level)) }
    for level in levels { figures += tail(returns, level) }
    probability("probability_of_loss", returns.prefix { $0 < 0 }.count)
    probability("probability_of_ruin", returns.prefix { $0 <= -1 }.count)
    if !settings.goal.isNaN {
      probability("goal_at_end", sample.terminal[0..<count].count { $0 >= settings.goal })
    }
    guard settings.watchesPaths else { return figures }
    if !settings.goal.isNaN {
      probability("goal_reached", sample.reachedGoal[0..<count].count { $0 })
    }
    if !settings.barrier.isNaN {
      probability("barrier_hit", sample.hitBarrier[0..<count].count { $0 })
    }
    let depths = RadixSort.sorted(Array(sample.drawdown[0..<count]))
    figures.append(mean("max_drawdown_mean", depths))
    figures.append(quantile("max_drawdown_50", depths, 0.5))
    // A fall that is exceeded, in depth, with probability 1 − level.
    for level in levels {
      figures.append(quantile("max_drawdown_\(percent(level))", depths, 1 - level))
    }
    let stretches = RadixSort.sorted(sample.underWater[0..<count].map(Double.init))
    figures.append(mean("bars_under_water_mean", stretches))
    for level in [0.5] + levels {
      figures.append(quantile("bars_under_water_\(percent(level))", stretches, level))
    }
    return figures
  }

  static func mean(_ name: String, _ values: [Double]) -> PathFigure {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return PathFigure(
      name: name, value: mean, standardError: (squares / (count - 1) / count).squareRoot())
  }

  private static func moments(_ values: [Double]) -> [PathFigure] {
    let count = Double(values.count)
    let first = mean("mean_return", values)
    var (squares, fourths) = (0.0, 0.0)
    for value in values {
      let square = (value - first.value) * (value - first.value)
      squares += square
      fourths += square * square
    }
    let variance = squares / (count - 1)
    let spread = (fourths / count - variance * variance) / count
    return [
      first,
      PathFigure(
        name: "deviation", value: variance.squareRoot(),
        standardError: max(0, spread).squareRoot() / (2 * variance.squareRoot())),
    ]
  }

  /// Number of values in a tail, not quite a whole number in binary: 0.05 · 100 is 5.
  private static func expected(_ share: Double, _ count: Int) -> Double {
    (share * Double(count) * 1e6).rounded() / 1e6
  }

  static func quantile(_ name: String, _ sorted: [Double], _ share: Double) -> PathFigure {
    let count = sorted.count
    let rank = max(1, Int(expected(share, count).rounded(.up)))
    let reach = 1.96 * (Double(count) * share * (1 - share)).squareRoot()
    let low = sorted[max(1, Int((Double(rank) - reach).rounded(.down))) - 1]
    let high = sorted[min(count, Int((Double(rank) + reach).rounded(.up))) - 1]
    return PathFigure(
      name: name, value: sorted[rank - 1], standardError: (high - low) / (2 * 1.96))
  }

  static func tail(_ sorted: [Double], _ level: Double) -> [PathFigure] {
    let share = 1 - level
    let boundary = quantile("var_\(percent(level))", sorted, share)
    let weight = expected(share, sorted.count)
    let whole = max(0, Int(weight.rounded(.up)) - 1)
    let (value, part) = (boundary.value, weight - Double(whole))
    let sum = sorted[0..<whole].reduce(0, +) + part * value
    let mean = sum / weight
    let squares =
      sorted[0..<whole].reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      + part * (value - mean) * (value - mean)
    let spread = squares / weight + level * (mean - value) * (mean - value)
    return [
      PathFigure(
        name: boundary.name, value: -value, standardError: boundary.standardError),
      PathFigure(
        name: "es_\(percent(level))", value: -mean,
        standardError: (spread / weight).squareRoot()),
    ]
  }

  /// 0.975 is `97.5`.
  private static func percent(_ level: Double) -> String {
    let value = (level * 1e6).rounded() / 1e4
    return value == value.rounded() ? "\(Int(value))" : "\(value)"
  }
}

/// A number over paths; paths on which it is undefined are left out.
public struct MetricSample: Sendable {
  private let sorted: [Double]

  /// Values by path, NaN where undefined.
  public init(_ values: [Double]) {
    sorted = RadixSort.sorted(values.filter { !$0.isNaN })
  }

  /// Number of paths on which it is defined.
  public var count: Int { sorted.count }

  /// Mean and its standard error; NaN without values.
  public var mean: PathFigure { PathOutlook.mean("mean", sorted) }

  /// Deviation over paths; NaN below two values.
  public var deviation: Double { mean.standardError * Double(sorted.count).squareRoot() }

  /// A quantile, the order statistic of rank ⌈share · count⌉; NaN without values.
  public func quantile(_ share: Double) -> PathFigure {
    sorted.isEmpty
      ? PathFigure(name: "quantile", value: .nan, standardError: .nan)
      : PathOutlook.quantile("quantile", sorted, share)
  }

  /// Mean loss beyond the quantile of 1 − level, a positive number, as the figure `es_…` of `PathOutlook`; NaN without values.
  public func expectedShortfall(_ level: Double) -> PathFigure {
    sorted.isEmpty
      ? PathFigure(name: "es", value: .nan, standardError: .nan)
      : PathOutlook.tail(sorted, level)[1]
  }

  /// Share of paths on which it is less; NaN without values or for NaN.
  public func share(below value: Double) -> Double {
    value.isNaN ? .nan : Double(sorted.prefix { $0 < value }.count) / Double(sorted.count)
  }
}

/// Ascending order of numbers without NaN, by their bits.
enum RadixSort {
  /// A million numbers take some 15 ms, a tenth of what comparisons take.
  static func sorted(_ values: [Double]) -> [Double] {
    guard values.count > 256 else { return values.sorted() }
    let count = values.count
    // Negative numbers turned round, others above them.
    var keys = values.map { value in
      let bits = value.bitPattern
      return bits ^ (bits >> 63 == 1 ? ~0 : 1 << 63)
    }
    var spare = [UInt64](repeating: 0, count: count)
    for shift in stride(from: 0, to: 64, by: 11) {
      var places = [Int](repeating: 0, count: 2048)
      for key in keys { places[Int(key >> UInt64(shift) & 2047)] += 1 }
      if places.contains(count) { continue }
      var next = 0
      for digit in places.indices { (places[digit], next) = (next, next + places[digit]) }
      for key in keys {
        let digit = Int(key >> UInt64(shift) & 2047)
        spare[places[digit]] = key
        places[digit] += 1
      }
      swap(&keys, &spare)
    }
    return keys.map { Double(bitPattern: $0 >> 63 == 1 ? $0 ^ (1 << 63) : ~$0) }
  }
}
