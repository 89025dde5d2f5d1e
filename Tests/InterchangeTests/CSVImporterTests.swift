import Foundation
import Interchange
import Market
import Testing

private let header = "date,symbol,open,high,low,close,volume\n"
private let good =
  header + """
    2024-01-02,AAA,10,12,9,11,100
    2024-01-03,AAA,11,13,10,12,200
    2024-01-02,BBB,20,22,19,21,300
    2024-01-03,BBB,21,23,20,22,400
    2024-01-04,BBB,22,24,21,23,500

    """

/// Imports one text, by way of a file.
private func importing(_ text: String, _ options: ImportOptions = .init(), name: String = "p.csv")
  throws -> (draft: PanelDraft, quarantined: [QuarantinedRow], summary: ImportSummary)
{
  let scratch = try Scratch()
  return try CSVImporter.read(paths: [scratch.write(text, to: name)], options: options)
}

/// The refusal of one file, with the path cut to its name.
private func refusal(_ bytes: [UInt8], _ options: ImportOptions = .init(), name: String = "p.csv")
  throws -> String
{
  let scratch = try Scratch()
  let path = try scratch.write(bytes, to: name)
  do {
    _ = try CSVImporter.read(paths: [path], options: options)
    return "accepted"
  } catch {
    return error.description.replacing(path, with: name)
  }
}

private func refusal(_ text: String, _ options: ImportOptions = .init(), name: String = "p.csv")
  throws -> String
{
  try refusal(Array(text.utf8), options, name: name)
}

@Suite struct CSVImporterTests {
  @Test func readsALongFile() throws {
    let (draft, bad, summary) = try importing(good)
    #expect(draft.name == "us_equity_1d")
    #expect(draft.symbols.map(\.symbol) == ["AAA", "BBB"])
    #expect(draft.timeNs.map(TimeParser.format) == ["2024-01-02", "2024-01-03", "2024-01-04"])
    #expect(draft.fields.map(\.name) == ["open", "high", "low", "close", "volume"])
    #expect(draft.fields[3].values.map { $0.isNaN ? -1 : $0 } == [11, 21, 12, 22, -1, 23])
    #expect(draft.calendar == Calendar(.usEquity))
    #expect(draft.frequencyNs == Calendar.dayNs)
    #expect(bad.isEmpty)
    #expect(summary.rowsRead == 5 && summary.rowsKept == 5 && summary.bytesRead == good.utf8.count)
    #expect(summary.bars == 3 && summary.symbols == 2 && summary.quarantined.isEmpty)
  }

