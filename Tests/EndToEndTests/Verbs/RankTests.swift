import Foundation
import TestSupport
import Testing

@Suite struct RankTests {
  private func place() async throws -> Workplace {
    let place = try Workplace()
    try await place.makeStore()
    try place.folder.write(Specs.cross(), to: "a.json5")
    try await place.done("sweep a.json5 -o r.h5 --quiet")
    return place
  }

  /// Rows of an export, in order of lanes: column name to text.
  static func rows(_ place: Workplace, _ result: String) async throws -> [[String: String]] {
    let lines = try await place.done("export \(result)").split(separator: "\n")
    let cells = lines.map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    return cells.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(cells[0], $0)) }
      .sorted { Int($0["lane"] ?? "") ?? 0 < Int($1["lane"] ?? "") ?? 0 }
  }

  @Test func theTable() async throws {
    let place = try await place()
    let result = try await place.apus("rank r.h5 --by max_drawdown --top 3")
    #expect(result.status == 0)
    #expect(result.output.split(separator: "\n").count == 4)
    #expect(result.errors == "60 of 60 rows, by max_drawdown\n")
    let quiet = try await place.apus("rank r.h5 --by max_drawdown --top 3 --quiet")
    #expect(quiet.errors.isEmpty && quiet.output == result.output)
    // Without --by it is the run's own ranking.
    let own = try await place.json("rank r.h5")
    #expect(own["by"].string == "sharpe")
    #expect(own["rows"].list.count == 20)
  }

  /// The order that sorting the exported numbers by hand gives: NaN last, ties by lane.
  @Test(arguments: [("sharpe", -1.0), ("max_drawdown", -1), ("trades", -1), ("slow", -1)])
  func theOrder(name: String, sign: Double) async throws {
    let place = try await place()
    let rows = try await Self.rows(place, "r.h5")
    let keys = rows.map { Double($0[name] ?? "").map { $0 * sign } ?? .infinity }
    let expected = rows.indices.sorted { keys[$0] != keys[$1] ? keys[$0] < keys[$1] : $0 < $1 }
    let ranked = try await place.json("rank r.h5 --top 100 --by \(name)")
    #expect(ranked["rows"].list.map { $0["lane"].int } == expected)
    #expect(ranked["rows"].list.map { $0["rank"].int } == Array(1...60))
  }

  @Test func aCondition() async throws {
    let place = try await place()
    let rows = try await Self.rows(place, "r.h5")
    let expected = rows.indices.filter {
      Double(rows[$0]["trades"] ?? "") ?? 0 >= 2 && Double(rows[$0]["fast"] ?? "") ?? 0 < 5
    }
    #expect(!expected.isEmpty && expected.count < 40)
    let words = ["--where", "trades >= 2 and fast < 5"]
    let ranked = try await place.json("rank r.h5 --top 100", words)
    #expect(ranked["rows"].list.compactMap { $0["lane"].int }.sorted() == expected)
    let result = try await place.apus("rank r.h5", words)
    #expect(result.errors == "\(expected.count) of 60 rows, by sharpe\n")
    let none = try await place.apus("rank r.h5", ["--where", "trades > 1000"])
    #expect(none.status == 0)
    #expect(none.output.split(separator: "\n").count == 1)
    #expect(none.errors == "0 of 60 rows, by sharpe\n")
  }

  @Test(arguments: [
    (["rank"], 2, "error: RESULT: is missing."),
    (
      ["rank", "r.h5", "--by", "shrpe"], 2,
      "error: r.h5: --by: no column 'shrpe'. Did you mean 'sharpe'?"
    ),
    (["rank", "r.h5", "--by", "ulcer"], 2, "error: r.h5: --by: no column 'ulcer'."),
    (["rank", "r.h5", "--where", "trads > 1"], 2, "error: r.h5: --where, column 1: "),
    (["rank", "r.h5", "--where", "trades >"], 2, "error: r.h5: --where"),
    (["rank", "r.h5", "--where", "trades"], 2, "error: r.h5: --where"),
    (["rank", "r.h5", "--top", "0"], 2, "error: --top: 0 is out of range."),
    (["rank", "nowhere.h5"], 3, "error: nowhere.h5 does not exist."),
    (["rank", "prices.h5"], 3, "error: prices.h5 is not a result file of Apus"),
    (["rank", "a.json5"], 3, "error: a.json5 is not a result file of Apus"),
  ])
  func mistakes(words: [String], status: Int32, message: String) async throws {
    let result = try await place().apus("", words)
    #expect(result.status == status)
    #expect(result.output.isEmpty)
    #expect(result.errors.hasPrefix(message), "\(result.errors)")
  }
}
