import Foundation
import Jobs
import Kernels
import Market
import Simulation
import Storage
import TestSupport
import Testing

/// One plan for many paths against a plan of its own for each: the same bits.
@Suite struct PathPlanTests {
  private static let symbols = ["AAA", "BBB", "CCC", "DDD"]
  /// Bars before paths, and of them.
  private static let (past, bars) = (301, 290)
  private static let first: Int64 = 16_071

  private let folder: ScratchFolder
  private let store: PriceStore
  private let panel: PricePanel

  init() throws {
    folder = try ScratchFolder()
    let (count, all) = (Self.symbols.count, Self.past + Self.bars)
    var random = TestRandom(seed: 11)
    var prices = [50.0, 80, 20, 3]
    var (closes, volumes) = ([Double](), [Double]())
    for bar in 0..<all {
      for place in 0..<count {
        prices[place] *= 1 + Double(random.int(-250...270)) / 10_000
        // One is listed late, another has gaps, also where paths begin.
        let isMissing =
          place == 1 && bar < 40 || place == 2 && (bar % 37 == 5 || (299...302).contains(bar))
        closes.append(isMissing ? .nan : prices[place])
        volumes.append(isMissing ? .nan : Double(random.int(1000...9000)))
      }
    }
    let fields: [PanelDraft.Field] = [
      .init(name: "open", values: closes.map { $0 * 0.99 }),
      .init(name: "high", values: closes.map { $0 * 1.02 }),
      .init(name: "low", values: closes.map { $0 * 0.97 }),
      .init(name: "close", values: closes), .init(name: "volume", values: volumes),
    ]
    let path = folder.path("prices.h5")
    try PriceStore.write(
      [
        PanelDraft(
          name: "crypto_1d", timeNs: (0..<all).map { (Self.first + Int64($0)) * Calendar.dayNs },
          symbols: Self.symbols.map { .init(symbol: $0, currency: "USD") }, calendar: .crypto,
          frequencyNs: Calendar.dayNs, fields: fields)
      ], to: path)
    store = try PriceStore.open(path)
    panel = try store.loadPanel("crypto_1d")
  }

  /// The panel with other prices after the past, by path; in one of them a symbol has none any more.
  private func path(_ number: Int) -> PricePanel {
    let width = Self.symbols.count
    let changed = panel.changed(from: Self.past) { field, place, value in
      if number == 3, place % width == 0 { return .nan }
      let angle = Double(number + 1) * Double(place / width - Self.past + 1) / 40
      return value * (1 + 0.2 * sin(angle + Double(place % width)))
    }
    guard number == 3 else { return changed }
    var lives = changed.lifetimes
    lives[0] = 0...Self.past - 1
    return copy(changed, bars: panel.barCount, lives)
  }

  private func copy(_ panel: PricePanel, bars: Int, _ lifetimes: [ClosedRange<Int>?]) -> PricePanel
  {
    let count = bars * panel.symbolCount
    return PricePanel(
      name: panel.name, time: TimeAxis(ns: Array(panel.time.ns.prefix(bars))),
      symbols: panel.symbols, calendar: panel.calendar, frequencyNs: panel.frequencyNs,
      fields: panel.fields, lifetimes: lifetimes, contentHash: panel.contentHash,
      storage: HeapPanelStorage(
        fields: panel.fields.indices.map {
          Array(UnsafeBufferPointer(start: panel.field($0), count: count))
        }))
  }

  private func spec(_ text: String, cash: Double) throws -> Spec {
    func day(_ bar: Int) -> String {
      Timestamp.text(nanoseconds: (Self.first + Int64(bar)) * Calendar.dayNs)
    }
    let money = "account: { cash: \(cash)"
    let rest =
      text.contains("account: {")
      ? text.replacingOccurrences(of: "account: {", with: money + ",") : "\(money) }, \(text)"
    var spec = try Spec(
      text: "{ apus: 1, data: { store: 'prices.h5', from: '\(day(Self.past))',"
        + " to: '\(day(Self.past + Self.bars - 1))' }, metrics: ['total_return'],"
        + " rank: { by: 'total_return' }, \(rest) }")
    spec.isPerBar = true
    return spec
  }