  @Test func gzipAndLineEndsChangeNothing() throws {
    let scratch = try Scratch()
    let plain = try CSVImporter.read(paths: [scratch.write(good)], options: .init()).draft
    let members = gzip(String(good.prefix(60))) + gzip(String(good.dropFirst(60)))
    for bytes in [gzip(good), members, Array(good.replacing("\n", with: "\r\n").utf8)] {
      let other = try CSVImporter.read(paths: [scratch.write(bytes)], options: .init()).draft
      #expect(other.timeNs == plain.timeNs && other.symbols.map(\.symbol) == ["AAA", "BBB"])
      for (a, b) in zip(plain.fields, other.fields) {
        #expect(a.values.map(\.bitPattern) == b.values.map(\.bitPattern))
      }
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func orderOfRowsChangesNothing(seed: UInt64) throws {
    var random = SplitMix(seed)
    var rows: [String] = []
    for day in 10..<29 {
      for s in 0..<17 where random.below(5) > 0 {
        rows.append("2024-01-\(day),S\(s),,,,\(day * 100 + s),\(random.below(99))")
      }
    }
    let sorted = try importing(header + rows.joined(separator: "\n")).draft
    let mixed = try importing(header + rows.shuffled(using: &random).joined(separator: "\n")).draft
    #expect(sorted.timeNs == mixed.timeNs)
    #expect(sorted.symbols.map(\.symbol) == mixed.symbols.map(\.symbol))
    for (a, b) in zip(sorted.fields, mixed.fields) {
      #expect(a.values.map(\.bitPattern) == b.values.map(\.bitPattern), "seed \(seed)")
    }
    for row in rows {
      let cells = row.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      let bar = try #require(sorted.timeNs.map(TimeParser.format).firstIndex(of: cells[0]))
      #expect(sorted.value("close", cells[1], bar) == Double(cells[5]))
    }
  }

  // One bad row between good ones; the rule, the column and the reason.
  @Test(arguments: [
    ("2024-01-05,AAA,1,1,1", ImportRule.fieldCount, "date", "5 fields, where the header has 7"),
    ("2024-01-05,AAA,1,1,1,1,1,1", .fieldCount, "date", "8 fields, where the header has 7"),
    ("\"2024-01-05\"x,AAA,1,1,1,1,1", .quotes, "date", "text follows a closing quote"),
    ("2024-01-05,,1,1,1,1,1", .symbol, "symbol", "the symbol is empty"),
    ("05.01.2024,AAA,1,1,1,1,1", .time, "date", "'05.01.2024' is not a date or time"),
    (",AAA,1,1,1,1,1", .time, "date", "'' is not a date or time"),
    ("2024-01-05,AAA,1,1,1,one,1", .number, "close", "'one' is not a number"),
    ("2024-01-05,AAA,1,1,1,nan,1", .finite, "close", "nan is not finite"),
    ("2024-01-05,AAA,1,1,1,1e999,1", .finite, "close", "1e999 is not finite"),
    ("2024-01-05,AAA,0,1,1,1,1", .positivePrice, "open", "open 0.0 is not above zero"),
    ("2024-01-05,AAA,1,1,-1,1,1", .positivePrice, "low", "low -1.0 is not above zero"),
    ("2024-01-05,AAA,1,1,2,1,1", .priceOrder, "low", "low 2.0 lies above high 1.0"),
    ("2024-01-05,AAA,3,2,1,2,1", .priceOrder, "open", "open 3.0 lies above high 2.0"),
    ("2024-01-05,AAA,1,3,2,2,1", .priceOrder, "open", "open 1.0 lies below low 2.0"),
    ("2024-01-05,AAA,2,3,2,4,1", .priceOrder, "close", "close 4.0 lies above high 3.0"),
    ("2024-01-05,AAA,2,,2,1,1", .priceOrder, "close", "close 1.0 lies below low 2.0"),
    ("2024-01-05,AAA,1,1,1,1,-5", .volume, "volume", "volume -5.0 is negative"),
    ("2024-01-03,AAA,1,1,1,1,1", .duplicate, "date", "AAA at 2024-01-03 stands already in line 3"),
  ])
  func leavesABadRowOut(row: String, rule: ImportRule, column: String, reason: String) throws {
    let (draft, bad, summary) = try importing(good + row + "\n2024-01-08,AAA,1,1,1,1,1\n")
    #expect(bad.count == 1)
    #expect(bad.first?.line == 7)
    #expect(bad.first?.column == column)
    #expect(bad.first?.text == row)
    #expect(bad.first?.reason.hasPrefix(reason) == true, "\(bad.first?.reason ?? "")")
    #expect(summary.quarantined == [rule: 1])
    #expect(summary.rowsRead == 7 && summary.rowsKept == 6)
    #expect(draft.value("close", "AAA", 1) == 12)
    #expect(!draft.timeNs.map(TimeParser.format).contains("2024-01-05"))

    var strict = ImportOptions()
    strict.onBadRow = .reject
    let text = try refusal(good + row + "\n2024-01-08,AAA,1,1,1,1,1\n", strict)
    #expect(text.hasPrefix("p.csv, line 7, \(column): \(reason)"), "\(text)")
  }

  @Test func badSymbolBytesAreQuarantined() throws {
    let scratch = try Scratch()
    // Beyond the head, where the text has long been told to be UTF-8.
    var text = good
    for index in 0..<5000 { text += "2024-02-01,S\(index),1,1,1,1,1\n" }
    let row = Array("2024-01-05,A".utf8) + [0xFF] + Array(",1,1,1,1,1\n".utf8)
    let (draft, bad, _) = try CSVImporter.read(
      paths: [scratch.write(Array(text.utf8) + row)], options: .init())
    #expect(bad.map(\.reason) == ["the symbol is not UTF-8"])
    #expect(draft.symbols.count == 5002)
  }

  @Test func whatIsNotUTF8IsLatin1() throws {
    let scratch = try Scratch()
    let row = Array("2024-01-05,A".utf8) + [0xE9] + Array(",1,1,1,1,1\n".utf8)
    let (draft, bad, summary) = try CSVImporter.read(
      paths: [scratch.write(Array(good.utf8) + row)], options: .init())
    #expect(bad.isEmpty && draft.symbols.map(\.symbol) == ["AAA", "Aé", "BBB"])
    #expect(summary.dialects[0].hasPrefix("Latin-1"))
  }

  @Test func emptyCellsAreMissingValues() throws {
    let (draft, bad, _) = try importing(good + "2024-01-05,AAA,,,,7,\n2024-01-05,BBB,,,,,\n")
    #expect(bad.isEmpty)
    #expect(draft.value("close", "AAA", 3) == 7)
    #expect(draft.value("open", "AAA", 3)?.isNaN == true)
    #expect(draft.value("close", "BBB", 3)?.isNaN == true)
  }

  @Test func negativePricesByOption() throws {
    var options = ImportOptions()
    options.allowsNegativePrices = true
    let (draft, bad, _) = try importing(good + "2024-01-05,AAA,-1,0,-40,-37.63,1\n", options)
    #expect(bad.isEmpty && draft.allowsNegativePrices)
    #expect(draft.value("close", "AAA", 3) == -37.63)
  }

  @Test func aliasesExtrasAndText() throws {
    let (draft, bad, summary) = try importing(
      """
      Timestamp,Ticker,Name,Price,volume_usd,market_cap_usd,Adj Close,note,last
      2024-01-06 10:00:00,BTC,Bitcoin,5,6,7,8,x,1
      2024-01-06 11:00:00,BTC,,5,6,7,,y,2
      2024-01-06 12:00:00,ETH,Ether,5,6,7,9,2024,3
      2024-01-06 13:00:00,ETH,Ether,5,6,7,oops,z,3
      """)
    #expect(draft.name == "crypto_1h")
    #expect(draft.symbols.map(\.name) == ["Bitcoin", "Ether"])
    #expect(
      draft.fields.map(\.name) == ["close", "volume", "market_cap", "adj_close", "last_value"])
    #expect(summary.ignoredColumns == ["note"])
    #expect(bad.map(\.reason) == ["'oops' is not a number"])
    #expect(draft.value("adj_close", "BTC", 0) == 8)
    #expect(draft.value("last_value", "ETH", 2) == 3)
  }

  @Test func nameIsTheSymbolWhereNothingElseIs() throws {
    let (draft, _, _) = try importing("date,close,Name\n2024-01-02,5,AAL\n")
    #expect(draft.symbols.map(\.symbol) == ["AAL"])
  }

  @Test func aLongColumnOfTextIsIgnoredWithoutKeepingItsRows() throws {
    var text = "date,symbol,close,when\n"
    for i in 0..<5000 { text += "2024-01-02,S\(i),5,\(i < 10 ? "1" : "noon")\n" }
    let (draft, bad, summary) = try importing(text)
    #expect(summary.rowsKept == 5000 && bad.isEmpty)
    #expect(draft.fields.map(\.name) == ["close"])
    #expect(summary.ignoredColumns == ["when"])
  }

  @Test func doubtfulRowsThatFailOtherwiseDropNoOther() throws {
    // The first row fails both as an extra and by its price; the second must stay.
    let (draft, bad, _) = try importing(
      "date,symbol,close,extra\n2024-01-02,A,-1,bad\n2024-01-03,A,2,2\n"
        + "2024-01-04,A,3,3\n2024-01-05,A,4,4\n"
    )
    #expect(bad.map(\.line) == [2])
    #expect(draft.fields[0].values == [2, 3, 4])
  }

  @Test func columnsByHand() throws {
    var options = ImportOptions()
    options.columns = ["close": "Schluss", "time": "Tag", "bid": "Geld"]
    let text =
      "Tag,symbol,close,Schluss,Geld\n2024-01-02,A,1,2,3\n2024-01-03,A,1,2,x\n2024-01-04,A,1,2,3\n"
    // `close` of the file is no longer the close, and would be a second field of that name.
    #expect(try refusal(text, options).contains("more than one column for 'close'"))
    let renamed = text.replacing("close,", with: "raw,")
    let (draft, bad, _) = try importing(renamed, options)
    #expect(draft.fields.map(\.name) == ["close", "bid", "raw"])
    #expect(draft.value("close", "A", 0) == 2)
    #expect(bad.map(\.line) == [3])
    options.columns["close"] = "Schlus"
    #expect(try refusal(renamed, options).contains("Did you mean 'Schluss'?"))
    options.columns = ["close": "Tag", "time": "Tag"]
    #expect(try refusal(renamed, options).contains("names a column or field twice"))
  }

  @Test func oneSymbolAFile() throws {
    let scratch = try Scratch()
    let text = "date,close\n2024-01-02,1\n2024-01-03,2\n"
    let paths = try [
      scratch.write(text, to: "BRK.B.csv"), scratch.write(gzip(text), to: "aapl.csv.gz"),
    ]
    var options = ImportOptions()
    options.symbol = .fileName
    let draft = try CSVImporter.read(paths: paths, options: options).draft
    #expect(draft.symbols.map(\.symbol) == ["BRK.B", "aapl"])
    options.symbol = .fixed("X")
    #expect(try importing(text, options).draft.symbols.map(\.symbol) == ["X"])
    #expect(
      try importing("date,symbol,close\n2024-01-02,A,1\n", options).summary.ignoredColumns == [
        "symbol"
      ])
    #expect(try refusal(text).contains("use --symbol or --symbol-from-filename"))
    options.columns = ["symbol": "close"]
    #expect(try refusal(text, options).contains("contradicts"))
  }

