import BenchmarkKit
import BenchmarkReference
import Expressions
import Kernels
import Market
import Simulation
import Strategies

/// Functions of the formula language, each over one series.
let expressionScenarios: [Scenario] = [
  Scenario(
    "expressions/sma", unit: .bars, limit: "latency of one addition a bar", prepare: simpleMean),
  Scenario(
    "expressions/ema", unit: .bars, limit: "latency of two additions and a multiplication a bar",
    prepare: exponentialMean),
  Scenario(
    "expressions/stdev", unit: .bars, limit: "latency of an addition a bar, and a square root",
    prepare: deviation),
  Scenario(
    "expressions/rsi", unit: .bars, limit: "latency of a multiplication and an addition a bar",
    prepare: strengthIndex),
  Scenario(
    "expressions/crosses", unit: .bars, limit: "a compare and a select a bar", prepare: crossing),
]

/// `close > sma(close, 50)`: running totals, a difference and a comparison a bar.
///
/// Data: one series of 100,000 unrounded closes a minute apart, 800 kB read and as much written, block by block in the first-level
/// cache. Limit: the same by running totals in C: one addition has to wait for the last. The engine's totals are exact
/// in millionths, so that equal means compare equal, which takes several operations where the reference has one.
private func simpleMean(_ context: ScenarioContext) throws -> Workload {
  try expressionWorkload(context, "close > sma(close, 50)") { c, out in
    apus_reference_sma(c.close, c.count, 50, out)
    c.mark(out) { c.close[$0] > out[$0] }
  }
}

/// `close > ema(close, 50)`: a recursion.
///
/// Data: as `expressions/sma`. Limit: the same recursion in C. A bar waits for the last bar's difference,
/// multiplication and sum: about twelve cycles, whatever else is done.
private func exponentialMean(_ context: ScenarioContext) throws -> Workload {
  try expressionWorkload(context, "close > ema(close, 50)") { c, out in
    apus_reference_ema(c.close, c.count, 50, out)
    c.mark(out) { c.close[$0] > out[$0] }
  }
}

/// `close > 430 * stdev(close, 50)`: a deviation over a window.
///
/// Data: as `expressions/sma`. Limit: running sums of values and squares in C, which is two dependent additions and a
/// square root a bar. The engine sums back from an anchor in each window and on from it, several bars at a time, so that
/// nothing drifts and no bar waits for the one before: the ratio may lie below 1.
private func deviation(_ context: ScenarioContext) throws -> Workload {
  try expressionWorkload(context, "close > 430 * stdev(close, 50)") { c, out in
    apus_reference_stdev(c.close, c.count, 50, out)
    c.mark(out) { c.close[$0] > 430 * out[$0] }
  }
}

/// `rsi(close, 14) > 50`: two of Wilder's averages and a quotient.
///
/// Data: as `expressions/sma`. Limit: the same recursion in C with the division by the length turned into a
/// multiplication: a multiplication and an addition wait for the last bar's, and one division a bar is left. Wilder's
/// definition divides in the recursion, and a division takes three times as long as a multiplication.
private func strengthIndex(_ context: ScenarioContext) throws -> Workload {
  try expressionWorkload(context, "rsi(close, 14) > 50") { c, out in
    apus_reference_rsi(c.close, c.count, 14, out)
    c.mark(out) { out[$0] > 50 }
  }
}

/// `crosses_above(close, open)`: a comparison, and the side of the bar before.
///
/// Data: two series of 100,000 values, 1.6 MB read and 800 kB written. Limit: the same in C, without a branch: the side
/// of a bar waits for the last bar's select only.
private func crossing(_ context: ScenarioContext) throws -> Workload {
  try expressionWorkload(context, "crosses_above(close, open)") { c, out in
    apus_reference_crosses_above(c.close, c.open, c.count, out)
  }
}

/// The same series as plain columns, for references: pointers, since a class's arrays cost checks at each bar.
final class PlainColumns {
  let count: Int
  let open, high, low, close, volume: UnsafePointer<Double>
  /// Room for `count` values each.
  let scratch, spare: UnsafeMutablePointer<Double>
  private let base: UnsafeMutablePointer<Double>

