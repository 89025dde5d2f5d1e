import BenchmarkKit
import Expressions
import Interchange
import Kernels
import Market
import Simulation
import Strategies

/// Data that several scenarios share: made from a seed, so the same everywhere.
enum Fixture {
  /// Bars of a synthetic market.
  ///
  /// - Parameter decimals: to which prices are rounded; nil for prices as they come, so that averages never tie.
  static func draft(
    bars: Int, symbols: Int, decimals: Int? = nil, frequency: MarketOptions.Frequency = .daily
  ) throws -> PanelDraft {
    var options = MarketOptions(bars: bars, symbols: symbols)
    options.seed = 20_240_229
    options.decimals = decimals
    options.frequency = frequency
    return try MarketGenerator.draft(options)
  }

  /// A draft as a panel in memory.
  static func panel(_ draft: PanelDraft, lifetimes: [ClosedRange<Int>?]? = nil) -> PricePanel {
    let bars = draft.timeNs.count
    return PricePanel(
      name: draft.name, time: TimeAxis(ns: draft.timeNs), symbols: SymbolTable(draft.symbols),
      calendar: draft.calendar, frequencyNs: draft.frequencyNs, fields: draft.fields.map(\.name),
      lifetimes: lifetimes ?? draft.symbols.map { _ in 0...bars - 1 }, contentHash: "",
      storage: HeapPanelStorage(fields: draft.fields.map(\.values)))
  }

  /// A market whose symbols are listed at any bar; every fiftieth has no price at all.
  static func unequalPanel(bars: Int, symbols: Int) throws -> PricePanel {
    var draft = try draft(bars: bars, symbols: symbols)
    // A step that has no factor in common with the number of bars visits all of them.
    let firsts = (0..<symbols).map { $0 % 50 == 49 ? bars : $0 * 7919 % bars }
    for field in draft.fields.indices {
      for bar in 0..<bars {
        for symbol in 0..<symbols where bar < firsts[symbol] {
          draft.fields[field].values[bar * symbols + symbol] = .nan
        }
      }
    }
    let lifetimes = firsts.map { $0 < bars ? $0...bars - 1 : nil }
    return panel(draft, lifetimes: lifetimes)
  }

  /// One symbol's values of a field.
  static func column(_ panel: PricePanel, field: String, symbol: Int) -> [Double] {
    guard let index = panel.fieldIndex(field) else { preconditionFailure("no field \(field)") }
    return [Double](unsafeUninitializedCapacity: panel.barCount) { buffer, count in
      if let base = buffer.baseAddress {
        panel.copyColumn(field: index, symbol: symbol, bars: 0..<panel.barCount, into: base)
      }
      count = panel.barCount
    }
  }

  /// Uniform numbers in (−1, 1).
  static func noise(_ count: Int, stream: UInt32) -> [Double] {
    let philox = PhiloxStream(seed: 1, stream: stream)
    return (0..<count).map { philox.uniforms(step: UInt32($0))[0] * 2 - 1 }
  }
}

/// A sweep of two moving averages, filled at the close of the same bar at a fee of 0.1 % a side.
struct CrossoverSweep {
  let panel: PricePanel
  let run: LaneRun
  let fast: [Int32]
  let slow: [Int32]

  static let fee = 0.001
  static let rises = "crosses_above(sma(close, fast), sma(close, slow))"
  static let falls = "crosses_below(sma(close, fast), sma(close, slow))"

  /// The sweep W1: every pair of averages of 2 bars to `longest`, the fast one shorter.
  init(bars: Int, symbols: Int, longest: Int) throws {
    try self.init(
      panel: Fixture.panel(try Fixture.draft(bars: bars, symbols: symbols)), longest: longest)
  }

  /// The same over the first symbols of a panel; over all of them if `symbols` is nil.
  init(panel: PricePanel, symbols: Int? = nil, longest: Int) throws {
    try self.init(
      panel: panel, symbols: symbols, fast: (2..<longest).map(Double.init),
      slow: (3...longest).map(Double.init))
  }

  /// Every pair of a fast and a slower average, and what else the strategy shall do.
  init(
    panel: PricePanel, symbols: Int? = nil, fast: [Double], slow: [Double],
    adding addition: (inout ExpressionStrategy.Source) -> Void = { _ in }
  ) throws {
    self.panel = panel
    let grid = ParameterGrid(
      axes: [.init(name: "fast", values: fast), .init(name: "slow", values: slow)]
    ) { $0[0] < $0[1] }
    var source = ExpressionStrategy.Source()
    source.longEntry = Self.rises
    source.longExit = Self.falls
    addition(&source)
    let strategy = try ExpressionStrategy(
      source: source, grid: grid, panel: panel, zoneOffset: { _ in 0 })
    var rules = LaneRules()
    rules.fill = .sameClose
    rules.commissionRate = Self.fee
    run = LaneRun(
      panel: panel, symbols: Array(0..<(symbols ?? panel.symbolCount)), strategy: strategy,
      rules: rules, cash: 100_000, window: 0..<panel.barCount)
    self.fast = (0..<grid.count).map { Int32(grid.values(set: $0)[0]) }
    self.slow = (0..<grid.count).map { Int32(grid.values(set: $0)[1]) }
  }

  /// Lanes times bars.
  var laneBars: Double { Double(run.laneCount) * Double(panel.barCount) }
}
