import Foundation
import TestSupport
import Testing

@Suite struct ExportTests {
  private func place() async throws -> Workplace {
    let place = try Workplace()
    try await place.makeStore()
    try place.folder.write(Specs.cross(), to: "a.json5")
    try await place.done("sweep a.json5 -o r.h5 --quiet")
    return place
  }

  @Test func csv() async throws {
    let place = try await place()
    let result = try await place.apus("export r.h5")
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    let lines = result.output.split(separator: "\n")
    #expect(
      lines[0] == "lane,symbol,fast,slow,status,reason,sharpe,total_return,max_drawdown,trades")
    #expect(lines.count == 61)
    let ranked = try await place.json("rank r.h5 --top 60")["rows"].list
    #expect(lines.dropFirst().map { Int($0.prefix { $0 != "," }) } == ranked.map { $0["lane"].int })
    #expect(try await place.done("export r.h5 --to csv") == result.output)
  }

  /// Both formats hold the same numbers, to the last bit.
  @Test func json() async throws {
    let place = try await place()
    let result = try await place.apus("export r.h5 --to json")
    #expect(result.status == 0 && result.errors.isEmpty)
    let list = try JSON(result.output).list
    #expect(list.count == 60)
    let rows = try await RankTests.rows(place, "r.h5")
    for item in list {
      let row = rows[try #require(item["lane"].int)]
      for name in ["sharpe", "total_return", "max_drawdown", "trades", "fast", "slow"] {
        #expect(item[name].number == Double(row[name] ?? ""))
      }
      #expect(item["symbol"].string == row["symbol"])
    }
  }

  @Test func toAFile() async throws {
    let place = try await place()
    let printed = try await place.done("export r.h5")
    let result = try await place.apus("export r.h5 --to csv -o rows.csv")
    #expect(result.status == 0 && result.output.isEmpty)
    #expect(result.errors == "wrote 60 rows to rows.csv\n")
    #expect(try place.folder.read("rows.csv") == printed)
    let refused = try await place.apus("export r.h5 --to json -o rows.csv")
    #expect(refused.status == 2)
    #expect(refused.errors.hasPrefix("error: --output: rows.csv exists."))
    #expect(try place.folder.read("rows.csv") == printed)
    let forced = try await place.apus("export r.h5 --to json -o rows.csv --force --quiet")
    #expect(forced.status == 0 && forced.errors.isEmpty)
    #expect(try JSON(place.folder.read("rows.csv")).list.count == 60)
    #expect(try await place.done("export r.h5 -o -") == printed)
  }

  @Test(arguments: [
    ("export", 2, "error: RESULT: is missing."),
    ("export r.h5 --to cvs", 2, "error: --to: 'cvs' is not known. Did you mean 'csv'?"),
    ("export r.h5 -o r.h5 --force", 2, "error: --output: r.h5 is read"),
    ("export nowhere.h5", 3, "error: nowhere.h5 does not exist."),
    ("export prices.h5", 3, "error: prices.h5 is not a result file of Apus"),
    ("export r.h5 -o no/folder/x.csv", 3, "error: no/folder/x.csv can't be written"),
    ("export r.h5 -o /dev/full", 3, "error: /dev/full: can't be written: No space left"),
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
