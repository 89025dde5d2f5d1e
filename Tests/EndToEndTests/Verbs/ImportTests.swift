import Foundation
import TestSupport
import Testing

@Suite struct ImportTests {
  /// Seven rows, of which the fourth breaks a rule.
  private static let prices = """
    date,symbol,open,high,low,close,volume
    2020-01-02,A,10,11,9,10.5,100
    2020-01-03,A,10.5,12,10,11,120
    2020-01-06,A,11,11.5,10.5,11,90
    2020-01-02,B,20,19,18,18.5,50
    2020-01-03,B,19,20,18,19,60
    2020-01-06,B,19,20.5,18.5,20,70
    2020-01-07,B,20,21,19,,10

    """

  private func place() throws -> Workplace {
    let place = try Workplace()
    try place.folder.write(Self.prices, to: "a.csv")
    return place
  }

  @Test func resultsAndTalkAreApart() async throws {
    let place = try place()
    let result = try await place.apus("import a.csv --store s.h5")
    #expect(result.status == 0)
    #expect(
      result.output == """
        panel        us_equity_1d  (calendar us_equity)
        rows         6 kept of 7
        symbols      2
        bars         4, 2020-01-02 to 2020-01-07
        fields       open, high, low, close, volume
        read as      ',' between fields, ISO 8601 times, time = date
        quarantined  price_order 1

        """)
    let talk = result.errors.split(separator: "\n")
    #expect(talk.count == 2)
    #expect(talk.first?.hasPrefix("  a.csv:5: ") == true)
    #expect(talk.last == "wrote s.h5; look at it: apus inspect s.h5")
    #expect(try place.folder.names() == ["a.csv", "s.h5"])
  }

  @Test func jsonAndQuiet() async throws {
    let place = try place()
    let result = try await place.apus("import a.csv --store s.h5 --json --quiet")
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    let json = try JSON(result.output)
    #expect(json["rows_read"].int == 7)
    #expect(json["rows_kept"].int == 6)
    #expect(json["quarantined"]["price_order"].int == 1)
    #expect(json["fields"].list.map(\.string) == ["open", "high", "low", "close", "volume"])
    let quiet = try await place.apus("import a.csv --store s.h5 --force --quiet")
    #expect(quiet.status == 0 && quiet.errors.isEmpty)
    #expect(quiet.output.hasPrefix("panel "))
  }

  @Test func standardInputAndGzipGiveTheSame() async throws {
    let place = try place()
    try await place.done("import a.csv --store file.h5")
    try await place.done("import - --store input.h5", input: Self.prices)
    let result = try await RunApus.shell(
      "gzip -k a.csv && apus import a.csv.gz --store gz.h5 && apus import - --store gzin.h5 < a.csv.gz",
      in: place.folder)
    #expect(result.status == 0, "\(result.errors)")
    var hashes: Set<String?> = []
    for store in ["file", "input", "gz", "gzin"] {
      let panel = try await place.json("inspect \(store).h5")["panels"][0]
      hashes.insert(panel["content_sha256"].string)
    }
    #expect(hashes.count == 1 && !hashes.contains(nil))
  }

  @Test func aFileASymbol() async throws {
    let place = try Workplace()
    for name in ["X", "BRK.B"] {
      try place.folder.write("date,close\n2020-01-02,1\n2020-01-03,2\n", to: "\(name).csv")
    }
    try await place.done("import X.csv BRK.B.csv --symbol-from-filename --store s.h5")
    let names = try await place.json("inspect s.h5 --symbols").list.map { $0["symbol"].string }
    #expect(Set(names) == ["X", "BRK.B"])
    try await place.done("import X.csv --symbol Y --store s.h5 --panel other")
    #expect(try await place.json("inspect s.h5 --symbols").list.count == 3)
  }

  @Test("bars are appended to a panel that is there or named, never to one more by a guess")
  func appendNamesItsPanel() async throws {
    let place = try place()
    try await place.done("import a.csv --store s.h5 --panel mine")
    try await place.done("import a.csv --store s.h5 --append")
    try await place.done("import a.csv --store s.h5 --panel rates")
    let before = try place.contents()
    for more in ["", "--dry-run"] {
      let refused = try await place.apus("import a.csv --store s.h5 --append \(more)")
      #expect(refused.status == 2, "\(refused.errors)")
      #expect(refused.errors.contains("s.h5 has the panels mine, rates"), "\(refused.errors)")
    }
    try await place.done("import a.csv --store s.h5 --append --panel rates")
    #expect(try place.contents() == before)
    try await place.done("import a.csv --store s.h5 --append --panel third")
    #expect(try await place.json("inspect s.h5")["panels"].list.count == 3)
  }

  @Test func dryRunWritesNothing() async throws {
    let place = try place()
    let before = try place.contents()
    let result = try await place.apus("import a.csv --store s.h5 --dry-run")
    #expect(result.status == 0)
    #expect(result.output.contains("rows         6 kept of 7"))
    #expect(result.errors.hasSuffix("nothing was written\n"))
    #expect(try place.contents() == before)
  }

  @Test func dryRunTellsWhatWasRecognised() async throws {
    let place = try Workplace()
    try place.folder.write(
      "Date;Zuletzt;Notiz\n31.01.2024;1.012,50;a\n01.02.2024;1.013,25;b\n02.02.2024;x;c\n",
      to: "d.csv")
    let result = try await place.apus("import d.csv --symbol X --dry-run")
    #expect(result.status == 0)
    #expect(
      result.output == """
        file         d.csv
        form         UTF-8, semicolon between columns, header in line 1
        times        day/month/year, zone UTC, oldest first
        numbers      decimal comma, '.' between thousands
        columns      Date     → time
                     Zuletzt  → close
                     Notiz    not imported: its cells are text
        noticed      the day comes first, as '31.01.2024' shows

        first rows  symbol    close
        2024-01-31  X        1012.5
        2024-02-01  X       1013.25

        panel        us_equity_1d  (calendar us_equity)
        rows         2 kept of 3
        symbols      1
        bars         2, 2024-01-31 to 2024-02-01
        fields       close
        quarantined  number 1

        """)
    #expect(result.errors == "  d.csv:4: Zuletzt: 'x' is not a number\nnothing was written\n")
    #expect(try place.folder.names() == ["d.csv"])
    let dry = try await place.json("import d.csv --symbol X --dry-run")["dry_run"]
    #expect(dry["files"][0]["columns"].list.map { $0["meaning"].string } == ["time", "close", nil])
    #expect(dry["files"][0]["times"].string == "day/month/year")
    #expect(dry["first_rows"].list.count == 2)
    #expect(dry["first_quarantined"][0]["line"].int == 4)
  }

  @Test(arguments: [true, false])
  func dryRunTellsWhatWouldFail(namesPanel: Bool) async throws {
    let place = try place()
    try await place.done("import a.csv --store s.h5")
    let before = try place.contents()
    let words = namesPanel ? ["--panel", "us_equity_1d"] : []
    let result = try await place.apus("import a.csv --store s.h5 --dry-run", words)
    #expect(result.status == 2)
    #expect(result.errors.contains("has a panel 'us_equity_1d' already"))
    #expect(try place.contents() == before)
  }

  @Test func aPanelIsReplacedWithForceOnly() async throws {
    let place = try place()
    try await place.makeStore("s.h5")
    let before = try place.contents()
    // With a name the refusal comes before the file is read, which is not even there.
    for words in ["a.csv", "nowhere.csv --panel us_equity_1d"] {
      let refused = try await place.apus("import \(words) --store s.h5")
      #expect(refused.status == 2)
      #expect(refused.output.isEmpty)
      #expect(refused.errors.hasPrefix("error: s.h5 has a panel 'us_equity_1d' already."))
    }
    #expect(try place.contents() == before)
    try await place.done("import a.csv --store s.h5 --force")
    let store = try await place.json("inspect s.h5")
    #expect(store["panels"].list.map { $0["symbols"].int } == [2])
    #expect(store["quarantined"].int == 1)
  }

  @Test(arguments: [
    ("--store s.h5", "error: FILE: is missing."),
    ("a.csv", "error: --store: is needed by 'import' and absent."),
    ("a.csv --store s.h5 --formt csv", "error: --formt: 'import' has no such option. Did you mean"),
    ("a.csv --store s.h5 --format cvs", "error: --format: 'cvs' is not known. Did you mean 'csv'?"),
    ("a.csv --store s.h5 --columns close", "error: --columns: 'close' is not key=value."),
    (
      "a.csv --store s.h5 --symbol A --symbol-from-filename",
      "error: --symbol: contradicts --symbol-from-filename"
    ),
    ("- --store s.h5 --symbol-from-filename", "error: --symbol-from-filename: '-' has no name"),
    ("a.csv --store s.h5 --calendar uk", "error: --calendar: 'uk' is not known."),
    ("a.csv --store s.h5 --decimal x", "error: --decimal: is neither a point nor a comma"),
    (
      "a.csv --store s.h5 --decimal , --thousands comma",
      "error: --thousands: contradicts --decimal, which is the same"
    ),
    (
      "a.csv --store s.h5 --symbol A --field open",
      "error: --field: is for files with a column a symbol"
    ),
    ("a.csv --store s.h5 --delimiter ab", "error: --delimiter: 'ab' is not one character"),
    ("a.csv --store s.h5 --columns close=a,close=b", "error: --columns: "),
    ("a.csv --store s.h5 --frequency 1x", "error: --frequency: '1x' is no length of a bar"),
    ("a.csv --store s.h5 --fold both", "error: --fold: 'both' is not known."),
  ])
  func mistakesEndInTwo(words: String, message: String) async throws {
    let place = try place()
    let result = try await place.apus("import " + words, input: Self.prices)
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    #expect(result.errors.hasPrefix(message), "\(result.errors)")
    #expect(try place.folder.names() == ["a.csv"])
  }

  @Test(arguments: [
    ("nowhere.csv --store s.h5", "error: nowhere.csv cannot be read: no such file"),
    (
      "a.csv --store no/folder/s.h5", "error: no/folder/s.h5 can't be written: the folder no/folder"
    ),
    ("a.csv --store a.csv", "error: a.csv is not a price store file of Apus"),
    ("a.csv --store s.h5 --on-bad-row reject", "error: a.csv, line 5, "),
    ("a.csv --store s.h5 --columns close=Cloes", "error: a.csv has no column for 'Cloes'"),
    ("a.csv --store s.h5 --symbols nowhere.csv", "error: nowhere.csv cannot be read"),
    ("a.csv a.csv --store s.h5", "error: a.csv does not look right"),
  ])
  func badFilesEndInThree(words: String, message: String) async throws {
    let place = try place()
    let before = try place.contents()
    let result = try await place.apus("import " + words)
    #expect(result.status == 3)
    #expect(result.output.isEmpty)
    #expect(result.errors.hasPrefix(message), "\(result.errors)")
    #expect(try place.contents() == before)
  }
}
