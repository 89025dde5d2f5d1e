import FoundationEssentials
import Market
import Metrics
import Simulation
import Storage

extension RunJob {
  func attributes(
    _ finished: FinishedLanes, _ warnings: [RunWarning], started: Date, seconds: Double
  ) -> ResultAttributes {
    let run = plan.run
    var attributes = ResultAttributes()
    attributes.spec = plan.spec.text
    attributes.specSHA256 = SHA256.hash(plan.spec.text)
    attributes.dataSHA256 = plan.dataHash
    attributes.folder = plan.spec.folder
    attributes.route = plan.route
    attributes.engineVersion = apusVersion
    attributes.cpu = "\(Machine.processor), kernel \(options.variant.rawValue)"
    let startNs = Int64(started.timeIntervalSince1970) * 1_000_000_000
    attributes.startedUTC = Timestamp.text(nanoseconds: startNs, shortAtMidnight: false)
    attributes.seconds = seconds
    attributes.kept = options.keepsTopOnly ? "top" : "all"
    attributes.lanesFailed = Int64(finished.tally.failed)
    attributes.lanesOK = Int64(finished.count) - attributes.lanesFailed
    attributes.convention = plan.spec.convention.name
    attributes.statistics = LaneDetail.compounds(plan.spec, run.panel) ? "days" : "bars"
    attributes.benchmark = plan.spec.benchmark ?? ""
    attributes.store = plan.storePath
    attributes.panel = run.panel.name
    attributes.fill = plan.spec.fillName
    attributes.adjust = plan.spec.adjustment.rawValue
    attributes.barsPerYear = run.barsPerYear
    attributes.bars = Int64(run.window.count)
    attributes.from = Timestamp.text(nanoseconds: run.panel.time.ns[run.window.lowerBound])
    attributes.to = Timestamp.text(nanoseconds: run.panel.time.ns[run.window.upperBound - 1])
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let json = try? encoder.encode(warnings)
    attributes.warnings = json.map { String(decoding: $0, as: UTF8.self) } ?? "[]"
    return attributes
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

  func summary(_ table: ResultTable, _ warnings: [RunWarning], _ timings: RunSummary.Timings)
    -> RunSummary
  {
    let attributes = table.attributes
    let rows = plan.costs(
      of: LeaderboardRows(table).rows(top: plan.spec.top), variant: options.variant)
    let file = options.output.split(separator: "/").last.map(String.init) ?? options.output
    return RunSummary(
      kind: options.keepsTraces ? "backtest" : "sweep", name: plan.spec.name, result: file,
      provenance: RunSummary.Provenance(
        engineVersion: attributes.engineVersion, specSha256: attributes.specSHA256,
        dataSha256: attributes.dataSHA256, cpu: attributes.cpu, blasCore: attributes.blasCore,
        startedUtc: attributes.startedUTC, seconds: attributes.seconds, threads: options.workers),
      run: RunSummary.Run(
        panel: attributes.panel, calendar: plan.run.panel.calendar.name,
        barsPerYear: attributes.barsPerYear, bars: Int(attributes.bars), from: attributes.from,
        to: attributes.to, symbols: plan.run.symbols.count, lanesOk: Int(attributes.lanesOK),
        lanesFailed: Int(attributes.lanesFailed), fill: attributes.fill,
        intrabar: plan.spec.bounds ? "bounds" : plan.spec.execution.intrabar.rawValue,
        route: attributes.route, adjust: attributes.adjust,
        convention: attributes.convention, statistics: attributes.statistics,
        benchmark: plan.spec.benchmark),
      leaderboard: RunSummary.Leaderboard(
        by: table.leaderboardBy, direction: table.leaderboardDirection,
        rows: rows),
      warnings: warnings, timings: timings,
      sections: table.groups.isEmpty
        ? nil : Dictionary(uniqueKeysWithValues: table.groups.map { ($0.name, $0) }))
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
