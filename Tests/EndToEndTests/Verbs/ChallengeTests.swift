import Foundation
import TestSupport
import Testing

/// Contests as a user runs them.
@Suite struct ChallengeTests {
  private static let rules = """
    { apus: 1, challenge: "spring", data: { store: "prices.h5" },
      window: { from: "2000-01-01", to: "2099-12-31" }, constraints: { max_trades: 100 },
      execution: { commission: { bps: 5 } }, metrics: ["total_return"], bootstrap: { samples: 50 } }
    """

  private func place() async throws -> Workplace {
    let place = try Workplace()
    try await place.makeStore()
    try place.folder.write(Self.rules, to: "rules.json5")
    try await place.done(
      "challenge generate rules.json5 --participants 40 --breaches 0.2 -o entries.csv --quiet")
    return place
  }

  @Test("check names who breaks a rule, in which line, and ends in 1")
  func check() async throws {
    let place = try await place()
    let result = try await place.apus("challenge check rules.json5 entries.csv --json")
    #expect(result.status == 1)
    let findings = try JSON(result.output).list
    #expect(!findings.isEmpty && findings.count < 20)
    let lines = try place.folder.read("entries.csv").split(separator: "\n")
    for finding in findings {
      #expect(finding["reason"].string == "price_outside_bar")
      let line = try #require(finding["line"].number)
      #expect(lines[Int(line) - 1].hasPrefix(finding["participant"].string ?? "?"))
    }
    try await place.done(
      "challenge generate rules.json5 --participants 40 -o good.csv --quiet")
    try await place.done("challenge check rules.json5 good.csv --quiet")
  }

  @Test("a board is scored again to the same bytes, by any number of threads")
  func score() async throws {
    let place = try await place()
    for (name, threads) in [("a", 1), ("b", 2), ("c", 7)] {
      let result = try await place.apus(
        "challenge score rules.json5 entries.csv -o \(name).h5 --threads \(threads)")
      #expect(result.status == 1 && result.errors.contains("disqualified"))
    }
    #expect(try place.bytes("a.h5") == place.bytes("b.h5"))
    #expect(try place.bytes("a.h5") == place.bytes("c.h5"))
    #expect(try place.bytes("a.json") == place.bytes("c.json"))
    let again = try await place.apus("challenge score rules.json5 entries.csv -o a.h5")
    #expect(again.status == 2 && again.errors.contains("a.h5"))
    let board = try await place.json("challenge board a.h5 --by total_return --top 3")
    #expect(board["rows"].list.count == 3 && board["rows"].list[0]["rank"].number == 1)
    let both = try await place.json("challenge board a.h5 b.h5")
    #expect(both["warnings"].list.isEmpty && both["rows"].list.count == 40)
  }

  @Test("mistakes name the file, the key and the next step, and end in 2 or 3")
  func mistakes() async throws {
    let place = try await place()
    try place.folder.write(Self.rules.replacing("max_trades", with: "max_trads"), to: "bad.json5")
    let bad = try await place.apus("challenge score bad.json5 entries.csv")
    #expect(bad.status == 2 && bad.errors.contains("Did you mean 'max_trades'?"))
    let missing = try await place.apus("challenge score rules.json5 nowhere.csv")
    #expect(missing.status == 3 && missing.errors.contains("nowhere.csv"))
    let noBoard = try await place.apus("challenge board prices.h5")
    #expect(noBoard.status == 3 && noBoard.errors.contains("prices.h5"))
  }
}
