import Foundation
import TestSupport
import Testing

/// A file of facts about the symbols AAA and BBB that is broken or tricky, and what has to become of it.
struct MalformedFacts: Sendable, CustomTestStringConvertible {
  enum Outcome: Sendable {
    /// Refused as a whole, with exit status 3 and a message that begins so.
    case refused(String)
    /// Of the rows read: added, left out by a rule, of symbols that the store does not have, or repeats of others.
    case taken(
      read: Int, added: Int, bad: Int = 0, unknown: Int = 0, repeated: Int = 0, String = "")
  }

  let name: String
  let format: String
  let outcome: Outcome
  let content: Bytes

  init(_ name: String, _ format: String, _ outcome: Outcome, _ text: String) {
    (self.name, self.format, self.outcome) = (name, format, outcome)
    content = Bytes(text.utf8)
  }

  var testDescription: String { name }

  static let all = brokenActions + actionFiles + factors + symbols

  private static let good = """
    symbol,date,kind,value
    AAA,2014-06-09,split,2
    BBB,2014-06-09,dividend,0.5
    BBB,2014-06-04,dividend,0.5

    """

  // Three good rows, and one that is not.
  private static let brokenActions = [
    ("AAA,2014-06-04,split,0", "value: '0' is not a ratio"),
    ("AAA,2014-06-04,split,-2", "value: '-2' is not a ratio"),
    ("AAA,2014-06-04,split,a:b", "value: 'a:b' is not a ratio"),
    ("AAA,2014-06-04,split,1:0", "value: '1:0' is not a ratio"),
    ("AAA,2014-06-04,split,inf", "value: 'inf' is not a ratio"),
    ("AAA,2014-06-09,split,3", "date: AAA has another split on 2014-06-09, and not the same"),
    ("AAA,2014-06-04,dividend,-1", "value: '-1' is not an amount from 0"),
    ("AAA,2014-06-04,dividend,NaN", "value: 'NaN' is not an amount from 0"),
    ("AAA,2014-06-04,spilt,2", "kind: 'spilt' is not split, dividend, rename or delist"),
    ("AAA,2014-02-30,split,2", "date: '2014-02-30' is not a date"),
    ("AAA,9999-06-04,split,2", "date: '9999-06-04' is not a date"),
    ("AAA,2014-06-04", "kind: '' is not split"),
    (",2014-06-04,split,2", "symbol: the symbol is empty"),
    ("AAA,2014-06-04,rename,AAA", "value: 'AAA' is not another ticker"),
    ("AAA,2014-06-04,rename,", "value: a rename needs another ticker"),
  ].map { row, reason in
    MalformedFacts(
      row, "actions", .taken(read: 4, added: 3, bad: 1, "f.csv:5: " + reason), good + row + "\n")
  }

  private static let actionFiles = [
    MalformedFacts(
      "a symbol that the store does not have", "actions",
      .taken(read: 4, added: 3, unknown: 1, "does not have AAC. Did you mean 'AAA'?"),
      good + "AAC,2014-06-04,split,2\n"),
    MalformedFacts(
      "the same action twice", "actions",
      .taken(read: 4, added: 3, repeated: 1), good + "AAA,2014-06-09,split,2\n"),
    MalformedFacts("no bytes", "actions", .refused("f.csv is empty"), ""),
    MalformedFacts(
      "no times", "actions", .refused("f.csv has no column for 'time'"),
      "symbol,kind,value\nAAA,split,2\n"),
    MalformedFacts(
      "no kinds", "actions", .refused("f.csv has no column for 'kind'"),
      "symbol,date\nAAA,2014-06-04\n"),
    MalformedFacts(
      "bad rows alone", "actions", .refused("f.csv does not look right: 1 of 1 rows break a rule"),
      "symbol,date,kind,value\nAAA,x,split,2\n"),
    MalformedFacts(
      "unknown symbols alone", "actions", .refused("s.h5 has no symbol ZZZ (of f.csv)"),
      "symbol,date,kind,value\nZZZ,2014-06-09,split,2\n"),
    MalformedFacts(
      "another file's form", "actions", .refused("f.csv is not a text file: it holds Parquet"),
      "PAR1\u{0}\u{0}"),
    MalformedFacts(
      "a quote unclosed", "actions", .refused("f.csv, line 5: a quoted field never ends"),
      good + "\"AAA,2014"),
  ]

