import Interchange
import Market
import Testing

@Suite struct LeanTests {
  private static let day = Calendar.dayNs
  private static func date(_ text: String) throws -> Int64 {
    try Timestamp.nanoseconds(parsing: text)
  }

  /// Monday 2014-06-02 to Friday 2014-06-13, without the weekend.
  private static func days() throws -> ExchangeDays {
    let monday = try date("2014-06-02")
    let offsets: [Int64] = [0, 1, 2, 3, 4, 7, 8, 9, 10, 11]
    return ExchangeDays(
      timeNs: offsets.map { monday + $0 * day }, frequencyNs: day, zone: "America/New_York")
  }

  // MARK: - Factors

  /// A split of 7 and a dividend of 3.29, with factors of seven decimals.
  private static let joined = """
    date,symbol,price_factor,split_factor,reference_price
    1998-01-02,AAPL,0.9945165,0.1428571,1
    2014-06-03,AAPL,0.9945165,0.1428571,600
    2014-06-06,AAPL,1,0.1428571,645.57
    2050-12-31,AAPL,1,1,0
    """

  @Test func actionsFollowFromNeighbours() throws {
    let scratch = try Scratch()
    let draft = try LeanFactorsImporter.read(
      paths: [try scratch.write(Self.joined)], options: ImportOptions(), days: try Self.days())
    let expected = [
      NamedAction(
        symbol: "AAPL", timeNs: try Self.date("2014-06-04"), kind: .dividend, value: 3.2901,
        factor: 0.9945165),
      NamedAction(
        symbol: "AAPL", timeNs: try Self.date("2014-06-09"), kind: .split, value: 7,
        factor: 0.1428571),
    ]
    #expect(draft.actions == expected)
    #expect(draft.rowsRead == 4 && draft.quarantined.isEmpty)
  }

  @Test func itsOwnFormHasNoHeaderAndASymbolAFile() throws {
    let scratch = try Scratch()
    let path = try scratch.write(
      "19980102,0.9945165,0.1428571,1\n20140603,0.9945165,0.1428571,600\n"
        + "20140606,1,0.1428571,645.57\n20501231,1,1,0\n", to: "aapl.csv")
    let joined = try LeanFactorsImporter.read(
      paths: [try scratch.write(Self.joined)], options: ImportOptions(), days: try Self.days())
    var draft = try LeanFactorsImporter.read(
      paths: [path], options: ImportOptions(), days: try Self.days())
    #expect(draft.actions == joined.actions)
    var options = ImportOptions()
    options.symbol = .fixed("X")
    draft = try LeanFactorsImporter.read(paths: [path], options: options, days: .none)
    #expect(draft.actions.map(\.symbol) == ["X", "X"])
    // Without bars the next day is tomorrow.
    #expect(draft.actions[1].timeNs == (try Self.date("2014-06-07")))
  }

  @Test(
    arguments: [
      (2.0, 2.0), (1.9999972, 2), (7.0000035, 7), (0.1, 0.1), (1 / 7.00001, 1.0 / 7), (1.5, 1.5),
      (1.0027003, 1.0027003), (3.14159, 3.14159),
    ] as [(Double, Double)])
  func roundedRatiosAreSimpleFractions(ratio: Double, value: Double) throws {
    let scratch = try Scratch()
    let path = try scratch.write("20140603,1,\(1 / ratio),9\n20501231,1,1,0\n", to: "x.csv")
    let draft = try LeanFactorsImporter.read(
      paths: [path], options: ImportOptions(), days: .none)
    #expect(abs((draft.actions.first?.value ?? 0) / value - 1) < 1e-12)
  }

  @Test(arguments: [
    ("2014-06-03,A,0,1,9", "'0' is not a factor above zero"),
    ("2014-06-03,A,1,x,9", "'x' is not a factor above zero"),
    ("x,A,1,1,9", "'x' is not a date"), ("2014-06-03,,1,1,9", "the symbol is empty"),
    ("2014-06-04,A,0.9,1,9", "two rows for 2014-06-04"),
    ("2014-06-03,A,1.1,1,9", "dividend below zero"),
    ("2014-06-03,A,0.9,1,", "without the price of the day"),
  ])
  func badFactorsAreKeptOut(row: String, reason: String) throws {
    let scratch = try Scratch()
    let path = try scratch.write(
      "date,symbol,price_factor,split_factor,reference_price\n2014-06-04,A,1,1,9\n\(row)\n"
        + "2050-12-31,A,1,1,0\n")
    let draft = try LeanFactorsImporter.read(
      paths: [path], options: ImportOptions(), days: .none)
    #expect(draft.quarantined.count == 1 && draft.actions.isEmpty)
    #expect(draft.quarantined.first?.reason.contains(reason) ?? false, "\(draft.quarantined)")
  }

  // MARK: - Maps

  private static let map = """
    symbol,valid_until,ticker,exchange_code
    GOOG,2014-06-03,GOOCV,Q
    GOOG,2014-06-04,GOOCV,Q
    GOOG,2050-12-31,GOOG,Q
    GOOGL,2004-08-19,GOOG,Q
    GOOGL,2014-06-04,GOOG,Q
    GOOGL,2050-12-31,GOOGL,Q
    GONE,2010-01-01,GONE,N
    GONE,2014-06-06,GONE,N
    """

  private func tickers(_ text: String = Self.map) throws -> TickerMap {
    let scratch = try Scratch()
    return try LeanMapImporter.map(try scratch.write(text))
  }