  @Test func duplicatesAcrossFiles() throws {
    let scratch = try Scratch()
    let first = try scratch.write(good, to: "1.csv")
    let second = try scratch.write(
      header + "2024-01-04,BBB,1,1,1,1,1\n2024-01-05,BBB,1,1,1,1,1\n2024-01-08,BBB,1,1,1,1,1\n",
      to: "2.csv")
    let (draft, bad, summary) = try CSVImporter.read(paths: [first, second], options: .init())
    #expect(draft.value("close", "BBB", 2) == 23)
    #expect(summary.rowsKept == 7)
    #expect(bad.map(\.reason) == ["BBB at 2024-01-04 stands already in \(first) line 6"])
    #expect(bad.map(\.text) == ["2024-01-04,BBB,1,1,1,1,1"])
    #expect(bad.map(\.file) == [second])
    // The same file twice is no import.
    #expect(throws: (any Error).self) {
      try CSVImporter.read(paths: [first, first], options: .init())
    }
  }

  @Test func filesWithDifferentFields() throws {
    let scratch = try Scratch()
    let paths = try [
      scratch.write("date,symbol,close,bid\n2024-01-02,A,1,2\n", to: "1.csv"),
      scratch.write("symbol,date,volume,close\nB,2024-01-02,3,4\n", to: "2.csv"),
    ]
    let draft = try CSVImporter.read(paths: paths, options: .init()).draft
    #expect(draft.fields.map(\.name) == ["close", "volume", "bid"])
    #expect(draft.value("bid", "B", 0)?.isNaN == true)
    #expect(draft.value("volume", "B", 0) == 3)
  }

  // Steps between bars in seconds, and the label of the frequency.
  @Test(arguments: [
    ([60, 60, 60, 3600, 60], "1m"), ([300, 300, 600], "5m"), ([3600, 3600, 64800, 3600], "1h"),
    ([14400, 68400, 14400], "4h"), ([1, 1, 2], "1s"), ([90, 90], "90s"), ([86400, 86400], "1d"),
    ([], "1d"),
  ])
  func frequencyIsTheCommonestStep(steps: [Int], label: String) throws {
    var at: Int64 = 1_704_205_800 * 1_000_000_000  // 2024-01-02 14:30
    var text = "time,symbol,close\n\(TimeParser.format(at)),A,1\n"
    for step in steps {
      at += Int64(step) * 1_000_000_000
      text += "\(TimeParser.format(at)),A,1\n"
    }
    #expect(try importing(text).draft.name == "us_equity_\(label)")
  }

  @Test func optionsOverrideInference() throws {
    var options = ImportOptions()
    options.calendar = .crypto
    options.frequencyNs = 7 * Calendar.dayNs
    #expect(try importing(good, options).draft.name == "crypto_1w")
    options.panel = "mine"
    #expect(try importing(good, options).draft.name == "mine")
    options.frequencyNs = 0
    #expect(try refusal(good, options).contains("not above zero"))
  }

  @Test func catalogueKnowsIt() {
    #expect(ImporterCatalog.importer(named: "csv") != nil)
    #expect(ImporterCatalog.importer(named: "cvs") == nil)
    #expect(Set(ImporterCatalog.all.map { $0.name }).count == ImporterCatalog.all.count)
  }
}