  fileprivate init(_ panel: PricePanel) {
    let bars = panel.barCount
    let base = UnsafeMutablePointer<Double>.allocate(capacity: 7 * bars)
    for (place, field) in ["open", "high", "low", "close", "volume"].enumerated() {
      (base + place * bars).initialize(
        from: Fixture.column(panel, field: field, symbol: 0), count: bars)
    }
    (base + 5 * bars).initialize(repeating: 0, count: 2 * bars)
    (open, high, low) = (.init(base), .init(base + bars), .init(base + 2 * bars))
    (close, volume) = (.init(base + 3 * bars), .init(base + 4 * bars))
    (scratch, spare) = (base + 5 * bars, base + 6 * bars)
    count = bars
    self.base = base
  }

  deinit { base.deallocate() }

  /// Puts 1 where a condition holds and 0 elsewhere.
  @inline(__always)
  func mark(_ out: UnsafeMutablePointer<Double>, _ condition: (Int) -> Bool) {
    for bar in 0..<count { out[bar] = condition(bar) ? 1 : 0 }
  }
}

/// Times a condition against a reference that puts 1 or 0 into `out` for each bar.
func expressionWorkload(
  _ context: ScenarioContext, _ text: String,
  reference: @escaping (_ columns: PlainColumns, _ out: UnsafeMutablePointer<Double>) -> Void
) throws -> Workload {
  let bars = context.size(100_000, tiny: 400)
  let series = try ExpressionSeries(text, bars: bars)
  let out = Scratch(UnsafeMutablePointer<Double>.allocate(capacity: bars))
  let columns = PlainColumns(series.run.panel)
  reference(columns, out.base)
  let expected = (0..<bars).count { out.base[$0] != 0 }
  let found = series.count(KernelVariant.best.kernels)
  // A value that the two round to different sides of the comparison would be one bar in very many.
  guard expected > 0, expected < bars, abs(found - expected) <= 2 else {
    throw BenchmarkError.disagreement(
      what: "\(text), bars at which it holds", found: "\(found)", expected: "\(expected)")
  }
  let evaluator = series.program.makeEvaluator(kernels: KernelVariant.best.kernels)
  return Workload(
    work: Double(bars),
    contestants: [Contestant(text) { series.evaluate(evaluator) }],
    limit: Contestant("loop in C") {
      reference(columns, out.base)
      blackHole(out.base[bars - 1])
    })
}

/// One condition over one symbol, evaluated as a worker of the engine does it.
private final class ExpressionSeries {
  let run: LaneRun
  let program: any LaneProgram
  private let columns: [[Double]]

  init(_ text: String, bars: Int) throws {
    let panel = Fixture.panel(try Fixture.draft(bars: bars, symbols: 1, frequency: .minute))
    var source = ExpressionStrategy.Source()
    source.longEntry = text
    let strategy = try ExpressionStrategy(
      source: source, grid: ParameterGrid(axes: []), panel: panel, zoneOffset: { _ in 0 })
    run = LaneRun(
      panel: panel, symbols: [0], strategy: strategy, rules: LaneRules(), cash: 1, window: 0..<bars)
    program = try strategy.program(sets: 0..<1)
    columns = strategy.fields.map { Fixture.column(panel, field: $0, symbol: 0) }
  }

  /// Computes what lanes share, which is all of a condition without parameters.
  func evaluate(_ evaluator: any LaneEvaluator, eachBlock: (Int) -> Void = { _ in }) {
    withColumns(columns[...], []) { fields in
      evaluator.begin(run: run, symbol: 0, firstPrice: 0)
      var bar = 0
      while bar < run.window.count {
        let count = min(LaneEngine.blockBars, run.window.count - bar)
        evaluator.advance(fields: fields.map { $0 + bar }, count: count)
        eachBlock(count)
        bar += count
      }
    }
  }

  /// Bars at which the condition holds.
  func count(_ kernels: KernelTable) -> Int {
    let evaluator = program.makeEvaluator(kernels: kernels)
    var found = 0
    evaluate(evaluator) { count in
      let signal = evaluator.signals(of: 0).longEntry
      found += (0..<count).count { signal[$0] & 1 != 0 }
    }
    return found
  }

  private func withColumns(
    _ rest: ArraySlice<[Double]>, _ found: [UnsafePointer<Double>],
    _ body: ([UnsafePointer<Double>]) -> Void
  ) {
    guard let first = rest.first else { return body(found) }
    first.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      withColumns(rest.dropFirst(), found + [base], body)
    }
  }
}
