import Foundation
import TestSupport
import Testing

/// `apus allocate`, and weights that a strategy estimates.
@Suite struct AllocateTests {
  private func place() async throws -> Workplace {
    let place = try Workplace()
    try await place.makeStore("p.h5", "--bars 300 --symbols 6")
    return place
  }

  private func spec(_ allocate: String, _ more: String = "", name: String = "a") -> String {
    """
    { apus: 1, name: "\(name)", data: { store: "p.h5" }, allocate: { \(allocate) }, \(more) }
    """
  }

  @Test func methodsAreRowsAndWeightsAreAGroup() async throws {
    let place = try await place()
    try place.folder.write(
      spec(
        """
        methods: ["equal", "hrp", "herc", "nco", "min_variance", { method: "target_return", target: -0.5 }],
        lookback: 200, covariance: "ledoit_wolf", max_weight: 0.5, frontier: 5,
        discrete: { capital: 10000, method: "exact" }, walk_forward: { every: "month" }
        """), to: "a.json5")
    let json = try await place.json("allocate a.json5 --quiet --weights w.csv")
    #expect(json["kind"].string == "allocate")
    #expect(json["leaderboard"]["rows"].list.count == 6)
    let sections = json["sections"]
    for name in ["weights", "frontier", "shares", "walk_forward"] {
      #expect(sections[name] != .null, "\(name)")
    }
    let picture = String(decoding: try place.bytes("a.svg"), as: UTF8.self)
    #expect(picture.hasPrefix("<svg") && picture.contains("min_variance"))

    // The file of weights is read back by a strategy, a lane for each method.
    try place.folder.write(
      """
      { apus: 1, name: "b", data: { store: "p.h5" }, strategy: { weights: { file: "w.csv" } },
        metrics: ["total_return"] }
      """, to: "b.json5")
    let rows = try await place.json("sweep b.json5 --quiet")["leaderboard"]["rows"].list
    #expect(Set(rows.compactMap { $0["symbol"].string }).contains("hrp"))
    #expect(rows.count == 6)
    try place.folder.write(
      "{ apus: 1, name: \"r\", data: { store: \"p.h5\" }, portfolios: { file: \"w.csv\" } }",
      to: "r.json5")
    #expect(try await place.json("risk r.json5 --quiet")["leaderboard"]["rows"].list.count == 6)
  }

  @Test func weightsDoNotReplaceTheResult() async throws {
    let place = try await place()
    try place.folder.write(spec("method: \"equal\", lookback: 50, frontier: 3"), to: "a.json5")
    for file in ["a.h5", "./a.json", "a.svg"] {
      let outcome = try await place.apus(
        "allocate a.json5 --quiet --force -o a.h5 --weights \(file)")
      #expect(outcome.status == 3 && outcome.errors.contains("choose another name"), "\(file)")
    }
  }

  @Test func walkForwardNeedsWhatFillsAreMadeOf() async throws {
    let place = try Workplace()
    let rows = (1...20).map { "2024-01-\($0 < 10 ? "0" : "")\($0),\(100 + $0),\(50 + $0 % 3)" }
    try place.folder.write((["date,A,B"] + rows).joined(separator: "\n") + "\n", to: "c.csv")
    try await place.done("import c.csv --store p.h5 --calendar crypto --quiet")
    let text = "method: \"equal\", lookback: 5, walk_forward: { every: 5 }"
    try place.folder.write(spec(text), to: "a.json5")
    let outcome = try await place.apus("allocate a.json5 --quiet")
    #expect(outcome.status == 2 && outcome.errors.contains("next_close"))
    try place.folder.write(spec(text, "execution: { fill: \"next_close\" }"), to: "a.json5")
    try await place.done("allocate a.json5 --quiet")
  }

  @Test func weightsBeyondTheAccountAreTold() async throws {
    let place = try await place()
    for (leverage, isTold) in [(1.0, true), (1.5, false)] {
      try place.folder.write(
        """
        { apus: 1, name: "l", data: { store: "p.h5" }, account: { leverage: \(leverage) },
          strategy: { weights: { allocate: "min_variance", lookback: 50, short: true, max_weight: 0.5, leverage: 1.5 },
                      rebalance: { every: "month" } }, metrics: ["total_return"] }
        """, to: "l.json5")
      let outcome = try await place.apus("sweep l.json5 --force")
      #expect(outcome.status == 0 && outcome.errors.contains("account.leverage is 1.0") == isTold)
    }
  }

