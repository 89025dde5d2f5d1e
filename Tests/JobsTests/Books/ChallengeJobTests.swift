import Foundation
import Jobs
import Kernels
import Market
import Storage
import TestSupport
import Testing

/// Contests from rule file to board.
@Suite struct ChallengeJobTests {
  static let firstDay: Int64 = 17_000
  static let bars = 160

  /// Three random walks without gaps; closes of bars from `poisoned` on are tripled.
  static func store(
    _ folder: ScratchFolder, _ name: String = "p.h5", poisoned: Int = .max, currency: String = ""
  ) throws -> String {
    let names = ["open", "high", "low", "close", "volume"]
    var fields = names.map { PanelDraft.Field(name: $0, values: []) }
    for bar in 0..<bars {
      for symbol in 0..<3 {
        let stream = PhiloxStream(seed: 11, stream: UInt32(symbol))
        func close(_ bar: Int) -> Double {
          let level = (0...bar).reduce(0.0) { $0 + 0.01 * stream.normals(step: UInt32($1))[0] }
          return ((50 * (1 + level) * 1000).rounded() / 1000) * (bar >= poisoned ? 3 : 1)
        }
        let (open, last) = (close(max(0, bar - 1)), close(bar))
        for (field, value) in [open, max(open, last), min(open, last), last, 1e6].enumerated() {
          fields[field].values.append(value)
        }
      }
    }
    let path = folder.path(name)
    try PriceStore.write(
      [
        PanelDraft(
          name: "us_equity_1d", timeNs: (0..<bars).map { (firstDay + Int64($0)) * Calendar.dayNs },
          symbols: ["AAA", "BBB", "CCC"].map {
            .init(symbol: $0, sector: $0 == "CCC" ? "Energy" : "Tech", currency: currency)
          },
          calendar: Calendar(.usEquity), frequencyNs: Calendar.dayNs, fields: fields)
      ], to: path)
    return path
  }

  static func day(_ bar: Int) -> String {
    Timestamp.text(nanoseconds: (firstDay + Int64(bar)) * Calendar.dayNs)
  }

  static func rules(_ more: String = "", hold: Bool = false) -> String {
    """
    { apus: 1, challenge: "test", data: { store: "p.h5" },
      window: { from: "\(day(30))", to: "\(day(119))" },
      \(hold ? "hold_out: { from: \"\(day(120))\", to: \"\(day(159))\", revealed: \"2027-01-01\" }," : "")
      execution: { commission: { bps: 5 }, slippage: { bps: 2 } },
      metric: "sharpe", metrics: ["total_return", "max_drawdown", "fees"],
      bootstrap: { samples: 40, block: 5, level: 0.9 }, \(more) }
    """
  }

  static let today: Int64 = 20_000 * Calendar.dayNs
  static let later: Int64 = 21_000 * Calendar.dayNs

  static func score(
    _ folder: ScratchFolder, _ rules: String, _ entries: [String], workers: Int = 1,
    today: Int64 = today, store: String? = nil
  ) throws -> ChallengeBoard {
    try folder.write(rules, to: "rules.json5")
    let spec = try ChallengeSpec.load(folder.path("rules.json5"), store: store)
    let session = try ChallengeSession(spec, today: today)
    var job = ChallengeJob(session, try ChallengeEntries(entries, session))
    job.workers = workers
    return try #require(try job.score())
  }

