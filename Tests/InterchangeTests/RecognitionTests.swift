import Interchange
import Market
import Testing

private func recognise(_ text: String, _ change: (inout ImportOptions) -> Void = { _ in }) throws
  -> RecognisedFile
{
  var options = ImportOptions()
  change(&options)
  return try RecognisedFile.recognise(Array(text.utf8), path: "p.csv", options: options)
}

private func refusal(_ text: String, _ change: (inout ImportOptions) -> Void = { _ in }) -> String {
  do {
    _ = try recognise(text, change)
    return "accepted"
  } catch {
    return "\(error)"
  }
}

private func importing(_ text: String, _ change: (inout ImportOptions) -> Void = { _ in }) throws
  -> (
    draft: PanelDraft, quarantined: [QuarantinedRow], summary: ImportSummary
  )
{
  var options = ImportOptions()
  change(&options)
  let scratch = try Scratch()
  return try CSVImporter.read(paths: [scratch.write(text, to: "p.csv")], options: options)
}

extension RecognisedFile {
  fileprivate var meanings: [String] { columns.map { $0.meaning ?? "-" } }
}

/// What may be read in two ways is never guessed.
@Suite struct AmbiguityTests {
  private func dates(_ cells: [String]) -> String {
    "date,symbol,close\n" + cells.map { "\($0),A,1\n" }.joined()
  }

  @Test func dayAndMonthAreAskedFor() {
    let text = refusal(dates(["01/02/2024", "02/02/2024", "12/12/2024"]))
    #expect(
      text
        == "p.csv, date: '01/02/2024' can have the day or the month first, as can all dates of the "
        + "file. Say which: --date-format dmy or --date-format mdy.")
    #expect(refusal(dates(["13/01/2024", "01/13/2024"])).contains("some dates have the day first"))
    #expect(refusal(dates(["01/02/24", "02/02/24"])).contains("%d/%m/%y or %m/%d/%y"))
  }

  @Test func oneDayAboveTwelveDecides() throws {
    #expect(try recognise(dates(["01/02/2024", "13/02/2024"])).times == "day/month/year")
    #expect(try recognise(dates(["01/02/2024", "02/13/2024"])).times == "month/day/year")
    #expect(try recognise(dates(["01.02.2024", "02.02.2024"])).times == "day/month/year")
    #expect(
      try recognise(dates(["01/02/2024"])) { $0.dateFormat = "mdy" }.times == "month/day/year")
  }

  @Test func theWholeFileDecides() throws {
    // The head holds nothing that tells; the last row does.
    var text = "date,symbol,close\n"
    for index in 0..<20_000 { text += "0\(index % 9 + 1)/0\(index / 9 % 9 + 1)/2024,S\(index),1\n" }
    #expect(throws: ImportError.self) { try importing(text) }
    let (draft, bad, _) = try importing(text + "25/12/2024,Z,1\n")
    #expect(bad.isEmpty)
    #expect(draft.timeNs.last.map { Timestamp.text(nanoseconds: $0) } == "2024-12-25")
    #expect(Timestamp.text(nanoseconds: draft.timeNs[1]) == "2024-01-02")
  }

  @Test func aLaterContradictionIsLeftOut() throws {
    var text = "date,symbol,close\n"
    for index in 0..<20_000 { text += "\(index % 15 + 13)/01/2024,S\(index),1\n" }
    let (_, bad, summary) = try importing(text + "01/25/2024,Z,1\n")
    #expect(summary.rowsKept == 20_000)
    #expect(bad.map(\.line) == [20_002])
    #expect(bad.first?.reason.contains("is not a date like 31/01/2024, the day first") == true)
  }

  @Test func decimalsAreAskedFor() throws {
    func text(_ cells: String...) -> String {
      "date;symbol;close\n" + cells.map { "2024-01-02;A;\($0)\n" }.joined()
    }
    #expect(
      refusal(text("1,234", "5")).contains(
        "'1,234' may have decimals or thousands behind its comma"))
    #expect(try recognise(text("1,234", "5,5")).numbers.hasPrefix("decimal comma"))
    #expect(try recognise(text("1,234", "5.5")).numbers == "',' between thousands")
    #expect(try recognise(text("1.234", "5.5")).numbers == "")
    #expect(try recognise(text("1.234.567")).numbers.hasPrefix("decimal comma"))
    #expect(try recognise(text("1,234,567", "1,234")).numbers == "',' between thousands")
    #expect(try recognise(text("0,123", "5")).numbers.hasPrefix("decimal comma"))
    #expect(refusal(text("1,5", "1.5")).contains("'1,5' has a decimal comma, and other"))
    #expect(try recognise(text("1,234")) { $0.decimal = "," }.numbers.hasPrefix("decimal comma"))
    #expect(try recognise(text("1,234")) { $0.decimal = "." }.numbers == "',' between thousands")
    #expect(try recognise(text("1,234")) { $0.thousands = "," }.numbers == "',' between thousands")
  }

  @Test func countsThatMayBeDatesAreAskedFor() throws {
    func text(_ cells: String...) -> String {
      "time,symbol,close\n" + cells.map { "\($0),A,1\n" }.joined()
    }
    #expect(refusal(text("45322", "45323")).contains("'45322' is no time of a known form"))
    #expect(
      try recognise(text("45322")) { $0.dateFormat = "excel" }.times == "spreadsheet day numbers")
    #expect(refusal(text("202401020930")).contains("a date (iso) or a count (epoch)"))
    #expect(refusal(text("2024010209", "2024010210")).contains("%Y%m%d%H or epoch-s"))
    #expect(refusal(text("86400", "172800")).contains("is no time of a known form"))
    #expect(try recognise(text("86400")) { $0.dateFormat = "epoch-s" }.times == "epoch seconds")
    #expect(try recognise(text("1704067200")).times == "epoch, unit by magnitude")
    #expect(try recognise(text("20240102")).times == "ISO 8601")
    #expect(refusal(text("200112")).contains("is no time of a known form"))
    #expect(try recognise(text("200112", "200199", "192607", "199912")).times == "%Y%m")
  }

  @Test func closesBelowZeroAreAskedFor() {
    let text = refusal("date,A,B\n2024-01-02,0.5,-0.2\n")
    #expect(text.contains("'-0.2' is no close") && text.contains("--symbol NAME"))
  }
}

