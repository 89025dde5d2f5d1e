import Interchange
import Market
import Testing

@Suite struct ActionsImporterTests {
  private static func day(_ text: String) throws -> Int64 {
    try Timestamp.nanoseconds(parsing: text)
  }

  private func read(_ text: String, _ change: (inout ImportOptions) -> Void = { _ in }) throws
    -> FactsDraft
  {
    let scratch = try Scratch()
    var options = ImportOptions()
    change(&options)
    return try ActionsImporter.read(
      paths: [try scratch.write(text)], options: options, days: .none)
  }

  @Test func rowsWithAKind() throws {
    let draft = try read(
      """
      ex_date,symbol,type,split_ratio,dividend_per_share,new_symbol,value
      2014-06-09,AAPL,split,7:1,,,
      20130207,AAPL,Dividend,,2.65,,
      2022-06-09,FB,ticker_change,,,META,
      2020-01-02,OLD,delisted,,,,-0.4
      2020-01-03,OLDER,delist,,,,
      2011-05-09,C,Reverse Split,,,,1-for-10
      """)
    let expected = [
      NamedAction(symbol: "AAPL", timeNs: try Self.day("2014-06-09"), kind: .split, value: 7),
      NamedAction(symbol: "AAPL", timeNs: try Self.day("2013-02-07"), kind: .dividend, value: 2.65),
      NamedAction(symbol: "FB", timeNs: try Self.day("2022-06-09"), kind: .rename, becomes: "META"),
      NamedAction(symbol: "OLD", timeNs: try Self.day("2020-01-02"), kind: .delist, value: -0.4),
      NamedAction(symbol: "OLDER", timeNs: try Self.day("2020-01-03"), kind: .delist),
      NamedAction(symbol: "C", timeNs: try Self.day("2011-05-09"), kind: .split, value: 0.1),
    ]
    #expect(draft.actions == expected)
    #expect(draft.quarantined.isEmpty && draft.rowsRead == 6)
  }

  @Test(arguments: [
    ("7", 7.0), ("7:1", 7), ("7/1", 7), ("7-for-1", 7), ("7 for 1", 7), (" 3 : 2 ", 1.5),
    ("1/10", 0.1), ("1.5", 1.5), ("21-For-20", 1.05),
  ])
  func ratios(text: String, ratio: Double) throws {
    let draft = try read("date,symbol,kind,ratio\n2020-01-01,A,split,\(text)\n")
    #expect(draft.actions.map(\.value) == [ratio])
  }

  @Test func yahooGivesDividendsInTodaysShares() throws {
    let text = """
      Date,Open,Close,Dividends,Stock Splits
      2014-02-06 00:00:00-05:00,1,1,0.1,0.0
      2014-06-09 00:00:00-04:00,1,1,0.0,7.0
      2014-08-07 00:00:00-04:00,1,1,0.47,0.0
      2020-08-31 00:00:00-04:00,1,1,0.25,4.0
      2020-09-01 00:00:00-04:00,1,1,0.0,0.0
      """
    let draft = try read(text) { $0.symbol = .fixed("AAPL") }
    #expect(draft.actions.map(\.kind) == [.dividend, .split, .dividend, .split, .dividend])
    let values = [0.1 * 7 * 4, 7, 0.47 * 4, 4, 0.25 * 4]
    #expect(zip(draft.actions.map(\.value), values).allSatisfy { abs($0 - $1) < 1e-12 })
    // The date as written, not the day of its midnight in UTC.
    #expect(draft.actions[1].timeNs == (try Self.day("2014-06-09")))
    let plain = try read(text) {
      $0.symbol = .fixed("AAPL")
      $0.adjusted = Adjustment.none
    }
    #expect(plain.actions[0].value == 0.1)
  }

