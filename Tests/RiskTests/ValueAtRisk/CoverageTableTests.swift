import Kernels
import Testing

@testable import Risk

/// Tables and exercises of the literature.
@Suite struct CoverageTableTests {
  /// Exceptions at which 95 % confidence doesn't reject lie between two counts.
  struct Region: Sendable {
    let tail: Double
    let count: Int
    let above: Int
    let below: Int
  }

  /// Kupiec (1995), as Jorion, *Value at Risk*, table 6-2.
  static let regions: [Region] = [
    Region(tail: 0.01, count: 255, above: 0, below: 7),
    Region(tail: 0.01, count: 510, above: 1, below: 11),
    Region(tail: 0.01, count: 1000, above: 4, below: 17),
    Region(tail: 0.025, count: 255, above: 2, below: 12),
    Region(tail: 0.025, count: 510, above: 6, below: 21),
    Region(tail: 0.025, count: 1000, above: 15, below: 36),
    Region(tail: 0.05, count: 255, above: 6, below: 21),
    Region(tail: 0.05, count: 510, above: 16, below: 36),
    Region(tail: 0.05, count: 1000, above: 37, below: 65),
    Region(tail: 0.075, count: 255, above: 11, below: 28),
    Region(tail: 0.075, count: 510, above: 27, below: 51),
    Region(tail: 0.075, count: 1000, above: 59, below: 92),
    Region(tail: 0.1, count: 255, above: 16, below: 36),
    Region(tail: 0.1, count: 510, above: 38, below: 65),
    Region(tail: 0.1, count: 1000, above: 81, below: 120),
  ]

  @Test(arguments: regions)
  func kupiec(region: Region) {
    for exceptions in 0...region.count {
      let tests = CoverageTests(
        count: region.count, exceptions: exceptions, transitions: [[0, 0], [0, 0]],
        tail: region.tail)
      let isKept = tests.unconditional.probability > 0.05
      let isListed = exceptions > region.above && exceptions < region.below
      #expect(isKept == isListed, "\(exceptions) of \(region)")
    }
  }

  /// Jorion's sixth chapter: 20 losses beyond 95 % in the 252 days of 1998 of one bank.
  @Test func jpMorgan1998() {
    let tests = CoverageTests(
      count: 252, exceptions: 20, transitions: [[0, 0], [0, 0]], tail: 0.05)
    #expect(abs(tests.unconditional.statistic - 3.91) < 0.005)
  }

  /// Jorion's sixth chapter, question 10: six exceptions in 252 days at 99 %, four of them after another.
  @Test func sixOfWhichFourFollowAnother() {
    let tests = CoverageTests(
      count: 252, exceptions: 6, transitions: [[244, 2], [2, 4]], tail: 0.01)
    #expect(abs(tests.unconditional.statistic - 3.498) < 0.001)
    #expect(tests.unconditional.probability > 0.05)
    #expect(abs(tests.independence.statistic - 25.837) < 0.001)
    #expect(tests.independence.probability < 1e-6)
    let sum = tests.unconditional.statistic + tests.independence.statistic
    #expect(tests.conditional.statistic == sum)
  }

  /// Ten bars, nine transitions, counted one by one.
  @Test func transitionsByHand() {
    let tests = CoverageTests(
      hits: "0110010000".map { $0 == "1" }, tail: 0.05)
    #expect(tests.transitions == [[4, 2], [2, 1]])
    #expect(tests.exceptions == 3)
    // A third after none, a third after one: nothing depends on anything.
    #expect(tests.independence.statistic < 1e-12)
    #expect(tests.independence.probability > 0.999999)
  }

  @Test func limits() {
    // No exceptions: -2·n·log(1 - p), and nothing to say of clusters.
    let none = CoverageTests(hits: Array(repeating: false, count: 250), tail: 0.01)
    #expect(abs(none.unconditional.statistic - 5.025167926750) < 1e-9)
    #expect(none.independence.statistic == 0 && none.independence.probability == 1)
    // Nothing but exceptions: -2·n·log p.
    let all = CoverageTests(hits: Array(repeating: true, count: 10), tail: 0.01)
    #expect(abs(all.unconditional.statistic - 92.103403719) < 1e-6)
    #expect(all.independence.probability == 1)
    // One, at the end: never followed by anything.
    let last = CoverageTests(hits: Array(repeating: false, count: 99) + [true], tail: 0.01)
    #expect(last.unconditional.statistic < 1e-12 && last.independence.statistic.isFinite)
    let empty = CoverageTests(hits: [], tail: 0.01)
    #expect(empty.conditional.statistic == 0 && empty.conditional.probability == 1)
  }

  /// Basel Committee (1996): 250 days at 99 %.
  @Test func zones() {
    for exceptions in 0...20 {
      let expected: TrafficLight = exceptions <= 4 ? .green : exceptions <= 9 ? .yellow : .red
      #expect(TrafficLight(exceptions: exceptions, of: 250, tail: 0.01) == expected)
    }
  }

  @Test func quantileLossAndShortfallScoreByHand() throws {
    let level = try ConfidenceLevel(0.9)
    let score = VaRBacktest(
      returns: [0.01, -0.05, .nan, -0.02, 0], valueAtRisk: [0.02, 0.03, 0.02, 0.02, .nan],
      expectedShortfall: [0.03, 0.04, 0.03, 0.03, .nan], level: level)
    // 0.1·0.03, then (0.1 - 1)·(-0.02), then 0: a loss equal to VaR is no exception.
    #expect(abs(score.quantileLoss - (0.003 + 0.018) / 3) < 1e-15)
    #expect(abs(score.shortfallScore - (-0.05 / 0.04 / 0.3 + 1)) < 1e-12)
    #expect(score.coverage.exceptions == 1 && score.coverage.count == 3 && score.missing == 2)
  }
}
