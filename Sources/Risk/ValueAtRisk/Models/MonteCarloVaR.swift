import Kernels

/// Simulated returns: Gaussian with the moments of the window, or Student t as `StudentFit` finds it.
///
/// Draws are Philox numbers by path and bar, the same for every window, so forecasts of neighbouring bars differ by
/// their windows alone. Over a horizon the bars of a path are compounded. Standard errors are reported.
///
/// - Source: Glasserman, *Monte Carlo Methods in Financial Engineering*, ch. 9; t numbers by Bailey, Math. Comp. 62 (1994).
public struct MonteCarloVaR: VaRModel {
  /// What returns are drawn from.
  public enum Law: String, Sendable, CaseIterable {
    case gaussian
    case studentT = "student_t"
  }

  /// What is kept between refits.
  public struct Fit: Sendable {
    /// Location and scale of Student's t; nil for a Gaussian, whose moments move every bar.
    let student: StudentFit?
    /// Standard draws: `[paths, horizon]`; of one bar the tail of them only.
    let draws: [Double]
    let tail: SampleTail?
  }

  /// What returns are drawn from.
  public let law: Law
  /// Number of paths.
  public let paths: Int
  /// Key of the draws.
  public let seed: UInt64

  /// A model.
  ///
  /// - Throws: `RiskError.setting` for fewer than 1,000 paths or more than 100,000,000.
  public init(law: Law = .gaussian, paths: Int = 10_000, seed: UInt64 = 0) throws(RiskError) {
    self.law = law
    self.paths = try Self.checked(paths: paths)
    self.seed = seed
  }

  static func checked(paths: Int) throws(RiskError) -> Int {
    guard (1_000...100_000_000).contains(paths) else {
      throw .setting(name: "paths", found: "\(paths)", expected: "1000 to 100000000")
    }
    return paths
  }

  public var name: String {
    paths == 10_000
      ? "monte_carlo(\(law.rawValue))" : "monte_carlo(\(law.rawValue), \(paths))"
  }
  public var neededReturns: Int { 20 }

  public func fit(_ window: Span<Double>, _ question: TailQuestion) throws(RiskError) -> Fit {
    let student = law == .studentT ? try StudentFit(window, method: name) : nil
    let horizon = question.horizon
    guard paths.multipliedReportingOverflow(by: horizon).partialValue <= 1 << 28 else {
      throw .setting(
        name: "paths", found: "\(paths) over \(horizon) bars",
        expected: "at most \((1 << 28) / horizon) paths for this horizon")
    }
    let draws = self.draws(horizon: horizon, freedom: student?.freedom)
    guard horizon == 1 else { return Fit(student: student, draws: draws, tail: nil) }
    return Fit(
      student: student, draws: [], tail: SampleTail(draws, levels: question.levels))
  }

  public func forecast(_ window: Span<Double>, _ question: TailQuestion, fit: Fit)
    throws(RiskError) -> [TailForecast]
  {
    var (mean, scale) = (fit.student?.location ?? 0, fit.student?.scale ?? 0)
    if fit.student == nil {
      let moments = Moments(window)
      guard moments.deviation > 0 else { throw noVariation() }
      (mean, scale) = (moments.mean, moments.deviation)
    }
    if let tail = fit.tail {
      return question.levels.map { level in
        let standard = tail.simulated(level)
        var forecast = TailForecast(
          mean: mean, scale: scale, quantile: standard.valueAtRisk,
          shortfall: standard.expectedShortfall)
        forecast.valueAtRiskError = scale * standard.valueAtRiskError
        forecast.expectedShortfallError = scale * standard.expectedShortfallError
        return forecast
      }
    }
    let horizon = question.horizon
    let sample = (0..<paths).map { path in
      var growth = 1.0
      for bar in path * horizon..<(path + 1) * horizon {
        growth *= 1 + mean + scale * fit.draws[bar]
      }
      return growth - 1
    }
    let tail = SampleTail(sample, levels: question.levels)
    return question.levels.map(tail.simulated)
  }

  /// Standard numbers, path by path.
  func draws(horizon: Int, freedom: Double?) -> [Double] {
    let stream = PhiloxStream(seed: seed, stream: 1)
    var draws = [Double](repeating: 0, count: paths * horizon)
    for path in 0..<paths {
      for pair in 0..<(horizon + 1) / 2 {
        let numbers =
          if let freedom {
            Self.students(stream, path, pair, freedom)
          } else {
            stream.normals(step: UInt32(path), draw: UInt32(pair))
          }
        for half in 0..<min(2, horizon - 2 * pair) {
          draws[path * horizon + 2 * pair + half] = numbers[half]
        }
      }
    }
    return draws
  }

  /// Two independent Student t numbers of one bar pair, by Bailey's polar method.
  private static func students(
    _ stream: PhiloxStream, _ path: Int, _ pair: Int, _ freedom: Double
  ) -> SIMD2<Double> {
    var numbers = SIMD2<Double>()
    for half in 0..<2 {
      // Each number has its own row of attempts; a quarter of them falls outside the circle.
      let row = PhiloxStream(seed: stream.seed, stream: 2, symbol: UInt32(2 * pair + half))
      var attempt: UInt32 = 0
      while true {
        let point = 2 * row.uniforms(step: UInt32(path), draw: attempt) - 1
        attempt += 1
        let radius = (point * point).sum()
        guard radius < 1, radius > 0 else { continue }
        let power = DeterministicMath.exp(-2 / freedom * DeterministicMath.log(radius))
        numbers[half] = point[0] * (freedom * (power - 1) / radius).squareRoot()
        break
      }
    }
    return numbers
  }
}
