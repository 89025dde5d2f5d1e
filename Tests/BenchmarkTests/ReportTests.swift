import BenchmarkKit
import TestSupport
import Testing
import apus_bench

/// Statistics, files and tables of results.
@Suite struct ReportTests {
  static let machine = MachineFacts(
    cpu: "Sample CPU", cores: 2, threads: 2, kernelVariant: "baseline", blasCore: "not used",
    swiftVersion: "6.3", date: "2026-01-31T12:00:00Z", apusVersion: "9.8.7")

  /// A report of one scenario with one contestant and its limit.
  static func report(
    seconds: [Double], limit: [Double], isClean: Bool = true, work: Double = 1000,
    name: String = "stage/topic"
  ) -> BenchmarkReport {
    let scenario = Scenario(name, unit: .bars, limit: "a loop") { _ in
      throw BenchmarkError.unavailable(what: "everything", next: "leave it")
    }
    let workload = Workload(
      work: work, contestants: [Contestant("engine") {}], limit: Contestant("loop") {})
    let samples = Sampler.Samples(seconds: [seconds, limit], repeatedRounds: 1, isClean: isClean)
    return BenchmarkReport(
      machine: machine, isTiny: false,
      scenarios: [ScenarioResult(scenario: scenario, workload: workload, samples: samples)])
  }

  @Test(
    arguments: [
      ([3.0], 3, 3, 3), ([2, 1], 1.5, 1, 2), ([5, 1, 9, 7, 3], 5, 1, 9), ([4, 1, 3, 2], 2.5, 1, 4),
    ] as [([Double], Double, Double, Double)])
  func spreads(values: [Double], median: Double, min: Double, max: Double) {
    #expect(Spread(of: values) == Spread(median: median, min: min, max: max))
  }

  @Test func ratiosAreTakenRoundByRound() throws {
    // Both are slow in the third round: the ratio isn't.
    let report = Self.report(seconds: [2, 2, 8, 3, 2], limit: [1, 1, 4, 1, 1])
    let result = try #require(report.scenarios.first)
    #expect(result.contestants.map(\.name) == ["engine", "loop"])
    #expect(result.contestants[0].limitRatio == Spread(median: 2, min: 2, max: 3))
    #expect(result.contestants[1].limitRatio == nil)
    #expect(result.contestants[0].seconds == Spread(median: 2, min: 2, max: 8))
    #expect(result.contestants[0].ratePerSecond == 500)
    #expect(result.rounds == 5 && result.repeatedRounds == 1 && result.isClean)
  }

  @Test func differentAmountsOfWorkAreComparedByTheUnit() throws {
    let scenario = Scenario("stage/sizes", unit: .bars, limit: "the small one") { _ in
      throw BenchmarkError.unavailable(what: "everything", next: "leave it")
    }
    let workload = Workload(
      work: 100, contestants: [Contestant("large", work: 1000) {}], limit: Contestant("small") {})
    let samples = Sampler.Samples(seconds: [[24, 20], [2, 2]], repeatedRounds: 0, isClean: true)
    let result = ScenarioResult(scenario: scenario, workload: workload, samples: samples)
    // Ten times the work in ten to twelve times the time.
    #expect(result.contestants[0].limitRatio == Spread(median: 1.1, min: 1, max: 1.2))
    #expect(result.contestants[0].work == 1000 && result.contestants[1].work == nil)
    #expect(result.contestants[0].ratePerSecond == 1000.0 / 22)
  }

  @Test func jsonReadsBackAsTheSame() throws {
    var report = Self.report(seconds: [1.0 / 3, 1e-9, 7], limit: [0.1, 0.2, 0.3], isClean: false)
    let broken = Scenario("stage/broken \"quoted\"", unit: .bytes, limit: "nothing") { _ in
      throw BenchmarkError.unavailable(what: "a thing", next: "get \"it\"\n")
    }
    let context = ScenarioContext(isTiny: true, threads: 1, scratch: "/tmp", apus: nil)
    report.scenarios.append(broken.measure(context, options: .tiny))
    #expect(report.scenarios[1].failure != nil)
    let folder = try ScratchFolder()
    let path = folder.path("report.json")
    try ReportFile.write(report, to: path, force: false)
    #expect(try ReportFile.read(path) == report)
    let text = try folder.read("report.json")
    for key in ["kernel_variant", "is_clean", "limit_ratio", "rate_per_second", "blas_core"] {
      #expect(text.contains("\"\(key)\""))
    }
  }

