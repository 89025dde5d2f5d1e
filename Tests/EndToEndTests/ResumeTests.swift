import Foundation
import Storage
import TestSupport
import Testing

/// Sweeps that are killed and continued, and what memory the large ones take.
///
/// `APUS_KILL_SEED` repeats a run, as far as the machine's timing does.
@Suite(.serialized) struct ResumeTests {
  private static let seed =
    ProcessInfo.processInfo.environment["APUS_KILL_SEED"].flatMap(UInt64.init)
    ?? UInt64.random(in: 0...9999)

  /// Some 90,000 lanes of 200,000 bars: seconds of work, and a result that is compared in no time.
  private static let long = [
    "--set", "fast={from: 2, to: 300}", "--set", "slow={from: 2, to: 450}", "--quiet",
  ]

  private let place: Workplace

  init() async throws {
    place = try Workplace()
    try await place.makeStore("prices.h5", "--bars 200000 --symbols 1 --frequency minute")
    try place.folder.write(
      Specs.cross(name: "long", more: "where: \"fast < slow\","), to: "a.json5")
  }

  private func start(_ words: [String]) throws -> RunningApus {
    try RunApus.start(["sweep", "a.json5"] + words + Self.long, in: place.folder)
  }

  private func has(_ name: String) throws -> Bool { try place.folder.names().contains(name) }

  /// Waits for the journal of a run; false if the run ends before it has one.
  private func waitForJournal(_ name: String, _ running: RunningApus) async throws -> Bool {
    while running.isRunning {
      if try has(name) { return true }
      try await Task.sleep(for: .milliseconds(2))
    }
    return false
  }

  /// Every dataset, as bits.
  private func datasets(_ name: String) throws -> [String] {
    let table = try ResultStore.read(place.folder.path(name))
    let numbers = (table.parameters + table.metrics).map { column in
      "\(column.name) \(column.values.map(\.bitPattern))"
    }
    let symbols = table.lanes.indices.map { table.symbol(at: $0) }
    return numbers + [
      "\(table.lanes)", "\(symbols)", "\(table.status)", "\(table.reason)", "\(table.leaderboard)",
    ]
  }

  @Test func killedSweepsEndAsOthersDo() async throws {
    var random = SeededGenerator(seed: Self.seed)
    let whole = try await start(["-o", "whole.h5"]).finish()
    #expect(whole.status == 0, "\(whole.errors)")
    let expected = try datasets("whole.h5")
    var kills = 0
    var status: Int32 = -1
    // However slow the machine, what was finished is not done again, so that it comes to an end.
    for round in 0..<40 where status != 0 {
      let workers = [1, 2, 7][round % 3]
      let running = try start(["-o", "run.h5", "--resume", "--threads", "\(workers)"])
      if kills < 4, try await waitForJournal("run.h5.partial", running) {
        try await Task.sleep(for: .milliseconds(Int.random(in: 0...400, using: &random)))
        // SIGKILL but once: whoever is asked to stop writes what is there.
        running.signal(kills == 2 ? SIGTERM : SIGKILL)
      }
      let result = try await running.finish()
      status = result.status
      #expect([0, 130, 137].contains(status), "seed \(Self.seed): \(result.errors)")
      if status != 0 { kills += 1 }
    }
    print("kills of a sweep that is continued, seed \(Self.seed): \(kills)")
    #expect(status == 0 && kills > 0)
    #expect(try datasets("run.h5") == expected, "seed \(Self.seed)")
    #expect(
      try place.folder.names()
        == ["a.json5", "prices.h5", "run.h5", "run.json", "whole.h5", "whole.json"])
  }

  @Test func theUserIsToldWhatAnEndedRunLeft() async throws {
    let running = try start(["-o", "run.h5", "--threads", "1"])
    try #require(try await waitForJournal("run.h5.partial", running))
    let second = try await start(["-o", "run.h5", "--resume"]).finish()
    #expect(second.status == 3)
    #expect(
      second.errors.hasPrefix("error: run.h5.partial is held by another process"),
      "\(second.errors)")
    running.signal(SIGKILL)
    #expect(try await running.finish().status == 137)
    let unasked = try await start(["-o", "run.h5"]).finish()
    #expect(unasked.status == 2)
    #expect(
      unasked.errors.contains(
        /error: run.h5.partial holds [0-9]+ of [0-9]+ lanes of a run that did not end. Continue it with --resume/
      ), "\(unasked.errors)")
    let other = try await start(
      ["-o", "run.h5", "--resume", "--set", "rank.top=6"]
    ).finish()
    #expect(other.status == 2)
    #expect(
      other.errors.hasPrefix("error: run.h5.partial was begun with another spec"),
      "\(other.errors)")
    let resumed = try await place.apus(
      "sweep a.json5 -o run.h5 --resume", Array(Self.long.dropLast()))
    #expect(resumed.status == 0)
    #expect(
      resumed.errors.contains(/resuming: [0-9]+ of [0-9]+ lanes were finished before\n/),
      "\(resumed.errors)")
    let again = try await start(["-o", "run.h5", "--resume"]).finish()
    #expect(again.status == 2)
    #expect(again.errors.hasPrefix("error: run.h5 is complete: there is nothing to resume."))
  }

  @Test(
    "a million lanes in little memory, of which most is for all of them to be ranked",
    arguments: [("all", 200), ("top", 100)])
  func memory(rows: String, mebibytes: Int) async throws {
    let small = try Workplace()
    try await small.makeStore("prices.h5", "--bars 30 --symbols 1")
    // With fourteen metrics, a table of them all would take 127 MB, and one of texts as much again.
    try small.folder.write(
      """
      { apus: 1, name: "wide", data: { store: "prices.h5" },
        parameters: { n: { from: 2, to: 11 }, stop: { from: 0.001, to: 0.9, count: 100000 } },
        strategy: { long_entry: "close > sma(close, n)", long_exit: "close < sma(close, n)",
          stop_loss: "stop" },
        metrics: ["sharpe", "total_return", "max_drawdown", "trades", "win_rate", "fees", "sortino",
          "volatility", "calmar", "exposure", "turnover", "profit_factor", "ulcer", "final_equity"],
        rank: { by: "total_return", top: 5 } }
      """, to: "a.json5")
    let running = try RunApus.start(
      ["sweep", "a.json5", "--json", "--quiet", "--metrics-only", rows], in: small.folder)
    var peak = 0
    while running.isRunning {
      peak = max(peak, running.peakMebibytes ?? 0)
      try await Task.sleep(for: .milliseconds(2))
    }
    let result = try await running.finish()
    #expect(result.status == 0, "\(result.errors)")
    print("a million lanes, \(rows): \(peak) MiB")
    #expect(peak > 10 && peak < mebibytes, "\(peak) MiB")
    let info = try await small.json("inspect wide.h5")
    #expect(
      info["lanes_ok"].int == 1_000_000 && info["rows"].int == (rows == "all" ? 1_000_000 : 5))
    let board = try JSON(result.output)["leaderboard"]["rows"]
    #expect(board.list.count == 5)
    // The other verbs read what they need.
    let ranked = try await small.json("rank wide.h5 --top 5")
    // All but the costs, which only the run works out.
    let rows = board.list.map { row in
      guard case .object(var keys) = row else { return row }
      keys["costs"] = nil
      return .object(keys)
    }
    #expect(ranked["rows"] == .array(rows))
    let lane = try #require(board[0]["lane"].int)
    try await small.done("replay wide.h5 --lane \(lane)")
  }
}
