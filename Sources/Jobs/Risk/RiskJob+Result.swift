import FoundationEssentials
import Kernels
import Market
import Metrics
import Risk
import Storage

extension RiskJob {
  /// What a group says of itself under this name is a warning of the run.
  static let warningAttribute = "warning"

  /// Names and columns of the result, without rows.
  var heading: ResultTable {
    let rank = plan.metrics[plan.rankMetric]
    let portfolios = plan.portfolios
    return ResultTable(
      attributes: ResultAttributes(), lanes: [],
      symbols: (0..<portfolios.portfolioCount).map { portfolios.name($0) }, symbolIndex: [],
      parameters: [], status: [], reason: [], metrics: columns([]), leaderboard: [],
      leaderboardBy: rank.name, leaderboardDirection: rank.direction.rawValue)
  }

  private func columns(_ rows: [RunRow]) -> [ResultTable.Column] {
    plan.metrics.enumerated().map { position, metric in
      ResultTable.Column(
        name: metric.name, values: rows.map { $0.values[position] },
        attributes: [
          ResultTable.Attribute("unit", metric.unit.rawValue),
          ResultTable.Attribute("direction", metric.direction.rawValue),
          ResultTable.Attribute("definition", metric.definition),
        ]
          + (plan.spec.convention.defines(metric.name)
            ? [ResultTable.Attribute("convention", plan.spec.convention.name)] : []))
    }
  }

  /// A table of some rows, given best first.
  func table(_ ranked: [RunRow], _ counts: RiskRows.Counts, _ text: inout ReasonTexts)
    -> ResultTable
  {
    let rank = plan.metrics[plan.rankMetric]
    let rows = ranked.sorted { $0.lane < $1.lane }
    return ResultTable(
      attributes: ResultAttributes(), lanes: rows.map { Int64($0.lane) },
      symbols: rows.map { plan.portfolios.name($0.lane) },
      symbolIndex: rows.indices.map { Int32($0) }, parameters: [], status: rows.map(\.status),
      reason: rows.map { counts.reasons[$0.lane] ?? text.text($0.status, $0.codes) },
      metrics: columns(rows), leaderboard: ranked.map { Int64($0.lane) },
      leaderboardBy: rank.name, leaderboardDirection: rank.direction.rawValue)
  }

  /// Where the result comes from.
  func attributes(
    _ weightsHash: String, _ counts: RiskRows.Counts, _ groups: [ResultGroup], _ started: Date,
    seconds: Double
  ) -> ResultAttributes {
    var attributes = ResultAttributes()
    attributes.spec = plan.spec.text
    attributes.specSHA256 = SHA256.hash(plan.spec.text)
    attributes.dataSHA256 = SHA256.hash(plan.marketHash + "\n" + weightsHash)
    attributes.folder = plan.spec.folder
    attributes.route = "risk"
    attributes.engineVersion = apusVersion
    attributes.cpu = "\(Machine.processor), kernel \(options.variant.rawValue)"
    attributes.blasCore = MatrixProduct.blasCore ?? "not used"
    let startNs = Int64(started.timeIntervalSince1970) * 1_000_000_000
    attributes.startedUTC = Timestamp.text(nanoseconds: startNs, shortAtMidnight: false)
    attributes.seconds = seconds
    attributes.kept = "all"
    attributes.lanesFailed = Int64(counts.failed)
    attributes.lanesOK = Int64(plan.portfolios.portfolioCount - counts.failed)
    attributes.convention = plan.spec.convention.name
    attributes.benchmark = plan.spec.benchmark ?? ""
    attributes.store = plan.storePath
    attributes.panel = plan.panel.name
    attributes.fill = plan.spec.fillName
    attributes.adjust = plan.spec.adjustment.rawValue
    attributes.barsPerYear = plan.returns.barsPerYear
    attributes.bars = Int64(plan.returns.barCount)
    attributes.from = Timestamp.text(nanoseconds: plan.returns.timeNs.first ?? 0)
    attributes.to = Timestamp.text(nanoseconds: plan.returns.timeNs.last ?? 0)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let json = try? encoder.encode(warnings(counts, groups))
    attributes.warnings = json.map { String(decoding: $0, as: UTF8.self) } ?? "[]"
    return attributes
  }

  /// The plan's warnings, and those that only the rows and the groups can tell.
  private func warnings(_ counts: RiskRows.Counts, _ groups: [ResultGroup]) -> [RunWarning] {
    var warnings = plan.warnings
    var told: Set<String> = []
    for group in groups {
      for text in group.attributes where text.name == Self.warningAttribute {
        guard told.insert(text.value).inserted else { continue }
        warnings.append(RunWarning(code: group.name, severity: .warning, message: text.value))
      }
    }
    if let (portfolio, reason) = counts.firstFault {
      warnings.append(
        RunWarning(
          code: "no_figures", severity: .warning,
          message: "\(counts.failed) portfolios have no figures, the first of them "
            + "\(plan.portfolios.name(portfolio)): \(reason)"))
    }
    if counts.ruined > 0 {
      warnings.append(
        RunWarning(
          code: "ruined", severity: .warning,
          message: "\(counts.ruined) portfolios lost everything; they rank behind all others. "
            + "Weights are fractions of equity: 0.5 is half of it"))
    }
    return warnings
  }

  /// The summary beside the result.
  func summary(
    _ table: ResultTable, _ counts: RiskRows.Counts, _ groups: [ResultGroup],
    _ timings: RunSummary.Timings
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
        lanesFailed: Int(attributes.lanesFailed), fill: attributes.fill,
        intrabar: plan.spec.execution.intrabar.rawValue,
        route: attributes.route, adjust: attributes.adjust, convention: attributes.convention,
        benchmark: plan.spec.benchmark),
      leaderboard: RunSummary.Leaderboard(
        by: table.leaderboardBy, direction: table.leaderboardDirection,
        rows: LeaderboardRows(table).rows(top: plan.spec.top)),
      warnings: warnings(counts, groups), timings: timings,
      sections: Dictionary(
        table.groups.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }))
  }
}
