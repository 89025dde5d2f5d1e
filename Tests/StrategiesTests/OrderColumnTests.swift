import Expressions
import Kernels
import Market
import Simulation
import Strategies
import TestSupport
import Testing

private let closes: [Double] = [10, 12, 12, 11, 9, 8, 10, 12, 9, 9]

private func tenBars() -> PricePanel {
  panel([
    ("open", [closes]), ("high", [closes.map { $0 + 1 }]), ("low", [closes.map { $0 - 1 }]),
    ("close", [closes]),
  ])
}

@Test func pricesOfOrdersAreColumns() throws {
  let panel = tenBars()
  // One column for all lanes, one a lane, one computed eight lanes at a time, and one that never changes.
  let axes = [axis("n", [2, 3]), axis("part", (1...7).map { Double($0) / 100 })]
  let mean2 = [Double.nan, 11, 12, 11.5, 10, 8.5, 9, 11, 10.5, 9]
  for (text, expected) in [
    ("lag(low, 1)", { _, _, bar in bar == 0 ? Double.nan : closes[bar - 1] - 1 }),
    ("sma(close, n)", { n, _, bar in n == 2 ? mean2[bar] : 0 }),
    ("close * (1 - part)", { _, part, bar in closes[bar] * (1 - part) }),
    ("100 * part", { _, part, _ in 100 * part }), ("7", { _, _, _ in 7 }),
  ] as [(String, (Double, Double, Int) -> Double)] {
    let found = try levels(text, axes: axes, panel: panel)
    let grid = ParameterGrid(axes: axes)
    for set in 0..<14 {
      let (n, part) = (grid.values(set: set)[0], grid.values(set: set)[1])
      if text.contains("sma"), n == 3 { continue }
      #expect(
        sameBits(found[set], (0..<10).map { expected(n, part, $0) }), "\(text), set \(set)")
    }
  }
}

@Test func manyVectorsKeepTheirOwnNumbers() throws {
  var random = TestRandom(seed: 5)
  let prices = (0..<300).map { _ in Double(random.int(50...90)) }
  let panel = panel([("close", [prices])])
  let axes = [axis("n", (2...20).map(Double.init)), axis("k", (1...11).map(Double.init))]
  let found = try levels("lag(close, n) - k * close", axes: axes, panel: panel)
  let grid = ParameterGrid(axes: axes)
  for set in 0..<grid.count {
    let (n, k) = (Int(grid.values(set: set)[0]), grid.values(set: set)[1])
    let expected = (0..<300).map { $0 < n ? Double.nan : prices[$0 - n] - k * prices[$0] }
    #expect(sameBits(found[set], expected), "set \(set)")
  }
}

private func compiled(_ fill: (inout ExpressionStrategy.Source) -> Void) throws(StrategyError)
  -> ExpressionStrategy
{
  var source = ExpressionStrategy.Source()
  source.longEntry = "close > 1"
  fill(&source)
  return try ExpressionStrategy(
    source: source, grid: ParameterGrid(axes: [axis("x", [1, 2, 3])]), panel: tenBars(),
    zoneOffset: { _ in 0 })
}

@Test func termsOfASet() throws {
  let strategy = try compiled {
    $0.shortEntry = "close < 1"
    $0.maxBars = "10 * x"
    $0.pyramid = "x"
    $0.reentryDelay = "x - 1"
    $0.reverse = "if(x > 2, 1, 0)"
    $0.size = .notional("100 * x")
  }
  #expect(strategy.needsRuleBook && !strategy.commitsAll && !strategy.sharesTerms)
  let terms = strategy.terms(of: 2)
  #expect(terms.maxBars == 30 && terms.pyramid == 3 && terms.reentryDelay == 2 && terms.reverses)
  #expect(terms.sizing == .notional && terms.size == 300 && terms.fraction == 1)
  #expect(!strategy.terms(of: 0).reverses)
  #expect(
    !(try compiled {
      $0.pyramid = "1"; $0.fraction = "0.5"
    }).needsRuleBook)
  #expect(try compiled { $0.fraction = "0.5" }.terms(of: 0).size == 0.5)
  #expect(try compiled { $0.exitLimit = "high" }.needsRuleBook)
}

