import Foundation
import TestSupport
import Testing

@Suite struct ResampleTests {
  @Test func aStoreGetsALongerPanel() async throws {
    let place = try Workplace()
    try await place.makeStore(
      "s.h5", "--bars 2880 --symbols 3 --frequency minute --calendar crypto")
    let dry = try await place.json("resample s.h5 --to 1h --dry-run")
    #expect(dry["bars"].int == 48 && dry["panel"].string == "crypto_1h")
    #expect(try await place.json("inspect s.h5")["panels"].list.count == 1)
    let made = try await place.json("resample s.h5 --to 1h")
    #expect(made["how"]["volume"].string == "sum" && made["how"]["high"].string == "max")
    let again = try await place.apus("resample s.h5 --panel crypto_1m --to 1h")
    #expect(again.status == 2 && again.errors.contains("has a panel 'crypto_1h' already"))
    try await place.done("resample s.h5 --panel crypto_1h --to 1d -o days.h5 --threads 2 --quiet")
    let direct = try await place.json("resample s.h5 --panel crypto_1m --to 1d -o direct.h5")
    #expect(direct["bars"].int == 2)
    // Days of hours are days of minutes.
    var hashes: Set<String?> = []
    for store in ["days.h5", "direct.h5"] {
      hashes.insert(try await place.json("inspect \(store)")["panels"][0]["content_sha256"].string)
    }
    #expect(hashes.count == 1 && !hashes.contains(nil))
  }

  @Test func barsOutsideSessionsAreCountedAndKeptOnDemand() async throws {
    let place = try Workplace()
    try place.folder.write(
      "time,symbol,close,volume\n2024-01-02T13:00Z,A,1,1\n2024-01-02T14:30Z,A,2,1\n2024-01-02T15:00Z,A,3,1\n"
        + "2024-01-02T15:30Z,A,4,1\n", to: "a.csv")
    try await place.done("import a.csv --store s.h5 --calendar XNYS")
    let result = try await place.apus("resample s.h5 --to 1h")
    #expect(result.status == 0)
    #expect(result.errors.contains("1 bars outside sessions were left out"))
    #expect(result.output.contains("2024-01-02T14:30:00Z to 2024-01-02T15:30:00Z"))
    let all = try await place.json(
      "resample s.h5 --to 1h --panel us_equity_30m --sessions all --as all")
    #expect(all["bars"].int == 3 && all["outside_sessions"].int == 0)
  }

  @Test(arguments: [
    ("--to soon", "error: --to: 'soon' is no length of a bar"),
    ("--to 1h", "error: bars of 1d can't be made into bars of 1h"),
    ("--to 1w --how close=median", "error: --how: 'median' is not one of first"),
    ("--to 1w --how clos=last", "error: --how: panel us_equity_1d has no field 'clos'"),
    ("--to 1w --how close", "error: --how: 'close' is not key=value"),
    ("--to 1w --panel x", "error: s.h5 has no panel 'x'"),
    ("--to 1w -o .", "error: . is a folder"),
    ("--to 1w --anchor noon", "error: --anchor: 'noon' is not known"),
    ("", "error: --to: is needed"),
  ])
  func mistakesEndInTwo(words: String, message: String) async throws {
    let place = try Workplace()
    try await place.makeStore("s.h5", "--bars 5 --symbols 1")
    let before = try place.bytes("s.h5")
    let result = try await place.apus("resample s.h5 " + words)
    #expect(result.status == 2 && result.output.isEmpty)
    #expect(result.errors.hasPrefix(message), "\(result.errors)")
    #expect(try place.bytes("s.h5") == before)
  }

  @Test func gapsAreTold() async throws {
    let place = try Workplace()
    try place.folder.write(
      "date,symbol,close\n2024-01-02,A,1\n2024-01-02,B,1\n2024-01-03,B,1\n2024-01-04,A,1\n2024-01-04,B,1\n"
        + "2024-01-15,B,1\n", to: "a.csv")
    try await place.done("import a.csv --store s.h5")
    let text = try await place.done("inspect s.h5 --gaps --quiet")
    #expect(
      text == """
        panel        us_equity_1d, bars of 1d
        calendar     us_equity, zone America/New_York
        missing      1 bars of 1 symbols, of 2
        out of place 1 bars of 1 symbols
        lifetimes    0 start late, 2 end early

        symbol  from        to          bars  missing  empty sessions  longest gap  holiday
        A       2024-01-02  2024-01-04     2        1               1            1        0
        B       2024-01-02  2024-01-15     4        0               0            0        1

        gap in  from        to          missing
        A       2024-01-03  2024-01-03        1

        """)
    let one = try await place.done("inspect s.h5 --gaps --symbol B --quiet")
    #expect(one.contains("2024-01-15    holiday"))
    let missing = try await place.apus("inspect s.h5 --gaps --symbol C")
    #expect(missing.status == 2 && missing.errors.contains("has no symbol 'C'"))
    let alone = try await place.apus("inspect s.h5 --symbol A")
    #expect(alone.status == 2 && alone.errors.contains("is for --gaps"))
  }
}