  @Test func otherFilesAreRefused() throws {
    let folder = try ScratchFolder()
    let missing = folder.path("none.json")
    #expect(throws: ReportFileError.unreadable(path: missing)) { try ReportFile.read(missing) }
    for text in ["", "{", "[]", "{\"machine\": 1}", "\u{0}"] {
      let path = try folder.write(text, to: "other.json")
      #expect(throws: ReportFileError.self, "\(text)") { try ReportFile.read(path) }
    }
    let json = try ReportFile.json(Self.report(seconds: [1], limit: [1]))
    let path = try folder.write(
      json.replacing("\"cores\" : 2", with: "\"cores\" : \"two\""), to: "kind.json")
    #expect(
      throws: ReportFileError.notAReport(
        path: path, reason: "a value is of the wrong kind at machine.cores")
    ) { try ReportFile.read(path) }
  }

  @Test func recordsNeverReplaceEachOther() throws {
    let folder = try ScratchFolder()
    let report = Self.report(seconds: [1], limit: [1])
    let place = folder.path("a/b")
    let first = try ReportFile.record(report, in: place)
    let second = try ReportFile.record(report, in: place)
    #expect(first == place + "/2026-01-31T12-00-00Z.json")
    #expect(second == place + "/2026-01-31T12-00-00Z-2.json")
    #expect(try ReportFile.read(first) == report)
  }

  @Test func tableShowsRatiosAndDisturbance() {
    var report = Self.report(seconds: [0.002, 0.002, 0.002], limit: [0.001, 0.001, 0.001])
    report.scenarios +=
      Self.report(
        seconds: [4e-6], limit: [1e-6], isClean: false, name: "stage/noisy"
      ).scenarios
    let text = """
      Sample CPU, 2 cores, 2 threads, kernel baseline, BLAS not used
      apus 9.8.7, Swift 6.3, 2026-01-31T12:00:00Z

      scenario     contestant    median         cost  × limit    min…max  rounds
      stage/topic  engine       2.00 ms  2.00 µs/bar     2.00  2.00…2.00  3 clean, 1 repeated
                   limit: loop  1.00 ms  1.00 µs/bar
      stage/noisy  engine       4.00 µs  4.00 ns/bar     4.00  4.00…4.00  1 DISTURBED, 1 repeated
                   limit: loop  1.00 µs  1.00 ns/bar

      """
    #expect(report.text == text)
  }

  @Test(
    arguments: [
      (0, "0"), (1, "1.00"), (12.345, "12.3"), (123.45, "123"), (9.999, "10.0"), (99.96, "100"),
      (0.01234, "0.0123"), (0.1, "0.100"), (-2.5, "-2.50"), (1_234_567, "1234567"), (.nan, "-"),
      (1e300, "1e+300"),
    ] as [(Double, String)])
  func numbersAreShort(value: Double, text: String) {
    #expect(NumberFormat.short(value) == text)
  }

  @Test func costsHaveUnits() {
    #expect(NumberFormat.cost(2.5e9, .bytes) == "2.50 GB/s")
    #expect(NumberFormat.cost(4e9, .laneBars) == "0.250 ns/lane-bar")
    #expect(NumberFormat.cost(20, .processes) == "50.0 ms/process")
    #expect(NumberFormat.time(1.5) == "1.50 s")
    #expect(NumberFormat.time(0.9999) == "1.00 s")
  }

  @Test(
    arguments: [
      (["run", "--filter", "no-such-scenario"], 2), (["run", "--rounds", "4"], 2),
      (["walk"], 2), (["compare", "/no/such/a.json", "/no/such/b.json"], 3),
      (["run", "--filter", "metrics/var", "--tiny", "--json", "/no/such/folder/x.json"], 3),
      (["help", "record"], 0), (["list"], 0),
    ] as [([String], Int32)])
  func commandLinesEndWithTheRightStatus(words: [String], status: Int32) {
    #expect(BenchmarkProgram.run(words) == status)
  }

  @Test func runAndCompareWorkTogether() throws {
    let folder = try ScratchFolder()
    let path = folder.path("tiny.json")
    #expect(
      BenchmarkProgram.run(["run", "--tiny", "--filter", "metrics/var", "--json", path]) == 0)
    let report = try ReportFile.read(path)
    #expect(report.isTiny && report.scenarios.map(\.name) == ["metrics/var"])
    #expect(!report.machine.blasCore.isEmpty && report.machine.cores > 0)
    #expect(BenchmarkProgram.run(["compare", path, path]) == 0)
  }
}
