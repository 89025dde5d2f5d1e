import Foundation
import HDF5
import TestSupport
import Testing

@Suite struct RiskTests {
  private func place(_ more: String = "") async throws -> Workplace {
    let place = try Workplace()
    try await place.makeStore("prices.h5", more)
    try place.folder.write(
      #"{ apus: 1, name: "book", data: { store: "prices.h5" }, portfolios: { file: "w.csv" } }"#,
      to: "book.json5")
    try place.folder.write(
      "portfolio,S0000,S0001,S0003\nhalf,0.5,,0.5\nshort,1.5,-0.5,\nruin,0,-60,0\nnone,,,0\n",
      to: "w.csv")
    return place
  }

  @Test func portfoliosOfAFile() async throws {
    let place = try await place()
    let result = try await place.apus("risk book.json5")
    #expect(result.status == 0 && result.errors.contains("wrote book.h5 and book.json"))
    let rows = try await RankTests.rows(place, "book.h5")
    #expect(rows.map { $0["symbol"] } == ["half", "short", "ruin", "none"])
    #expect(rows.map { $0["status"] } == ["ok", "ok", "ruined", "ok"])
    // What is never held earns nothing, and has no Sharpe ratio: it ranks last.
    #expect(rows[3]["total_return"] == "0" && rows[3]["sharpe"] == "")
    let ranked = try await place.json("rank book.h5 --by var_95")
    #expect(ranked["rows"].list.count == 4)
    let summary = try JSON(try place.folder.read("book.json"))
    #expect(summary["kind"].string == "risk" && summary["run"]["route"].string == "risk")
  }

  /// A portfolio of one symbol is that symbol, bought once: weights need no restoring.
  @Test func oneSymbolIsItsPrices() async throws {
    let place = try await place()
    let words = [
      "--set", "portfolios=each", "--set", "metrics=[\"total_return\",\"max_drawdown\"]",
    ]
    let report = try await place.json("risk book.json5", words)
    try place.folder.write(
      #"{ apus: 1, name: "hold", data: { store: "prices.h5" }, strategy: { long_entry: "close > 0" },"#
        + #" execution: { fill: "same_close" }, metrics: ["total_return", "max_drawdown"] }"#,
      to: "hold.json5")
    let hold = try await place.json("backtest hold.json5")
    func figures(_ json: JSON, _ name: String) -> [String: Double] {
      Dictionary(
        uniqueKeysWithValues: json["leaderboard"]["rows"].list.map {
          ($0["symbol"].string ?? "", $0["metrics"][name].number ?? .nan)
        })
    }
    for name in ["total_return", "max_drawdown"] {
      let (found, expected) = (figures(report, name), figures(hold, name))
      #expect(found.count == 4)
      for (symbol, value) in found {
        #expect((value - (expected[symbol] ?? .nan)).magnitude < 1e-12, "\(symbol) \(name)")
      }
    }
  }

