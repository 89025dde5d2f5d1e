import Metrics
import Simulation
import Testing

/// The engine against a simulator written from the rules.
@Suite struct OracleTests {
  @Test(arguments: batches(of: 100, in: 0..<800))
  func everyFieldOfEverySummary(seeds: Range<Int>) throws {
    for seed in seeds {
      let scenario = Scenario(seed: seed)
      let run = scenario.run
      for (lane, summary) in try sweep(run).enumerated() {
        let differences = scenario.naively(lane: lane).differences(
          from: summary,
          minimumAcceptable: LaneSummary.ratePerBar(
            annual: run.minimumAcceptable, barsPerYear: run.barsPerYear),
          extended: run.rules.keepsExtendedSums || run.keepsReturns)
        #expect(differences.isEmpty, "seed \(seed), lane \(lane)")
      }
    }
  }

  @Test(arguments: batches(of: 100, in: 800..<1400))
  func everyFillAndBarOfAReplay(seeds: Range<Int>) throws {
    for seed in seeds {
      let scenario = Scenario(seed: seed, sets: 2)
      for lane in 0..<scenario.run.laneCount {
        let differences = scenario.naively(lane: lane).differences(
          from: try replay(scenario.run, lane: lane))
        #expect(differences.isEmpty, "seed \(seed), lane \(lane)")
      }
    }
  }

  /// The random runs reach every rule; otherwise the comparisons above would prove little.
  @Test func randomRunsMeetEveryEvent() {
    var causes: Set<Int> = []
    var ambiguous = 0
    var ruined = 0
    var stale = 0
    var conflicts = 0
    var open = 0
    for seed in 0..<600 {
      let scenario = Scenario(seed: seed)
      for lane in 0..<scenario.run.laneCount {
        let result = scenario.naively(lane: lane)
        causes.formUnion(result.fills.map(\.cause.rawValue))
        ambiguous += result.ambiguous
        ruined += result.isRuined ? 1 : 0
        stale += result.stale
        conflicts += result.conflicts
        open += result.position == nil ? 0 : 1
      }
    }
    #expect(causes.count == 6)
    for count in [ambiguous, ruined, stale, conflicts, open] { #expect(count > 20) }
  }
}
