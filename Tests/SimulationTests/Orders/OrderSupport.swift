import Kernels
import Market
import Metrics
import Simulation
import Synchronization

extension Scenario {
  /// The same run for the rule book.
  func ruleBook(workers: Int = 1, tileLanes: Int? = nil) -> AccountEngine {
    var account = AccountRun(
      panel: run.panel, symbols: run.symbols, rules: naive.executionRules, cash: run.cash,
      window: run.window, historyStart: run.historyStart)
    account.minimumAcceptable = run.minimumAcceptable
    account.keepsReturns = run.keepsReturns
    return AccountEngine(
      run: account, strategy: strategy, kernels: KernelVariant.best.kernels, workers: workers,
      tileLanes: tileLanes)
  }
}

extension NaiveSimulator {
  /// The same rules as the rule book takes them.
  var executionRules: ExecutionRules {
    var rules = ExecutionRules()
    rules.fill = fill
    rules.commission.rate = costs.rate
    rules.commission.perUnit = costs.perUnit
    rules.commission.fixed = costs.fixed
    rules.commission.minimum = costs.minimum
    rules.slippage.rate = costs.slippage
    rules.maintenanceMargin = maintenance
    rules.intrabar =
      switch intrabar {
      case .worst: .worst
      case .best: .best
      case .openHighLowClose: .highFirst
      case .openLowHighClose: .lowFirst
      }
    return rules
  }
}

/// Summaries of every lane, in lane order; traps if a lane is missing or comes twice.
func sweep(_ engine: AccountEngine) throws -> [LaneSummary] {
  let found = Mutex<[LaneSummary?]>(Array(repeating: nil, count: engine.laneCount))
  let isComplete = try engine.simulateTiles(
    isCancelled: { false }, begin: { $0 },
    take: { _, lane, summary in
      found.withLock {
        precondition($0[lane] == nil, "lane \(lane) came twice")
        $0[lane] = summary
      }
    }, end: { _ in })
  precondition(isComplete)
  return found.withLock { $0 }.map { summary in
    guard let summary else { preconditionFailure("a lane is missing") }
    return summary
  }
}

/// A strategy that hands in given orders at given bars.
struct OrderScript: Strategy {
  typealias Step = @Sendable (borrowing BarView, inout OrderDesk) -> Void

  var steps: [Int: Step]
  var warmupBars = 0

  mutating func decide(_ view: borrowing BarView, _ desk: inout OrderDesk) {
    steps[view.bar]?(view, &desk)
  }
}

/// An account small enough to work out by hand: bars of open, high, low, close and perhaps volume, and orders by bar.
struct HandBook {
  var symbols: [[[Double]]]
  var steps: [Int: OrderScript.Step]
  var rules = ExecutionRules()
  var cash = 1000.0
  var actions = LedgerActions.none
  var frequencyNs = Calendar.dayNs
  var finer: PricePanel?

  init(_ rows: [[Double]], _ steps: [Int: OrderScript.Step]) {
    symbols = [rows]
    self.steps = steps
  }

  init(symbols: [[[Double]]], _ steps: [Int: OrderScript.Step]) {
    self.symbols = symbols
    self.steps = steps
  }

  var run: AccountRun {
    var run = AccountRun(
      panel: orderPanel(symbols, frequencyNs: frequencyNs), symbols: Array(symbols.indices),
      rules: rules, cash: cash, window: 0..<symbols[0].count)
    run.actions = actions
    run.finer = finer
    return run
  }

  func record() -> LaneRecord {
    StrategyEngine(run: run, strategy: OrderScript(steps: steps)).record()
  }

  /// Fills as text: bar, symbol if there are several, cause, units, price, and the price after slippage if it differs.
  func fills() -> [String] {
    record().fills.map { fill in
      let slipped = fill.fillPrice == fill.price ? "" : " → \(fill.fillPrice)"
      let symbol = symbols.count > 1 ? " #\(fill.symbol)" : ""
      return "\(fill.bar)\(symbol) \(fill.cause) \(fill.units) @ \(fill.price)\(slipped)"
    }
  }

  /// Orders as text: type, status, bar of the settlement, units, reason.
  func orders() -> [String] {
    record().orders.map { order in
      [
        order.type, order.status.rawValue, order.settledBar.map { "\($0)" } ?? "-",
        "\(order.filledUnits)", order.reason,
      ].filter { !$0.isEmpty }.joined(separator: " ")
    }
  }
}

/// Rows of open, high, low, close and perhaps volume of each symbol, as a panel.
func orderPanel(
  _ symbols: [[[Double]]], frequencyNs: Int64 = Calendar.dayNs, startNs: Int64 = 0
) -> PricePanel {
  let bars = symbols[0].count
  let names = ["open", "high", "low", "close", "volume"]
  let values = names.indices.map { field in
    (0..<bars).flatMap { bar in
      symbols.map { field < $0[bar].count ? $0[bar][field] : .nan }
    }
  }
  return PricePanel(
    name: "orders", time: TimeAxis(ns: (0..<bars).map { startNs + Int64($0) * frequencyNs }),
    symbols: SymbolTable(symbols.indices.map { SymbolTable.Entry(symbol: "S\($0)") }),
    calendar: Calendar(.crypto), frequencyNs: frequencyNs, fields: names,
    lifetimes: symbols.map { _ in 0...max(0, bars - 1) }, contentHash: "",
    storage: HeapPanelStorage(fields: values))
}

/// Bars whose four prices are the same.
func flat(_ price: Double, _ count: Int = 1) -> [[Double]] {
  Array(repeating: [price, price, price, price], count: count)
}
