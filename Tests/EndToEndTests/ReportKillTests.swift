import Foundation
import TestSupport
import Testing

/// `kill -9` while reports of clients, or a contest's board, are written: files are the old ones or the new ones, whole, and
/// the same command again completes them.
///
/// `APUS_KILL_SEED` repeats a run as far as timing allows; `APUS_KILL_TRIES` makes more of it than ten.
@Suite(.serialized) struct ReportKillTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let seed =
    environment["APUS_KILL_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0...9999)
  private static let tries = environment["APUS_KILL_TRIES"].flatMap(Int.init) ?? 10

  private func names(_ place: Workplace, in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: place.folder.path(folder))
  }

  /// The files of a folder; nil if it isn't there.
  private func files(_ place: Workplace, _ folder: String) throws -> [String: Data]? {
    let url = place.folder.url.appending(path: folder)
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    return Dictionary(
      uniqueKeysWithValues: try names(place, in: folder).map {
        ($0, try Data(contentsOf: url.appending(path: $0)))
      })
  }

  /// Starts `apus` and kills it at some moment; whether that hit it.
  private func kill(
    _ place: Workplace, _ line: String, lasting seconds: inout Double,
    _ random: inout SeededGenerator, fine: [Int32] = [0]
  ) async throws -> Bool {
    let running = try RunApus.start(line.split(separator: " ").map(String.init), in: place.folder)
    usleep(UInt32(Double.random(in: 0.2...1.1, using: &random) * seconds * 1e6))
    running.signal(SIGKILL)
    let result = try await running.finish()
    #expect(result.status == 137 || fine.contains(result.status), "\(line): \(result.errors)")
    // The machine's load changes: follow it.
    seconds *= result.status == 137 ? 1.05 : 0.8
    return result.status == 137
  }

  private func seconds(_ work: () async throws -> Void) async rethrows -> Double {
    let start = ContinuousClock.now
    try await work()
    return (ContinuousClock.now - start) / .seconds(1)
  }

  @Test func reporting() async throws {
    var random = SeededGenerator(seed: Self.seed)
    let place = try Workplace()
    try await place.makeStore()
    try await place.done(
      "book generate old.h5 --store prices.h5 --portfolios 150 --holdings 3 --transactions 6000")
    try place.bytes("old.h5").write(to: place.folder.url.appending(path: "new.h5"))
    let rows = (1...150).map { "p-\($0),deposit,\($0).25," }.joined(separator: "\n")
    let bar = try await place.json("inspect prices.h5")["panels"][0]["to"].string ?? "?"
    try place.folder.write(
      "portfolio,kind,amount,time\n" + rows.replacing(",\n", with: ",\(bar)\n") + bar + "\n",
      to: "transactions.csv")
    try await place.done("book import new.h5 transactions.csv")
    func line(_ book: String, _ folder: String = "out") -> String {
      "book report \(book).h5 --format json -o \(folder)"
    }
    var lasting = 0.0
    var states: [String: [String: Data]] = [:]
    var period = ""
    for book in ["old", "new"] {
      lasting = try await seconds { try await place.done(line(book, book)) }
      period = try #require(try names(place, in: book).first)
      states[book] = try #require(try files(place, "\(book)/\(period)"))
    }
    let (old, new) = (try #require(states["old"]), try #require(states["new"]))
    #expect(old.count == 152 && old.keys == new.keys)
    #expect(old.allSatisfy { $0.key.hasPrefix("index") || new[$0.key] != $0.value })
    let out = place.folder.url.appending(path: "out")
    var (killed, found) = (0, 0)
    for round in 0..<Self.tries {
      // Into a folder that is new, which appears whole; then over the reports of the other book.
      try? FileManager.default.removeItem(at: out)
      if try await kill(place, line("old"), lasting: &lasting, &random) { killed += 1 }
      let first = try files(place, "out/\(period)")
      #expect(first == nil || first == old, "seed \(Self.seed), \(round)")
      try await place.done(line("old"))
      #expect(try files(place, "out/\(period)") == old, "seed \(Self.seed), \(round)")
      if try await kill(place, line("new"), lasting: &lasting, &random) { killed += 1 }
      let mixed = try #require(try files(place, "out/\(period)"))
      #expect(mixed.keys == old.keys)
      for (name, bytes) in mixed {
        #expect(bytes == old[name] || bytes == new[name], "seed \(Self.seed), \(round), \(name)")
      }
      // The index comes last.
      if mixed["index.json"] == new["index.json"] {
        #expect(mixed == new, "seed \(Self.seed), \(round)")
        found += 1
      }
      try await place.done(line("new"))
      #expect(try files(place, "out/\(period)") == new, "seed \(Self.seed), \(round)")
    }
    print(
      "kills during book report, seed \(Self.seed): \(killed) of \(2 * Self.tries) hit, \(found) found the new reports"
    )
    #expect(killed > 0)
    #expect(try names(place, in: "out") == [period], "the next run cleans up")
  }

  @Test func scoring() async throws {
    var random = SeededGenerator(seed: Self.seed &+ 1)
    let place = try Workplace()
    try await place.makeStore()
    for (name, fee) in [("old", 5), ("new", 9)] {
      try place.folder.write(
        """
        { apus: 1, challenge: "spring", data: { store: "prices.h5" },
          window: { from: "2000-01-01", to: "2099-12-31" },
          execution: { commission: { bps: \(fee) } }, bootstrap: { samples: 50 } }
        """, to: "\(name).json5")
    }
    try await place.done("challenge generate old.json5 --participants 300 -o entries.csv --quiet")
    func line(_ rules: String, _ board: String = "out") -> String {
      "challenge score \(rules).json5 entries.csv -o \(board).h5 --force"
    }
    func board(_ name: String) throws -> [Data] {
      try ["h5", "json"].map { try place.bytes("\(name).\($0)") }
    }
    var lasting = 0.0
    for rules in ["old", "new"] {
      lasting = try await seconds { try await place.done(line(rules, rules)) }
    }
    let (old, new) = (try board("old"), try board("new"))
    #expect(old[0] != new[0] && old[1] != new[1])
    try await place.done(line("old"))
    var (killed, current) = (0, "old")
    for round in 0..<Self.tries {
      let next = current == "old" ? "new" : "old"
      if try await kill(place, line(next), lasting: &lasting, &random) { killed += 1 }
      let found = try board("out")
      #expect(found == old || found == new, "seed \(Self.seed), \(round)")
      try await place.done(line(next))
      #expect(try board("out") == (next == "old" ? old : new), "seed \(Self.seed), \(round)")
      current = next
    }
    print("kills during challenge score, seed \(Self.seed): \(killed) of \(Self.tries) hit")
    #expect(killed > 0)
    #expect(try place.folder.names().allSatisfy { !$0.hasPrefix(".") }, "the next run cleans up")
  }
}
