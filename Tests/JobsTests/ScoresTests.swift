import Jobs
import Market
import Simulation
import Storage
import TestSupport
import Testing

/// Values from outside are seen when they are known, and not before.
@Suite struct ScoresTests {
  /// Ten closes from 2014-01-01, a day each.
  private static func bench(_ symbols: [String] = ["A"]) throws -> Workbench {
    try Workbench(
      SampleMarket.closes(
        Dictionary(uniqueKeysWithValues: symbols.map { ($0, (1...10).map { Double($0) }) })))
  }

  /// The field as a strategy sees it.
  private static func seen(_ plan: RunPlan, _ field: String = "score", symbol: Int = 0) throws
    -> [Double?]
  {
    let panel = plan.run.panel
    let index = try #require(panel.fieldIndex(field))
    return (0..<panel.barCount).map {
      let value = panel.value(field: index, bar: $0, symbol: symbol)
      return value.isNaN ? nil : value
    }
  }

  private static let strategy = "strategy: { long_entry: 'score > 0', long_exit: 'score < 0' }"

  private static func plan(_ bench: Workbench, _ text: String, lag: String, name: String = "s.csv")
    throws -> RunPlan
  {
    try bench.folder.write(text, to: name)
    return try bench.plan(
      data: "scores: [{ file: '\(bench.folder.path(name))', lag: \(lag) }]", strategy)
  }

  private static let daily = """
    date,symbol,score
    2014-01-01,A,1
    2014-01-02,A,2
    2014-01-04,A,4
    2014-01-10,A,10

    """

  @Test(
    "a value stamped t is seen from t and the lag on",
    arguments: [
      ("0", [1, 2, nil, 4, nil, nil, nil, nil, nil, 10]),
      ("1", [nil, 1, 2, nil, 4, nil, nil, nil, nil, nil]),
      ("3", [nil, nil, nil, 1, 2, nil, 4, nil, nil, nil]),
      ("'1d'", [nil, 1, 2, nil, 4, nil, nil, nil, nil, nil]),
      // Half a day later is seen at the bar that begins after it.
      ("'12h'", [nil, 1, 2, nil, 4, nil, nil, nil, nil, nil]),
      ("'36h'", [nil, nil, 1, 2, nil, 4, nil, nil, nil, nil]),
    ] as [(String, [Double?])])
  func lags(lag: String, expected: [Double?]) throws {
    #expect(try Self.seen(Self.plan(Self.bench(), Self.daily, lag: lag)) == expected)
  }

