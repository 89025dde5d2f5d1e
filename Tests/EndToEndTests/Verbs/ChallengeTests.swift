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
    let shown = try await place.done("challenge board a.h5 b.h5 --by total_return --top 1")
    #expect(shown.count { $0 == "%" } == 2, "\(shown)")
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

  /// A crowd and a hundred thousand samples are seconds of work on any machine.
  @Test(
    "Ctrl-C while scoring ends in 130 and leaves no file, and those that were there as they were")
  func interrupted() async throws {
    let place = try await place()
    try place.folder.write(
      Self.rules.replacing("samples: 50", with: "samples: 100000")
        .replacing("metrics:", with: "metric: \"calmar\", metrics:"), to: "long.json5")
    try await place.done(
      "challenge generate rules.json5 --participants 3000 --trades 30 -o crowd.csv --quiet")
    let words = ["challenge", "score", "long.json5", "crowd.csv", "--threads", "1", "-o", "b.h5"]
    let before = try place.contents()
    for milliseconds in [1500, 3000] {
      let running = try RunApus.start(words, in: place.folder)
      try await Task.sleep(for: .milliseconds(milliseconds))
      running.signal(SIGINT)
      let result = try await running.finish(timeout: 30)
      #expect(result.status == 130, "\(result.errors)")
      #expect(result.output.isEmpty)
      #expect(try place.contents() == before)
    }
  }

  @Test("nobody sees a hold-out before its day, by no flag")
  func holdOut() async throws {
    let place = try await place()
    let bounds = try await place.json("inspect prices.h5")
    let hold = { (revealed: String) in
      Self.rules.replacing("to: \"2099-12-31\"", with: "to: \"2010-03-01\"").replacing(
        "constraints:",
        with:
          "hold_out: { from: \"2010-03-02\", to: \"2010-05-31\", revealed: \"\(revealed)\" }, constraints:"
      )
    }
    #expect(bounds["panels"].list.count == 1)
    try place.folder.write(hold("2098-01-01"), to: "hidden.json5")
    try place.folder.write(hold("2012-01-01"), to: "shown.json5")
    let ahead = try await place.apus("challenge check hidden.json5 entries.csv --today 2098-01-01")
    #expect(ahead.status == 2 && ahead.errors.contains("that day has not come"), "\(ahead.errors)")
    try await place.done(
      "challenge generate hidden.json5 --participants 12 -o entries.csv --quiet --force")
    try await place.done("challenge score hidden.json5 entries.csv -o hidden.h5 --quiet")
    let board = try JSON(place.folder.read("hidden.json"))
    #expect(board["hold_out"]["is_scored"] == .bool(false))
    #expect(board["rows"].list.allSatisfy { $0["hold_out"] == .null })
    try await place.done(
      "challenge score shown.json5 entries.csv -o then.h5 --quiet --today 2011-01-01")
    try await place.done("challenge score shown.json5 entries.csv -o shown.h5 --quiet")
    let then = try JSON(place.folder.read("then.json"))
    let shown = try JSON(place.folder.read("shown.json"))
    for (row, other) in zip(then["rows"].list, shown["rows"].list) {
      #expect(row["score"] == other["score"])
      #expect(row["hold_out"] == .null && other["hold_out"] != .null)
    }
  }

  @Test("what is wrong with an entry or with scores that it reads is told without flags of imports")
  func hints() async throws {
    let place = try await place()
    try place.folder.write("time,symbol,score,score\n2010-01-04,S0000,1,2\n", to: "scores.csv")
    try place.folder.write(
      """
      { apus: 1, data: { scores: { file: "scores.csv", field: "score" } },
        strategy: { weights: "if(score > 0, 0.2, 0)" } }
      """, to: "mine.json5")
    try place.folder.write("", to: "none.csv")
    try place.folder.write("date,S0000,S0000\n2010-01-04,0.5,0.5\n", to: "twice.csv")
    let spec = try await place.apus("challenge check rules.json5 mine.json5")
    #expect(spec.status == 1 && !spec.output.contains("--"), "\(spec.output)\(spec.errors)")
    for name in ["none.csv", "twice.csv"] {
      let result = try await place.apus("challenge check rules.json5 \(name)")
      #expect(result.status == 3 && result.errors.contains(name), "\(result.errors)")
      #expect(!result.errors.contains(" --") && !result.errors.contains("price file"))
    }
  }
}
