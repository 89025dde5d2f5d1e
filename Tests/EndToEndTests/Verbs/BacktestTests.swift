import Foundation
import TestSupport
import Testing

@Suite struct BacktestTests {
  private static let one = "backtest a.json5 --set fast=2 --set slow=10"
  private static let single = one + " --set data.symbols=[\"S0001\"]"

  private func place() async throws -> Workplace {
    let place = try Workplace()
    try await place.makeStore()
    try place.folder.write(Specs.cross(), to: "a.json5")
    return place
  }

  @Test func aLanePrintsItsFigures() async throws {
    let place = try await place()
    let result = try await place.apus(Self.single)
    #expect(result.status == 0)
    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(lines[0].hasPrefix("metric                   value "))
    #expect(lines[1].hasSuffix("S0001"))
    #expect(lines.contains { $0.hasPrefix("sharpe ") && $0.contains("sqrt") })
    #expect(result.errors.hasSuffix("wrote cross.h5 and cross.json\n"))
    #expect(try await place.json("inspect cross.h5")["traces"].int == 1)
  }

  @Test func severalSymbolsGiveATableAndATraceEach() async throws {
    let place = try await place()
    let table = try await place.done(Self.one + " -o r.h5 --quiet")
    #expect(
      table.split(separator: "\n", omittingEmptySubsequences: false).prefix { !$0.isEmpty }.count
        == 5)
    #expect(try place.folder.names() == ["a.json5", "prices.h5", "r.h5", "r.json"])
    #expect(try await place.json("inspect r.h5")["traces"].int == 4)
  }

  @Test func jsonAndQuiet() async throws {
    let place = try await place()
    let result = try await place.apus(Self.one + " --json --quiet")
    #expect(result.status == 0 && result.errors.isEmpty)
    let json = try JSON(result.output)
    #expect(json["kind"].string == "backtest")
    #expect(json["leaderboard"]["rows"].list.count == 4)
    #expect(try place.folder.read("cross.json") == result.output)
  }

  /// A backtest's row is the sweep's row of the same parameters.
  @Test func equalsTheSweep() async throws {
    let place = try await place()
    try await place.done(Self.one + " -o one.h5")
    try await place.done("sweep a.json5 -o all.h5")
    func rows(_ result: String) async throws -> Set<String> {
      let lines = try await place.done("export \(result)").split(separator: "\n").dropFirst()
      let cells = lines.map {
        $0.split(separator: ",", omittingEmptySubsequences: false).dropFirst()
      }
      // A backtest has the ladder of costs besides.
      let rows = cells.map { $0.prefix(9).joined(separator: ",") }
      return Set(rows.filter { $0.contains(",2,10,") })
    }
    let one = try await rows("one.h5")
    #expect(one.count == 4)
    #expect(try await rows("all.h5") == one)
  }

  @Test func dryRunWritesNothing() async throws {
    let place = try await place()
    let before = try place.contents()
    #expect(try await place.json(Self.one + " --dry-run")["lanes"].int == 4)
    #expect(try await place.done(Self.one + " --dry-run").contains("lanes       4 = 1 parameter"))
    #expect(try place.contents() == before)
  }

  @Test func anExistingResultNeedsForce() async throws {
    let place = try await place()
    try await place.done(Self.one)
    let before = try place.contents()
    let refused = try await place.apus(Self.one)
    #expect(refused.status == 2)
    #expect(refused.errors.hasPrefix("error: cross.h5 exists and is kept."))
    #expect(try place.contents() == before)
    try await place.done(Self.one + " --force")
  }

  @Test func failedLanesEndInOne() async throws {
    let place = try Workplace()
    try await place.makeStore("prices.h5", "--bars 300 --symbols 12 --late 0.5 --seed 3")
    try place.folder.write(Specs.cross(), to: "a.json5")
    let result = try await place.apus(Self.one + " --set data.to=\"2010-01-29\"")
    #expect(result.status == 1, "\(result.errors)")
    #expect((try await place.json("inspect cross.h5")["lanes_failed"].int ?? 0) > 0)
  }

  @Test(arguments: [
    ("backtest", 2, "error: SPEC: is missing."),
    ("backtest a.json5", 2, "error: SPEC: has 15 parameter sets, and a backtest runs one\n"),
    ("backtest a.json5 --set fast=2 --set slow=[10,20]", 2, "error: SPEC: has 2 parameter sets"),
    ("backtest a.json5 --set fats=2", 2, "error: a.json5: "),
    ("backtest a.json5 --set fast=2 --set fast=3", 2, "error: --set: 'fast=3' sets 'fast' again."),
    (one + " -o -", 2, "error: --output: a result is a file"),
    (one + " -o prices.h5 --force", 2, "error: --output: prices.h5 is read"),
    ("backtest nowhere.json5", 3, "error: nowhere.json5: does not exist."),
    (one + " --store gone.h5", 3, "error: --store: "),
    (one + " --set data.store=gone.h5", 3, "error: a.json5: data.store: "),
    (one + " -o no/folder/r.h5", 3, "error: no/folder/r.h5 can't be written"),
  ])
  func mistakes(words: String, status: Int32, message: String) async throws {
    let place = try await place()
    let before = try place.contents()
    let result = try await place.apus(words)
    #expect(result.status == status)
    #expect(result.output.isEmpty)
    #expect(result.errors.hasPrefix(message), "\(result.errors)")
    #expect(try place.contents() == before)
  }

  @Test func theHintChoosesOneSet() async throws {
    let place = try await place()
    let refused = try await place.apus("backtest a.json5")
    let hint = try #require(
      refused.errors.firstMatch(of: /choose one with (.*), or use apus sweep/))
    try await place.done("backtest a.json5 \(hint.1)")
  }
}
