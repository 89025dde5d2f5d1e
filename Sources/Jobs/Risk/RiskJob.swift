import FoundationEssentials
import Glibc
import Kernels
import Market
import Metrics
import Risk
import Simulation
import Storage

/// Computes the risk of portfolios and writes it: a row a portfolio, and what the sections tell.
public struct RiskJob: Sendable {
  /// What came out.
  public struct Outcome: Sendable {
    /// The best portfolios.
    public let best: ResultTable
    /// Number of portfolios.
    public let portfolioCount: Int
    /// The summary, as written.
    public let summary: RunSummary
    /// Where it was written.
    public let summaryPath: String
  }

  /// What is computed.
  public let plan: RiskPlan
  /// How; the options of a run that have no meaning here are left alone.
  public let options: RunJob.Options

  /// A job.
  public init(plan: RiskPlan, options: RunJob.Options) {
    self.plan = plan
    self.options = options
  }

  /// Runs it.
  ///
  /// - Throws: what sections throw, `StorageError`, `RunInterrupted`; then nothing was written.
  public func run(isCancelled: @escaping @Sendable () -> Bool = { false }) throws -> Outcome {
    let started = Date()
    let clock = ContinuousClock()
    let begin = clock.now
    let rows = try portfolioRows(isCancelled)
    let order = ranked(rows)
    let detail = order.prefix(plan.detail).map { $0 }
    let input = RiskInput(
      spec: plan.spec, storePath: plan.storePath, panel: plan.panel, symbols: plan.symbols,
      window: plan.window, returns: plan.returns, portfolios: portfolios(detail),
      riskFree: perBar(plan.spec.riskFree),
      workers: options.workers, variant: options.variant, isCancelled: isCancelled)
    var groups: [ResultGroup] = []
    for section in plan.sections {
      try input.checkCancelled()
      groups += try section.run(input)
    }
    try input.checkCancelled()
    let computed = clock.now
    var table = table(rows, order)
    table.groups = groups
    table.attributes = attributes(started, seconds: (computed - begin).seconds)
    try ResultStore.write(table, to: options.output, force: options.force)
    let summary = summary(
      table, groups,
      RunSummary.Timings(
        loadSeconds: 0, simulateSeconds: (computed - begin).seconds,
        writeSeconds: (clock.now - computed).seconds))
    let path = RunJob.summaryPath(options.output)
    try AtomicFile.write(try summary.json(), to: path, force: options.force)
    return Outcome(
      best: table, portfolioCount: rows.count, summary: summary, summaryPath: path)
  }

  private func portfolioRows(_ isCancelled: @Sendable () -> Bool) throws -> [[MetricValue]] {
    let returns = try plan.portfolios.returns(plan.returns)
    return try (0..<plan.portfolios.count).map { portfolio in
      if isCancelled() { throw RunInterrupted() }
      let summary = LaneSummary(
        returns: returns.column(portfolio), barsPerYear: barsPerYear, calendarDays: days,
        riskFreePerBar: perBar(plan.spec.riskFree),
        minimumAcceptablePerBar: perBar(plan.spec.minimumAcceptable),
        initialEquity: plan.spec.cash)
      return plan.metrics.map { $0.value(of: summary) }
    }
  }

  private var barsPerYear: Double { plan.returns.barsPerYear }

  private func perBar(_ annual: Double) -> Double {
    LaneSummary.ratePerBar(annual: annual, barsPerYear: barsPerYear)
  }

  private var days: Double {
    let time = plan.returns.timeNs
    guard let first = time.first, let last = time.last else { return 0 }
    return Double(last - first + plan.panel.frequencyNs) / 86_400e9
  }

  /// Positions of portfolios, best first; without a value last, ties by position.
  private func ranked(_ rows: [[MetricValue]]) -> [Int] {
    let metric = plan.rankMetric
    let sign = plan.metrics[metric].direction == .lower ? -1.0 : 1
    let keys = rows.map { row in
      let value = row[metric].number
      return value.isNaN ? -Double.infinity : sign * value
    }
    return rows.indices.sorted { (keys[$1], $0) < (keys[$0], $1) }
  }

  private func portfolios(_ positions: [Int]) -> WeightTable {
    let all = plan.portfolios
    return WeightTable(
      names: positions.map { all.names[$0] },
      weights: Matrix(
        rows: positions.count, columns: all.weights.columns,
        positions.flatMap { all.weights.row($0) }))
  }