@Suite struct RecognitionTests {
  @Test(arguments: [",", ";", "\t", "|", "^"])
  func delimiters(sign: String) throws {
    let text = "date,symbol,close,note\n2024-01-02,A,1.5,x y\n2024-01-03,A,2.5,\"z\(sign)\nq\"\n"
    let file = try recognise(text.replacing(",", with: sign)) {
      if sign == "^" { $0.delimiter = "^" }
    }
    #expect(file.meanings == ["time", "symbol", "close", "-"])
  }

  @Test func decimalCommasAreNoDelimiters() throws {
    let file = try recognise(
      "date;symbol;close;volume\n2024-01-02;A;1,5;10,5\n2024-01-03;A;2,5;11,5\n")
    #expect(file.delimiter == "semicolon")
    #expect(file.numbers == "decimal comma, '.' between thousands")
  }

  @Test(arguments: ["\n", "\r\n", "\r"])
  func lineEnds(end: String) throws {
    let text = "# a\nbanner of mine\n\nDate,Symbol,Close\n2024-01-02,A,1\n2024-01-03,A,2\n"
    let (draft, bad, summary) = try importing(text.replacing("\n", with: end))
    #expect(bad.isEmpty && summary.rowsKept == 2)
    #expect(draft.fields[0].values == [1, 2])
    #expect(summary.recognised.first?.skippedLines == 3)
  }

  @Test func repeatedHeadersAndCommentsBetweenRows() throws {
    let (_, bad, summary) = try importing(
      "date,symbol,close\n2024-01-02,A,1\n# pause\ndate,symbol,close\n2024-01-03,A,2\n")
    #expect(bad.isEmpty && summary.rowsKept == 2)
  }

  @Test func columnsByPosition() throws {
    let text = "x,2024-01-02,A,5,7\ny,2024-01-03,A,6,8\n"
    #expect(refusal(text).contains("--columns 1=time,2=open"))
    let (draft, bad, summary) = try importing(text) {
      $0.columns = ["2": "time", "3": "symbol", "5": "close", "4": "bid"]
    }
    #expect(bad.isEmpty)
    #expect(draft.fields.map(\.name) == ["close", "bid"])
    #expect(draft.value("close", "A", 1) == 8)
    #expect(summary.recognised[0].columns[0].reason == "not named by --columns")
    #expect(refusal(text) { $0.columns = ["9": "time"] }.contains("has columns 1 to 5"))
    // Of a file with a header too.
    let named = try recognise("date,symbol,a,b\n2024-01-02,A,1,2\n") { $0.columns = ["4": "close"] }
    #expect(named.meanings == ["time", "symbol", "a", "close"])
  }

  @Test func splitDateAndTimeByHand() throws {
    let (draft, _, _) = try importing(
      "d,at,symbol,close\n2024-01-02,09:30,A,1\n2024-01-02,09:31,A,2\n"
    ) {
      $0.columns = ["time": "d", "time_of_day": "at"]
    }
    #expect(draft.frequencyNs == 60_000_000_000)
  }