@Suite struct RefusalTests {
  @Test(arguments: [
    ("", "p.csv is empty"),
    ("\n \r\n", "p.csv is empty"),
    (header, "p.csv has a header but no row"),
    ("2024-01-02,AAA,10,12\n", "p.csv has no header: its first line is '2024-01-02,AAA"),
    ("date,symbol,open\n", "p.csv has no column for 'close' (it has: date, symbol, open)"),
    ("date,symbol,clsoe\n2024-01-02,A,1\n", "Did you mean 'clsoe'"),
    ("date^symbol^close\n2024-01-02^A^1\n", "name it: --delimiter"),
    ("date,symbol,close,Close\n2024-01-02,A,1,1\n", "p.csv has more than one column for 'Close'"),
    ("date,symbol,close\n2024-01-02,A,x\n", "1 of 1 rows break a rule, first line 2, close: 'x'"),
    ("date,symbol,close\n1,A,1\n2,A,1\n2024-01-02,A,1\n", "2 of 3 rows break a rule"),
    ("date,symbol,close\n2024-01-02,A,\"1\n", "line 2: a quoted field never ends"),
    ("date,symbol,close\n2024-01-02,A,1\0\n", "binary data"),
    ("PK\u{3}\u{4}whatever", "a zip archive"),
  ])
  func refusesText(text: String, expected: String) throws {
    let found = try refusal(text)
    #expect(found.contains(expected), "\(found)")
  }