  @Test("stamps between bars count for the next, and the newest of several wins")
  func instants() throws {
    let text = """
      time,symbol,score
      2013-12-30T10:00:00Z,A,7
      2014-01-01T15:00:00Z,A,1
      2014-01-01T21:00:00Z,A,2
      2014-01-03T00:00:00Z,A,3

      """
    #expect(
      try Self.seen(Self.plan(Self.bench(), text, lag: "0"))
        == [7, 2, 3, nil, nil, nil, nil, nil, nil, nil])
  }

  @Test("a file of one symbol needs no name, a wide one names columns")
  func shapes() throws {
    let one = try Self.plan(Self.bench(), "date,score\n2014-01-02,5\n", lag: "0")
    #expect(try Self.seen(one)[1] == 5)
    let wide = try Self.plan(
      Self.bench(["A", "B"]), "date,A,B\n2014-01-02,5,-6\n2014-01-03,,7\n", lag: "1")
    #expect(try Self.seen(wide)[1...3] == [nil, 5, nil])
    #expect(try Self.seen(wide, symbol: 1)[1...3] == [nil, -6, 7])
  }

  @Test("a store of another program's is a file of scores too")
  func stores() throws {
    let bench = try Self.bench()
    let draft = PanelDraft(
      name: "predictions", timeNs: (0..<3).map { (SampleMarket.firstDay + $0) * Calendar.dayNs },
      symbols: [.init(symbol: "A")], calendar: Calendar(.usEquity), frequencyNs: Calendar.dayNs,
      fields: [.init(name: "score", values: [1, .nan, 3])])
    try PriceStore.write([draft], to: bench.folder.path("model.h5"))
    let plan = try bench.plan(
      data: "scores: [{ file: '\(bench.folder.path("model.h5"))', lag: 2 }]", Self.strategy)
    #expect(try Self.seen(plan).prefix(6) == [nil, nil, 1, nil, 3, nil])
  }

  @Test("a field of the panel itself can lag")
  func fields() throws {
    var draft = SampleMarket.closes(["A": [1, 2, 3, 4]])
    draft.fields.append(.init(name: "score", values: [7, .nan, 8, 9]))
    let bench = try Workbench(draft)
    let plan = try bench.plan(data: "lags: { score: 1 }", Self.strategy)
    #expect(try Self.seen(plan) == [nil, 7, nil, 8])
    #expect(
      try Self.seen(bench.plan(data: "lags: { score: '2d' }", Self.strategy)) == [nil, nil, 7, nil])
    #expect(
      bench.complaint(data: "lags: { scores: 1 }", Self.strategy).hasPrefix(
        "data.lags: no field 'scores'. Did you mean 'score'?"))
  }

  @Test(
    "what can't be joined is said",
    arguments: [
      ("date,symbol,guess\n2014-01-02,A,5\n", "no field 'score'"),
      ("date,symbol,score\n2014-01-02,Z,5\n", "the panel lacks Z"),
      (
        "date,symbol,score\n2014-01-02,A,five\n",
        "no numbers in a column 'score' (it has: date, symbol, score)"
      ),
      ("date,symbol,score\n2019-01-02,A,5\n", "no value that the run sees"),
      (
        "date,symbol,score\n2014-01-02,A,5\n2014-01-03,A,six\n2014-01-04,A,7\n",
        "line 3, score: 'six' is not a number. Mend the row, or take it out."
      ),
    ]) func mistakes(text: String, message: String) throws
  {
    let bench = try Self.bench(["A", "B"])
    #expect {
      try Self.plan(bench, text, lag: "0")
    } throws: {
      "\($0)".contains(message)
    }
  }

  @Test func aFileThatIsNotThere() throws {
    #expect(
      try Self.bench().complaint(data: "scores: [{ file: '/no/such.csv', lag: 1 }]", Self.strategy)
        == "data.scores: /no/such.csv does not exist; paths are relative to the spec's folder")
  }

  @Test("scores are part of what a result is replayed from")
  func replay() throws {
    let bench = try Self.bench()
    try bench.run(Self.plan(bench, Self.daily, lag: "1"))
    #expect(
      try ReplayJob(path: bench.folder.path("run.h5"), store: bench.store).replay(lane: 0).differing
        == [])
    try bench.folder.write(Self.daily + "2014-01-05,A,-9\n", to: "s.csv")
    #expect(throws: ReplayError.self) {
      try ReplayJob(path: bench.folder.path("run.h5"), store: bench.store)
    }
  }

  /// What a model says of days to come changes no order before, however wild it is.
  @Test("a poisoned future of scores moves nothing", arguments: ["0", "2", "'36h'"])
  func poison(lag: String) throws {
    let bench = try Workbench(SampleMarket.draft("p", bars: 120, symbols: ["A", "B"]))
    func text(after cut: Int) -> String {
      var noise = TestRandom(seed: 5)
      var text = "date,symbol,score\n"
      for day in 0..<120 {
        for symbol in ["A", "B"] {
          let value = Double.random(in: -0.5..<0.5, using: &noise)
          let date = Timestamp.text(
            nanoseconds: (SampleMarket.firstDay + Int64(day)) * Calendar.dayNs)
          text += "\(date),\(symbol),\(day > cut ? -1000 * value : value)\n"
        }
      }
      return text
    }
    let cut = 70
    func equity(_ text: String, _ name: String) throws -> [[Double]] {
      let plan = try Self.plan(bench, text, lag: lag, name: name)
      let simulator = plan.simulator(variant: .baseline, workers: 1)
      return try (0..<2).map { try simulator.replay(lane: $0).equity }
    }
    let (honest, wild) = (
      try equity(text(after: 200), "a.csv"), try equity(text(after: cut), "b.csv")
    )
    for lane in 0..<2 {
      #expect(honest[lane].prefix(cut + 1) == wild[lane].prefix(cut + 1))
      #expect(honest[lane] != wild[lane])
    }
  }

  /// A score that is the next return, stamped as if it were known: found without a lag, harmless with one.
  @Test func aScoreThatPeeksIsFound() throws {
    let bench = try Workbench(SampleMarket.draft("p", bars: 200, symbols: ["A"]))
    let panel = try bench.plan("strategy: { long_entry: 'close > 1' }").run.panel
    let close = try #require(panel.fieldIndex("close"))
    var text = "date,symbol,score\n"
    for bar in 0..<199 {
      let next = panel.value(field: close, bar: bar + 1, symbol: 0)
      let change = next / panel.value(field: close, bar: bar, symbol: 0) - 1
      if change.isNaN { continue }
      text += "\(Timestamp.text(nanoseconds: panel.time.ns[bar])),A,\(change)\n"
    }
    func report(lag: String) throws -> AuditReport {
      try AuditJob(plan: Self.plan(bench, text, lag: lag)).run()
    }
    let found = try report(lag: "0")
    #expect(!found.isClean && found.answers.last?.count == 1)
    #expect(found.answers.dropLast().allSatisfy { $0.count == 0 })
    #expect(try report(lag: "1").isClean)
  }
}