  @Test func formsOfFilesAgree() async throws {
    let place = try await place()
    try await place.done("risk book.json5 -o csv.h5 --quiet")
    try place.folder.write(
      #"{"half": {"S0000": 0.5, "S0003": 0.5}, "short": {"S0000": 1.5, "S0001": -0.5},"#
        + #" "ruin": {"S0001": -60}, "none": {"S0003": 0}}"#, to: "w.json")
    let file = try File.create(place.folder.path("w5.h5"))
    let root = try file.root()
    try root.createDataset("w", of: Double.self, shape: [4, 4]).write([
      0.5, 0, .nan, 0.5, 1.5, -0.5, 0, 0, 0, -60, 0, 0, 0, 0, 0, 0,
    ])
    try root.write("portfolio", ["half", "short", "ruin", "none"])
    try file.close()
    let expected = try await place.done("export csv.h5")
    for name in ["w.json", "w5.h5"] {
      try await place.done("risk book.json5 -o o.h5 --force --quiet --set portfolios.file=\(name)")
      let rows = try await place.done("export o.h5")
      // Other columns, and so sums in another order.
      #expect(rows.split(separator: "\n").count == expected.split(separator: "\n").count)
      #expect(rows.contains("half") && rows.contains("ruined"))
    }
  }

  @Test func workersDontMatter() async throws {
    let place = try await place("--bars 300 --symbols 4")
    try weights(place, "many.h5", portfolios: 2000, symbols: 4)
    var exports: Set<String> = []
    for threads in [1, 2, 7] {
      try await place.done(
        "risk book.json5 --force --quiet --set portfolios.file=many.h5 --threads \(threads)")
      exports.insert(try await place.done("export book.h5"))
    }
    #expect(exports.count == 1)
  }

  /// Twelve times the portfolios, with weights of 96 MB more, and hardly any more memory.
  @Test func memoryDoesNotGrowWithPortfolios() async throws {
    let place = try await place("--bars 60 --symbols 40")
    try weights(place, "few.h5", portfolios: 27_000, symbols: 40)
    try weights(place, "many.h5", portfolios: 324_000, symbols: 40)
    var peaks: [Int] = []
    for name in ["few.h5", "many.h5"] {
      let running = try RunApus.start(
        [
          "risk", "book.json5", "--force", "--quiet", "--threads", "2", "--set",
          "portfolios={file:'\(name)'}", "--set", "metrics=['sharpe']",
        ], in: place.folder)
      var peak = 0
      while running.isRunning {
        peak = max(peak, running.peakMebibytes ?? 0)
        usleep(2000)
      }
      let result = try await running.finish()
      #expect(result.status == 0, "\(result.errors)")
      peaks.append(peak)
    }
    // 41 bytes a portfolio for ranking, and as much again for names: 25 MB.
    #expect(peaks[1] - peaks[0] < 60, "\(peaks) MiB")
  }

  private func weights(_ place: Workplace, _ name: String, portfolios: Int, symbols: Int) throws {
    let file = try File.create(place.folder.path(name))
    let values = (0..<portfolios * symbols).map {
      Double(($0 &* 7919) % 1009) / 1009 / Double(symbols)
    }
    try file.root().createDataset("w", of: Double.self, shape: [portfolios, symbols]).write(values)
    try file.close()
  }

  @Test func anInterruptLeavesNothing() async throws {
    let place = try await place("--bars 600 --symbols 200")
    try weights(place, "many.h5", portfolios: 60_000, symbols: 200)
    let running = try RunApus.start(
      ["risk", "book.json5", "--set", "portfolios.file=many.h5", "--threads", "1"],
      in: place.folder)
    let before = Set(try place.folder.names())
    while running.isRunning, Set(try place.folder.names()).isSubset(of: before) { usleep(500) }
    running.signal(SIGINT)
    let result = try await running.finish()
    #expect(result.status == 130)
    #expect(Set(try place.folder.names()) == before)
  }

  @Test func thePlan() async throws {
    let place = try await place()
    let plan = try await place.json("risk book.json5 --dry-run")
    #expect(plan["portfolios"].int == 4 && plan["symbols"].int == 3 && plan["bars"].int == 119)
    #expect(try place.folder.names().sorted() == ["book.json5", "prices.h5", "w.csv"])
  }

  @Test(arguments: [
    ("portfolios=equals", 2, "found the text \"equals\""),
    ("portfolios={file:'no.h5'}", 3, "no.h5 cannot be read"),
    ("portfolios={file:'prices.h5'}", 3, "prices.h5 has no table of numbers"),
    ("portfolios={file:'w.csv',dataset:'w'}", 2, "an HDF5 file, where tables have names"),
    ("portfolios={weights:{a:{S000:1}}}", 2, "no symbol 'S000'. Did you mean 'S0000'?"),
    ("portfolios={weights:{a:{S0000:'x'}}}", 2, "a weight such as 0.25"),
    ("portfolios=strategy", 2, "the spec has no strategy.weights"),
    ("data.symbols=[\"S0000\",\"S0001\"]", 2, "no symbol 'S0003'"),
    ("risk={detail:[\"hal\"]}", 2, "no portfolio 'hal'. Did you mean 'half'?"),
    ("risk={gaps:'skip'}", 2, "no policy 'skip'"), ("risk={vra:{}}", 2, "vra"),
  ])
  func mistakes(setting: String, status: Int32, expected: String) async throws {
    let place = try await place()
    let result = try await place.apus("risk book.json5", ["--set", setting])
    #expect(result.status == status && result.errors.contains(expected), "\(result.errors)")
    #expect(result.output.isEmpty)
    #expect(try place.folder.names().sorted() == ["book.json5", "prices.h5", "w.csv"])
  }

  @Test func missingReturnsAreCountedOrRefused() async throws {
    let place = try await place("--bars 120 --symbols 4 --missing 0.05")
    let words = ["--set", "metrics=[\"sharpe\",\"stale_marks\"]"]
    let flat = try await place.apus("risk book.json5", words)
    #expect(flat.status == 0 && flat.errors.contains("symbols lack returns"))
    let refused = try await place.apus(
      "risk book.json5 --force", words + ["--set", "risk={gaps:'refuse'}"])
    #expect(refused.status == 1 && refused.errors.contains("portfolios have no figures"))
    let rows = try await RankTests.rows(place, "book.h5")
    #expect(rows.map { $0["status"] } == ["failed", "failed", "failed", "ok"])
    #expect(rows[0]["reason"]?.contains("missing_returns") == true)
  }

  @Test func theStrategysOwnWeights() async throws {
    let place = try await place()
    try place.folder.write(
      #"{ apus: 1, name: "own", data: { store: "prices.h5" }, parameters: { n: [1, 2] },"#
        + #" strategy: { weights: "if(close > 0, 0.25 / n, 0)", rebalance: { every: "month" } },"#
        + #" portfolios: "strategy" }"#, to: "own.json5")
    let report = try await place.json("risk own.json5", ["--set", "metrics=[\"volatility\"]"])
    let rows = report["leaderboard"]["rows"].list
    let values = Dictionary(
      uniqueKeysWithValues: rows.map {
        ($0["symbol"].string ?? "", $0["metrics"]["volatility"].number ?? .nan)
      })
    let (whole, half) = (try #require(values["set 0"]), try #require(values["set 1"]))
    #expect((whole / half - 2).magnitude < 1e-9)
  }
}
