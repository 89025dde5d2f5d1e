import Books
import Kernels
import Market
import Metrics
import Storage

/// The outcome of a challenge: a row a participant, in the order of names; nothing in it comes from a clock.
public struct ChallengeBoard: Sendable {
  /// As a result file, in which a lane is a participant.
  public let table: ResultTable
  /// As JSON.
  public let report: ChallengeReport
  /// What the reader should know.
  public let warnings: [RunWarning]
  /// Number of participants that are disqualified.
  public let disqualified: Int

  private let session: ChallengeSession
  private let entries: ChallengeEntries
  private let windows: [ChallengeJob.Window]

  init(
    _ session: ChallengeSession, _ entries: ChallengeEntries, _ windows: [ChallengeJob.Window]
  ) {
    self.session = session
    self.entries = entries
    self.windows = windows
    disqualified = windows[0].breaches.count { $0 != nil }
    let parts = Parts(session: session, entries: entries, windows: windows)
    warnings = parts.warnings
    table = parts.table
    report = parts.report
  }

  /// Writes the board: HDF5, with the same as JSON beside it.
  ///
  /// - Returns: the files.
  /// - Throws: `StorageError`; then neither is changed, or the first is whole.
  public func write(to path: String, force: Bool) throws -> [String] {
    let beside = RunJob.summaryPath(path)
    try AtomicFile.checkTarget(beside, force: force)
    try ResultStore.write(table, to: path, force: force)
    try AtomicFile.write(try report.json(), to: beside, force: force)
    return [path, beside]
  }
}

/// What a board is made of.
private struct Parts {
  let session: ChallengeSession
  let entries: ChallengeEntries
  let windows: [ChallengeJob.Window]

  private var spec: ChallengeSpec { session.spec }
  private var metrics: [any Metric] {
    spec.allMetrics.compactMap { MetricCatalog.metric(named: $0) }
  }

  // MARK: - Warnings

  var warnings: [RunWarning] {
    var warnings = session.warnings
    func add(_ code: String, _ severity: RunWarning.Severity, _ message: String) {
      warnings.append(RunWarning(code: code, severity: severity, message: message))
    }
    let count = windows[0].breaches.count { $0 != nil }
    if count > 0 {
      add(
        "disqualified", .warning,
        "\(count) of \(entries.participants.count) participants \(count == 1 ? "is" : "are") disqualified; column reason tells why"
      )
    }
    if let hold = spec.holdOut, !session.isRevealed {
      add(
        "hold_out", .info,
        "the hold-out, \(Self.text(hold.from, hold.to)), is scored from "
          + "\(Timestamp.text(nanoseconds: hold.revealed)) on")
    }
    if let refusal = ChallengeBootstrap.refusal(of: metrics[0]), spec.bootstrap.samples > 0 {
      add("no_intervals", .warning, "\(spec.metric) has no intervals: \(refusal)")
    }
    let unfilled = windows[0].unfilled.count { $0 > 0 }
    if unfilled > 0 {
      add(
        "unfilled", .info,
        "orders that found no price by the end of the window: of \(unfilled) \(unfilled == 1 ? "participant" : "participants")"
      )
    }
    let undefined = windows[0].order.count { windows[0].values[0][$0].isNaN }
    if undefined > 0 {
      add(
        "undefined", .info,
        undefined == 1
          ? "1 participant has no \(spec.metric), and the last place"
          : "\(undefined) participants have no \(spec.metric), and share the last place")
    }
    return warnings
  }

  private static func text(_ from: Int64, _ to: Int64) -> String {
    "\(day(from)) to \(day(to))"
  }

  /// The day of the first or last instant of a window.
  private static func day(_ ns: Int64) -> String {
    let (day, rest) = Timestamp.split(ns)
    return rest == 0 || rest == Calendar.dayNs - 1
      ? CivilDate(daysSinceEpoch: day).description : Timestamp.text(nanoseconds: ns)
  }

  // MARK: - Table

  var table: ResultTable {
    let count = entries.participants.count
    let kinds = ["transactions", "weights", "strategy"]
    let codes = ChallengeBreach.Reason.allCases
    let breaches = windows[0].breaches
    var table = ResultTable(
      attributes: attributes, lanes: (0..<count).map { Int64($0) }, symbols: [],
      symbolIndex: [Int32](repeating: -1, count: count),
      labels: [
        .init(
          name: "participant", texts: entries.participants.map(\.entry.participant),
          index: (0..<count).map { Int32($0) }),
        .init(
          name: "kind", texts: kinds,
          index: entries.participants.map { Int32(kinds.firstIndex(of: $0.kind.rawValue) ?? 0) }),
        .init(
          name: "disqualified", texts: codes.map(\.rawValue),
          index: breaches.map { breach in
            breach.flatMap { codes.firstIndex(of: $0.reason) }.map { Int32($0) } ?? -1
          }),
      ], parameters: [], status: breaches.map { $0 == nil ? .ok : .failed },
      reason: breaches.map { $0?.text ?? "" }, metrics: [],
      leaderboard: (windows[0].order + (0..<count).filter { breaches[$0] != nil }).map {
        Int64($0)
      },
      leaderboardBy: spec.metric, leaderboardDirection: metrics[0].direction.rawValue)
    for (index, window) in windows.enumerated() {
      table.metrics += columns(window, prefix: index == 0 ? "" : "hold_out_")
    }
    table.groups = windows.indices.map { group($0) }
    return table
  }

