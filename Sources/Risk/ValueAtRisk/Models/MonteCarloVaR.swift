import Kernels

/// Simulated returns: Gaussian with the moments of the window, or Student t as `StudentFit` finds it.
///
/// Draws are Philox numbers by path and bar, the same for every window, so forecasts of neighbouring bars differ by
/// their windows alone. Over a horizon the bars of a path are compounded. Standard errors are reported.
///
/// - Source: Glasserman, *Monte Carlo Methods in Financial Engineering*, ch. 9; t numbers by Bailey, Math. Comp. 62 (1994).
struct MonteCarloVaR: VaRModel {
  /// What returns are drawn from.
  enum Law: String, Sendable, CaseIterable {
    case gaussian
    case studentT = "student_t"
  }

  /// What is kept between refits.
  struct Fit: Sendable {
    /// Location and scale of Student's t; nil for a Gaussian, whose moments move every bar.
    let student: StudentFit?
    /// What standard numbers are made from, the same for every window.
    let source: StandardDraws
    /// Standard numbers: `[paths, horizon]`.
    let draws: [Double]
    /// The tail of the numbers of one bar.
    let tail: SampleTail?
  }

  /// What returns are drawn from.
  let law: Law
  /// Number of paths.
  let paths: Int
  /// Key of the draws.
  let seed: UInt64

  /// A model.
  ///
  /// - Throws: `RiskError.setting` for fewer than 1,000 paths or more than 100,000,000.
  init(law: Law = .gaussian, paths: Int = 10_000, seed: UInt64 = 0) throws(RiskError) {
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

  var name: String {
    paths == 10_000
      ? "monte_carlo(\(law.rawValue))" : "monte_carlo(\(law.rawValue), \(paths))"
  }
  var neededReturns: Int { 20 }

  func fit(_ window: Span<Double>, _ question: TailQuestion, last: Fit?) throws(RiskError)
    -> Fit
  {
    if law == .gaussian, let last { return last }
    let student = law == .studentT ? try StudentFit(window, method: name) : nil
    let horizon = question.horizon
    guard paths <= (1 << 28) / horizon else {
      throw .setting(
        name: "paths", found: "\(paths) over \(horizon) bars",
        expected: "at most \((1 << 28) / horizon) paths for this horizon")
    }
    let source =
      last?.source ?? StandardDraws(law, seed: seed, paths: paths, horizon: horizon)
    let draws = source.numbers(freedom: student?.freedom)
    let tail = horizon == 1 ? SampleTail(draws, levels: question.levels) : nil
    return Fit(student: student, source: source, draws: draws, tail: tail)
  }

  func forecast(_ window: Span<Double>, _ question: TailQuestion, fit: Fit)
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
}

/// Numbers from which standard ones follow, Gaussian or Student t: `[paths, horizon]`.
///
/// Each is a pure function of seed, path and bar.
struct StandardDraws: Sendable {
  /// Standard normal numbers; or for Student t the cosines of random directions.
  private var first: [Double]
  /// For Student t the logarithms of squared radii.
  private var second: [Double] = []

  init(_ law: MonteCarloVaR.Law, seed: UInt64, paths: Int, horizon: Int) {
    first = Array(repeating: 0, count: paths * horizon)
    switch law {
    case .gaussian:
      let stream = PhiloxStream(seed: seed, stream: 1)
      for path in 0..<paths {
        for pair in 0..<(horizon + 1) / 2 {
          let numbers = stream.normals(step: UInt32(path), draw: UInt32(pair))
          for half in 0..<min(2, horizon - 2 * pair) {
            first[path * horizon + 2 * pair + half] = numbers[half]
          }
        }
      }
    case .studentT:
      second = first
      for bar in 0..<horizon {
        let stream = PhiloxStream(seed: seed, stream: 2, symbol: UInt32(bar))
        for path in 0..<paths {
          // A fifth of the points falls outside the circle; each attempt has its own number.
          var attempt: UInt32 = 0
          while true {
            let point = 2 * stream.uniforms(step: UInt32(path), draw: attempt) - 1
            attempt += 1
            let square = (point * point).sum()
            guard square < 1, square > 0 else { continue }
            first[path * horizon + bar] = point[0] / square.squareRoot()
            second[path * horizon + bar] = DeterministicMath.log(square)
            break
          }
        }
      }
    }
  }

  /// Standard numbers of the law: t with `freedom` is cosine·√(ν·(w^(-2/ν) - 1)), w the squared radius.
  func numbers(freedom: Double?) -> [Double] {
    guard let freedom else { return first }
    let power = -2 / freedom
    return first.indices.map { index in
      let growth = DeterministicMath.exp(power * second[index]) - 1
      return first[index] * (freedom * growth).squareRoot()
    }
  }
}