  static func row(_ board: ChallengeBoard, _ participant: String) throws -> Int {
    let names = try #require(board.table.labels.first { $0.name == "participant" })
    return try #require(
      board.table.lanes.indices.first { names.text(at: $0) == participant })
  }

  static func value(_ board: ChallengeBoard, _ participant: String, _ metric: String) throws
    -> Double
  {
    let column = try #require(board.table.metrics.first { $0.name == metric })
    return column.values[try row(board, participant)]
  }

  private static let trades = """
    participant,time,side,symbol,quantity,price
    zoe,\(day(31)),buy,AAA,500,
    zoe,\(day(60)),sell,AAA,500,
    bob,\(day(40)),buy,BBB,700,
    bob,\(day(70)),buy,CCC,100,
    amy,\(day(35)),buy,CCC,900,
    amy,\(day(90)),sell,CCC,400,
    """

  @Test(
    "the board's file is the same for 1, 2 and 7 workers, any order of rows and files, and again")
  func sameBits() throws {
    let folder = try ScratchFolder()
    _ = try Self.store(folder)
    try folder.write(Self.trades, to: "a.csv")
    let lines = Self.trades.split(separator: "\n")
    try folder.write(
      ([lines[0]] + lines.dropFirst().reversed()).joined(separator: "\n") + "\n", to: "b.csv")
    try folder.write("date,AAA,BBB\n\(Self.day(33)),0.5,0.5\n", to: "mix.csv")
    func bytes(_ entries: [String], _ workers: Int, _ name: String) throws -> [Data] {
      let board = try Self.score(
        folder, Self.rules(), entries.map { folder.path($0) }, workers: workers)
      return try board.write(to: folder.path(name), force: true).map {
        try Data(contentsOf: URL(filePath: $0))
      }
    }
    let first = try bytes(["a.csv", "mix.csv"], 1, "1.h5")
    for (index, entries) in [["a.csv", "mix.csv"], ["mix.csv", "b.csv"], ["b.csv", "mix.csv"]]
      .enumerated()
    {
      for workers in [1, 2, 7] {
        #expect(try bytes(entries, workers, "\(index)-\(workers).h5") == first)
      }
    }
  }

  @Test("a board of altered rows is refused; one without a hash of them opens with a warning")
  func altered() throws {
    let folder = try ScratchFolder()
    _ = try Self.store(folder)
    try folder.write(Self.trades, to: "a.csv")
    let board = try Self.score(folder, Self.rules(), [folder.path("a.csv")])
    let path = folder.path("board.h5")
    _ = try board.write(to: path, force: true)
    let file = try ChallengeBoardFile(path, by: nil)
    #expect(file.warnings.isEmpty)
    #expect(try file.json(top: 5).contains(board.table.rowsSHA256))
    #expect(try board.report.json().contains(board.table.rowsSHA256))
    let changes: [(String, (inout ResultTable) -> Void)] = [
      ("a number", { $0.metrics[1].values[0] = $0.metrics[1].values[0].nextUp }),
      ("a name", { $0.labels[0].texts[0] += "x" }),
      ("a reason", { $0.reason[2] = "late" }),
      ("an order", { $0.leaderboard.swapAt(0, 1) }),
      ("rules", { $0.attributes.specSHA256 = SHA256.hash("others") }),
    ]
    for (name, change) in changes {
      var table = board.table
      change(&table)
      try ResultStore.write(table, to: path, force: true)
      #expect {
        try ChallengeBoardFile(path, by: nil)
      } throws: { error in
        guard case StorageError.damaged(path, "its rows", _) = error else {
          Issue.record("\(name): \(error)")
          return false
        }
        return true
      }
    }
    var table = board.table
    table.groups[0].attributes.removeAll { $0.name == "rows_sha256" }
    try ResultStore.write(table, to: path, force: true)
    let old = try ChallengeBoardFile(path, by: "total_return")
    #expect(old.warnings.count == 1 && old.warnings[0].contains(path))
    #expect(try BoardComparison([old, file], paths: [path, path]).warnings == old.warnings)
  }

  @Test("a strategy scores what the engine says of it")
  func strategy() throws {
    let folder = try ScratchFolder()
    let store = try Self.store(folder)
    let strategy =
      "strategy: { weights: \"if(top(1, close / lag(close, 10)), 1, 0)\", rebalance: { every: 7 } }"
    try folder.write("{ apus: 1, \(strategy) }", to: "top.json5")
    try folder.write(
      "{ apus: 1, strategy: { long_entry: \"close > 0\", long_exit: \"close < 0\" } }",
      to: "lanes.json5")
    let board = try Self.score(
      folder, Self.rules(), ["top.json5", "lanes.json5"].map { folder.path($0) })
    let spec = try Spec(
      text: """
        { apus: 1, data: { store: "p.h5", from: "\(Self.day(30))", to: "\(Self.day(119))" }, \(strategy),
          execution: { commission: { bps: 5 }, slippage: { bps: 2 } }, metrics: ["sharpe", "total_return"] }
        """)
    let plan = try RunPlan(spec: spec, storePath: store)
    let record = try plan.simulator(variant: .best, workers: 1).replay(lane: 0)
    for metric in plan.metrics {
      let goal = metric.value(of: record.summary).number
      #expect(abs(try Self.value(board, "top", metric.name) - goal) <= 1e-10 * abs(goal))
    }
    #expect(board.disqualified == 1)
    #expect(board.table.reason[try Self.row(board, "lanes")].contains("3 lanes"))
  }

  @Test("weights handed in and weights run by the portfolio engine make the same account")
  func weightsAgainstEngine() throws {
    let folder = try ScratchFolder()
    let store = try Self.store(folder)
    let spec = try Spec(
      text: """
        { apus: 1, data: { store: "p.h5", from: "\(Self.day(30))", to: "\(Self.day(119))" },
          strategy: { weights: "0.3", rebalance: { every: 9 } },
          execution: { commission: { bps: 5 }, slippage: { bps: 2 } }, metrics: ["total_return"] }
        """)
    let plan = try RunPlan(spec: spec, storePath: store)
    let record = try plan.simulator(variant: .best, workers: 1).replay(lane: 0)
    // Decided at the close before the bar that fills.
    let days = Set(record.fills.map(\.bar)).sorted().map { Self.day(30 + $0 - 1) }
    #expect(days.count >= 9)
    try folder.write(
      "date,AAA,BBB,CCC\n" + days.map { "\($0),0.3,0.3,0.3\n" }.joined(), to: "w.csv")
    let board = try Self.score(folder, Self.rules(), [folder.path("w.csv")])
    let goal = (record.equity.last ?? .nan) / 100_000 - 1
    #expect(abs(try Self.value(board, "w", "total_return") - goal) < 1e-9)
    #expect(abs(try Self.value(board, "w", "fees") - record.summary.fees) < 1e-5)
  }

  @Test("the hold-out is hidden before its day, and the window's scores stay when it is revealed")
  func holdOut() throws {
    let folder = try ScratchFolder()
    _ = try Self.store(folder)
    let poisoned = try Self.store(folder, "poisoned.h5", poisoned: 120)
    try folder.write(
      Self.trades + "\nzoe,\(Self.day(130)),buy,BBB,100,\nbob,\(Self.day(140)),sell,BBB,9999,\n",
      to: "a.csv")
    try folder.write(
      "{ apus: 1, strategy: { weights: \"if(top(1, close), 1, 0)\", rebalance: { every: 7 } } }",
      to: "top.json5")
    let entries = ["a.csv", "top.json5"].map { folder.path($0) }
    let hidden = try Self.score(folder, Self.rules(hold: true), entries)
    let blind = try Self.score(folder, Self.rules(hold: true), entries, store: poisoned)
    let shown = try Self.score(folder, Self.rules(hold: true), entries, today: Self.later)
    #expect(hidden.warnings.contains { $0.code == "hold_out" })
    #expect(!hidden.table.metrics.contains { $0.name.hasPrefix("hold_out") })
    func bits(_ board: ChallengeBoard) -> [[UInt64]] {
      hidden.table.metrics.compactMap { column in
        board.table.metrics.first { $0.name == column.name }?.values.map(\.bitPattern)
      }
    }
    #expect(bits(blind) == bits(hidden) && bits(shown) == bits(hidden))
    #expect(hidden.disqualified == 0 && shown.disqualified == 0)
    // bob sells what he doesn't have, but only in the hold-out.
    #expect(try Self.value(shown, "bob", "hold_out_rank").isNaN)
    #expect(try !Self.value(shown, "bob", "rank").isNaN)
    #expect(try !Self.value(shown, "zoe", "hold_out_sharpe").isNaN)
  }

  @Test("rows that are wrong disqualify their participant, and nobody else")
  func flaws() throws {
    let folder = try ScratchFolder()
    _ = try Self.store(folder)
    try folder.write(
      """
      participant,time,side,symbol,quantity,price
      ok,\(Self.day(40)),buy,AAA,10,
      date,2017-13-01,buy,AAA,10,
      number,\(Self.day(40)),buy,AAA,ten,
      side,\(Self.day(40)),hold,AAA,10,
      symbol,\(Self.day(40)),buy,AAB,10,
      short row,\(Self.day(40)),buy
      price,\(Self.day(40)),buy,AAA,10,-4
      early,\(Self.day(2)),buy,AAA,10,
      late,\(Self.day(130)),buy,AAA,10,

      """, to: "a.csv")
    let board = try Self.score(folder, Self.rules(), [folder.path("a.csv")])
    let codes = try #require(board.table.labels.first { $0.name == "disqualified" })
    for (participant, code) in [
      ("ok", ""), ("date", "unreadable"), ("number", "unreadable"), ("side", "unreadable"),
      ("symbol", "unknown_symbol"), ("short row", "unreadable"), ("price", "unreadable"),
      ("early", "outside_window"), ("late", "outside_window"),
    ] {
      #expect(codes.text(at: try Self.row(board, participant)) == code, "\(participant)")
    }
    #expect(board.table.reason[try Self.row(board, "symbol")].contains("Did you mean 'AAA'?"))
    #expect(board.disqualified == 8)
  }

  @Test("made-up entries keep the rules, but for those that should not; ranks cover all")
  func generated() throws {
    let folder = try ScratchFolder()
    _ = try Self.store(folder)
    try folder.write(Self.rules(), to: "rules.json5")
    let session = try ChallengeSession(
      try ChallengeSpec.load(folder.path("rules.json5")), today: Self.today)
    var generator = ChallengeGenerator()
    generator.participants = 60
    for share in [0.0, 0.5] {
      generator.breaches = share
      generator.marketOrders = 0.3
      var text = ""
      try generator.write(session) { text += $0 }
      var again = ""
      try generator.write(session) { again += $0 }
      #expect(text == again)
      try folder.write(text, to: "g.csv")
      let job = ChallengeJob(session, try ChallengeEntries([folder.path("g.csv")], session))
      let findings = try #require(try job.check())
      #expect(share == 0 ? findings.isEmpty : findings.count > 10 && findings.count < 50)
      let board = try #require(try job.score())
      #expect(board.disqualified == findings.count)
    }
  }

  private static let mistakes: [(String, String)] = [
    ("metrc: \"sharpe\"", "metrc: there is no such key. Did you mean 'metric'?"),
    (
      "constraints: { max_wight: 1 }",
      "line 6, constraints.max_wight: there is no such key. Did you mean 'max_weight'?"
    ),
    ("constraints: { max_leverage: 0 }", "constraints.max_leverage: found the number 0"),
    (
      "constraints: { min_trades: 5, max_trades: 2 }",
      "constraints.max_trades: found 2, expected at least min_trades, 5"
    ),
    ("constraints: { excluded_symbols: [\"AAB\"] }", "no symbol 'AAB'. Did you mean 'AAA'?"),
    ("constraints: { sectors: [\"Tehc\"] }", "no sector 'Tehc'. Did you mean 'Tech'?"),
    ("ties: [\"shared\", \"sharpe\"]", "expected it in the last place"),
    ("ties: [\"shrpe\"]", "no metric 'shrpe'. Did you mean 'sharpe'?"),
    ("ties: [\"beta\"]", "data.benchmark: is missing"),
    ("capital: -1", "capital: found the number -1, expected an amount from 0.01 to 1e15"),
    (
      "hold_out: { from: \"2016-08-01\", to: \"2016-09-01\", revealed: \"2027-01-01\" }",
      "hold_out.from"
    ),
    ("hold_out: { from: \"2018-08-01\", to: \"2018-09-01\" }", "hold_out.revealed: is missing"),
    (
      "hold_out: { from: \"2018-08-01\", to: \"2018-09-01\", revealed: \"2018-09-01\" }",
      "expected a day after hold_out.to"
    ),
    ("risk_free: 1e300", "risk_free: found the number 1e+300"),
    ("borrow: -0.1", "borrow: found the number -0.1"),
    ("constraints: { max_weight: 1e300 }", "constraints.max_weight: found the number 1e+300"),
    ("constraints: { max_turnover: 1e300 }", "constraints.max_turnover: found the number 1e+300"),
    ("constraints: { max_trades: 0 }", "expected a whole number from 1"),
    ("constraints: { min_holdings: 4 }", "found 3 symbols that may be traded, expected at least 4"),
    ("constraints: { symbols: [\"AAA\"], excluded_symbols: [\"AAA\"] }", "found 0 symbols"),
    ("currency: \"\"", "currency: found the text"),
    ("ties: [\"total_return\", \"total_return\"]", "ties[1]: found \"total_return\" again"),
    ("ties: [\"sharpe\"]", "ties[0]: found \"sharpe\" again"),
    ("ties: [\"rejected_orders\"]", "don't count that"),
    ("seed: 1.5", "seed: found the number 1.5"),
  ]

  @Test("mistakes in rules are told with path, line and nearest name", arguments: mistakes)
  private func ruleErrors(_ mistake: (String, String)) throws {
    let folder = try ScratchFolder()
    _ = try Self.store(folder)
    try folder.write(Self.rules(mistake.0), to: "rules.json5")
    let error = #expect(throws: SpecError.self) {
      _ = try ChallengeSession(
        try ChallengeSpec.load(folder.path("rules.json5")), today: Self.today)
    }
    #expect(
      error.map { "\($0)".contains(mistake.1) } ?? false, "\(error.map { "\($0)" } ?? "none")")
  }

  @Test(
    "symbols of another currency than the challenge's are told of, unless nobody may trade them")
  func currencies() throws {
    let folder = try ScratchFolder()
    _ = try Self.store(folder, currency: "EUR")
    func warnings(_ more: String) throws -> [String] {
      try folder.write(Self.rules(more), to: "rules.json5")
      let spec = try ChallengeSpec.load(folder.path("rules.json5"))
      return try ChallengeSession(spec, today: Self.today).warnings.filter {
        $0.code == "mixed_currencies"
      }.map(\.message)
    }
    #expect(
      try warnings("") == [
        "3 of 3 symbols are not quoted in USD, and are taken as if they were: AAA in EUR, BBB in EUR, CCC in EUR"
      ])
    #expect(
      try warnings("constraints: { symbols: [\"BBB\"] }").first?.hasPrefix("1 of 1 symbols") == true
    )
    #expect(try warnings("currency: \"EUR\"").isEmpty)
  }

  @Test(
    "costs beyond all prices are refused, and what to write is said",
    arguments: [
      ("half_spread: 1e20", "slippage.half_spread: found 1e+20, expected at most 1e12, as it is"),
      ("volume_share: { k: 1.5 }", "slippage.volume_share.k: found 1.5, expected at most 1, the"),
      ("half_spread: 1e12, volume_share: { k: 1, exponent: 2 }", ""),
    ])
  private func costBounds(_ slippage: String, _ fault: String) throws {
    let text = Self.rules().replacing("slippage: { bps: 2 }", with: "slippage: { \(slippage) }")
    do {
      _ = try ChallengeSpec(text: text)
      #expect(fault.isEmpty)
    } catch {
      #expect(!fault.isEmpty && "\(error)".contains(fault), "\(error)")
    }
  }

  @Test("a participant in two files is refused, as is a folder without entries")
  func refusals() throws {
    let folder = try ScratchFolder()
    _ = try Self.store(folder)
    try folder.write(Self.trades, to: "a.csv")
    try folder.write(Self.trades, to: "b.csv")
    #expect(throws: SpecError.self) {
      _ = try Self.score(folder, Self.rules(), ["a.csv", "b.csv"].map { folder.path($0) })
    }
    #expect(throws: SpecError.self) {
      _ = try Self.score(folder, Self.rules(), [folder.path("nowhere")])
    }
  }

  @Test("boards are ranked again and compared")
  func boards() throws {
    let folder = try ScratchFolder()
    _ = try Self.store(folder)
    try folder.write(Self.trades, to: "a.csv")
    let first = try Self.score(folder, Self.rules(), [folder.path("a.csv")])
    _ = try first.write(to: folder.path("1.h5"), force: false)
    let second = try Self.score(
      folder, Self.rules("ties: [\"shared\"]"), [folder.path("a.csv")])
    _ = try second.write(to: folder.path("2.h5"), force: false)
    let file = try ChallengeBoardFile(folder.path("1.h5"), by: "max_drawdown")
    let values = try #require(file.table.metrics.first { $0.name == "max_drawdown" }).values
    let best = try #require(file.table.leaderboard.first)
    #expect(values[Int(best)] == values.max())
    let comparison = try BoardComparison(
      try ["1.h5", "2.h5"].map { try ChallengeBoardFile(folder.path($0), by: nil) },
      paths: ["1", "2"])
    #expect(comparison.rows.count == 3 && comparison.rows.allSatisfy { $0.ranks[0] == $0.ranks[1] })
    #expect(comparison.warnings.count == 1)
    #expect(throws: SpecError.self) {
      _ = try ChallengeBoardFile(folder.path("1.h5"), by: "shrpe")
    }
  }
}
