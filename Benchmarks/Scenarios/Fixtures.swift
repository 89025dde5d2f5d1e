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
  static func panel(_ draft: PanelDraft) -> PricePanel {
    let bars = draft.timeNs.count
    return PricePanel(
      name: draft.name, time: TimeAxis(ns: draft.timeNs), symbols: SymbolTable(draft.symbols),
      calendar: draft.calendar, frequencyNs: draft.frequencyNs, fields: draft.fields.map(\.name),
      lifetimes: draft.symbols.map { _ in 0...bars - 1 }, contentHash: "",
      storage: HeapPanelStorage(fields: draft.fields.map(\.values)))
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

/// The sweep W1: every pair of moving averages of 2…101 bars with the fast one shorter, filled at the close of the
/// same bar at a fee of 0.1 % a side.
struct CrossoverSweep {
  let panel: PricePanel
  let run: LaneRun
  let fast: [Int32]
  let slow: [Int32]

  static let fee = 0.001

  init(bars: Int, symbols: Int, longest: Int) throws {
    panel = Fixture.panel(try Fixture.draft(bars: bars, symbols: symbols))
    let grid = ParameterGrid(
      axes: [
        .init(name: "fast", values: (2..<longest).map(Double.init)),
        .init(name: "slow", values: (3...longest).map(Double.init)),
      ]) { $0[0] < $0[1] }
    var source = ExpressionStrategy.Source()
    source.longEntry = "crosses_above(sma(close, fast), sma(close, slow))"
    source.longExit = "crosses_below(sma(close, fast), sma(close, slow))"
    let strategy = try ExpressionStrategy(
      source: source, grid: grid, panel: panel, zoneOffset: { _ in 0 })
    var rules = LaneRules()
    rules.fill = .sameClose
    rules.commissionRate = Self.fee
    run = LaneRun(
      panel: panel, symbols: Array(0..<symbols), strategy: strategy, rules: rules, cash: 100_000,
      window: 0..<bars)
    fast = (0..<grid.count).map { Int32(grid.values(set: $0)[0]) }
    slow = (0..<grid.count).map { Int32(grid.values(set: $0)[1]) }
  }

  /// Lanes times bars.
  var laneBars: Double { Double(run.laneCount) * Double(panel.barCount) }
}
