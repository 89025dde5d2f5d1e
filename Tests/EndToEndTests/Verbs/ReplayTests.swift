import Foundation
import TestSupport
import Testing

@Suite struct ReplayTests {
  private func place() async throws -> Workplace {
    let place = try Workplace()
    try await place.makeStore()
    try place.folder.write(Specs.cross(), to: "a.json5")
    try await place.done("sweep a.json5 -o r.h5 --quiet")
    return place
  }

  @Test func resultsAndTalkAreApart() async throws {
    let place = try await place()
    let result = try await place.apus("replay r.h5 --lane 17")
    #expect(result.status == 0)
    #expect(result.errors == "lane 17 is bit for bit the row of r.h5\n")
    let lines = result.output.split(separator: "\n")
    #expect(lines[0] == "lane 17: S0001, fast = 2, slow = 30, fill next_open")
    #expect(lines.contains { $0.hasPrefix("entry       exit") })
    let quiet = try await place.apus("replay r.h5 --lane 17 --quiet")
    #expect(quiet.errors.isEmpty && quiet.output == result.output)
  }

  @Test func json() async throws {
    let place = try await place()
    let json = try await place.json("replay r.h5 --lane 17")
    #expect(json["is_identical"] == .bool(true))
    #expect(json["symbol"].string == "S0001")
    #expect(json["parameters"]["slow"].int == 30)
    #expect(json["equity"].list.count == 120)
    let rows = try await RankTests.rows(place, "r.h5")
    let total = try #require(json["metrics"]["total_return"].number)
    #expect(total == Double(rows[17]["total_return"] ?? ""))
    // The equity itself ends where the return says.
    let last = try #require(json["equity"].list.last?.number)
    #expect(abs(last / 100_000 - 1 - total) < 1e-12)
    // Each fill moves cash by its price, units and commission.
    var cash = 100_000.0
    for fill in json["fills"].list {
      let (price, units) = (fill["fill_price"].number ?? .nan, fill["units"].number ?? .nan)
      cash -= price * units + (fill["commission"].number ?? .nan)
      #expect(abs(cash - (fill["cash_after"].number ?? .nan)) < 1e-6)
    }
    #expect(json["fills"].list.count > 1)
  }

  @Test func theTraceGoesToAFile() async throws {
    let place = try await place()
    let result = try await place.apus("replay r.h5 --lane 3 -o lane.h5")
    #expect(result.status == 0)
    #expect(result.errors.hasPrefix("wrote lane.h5\n"))
    let info = try await place.json("inspect lane.h5")
    #expect(info["traces"].int == 1 && info["lanes_ok"].int == 1)
    // A replay of the replay.
    try await place.done("replay lane.h5 --lane 3")
    let before = try place.contents()
    let refused = try await place.apus("replay r.h5 --lane 4 -o lane.h5")
    #expect(refused.status == 2)
    #expect(refused.output.isEmpty)
    #expect(refused.errors.hasPrefix("error: lane.h5 exists and is kept."))
    #expect(try place.contents() == before)
    try await place.done("replay r.h5 --lane 4 -o lane.h5 --force")
    #expect(try await place.apus("replay lane.h5 --lane 3").status == 2)
  }

  @Test func theStoreMayMoveButNotChange() async throws {
    let place = try await place()
    let files = FileManager.default
    try files.moveItem(
      atPath: place.folder.path("prices.h5"), toPath: place.folder.path("moved.h5"))
    let lost = try await place.apus("replay r.h5 --lane 0")
    #expect(lost.status == 3)
    #expect(lost.errors.contains("prices.h5 does not exist."))
    try await place.done("replay r.h5 --lane 0 --store moved.h5")
    try await place.makeStore("prices.h5", "--seed 2")
    let changed = try await place.apus("replay r.h5 --lane 0")
    #expect(changed.status == 3)
    #expect(changed.errors.contains("has changed since the run"))
    #expect(changed.errors.contains("--store"))
  }

  @Test(arguments: [
    ("replay r.h5", 2, "error: --lane: is needed by 'replay' and absent."),
    ("replay r.h5 --lane 60", 2, "error: --lane: the result has no lane 60; it has 60 lanes"),
    ("replay r.h5 --lane -1", 2, "error: --lane"),
    ("replay r.h5 --lane one", 2, "error: --lane: 'one' is not a whole number."),
    ("replay r.h5 --lane 1 -o -", 2, "error: --output: a result is a file"),
    ("replay r.h5 --lane 1 -o r.h5 --force", 2, "error: --output: r.h5 is read"),
    ("replay r.h5 --lane 1 -o prices.h5 --force", 2, "error: --output: prices.h5 is read"),
    ("replay nowhere.h5 --lane 1", 3, "error: nowhere.h5 does not exist."),
    ("replay prices.h5 --lane 1", 3, "error: prices.h5 is not a result file of Apus"),
    ("replay r.h5 --lane 1 -o no/folder/x.h5", 3, "error: no/folder/x.h5 can't be written"),
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
}