@Test func sizesThatDifferFromBarToBar() throws {
  for (size, expected) in [
    (.fraction("close / 100"), closes.map { $0 / 100 }),
    (.units("x * close"), closes.map { 2 * $0 }),
    // Annual volatility of two returns, 365 bars a year.
    (
      .volatilityTarget(target: "0.5 * x", window: "2", cap: "3"),
      closes.indices.map { bar in
        guard bar > 1 else { return .nan }
        let (a, b) = (closes[bar - 1] / closes[bar - 2] - 1, closes[bar] / closes[bar - 1] - 1)
        return min(3, 1 / (abs(a - b) / 2.0.squareRoot() * 365.0.squareRoot()))
      }
    ),
    (
      .kelly(multiple: "0.5", window: "2", cap: "9"),
      closes.indices.map { bar in
        guard bar > 1 else { return .nan }
        let (a, b) = (closes[bar - 1] / closes[bar - 2] - 1, closes[bar] / closes[bar - 1] - 1)
        return min(9, 0.5 * abs(a + b) / 2 / ((a - b) * (a - b) / 2))
      }
    ),
  ] as [(ExpressionStrategy.Size, [Double])] {
    let strategy = try compiled { $0.size = size }
    #expect(strategy.terms(of: 1).size.isNaN && strategy.needsRuleBook)
    let run = LaneRun(
      panel: tenBars(), symbols: [0], strategy: strategy, rules: LaneRules(), cash: 1,
      window: 0..<10)
    let evaluator = try strategy.program(sets: 1..<2).makeEvaluator(kernels: kernels)
    evaluator.begin(run: run, symbol: 0, firstPrice: 0)
    let memory = AlignedBuffer(repeating: Double.nan, count: 16)
    for bar in 0..<10 { memory[bar] = closes[bar] }
    evaluator.advance(
      fields: strategy.fields.map { _ in UnsafePointer(memory.base) }, count: 10)
    _ = evaluator.signals(of: 0)
    let column = try #require(evaluator.levels(of: 0, lane: 0).size)
    for bar in 0..<10 {
      let close = abs(column[bar] - expected[bar]) <= 1e-12
      #expect(close || column[bar].isNaN && expected[bar].isNaN, "\(size), bar \(bar)")
    }
  }
}

private typealias Change = @Sendable (inout ExpressionStrategy.Source) -> Void

private let mistakes: [(Change, String)] = [
  (
    { $0.maxBars = "0.5 * x" },
    "strategy.max_bars: 0.5 is out of range, expected a whole number of bars, at least 1 (at x = 1)"
  ),
  (
    { $0.pyramid = "0" },
    "strategy.pyramid: 0 is out of range, expected a whole number of entries, at least 1"
  ),
  (
    { $0.reentryDelay = "-1" },
    "strategy.reentry_delay: -1 is out of range, expected a whole number of bars, at least 0"
  ),
  (
    {
      $0.reverse = "2"; $0.shortEntry = "close < 1"
    }, "strategy.reverse: 2 is out of range, expected 1 or 0"
  ),
  ({ $0.reverse = "1" }, "strategy.reverse needs both 'long_entry' and 'short_entry'"),
  (
    { $0.size = .units("0") },
    "strategy.size.units: 0 is out of range, expected a number of units above 0"
  ),
  (
    { $0.size = .risk("0.01") },
    "strategy.size.risk needs 'stop_loss', the distance at which it is lost"
  ),
  (
    { $0.size = .volatilityTarget(target: "-0.1") },
    "strategy.size.volatility_target: -0.1 is out of range, expected a number above 0"
  ),
  (
    { $0.size = .volatilityTarget(target: "0.1", window: "1") },
    "strategy.size.volatility_target.window: 1 is out of range, expected a whole number of bars from 2 to 1000000"
  ),
  (
    { $0.size = .kelly(cap: "close") },
    "strategy.size.kelly.cap, column 1: the expression must be the same at every bar: use numbers and parameters only\n  close\n  ^"
  ),
  (
    { $0.entryLimit = "close > 1" },
    "strategy.entry_limit, column 7: the expression is a condition, expected a number (if(c, 1, 0) makes one)\n  close > 1\n        ^"
  ),
  (
    { $0.longEntry = "top(3 - x, close)" },
    "strategy.long_entry: top: n is 0, expected a whole number of symbols, at least 1 (at x = 3; exclude it with 'where' or change the range)"
  ),
  (
    { $0.stopLoss = "rank(close)" },
    "strategy.stop_loss, column 1: the expression must be the same at every bar: use numbers and parameters only\n  rank(close)\n  ^"
  ),
  (
    { $0.longEntry = "symbol(\"S1\").close > 1" },
    "strategy.long_entry, column 8: the panel has no symbol 'S1'. Did you mean 'S0'? See all of them: apus inspect --symbols\n  symbol(\"S1\").close > 1\n         ^"
  ),
]

@Test(arguments: mistakes.indices)
func mistakesInTermsAreNamed(index: Int) {
  let (fill, expected) = mistakes[index]
  do throws(StrategyError) {
    _ = try compiled(fill)
    Issue.record("accepted, instead of: \(expected)")
  } catch {
    #expect("\(error)" == expected)
  }
}

@Test func weightsAndSignalsExclude() {
  var source = ExpressionStrategy.Source()
  source.weights = "equal"
  source.stopLoss = "0.1"
  let error = #expect(throws: StrategyError.self) {
    try ExpressionWeights(
      source: source, grid: ParameterGrid(axes: []), panel: tenBars(), symbols: [0],
      window: 0..<10, kernels: kernels, zoneOffset: { _ in 0 })
  }
  #expect(error == .conflict(part: "stop_loss", with: "weights"))
}
