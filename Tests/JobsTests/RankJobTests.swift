import Jobs
import Metrics
import Storage
import Testing

@Suite struct RankJobTests {
  /// Five lanes: one ruined, one failed, one without a Sharpe ratio.
  private static let table: ResultTable = {
    let nan = Double.nan
    func column(_ name: String, _ values: [Double], _ direction: String? = nil)
      -> ResultTable.Column
    {
      .init(
        name: name, values: values,
        attributes: direction.map { [.init("direction", $0), .init("unit", "ratio")] } ?? [])
    }
    return ResultTable(
      attributes: ResultAttributes(), lanes: [10, 11, 12, 13, 14], symbols: ["A", "B"],
      symbolIndex: [0, 0, 1, 1, 1], parameters: [column("fast", [1, 2, 3, 4, 5])],
      status: [.ok, .ok, .ruined, .failed, .ok],
      reason: ["", "", "", "no_price_in_window", "sharpe: no_variation"],
      metrics: [
        column("sharpe", [1, 2, 9, nan, nan], "higher"),
        column("volatility", [0.2, 0.1, 0.05, nan, 0], "lower"),
        column("trades", [4, 4, 4, nan, 0], "neutral"),
        column("max_drawdown", [-0.3, -0.1, -1, nan, 0], "higher"),
      ],
      leaderboard: [11, 10, 12, 13, 14], leaderboardBy: "sharpe", leaderboardDirection: "higher")
  }()

  private let bench: Workbench
  private let job: RankJob

  init() throws {
    bench = try Workbench(SampleMarket.draft(bars: 5))
    try ResultStore.write(Self.table, to: bench.folder.path("run.h5"))
    job = try RankJob(path: bench.folder.path("run.h5"))
  }

  @Test(
    "any metric or parameter ranks, in its direction; ruined behind, undefined last, ties by lane",
    arguments: [
      ("sharpe", [11, 10, 12, 13, 14], "higher"), ("volatility", [14, 11, 10, 12, 13], "lower"),
      ("trades", [10, 11, 14, 12, 13], "neutral"),
      ("max_drawdown", [14, 11, 10, 12, 13], "higher"),
      ("fast", [14, 13, 11, 10, 12], "neutral"),
    ]) func ranks(name: String, order: [Int64], direction: String) throws
  {
    let table = try job.ranked(by: name).table
    #expect(table.leaderboard == order)
    #expect(table.leaderboardBy == name && table.leaderboardDirection == direction)
    #expect(table.lanes == Self.table.lanes)
  }

