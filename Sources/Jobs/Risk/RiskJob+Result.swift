import Metrics
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
      ResultTable.Column(metric, rows.map { $0.values[position] }, by: plan.spec.convention)
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

  /// Where the result comes from, as far as it is known before the weights are read.
  var origin: ResultOrigin {
    let last = plan.window.upperBound
    return ResultOrigin(
      spec: plan.spec, storePath: plan.storePath, panel: plan.panel,
      symbolCount: plan.symbols.count, bars: last - plan.returns.barCount..<last, route: "risk",
      dataHash: plan.marketHash, output: options.output,
      workers: options.workers, variant: options.variant)
  }

  /// The plan's warnings, and those that only the rows and the groups can tell.
  func warnings(_ counts: RiskRows.Counts, _ groups: [ResultGroup]) -> [RunWarning] {
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
}
