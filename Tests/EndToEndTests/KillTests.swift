import Foundation
import TestSupport
import Testing

/// `kill -9` at random moments: what is read afterwards is the old content or the new, whole.
///
/// `APUS_KILL_SEED` repeats a run, as far as the machine's timing does.
@Suite(.serialized) struct KillTests {
  private static let seed =
    ProcessInfo.processInfo.environment["APUS_KILL_SEED"].flatMap(UInt64.init)
    ?? UInt64.random(in: 0...9999)

  /// What the kills met, so that a test that never hits anything fails.
  private struct Tally {
    var killed = 0
    var replaced = 0
    var leftovers = 0
  }

  /// Hidden files of a folder at the place; the place itself if it is not there.
  private static func temporaries(_ place: Workplace, _ folder: String) throws -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: place.folder.path(folder))
    return (names ?? []).filter { $0.hasPrefix(".") }
  }

  /// Starts `apus` and kills it: half of the time at any moment of its life, half of the time soon
  /// after its temporary file appears.
  private func kill(
    _ place: Workplace, _ line: String, lasting seconds: inout Double,
    _ random: inout SeededGenerator,
    _ tally: inout Tally, in folder: String = "."
  ) async throws {
    let before = Set(try Self.temporaries(place, folder))
    let running = try RunApus.start(line.split(separator: " ").map(String.init), in: place.folder)
    if Bool.random(using: &random) {
      while running.isRunning, try Set(Self.temporaries(place, folder)).isSubset(of: before) {
        usleep(200)
      }
      usleep(UInt32(Double.random(in: 0...0.4, using: &random) * seconds * 1e6))
    } else {
      usleep(UInt32(Double.random(in: 0...1.1, using: &random) * seconds * 1e6))
    }
    running.signal(SIGKILL)
    let result = try await running.finish()
    #expect(result.status == 0 || result.status == 137, "\(line): \(result.errors)")
    // The machine's load changes: follow it.
    seconds *= result.status == 137 ? 1.05 : 0.8
    if result.status == 137 { tally.killed += 1 }
    if try !Self.temporaries(place, folder).isEmpty { tally.leftovers += 1 }
  }

  private func seconds(_ work: () async throws -> Void) async rethrows -> Double {
    let start = ContinuousClock.now
    try await work()
    return (ContinuousClock.now - start) / .seconds(1)
  }

  private func check(_ tally: Tally, of count: Int, _ what: String) {
    print(
      "kills during \(what), seed \(Self.seed): \(tally.killed) of \(count) hit, "
        + "\(tally.replaced) found the new content, \(tally.leftovers) left a temporary file")
    #expect(tally.killed > count / 4, "the moments lie within the run")
    #expect(tally.leftovers > 0, "some kills meet the writing")
    #expect(tally.replaced < count, "some kills come before the end")
  }

  // MARK: - Import

  /// What tells one state of a store from another: its hash, which `--verify` holds against the values, and the rows
  /// that were kept out.
  private func state(_ place: Workplace) async throws -> String {
    let store = try await place.json("inspect s.h5 --verify")
    let other = store["panels"][0]
    #expect(other["name"].string == "other" && other["bars"].int == 1000, "the bystander")
    return "\(store["content_sha256"].string ?? "?") \(store["quarantined"].int ?? -1)"
  }

  private func prices(_ kind: Int) -> String {
    var text = "date,symbol,open,high,low,close,volume\n"
    for symbol in 0..<20 {
      for day in 0..<150 {
        let date = "20\(10 + day / 28 / 12)-\(100 + day / 28 % 12 + 1)-\(100 + day % 28 + 1)"
          .replacing("-1", with: "-")
        let close = 50 + (day * 7 + symbol * 3 + kind * 11) % 40
        // Some rows break a rule, more of them in the second file.
        let high = day < kind && symbol == 0 ? close - 9 : close + 2
        text += "\(date),S\(symbol),\(close),\(high),\(close - 2),\(close).\(kind),1000\n"
      }
    }
    return text
  }

  @Test func importing() async throws {
    var random = SeededGenerator(seed: Self.seed)
    let place = try Workplace()
    let kinds = 1...2
    for kind in kinds { try place.folder.write(prices(kind), to: "\(kind).csv") }
    // Another panel, large enough for its copying to take a while.
    try await place.makeStore("s.h5", "--bars 1000 --symbols 60 --panel other")
    let alone = try place.bytes("s.h5")
    let url = place.folder.url.appending(path: "s.h5")
    func line(_ kind: Int) -> String {
      "import \(kind).csv --store s.h5 --panel p --calendar crypto --force"
    }
    var states = [0: try await state(place)]
    var lasting = 0.0
    for kind in kinds {
      lasting = try await seconds { try await place.done(line(kind)) }
      states[kind] = try await state(place)
    }
    #expect(Set(states.values).count == 3)
    var current = 2
    var tally = Tally()
    let count = 100
    for _ in 0..<count {
      // Now and then the panel is new to the store.
      if Int.random(in: 0..<4, using: &random) == 0 {
        try alone.write(to: url)
        current = 0
      }
      let next = current == 1 ? 2 : 1
      try await kill(place, line(next), lasting: &lasting, &random, &tally)
      let found = try await state(place)
      let isNew = found == states[next]
      #expect(isNew || found == states[current], "seed \(Self.seed)")
      if isNew {
        current = next
        tally.replaced += 1
      }
    }
    check(tally, of: count, "import")
    try await place.done(line(1))
    #expect(try await state(place) == states[1])
    #expect(try place.folder.names() == ["1.csv", "2.csv", "s.h5"], "the next run cleans up")
  }

  // MARK: - Append

  /// Daily rows of some symbols; the last parts differ from the first ones in a few values.
  private func days(_ part: Int) -> String {
    var text = "date,symbol,close,volume\n"
    for symbol in 0..<30 {
      // Around the end of a year, so that an append to a folder touches two files.
      for day in 0..<20 {
        let date = day < 10 ? "2020-12-\(22 + day)" : "2021-01-\(day + 1)"
        let isRevised = part > 1 && (symbol + day + part) % 9 == 0
        text += "\(date),S\(symbol + part),\(isRevised ? part + 90 : 50 + day).5,1000\n"
      }
    }
    return text + "2020-12-25,BAD,-\(part),1\n"
  }

  @Test(arguments: ["s.h5", "s/"]) func appending(store: String) async throws {
    var random = SeededGenerator(seed: Self.seed &+ 2)
    let place = try Workplace()
    let parts = 1...4
    for part in parts { try place.folder.write(days(part), to: "\(part).csv") }
    try await place.makeStore(store, "--bars 1000 --symbols 60 --panel other --start 2018-01-01")
    let url = place.folder.url.appending(path: store)
    let base = place.folder.url.appending(path: "base")
    try FileManager.default.copyItem(at: url, to: base)
    func restore() throws {
      try FileManager.default.removeItem(at: url)
      try FileManager.default.copyItem(at: base, to: url)
    }
    func state() async throws -> String {
      let found = try await place.json("inspect \(store) --verify")
      return "\(found["content_sha256"].string ?? "?") \(found["quarantined"].int ?? -1)"
    }
    func line(_ part: Int) -> String {
      "import \(part).csv --store \(store) --panel p --calendar crypto --append --revise"
    }
    var states = [try await state()]
    var lasting = 0.0
    for part in parts {
      lasting = try await seconds { try await place.done(line(part)) }
      states.append(try await state())
    }
    #expect(Set(states).count == 5)
    try restore()
    var part = 1
    var tally = Tally()
    let count = 50
    for round in 0..<count {
      try await kill(
        place, line(part), lasting: &lasting, &random, &tally, in: store == "s/" ? "s" : ".")
      let found = try await state()
      #expect(found == states[part - 1] || found == states[part], "seed \(Self.seed), \(round)")
      if found == states[part] { tally.replaced += 1 }
      // The same command again completes it, whatever was left behind, and then has nothing to do.
      if found == states[part] || round % 3 == 0 {
        try await place.done(line(part))
        #expect(try await state() == states[part], "seed \(Self.seed), \(round)")
        part = part == parts.upperBound ? 1 : part + 1
        if part == 1 { try restore() }
      }
    }
    check(tally, of: count, "append to \(store)")
    try await place.done(line(part))
    let before = try Data(contentsOf: store == "s/" ? url.appending(path: "2021.h5") : url)
    #expect(try await place.done(line(part)).contains("nothing: the store has it all"))
    #expect(try Data(contentsOf: store == "s/" ? url.appending(path: "2021.h5") : url) == before)
    #expect(
      try Self.temporaries(place, store == "s/" ? "s" : ".").isEmpty, "the next run cleans up")
  }

  // MARK: - Sweep

  @Test func sweeping() async throws {
    var random = SeededGenerator(seed: Self.seed &+ 1)
    let place = try Workplace()
    try await place.makeStore()
    try place.folder.write(Specs.cross(), to: "a.json5")
    func line(_ kind: Int) -> String {
      "sweep a.json5 -o r.h5 --set fast={from:2,to:\(20 + kind)} --set slow={from:21,to:60}"
    }
    var rows: [Int: String] = [:]
    var hashes: [Int: String?] = [:]
    var lasting = 0.0
    for kind in 1...2 {
      lasting = try await seconds { try await place.done(line(kind) + " --force") }
      rows[kind] = try await place.done("export r.h5")
      hashes[kind] = try JSON(place.folder.read("r.json"))["provenance"]["spec_sha256"].string
    }
    #expect(rows[1] != rows[2] && hashes[1] != hashes[2])
    var current = 2
    var tally = Tally()
    var apart = 0
    let count = 40
    for _ in 0..<count {
      if Int.random(in: 0..<4, using: &random) == 0 {
        // No result yet, and so no need for force.
        for name in ["r.h5", "r.json"] {
          try? FileManager.default.removeItem(atPath: place.folder.path(name))
        }
        current = 0
      }
      let next = current == 1 ? 2 : 1
      try await kill(
        place, line(next) + (current == 0 ? "" : " --force"), lasting: &lasting, &random, &tally)
      let names = try place.folder.names()
      guard names.contains("r.h5") else {
        #expect(current == 0 && !names.contains("r.json"), "seed \(Self.seed)")
        continue
      }
      let found = try await place.done("export r.h5")
      let isNew = found == rows[next]
      #expect(isNew || (current != 0 && found == rows[current]), "seed \(Self.seed)")
      // The summary follows its result: a kill between the two leaves the old one, or none.
      if names.contains("r.json") {
        let hash = try JSON(place.folder.read("r.json"))["provenance"]["spec_sha256"].string
        #expect(hash == hashes[next] || hash == hashes[current])
        if hash != hashes[isNew ? next : current] { apart += 1 }
      }
      if isNew {
        current = next
        tally.replaced += 1
      }
    }
    check(tally, of: count, "sweep")
    print("kills during sweep: \(apart) left the summary of the result before")
    try await place.done(line(1) + " --force")
    #expect(try await place.done("export r.h5") == rows[1])
    #expect(
      try place.folder.names() == ["a.json5", "prices.h5", "r.h5", "r.json"],
      "the next run cleans up")
  }
}
