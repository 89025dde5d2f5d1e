import Jobs
import Market
import Simulation
import Storage
import TestSupport

/// Random walks with gaps, missing bars, a late listing and an early end.
enum SampleMarket {
  static let firstDay: Int64 = 16_071  // 2014-01-01

  /// Bars of a day each, from 2014-01-01; the second symbol ends at three quarters, the third begins at a fifth.
  static func draft(
    _ name: String = "us_equity_1d", bars: Int = 260, symbols: [String] = ["AAA", "BBB", "CCC"],
    seed: UInt64 = 1, calendar: Calendar.Kind = .usEquity
  ) -> PanelDraft {
    var noise = Noise(seed: seed)
    let count = symbols.count
    let names = ["open", "high", "low", "close", "volume"]
    var fields = names.map {
      PanelDraft.Field(name: $0, values: Array(repeating: .nan, count: bars * count))
    }
    for symbol in 0..<count {
      var last = 50 + 50 * abs(noise.swing())
      for bar in 0..<bars {
        let open = last * (1 + 0.01 * noise.swing())
        let close = open * (1 + 0.03 * noise.swing() + 0.001)
        let high = max(open, close) * (1 + 0.01 * abs(noise.swing()))
        let low = min(open, close) * (1 - 0.01 * abs(noise.swing()))
        let isMissing = noise.swing() > 0.94
        last = close
        if isMissing || (symbol == 1 && bar >= bars * 3 / 4) || (symbol == 2 && bar < bars / 5) {
          continue
        }
        for (index, value) in [open, high, low, close, 1000].enumerated() {
          fields[index].values[bar * count + symbol] = value
        }
      }
    }
    return PanelDraft(
      name: name, timeNs: (0..<bars).map { (firstDay + Int64($0)) * Calendar.dayNs },
      symbols: symbols.map { .init(symbol: $0, sector: $0 < "B" ? "Energy" : "Materials") },
      calendar: Calendar(calendar), frequencyNs: Calendar.dayNs, fields: fields)
  }

  /// A few bars of one symbol with the prices given: each bar opens at the close before it.
  static func closes(_ series: [String: [Double]], name: String = "us_equity_1d") -> PanelDraft {
    let symbols = series.keys.sorted()
    let bars = series.values.map(\.count).max() ?? 0
    func field(_ value: (Double, Double) -> Double) -> [Double] {
      (0..<bars * symbols.count).map { place in
        let closes = series[symbols[place % symbols.count]] ?? []
        let bar = place / symbols.count
        let before = bar == 0 || closes[bar - 1].isNaN ? closes[bar] : closes[bar - 1]
        return closes[bar].isNaN ? .nan : value(before, closes[bar])
      }
    }
    return PanelDraft(
      name: name, timeNs: (0..<bars).map { (firstDay + Int64($0)) * Calendar.dayNs },
      symbols: symbols.map { .init(symbol: $0) }, calendar: Calendar(.usEquity),
      frequencyNs: Calendar.dayNs,
      fields: [
        .init(name: "open", values: field { before, _ in before }),
        .init(name: "high", values: field(max)),
        .init(name: "low", values: field(min)), .init(name: "close", values: field { $1 }),
      ])
  }
}

extension PanelDraft {
  /// The same with prices of every symbol at its last bar, so that none ends.
  var unending: PanelDraft {
    var draft = self
    let first = (timeNs.count - 1) * symbols.count
    for field in fields.indices {
      for place in first..<first + symbols.count where draft.fields[field].values[place].isNaN {
        draft.fields[field].values[place] = 50
      }
    }
    return draft
  }
}

/// A folder with a store, and what is run on it.
struct Workbench {
  let folder: ScratchFolder
  let store: String

  init(_ drafts: PanelDraft...) throws {
    folder = try ScratchFolder()
    store = folder.path("prices.h5")
    try PriceStore.write(drafts, to: store)
  }

  /// A plan for a spec whose `data` holds what is given beside the store.
  func plan(data: String = "", _ rest: String) throws -> RunPlan {
    try plan(text: "{ apus: 1, data: { store: 'prices.h5', \(data) }, \(rest) }")
  }

  func plan(text: String) throws -> RunPlan {
    try RunPlan(spec: Spec(text: text), storePath: store)
  }

  /// What is wrong with a plan.
  func complaint(data: String = "", _ rest: String = "strategy: { long_entry: 'close > 1' }")
    -> String
  {
    do {
      _ = try plan(data: data, rest)
      return "no mistake was found"
    } catch {
      return "\(error)"
    }
  }

  @discardableResult
  func run(
    _ plan: RunPlan, to name: String = "run.h5",
    _ change: (inout RunJob.Options) -> Void = { _ in }
  ) throws -> Finished {
    try run(plan, to: name, isCancelled: { false }, change)
  }