  private func plan(_ text: String, cash: Double = 10_000, on path: PricePanel) throws -> RunPlan {
    try RunPlan(
      spec: try spec(text, cash: cash), storePath: folder.path("prices.h5"), store: store,
      from: panel.time.ns[Self.past], path: path)
  }

  private func equity(_ plan: RunPlan) throws -> [[Double]] {
    let simulator = plan.simulator(variant: .best, workers: 1)
    return try (0..<plan.laneCount).map { try simulator.replay(lane: $0).equity }
  }

  private static let texts = [
    "strategy: { long_entry: 'sma(close, 5) > sma(close, 30)', long_exit: 'sma(close, 5) < sma(close, 30)' }",
    """
    strategy: { long_entry: 'crosses_above(ema(close, 8), ema(close, 21)) and rsi(close, 14) < 80',
    long_exit: 'every(9) or macd(close, 12, 26) < -3', stop_loss: 0.04 }, execution: { fill: 'next_close' }
    """,
    """
    strategy: { long_entry: 'close > lag(highest(close, 20), 1)', long_exit: 'bars_since(close > open) > 2',
    short_entry: 'stdev(close, 20) / close > 0.03', short_exit: 'weekday == 3', trailing_stop: 0.05 }
    """,
    """
    strategy: { long_entry: 'rank(pct_change(close, 15)) > 0.6', long_exit: 'ema(rank(volume), 7) < 0.3' },
    execution: { commission: { bps: 5, minimum: 1 } }
    """,
    """
    strategy: { long_entry: 'close > sma(close, 10)', entry_limit: 'close * 0.995', long_exit: 'symbol("BBB").close < lag(symbol("BBB").close, 3)',
    size: { notional: '200 * atr(10)' }, max_bars: 12, time_in_force: 'day' }, account: { leverage: 2 }, execution: { lot: 1, tick: 0.01 }
    """,
    "strategy: { weights: 'if(top(2, pct_change(close, 20)), 0.45, 0)', rebalance: { every: 'week' } }",
    """
    strategy: { weights: 'ema(rank(pct_change(close, 25)), 6) / 3 - mean_across(stdev(close, 30) / close)',
    rebalance: { every: 11 } }, account: { leverage: 3 }, execution: { fill: 'same_close', commission: { bps: 3, fixed: 1 } }
    """,
  ]

  @Test("signals, orders and weights of all kinds", arguments: texts.indices)
  func same(_ index: Int) throws {
    let text = Self.texts[index]
    let lives = panel.lifetimes.map { $0.map { $0.lowerBound...panel.barCount - 1 } }
    let past = copy(panel, bars: Self.past, lives)
    let first = try #require(try PathPlan(try plan(text, on: path(0)), past: past))
    let second = try #require(
      try PathPlan(try plan(text, cash: 333, on: path(0)), past: past, sibling: first))
    var seen: Set<[Double]> = []
    for number in [1, 2, 0, 3] {
      let path = path(number)
      let knows = number != 3
      let plan = first.along(path, knowsLifetimes: knows, sibling: nil)
      let found = try equity(plan)
      let expected = try equity(try self.plan(text, on: path))
      #expect(found == expected, "path \(number)")
      #expect(
        try equity(second.along(path, knowsLifetimes: knows, sibling: plan))
          == equity(try self.plan(text, cash: 333, on: path)), "other money on path \(number)")
      // It has traded, in its own way on each path.
      for row in found where Set(row).count > 20 { seen.insert(row) }
    }
    #expect(seen.count >= 4)
  }

  @Test("what follows from more than expressions has a plan for each path")
  func others() throws {
    let past = copy(panel, bars: Self.past, panel.lifetimes)
    for text in [
      "strategy: { weights: { allocate: 'min_variance', lookback: 60 }, rebalance: { every: 'month' } }"
    ] {
      #expect(try PathPlan(try plan(text, on: path(0)), past: past) == nil)
    }
  }
}