  @Test(
    "an undefined value satisfies no comparison, nor the negation of one",
    arguments: [
      ("trades > 3", [10, 11, 12]), ("sharpe > 1", [11, 12]), ("sharpe <= 1", [10]),
      ("not (sharpe > 1)", [10]), ("sharpe != 1", [11, 12]), ("not (sharpe == 1)", [11, 12]),
      ("sharpe > 1 or fast > 4", [11, 12, 14]), ("fast >= 2 and fast <= 4", [11, 12, 13]),
      ("max_drawdown > -0.2 and trades >= 0", [11, 14]), ("volatility * 10 < fast", [11, 12, 14]),
      ("if(sharpe > 1, 1, 0) == 1", [11, 12]), ("fast > 100", []),
    ]) func conditions(condition: String, lanes: [Int64]) throws
  {
    let (table, count) = try job.ranked(by: "fast", where: condition)
    #expect(count == lanes.count)
    #expect(table.lanes == lanes)
    #expect(Set(table.leaderboard) == Set(lanes) && table.leaderboard.count == lanes.count)
    for (row, lane) in table.lanes.enumerated() {
      let old = try #require(Self.table.lanes.firstIndex(of: lane))
      #expect(table.symbol(at: row) == Self.table.symbol(at: old))
      #expect(
        table.status[row] == Self.table.status[old] && table.reason[row] == Self.table.reason[old])
      #expect(table.parameters[0].values[row] == Self.table.parameters[0].values[old])
    }
  }

  @Test(
    "unknown names and conditions",
    arguments: [
      (
        "shrpe", nil,
        "--by: no column 'shrpe'. Did you mean 'sharpe'?\n  this result has: \(columns)"
      ),
      (
        "calmar", nil,
        "--by: no column 'calmar'.\n"
          + "  the run did not compute it: add it to the spec's metrics. this result has: \(columns)"
      ),
      (
        "sharpe", "trade > 1",
        """
        --where, column 1: no field, parameter or named part 'trade'. Did you mean 'trades'? Known here: \(columns)
          trade > 1
          ^
        """
      ),
      (
        "sharpe", "fast > sma(fast, 2)",
        """
        --where, column 6: the condition must be the same at every bar: use numbers and parameters only
          fast > sma(fast, 2)
               ^
        """
      ),
      (
        "sharpe", "status > 1",
        """
        --where, column 1: no field, parameter or named part 'status'. Known here: \(columns); status is a text, which no condition compares: apus export writes it with each row
          status > 1
          ^
        """
      ),
      (
        "sharpe", "fast + 1",
        """
        --where, column 1: the expression is a number, expected a condition on parameters (such as fast < slow)
          fast + 1
          ^
        """
      ),
      (
        "sharpe", "fast > ",
        """
        --where, column 8: found the end, expected a number, a name or '('
          fast >\u{20}
                 ^
        """
      ),
    ]) func mistakes(by: String, condition: String?, message: String)
  {
    let error = #expect(throws: SpecError.self) {
      _ = try job.ranked(by: by, where: condition)
    }
    #expect(error.map { "\($0)" } == message)
  }

  private static let columns = "fast, sharpe, volatility, trades, max_drawdown"

  @Test("every metric can stand in a condition", arguments: MetricCatalog.names)
  func metricNames(name: String) throws {
    var table = Self.table
    table.metrics = [.init(name: name, values: [1, 2, 3, 4, 5])]
    table.leaderboardBy = name
    let path = bench.folder.path("one.h5")
    try ResultStore.write(table, to: path, force: true)
    #expect(
      try RankJob(path: path).ranked(by: name, where: "\(name) > 2").table.lanes == [12, 13, 14])
  }

  @Test func rowsHaveTheirPlaces() {
    let rows = LeaderboardRows(Self.table).rows(top: 3)
    #expect(rows.map(\.rank) == [1, 2, 3] && rows.map(\.lane) == [11, 10, 12])
    #expect(rows.map(\.symbol) == ["A", "A", "B"] && rows[2].status == "ruined")
    #expect(rows[0].parameters == ["fast": 2] && rows[0].metrics["volatility"] == .some(0.1))
    let last = LeaderboardRows(Self.table).row(rank: 9, lane: 14)
    #expect(last.rank == 9 && last.reasons == ["sharpe": "no_variation"])
    #expect(last.metrics["sharpe"] == .some(nil))
  }
}

@Suite struct RankingTests {
  @Test("a total order: defined, then ruined, then undefined; best first; ties by lane")
  func property() {
    let seed: UInt64 = 77
    var noise = Noise(seed: seed)
    let pool = [0.0, -0.0, 1, -1, 0.5, .nan, .nan, .infinity, -.infinity, 1e-300]
    for round in 0..<2000 {
      let count = Int.random(in: 0...12, using: &noise)
      let values = (0..<count).map { _ in pool.randomElement(using: &noise) ?? 0 }
      let ruined = (0..<count).map { _ in Int.random(in: 0..<4, using: &noise) == 0 }
      let direction = MetricDirection.allCases.randomElement(using: &noise) ?? .higher
      var ranking = Ranking(direction: direction)
      for row in values.indices { ranking.append(value: values[row], isRuined: ruined[row]) }
      let order = ranking.order().map { Int($0) }
      let keys = values.indices.map {
        RankKey(value: values[$0], isRuined: ruined[$0], direction: direction, lane: $0)
      }
      #expect(keys.sorted().map(\.lane) == order, "seed \(seed), round \(round)")
      #expect(order.sorted() == Array(0..<count), "seed \(seed), round \(round)")
      for (i, first) in order.enumerated() {
        for second in order[(i + 1)...] {
          #expect(
            precedes(first, second, values, ruined, direction),
            "seed \(seed), round \(round): \(first) before \(second) of \(values), ruined \(ruined), \(direction)"
          )
        }
      }
    }
  }

  /// The rule, word by word.
  private func precedes(
    _ a: Int, _ b: Int, _ values: [Double], _ ruined: [Bool], _ direction: MetricDirection
  ) -> Bool {
    switch (values[a].isNaN, values[b].isNaN) {
    case (true, true): return a < b
    case (true, false): return false
    case (false, true): return true
    case (false, false): break
    }
    if ruined[a] != ruined[b] { return ruined[b] }
    if values[a] == values[b] { return a < b }
    return direction == .lower ? values[a] < values[b] : values[a] > values[b]
  }
}
