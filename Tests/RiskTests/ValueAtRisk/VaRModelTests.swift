import Kernels
import TestSupport
import Testing

@testable import Risk

@Suite struct VaRModelTests {
  static let names = [
    "historical", "historical(square_root)", "gaussian", "student_t", "cornish_fisher", "ewma",
    "ewma(0.97)", "garch", "filtered_historical", "filtered_historical(ewma, 0.97)",
    "monte_carlo(gaussian)", "monte_carlo(student_t, 2000)",
  ]

  @Test(arguments: names)
  func namesAreReadBack(name: String) throws {
    let model = try VaRCatalog.model(name, seed: 3)
    #expect(try VaRCatalog.model(model.name).name == model.name)
  }

  @Test(arguments: [
    ("garhc", "one of historical, gaussian"), ("ewma(2)", "lambda: found 2.0"),
    ("ewma(x)", "a number in place of x"), ("gaussian(1)", "expected gaussian"),
    ("ewma(0.9", "closing bracket"), ("historical(linear)", "historical(overlapping)"),
    ("monte_carlo(gaussian, 10)", "1000 to 100000000"), ("", "one of"),
  ])
  func wrongNames(text: String, part: String) {
    let error = #expect(throws: RiskError.self) { try VaRCatalog.model(text) }
    #expect("\(error.map(String.init(describing:)) ?? "")".contains(part))
  }

  @Test(arguments: [0, 1, -0.5, 1.5, .nan, 1 - 1e-12])
  func levelsOutside(level: Double) {
    #expect(throws: RiskError.self) { try ConfidenceLevel(level) }
  }

  @Test func ranksAreExact() throws {
    #expect(try ConfidenceLevel(0.95).rank(of: 100) == 5)
    #expect(try ConfidenceLevel(0.99).rank(of: 1000) == 10)
    #expect(try ConfidenceLevel(0.975).rank(of: 250) == 7)
    #expect(try ConfidenceLevel(0.975).tailCount(of: 250) == 6.25)
    #expect(try ConfidenceLevel(0.999).rank(of: 1) == 1)
  }

  /// VaR of k times the returns is k times VaR, a higher level is no lower, ES is no lower than VaR.
  @Test(arguments: names)
  func homogeneousAndMonotone(name: String) throws {
    let model = try VaRCatalog.model(name, seed: 5)
    let question = try VaRSamples.question(0.9, 0.95, 0.99, 0.999)
    for seed in 0..<4 as Range<UInt64> {
      let returns = VaRSamples.clustered(600, seed: seed)
      let one = try model.forecast(returns, question)
      let scaled = try model.forecast(returns.map { 0.25 * $0 }, question)
      for (a, b) in zip(one, scaled) {
        #expect(gap(4 * b.valueAtRisk, a.valueAtRisk) < 1e-6, "\(name), seed \(seed)")
        #expect(gap(4 * b.expectedShortfall, a.expectedShortfall) < 1e-6, "\(name), seed \(seed)")
        #expect(a.expectedShortfall >= a.valueAtRisk, "\(name), seed \(seed)")
      }
      for (lower, higher) in zip(one, one.dropFirst()) {
        #expect(higher.valueAtRisk >= lower.valueAtRisk, "\(name), seed \(seed)")
      }
    }
  }

  /// Over ten bars every model answers, and independent returns lose about √10 times as much.
  @Test(arguments: names)
  func horizons(name: String) throws {
    let model = try VaRCatalog.model(name, seed: 5)
    let returns = VaRSamples.gaussian(4_000, seed: 11).map { $0 - 0.0005 }
    let bar = try model.forecast(returns, VaRSamples.question(0.95))[0].valueAtRisk
    let ten = try model.forecast(returns, VaRSamples.question(0.95, horizon: 10))[0].valueAtRisk
    #expect(abs(ten / bar / 10.0.squareRoot() - 1) < 0.12, "\(name): \(bar), \(ten)")
  }

  @Test func studentTendsToGaussian() throws {
    for seed in 0..<3 as Range<UInt64> {
      let returns = VaRSamples.gaussian(20_000, seed: seed)
      let fit = try StudentFit(returns.span)
      #expect(fit.freedom > 30, "seed \(seed)")
      #expect(abs(fit.scale - 0.01) < 2e-4 && abs(fit.location - 0.0005) < 3e-4, "seed \(seed)")
    }
    let question = try VaRSamples.question(0.95, 0.99)
    let returns = VaRSamples.gaussian(200, seed: 1)
    let gaussian = try GaussianVaR().forecast(returns, question)
    let moments = Moments(returns.span)
    var last = Double.infinity
    for freedom in [3.0, 10, 100, 1_000, 10_000] {
      let scale = moments.deviation * ((freedom - 2) / freedom).squareRoot()
      let fit = StudentFit(location: moments.mean, scale: scale, freedom: freedom)
      let student = try StudentVaR().forecast(returns.span, question, fit: fit)
      let distance = zip(student, gaussian).map { gap($0.expectedShortfall, $1.expectedShortfall) }
        .reduce(0, max)
      #expect(distance < last)
      last = distance
    }
    #expect(last < 2e-4)
  }

  /// The constant of Student's density and its derivatives, by series and by gammas, meet where they change.
  @Test func constantOfStudentsDensity() {
    for eta in [0.0199, 0.0201, 0.1, 0.5] {
      let step = 1e-4 * eta
      let (low, here, high) = (
        StudentFit.TConstant(eta: eta - step), StudentFit.TConstant(eta: eta),
        StudentFit.TConstant(eta: eta + step)
      )
      #expect(gap((high.value - low.value) / (2 * step), here.first) < 1e-6, "\(eta)")
      #expect(gap((high.first - low.first) / (2 * step), here.second) < 1e-5, "\(eta)")
    }
  }