  @Test func refusesBytes() throws {
    #expect(try refusal([0xFF, 0xFE, 0, 0, 65, 0, 0, 0]).contains("UTF-32"))
    #expect(try refusal([65, 1, 0xFF, 44, 66, 10]).contains("binary data"))
    #expect(try refusal(Array(gzip(good).dropLast(12))).contains("broken gzip file"))
    #expect(try refusal([0x1F, 0x8B]).contains("broken gzip file"))
    #expect(try refusal(gzip(gzip(good))).contains("not a text file") == true)
    let bomb = Array(header.utf8) + [UInt8](repeating: 10, count: 40 << 20)
    #expect(try refusal(gzip(bomb)).contains("unpacks from"))
  }

  @Test func refusesPathsAndPanelsOutOfBounds() throws {
    #expect {
      try CSVImporter.read(paths: ["/no/such.csv"], options: .init())
    } throws: { "\($0)" == "/no/such.csv cannot be read: no such file or directory." }
    #expect {
      try CSVImporter.read(paths: ["/"], options: .init())
    } throws: { "\($0)" == "/ cannot be read: is a directory." }
    #expect(throws: ImportError.self) { try CSVImporter.read(paths: [], options: .init()) }
    #expect(throws: ImportError.self) { try CSVImporter.read(paths: ["-", "-"], options: .init()) }
    var options = ImportOptions()
    options.panelBytesLimit = 3 * 2 * 5 * 8 - 1
    #expect(try refusal(good, options).contains("3 bars × 2 symbols × 5 fields = 240 bytes"))
    options.panelBytesLimit = 240
    #expect(try refusal(good, options) == "accepted")
  }
}
