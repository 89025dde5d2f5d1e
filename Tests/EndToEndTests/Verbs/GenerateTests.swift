import Foundation
import TestSupport
import Testing

@Suite struct GenerateTests {
  @Test func makesAStore() async throws {
    let place = try Workplace()
    let result = try await place.apus("generate --bars 30 --symbols 2 --store a.h5")
    #expect(result.status == 0)
    #expect(result.output.isEmpty)
    #expect(
      result.errors == "wrote panel us_equity_1d to a.h5; look at it: apus inspect a.h5\n")
    #expect(try place.folder.names() == ["a.h5"])
    let panel = try await place.json("inspect a.h5")["panels"][0]
    #expect(panel["bars"].int == 30)
    #expect(panel["symbols"].int == 2)
    #expect(panel["from"].string == "2010-01-04")
    #expect(panel["missing"]["close"].int == 0)
  }

  @Test func jsonAndQuiet() async throws {
    let place = try Workplace()
    let result = try await place.apus(
      "generate --bars 30 --symbols 2 --seed 9 --calendar crypto --store a.h5 --json --quiet")
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    let json = try JSON(result.output)
    #expect(json["store"].string == "a.h5")
    #expect(json["panel"].string == "crypto_1d")
    #expect(json["bars"].int == 30)
    #expect(json["seed"].int == 9)
  }

  @Test func missingAndLateShow() async throws {
    let place = try Workplace()
    try await place.makeStore("a.h5", "--bars 200 --symbols 20 --missing 0.1 --late 0.5")
    let missing = try await place.json("inspect a.h5")["panels"][0]["missing"]["close"].int ?? 0
    #expect(missing > 400 && missing < 3600, "\(missing)")
  }

  @Test func aPanelIsReplacedWithForceOnly() async throws {
    let place = try Workplace()
    try await place.makeStore()
    let before = try place.contents()
    let again = try await place.apus("generate --bars 10 --symbols 1 --store prices.h5")
    #expect(again.status == 2)
    #expect(again.errors.hasPrefix("error: prices.h5 has a panel 'us_equity_1d' already."))
    #expect(again.errors.contains("--force"))
    #expect(try place.contents() == before)

    try await place.done("generate --bars 10 --symbols 1 --store prices.h5 --panel other")
    try await place.done("generate --bars 11 --symbols 1 --store prices.h5 --force")
    let panels = try await place.json("inspect prices.h5")["panels"].list
    #expect(panels.map { $0["name"].string } == ["other", "us_equity_1d"])
    #expect(panels.map { $0["bars"].int } == [10, 11])
    #expect(try place.folder.names() == ["prices.h5"])
  }

  @Test(arguments: [
    ("", "error: --bars: is needed by 'generate' and absent."),
    ("--bars ten", "error: --bars: 'ten' is not a whole number."),
    ("--bars 0", "error: --bars: 0 is out of range."),
    (
      "--bars 9 --frequency dayly",
      "error: --frequency: 'dayly' is not known. Did you mean 'daily'?"
    ),
    ("--bars 9 --calendar us_equty", "error: --calendar: 'us_equty' is not known. Did you mean"),
    ("--bars 9 --start soon", "error: --start: 'soon' is not a date"),
    ("--bars 9 --volatility -1", "error: --volatility: -1 is out of range."),
    ("--bars 9 --missing 1.5", "error: --missing: 1.5 is out of range."),
    ("--bars 9 --seeed 1", "error: --seeed: 'generate' has no such option. Did you mean '--seed'?"),
    ("--bars 999999999", "error: --bars: '999999999' is not in 1…100000000."),
  ])
  func mistakes(words: String, message: String) async throws {
    let place = try Workplace()
    let result = try await place.apus("generate --symbols 1 --store a.h5 " + words)
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    #expect(result.errors.hasPrefix(message), "\(result.errors)")
    #expect(try place.folder.names().isEmpty)
  }

  @Test(arguments: ["notes.txt", "no/folder/a.h5", "."])
  func aStoreThatCannotBeWritten(store: String) async throws {
    let place = try Workplace()
    try place.folder.write("mine", to: "notes.txt")
    let result = try await place.apus("generate --bars 9 --symbols 1 --force --store \(store)")
    #expect(result.status == 3)
    #expect(result.errors.hasPrefix("error: \(store)"), "\(result.errors)")
    #expect(try place.contents() == ["notes.txt": Data("mine".utf8)])
  }
}
