import Market
import Metrics
import Simulation
import Storage

extension RunJob {
  /// Where the result comes from.
  var origin: ResultOrigin {
    let run = plan.run
    var origin = ResultOrigin(
      spec: plan.spec, storePath: plan.storePath, panel: run.panel, symbolCount: run.symbols.count,
      bars: run.window, route: plan.route, dataHash: plan.dataHash, output: options.output,
      workers: options.workers, variant: options.variant)
    origin.statistics = LaneDetail.compounds(plan.spec, run.panel) ? "days" : "bars"
    origin.kept = options.keepsTopOnly ? "top" : "all"
    if plan.spec.bounds { origin.intrabar = "bounds" }
    return origin
  }

  /// The plan's warnings, and those that only the result can tell.
  func warnings(_ finished: FinishedLanes, _ isComplete: Bool) -> [RunWarning] {
    var warnings = plan.warnings + plan.allocationWarnings()
    let (count, tally) = (finished.count, finished.tally)
    if !isComplete {
      warnings.append(
        RunWarning(
          code: "interrupted", severity: .warning,
          message: "the run was stopped: \(count) of \(plan.laneCount) lanes are here"))
    }
    if options.keepsTopOnly {
      warnings.append(
        RunWarning(
          code: "top_only", severity: .info,
          message: "only the best \(min(plan.spec.top, count)) of \(count) lanes were kept"))
    }
    if let reasons = tally.idleText {
      let idle = tally.idle.reduce(0, +)
      warnings.append(
        RunWarning(
          // Nothing but idle lanes is hardly what anybody wants.
          code: "no_trades", severity: tally.isIdle(of: count) ? .warning : .info,
          message: "\(idle) of \(count) lanes closed no trade: \(reasons)"))
    }
    if tally.ruined > 0 {
      warnings.append(
        RunWarning(
          code: "ruined", severity: .warning,
          message: "\(tally.ruined) lanes lost everything; they rank behind all others"))
    }
    if tally.short > 0 {
      warnings.append(
        RunWarning(
          code: "withdrawals", severity: .warning,
          message: "\(tally.short) lanes had less cash than account.flows withdraws, and paid what "
            + "they had; the metric missed_withdrawals tells what is owed"))
    }
    return warnings
  }

  /// A record as the columns of a trace.
  func trace(_ record: LaneRecord, lane: Int64) -> LaneTrace {
    let times = plan.run.window.map { plan.run.panel.time.ns[$0] }
    func time(_ bars: [Int?]) -> LaneTrace.Column.Values {
      .integers(bars.map { $0.map { times[$0] } ?? Int64.min })
    }
    let names = plan.symbolNames(lane: Int(lane))
    func symbols(_ positions: [Int]) -> LaneTrace.Column.Values {
      .texts(positions.map { names.indices.contains($0) ? names[$0] : "" })
    }
    let orders = record.orders
    let fills = record.fills
    let trades = record.trades
    return LaneTrace(
      lane: lane, timeNs: times, equity: record.equity, cash: record.cash,
      exposure: record.exposure,
      orders: [
        .init(name: "time", values: time(orders.map(\.bar))),
        .init(name: "kind", values: .texts(orders.map(\.kind.rawValue))),
        .init(name: "status", values: .texts(orders.map(\.status.rawValue))),
        .init(name: "settled_time", values: time(orders.map(\.settledBar))),
        .init(name: "id", values: .integers(orders.indices.map { Int64($0) + 1 })),
        .init(name: "symbol", values: symbols(orders.map(\.symbol))),
        .init(name: "type", values: .texts(orders.map(\.type))),
        .init(name: "units", values: .doubles(orders.map(\.units))),
        .init(name: "filled_units", values: .doubles(orders.map(\.filledUnits))),
        .init(name: "limit", values: .doubles(orders.map(\.limit))),
        .init(name: "stop", values: .doubles(orders.map(\.stop))),
        .init(name: "reason", values: .texts(orders.map(\.reason))),
      ],
      fills: [
        .init(name: "time", values: time(fills.map(\.bar))),
        .init(name: "cause", values: .texts(fills.map { $0.cause.name })),
        .init(name: "price", values: .doubles(fills.map(\.price))),
        .init(name: "fill_price", values: .doubles(fills.map(\.fillPrice))),
        .init(name: "units", values: .doubles(fills.map(\.units))),
        .init(name: "commission", values: .doubles(fills.map(\.commission))),
        .init(name: "cash_after", values: .doubles(fills.map(\.cashAfter))),
        .init(name: "symbol", values: symbols(fills.map(\.symbol))),
      ],
      trades: [
        .init(name: "entry_time", values: time(trades.map(\.entryBar))),
        .init(name: "exit_time", values: time(trades.map(\.exitBar))),
        .init(name: "units", values: .doubles(trades.map(\.units))),
        .init(name: "entry_price", values: .doubles(trades.map(\.entryPrice))),
        .init(name: "exit_price", values: .doubles(trades.map(\.exitPrice))),
        .init(name: "profit", values: .doubles(trades.map(\.profit))),
        .init(name: "profit_fraction", values: .doubles(trades.map(\.profitFraction))),
        .init(name: "cause", values: .texts(trades.map { $0.cause?.name ?? "open" })),
        .init(name: "symbol", values: symbols(trades.map(\.symbol))),
      ])
  }
}