  private static let factors = [
    MalformedFacts(
      "a factor of nothing", "lean-factors --symbol AAA",
      .taken(read: 3, added: 2, bad: 1, "f.csv:1: price_factor: '0' is not a factor above zero"),
      "20140606,0,0.5,10\n20140609,0.9,0.5,10\n20501231,1,1,0\n"),
    MalformedFacts(
      "text for factors", "lean-factors --symbol AAA", .refused("f.csv has no column for 'date'"),
      "hello world\n"),
    MalformedFacts(
      "a map without tickers", "lean-map", .refused("f.csv has no column for 'ticker'"),
      "20040819\n"),
  ]

  private static let symbols =
    [
      ("AAA,F,E,1,1\nAAA,G,E,1,1", "f.csv, line 3, symbol: AAA stands already in line 2"),
      ("AAA,F,E,x,1", "f.csv, line 2, lot: 'x' is not a number above zero"),
      ("AAA,F,E,0,1", "f.csv, line 2, lot: '0' is not a number above zero"),
      ("AAA,F,E,1,-1", "f.csv, line 2, tick: '-1' is not a number above zero"),
      ("AAA,F,E,inf,1", "f.csv, line 2, lot: 'inf' is not a number above zero"),
      ("AAA,F", "f.csv, line 2, symbol: 2 fields, where the header has 5"),
      ("AAB,F,E,1,1", "s.h5 has no symbol AAB (of f.csv). Did you mean 'AAA'?"),
      (",F,E,1,1", "f.csv, line 2, symbol: the symbol is empty"),
    ].map { rows, reason in
      MalformedFacts(
        rows, "symbols", .refused(reason), "symbol,name,sector,lot,tick\n" + rows + "\n")
    } + [
      MalformedFacts(
        "a table without symbols", "symbols", .refused("f.csv has no column for 'symbol'"),
        "name,sector\nF,E\n"),
      MalformedFacts(
        "a table as JSON with a symbol twice", "symbols",
        .refused("f.csv, object 2, symbol: AAA stands already in object 1"),
        #"[{"symbol":"AAA"},{"symbol":"AAA"}]"#),
      MalformedFacts(
        "a table as JSON that is cut", "symbols", .refused("f.csv is not read as JSON"),
        #"[{"symbol":"AAA""#),
    ]
}

@Suite struct MalformedFactsTests {
  private static let store = Task {
    let place = try Workplace()
    let rows = (2...6).flatMap { day in
      ["AAA", "BBB"].map { "2014-06-0\(day),\($0),\(10 + day)\n" }
    }
    try place.folder.write("date,symbol,close\n" + rows.joined(), to: "p.csv")
    try await place.done("import p.csv --store s.h5 --quiet")
    return try place.bytes("s.h5")
  }

  @Test(arguments: MalformedFacts.all)
  func isRefusedWholeOrTakenRowByRow(_ input: MalformedFacts) async throws {
    let place = try Workplace()
    try await Self.store.value.write(to: place.folder.url.appending(path: "s.h5"))
    try place.write(input.content, to: "f.csv")
    let before = try place.contents()
    let line = "import f.csv --store s.h5 --format \(input.format)"
    switch input.outcome {
    case .refused(let reason):
      let result = try await place.apus(line)
      #expect(result.status == 3)
      #expect(result.errors.hasPrefix("error: " + reason), "\(result.errors)")
      #expect(try place.contents() == before, "a refused file changed something")
    case .taken(let read, let added, let bad, let unknown, let repeated, let says):
      let dry = try await place.apus(line + " --dry-run")
      #expect(dry.status == 0 && (says.isEmpty || dry.errors.contains(says)), "\(dry.errors)")
      #expect(try place.contents() == before, "a dry run changed something")
      let report = try await place.json(line)
      let found = ["rows_read", "actions_added", "quarantined", "rows_left_out"].map {
        report[$0].int
      }
      #expect(found == [read, added, bad, unknown])
      #expect(read == added + bad + unknown + repeated, "a row is hidden")
      #expect(try place.folder.names() == ["f.csv", "s.h5"])
    }
  }
}
