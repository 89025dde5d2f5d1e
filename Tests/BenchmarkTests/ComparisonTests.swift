import BenchmarkKit
import Testing

/// What is said of two reports.
@Suite struct ComparisonTests {
  static func compare(
    _ first: [Double], _ second: [Double], isClean: Bool = true, limit: [Double]? = nil
  ) -> Comparison {
    let ones = first.map { _ in 1.0 }
    return Comparison(
      ReportTests.report(seconds: first, limit: ones),
      ReportTests.report(seconds: second, limit: limit ?? ones, isClean: isClean))
  }

  @Test(
    arguments: [
      ([10, 10, 10], [10.4, 10.4, 10.4], .same),
      ([10, 10, 10], [9.6, 9.6, 9.6], .same),
      ([10, 10.1, 9.9], [11, 11.1, 10.9], .slower),
      ([10, 10.1, 9.9], [9, 9.1, 8.9], .faster),
      ([10, 12, 9], [11, 11.1, 10.9], .withinNoise),
      ([10, 10.1, 9.9], [9, 10, 8], .withinNoise),
    ] as [([Double], [Double], Comparison.Verdict)])
  func verdicts(first: [Double], second: [Double], verdict: Comparison.Verdict) throws {
    let comparison = Self.compare(first, second)
    let row = try #require(comparison.rows.first)
    #expect(row.verdict == verdict)
    #expect(comparison.hasRegression == (verdict == .slower))
  }

  @Test func boundsComeFromTheRounds() throws {
    let row = try #require(Self.compare([10, 8, 16], [20, 16, 24]).rows.first)
    #expect(row.scenario == "stage/topic" && row.contestant == "engine")
    #expect(row.ratio == 2)
    #expect(row.low == 1)
    #expect(row.high == 3)
  }

  @Test func disturbedRoundsDecideNothing() throws {
    let comparison = Self.compare([10, 10, 10], [20, 20, 20], isClean: false)
    #expect(comparison.rows.first?.verdict == .disturbed)
    #expect(!comparison.hasRegression)
  }

  @Test func limitRatioTellsASlowerMachine() throws {
    // Twice the time, but of the limit too.
    let comparison = Self.compare([10, 10, 10], [20, 20, 20], limit: [2, 2, 2])
    #expect(comparison.rows.count == 2)
    #expect(comparison.rows[0].limitRatioChange == 1)
    #expect(comparison.rows[1].contestant == "loop")
    #expect(comparison.rows[1].limitRatioChange == nil)
  }

  @Test func whatCannotBeComparedIsSaid() {
    let first = ReportTests.report(seconds: [1], limit: [1])
    var second = ReportTests.report(seconds: [1], limit: [1], work: 2000)
    second.machine.cpu = "Other CPU"
    second.machine.threads = 4
    second.isTiny = true
    second.scenarios += ReportTests.report(seconds: [1], limit: [1], name: "stage/new").scenarios
    let comparison = Comparison(first, second)
    #expect(comparison.rows.isEmpty)
    #expect(
      comparison.remarks == [
        "different processors: Sample CPU, then Other CPU",
        "different numbers of threads: 2, then 4",
        "tiny data: the numbers mean nothing",
        "stage/topic: different work, so times can't be compared",
        "stage/new: only in the second report",
      ])
  }

  @Test func missingAndFailedScenariosAreSaid() {
    let first = ReportTests.report(seconds: [1], limit: [1])
    var second = first
    second.scenarios[0].failure = "it broke"
    #expect(Comparison(first, second).remarks == ["stage/topic: not measured: it broke"])
    second.scenarios = []
    #expect(Comparison(first, second).remarks == ["stage/topic: only in the first report"])
  }

  @Test func timesThatAreNoneAreRefused() {
    let first = ReportTests.report(seconds: [1], limit: [1])
    var second = first
    second.scenarios[0].contestants[0].seconds.min = 0
    second.scenarios[0].contestants[1].name = "other"
    let comparison = Comparison(first, second)
    #expect(comparison.rows.isEmpty)
    #expect(
      comparison.remarks == [
        "stage/topic: 'engine' has a time that is no time",
        "stage/topic: 'loop' only in the first report",
      ])
  }
}