  @Test func zoneOfAColumn() throws {
    #expect(
      try recognise("timestamp_ny,symbol,close\n2024-01-02 09:30,A,1\n").timeZone
        == "America/New_York")
    let other = try recognise("timestamp_ny,symbol,close\n2024-01-02 09:30,A,1\n") {
      $0.timeZone = "Europe/Berlin"
    }
    #expect(other.timeZone == "Europe/Berlin")
    #expect(other.notes.contains { $0.contains("as --time-zone says") })
    let text = "time,symbol,close\n2024-01-02 09:30,A,1\n"
    #expect(
      try recognise(text).notes == [
        "times have no offset and are taken as UTC; --time-zone says otherwise"
      ])
    #expect(try recognise(text) { $0.timeZone = "+05:30" }.timeZone == "+05:30")
    #expect(
      refusal(text) { $0.timeZone = "America/New_Yrok" }
        == "--time-zone: 'America/New_Yrok' is no time zone; an IANA name such as America/New_York is. "
        + "Did you mean 'America/New_York'?")
    #expect(refusal(text) { $0.dateFormat = "dym" }.hasSuffix(". Did you mean 'dmy'?"))
    #expect(refusal(text) { $0.dateFormat = "%Y-%Q" }.contains("holds %Q, which is not known"))
  }

  @Test func gapsAndFoldsOfAZone() throws {
    let head = "time,symbol,close\n"
    let rows = ["2024-03-10 01:30", "2024-03-10 02:30", "2024-03-10 03:30", "2024-11-03 00:30"]
      .map { "\($0),A,1\n" }.joined()
    let (draft, bad, _) = try importing(head + rows) { $0.timeZone = "America/New_York" }
    #expect(draft.timeNs.count == 3)
    #expect(
      bad.map(\.line) == [3] && bad.first?.reason.contains("was skipped by the clocks") == true)
    let twice = "2024-11-03 01:30,A,1\n2024-11-03 01:30,A,2\n"
    let both = try importing(head + rows + twice) { $0.timeZone = "America/New_York" }
    #expect(
      Array(both.draft.timeNs.suffix(2)) == [1_730_611_800_000_000_000, 1_730_615_400_000_000_000])
    let once = "2024-11-03 01:30,A,1\n"
    let lone = try importing(head + rows + once) { $0.timeZone = "America/New_York" }
    #expect(lone.quarantined.last?.reason.contains("--fold") == true)
    let told = try importing(head + rows + once) {
      $0.timeZone = "America/New_York"
      $0.fold = .later
    }
    #expect(told.draft.timeNs.last == 1_730_615_400_000_000_000)
  }

  @Test func missingWords() throws {
    let text = "date,symbol,open,close\n2024-01-02,A,0,5\n2024-01-03,A,4,6\n"
    #expect(try importing(text).quarantined.count == 1)
    let (draft, bad, _) = try importing(text) { $0.missing = ["0"] }
    #expect(bad.isEmpty)
    #expect(draft.value("open", "A", 0)?.isNaN == true)
  }

  @Test func leanPricesOnlyWhereTheyAre() throws {
    let text =
      "20240102 00:00,100000,120000,90000,110000,1\n20240103 00:00,110000,130000,100000,120000,1\n"
    let scratch = try Scratch()
    let path = try scratch.write(text, to: "acme.csv")
    var options = ImportOptions()
    options.symbol = .fileName
    #expect(
      try CSVImporter.read(paths: [path], options: options).draft.fields[0].values == [10, 11])
    options.hasLEANPrices = false
    #expect(
      try CSVImporter.read(paths: [path], options: options).draft.fields[0].values == [
        100_000, 110_000,
      ])
  }

  @Test func encodingByHand() throws {
    #expect(
      try recognise("date,symbol,close\n2024-01-02,A,1\n") { $0.encoding = "Latin-1" }.encoding
        == "Latin-1")
    #expect(refusal("date,close\n") { $0.encoding = "EBCDIC" }.contains("is not one of UTF-8"))
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func anyBytesEndWell(seed: UInt64) {
    var random = SplitMix(seed)
    let pieces = [
      "date", "symbol", "close", "open", "2024-01-02", "01/02/2024", ",", ",", ",", ";", "\t", "\n",
      "\n", "\r\n",
      "\r", "\"", "1", "1.5", "1,5", "-", "#", "x", "", "1704067200", "\u{FF}", "null", "t", "o",
      "h", "l", "c",
    ]
    for _ in 0..<3000 {
      var bytes = Array(
        (0..<random.below(60)).map { _ in pieces[random.below(pieces.count)] }.joined().utf8)
      if random.below(4) == 0, !bytes.isEmpty {
        bytes[random.below(bytes.count)] = UInt8(random.below(256))
      }
      for symbol in [ImportOptions.SymbolSource.column, .fixed("X")] {
        var options = ImportOptions()
        options.symbol = symbol
        _ = try? RecognisedFile.recognise(bytes, path: "20240102.csv", options: options)
      }
    }
  }
}

