import Foundation
import TestSupport
import Testing

@Suite struct InspectTests {
  @Test func aStore() async throws {
    let place = try Workplace()
    try await place.makeStore()
    let result = try await place.apus("inspect prices.h5")
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    for line in [
      "store        prices.h5, made 20", "quarantined  0 rows", "panel        us_equity_1d",
      "calendar     us_equity, zone America/New_York", "bars         120, 2010-01-04 to 2010-06-",
      "symbols      4", "close         0  0.00 %",
    ] { #expect(result.output.contains(line), "\(line)") }
    let json = try await place.json("inspect prices.h5")
    #expect(json["panels"][0]["frequency_ns"].number == 86400e9)
    #expect(json["content_sha256"].string?.count == 64)
    #expect(result.output.contains("sha256 \(json["content_sha256"].string ?? "?")"))
  }

  @Test func quarantineSymbolsAndVerify() async throws {
    let place = try Workplace()
    try place.folder.write(
      "date,symbol,close\n2020-01-02,A,-1\n2020-01-03,A,2\n2020-01-06,A,3\n", to: "a.csv")
    try await place.done("import a.csv --store s.h5")
    let list = try await place.apus("inspect s.h5 --quarantine")
    #expect(list.status == 0)
    #expect(list.output.hasPrefix("a.csv:2: close: "), "\(list.output)")
    #expect(list.output.contains("\n    2020-01-02,A,-1\n"))
    #expect(list.errors == "1 rows were kept out\n")
    let rows = try await place.json("inspect s.h5 --quarantine")
    #expect(rows.list.count == 1)
    #expect(rows[0]["line"].int == 2)
    #expect(rows[0]["panel"].string == "us_equity_1d")
    #expect(try await place.done("inspect s.h5 --symbols").hasPrefix("symbol  name  sector"))
    let verified = try await place.apus("inspect s.h5 --verify --quiet")
    #expect(verified.status == 0 && verified.errors.isEmpty)
  }

  @Test func aResult() async throws {
    let place = try Workplace()
    try await place.makeStore()
    try place.folder.write(Specs.cross(), to: "a.json5")
    try await place.done("sweep a.json5 -o r.h5")
    let result = try await place.apus("inspect r.h5")
    #expect(result.status == 0)
    #expect(result.errors == "its best rows: apus rank r.h5\n")
    #expect(result.output.contains("lanes        60 ok, 0 failed\n"))
    #expect(result.output.contains("ranked by    sharpe\n"))
    let json = try await place.json("inspect r.h5")
    #expect(json["lanes_ok"].int == 60)
    #expect(json["parameters"].list.map(\.string) == ["fast", "slow"])
    #expect(json["traces"].int == 0)
    for flag in ["quarantine", "symbols", "verify"] {
      let refused = try await place.apus("inspect r.h5 --\(flag)")
      #expect(refused.status == 2)
      #expect(refused.errors.hasPrefix("error: --\(flag): is for stores, and r.h5 is a result"))
    }
  }

  @Test func damageIsFound() async throws {
    let place = try Workplace()
    try place.folder.write(
      "date,symbol,close\n2020-01-02,A,1.5\n2020-01-03,A,123.456\n", to: "a.csv")
    try await place.done("import a.csv --store s.h5")
    var bytes = try place.bytes("s.h5")
    let price = withUnsafeBytes(of: 123.456) { Data($0) }
    let found = try #require(bytes.range(of: price))
    bytes[found.lowerBound] ^= 1
    try bytes.write(to: place.folder.url.appending(path: "s.h5"))
    let result = try await place.apus("inspect s.h5 --verify")
    #expect(result.status == 3)
    #expect(
      result.errors.hasPrefix("error: s.h5 is damaged: the content of panel"), "\(result.errors)")
  }

  @Test(arguments: [
    ("nowhere.h5", "error: nowhere.h5 does not exist."),
    (
      "notes.txt",
      "error: notes.txt is not a store, result or book file of Apus: it is no HDF5 file."
    ),
    ("empty", "error: empty"), ("/dev/null", "error: /dev/null can't be read"),
    ("cut.h5", "error: cut.h5 is cut off"),
  ])
  func badFilesEndInThree(path: String, message: String) async throws {
    let place = try Workplace()
    try await place.makeStore()
    try place.folder.write("hello\n", to: "notes.txt")
    try place.folder.write("", to: "empty")
    try place.bytes("prices.h5").dropLast(5000).write(
      to: place.folder.url.appending(path: "cut.h5"))
    let result = try await place.apus("inspect \(path)")
    #expect(result.status == 3)
    #expect(result.output.isEmpty)
    #expect(result.errors.hasPrefix(message), "\(result.errors)")
  }

  @Test(arguments: [
    ("inspect", "error: FILE: is missing."),
    ("inspect a b", "error: 'b': one word more than 'inspect' takes."),
    (
      "inspect prices.h5 --quarantine --symbols",
      "error: --symbols: can't be joined with --quarantine"
    ),
    (
      "inspect prices.h5 --quarantin",
      "error: --quarantin: 'inspect' has no such option. Did you mean"
    ),
  ])
  func mistakesEndInTwo(words: String, message: String) async throws {
    let place = try Workplace()
    try await place.makeStore()
    let result = try await place.apus(words)
    #expect(result.status == 2)
    #expect(result.errors.hasPrefix(message), "\(result.errors)")
  }
}