  @discardableResult
  func run(
    _ plan: RunPlan, to name: String = "run.h5", isCancelled: @escaping @Sendable () -> Bool,
    _ change: (inout RunJob.Options) -> Void = { _ in }
  ) throws -> Finished {
    var options = RunJob.Options(output: folder.path(name))
    change(&options)
    let outcome = try RunJob(plan: plan, options: options).run(isCancelled: isCancelled)
    return Finished(outcome: outcome, table: try ResultStore.read(options.output))
  }

  /// A run's outcome with all rows of its file.
  struct Finished {
    let outcome: RunJob.Outcome
    let table: ResultTable

    var best: ResultTable { outcome.best }
    var summary: RunSummary { outcome.summary }
    var summaryPath: String { outcome.summaryPath }
    var isComplete: Bool { outcome.isComplete }
  }
}

/// Specs that use what the engine has: demonstrations, shorts, every stop, every fill.
enum SampleSpec: String, CaseIterable {
  case cross, dip, stops, sameClose, window

  var text: String {
    switch self {
    case .cross:
      """
      parameters: { fast: { from: 2, to: 8, step: 2 }, slow: { from: 5, to: 25, step: 10 } }, where: "fast < slow",
      strategy: { long_entry: "crosses_above(sma(close, fast), sma(close, slow))",
        long_exit: "crosses_below(sma(close, fast), sma(close, slow))", size: { fraction_of_equity: 1.0 } },
      execution: { fill: "next_open", commission: { bps: 2 }, slippage: { bps: 1 } }, account: { risk_free: 0.02 }
      """
    case .dip:
      """
      parameters: { n: [5, 10, 20], band: { from: 0.0, to: 0.04, count: 3 } },
      strategy: { long_entry: "close < sma(close, n) * (1 - band)", long_exit: "close > sma(close, n)" },
      account: { cash: 10000 }, execution: { commission: { bps: 10 }, slippage: { bps: 5 } }
      """
    case .stops:
      """
      parameters: { n: [3, 8, 21], stop: [0.02, 0.1] },
      strategy: { let: { level: "ema(close, n)" }, long_entry: "crosses_above(close, level)", long_exit: "close < lag(close, 3)",
        short_entry: "crosses_below(close, level)", short_exit: "rsi(close, 14) < 30",
        stop_loss: "stop", take_profit: "stop * 3", trailing_stop: 0.15, size: { fraction_of_equity: 0.7 } },
      execution: { commission: { bps: 5, minimum: 1, per_share: 0.01, fixed: 0.5 }, slippage: { bps: 3 },
        intrabar: "open_high_low_close" }, account: { minimum_acceptable: 0.03 }
      """
    case .sameClose:
      """
      parameters: { n: [4, 9] },
      strategy: { short_entry: "zscore(close, n) > 1", short_exit: "zscore(close, n) < 0", stop_loss: 0.03,
        long_entry: "zscore(close, n) < -1", long_exit: "bars_since(zscore(close, n) < -1) > 5" },
      execution: { fill: "same_close", intrabar: "best" }
      """
    case .window:
      """
      parameters: { n: [5, 30] },
      strategy: { long_entry: "close > highest(lag(close, 1), n)", long_exit: "close < lowest(lag(close, 1), 5)" },
      execution: { fill: "next_close", commission: { fixed: 3 } }
      """
    }
  }

  var data: String {
    self == .window ? "from: '2014-02-20', to: '2014-08-15', warm_up: 'window'" : ""
  }

  func plan(on bench: Workbench, metrics: [String]? = nil) throws -> RunPlan {
    let names = metrics.map { ", metrics: [\($0.map { "'\($0)'" }.joined(separator: ", "))]" } ?? ""
    return try bench.plan(data: data, text + names)
  }
}

/// The first part in which two contents differ; nil if none does.
func difference(_ a: [String], _ b: [String]) -> String? {
  if a.count != b.count { return "\(a.count) parts and \(b.count)" }
  return zip(a, b).first { $0 != $1 }.map { "\($0.prefix(300)) and \($1.prefix(300))" }
}

/// All numbers of a table, as bits, and all else that it says; without when and where it was made.
func content(_ table: ResultTable) -> [String] {
  func bits(_ columns: [ResultTable.Column]) -> [String] {
    columns.map { column in
      "\(column.name) \(column.attributes) \(column.values.map(\.bitPattern))"
    }
  }
  var attributes = table.attributes
  (attributes.seconds, attributes.startedUTC, attributes.cpu) = (0, "", "")
  return bits(table.parameters) + bits(table.metrics) + [
    "\(attributes)", "\(table.lanes)", "\(table.symbols)", "\(table.symbolIndex)",
    "\(table.status)", "\(table.reason)", "\(table.leaderboard)", table.leaderboardBy,
    table.leaderboardDirection,
  ]
}
