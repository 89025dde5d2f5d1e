import Expressions
import Kernels
import Market
import Simulation
import Strategies
import TestSupport
import Testing

private let names = StrategyCatalog.all.map(\.name)

private func template(_ name: String) throws -> StrategyTemplate {
  try #require(StrategyCatalog.named(name))
}

/// The texts with the first symbols of the market for the roles.
private func source(_ template: StrategyTemplate) -> ExpressionStrategy.Source {
  let symbols = template.roles.enumerated().map { ($1.name, "S\($0)") }
  return template.source(symbols: Dictionary(uniqueKeysWithValues: symbols))
}

private func grid(_ template: StrategyTemplate, sweeps: Bool) throws -> ParameterGrid {
  let axes = template.parameters.map { axis($0.name, sweeps ? $0.sweep : [$0.value]) }
  guard let text = template.condition else { return ParameterGrid(axes: axes) }
  var compiler = ExpressionCompiler(
    scope: ExpressionScope(fields: [], parameters: axes.map(\.name)))
  let condition = try compiler.constantCondition(text)
  return ParameterGrid(axes: axes) { condition.value($0) != 0 }
}

/// All that a strategy says about a market: signals and sizes of each symbol, or weights at each bar.
private func everything(_ template: StrategyTemplate, _ panel: PricePanel) throws -> [[Double]] {
  let grid = try grid(template, sweeps: false)
  if template.source.weights != nil {
    let weights = try ExpressionWeights(
      source: source(template), grid: grid, panel: panel, symbols: Array(0..<panel.symbolCount),
      window: 0..<panel.barCount, kernels: kernels, zoneOffset: { _ in 0 })
    return weights.rows(Array(0..<panel.barCount)).map { $0[0] }
  }
  let strategy = try ExpressionStrategy(
    source: source(template), grid: grid, panel: panel, zoneOffset: { _ in 0 })
  let run = LaneRun(
    panel: panel, symbols: Array(0..<panel.symbolCount), strategy: strategy, rules: LaneRules(),
    cash: 1, window: 0..<panel.barCount)
  let evaluator = try strategy.program(sets: 0..<1).makeEvaluator(kernels: kernels)
  var rows = [[Double]](repeating: [], count: panel.barCount)
  for symbol in 0..<panel.symbolCount {
    evaluator.begin(run: run, symbol: symbol, firstPrice: panel.lifetimes[symbol]?.lowerBound ?? 0)
    let columns = strategy.fields.map { name in
      let buffer = AlignedBuffer(repeating: Double.nan, count: panel.barCount)
      panel.copyColumn(
        field: panel.fieldIndex(name) ?? 0, symbol: symbol, bars: 0..<panel.barCount,
        into: buffer.base)
      return Memory(buffer: buffer)
    }
    var bar = 0
    while bar < panel.barCount {
      let count = min(256, panel.barCount - bar)
      evaluator.advance(
        fields: columns.map { UnsafePointer($0.buffer.base + bar) }, count: count)
      let signals = evaluator.signals(of: 0)
      let levels = evaluator.levels(of: 0, lane: 0)
      for place in 0..<count {
        let words = [signals.longEntry, signals.longExit, signals.shortEntry, signals.shortExit]
        rows[bar + place] += words.map { Double($0[place] & 1) }
        rows[bar + place].append(levels.size?[place] ?? .nan)
      }
      bar += count
    }
  }
  return rows
}

private final class Memory {
  let buffer: AlignedBuffer<Double>
  init(buffer: consuming AlignedBuffer<Double>) { self.buffer = buffer }
}

@Test func thereAreManyStrategiesAndEachIsDescribed() throws {
  #expect(names.count >= 20 && Set(names).count == names.count)
  for template in StrategyCatalog.all {
    #expect(template.summary.hasSuffix(".") && !template.reference.isEmpty, "\(template.name)")
    #expect(template.name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" })
    #expect((template.source.weights != nil) == (template.rebalance != nil), "\(template.name)")
    for parameter in template.parameters {
      #expect(parameter.sweep.contains(parameter.value), "\(template.name): \(parameter.name)")
      #expect(Set(parameter.sweep).count == parameter.sweep.count)
      // Specs refuse a parameter that is called like a field.
      #expect(!["open", "high", "low", "close", "volume"].contains(parameter.name))
    }
  }
  #expect(StrategyCatalog.named("momentun") == nil)
}

@Test(arguments: names)
func everySetOfADefaultSweepIsValid(name: String) throws {
  let template = try template(name)
  let panel = market(symbols: 3, bars: 4, seed: 1)
  let grid = try grid(template, sweeps: true)
  #expect(grid.count > 0 && grid.count <= 100_000)
  if template.source.weights != nil {
    _ = try ExpressionWeights(
      source: source(template), grid: grid, panel: panel, symbols: [0, 1, 2], window: 0..<4,
      kernels: kernels, zoneOffset: { _ in 0 })
  } else {
    _ = try ExpressionStrategy(
      source: source(template), grid: grid, panel: panel, zoneOffset: { _ in 0 })
  }
}

@Test(arguments: names)
func noTemplateSeesTheFuture(name: String) throws {
  let template = try template(name)
  // A strategy that does nothing would say nothing: the first market in which it acts.
  var found: (panel: PricePanel, rows: [[Double]])?
  for seed in 3..<12 as Range<UInt64> where found == nil {
    let panel = market(symbols: 14, bars: 420, gaps: 0.001, seed: seed)
    let rows = try everything(template, panel)
    let acts = rows.prefix(300).contains { row in row.contains { $0.isFinite && $0 != 0 } }
    if acts { found = (panel, rows) }
  }
  let (panel, before) = try #require(found)
  for (now, isNoise) in [(300, false), (381, true)] {
    var random = TestRandom(seed: UInt64(now))
    let poisoned = mapped(panel) { _, bar, _, value in
      if bar <= now { return value }
      return isNoise ? Double.random(in: 1...900, using: &random) : .nan
    }
    let after = try everything(template, poisoned)
    #expect((0...now).allSatisfy { sameBits(before[$0], after[$0]) }, "after bar \(now)")
  }
}

@Test func buyBelowAverageBuysWhereItIsStated() throws {
  // One unit wherever the price lies below the mean of the last ten, that of the bar included.
  let template = try template("buy_below_average")
  let panel = market(symbols: 2, bars: 120, gaps: 0, seed: 12)
  let rows = try everything(template, panel)
  let close = try #require(panel.fieldIndex("close"))
  for symbol in 0..<2 {
    let first = try #require(panel.lifetimes[symbol]).lowerBound
    for bar in first + 9..<120 where panel.lifetimes[symbol]?.contains(bar) == true {
      let last = (bar - 9...bar).map { panel.value(field: close, bar: $0, symbol: symbol) }
      #expect((rows[bar][symbol * 5] == 1) == (last[9] < last.reduce(0, +) / 10))
    }
  }
  let strategy = try ExpressionStrategy(
    source: source(template), grid: grid(template, sweeps: false), panel: panel,
    zoneOffset: { _ in 0 })
  let terms = strategy.terms(of: 0)
  #expect(terms.sizing == .units && terms.size == 1 && terms.pyramid == 1e9)
  #expect(strategy.needsRuleBook)
}
