import Jobs
import Market
import Storage
import Testing

@Suite struct RunPlanTests {
  private static let always = "strategy: { long_entry: 'close > 1' }"

  // MARK: - What is looked up

  @Test func unknownNames() throws {
    let bench = try Workbench(SampleMarket.draft())
    #expect(
      bench.complaint(data: "symbols: ['AAA', 'BBC']")
        == "data.symbols: no symbol 'BBC'. Did you mean 'BBB'?\n"
        + "  panel us_equity_1d has 3 symbols: apus inspect --symbols lists them")
    #expect(
      bench.complaint(data: "symbols: { sector: 'energy' }")
        == "data.symbols: no sector 'energy'. Did you mean 'Energy'?\n  known: Energy, Materials")
    #expect(
      bench.complaint(data: "symbols: { top: 2, by: 'volum' }")
        == "data.symbols.by: no field 'volum'. Did you mean 'volume'?\n"
        + "  panel us_equity_1d has: open, high, low, close, volume")
    #expect(
      bench.complaint(data: "panel: 'us_equity'").hasPrefix(
        "\(bench.store) has no panel 'us_equity' (it has: us_equity_1d)."))
    #expect(
      bench.complaint(data: "", "strategy: { long_entry: 'close > n' }, parameters: { close: 1 }")
        == "parameters.close: found the name of a field of the panel, expected a name of its own")
  }

  @Test func aStoreWithoutSectorsSaysSo() throws {
    let bench = try Workbench(SampleMarket.closes(["X": [1, 2, 3]]))
    #expect(
      bench.complaint(data: "symbols: { sector: 'Energy' }")
        == "data.symbols: no sector 'Energy'.\n  the store knows no sectors: import with --symbols FILE"
    )
  }

  @Test func oneOfSeveralPanelsMustBeNamed() throws {
    let bench = try Workbench(SampleMarket.draft("a"), SampleMarket.draft("b", seed: 2))
    #expect(
      bench.complaint() == "data.panel: is missing; expected one of the store's panels: a, b")
    #expect(try bench.plan(data: "panel: 'b'", Self.always).run.panel.name == "b")
  }

  @Test func aMissingStore() throws {
    let bench = try Workbench(SampleMarket.draft())
    let path = bench.folder.path("no.h5")
    #expect(throws: StorageError.fileMissing(path: path)) {
      try RunPlan(spec: bench.plan(Self.always).spec, storePath: path)
    }
  }

  @Test func symbolsKeepTheOrderOfTheSpec() throws {
    let bench = try Workbench(SampleMarket.draft())
    func names(_ data: String) throws -> [String] {
      let plan = try bench.plan(data: data, "parameters: { n: [1, 2] }, \(Self.always)")
      return (0..<plan.laneCount).map { plan.symbol(lane: $0) }
    }
    #expect(try names("symbols: ['CCC', 'AAA']") == ["CCC", "CCC", "AAA", "AAA"])
    #expect(try names("symbols: 'all'") == ["AAA", "AAA", "BBB", "BBB", "CCC", "CCC"])
    #expect(try names("symbols: { sector: 'Materials' }") == ["BBB", "BBB", "CCC", "CCC"])
  }

  // MARK: - The largest symbols

  /// Sizes of five symbols over six bars: the order turns round after the third.
  private static func sized() throws -> Workbench {
    let nan = Double.nan
    let closes: [String: [Double]] = [
      "A": [5, 5, 5, 5, 5, 5], "B": [5, 5, 5, 5, 5, 5], "C": [5, 5, 5, 5, 5, 5],
      "D": [nan, nan, nan, 5, 5, 5], "E": [5, 5, nan, nan, nan, nan],
    ]
    var draft = SampleMarket.closes(closes)
    let sizes: [[Double]] = [
      [3, 2, 1, nan, 90], [3, 2, 1, nan, 90], [nan, 2, 2, 80, nan], [1, 2, 9, 70, nan],
      [1, 2, 9, 70, nan], [1, 2, 9, 70, nan],
    ]
    draft.fields.append(.init(name: "size", values: sizes.flatMap { $0 }))
    return try Workbench(draft)
  }

  @Test(
    "top is chosen anew at each bar, among symbols that trade then, from values known then",
    arguments: [
      // E has ended on the third day; A is known by its value of the day before; D begins on the fourth.
      ("", 1, ["E", "E", "A", "D", "D", "D"]),
      // On the third day B and C tie in the table's order.
      ("", 2, ["AE", "AE", "AB", "CD", "CD", "CD"]),
      ("", 9, ["ABCE", "ABCE", "ABC", "ABCD", "ABCD", "ABCD"]),
      ("from: '2014-01-03', to: '2014-01-04',", 2, ["", "", "AB", "CD", "", ""]),
    ]) func top(window: String, count: Int, expected: [String]) throws
  {
    let bench = try Self.sized()
    let plan = try bench.plan(
      data: "\(window) symbols: { top: \(count), by: 'size' }", Self.always)
    let panel = plan.run.panel
    let field = try #require(panel.fieldIndex("in_universe"))
    let members = (0..<panel.barCount).map { bar in
      (0..<panel.symbolCount).filter { panel.value(field: field, bar: bar, symbol: $0) == 1 }
        .map { panel.symbols[$0].symbol }.joined()
    }
    #expect(members == expected)
    #expect(
      plan.run.symbols.map { panel.symbols[$0].symbol }
        == Set(expected.joined().map(String.init)).sorted())
    #expect(plan.warnings.contains { $0.code == "universe" })
  }

  @Test func nothingIsHeldOutsideTheUniverse() throws {
    let bench = try Self.sized()
    let plan = try bench.plan(
      data: "symbols: { top: 2, by: 'size' }",
      "strategy: { long_entry: 'close > 1' }, execution: { fill: 'same_close' }")
    // A belongs to it for three days, B for one, C and D from the fourth on, E for two.
    let held = ["A": 0...2, "B": 2...2, "C": 3...5, "D": 3...5, "E": 0...1]
    try bench.run(plan)
    let job = try ReplayJob(path: bench.folder.path("run.h5"))
    for lane in 0..<plan.laneCount {
      let outcome = try job.replay(lane: lane)
      #expect(outcome.differing == [])
      let bars = try #require(held[plan.symbol(lane: lane)])
      for bar in 0..<6 {
        // E has no price after its second bar: it ends, and is closed at its last price.
        let isHeld = bars.contains(bar)
        #expect((outcome.record.exposure[bar] > 0) == isHeld, "\(plan.symbol(lane: lane)) \(bar)")
      }
    }
  }

  @Test func aFieldMayNotHaveTheNameOfTheUniverse() throws {
    var draft = SampleMarket.closes(["A": [5, 5, 5]])
    draft.fields.append(.init(name: "in_universe", values: [1, 1, 1]))
    let bench = try Workbench(draft)
    #expect(
      bench.complaint(data: "symbols: { top: 1, by: 'close' }").hasPrefix(
        "panel us_equity_1d has a field 'in_universe'"))
  }

  @Test func topWithoutAnyValue() throws {
    var draft = SampleMarket.closes(["A": [5, 5, 5]])
    draft.fields.append(.init(name: "size", values: [.nan, .nan, 4]))
    let bench = try Workbench(draft)
    #expect(
      bench.complaint(data: "symbols: { top: 1, by: 'size' }, to: '2014-01-02'")
        == "data.symbols: no symbol that trades has a size at any bar of the run")
  }

  // MARK: - The window

  @Test(
    "from and to bound the trading, both included",
    arguments: [
      ("", 0..<260), ("from: '2014-01-05'", 4..<260), ("to: '2014-01-05'", 0..<5),
      ("from: '2014-01-05', to: '2014-01-05'", 4..<5),
      ("from: '2014-01-05T00:00:00.000000001Z'", 5..<260),
      ("to: '2014-01-05T00:00Z'", 0..<5), ("to: '2014-01-04T23:59:59.999999999Z'", 0..<4),
      ("from: '1700-01-01', to: '2262-04-11'", 0..<260),
      ("to: '2262-04-11T23:47:16.854775807Z'", 0..<260), ("to: '2262-04-10'", 0..<260),
    ]) func window(data: String, expected: Range<Int>) throws
  {
    let bench = try Workbench(SampleMarket.draft())
    #expect(try bench.plan(data: data, Self.always).run.window == expected)
  }

  @Test(arguments: [
    "from: '2015-01-01'", "to: '2013-12-31'", "from: '2014-01-02T01:00Z', to: '2014-01-02T02:00Z'",
  ])
  func nothingBetween(data: String) throws {
    let bench = try Workbench(SampleMarket.draft())
    #expect(
      bench.complaint(data: data)
        == "data.from, data.to: no bar lies between them; "
        + "panel us_equity_1d runs from 2014-01-01 to 2014-09-17")
  }

  @Test("warm-up on history, or within the window") func warmUp() throws {
    // Rising for ten days, so that a buyer who knows the past buys at once.
    let bench = try Workbench(SampleMarket.closes(["A": (0..<12).map { 10 + Double($0) }]))
    func run(_ rule: String) throws -> (warm: Double, exposure: Double, entry: Int?) {
      let plan = try bench.plan(
        data: "from: '2014-01-07', warm_up: '\(rule)'",
        "strategy: { long_entry: 'close > sma(close, 5)' }, metrics: ['warm_bars', 'exposure', 'sharpe']"
      )
      let table = try bench.run(plan, to: "\(rule).h5").table
      let record = try ReplayJob(path: bench.folder.path("\(rule).h5")).replay(lane: 0).record
      let values = table.metrics.map { $0.values[0] }
      return (values[0], values[1], record.trades.first?.entryBar)
    }
    // Six bars to trade: with history the first gives the signal and the second the fill.
    let history = try run("history")
    #expect(history == (0, 5 / 6.0, 1))
    // Within the window the average is first defined at the fifth bar, and the sixth fills.
    let window = try run("window")
    #expect(window == (4, 1 / 6.0, 5))
  }

  // MARK: - Strategies

  @Test(
    "mistakes in expressions, with column and caret",
    arguments: [
      (
        "strategy: { long_entry: 'close > smaa(close, 5)' }",
        """
        strategy.long_entry, column 9: no function 'smaa'. Did you mean 'sma'? See all of them: apus functions
          close > smaa(close, 5)
                  ^
        """
      ),
      (
        "strategy: { long_entry: 'close > fsat' }, parameters: { fast: 3 }",
        """
        strategy.long_entry, column 9: no field, parameter or named part 'fsat'. Did you mean 'fast'? \
        Known here: fast, open, high, low, close, volume
          close > fsat
                  ^
        """
      ),
      (
        "strategy: { long_entry: 'close > 1', stop_loss: 'close' }",
        """
        strategy.stop_loss, column 1: the expression must be the same at every bar: use numbers and parameters only
          close
          ^
        """
      ),
      (
        "strategy: { long_entry: 'close > 1', stop_loss: 1.5 }",
        "strategy.stop_loss: 1.5 is out of range, expected a fraction between 0 and 1"
      ),
      (
        "strategy: { long_entry: 'close > 1', size: { fraction_of_equity: 'f' } }, parameters: { f: [0.5, 1, 1.5] }",
        "strategy.size.fraction_of_equity: 1.5 is out of range, expected a fraction above 0, at most 1 unless account.leverage is above it (at f = 1.5)"
      ),
      (
        "strategy: { long_entry: 'close > sma(close, n)' }, parameters: { n: [2, 0] }",
        "strategy.long_entry: sma: n is 0, expected a whole number of bars from 1 to 1000000 "
          + "(at n = 0; exclude it with 'where' or change the range)"
      ),
      (
        "strategy: {}",
        "strategy: neither 'long_entry' nor 'short_entry' is given, so nothing would ever be bought"
      ),
      (
        "strategy: { long_entry: 'close > 1', short_exit: 'close > 1' }",
        "strategy.short_exit: there is no 'short_entry'; add it, or remove 'short_exit'"
      ),
      (
        "strategy: { long_entry: 'close > 1' }, parameters: { n: [1, 2] }, where: 'n < m'",
        """
        where, column 5: no field, parameter or named part 'm'. Known here: n
          n < m
              ^
        """
      ),
      (
        "strategy: { long_entry: 'close > 1' }, parameters: { n: [1, 2] }, where: 'n > 2'",
        "where: no combination of parameters satisfies \"n > 2\""
      ),
      (
        "strategy: { long_entry: 'close > 1' }, parameters: { n: { from: 1, to: 40000 }, m: { from: 1, to: 40000 } }",
        "the plan has 40000 × 40000 lanes; at most 1000000000 can be run, or looked at by 'where'. Use fewer values or symbols"
      ),
      (
        "strategy: { long_entry: 'close > 1' }, parameters: { n: { from: 1, to: 20000 }, m: { from: 1, to: 20000 } }",
        "the plan has 400000000 × 3 lanes; at most 1000000000 can be run, or looked at by 'where'. Use fewer values or symbols"
      ),
    ]) func strategies(text: String, message: String) throws
  {
    #expect(try Workbench(SampleMarket.draft(bars: 20)).complaint(text) == message)
  }

  @Test(.timeLimit(.minutes(1))) func aGridBeyondAllNumbers() throws {
    let axes = (0..<40).map { "p\($0): { from: 1, to: 1000 }" }.joined(separator: ", ")
    let message = try Workbench(SampleMarket.draft(bars: 20)).complaint(
      "\(Self.always), parameters: { \(axes) }, where: 'p0 < p1'")
    #expect(
      message.hasSuffix(
        " lanes; at most 1000000000 can be run, or looked at by 'where'. Use fewer values or symbols"
      ))
  }

  @Test("combinations are counted before any is looked at", .timeLimit(.minutes(1)))
  func tooManyCandidates() throws {
    #expect(
      try Workbench(SampleMarket.draft(bars: 20)).complaint(
        "\(Self.always), where: 'a + b < 10', "
          + "parameters: { a: { from: 1, to: 40000 }, b: { from: 1, to: 40000 } }")
        == "the plan has 40000 × 40000 lanes; at most 1000000000 can be run, or looked at by 'where'. "
        + "Use fewer values or symbols")
  }

  // MARK: - Fields

  @Test(
    "fields that fills and stops need",
    arguments: [
      (["close"], "execution: { fill: 'next_close' }, strategy: { long_entry: 'close > 1' }", nil),
      (["close"], "execution: { fill: 'same_close' }, strategy: { long_entry: 'close > 1' }", nil),
      (
        ["close"], "strategy: { long_entry: 'close > 1' }",
        "panel p has no field 'open' (it has: close); fill 'next_open' needs it; "
          + "without opens use fill: \"next_close\""
      ),
      (["open", "close"], "strategy: { long_entry: 'close > 1' }", nil),
      (
        ["open", "close"], "strategy: { long_entry: 'close > 1', stop_loss: 0.1 }",
        "panel p has no field 'high' (it has: open, close); stops and short positions need it"
      ),
      (
        ["open", "high", "close"], "strategy: { short_entry: 'close > 1' }",
        "panel p has no field 'low' (it has: open, high, close); stops and short positions need it"
      ),
      (
        ["high", "low", "close"],
        "execution: { fill: 'next_close' }, strategy: { long_entry: 'close > 1', take_profit: 0.1 }",
        "panel p has no field 'open' (it has: high, low, close); stops and short positions need it"
      ),
      (
        ["close"],
        "execution: { fill: 'next_close' }, strategy: { long_entry: 'close > 1', size: { units: 1 } }",
        nil
      ),
      (
        ["close"],
        "execution: { fill: 'next_close' }, strategy: { long_entry: 'close > 1', entry_limit: 'close' }",
        "panel p has no field 'open' (it has: close); orders with a price need it"
      ),
      (
        ["close"],
        "execution: { fill: 'next_close' }, strategy: { long_entry: 'close > 1' }, account: { leverage: 2 }",
        "panel p has no field 'open' (it has: close); account.leverage needs it"
      ),
      (
        ["open", "close"],
        "execution: { max_volume_share: 0.1 }, strategy: { long_entry: 'close > 1' }",
        "panel p has no field 'volume' (it has: open, close); execution.max_volume_share needs it"
      ),
      (
        ["open", "close"],
        "execution: { slippage: { volume_share: { k: 0.1 } } }, strategy: { long_entry: 'close > 1' }",
        "panel p has no field 'volume' (it has: open, close); execution.slippage needs it for "
          + "volume_share or almgren_chriss"
      ),
      (
        ["open"], "strategy: { long_entry: 'open > 1' }",
        "panel p has no field 'close' (it has: open); every run values positions at the close"
      ),
      (
        ["open", "close"], "strategy: { long_entry: 'close > atr(5)' }",
        """
        strategy.long_entry, column 9: atr needs the field 'high', which the panel does not have (it has: open, close)
          close > atr(5)
                  ^
        """
      ),
    ]) func fields(names: [String], text: String, message: String?) throws
  {
    var draft = SampleMarket.draft("p", bars: 20)
    draft.fields = draft.fields.filter { names.contains($0.name) }
    #expect(try Workbench(draft).complaint(text) == message ?? "no mistake was found")
  }

  // MARK: - Warnings

  @Test func warnings() throws {
    func codes(_ draft: PanelDraft, _ text: String) throws -> [String] {
      try Workbench(draft).plan(text: text).warnings.map(\.code)
    }
    let rest = "data: { store: 'p.h5' }, strategy: { long_entry: 'close > 1' }"
    let survivors = SampleMarket.closes(["A": [1, 2], "B": [3, 4]])
    #expect(try codes(survivors, "{ apus: 1, \(rest) }") == ["survivorship"])
    #expect(
      try codes(survivors, "{ apus: 1, \(rest), execution: { fill: 'same_close' } }") == [
        "same_close", "survivorship",
      ])
    #expect(
      try codes(SampleMarket.closes(["A": [1, 2], "B": [3, .nan]]), "{ apus: 1, \(rest) }").isEmpty)
    // One symbol alone is nobody's sample.
    #expect(try codes(SampleMarket.closes(["A": [1, 2]]), "{ apus: 1, \(rest) }").isEmpty)
  }

  // MARK: - Zones

  /// Six half hours from 14:00 UTC, in winter and in summer.
  private static func intraday(zone: String?) -> PanelDraft {
    var draft = SampleMarket.closes(["A": Array(repeating: 5, count: 12)])
    let half: Int64 = 1_800_000_000_000
    let winter: Int64 = 16_085 * Calendar.dayNs  // 2014-01-15
    let summer: Int64 = 16_266 * Calendar.dayNs  // 2014-07-15
    draft.timeNs = [winter, summer].flatMap { day in (0..<6).map { day + (28 + Int64($0)) * half } }
    draft.frequencyNs = half
    draft.calendar = Calendar(.usEquity, timeZone: zone)
    return draft
  }

  @Test(
    "hours are those of the panel's zone, with its summer time",
    arguments: [
      // 14:00 UTC is 9:00 in New York in winter and 10:00 in summer.
      (nil, [9, 9, 10, 10, 11, 11, 10, 10, 11, 11, 12, 12]),
      ("UTC", [14, 14, 15, 15, 16, 16, 14, 14, 15, 15, 16, 16]),
      ("Asia/Kolkata", [19, 20, 20, 21, 21, 22, 19, 20, 20, 21, 21, 22]),
    ]) func hours(zone: String?, expected: [Int]) throws
  {
    let bench = try Workbench(Self.intraday(zone: zone))
    let plan = try bench.plan(
      """
      parameters: { h: { from: 0, to: 23 } }, metrics: ['exposure', 'trades'],
      execution: { fill: "same_close" }, strategy: { long_entry: "hour == h", long_exit: "hour != h" }
      """)
    let table = try bench.run(plan).table
    for hour in 0..<24 {
      let bars = expected.count { $0 == hour }
      #expect(table.metrics[0].values[hour] == Double(bars) / 12, "hour \(hour)")
    }
  }

  @Test func anUnknownZoneMattersToClocksOnly() throws {
    let bench = try Workbench(Self.intraday(zone: "Mars/Olympus"))
    #expect(bench.complaint() == "no mistake was found")
    #expect(
      bench.complaint("strategy: { long_entry: 'hour == 9' }")
        == "panel us_equity_1d is in the time zone 'Mars/Olympus', which this system does not know; "
        + "hour, weekday, month and month_end need it")
  }
}
