import Dispatch
import Kernels
import Metrics

/// Whether Sharpe ratios are better than so many tries without skill would show.
///
/// The number of independent tries comes from the correlation C of the participants' returns: the participation ratio of
/// its eigenvalues, (Σλ)² / Σλ² = P² / Σ c². Off the diagonal c² becomes ((n − 1)·c² − 1) / (n − 2) for n returns, which is 0 on average
/// where there is no correlation: so P independent participants count as P, and not as the number of bars. Where the sum would take too long, and with fewer than four returns, every participant counts: the most cautious bound.
///
/// - Source: Bailey and López de Prado, J. Portfolio Management 40 (2014), for the deflated ratio.
public struct ChallengeSignificance: Sendable, Equatable {
  /// Participants with a Sharpe ratio.
  public var trials = 0
  /// How many independent tries they are worth.
  public var effectiveTrials = 1.0
  /// The participation ratio as it comes, without the correction; never above the number of returns less one.
  public var participationRatio = 1.0
  /// Whether the correlation was looked at; else `effectiveTrials` is `trials`.
  public var isMeasured = false
  /// Standard deviation of the ratios, per return (ddof 1).
  public var deviation = 0.0
  /// The ratio that the best of them is expected to show without any skill, per return.
  public var expectedMaximum = 0.0
  /// For each participant the probability that the true ratio is above 0; NaN where undefined.
  public var probabilities: [Double] = []
  /// For each the probability that it is above `expectedMaximum`.
  public var deflated: [Double] = []

  /// Most multiplications for which the correlation is looked at.
  static let workLimit = 4e11

  /// Weighs participants.
  ///
  /// - Parameters:
  ///   - returns: of each participant, all of one length; an empty list for one that is not counted.
  ///   - riskFree: return of a bar without risk.
  ///   - isCancelled: asked now and then; once it answers true, nothing of the outcome counts.
  public init(
    returns: [[Double]], riskFree: Double = 0, workers: Int = 1,
    isCancelled: @Sendable () -> Bool = { false }
  ) {
    let figures = returns.map { SharpeFigures($0, riskFree: riskFree) }
    let counted = returns.indices.filter { figures[$0] != nil }
    let ratios = counted.compactMap { figures[$0]?.ratio }
    trials = counted.count
    let length = counted.first.map { returns[$0].count } ?? 0
    effectiveTrials = Double(max(1, trials))
    participationRatio = effectiveTrials
    if trials > 1 {
      let mean = ratios.reduce(0, +) / Double(trials)
      let squares = ratios.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      deviation = (squares / Double(trials - 1)).squareRoot()
      let (few, many) = (Double(min(length, trials)), Double(max(length, trials)))
      if length > 3, few * few * many <= Self.workLimit {
        isMeasured = true
        let squared = Self.squaredCorrelations(
          counted.map { Self.standardised(returns[$0]) }, length: length, workers: workers,
          isCancelled)
        let p = Double(trials)
        participationRatio = p * p / squared
        let n = Double(length - 1)
        let chance = (n * (squared - p) - p * (p - 1)) / (n - 1)
        effectiveTrials = min(p, max(1, p * p / (p + max(0, chance))))
      }
    }
    expectedMaximum = SharpeInference.expectedMaximum(
      trials: effectiveTrials, deviation: deviation)
    let bar = expectedMaximum
    func probability(_ figures: SharpeFigures?, _ bar: Double) -> Double {
      figures.map {
        SharpeInference.probability(
          sharpe: $0.ratio, exceeds: bar, count: $0.count, skew: $0.skew, kurtosis: $0.kurtosis)
      } ?? .nan
    }
    probabilities = figures.map { probability($0, 0) }
    deflated = figures.map { probability($0, bar) }
  }

  /// Deviations from the mean over the root of the sum of their squares.
  private static func standardised(_ returns: [Double]) -> [Double] {
    let mean = returns.reduce(0, +) / Double(returns.count)
    let size = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }.squareRoot()
    return returns.map { ($0 - mean) / size }
  }

  /// Σ c² over all pairs, the diagonal with them: of the smaller of the two products, which have the same sum.
  private static func squaredCorrelations(
    _ rows: [[Double]], length: Int, workers: Int, _ isCancelled: @Sendable () -> Bool
  ) -> Double {
    let isWide = rows.count > length
    let (size, depth) = isWide ? (length, rows.count) : (rows.count, length)
    // [depth, size], padded, so that eight columns are one vector.
    let stride = (size + 7) / 8
    var table = [SIMD8<Double>](repeating: .zero, count: depth * stride)
    for row in rows.indices {
      for bar in 0..<length {
        let (outer, inner) = isWide ? (row, bar) : (bar, row)
        table[outer * stride + inner / 8][inner % 8] = rows[row][bar]
      }
    }
    let sums = Slots<Double>(count: stride)
    let filled = table
    DispatchQueue.concurrentPerform(iterations: min(workers, stride)) { worker in
      for tile in Swift.stride(from: worker, to: stride, by: workers) where !isCancelled() {
        sums.set(tile, Self.squares(filled, tile: tile, depth: depth, stride: stride))
      }
    }
    return sums.values.reduce(0, +)
  }

  /// Σ c² of eight rows of the product with all of it.
  private static func squares(_ table: [SIMD8<Double>], tile: Int, depth: Int, stride: Int)
    -> Double
  {
    var sums = [SIMD8<Double>](repeating: .zero, count: 8 * stride)
    table.withUnsafeBufferPointer { table in
      sums.withUnsafeMutableBufferPointer { sums in
        for level in 0..<depth {
          let row = table[level * stride + tile]
          for place in 0..<stride {
            let other = table[level * stride + place]
            for lane in 0..<8 { sums[place * 8 + lane] += other * row[lane] }
          }
        }
      }
    }
    var total = SIMD8<Double>.zero
    for sum in sums { total += sum * sum }
    return (0..<8).reduce(0) { $0 + total[$1] }
  }
}

/// The Sharpe ratio of a series, per return, and its moments.
struct SharpeFigures {
  var ratio: Double
  var skew: Double
  var kurtosis: Double
  var count: Int

  /// Nil below four returns or without variation.
  init?(_ returns: [Double], riskFree: Double) {
    count = returns.count
    guard count >= 4 else { return nil }
    let n = Double(count)
    let mean = returns.reduce(0, +) / n
    var (second, third, fourth, size) = (0.0, 0.0, 0.0, 0.0)
    for value in returns {
      let deviation = value - mean
      let square = deviation * deviation
      second += square
      third += square * deviation
      fourth += square * square
      size += value.magnitude
    }
    let sample = (second / (n - 1)).squareRoot()
    guard sample >= 1e-12, sample > size * .ulpOfOne else { return nil }
    ratio = (mean - riskFree) / sample
    let variance = second / n
    skew = third / n / (variance * variance.squareRoot())
    kurtosis = fourth / n / (variance * variance)
  }
}
