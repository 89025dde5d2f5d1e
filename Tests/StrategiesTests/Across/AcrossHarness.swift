import Expressions
import Kernels
import Market
import Simulation
import Strategies
import TestSupport

/// Prices of several symbols, with gaps, that begin and end at different bars.
func market(
  symbols: Int, bars: Int, gaps: Double = 0.03, seed: UInt64, calendar: Calendar = Calendar(.crypto)
) -> PricePanel {
  var random = TestRandom(seed: seed)
  var fields: [String: [[Double]]] = [:]
  var lifetimes: [ClosedRange<Int>?] = []
  for symbol in 0..<symbols {
    let first = random.one(in: 3) ? random.int(0...bars / 3) : 0
    let last = random.one(in: 4) ? random.int(bars / 2...bars - 1) : bars - 1
    lifetimes.append(first...last)
    var price = 200 + 40 * symbol
    var columns: [String: [Double]] = [:]
    for bar in 0..<bars {
      price = max(20, price + random.int(-6...6))
      let row = [
        "open": price + random.int(-2...2), "high": price + random.int(2...5),
        "low": price - random.int(2...5), "close": price, "volume": random.int(1...9) * 100,
        "market_cap": price * 1000,
      ]
      for (field, value) in row {
        let isGap = Double.random(in: 0..<1, using: &random) < gaps
        let isAlive = (first...last).contains(bar) && (!isGap || bar == first || bar == last)
        columns[field, default: []].append(isAlive ? Double(value) / 4 : .nan)
      }
    }
    for (field, column) in columns { fields[field, default: []].append(column) }
  }
  let names = fields.keys.sorted()
  let rows = names.map { name in
    (0..<bars).flatMap { bar in (fields[name] ?? []).map { $0[bar] } }
  }
  return PricePanel(
    name: "test", time: TimeAxis(ns: (0..<bars).map { Int64($0) * dayNs }),
    symbols: SymbolTable((0..<symbols).map { SymbolTable.Entry(symbol: "S\($0)") }),
    calendar: calendar, frequencyNs: dayNs, fields: names, lifetimes: lifetimes, contentHash: "",
    storage: HeapPanelStorage(fields: rows))
}

/// A panel with each value replaced.
func mapped(
  _ panel: PricePanel, _ value: (_ field: String, _ bar: Int, _ symbol: Int, Double) -> Double
) -> PricePanel {
  let rows = panel.fields.indices.map { field in
    (0..<panel.barCount).flatMap { bar in
      (0..<panel.symbolCount).map { symbol in
        value(
          panel.fields[field], bar, symbol, panel.value(field: field, bar: bar, symbol: symbol))
      }
    }
  }
  return PricePanel(
    name: panel.name, time: panel.time, symbols: panel.symbols, calendar: panel.calendar,
    frequencyNs: panel.frequencyNs, fields: panel.fields, lifetimes: panel.lifetimes,
    contentHash: "", storage: HeapPanelStorage(fields: rows))
}

func weights(
  _ text: String, parts: [String: String] = [:], axes: [ParameterGrid.Axis] = [],
  panel: PricePanel, symbols: [Int]? = nil, window: Range<Int>? = nil, historyStart: Int = 0,
  bars: [Int]? = nil
) throws(StrategyError) -> ExpressionWeights {
  var source = ExpressionStrategy.Source()
  source.weights = text
  source.parts = parts
  return try ExpressionWeights(
    source: source, grid: ParameterGrid(axes: axes), panel: panel,
    symbols: symbols ?? Array(0..<panel.symbolCount),
    window: window ?? historyStart..<panel.barCount,
    historyStart: historyStart, bars: bars, kernels: kernels, zoneOffset: { _ in 0 })
}

extension WeightSource {
  /// The weights of some bars, asked for bar by bar: `[bar][set][symbol]`.
  func rows(_ bars: [Int]) -> [[[Double]]] {
    let evaluator = makeEvaluator()
    return bars.map { bar in
      (0..<setCount).map { set in
        var row = [Double](repeating: 9, count: symbolCount)
        evaluator.weights(set: set, bar: bar, into: &row)
        return row
      }
    }
  }
}

/// Values that an expression has for each lane of a run, as its limit prices: `[lane][bar]`.
func levels(
  _ text: String, parts: [String: String] = [:], axes: [ParameterGrid.Axis] = [],
  panel: PricePanel, symbols: [Int]? = nil, window: Range<Int>? = nil, historyStart: Int = 0,
  kernels: KernelTable = kernels
) throws -> [[Double]] {
  var source = ExpressionStrategy.Source()
  source.parts = parts
  source.longEntry = "close > 0"
  source.entryLimit = text
  let strategy = try ExpressionStrategy(
    source: source, grid: ParameterGrid(axes: axes), panel: panel, zoneOffset: { _ in 0 })
  let window = window ?? historyStart..<panel.barCount
  let run = LaneRun(
    panel: panel, symbols: symbols ?? Array(0..<panel.symbolCount), strategy: strategy,
    rules: LaneRules(), cash: 1, window: window, historyStart: historyStart)
  let program = try strategy.program(sets: 0..<strategy.setCount)
  let evaluator = program.makeEvaluator(kernels: kernels)
  var result = [[Double]](repeating: [], count: run.laneCount)
  let bars = window.upperBound - historyStart
  for (place, symbol) in run.symbols.enumerated() {
    evaluator.begin(run: run, symbol: place, firstPrice: 0)
    var columns = strategy.fields.map { field in
      (0..<bars).map {
        panel.value(field: panel.fieldIndex(field)!, bar: historyStart + $0, symbol: symbol)
      } + [Double](repeating: 6e66, count: 16)
    }
    var bar = 0
    while bar < bars {
      let count = min(100, bars - bar)
      withPointers(&columns, from: bar) { evaluator.advance(fields: $0, count: count) }
      for bundle in 0..<(program.sets.count + bundleWidth - 1) / bundleWidth {
        _ = evaluator.signals(of: bundle)
        for lane in 0..<bundleWidth {
          let index = bundle * bundleWidth + lane
          guard index < program.sets.count, program.sets[index] >= 0 else { continue }
          let column = evaluator.levels(of: bundle, lane: lane).entryLimit
          for offset in 0..<count {
            result[place * strategy.setCount + program.sets[index]].append(
              column?[offset] ?? .nan)
          }
        }
      }
      bar += count
    }
  }
  return result
}

/// Calls a body with pointers into columns.
private func withPointers(
  _ columns: inout [[Double]], from bar: Int, _ body: ([UnsafePointer<Double>]) -> Void
) {
  func collect(_ index: Int, _ pointers: [UnsafePointer<Double>]) {
    if index == columns.count { return body(pointers) }
    let column = columns[index]
    column.withUnsafeBufferPointer { collect(index + 1, pointers + [$0.baseAddress! + bar]) }
  }
  collect(0, [])
}

/// Whether two rows hold the same bits, any NaN being the same.
func sameBits(_ a: some Sequence<Double>, _ b: some Sequence<Double>) -> Bool {
  let (a, b) = (Array(a), Array(b))
  return a.count == b.count
    && zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN }
}
