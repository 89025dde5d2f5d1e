import Expressions
import Kernels
import Market
import Simulation
import Strategies
import TestSupport

let dayNs: Int64 = 86_400_000_000_000
let hourNs: Int64 = 3_600_000_000_000

/// The fastest loops here.
let kernels = KernelVariant.best.kernels

/// A panel of symbols `S0`, `S1`, … with the given fields, each `[symbol][bar]`.
func panel(
  _ fields: [(String, [[Double]])], time: [Int64]? = nil, calendar: Calendar = Calendar(.crypto),
  frequencyNs: Int64 = dayNs
) -> PricePanel {
  let symbols = fields[0].1.count
  let bars = fields[0].1[0].count
  let rows = fields.map { _, columns in
    (0..<bars).flatMap { bar in columns.map { $0[bar] } }
  }
  return PricePanel(
    name: "test", time: TimeAxis(ns: time ?? (0..<bars).map { Int64($0) * frequencyNs }),
    symbols: SymbolTable((0..<symbols).map { SymbolTable.Entry(symbol: "S\($0)") }),
    calendar: calendar, frequencyNs: frequencyNs, fields: fields.map(\.0),
    lifetimes: Array(repeating: 0...max(0, bars - 1), count: symbols), contentHash: "",
    storage: HeapPanelStorage(fields: rows))
}

/// A strategy from its texts, by the names that a spec uses.
func source(_ texts: [String: String], parts: [String: String] = [:]) -> ExpressionStrategy.Source {
  var source = ExpressionStrategy.Source()
  source.parts = parts
  source.longEntry = texts["long_entry"]
  source.longExit = texts["long_exit"]
  source.shortEntry = texts["short_entry"]
  source.shortExit = texts["short_exit"]
  source.stopLoss = texts["stop_loss"]
  source.takeProfit = texts["take_profit"]
  source.trailingStop = texts["trailing_stop"]
  source.fraction = texts["fraction"]
  return source
}

func axis(_ name: String, _ values: [Double]) -> ParameterGrid.Axis {
  ParameterGrid.Axis(name: name, values: values)
}

func strategy(
  _ texts: [String: String], parts: [String: String] = [:], axes: [ParameterGrid.Axis] = [],
  panel: PricePanel, zoneOffset: (Int64) -> Int64 = { _ in 0 }
) throws(StrategyError) -> ExpressionStrategy {
  try ExpressionStrategy(
    source: source(texts, parts: parts), grid: ParameterGrid(axes: axes), panel: panel,
    zoneOffset: zoneOffset)
}

/// The bars of a window at which a strategy without parameters wants to enter long.
func entries(
  _ condition: String, _ panel: PricePanel, historyStart: Int = 0, tradingFrom: Int = 0,
  zoneOffset: (Int64) -> Int64 = { _ in 0 }
) throws -> [Int] {
  let strategy = try strategy(
    ["long_entry": condition], panel: panel, zoneOffset: zoneOffset)
  let run = LaneRun(
    panel: panel, symbols: [0], strategy: strategy, rules: LaneRules(), cash: 1,
    window: tradingFrom..<panel.barCount, historyStart: historyStart)
  let evaluator = try strategy.program(sets: 0..<1).makeEvaluator(kernels: kernels)
  let bars = panel.barCount - historyStart
  let columns = strategy.fields.map { field in
    let buffer = AlignedBuffer(repeating: Double.nan, count: bars)
    if let index = panel.fieldIndex(field) {
      panel.copyColumn(
        field: index, symbol: 0, bars: historyStart..<panel.barCount, into: buffer.base)
    }
    return Column(buffer: buffer)
  }
  evaluator.begin(run: run, symbol: 0, firstPrice: 0)
  var found: [Int] = []
  var bar = 0
  while bar < bars {
    let count = min(100, bars - bar)
    evaluator.advance(
      fields: columns.map { UnsafePointer($0.buffer.base + bar) }, count: count)
    let signal = evaluator.signals(of: 0).longEntry
    found += (0..<count).filter { signal[$0] & 1 != 0 }.map { historyStart + bar + $0 }
    bar += count
  }
  withExtendedLifetime(columns) {}
  return found
}

private final class Column {
  let buffer: AlignedBuffer<Double>
  init(buffer: consuming AlignedBuffer<Double>) { self.buffer = buffer }
}

/// A walk of prices, `[open, high, low, close, volume]`, with some bars missing.
func randomPrices(bars: Int, gaps: Double, using random: inout TestRandom) -> [(String, [Double])] {
  var price = 100.0
  var columns = [[Double]](repeating: [], count: 5)
  for _ in 0..<bars {
    let open = price * Double.random(in: 0.98...1.02, using: &random)
    price = open * Double.random(in: 0.95...1.051, using: &random)
    let isGap = Double.random(in: 0..<1, using: &random) < gaps
    let row = [
      open, max(open, price) * Double.random(in: 1...1.02, using: &random),
      min(open, price) * Double.random(in: 0.98...1, using: &random), price,
      Double(random.int(0...1000)),
    ]
    for (index, value) in row.enumerated() { columns[index].append(isGap ? .nan : value) }
  }
  return Array(zip(["open", "high", "low", "close", "volume"], columns))
}