  /// Derivatives of the likelihoods against differences.
  @Test func curvatures() {
    let squares = VaRSamples.clustered(300, seed: 2).map { 1e4 * $0 * $0 }
    let likelihood = GARCHLikelihood(squares: squares, start: 1.1)
    let values = VaRSamples.clustered(300, seed: 3).map { 100 * $0 }
    for point in [SIMD3(0.1, 0.9, 0.1), SIMD3(0.3, 0.5, 0.5), SIMD3(0.05, 0.99, 0.05)] {
      hold(likelihood.curvature, at: point)
    }
    for point in [SIMD3(0.1, -0.2, 0.2), SIMD3(-0.3, 0.1, 0.01)] {
      hold({ StudentFit.curvature(values, at: $0) }, at: point)
    }
  }

  private func hold(_ function: (SIMD3<Double>) -> Curvature, at point: SIMD3<Double>) {
    let here = function(point)
    for row in 0..<3 {
      var step = SIMD3<Double>()
      step[row] = 1e-5 * max(abs(point[row]), 0.01)
      let (low, high) = (function(point - step), function(point + step))
      let slope = (high.value - low.value) / (2 * step[row])
      #expect(abs(slope - here.gradient[row]) < 1e-4 * max(abs(slope), 10), "\(point) \(row)")
      for column in 0..<3 {
        let bend = (high.gradient[column] - low.gradient[column]) / (2 * step[row])
        #expect(
          abs(bend - here.second(row, column)) < 1e-4 * max(abs(bend), 10),
          "\(point) \(row) \(column)")
      }
    }
  }

  @Test(arguments: [1, 5])
  func simulationTendsToTheClosedForm(horizon: Int) throws {
    let returns = VaRSamples.gaussian(500, seed: 4).map { 0.1 * $0 }
    let question = try VaRSamples.question(0.9, 0.95, 0.99, horizon: horizon)
    let closed = try GaussianVaR().forecast(returns, question)
    for seed in 0..<5 as Range<UInt64> {
      let drawn = try MonteCarloVaR(paths: 40_000, seed: seed).forecast(returns, question)
      for (a, b) in zip(drawn, closed) {
        // Compounding moves losses of a tenth of a per cent by far less than a standard error.
        #expect(abs(a.valueAtRisk - b.valueAtRisk) < 4 * a.valueAtRiskError, "seed \(seed) \(a)")
        #expect(
          abs(a.expectedShortfall - b.expectedShortfall) < 4 * a.expectedShortfallError,
          "seed \(seed) \(a) \(b)")
        #expect(a.valueAtRiskError > 0 && a.valueAtRiskError < 0.03 * a.valueAtRisk)
      }
    }
  }

  @Test func simulatedStudentTendsToTheClosedForm() throws {
    let returns = VaRSamples.clustered(2_000, seed: 8)
    let question = try VaRSamples.question(0.95, 0.99)
    let closed = try StudentVaR().forecast(returns, question)
    for seed in 0..<5 as Range<UInt64> {
      let drawn = try MonteCarloVaR(law: .studentT, paths: 40_000, seed: seed)
        .forecast(returns, question)
      for (a, b) in zip(drawn, closed) {
        #expect(
          abs(a.valueAtRisk - b.valueAtRisk) < 4 * a.valueAtRiskError, "seed \(seed) \(a) \(b)")
      }
    }
  }

  @Test func garchFindsItsParameters() throws {
    var (reaction, persistence) = (0.0, 0.0)
    for seed in 0..<4 as Range<UInt64> {
      let returns = VaRSamples.clustered(8_000, seed: seed)
      let fit = try GARCHFit(returns.span)
      reaction += fit.recursion.reaction / 4
      persistence += fit.recursion.persistence / 4
    }
    #expect(abs(reaction - 0.1) < 0.015 && abs(persistence - 0.86) < 0.02)
  }

  /// Series on which fits have no answer, or a strange one: an error that says so, and soon.
  @Test(arguments: names)
  func degenerateSeries(name: String) throws {
    let model = try VaRCatalog.model(name)
    let question = try VaRSamples.question(0.95, horizon: 1)
    let series: [[Double]] = [
      [], [0.01], Array(repeating: 0, count: 100), Array(repeating: 0.01, count: 100),
      Array(repeating: .nan, count: 100), Array(repeating: 1e-300, count: 100),
      (0..<100).map { $0 == 50 ? 0.1 : 0 }, (0..<100).map { $0 == 0 ? -0.9 : 0 },
      (0..<100).map { $0 % 2 == 0 ? 0.01 : -0.01 }, (0..<100).map { Double($0) * 1e150 },
      (0..<100).map { $0 < 50 ? 0 : 0.01 * Double($0 % 7) }, [.infinity, 0.1, -0.1],
      (0..<100).map { $0 == 3 ? -1 : 0.001 * Double($0 % 5) },
    ]
    for returns in series {
      do {
        let found = try model.forecast(returns, question)[0]
        #expect(!found.valueAtRisk.isNaN && !found.expectedShortfall.isNaN, "\(name) \(returns)")
      } catch {
        #expect(!"\(error)".isEmpty)
      }
    }
  }
}

extension StudentFit {
  fileprivate init(location: Double, scale: Double, freedom: Double) {
    self.init(location: location, scale: scale, freedom: freedom, logLikelihood: .nan)
  }
}