  /// CLP has a handler of its own for SIGINT, which may not take the signal's place.
  @Test func anInterruptDuringLinearProgramsEndsTheRun() async throws {
    let place = try Workplace()
    try await place.makeStore("p.h5", "--bars 3000 --symbols 60")
    try place.folder.write(
      spec(
        "methods: [\"min_cdar\", \"min_cvar\"], lookback: 500, walk_forward: { every: \"day\" }"),
      to: "a.json5")
    let running = try RunApus.start(
      ["allocate", "a.json5", "--quiet", "--threads", "2"], in: place.folder)
    try await Task.sleep(for: .seconds(3))
    running.signal(SIGINT)
    #expect(try await running.finish().status == 130)
  }

  @Test func theSameBytesForAnyNumberOfThreads() async throws {
    let place = try await place()
    try place.folder.write(
      spec("methods: [\"min_variance\", \"hrp\", \"max_sharpe\"], lookback: 100, walk_forward: {}"),
      to: "a.json5")
    var weights: [Data] = []
    for threads in [1, 2, 7] {
      try await place.done(
        "allocate a.json5 --quiet --force --weights w.csv --threads \(threads)")
      weights.append(try place.bytes("w.csv"))
    }
    #expect(Set(weights).count == 1)
  }

  @Test func aStrategyEstimatesItsWeights() async throws {
    let place = try await place()
    try place.folder.write(
      """
      { apus: 1, name: "s", data: { store: "p.h5" }, parameters: { days: [40, 80], most: [0.3, 0.6] },
        strategy: {
          weights: { allocate: "min_variance", lookback: "days", max_weight: "most", covariance: "ledoit_wolf",
                     max_turnover: 0.5 },
          rebalance: { every: "month" },
        },
        execution: { commission: { bps: 5 } }, metrics: ["final_equity", "rebalances"] }
      """, to: "s.json5")
    var files: [String] = []
    for threads in [1, 2, 7] {
      files.append(
        try await place.done("sweep s.json5 --quiet --json --force --threads \(threads)"))
    }
    let found = try files.map { try JSON($0)["leaderboard"] }
    #expect(found[0] == found[1] && found[1] == found[2])
    let rows = found[0]["rows"].list
    #expect(rows.count == 4)
    #expect(Set(rows.compactMap { $0["metrics"]["final_equity"].number }).count > 2)
    let replay = try await place.apus("replay s.h5 --lane 2")
    #expect(replay.status == 0, "\(replay.errors)")
    let audit = try await place.apus("audit s.json5 --lanes 4 --cuts 4")
    #expect(audit.status == 0, "\(audit.output)\(audit.errors)")
  }

  @Test func estimatesThatFailAreTold() async throws {
    let place = try await place()
    try place.folder.write(
      """
      { apus: 1, name: "s", data: { store: "p.h5" },
        strategy: { weights: { allocate: "min_variance", lookback: 50, max_weight: 0.1 },
          rebalance: { every: "month" } } }
      """, to: "s.json5")
    let run = try await place.apus("backtest s.json5")
    #expect(run.status == 0)
    #expect(run.errors.contains("estimates of weights failed"), "\(run.errors)")
    try place.folder.write(
      spec("methods: [\"equal\", \"min_variance\"], max_weight: 0.1", name: "f"), to: "f.json5")
    let some = try await place.apus("allocate f.json5")
    #expect(some.status == 1, "\(some.errors)")
    #expect(some.errors.contains("min_variance"), "\(some.errors)")
  }

  @Test(
    "mistakes",
    arguments: [
      ("method: \"hpr\"", "no method 'hpr'. Did you mean 'hrp'?"),
      ("methods: [\"hrp\", 3]", "allocate.methods[1]: found the number 3"),
      ("lookback: 50", "allocate.method: is missing"),
      ("method: \"hrp\", methods: [\"equal\"]", "allocate.methods: found method and methods"),
      ("method: \"hrp\", lokback: 50", "Did you mean 'lookback'?"),
      ("method: \"hrp\", lookback: 100000", "allocate.lookback: found 100000 bars"),
      ("method: \"hrp\", covariance: \"ledoit\"", "allocate.covariance"),
      ("method: \"hrp\", expected: \"meen\"", "Did you mean 'mean'?"),
      ("method: { method: \"hrp\", linkage: \"wart\" }", "allocate.method.linkage: found wart"),
      ("method: \"hrp\", max_weight: { AAPL: 0.2 }", "no symbol 'AAPL'"),
      ("method: \"hrp\", sectors: { Energie: 0.2 }", "no sector 'Energie'"),
      ("method: \"hrp\", views: [{ symbol: \"S0000\" }]", "allocate.views[0].return: is missing"),
      (
        "method: \"hrp\", views: [{ symbol: \"S0000\", return: 0.1, confidence: 2 }]",
        "allocate.views[0].confidence"
      ),
      ("method: \"hrp\", discrete: {}", "allocate.discrete.capital: is missing"),
      ("method: \"hrp\", frontier: 1", "allocate.frontier: found the number 1"),
      ("method: \"target_return\"", "allocate.method.target: found nothing"),
    ]) func mistakes(allocate: String, message: String) async throws
  {
    let place = try await place()
    try place.folder.write(spec(allocate), to: "a.json5")
    let run = try await place.apus("allocate a.json5")
    #expect(run.status == 2, "\(run.output)")
    #expect(run.errors.contains(message), "\(run.errors)")
    #expect(try place.folder.names().sorted() == ["a.json5", "p.h5"])
  }

