import Foundation
import TestSupport
import Testing

/// The nightly round, twice: what it leaves is the same to the last byte.
@Suite struct NightlyTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Every file below a folder with its bytes.
  private func files(_ folder: URL) throws -> [String: Data] {
    var found: [String: Data] = [:]
    let all = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    while let file = all?.nextObject() as? URL {
      if file.hasDirectoryPath { continue }
      found[String(file.path.dropFirst(folder.path.count))] = try Data(contentsOf: file)
    }
    return found
  }

  @Test func twiceIsOnce() async throws {
    let place = try Workplace()
    let prices = Self.root.appending(path: "datasets/us_equity_1d")
    try FileManager.default.createDirectory(
      at: place.folder.url.appending(path: "incoming"), withIntermediateDirectories: false)
    for (name, source) in [
      ("prices.csv.gz", prices), ("symbols.csv", prices),
      ("rules.json5", Self.root.appending(path: "Examples/nightly")),
    ] {
      try FileManager.default.copyItem(
        at: source.appending(path: name),
        to: place.folder.url.appending(path: name == "rules.json5" ? name : "incoming/" + name))
    }
    try await place.done(
      "import incoming/prices.csv.gz --symbols incoming/symbols.csv --store prices.h5 --quiet")
    try FileManager.default.copyItem(
      at: Self.root.appending(path: "datasets/book"),
      to: place.folder.url.appending(path: "sample"))
    try await place.done("book init book.h5 --store prices.h5 --from sample")
    let line = "'\(Self.root.path)/Examples/nightly/nightly.sh' ."
    func round() async throws -> ProcessResult {
      try await RunApus.shell(line, in: place.folder, timeout: 120)
    }
    let first = try await round()
    #expect(first.status == 1, "\(first.errors)")
    #expect(first.errors.contains("limits are broken"))
    let found = try files(place.folder.url)
    #expect(found.keys.contains("/nights/2018-02-07/check.json"))
    #expect(found.keys.contains { $0.hasPrefix("/reports/2018-02/") })
    let second = try await round()
    #expect(second.status == 1, "\(second.errors)")
    #expect(try files(place.folder.url) == found)

    // A round that fails leaves last night's findings.
    try place.folder.write(
      "time,wallet,kind,amount\n2018-02-07,nobody,deposit,1\n", to: "incoming/transactions.csv")
    let failed = try await round()
    #expect(failed.status > 1 && failed.errors.contains("nobody"))
    #expect(
      try files(place.folder.url).filter { $0.key.hasPrefix("/nights/") }
        == found.filter { $0.key.hasPrefix("/nights/") })
  }

  @Test("what comes in goes to the panels that the book names")
  func panels() async throws {
    let place = try Workplace()
    func day(_ day: Int, _ rows: [(String, Double)]) -> String {
      "date,symbol,close\n" + rows.map { "2020-01-0\(day),\($0.0),\($0.1)\n" }.joined()
    }
    for folder in ["incoming", "sample"] {
      try FileManager.default.createDirectory(
        at: place.folder.url.appending(path: folder), withIntermediateDirectories: false)
    }
    try place.folder.write(day(2, [("A", 10), ("B", 20)]), to: "p.csv")
    try place.folder.write(day(2, [("EURUSD", 1.25)]), to: "r.csv")
    for (file, panel) in [("p.csv", "shares"), ("r.csv", "fx")] {
      try await place.done("import \(file) --store prices.h5 --frequency 1d --panel \(panel)")
    }
    for (name, text) in [
      ("advisors", "id\na\n"), ("clients", "id,advisor\nc,a\n"), ("portfolios", "id,client\np,c\n"),
      ("wallets", "id,portfolio,currency\nw,p,EUR\n"),
      ("transactions", "time,wallet,kind,amount\n2020-01-02,w,deposit,100\n"),
    ] { try place.folder.write(text, to: "sample/\(name).csv") }
    try await place.done(
      "book init book.h5 --store prices.h5 --panel shares --rates fx --from sample")
    try place.folder.write(day(3, [("A", 11), ("B", 21)]), to: "incoming/prices.csv")
    try place.folder.write(day(3, [("EURUSD", 1.5)]), to: "incoming/rates.csv")
    let line = "'\(Self.root.path)/Examples/nightly/nightly.sh' ."
    let round = try await RunApus.shell(line, in: place.folder, timeout: 120)
    #expect(round.status == 0, "\(round.errors)")
    let bars = try await place.json("inspect prices.h5")["panels"].list.map { $0["bars"].int }
    #expect(bars == [2, 2])
    let value = try JSON(
      String(decoding: place.bytes("nights/2020-01-03/value.json"), as: UTF8.self))
    #expect(
      value["sections"]["value"]["data_vars"]["equity"]["data"].list.map(\.number) == [150])
  }
}