  private func columns(_ window: ChallengeJob.Window, prefix: String) -> [ResultTable.Column] {
    func column(
      _ name: String, _ values: [Double], _ unit: MetricUnit, _ direction: MetricDirection,
      _ definition: String
    ) -> ResultTable.Column {
      .init(
        name: prefix + name, values: values,
        attributes: [
          .init("unit", unit.rawValue), .init("direction", direction.rawValue),
          .init("definition", definition),
        ])
    }
    var columns = [
      column(
        "rank", window.ranks.map { $0 == 0 ? .nan : Double($0) }, .count, .lower,
        "standard competition ranking; none for the disqualified")
    ]
    let level = "\(spec.bootstrap.level) of samples of the stationary block bootstrap"
    for (place, metric) in metrics.enumerated() {
      columns.append(
        column(
          metric.name, window.values[place], metric.unit, metric.direction, metric.definition))
      guard place == 0, !window.intervals.low.isEmpty else { continue }
      let intervals = window.intervals
      columns += [
        column(
          "\(metric.name)_low", intervals.low, metric.unit, .neutral, "lower end of \(level)"),
        column(
          "\(metric.name)_high", intervals.high, metric.unit, .neutral, "upper end of \(level)"),
        column("rank_low", intervals.rankLow, .count, .neutral, "best place in \(level)"),
        column("rank_high", intervals.rankHigh, .count, .neutral, "worst place in \(level)"),
        column(
          "first_share", intervals.firstShare, .fraction, .higher,
          "share of samples in which nobody was better"),
      ]
    }
    columns += [
      column(
        "dsr", window.significance.deflated, .fraction, .higher,
        "deflated Sharpe ratio: probability that the true ratio exceeds what so many tries without skill would show"
      ),
      column(
        "fills", window.fills.map(Double.init), .count, .neutral,
        "number of fills, up to the breach of the disqualified"),
      column(
        "unfilled", window.unfilled.map(Double.init), .count, .neutral,
        "orders that found no price by the last bar"),
    ]
    return columns
  }

  private func group(_ index: Int) -> ResultGroup {
    let window = windows[index]
    let figures = window.significance
    let range = index == 0 ? (spec.from, spec.to) : (spec.holdOut?.from ?? 0, spec.holdOut?.to ?? 0)
    let winner = window.order.first.map { figures.deflated[$0] } ?? .nan
    var attributes: [ResultTable.Attribute] = [
      .init("challenge", spec.name), .init("window", Self.text(range.0, range.1)),
      .init("rules_sha256", spec.sha256), .init("entries_sha256", entries.sha256),
      .init("ties", (spec.ties + [spec.tie.rawValue]).joined(separator: ", ")),
    ]
    if index == 0, let hold = spec.holdOut {
      attributes.append(
        .init(
          "hold_out",
          "\(Self.text(hold.from, hold.to)), scored from \(Timestamp.text(nanoseconds: hold.revealed)) on"
        ))
    }
    return ResultGroup(
      index == 0 ? "challenge" : "hold_out",
      title: index == 0 ? "Challenge \(spec.name)" : "Hold-out", dimensions: [],
      variables: [
        .init("participants", [], .integers([Int64(entries.participants.count)])),
        .init("ranked", [], .integers([Int64(window.order.count)])),
        .init("trials", [], .integers([Int64(figures.trials)])),
        .init(
          "effective_trials", [], [figures.effectiveTrials],
          definition: figures.isMeasured
            ? "P² / (P + Σ over pairs i ≠ j of ((n − 1)·c² − 1)/(n − 2)), c their correlation, within 1…P"
            : "all participants: the correlation was not looked at"),
        .init(
          "participation_ratio", [], [figures.participationRatio],
          definition: "(Σλ)² / Σλ² of the correlation's eigenvalues"),
        .init(
          "sharpe_deviation", [], [figures.deviation],
          definition: "standard deviation of Sharpe ratios over participants, per return"),
        .init(
          "expected_best_sharpe", [], [figures.expectedMaximum],
          definition: "of the best of so many tries without skill, per return"),
        .init(
          "winner_beats_chance", [], [winner], unit: "fraction",
          definition: "deflated Sharpe ratio of the first place"),
      ], attributes: attributes)
  }