  @Test(
    "mistakes in a strategy",
    arguments: [
      ("weights: { allocate: \"hpr\" }", "strategy.weights.allocate: no method 'hpr'"),
      (
        "weights: { allocate: \"hrp\", frontier: 5 }", "strategy.weights.frontier: there is no such"
      ),
      (
        "weights: { allocate: \"hrp\", lookback: \"dayz\" }",
        "strategy.weights.lookback: found the text"
      ),
      ("weights: { allocate: \"hrp\", lookback: \"days - 30\" }", "strategy.weights.lookback"),
      ("weights: { alocate: \"hrp\" }", "Did you mean 'allocate'?"),
      (
        "weights: { allocate: \"hrp\" }, rebalance: { missing: \"close\" }",
        "strategy.rebalance.missing: found close"
      ),
    ]) func mistakesInAStrategy(strategy: String, message: String) async throws
  {
    let place = try await place()
    try place.folder.write(
      """
      { apus: 1, name: "a", data: { store: "p.h5" }, parameters: { days: [20, 40] },
        strategy: { \(strategy) } }
      """, to: "a.json5")
    let run = try await place.apus("sweep a.json5")
    #expect(run.status == 2, "\(run.output)")
    #expect(run.errors.contains(message), "\(run.errors)")
  }

  /// A universe that is chosen anew, unequal histories, short positions, views: no look-ahead in any of it.
  @Test(arguments: [
    "allocate: 'min_variance', lookback: 40, short: true, max_weight: 0.5, leverage: 1.6",
    "allocate: { method: 'herc', linkage: 'average' }, lookback: 40, covariance: { estimator: 'ewma', lambda: 0.97 }",
    "allocate: 'max_utility', lookback: 60, views: [{ symbol: 'S0001', over: 'S0002', return: 0.05, confidence: 0.4 }]",
    "allocate: 'min_cvar', lookback: 60, max_holdings: 3, groups: { g: { symbols: ['S0000', 'S0001'], max: 0.4 } }",
  ]) func auditsAreClean(weights: String) async throws {
    let place = try await place()
    try place.folder.write(
      """
      { apus: 1, name: "a", data: { store: "p.h5", symbols: { top: 5, by: "volume" } },
        strategy: { weights: { \(weights) }, rebalance: { every: 15 } }, account: { leverage: 2 },
        metrics: ["final_equity"] }
      """, to: "a.json5")
    let run = try await place.apus("backtest a.json5 --json --quiet")
    #expect(run.status == 0, "\(run.errors)")
    let row = try JSON(run.output)["leaderboard"]["rows"][0]
    #expect(row["metrics"]["final_equity"].number != 100_000)
    let audit = try await place.apus("audit a.json5 --lanes 1 --cuts 4")
    #expect(audit.status == 0, "\(audit.output)\(audit.errors)")
  }

  @Test func nothingIsReplacedAndNothingIsDone() async throws {
    let place = try await place()
    try place.folder.write(spec("method: \"equal\", frontier: 3"), to: "a.json5")
    let dry = try await place.done("allocate a.json5 --dry-run")
    #expect(dry.contains("a.svg"))
    #expect(try place.folder.names().sorted() == ["a.json5", "p.h5"])
    try place.folder.write("mine", to: "a.svg")
    let run = try await place.apus("allocate a.json5")
    #expect(run.status == 2, "\(run.errors)")
    #expect(String(decoding: try place.bytes("a.svg"), as: UTF8.self) == "mine")
    for flags in ["-o a.json5 --force", "--weights p.h5 --force", "--weights -"] {
      #expect(try await place.apus("allocate a.json5 " + flags).status != 0, "\(flags)")
    }
  }
}