  @Test func whoHadATickerWhen() throws {
    let map = try tickers()
    func owner(_ ticker: String, _ day: String) throws -> String? {
      map.symbol(of: ticker, on: try Self.date(day))
    }
    #expect(try owner("GOOG", "2010-01-04") == "GOOGL")
    #expect(try owner("GOOG", "2014-06-04") == "GOOGL")
    #expect(try owner("GOOG", "2014-06-05") == "GOOG")
    #expect(try owner("GOOCV", "2014-06-02") == nil)
    #expect(try owner("GOOCV", "2014-06-03") == "GOOG")
    #expect(try owner("GOOGL", "2014-06-04") == nil)
    #expect(try owner("GONE", "2014-06-07") == nil)
    let actions = map.actions(for: ["GOOG", "GOOGL", "GONE"], days: try Self.days())
    let expected = [
      NamedAction(
        symbol: "GOOCV", timeNs: try Self.date("2014-06-05"), kind: .rename, becomes: "GOOG"),
      NamedAction(
        symbol: "GOOG", timeNs: try Self.date("2014-06-05"), kind: .rename, becomes: "GOOGL"),
      NamedAction(symbol: "GONE", timeNs: try Self.date("2014-06-06"), kind: .delist),
    ]
    #expect(actions == expected)
  }

  @Test func itsOwnFormIsAFolder() throws {
    let scratch = try Scratch()
    _ = try scratch.write("20140603,goocv,Q\n20140604,goocv,Q\n20501231,goog,Q\n", to: "goog.csv")
    _ = try scratch.write("20040819,goog\n20140604,goog\n20501231,googl\n", to: "googl.csv")
    let map = try LeanMapImporter.map(scratch.folder.path)
    #expect(map.histories == Array(try tickers().histories[..<2]))
    #expect(throws: ImportError.self) { try LeanMapImporter.map(scratch.folder.path + "/none") }
  }

  @Test func theLastDaysThatThereAre() throws {
    #expect(
      try tickers("symbol,valid_until,ticker\nA,1678-01-01,A\nA,2261-12-31,A\n").histories.count
        == 1)
    #expect(throws: ImportError.self) {
      try tickers("symbol,valid_until,ticker\nA,1678-01-01,A\nA,2262-04-11,A\n")
    }
  }

  @Test func twoSymbolsCannotHaveOneTicker() throws {
    do {
      _ = try tickers(Self.map + "\nX,2014-06-01,GOOG,Q\nX,2014-06-10,GOOG,Q\n")
      Issue.record("it was read")
    } catch {
      #expect("\(error)".contains("both have the ticker GOOG on some day"), "\(error)")
    }
  }

  @Test func rowsGoToWhoHadTheTicker() throws {
    let names = ["GOOCV", "GOOG", "GOOGL", "OTHER"]
    let start = try Self.date("2014-06-02")
    // Every value tells its bar and column; GOOGL has none before 2014-06-05.
    let values = (0..<20).map { place -> Double in
      let (bar, column) = (place / 4, place % 4)
      if column == 2 && bar < 3 { return .nan }
      return Double(bar * 10 + column)
    }
    let draft = PanelDraft(
      name: "p", timeNs: (0..<5).map { start + Int64($0) * Self.day },
      symbols: names.map { .init(symbol: $0, name: $0.lowercased()) },
      calendar: Calendar(.usEquity), frequencyNs: Self.day,
      fields: [.init(name: "close", values: values)])
    let map = try tickers()
    let outcome = map.reassign(draft, days: try Self.days(), source: "x.csv")
    let after = outcome.draft
    #expect(after.symbols.map(\.symbol) == ["GOOG", "GOOGL", "OTHER"])
    #expect(after.symbols.map(\.name) == ["goog", "googl", "other"])
    func column(_ symbol: String) -> [Double?] {
      (0..<5).map { after.value("close", symbol, $0).flatMap { $0.isNaN ? nil : $0 } }
    }
    #expect(column("GOOG") == [nil, 10, 20, 31, 41])
    #expect(column("GOOGL") == [1, 11, 21, 32, 42])
    #expect(column("OTHER") == [3, 13, 23, 33, 43])
    #expect(outcome.moved == 5 && outcome.unclaimedCount == 3)
    #expect(
      outcome.unclaimed.map(\.text) == [
        "2014-06-02,GOOCV,close=0.0", "2014-06-05,GOOCV,close=30.0", "2014-06-06,GOOCV,close=40.0",
      ])
    let again = map.without(["GOOG", "GOOGL"]).reassign(
      after, days: try Self.days(), source: "x.csv")
    #expect(again.moved == 0 && again.unclaimedCount == 0)
  }

  @Test func intradayBarsLieOnTheDayOfTheirWall() throws {
    let midnight = try Self.date("2014-06-05")
    let days = ExchangeDays(
      timeNs: [midnight - 3_600_000_000_000, midnight + 14 * 3_600_000_000_000],
      frequencyNs: 3_600_000_000_000, zone: "America/New_York")
    // 23:00 UTC of the day before is 19:00 in New York; 01:00 UTC is 21:00, still the day before.
    #expect(days.day(of: midnight + 3_600_000_000_000) == midnight - Self.day)
    #expect(days.day(of: midnight + 14 * 3_600_000_000_000) == midnight)
    #expect(days.next(after: midnight - Self.day) == midnight)
    #expect(days.next(after: midnight) == midnight + Self.day)
  }
}