@Suite struct JSONTests {
  private func read(_ text: String) throws -> (
    draft: PanelDraft, quarantined: [QuarantinedRow], summary: ImportSummary
  ) {
    let scratch = try Scratch()
    return try JSONImporter.read(paths: [scratch.write(text, to: "p.json")], options: .init())
  }

  private func refusal(_ text: String) throws -> String {
    let scratch = try Scratch()
    let path = try scratch.write(text, to: "p.json")
    do {
      _ = try JSONImporter.read(paths: [path], options: .init())
      return "accepted"
    } catch {
      return error.description.replacing(path, with: "p.json")
    }
  }

  @Test(arguments: [
    (
      "[{\"t\":1}",
      "p.json, line 1, column 9: the end of the file stands where ',' or ']' is expected."
    ),
    ("{\n  \"a\": tru\n}", "p.json, line 2, column 8: 'tru' is no value of JSON."),
    ("[1,,2]", "p.json, line 1, column 4: ',' stands where a value is expected."),
    ("{a: 1}", "p.json, line 1, column 2: 'a' stands where a key in quotes is expected."),
    ("[\"abc", "p.json, line 1, column 2: a text has no end."),
    ("{}", "p.json, line 1, column 1: there are no candles"),
    ("[]", "p.json, line 1, column 1: there are no candles"),
    ("12", "p.json, line 1, column 1: there are no candles"),
    ("", "p.json is empty"),
    (
      "{\"t\":[1704205800],\"o\":[1,2],\"h\":[1],\"l\":[1],\"c\":[1]}",
      "'o' has 2 values, and 't' has 1"
    ),
    (
      "{\"prices\":[[1704205800000,1],[1704292200000,2,3]]}", "a list of time and value is expected"
    ),
  ])
  func refuses(text: String, expected: String) throws {
    let found = try refusal(text)
    #expect(found.contains(expected), "\(found)")
  }

  @Test func depthIsBounded() throws {
    let deep = String(repeating: "[", count: 100_000)
    #expect(try refusal(deep).contains("nested deeper than 64 levels"))
    #expect(try refusal(String(repeating: "{\"a\":", count: 100_000)).contains("nested deeper"))
  }

  @Test func rulesNameTheLinesOfTheFile() throws {
    let (_, bad, summary) = try read(
      """
      {"symbol": "A", "data": [
        {"date": "2024-01-02", "open": 1, "high": 2, "low": 1, "close": 1},

        {"date": "2024-01-03", "open": 1, "high": 2, "low": 3, "close": 1},
        {"date": "2024-01-04", "open": 1, "high": NaN, "low": 1, "close": 1},
        {"date": "2024-01-05", "open": 1, "high": 2, "low": 1, "close": 1},
        {"date": "2024-01-08", "open": 1, "high": 2, "low": null, "close": 1, "more": {"a": [1]}}
      ]}
      """)
    #expect(bad.map(\.line) == [4, 5])
    #expect(bad.map(\.column) == ["low", "high"])
    #expect(summary.rowsKept == 3)
  }

  @Test func mixesWithNothingElse() throws {
    let scratch = try Scratch()
    let json = try scratch.write(
      "[{\"date\":\"2024-01-02\",\"symbol\":\"A\",\"close\":1}]", to: "a.json")
    let csv = try scratch.write("date,symbol,close\n2024-01-02,B,1\n", to: "b.csv")
    #expect(try ImporterCatalog.recognised([json], options: .init()).name == "json")
    #expect(try ImporterCatalog.recognised([csv], options: .init()).name == "csv")
    #expect(throws: ImportError.self) {
      try ImporterCatalog.recognised([json, csv], options: .init())
    }
  }

  @Test(arguments: [1, 2] as [UInt64])
  func anyBytesEndWell(seed: UInt64) throws {
    var random = SplitMix(seed)
    let pieces = [
      "{", "}", "[", "]", ",", ":", "\"t\"", "\"o\"", "\"h\"", "\"l\"", "\"c\"", "\"date\"",
      "\"prices\"",
      "1704067200", "\"2024-01-02\"", "1.5", "null", "NaN", "-", "\"\\u12", "\\", "\n",
      "[[1704067200,1]]",
    ]
    let scratch = try Scratch()
    for _ in 0..<400 {
      let text = (0..<random.below(40)).map { _ in pieces[random.below(pieces.count)] }.joined()
      let path = try scratch.write(text, to: "p.json")
      var options = ImportOptions()
      options.symbol = .fixed("X")
      _ = try? JSONImporter.read(paths: [path], options: options)
    }
  }
}
