import Foundation
import TestSupport
import Testing

/// The same work gives the same bits.
@Suite struct DeterminismTests {
  /// Instruction sets that this machine has, as `apus` tells them.
  private func variants(_ place: Workplace) async throws -> [String] {
    let refused = try await place.apus(
      "sweep cross.json5 --dry-run", environment: ["APUS_CPU": "baseline"])
    #expect(refused.status == 0)
    let unknown = try await place.apus("sweep cross.json5", environment: ["APUS_CPU": "?"])
    let list = try #require(unknown.errors.firstMatch(of: /one of: (.*)\n/))
    let names = list.1.split(separator: ",").map { $0.trimmingPrefix(" ") }.map(String.init)
    #expect(names.first == "baseline")
    return names
  }

  private func place(_ more: String = "--bars 700 --symbols 4 --missing 0.02") async throws
    -> Workplace
  {
    let place = try Workplace()
    try await place.makeStore("prices.h5", more)
    try place.folder.write(Specs.cross(), to: "cross.json5")
    try place.folder.write(Specs.guarded(), to: "guarded.json5")
    return place
  }

  @Test(arguments: ["cross", "guarded"])
  func anyNumberOfThreadsAndAnyInstructionSet(name: String) async throws {
    let place = try await place()
    var first: String?
    let variants = try await variants(place)
    for variant in variants {
      for threads in [1, 2, 7] {
        try await place.done(
          "sweep \(name).json5 -o r.h5 --force --quiet --threads \(threads)",
          environment: ["APUS_CPU": variant])
        let rows = try await place.done("export r.h5")
        #expect(rows.split(separator: "\n").count == 61)
        if let first {
          #expect(rows == first, "\(variant), \(threads) threads")
        } else {
          first = rows
        }
        let summary = try JSON(place.folder.read("r.json"))
        #expect(summary["provenance"]["cpu"].string?.hasSuffix("kernel \(variant)") == true)
        #expect(summary["provenance"]["threads"].int == threads)
      }
    }
    print("determinism: \(name) is equal on \(variants.joined(separator: ", "))")
  }

  /// Each lane of both sweeps, replayed with another instruction set than the sweep's.
  @Test(arguments: ["cross", "guarded"])
  func everyLaneReplaysToTheBit(name: String) async throws {
    let place = try await place("--bars 300 --symbols 4 --missing 0.02")
    try await place.done("sweep \(name).json5 -o r.h5 --quiet")
    for lane in 0..<60 {
      let result = try await place.apus(
        "replay r.h5 --lane \(lane)", environment: ["APUS_CPU": lane % 2 == 0 ? "baseline" : ""])
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.errors == "lane \(lane) is bit for bit the row of r.h5\n")
    }
  }

  @Test func generateTwice() async throws {
    let place = try Workplace()
    for options in [
      "", "--missing 0.1 --late 0.3 --decimals -1", "--calendar crypto --frequency minute",
    ] {
      var hashes: [String?] = []
      for (store, seed) in [("a", 5), ("b", 5), ("c", 6)] {
        try await place.done(
          "generate --bars 500 --symbols 7 --store \(store).h5 --force --seed \(seed) \(options)")
        let panels = try await place.json("inspect \(store).h5")["panels"].list
        hashes.append(panels.last?["content_sha256"].string)
      }
      #expect(hashes[0] != nil && hashes[0] == hashes[1])
      #expect(hashes[1] != hashes[2])
    }
  }

  /// The first symbols don't depend on how many there are.
  @Test func generateMoreSymbols() async throws {
    let place = try Workplace()
    var rows: [Set<Substring>] = []
    for symbols in [2, 5] {
      try await place.makeStore("prices.h5", "--bars 200 --symbols \(symbols) --force")
      try place.folder.write(Specs.cross(), to: "a.json5")
      try await place.done(
        "sweep a.json5 -o r.h5 --force --quiet", ["--set", #"data.symbols=["S0000", "S0001"]"#])
      rows.append(Set(try await place.done("export r.h5").split(separator: "\n")))
    }
    #expect(rows[0].count == 31)
    #expect(rows[0] == rows[1])
  }
}
