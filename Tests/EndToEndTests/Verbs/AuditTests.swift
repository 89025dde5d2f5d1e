import Foundation
import TestSupport
import Testing

@Suite struct AuditTests {
  private func place() async throws -> Workplace {
    let place = try Workplace()
    try await place.makeStore()
    try place.folder.write(Specs.cross(), to: "a.json5")
    return place
  }

  @Test func aCleanSpecEndsWithZero() async throws {
    let place = try await place()
    let result = try await place.apus("audit a.json5 --lanes 3 --cuts 3")
    #expect(result.status == 0, "\(result.errors)")
    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(lines[0].hasPrefix("cross: 3 of ") && lines[0].hasSuffix("3 cuts, route vector"))
    #expect(lines.last == "clean")
    #expect(
      lines.contains {
        $0.hasPrefix("orders stay when later bars are others") && $0.hasSuffix("nothing")
      })
    #expect(try place.folder.names() == ["a.json5", "prices.h5"])
  }

  @Test func json() async throws {
    let place = try await place()
    let json = try await place.json("audit a.json5 --lanes 2 --cuts 2")
    #expect(json["is_clean"].bool == true && json["lanes"].int == 2)
    #expect(json["checks"].list.count == 9)
    #expect(json["checks"].list.allSatisfy { $0["findings"].int == 0 })
  }

  /// A score that is made of the next close, without a lag.
  @Test func aScoreThatKnowsTheFutureEndsWithOne() async throws {
    let place = try Workplace()
    var random = TestRandom(seed: 3)
    let closes = (0..<120).map { _ in Double(random.int(100...200)) }
    func date(_ day: Int) -> String {
      "2015-\(1 + day / 28 < 10 ? "0" : "")\(1 + day / 28)-\(1 + day % 28 < 10 ? "0" : "")\(1 + day % 28)"
    }
    var (prices, scores) = ("date,open,high,low,close\n", "date,score\n")
    for (day, close) in closes.enumerated() {
      prices += "\(date(day)),\(close),\(close),\(close),\(close)\n"
      if day + 1 < closes.count { scores += "\(date(day)),\(closes[day + 1] / close - 1)\n" }
    }
    try place.folder.write(prices, to: "prices.csv")
    try place.folder.write(scores, to: "scores.csv")
    try await place.done("import prices.csv --symbol ACME --store p.h5 --quiet")
    func audit(_ lag: Int) async throws -> ProcessResult {
      try place.folder.write(
        """
        { apus: 1, data: { store: "p.h5", scores: [{ file: "scores.csv", field: "score", lag: \(lag) }] },
          strategy: { long_entry: "score > 0", long_exit: "score < 0" } }
        """, to: "s.json5")
      return try await place.apus("audit s.json5")
    }
    let peeking = try await audit(0)
    #expect(peeking.status == 1)
    #expect(peeking.output.contains("scores: all lanes: score has a rank correlation of 100 %"))
    #expect(peeking.output.hasSuffix("not clean\n"))
    #expect(try await audit(1).status == 0)
  }

  @Test func mistakes() async throws {
    let place = try await place()
    #expect(try await place.apus("audit").status == 2)
    #expect(try await place.apus("audit nowhere.json5").status == 3)
    let lanes = try await place.apus("audit a.json5 --lanes 0")
    #expect(lanes.status == 2 && lanes.errors.contains("--lanes"))
    try place.folder.write("{ apus: 1 }", to: "bad.json5")
    #expect(try await place.apus("audit bad.json5").status == 2)
  }
}
