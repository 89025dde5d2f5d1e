import Testing

@testable import Risk

/// Held against arch, scipy and numpy.
@Suite struct GoldenVaRTests {
  @Test func garchAgainstArch() throws {
    for answer in try VaRSamples.answers("garch") {
      let returns = try VaRSamples.returns(answer[0])
      let fit = try GARCHFit(returns.span)
      let expected = answer.dropFirst().compactMap { Double($0) }
      #expect(
        fit.logLikelihood >= expected[3] - 1e-9 * abs(expected[3]),
        "\(answer[0]): \(fit.logLikelihood) and \(expected[3])")
      #expect(fit.logLikelihood <= expected[3] + 1e-3, "\(answer[0])")
      // The likelihood is flat at its top: arch stops where its own tolerance ends.
      #expect(gap(fit.recursion.constant, expected[0]) < 2e-4, "\(answer[0])")
      #expect(abs(fit.recursion.reaction - expected[1]) < 2e-5, "\(answer[0])")
      #expect(abs(fit.recursion.persistence - expected[2]) < 2e-5, "\(answer[0])")
    }
    for answer in try VaRSamples.answers("garch_variance") {
      let returns = try VaRSamples.returns(answer[0])
      let fit = try GARCHFit(returns.span)
      for (horizon, place) in [(1, 1), (10, 2)] {
        let variance = fit.recursion.sum(of: horizon, after: returns.span, mean: fit.mean)
        #expect(gap(variance, try #require(Double(answer[place]))) < 2e-5, "\(answer[0])")
      }
    }
  }

  @Test func studentAgainstScipy() throws {
    for answer in try VaRSamples.answers("student_t") {
      let returns = try VaRSamples.returns(answer[0])
      let fit = try StudentFit(returns.span)
      let expected = answer.dropFirst().compactMap { Double($0) }
      #expect(fit.logLikelihood >= expected[3] - 1e-9 * abs(expected[3]), "\(answer[0])")
      #expect(abs(fit.location - expected[0]) < 1e-6, "\(answer[0])")
      #expect(gap(fit.scale, expected[1]) < 1e-4 && gap(fit.freedom, expected[2]) < 1e-4)
    }
  }

  @Test func ewmaAgainstArch() throws {
    for answer in try VaRSamples.answers("ewma_variance") {
      let returns = try VaRSamples.returns(answer[0])
      let variance = VarianceRecursion(decay: 0.94).next(after: returns.span, mean: 0)
      #expect(gap(variance, try #require(Double(answer[1]))) < 1e-12, "\(answer[0])")
    }
  }

  @Test(arguments: [
    ("historical", "historical", 1, 1e-12), ("historical_10", "historical", 10, 1e-12),
    ("gaussian", "gaussian", 1, 1e-9), ("student_t_at", "student_t", 1, 1e-4),
    ("filtered_historical", "filtered_historical", 1, 1e-4),
  ])
  func tails(kind: String, model: String, horizon: Int, tolerance: Double) throws {
    let answers = try VaRSamples.answers(kind)
    #expect(answers.count == 16)
    for answer in answers {
      let numbers = answer.dropFirst().compactMap { Double($0) }
      let question = try VaRSamples.question(numbers[0], horizon: horizon)
      let found = try VaRCatalog.model(model)
        .forecast(VaRSamples.returns(answer[0]), question)[0]
      #expect(gap(found.valueAtRisk, numbers[1]) < tolerance, "\(kind) \(answer) \(found)")
      #expect(gap(found.expectedShortfall, numbers[2]) < tolerance, "\(kind) \(answer) \(found)")
    }
  }

  @Test func cornishFisherAndWhereItIsRefused() throws {
    var refused = 0
    for answer in try VaRSamples.answers("cornish_fisher_250") {
      let numbers = answer.dropFirst().compactMap { Double($0) }
      let returns = Array(try VaRSamples.returns(answer[0]).suffix(250))
      let question = try VaRSamples.question(numbers[0])
      let moments = Moments(returns.span)
      let isInside = CornishFisherVaR.isMonotone(
        skew: moments.skew, excessKurtosis: moments.excessKurtosis)
      guard isInside else {
        #expect(throws: RiskError.self) { try CornishFisherVaR().forecast(returns, question) }
        refused += 1
        continue
      }
      let found = try CornishFisherVaR().forecast(returns, question)[0]
      #expect(gap(found.valueAtRisk, numbers[1]) < 1e-9, "\(answer)")
      #expect(gap(found.expectedShortfall, numbers[2]) < 1e-8, "\(answer) \(found)")
    }
    // Boeing's year, with a skewness of 1.5 and an excess kurtosis of 13, lies outside.
    #expect(refused == 4)
  }

  @Test func coverageAgainstScipy() throws {
    let answers = try VaRSamples.answers("coverage")
    #expect(answers.count == 14)
    for answer in answers {
      let numbers = answer.dropFirst().compactMap { Double($0) }
      let tests = CoverageTests(hits: answer[0].map { $0 == "1" }, tail: numbers[0])
      let found = [tests.unconditional, tests.independence, tests.conditional]
        .flatMap { [$0.statistic, $0.probability] }
      for (value, expected) in zip(found, numbers.dropFirst()) {
        // scipy's binomial likelihoods are differences of gammas, which leaves them some 12 digits.
        #expect(abs(value - expected) <= 1e-9 * max(abs(expected), 1e-2), "\(answer) \(found)")
      }
    }
  }
}
