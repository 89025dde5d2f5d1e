import Books
import Kernels
import Risk
import TestSupport
import Testing

@testable import Advice

@Suite struct RiskBasisTests {
  @Test("past returns are the sums of the parts, bar by bar, to the last bit")
  func past() throws {
    let estimates = try SampleUniverse().solver().estimates
    let columns = [11, 0, 7, 3]
    let weights = [0.3, 0, -0.2, 0.4]
    let basis = RiskBasis(columns, estimates)
    let held = basis.known.map { weights[$0] }
    let sums = (0..<estimates.returns.barCount).map { bar in
      zip(held, basis.order).reduce(0) { sum, part in
        let value = estimates.returns.values[bar, part.1]
        return value.isFinite ? sum + part.0 * value : sum
      }
    }
    #expect(basis.past(held).map(\.bitPattern) == sums.map(\.bitPattern))
  }

  @Test("weights break limits where their view does, and have its marginals")
  func breaking() throws {
    let estimates = try SampleUniverse().solver().estimates
    let columns = [0, 3, 7, 11]
    let basis = RiskBasis(columns, estimates)
    var source = TestRandom(seed: 5)
    var broken = 0
    for round in 0..<200 {
      let weights = columns.map { _ in
        Double.random(in: 0..<1, using: &source) < 0.2
          ? 0 : 1.5 * Double.random(in: 0..<1, using: &source) - 0.3
      }
      let view = try RiskView(columns: columns, weights: weights, estimates)
      var limits = RiskLimits()
      let slack = 0.5 + Double.random(in: 0..<1, using: &source)
      switch round % 5 {
      case 0: limits.volatility = view.volatility * slack
      case 1: limits.valueAtRisk = view.valueAtRisk * slack
      case 2: limits.shortfall = view.shortfall * slack
      case 3: limits.drawdown = view.drawdown * slack
      default:
        (limits.volatility, limits.drawdown) = (view.volatility * slack, view.drawdown * 0.9)
      }
      let marginal = try basis.marginal(weights, breaking: limits)
      #expect((marginal != nil) == (view.share(within: limits).limit != nil), "round \(round)")
      if let marginal {
        broken += 1
        #expect(marginal == view.marginal)
      }
    }
    #expect((50...150).contains(broken))
  }
}