  private var attributes: ResultAttributes {
    var attributes = ResultAttributes()
    attributes.spec = spec.text
    attributes.specSHA256 = spec.sha256
    attributes.dataSHA256 = session.dataHash
    attributes.engineVersion = apusVersion
    attributes.lanesFailed = Int64(windows[0].breaches.count { $0 != nil })
    attributes.lanesOK = Int64(entries.participants.count) - attributes.lanesFailed
    attributes.convention = "apus"
    attributes.statistics = LaneDetail.compounds(spec.spec, session.panel) ? "days" : "bars"
    attributes.benchmark = spec.spec.benchmark ?? ""
    attributes.store = spec.spec.store
    attributes.panel = session.panel.name
    attributes.fill = spec.spec.fillName
    attributes.adjust = spec.spec.adjustment.rawValue
    attributes.barsPerYear = session.panel.calendar.barsPerYear(
      frequencyNs: session.panel.frequencyNs)
    attributes.bars = Int64(session.window.count)
    attributes.from = Timestamp.text(nanoseconds: session.market.timeNs[0])
    attributes.to = Timestamp.text(
      nanoseconds: session.market.timeNs[session.window.upperBound - 1])
    attributes.route = "challenge"
    attributes.warnings = warnings.attributeText
    return attributes
  }

  // MARK: - JSON

  var report: ChallengeReport {
    let hold = spec.holdOut.map {
      ChallengeReport.HoldOut(
        from: Self.day($0.from), to: Self.day($0.to),
        revealed: Timestamp.text(nanoseconds: $0.revealed), isScored: session.isRevealed)
    }
    let disqualified = windows[0].breaches.indices.filter { windows[0].breaches[$0] != nil }
    return ChallengeReport(
      challenge: spec.name, rulesSha256: spec.sha256, entriesSha256: entries.sha256,
      dataSha256: session.dataHash, engineVersion: apusVersion,
      window: .init(
        from: Self.day(spec.from), to: Self.day(spec.to), bars: session.window.count),
      holdOut: hold, metric: spec.metric, direction: metrics[0].direction.rawValue,
      ties: spec.ties + [spec.tie.rawValue], participants: entries.participants.count,
      disqualified: disqualified.count,
      bootstrap: windows[0].intervals.low.isEmpty
        ? nil
        : .init(
          samples: spec.bootstrap.samples, block: spec.bootstrap.meanBlock,
          level: spec.bootstrap.level, seed: spec.bootstrap.seed),
      significance: windows.map { significance($0) },
      rows: (windows[0].order + disqualified).map { row($0) }, warnings: warnings)
  }

  private func significance(_ window: ChallengeJob.Window) -> ChallengeReport.Significance {
    let figures = window.significance
    return .init(
      trials: figures.trials, effectiveTrials: figures.effectiveTrials,
      participationRatio: figures.participationRatio, isMeasured: figures.isMeasured,
      sharpeDeviation: figures.deviation, expectedBestSharpe: figures.expectedMaximum,
      winnerBeatsChance: finite(window.order.first.map { figures.deflated[$0] } ?? .nan))
  }

  private func row(_ row: Int) -> ChallengeReport.Row {
    let participant = entries.participants[row]
    let scores = windows.map { score(row, $0) }
    return .init(
      participant: participant.entry.participant, kind: participant.kind.rawValue,
      score: scores[0], holdOut: scores.count > 1 ? scores[1] : nil)
  }

  private func score(_ row: Int, _ window: ChallengeJob.Window) -> ChallengeReport.Score {
    let intervals = window.intervals
    func pair(_ low: [Double], _ high: [Double]) -> [Double]? {
      guard !low.isEmpty, low[row].isFinite, high[row].isFinite else { return nil }
      return [low[row], high[row]]
    }
    return .init(
      rank: window.ranks[row] == 0 ? nil : window.ranks[row],
      metrics: Dictionary(
        zip(spec.allMetrics, window.values.map { finite($0[row]) }),
        uniquingKeysWith: { first, _ in first }),
      interval: pair(intervals.low, intervals.high),
      rankInterval: pair(intervals.rankLow, intervals.rankHigh),
      firstShare: intervals.firstShare.isEmpty ? nil : finite(intervals.firstShare[row]),
      dsr: finite(window.significance.deflated[row]), fills: window.fills[row],
      unfilled: window.unfilled[row],
      disqualified: window.breaches[row].map {
        .init(
          reason: $0.reason.rawValue, time: $0.timeNs.map { Timestamp.text(nanoseconds: $0) },
          trade: $0.trade == 0 ? nil : $0.trade, detail: $0.detail)
      })
  }

  private func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
}
