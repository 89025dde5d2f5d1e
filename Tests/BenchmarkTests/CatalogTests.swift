import BenchmarkKit
import Foundation
import Scenarios
import TestSupport
import Testing

/// Every scenario on tiny data: that it runs, that its contestants agree, and that it is declared whole.
@Suite struct CatalogTests {
  /// The executable that was built along with these tests.
  static let apus: String? = {
    var folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    while folder.path != "/" {
      let path = folder.appending(path: "apus").path
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
        return path
      }
      folder.deleteLastPathComponent()
    }
    return nil
  }()

  @Test func everyScenarioRunsTiny() throws {
    let apus = try #require(Self.apus, "no executable apus beside the tests")
    for scenario in ScenarioCatalog.all {
      let folder = try ScratchFolder()
      let context = ScenarioContext(
        isTiny: true, threads: 2, scratch: folder.url.path, apus: apus)
      let result = scenario.measure(context, options: .tiny)
      #expect(result.failure == nil, "\(scenario.name)")
      #expect(result.rounds == 1)
      #expect(result.contestants.count >= 2, "\(scenario.name)")
      #expect(result.contestants.last?.limitRatio == nil)
      for contestant in result.contestants {
        #expect(contestant.seconds.min > 0 && contestant.ratePerSecond > 0)
      }
      for contestant in result.contestants.dropLast() {
        #expect(contestant.limitRatio.map { $0.min > 0 } == true, "\(scenario.name)")
      }
    }
  }

  @Test func namesAreUnique() {
    let names = ScenarioCatalog.all.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(ScenarioCatalog.all.allSatisfy { !$0.limit.isEmpty && $0.name.contains("/") })
  }

  @Test func everyStageHasAScenario() {
    let stages = Set(ScenarioCatalog.all.compactMap { $0.name.split(separator: "/").first })
    let expected: Set<Substring> = [
      "import", "store", "resample", "expressions", "lanes", "sweep", "metrics", "result",
      "startup", "portfolio", "strategies", "allocation", "paths", "books", "challenge",
    ]
    #expect(stages == expected)
  }

  @Test func missingExecutableIsReported() throws {
    let folder = try ScratchFolder()
    let context = ScenarioContext(
      isTiny: true, threads: 1, scratch: folder.url.path, apus: nil)
    let scenario = try #require(ScenarioCatalog.all.first { $0.name == "startup/version" })
    let result = scenario.measure(context, options: .tiny)
    #expect(result.failure?.contains("make build") == true)
    #expect(result.contestants.isEmpty)
  }
}