  @Test func splitsFromToAndAmounts() throws {
    let splits = try read("execution_date,ticker,split_from,split_to\n2020-08-31,AAPL,1,4\n")
    #expect(splits.actions.map(\.value) == [4])
    let cash = try read("ex_dividend_date,ticker,cash_amount\n2020-08-07,AAPL,0.82\n")
    #expect(cash.actions.map(\.value) == [0.82] && cash.actions[0].kind == .dividend)
    let amount = try read("date,symbol,amount\n2020-08-07,AAPL,0.82\n")
    #expect(amount.actions.map(\.kind) == [.dividend])
  }

  @Test func theCloseBeforeBecomesAFactor() throws {
    let draft = try read(
      "ex_date,symbol,type,dividend,reference_close\n2020-01-02,A,dividend,1,50\n2020-01-03,A,dividend,1,\n"
    )
    #expect(draft.actions[0].factor == 0.98 && draft.actions[1].factor.isNaN)
  }

  @Test func dividendsOfOneDayAddUpAndEqualRowsCountOnce() throws {
    let draft = try read(
      """
      date,symbol,type,value
      2020-01-02,A,dividend,1
      2020-01-02,A,special_dividend,0.5
      2020-01-02,A,dividend,1
      2020-01-03,A,split,2
      2020-01-03,A,split,2
      2020-01-03,A,split,3
      """)
    #expect(draft.actions.map(\.value) == [1.5, 2])
    #expect(draft.quarantined.map(\.line) == [7])
    #expect(draft.notes.contains { $0.hasSuffix("2 rows repeat others") })
    #expect(draft.notes.contains { $0.contains("1 dividends were added") })
  }

  @Test(arguments: [
    ("2020-13-01,A,split,2", "'2020-13-01' is not a date such as 2014-06-09"),
    ("09/06/2014,A,split,2", "'09/06/2014' is not a date"), (",A,split,2", "'' is not a date"),
    ("2020-01-01,,split,2", "the symbol is empty"),
    ("2020-01-01,A,spinoff,2", "'spinoff' is not split, dividend, rename or delist"),
    ("2020-01-01,A,split,0", "'0' is not a ratio"), ("2020-01-01,A,split,-2", "is not a ratio"),
    ("2020-01-01,A,split,2:0", "is not a ratio"), ("2020-01-01,A,split,inf", "is not a ratio"),
    ("2020-01-01,A,split,", "a split needs a ratio"),
    ("2020-01-01,A,split,2:1:1", "is not a ratio"),
    ("2020-01-01,A,dividend,-1", "'-1' is not an amount from 0"),
    ("2020-01-01,A,dividend,x", "'x' is not an amount"),
    ("2020-01-01,A,rename,A", "'A' is not another ticker"),
    ("2020-01-01,A,rename,", "a rename needs another ticker"),
    ("2020-01-01,A,delist,-2", "'-2' is not a return from -1"),
    ("2020-01-01,A,split,2,3", "5 fields, where the header has 4"),
  ])
  func badRowsAreKeptOut(row: String, reason: String) throws {
    let good = "2020-01-02,A,split,2\n2020-01-02,B,split,2\n"
    let draft = try read("date,symbol,type,value\n\(row)\n" + good)
    #expect(draft.actions.count == 2)
    #expect(draft.quarantined.count == 1 && draft.quarantined[0].line == 2)
    #expect(draft.quarantined.first?.reason.contains(reason) ?? false, "\(draft.quarantined)")
    #expect(draft.quarantined.first?.text == row)
    #expect(throws: ImportError.self) {
      try read("date,symbol,type,value\n\(row)\n" + good) { $0.onBadRow = .reject }
    }
    #expect(throws: ImportError.self) { try read("date,symbol,type,value\n\(row)\n") }
  }

  @Test(arguments: [
    ("", "is empty"), ("symbol,type,value\nA,split,2\n", "no column for 'time'"),
    ("date,type,value\n2020-01-01,split,2\n", "no column for 'symbol'"),
    ("date,symbol,value\n2020-01-01,A,2\n", "no column for 'kind'"),
  ])
  func filesThatAreNone(text: String, reason: String) throws {
    do {
      _ = try read(text)
      Issue.record("it was read")
    } catch {
      #expect("\(error)".contains(reason), "\(error)")
    }
  }
}