  private func table(_ rows: [[MetricValue]], _ order: [Int]) -> ResultTable {
    let rank = plan.metrics[plan.rankMetric]
    return ResultTable(
      attributes: ResultAttributes(), lanes: rows.indices.map { Int64($0) },
      symbols: plan.portfolios.names, symbolIndex: rows.indices.map { Int32($0) }, parameters: [],
      status: rows.map { _ in .ok },
      reason: rows.map { row in
        zip(plan.metrics, row).compactMap { metric, value in
          guard case .undefined(let reason) = value else { return nil }
          return "\(metric.name): \(reason.rawValue)"
        }.joined(separator: "; ")
      },
      metrics: plan.metrics.enumerated().map { position, metric in
        ResultTable.Column(
          name: metric.name, values: rows.map { $0[position].number },
          attributes: [
            ResultTable.Attribute("unit", metric.unit.rawValue),
            ResultTable.Attribute("direction", metric.direction.rawValue),
            ResultTable.Attribute("definition", metric.definition),
          ])
      }, leaderboard: order.map { Int64($0) }, leaderboardBy: rank.name,
      leaderboardDirection: rank.direction.rawValue)
  }

  private func attributes(_ started: Date, seconds: Double) -> ResultAttributes {
    var attributes = ResultAttributes()
    attributes.spec = plan.spec.text
    attributes.specSHA256 = SHA256.hash(plan.spec.text)
    attributes.dataSHA256 = plan.dataHash
    attributes.folder = plan.spec.folder
    attributes.route = "risk"
    attributes.engineVersion = apusVersion
    attributes.cpu = "\(Machine.processor), kernel \(options.variant.rawValue)"
    attributes.blasCore = MatrixProduct.blasCore ?? "not used"
    let startNs = Int64(started.timeIntervalSince1970) * 1_000_000_000
    attributes.startedUTC = Timestamp.text(nanoseconds: startNs, shortAtMidnight: false)
    attributes.seconds = seconds
    attributes.kept = "all"
    attributes.lanesOK = Int64(plan.portfolios.count)
    attributes.convention = "apus"
    attributes.store = plan.storePath
    attributes.panel = plan.panel.name
    attributes.fill = plan.spec.fillName
    attributes.adjust = plan.spec.adjustment.rawValue
    attributes.barsPerYear = plan.returns.barsPerYear
    attributes.bars = Int64(plan.returns.barCount)
    attributes.from = Timestamp.text(nanoseconds: plan.returns.timeNs.first ?? 0)
    attributes.to = Timestamp.text(nanoseconds: plan.returns.timeNs.last ?? 0)
    let json = try? JSONEncoder().encode(plan.warnings)
    attributes.warnings = json.map { String(decoding: $0, as: UTF8.self) } ?? "[]"
    return attributes
  }

  private func summary(
    _ table: ResultTable, _ groups: [ResultGroup], _ timings: RunSummary.Timings
  ) -> RunSummary {
    let attributes = table.attributes
    let file = options.output.split(separator: "/").last.map(String.init) ?? options.output
    return RunSummary(
      kind: "risk", name: plan.spec.name, result: file,
      provenance: RunSummary.Provenance(
        engineVersion: attributes.engineVersion, specSha256: attributes.specSHA256,
        dataSha256: attributes.dataSHA256, cpu: attributes.cpu, blasCore: attributes.blasCore,
        startedUtc: attributes.startedUTC, seconds: attributes.seconds, threads: options.workers),
      run: RunSummary.Run(
        panel: attributes.panel, calendar: plan.panel.calendar.name,
        barsPerYear: attributes.barsPerYear, bars: Int(attributes.bars), from: attributes.from,
        to: attributes.to, symbols: plan.symbols.count, lanesOk: Int(attributes.lanesOK),
        lanesFailed: 0, fill: attributes.fill, intrabar: plan.spec.execution.intrabar.rawValue,
        route: attributes.route, adjust: attributes.adjust, convention: attributes.convention),
      leaderboard: RunSummary.Leaderboard(
        by: table.leaderboardBy, direction: table.leaderboardDirection,
        rows: LeaderboardRows(table).rows(top: plan.spec.top)),
      warnings: plan.warnings, timings: timings,
      sections: Dictionary(groups.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }))
  }
}
