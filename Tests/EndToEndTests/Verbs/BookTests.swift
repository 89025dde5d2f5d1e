import Foundation
import TestSupport
import Testing

/// The verbs of books over the sample book: what they print, and how they refuse.
@Suite struct BookTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  private static let prices = root.appending(path: "datasets/us_equity_1d").path

  private func place() async throws -> Workplace {
    let place = try Workplace()
    try await place.done(
      "import",
      [
        "\(Self.prices)/prices.csv.gz", "--symbols", "\(Self.prices)/symbols.csv", "--store",
        "prices.h5", "--quiet",
      ])
    try await place.done(
      "book init book.h5 --store prices.h5 --quiet --from",
      [Self.root.appending(path: "datasets/book").path])
    return place
  }

  /// What is printed of each verb, in one text a verb.
  private static let shown: [(name: String, lines: [String])] = [
    (
      "value",
      [
        "book value book.h5 --at 2017-06-30", "book value book.h5 --by sector --from 2016-01-01",
        "book value book.h5 --by advisor --every year --at 2016-12-31",
        "book value book.h5 --by branch --top 1",
      ]
    ),
    (
      "assets",
      ["book assets book.h5 --portfolio p-d1", "book assets book.h5 --client d-2 --at 2015-06-30"]
    ),
    ("sectors", ["book sectors book.h5 --portfolio p-d2", "book sectors book.h5 --at 2016-12-31"]),
    (
      "statement",
      [
        "book statement book.h5 --client d-2 --from 2014-01-01 --to 2014-12-31",
        "book statement book.h5 --wallet w-d1 --top 3",
      ]
    ),
    (
      "metrics",
      [
        "book metrics book.h5 --by sector", "book metrics book.h5 --by client --from 2017-01-01",
        "book metrics book.h5 --portfolio p-d1 --metrics all --benchmark AAPL",
      ]
    ),
    ("asset", ["book asset book.h5 AAPL --at 2017-06-30"]),
    ("check", ["book check book.h5 --at 2017-06-30 --portfolio p-d1 --all"]),
    (
      "advise",
      [
        "book advise book.h5 --portfolio p-d1 --method inverse_volatility --symbol AAPL --symbol KO --symbol XOM --symbol JNJ --symbol JPM --symbol DUK --at 2017-06-30"
      ]
    ),
    (
      "switch",
      [
        "book switch book.h5 --portfolio p-d1 --method equal --symbol AAPL --symbol KO --symbol XOM --symbol JNJ --symbol JPM --symbol DUK --lot 1 --commission-bps 10 --at 2017-06-30"
      ]
    ),
    (
      "what-if",
      ["book what-if book.h5 --portfolio p-d1 --at 2017-06-30 --top all --trade 'sell5MSFT'"]
    ),
  ]

  @Test(arguments: shown.map(\.name))
  func prints(verb: String) async throws {
    let place = try await place()
    var text = ""
    for line in Self.shown.first(where: { $0.name == verb })?.lines ?? [] {
      // Words with spaces in them.
      let words = line.split(separator: " ").map {
        $0 == "'sell5MSFT'" ? "sell 5 MSFT" : String($0)
      }
      let result = try await place.apus("", words + ["--quiet"])
      #expect(result.status == (verb == "check" ? 1 : 0), "\(line): \(result.errors)")
      text += "$ apus \(line)\n\(result.output)"
    }
    // Beside the tests that have the goldens of help.
    let folder = URL(filePath: #filePath).deletingLastPathComponent().path
    #expect(try Golden.difference(text, from: "book-\(verb).txt", file: folder) == nil)
  }

  /// Lines that are refused: the exit status, and what standard error has.
  static let refused: [(line: String, status: Int32, text: String)] = [
    ("book value book.h5 -o x.txt", 2, "end it in .h5, .json or .csv"),
    ("book statement book.h5 -o x.xlsx", 2, "end it in .h5, .json or .csv"),
    ("book value book.h5 -o nowhere/x.csv", 3, "the folder nowhere does not exist"),
    ("book statement book.h5 -o folder.csv", 3, "it is a folder"),
    ("book report book.h5 -o prices.h5", 2, "is read"),
    ("book report book.h5 -o twice/transactions.csv", 3, "a folder is wanted"),
    ("book export book.h5 -o . --force", 3, "would be lost"),
    ("book export book.h5 -o twice", 2, "exists and is kept"),
    ("book report book.h5 --period 2019 -o r", 2, "there are no prices of 2019"),
    ("book report book.h5 --period quarter -o r", 2, "'quarter' is no period"),
    ("book statement book.h5 --portfolio p-d1 --wallet w-d2", 2, "w-d2 is of portfolio p-d2"),
    ("book statement book.h5 --wallet w-d9", 2, "'w-d9'"),
    ("book value book.h5 --top none", 2, "--top"),
    ("book value book.h5 --at 2001-01-01", 2, "Ask for 2013-02-08"),
    ("book value book.h5 --by sectr", 2, "sector"),
    ("book metrics book.h5 --risk-free 2", 2, "write 2 % as 0.02"),
    ("book metrics book.h5 --benchmark AAPLE", 2, "AAPL"),
    ("book asset book.h5 AAPLE", 2, "AAPL"),
    ("book advise book.h5 --max-weight 50", 2, "write 50 % as 0.5"),
    ("book advise book.h5 --covariance foo", 2, "ledoit_wolf"),
    ("book advise book.h5 --setting targt=1", 2, "target"),
    ("book switch book.h5 --band 5", 2, "write 50 % as 0.5"),
    ("book what-if book.h5 --portfolio p-d1 --trade nonsense", 2, "nonsense"),
    ("book init new.h5 --currency dollars", 2, "Did you mean 'USD'?"),
    ("book init book.h5", 2, "--force"),
    ("book value nothing.h5", 3, "nothing.h5"),
    ("book import book.h5 empty/transactions.csv", 3, "line of column names"),
    ("book import book.h5 twice/transactions.csv", 3, "stands twice"),
    ("book import book.h5 limits/portfolios.csv", 3, "0.5 for 50 %"),
    ("book import book.h5 money/wallets.csv", 3, "Did you mean 'EUR'?"),
  ]

  @Test func refuses() async throws {
    let place = try await place()
    for (name, text) in [
      ("empty/transactions.csv", ""), ("folder.csv/x", ""),
      ("twice/transactions.csv", "time,wallet,kind,amount,amount\n"),
      ("limits/portfolios.csv", "id,client,max_weight\np-9,d-1,50\n"),
      ("money/wallets.csv", "id,portfolio,currency\nw-9,p-d1,euros\n"),
    ] {
      let file = place.folder.url.appending(path: name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    let before = try place.bytes("book.h5")
    for (line, status, text) in Self.refused {
      let result = try await place.apus(line)
      #expect(result.status == status, "\(line): \(result.errors)")
      #expect(result.errors.contains(text), "\(line): \(result.errors)")
      #expect(result.output.isEmpty, "\(line)")
    }
    #expect(try place.bytes("book.h5") == before)
  }

  @Test(
    "a book moves by its tables: options of init count before them, and strangers outlive an export"
  )
  func moves() async throws {
    let place = try await place()
    try await place.done("book export book.h5 -o tables --quiet")
    try await place.done("book export book.h5 -o tables --quiet --force")
    try place.folder.write("mine\n", to: "tables/notes.txt")
    let kept = try await place.apus("book export book.h5 -o tables --force")
    #expect(kept.status == 3 && kept.errors.contains("the file 'notes.txt', which would be lost"))
    #expect(try String(data: place.bytes("tables/notes.txt"), encoding: .utf8) == "mine\n")
    try FileManager.default.removeItem(at: place.folder.url.appending(path: "tables/notes.txt"))

    try FileManager.default.createDirectory(
      at: place.folder.url.appending(path: "other"), withIntermediateDirectories: false)
    let line = "book init other/copy.h5 --from tables"
    #expect(try await place.apus(line).errors.contains("other/prices.h5 does not exist"))
    try await place.done("\(line) --store prices.h5 --id moved --currency EUR --quiet --no-prices")
    let firm = try await place.json("book inspect other/copy.h5 --quiet")["firm"]
    #expect(firm == .string("moved"))
    try await place.done("book export other/copy.h5 -o again --quiet")
    for name in ["transactions.csv", "portfolios.csv", "wallets.csv", "clients.csv"] {
      #expect(try place.bytes("again/\(name)") == place.bytes("tables/\(name)"), "\(name)")
    }
  }

  @Test("of tables that don't all fit on the disk, none is left")
  func tablesTogether() async throws {
    let place = try await place()
    let before = try place.folder.names()
    let result = try await RunApus.shell(
      "ulimit -f 8; exec apus book value book.h5 --every day -o v.csv --quiet > /dev/null",
      in: place.folder)
    #expect(
      result.status == 3 && result.errors.contains("-history.csv can't be written"),
      "\(result.errors)")
    #expect(try place.folder.names() == before)
  }

  @Test func timesWithoutOffsetAreTold() async throws {
    let place = try await place()
    try place.folder.write(
      """
      time,wallet,kind,amount
      2018-02-01T10:00:00,w-d1,deposit,1
      2018-02-01 10:00:01,w-d1,deposit,1
      2018-02-01T10:00:02Z,w-d1,deposit,1
      2018-02-01T10:00:03-05:00,w-d1,deposit,1
      2018-02-01,w-d1,deposit,1

      """, to: "transactions.csv")
    let result = try await place.apus("book import book.h5 transactions.csv --json")
    #expect(result.status == 0)
    #expect(result.errors.contains("warning: 2 times have no offset: read as UTC"))
    #expect(try JSON(result.output)["warnings"][0]["code"].string == "no_offset")
  }

  @Test("what has no price is counted and named, and all else is told")
  func unmarked() async throws {
    let place = try await place()
    try place.folder.write("symbol,currency\nNOPE,USD\n", to: "instruments.csv")
    try place.folder.write(
      "time,wallet,kind,symbol,quantity,price\n2018-01-02,w-d1,buy,NOPE,1,10\n",
      to: "transactions.csv")
    try await place.done("book import book.h5 instruments.csv transactions.csv --no-prices --quiet")
    let result = try await place.apus("book value book.h5 --json")
    #expect(result.errors.contains("warning: 1 row has no value"))
    #expect(result.errors.contains("NOPE"))
    let value = try JSON(result.output)["sections"]["value"]["data_vars"]
    #expect(value["unmarked"]["data"].list.map(\.int) == [1, 0, 0, 0, 0, 0, 0, 0, 0])
    #expect(value["equity"]["data"][0] == .null && value["equity"]["data"][1].number != nil)
    for verb in ["assets", "sectors"] {
      let other = try await place.apus("book \(verb) book.h5 --json")
      #expect(other.errors.contains("warning: 1 row has no value") && other.status == 0)
    }
    let before = try await place.apus("book value book.h5 --at 2017-12-31")
    #expect(before.errors.isEmpty && before.status == 0)
  }

  @Test("all rows can be printed, and a cut table says where the rest is")
  func rows() async throws {
    let place = try await place()
    let cut = try await place.done("book statement book.h5")
    #expect(cut.contains("… 20 of 266; --top all prints all, -o FILE writes them"))
    let all = try await place.done("book statement book.h5 --top all")
    #expect(!all.contains("…") && all.split(separator: "\n").count > 266 + 100)
    let written = try await place.done("book statement book.h5 --top 2 -o s.csv")
    #expect(written.contains("… 2 of 266; s.csv has all"))
  }

  @Test("value and metrics tell one number of sectors and portfolios")
  func oneNumber() async throws {
    let place = try await place()
    for level in ["sector", "portfolio", "client", "advisor", "firm"] {
      let value = try await place.json("book value book.h5 --by \(level) --quiet")
      let metrics = try await place.json(
        "book metrics book.h5 --by \(level) --quiet --metrics total_return,volatility,var_95,max_drawdown"
      )
      func rows(_ document: JSON, _ section: String, _ columns: [String]) -> [String: [Double]] {
        let table = document["sections"][section]
        let names = table["coords"][level]["data"].list.compactMap(\.string)
        let values = columns.map { table["data_vars"][$0]["data"].list.map(\.number) }
        return Dictionary(
          uniqueKeysWithValues: names.enumerated().map { place, name in
            (name, values.map { $0.indices.contains(place) ? $0[place] ?? .nan : .nan })
          })
      }
      let told = rows(value, "value", ["return", "volatility", "var_95", "max_drawdown"])
      let expected = rows(
        metrics, "metrics", ["total_return", "volatility", "var_95", "max_drawdown"])
      #expect(!expected.isEmpty)
      for (name, numbers) in expected {
        for (a, b) in zip(numbers, told[name] ?? []) {
          #expect(abs(a - b) <= 1e-12 * max(1, abs(a)) || a.isNaN && b.isNaN, "\(level) \(name)")
        }
        #expect(told[name] != nil, "\(level) \(name)")
      }
    }
  }
}
