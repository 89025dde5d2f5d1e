import Foundation
import TestSupport
import Testing

/// `kill -9` while transactions come into a book: it has all of them or none, and the same command again completes it.
///
/// `APUS_KILL_SEED` repeats a run as far as timing allows; `APUS_KILL_TRIES` makes more of it than ten.
@Suite(.serialized) struct BookKillTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let seed =
    environment["APUS_KILL_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0...9999)
  private static let tries = environment["APUS_KILL_TRIES"].flatMap(Int.init) ?? 10

  private func rows(_ part: Int) -> String {
    var text = "time,wallet,kind,amount\n"
    for row in 0..<3000 {
      text += "20\(10 + part)-01-0\(1 + row % 9),w-\(1 + row % 200),deposit,\(part).\(row + 1)\n"
    }
    return text
  }

  @Test func importing() async throws {
    var random = SeededGenerator(seed: Self.seed)
    let place = try Workplace()
    try await place.makeStore()
    try await place.done(
      "book generate base.h5 --store prices.h5 --portfolios 200 --holdings 3 --transactions 20000")
    let parts = 1...3
    for part in parts { try place.folder.write(rows(part), to: "transactions-\(part).csv") }
    func line(_ part: Int) -> String { "book import book.h5 transactions-\(part).csv" }
    func state() async throws -> String {
      try await place.json("book inspect book.h5")["content_sha256"].string ?? "?"
    }
    let book = place.folder.url.appending(path: "book.h5")
    func restore() throws {
      try? FileManager.default.removeItem(at: book)
      try place.bytes("base.h5").write(to: book)
    }
    try restore()
    var states = [try await state()]
    let start = ContinuousClock.now
    for part in parts {
      try await place.done(line(part))
      states.append(try await state())
    }
    var seconds = (ContinuousClock.now - start) / .seconds(1) / 6
    #expect(Set(states).count == 4)
    try restore()
    var (part, killed, found) = (1, 0, 0)
    for round in 0..<Self.tries {
      let running = try RunApus.start(
        line(part).split(separator: " ").map(String.init), in: place.folder)
      usleep(UInt32(Double.random(in: 0...1.1, using: &random) * seconds * 1e6))
      running.signal(SIGKILL)
      let result = try await running.finish()
      #expect(result.status == 0 || result.status == 137, "\(result.errors)")
      seconds *= result.status == 137 ? 1.05 : 0.8
      if result.status == 137 { killed += 1 }
      let now = try await state()
      #expect(now == states[part - 1] || now == states[part], "seed \(Self.seed), \(round)")
      if now == states[part] { found += 1 }
      try await place.done(line(part))
      #expect(try await state() == states[part], "seed \(Self.seed), \(round)")
      let before = try place.bytes("book.h5")
      try await place.done(line(part))
      #expect(try place.bytes("book.h5") == before, "a repeat changes no byte")
      part = part == parts.upperBound ? 1 : part + 1
      if part == 1 { try restore() }
    }
    print(
      "kills during book import, seed \(Self.seed): \(killed) of \(Self.tries) hit, \(found) found the new content"
    )
    #expect(killed > 0)
    #expect(try place.folder.names().allSatisfy { !$0.hasPrefix(".") }, "the next run cleans up")
  }
}
