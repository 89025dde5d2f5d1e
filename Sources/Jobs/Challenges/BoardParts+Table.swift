import Books
import Kernels
import Market
import Metrics
import Storage

extension BoardParts {
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
    if windows.count > 1 {
      table.labels.append(
        .init(
          name: "hold_out_disqualified", texts: codes.map(\.rawValue),
          index: windows[1].breaches.map { breach in
            breach.flatMap { codes.firstIndex(of: $0.reason) }.map { Int32($0) } ?? -1
          }))
    }
    for (index, window) in windows.enumerated() {
      table.metrics += columns(window, prefix: index == 0 ? "" : "hold_out_")
    }
    let rows = table.rowsSHA256
    table.groups = windows.indices.map { group($0, rows) }
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

  private func group(_ index: Int, _ rowsSHA256: String) -> ResultGroup {
    let window = windows[index]
    let figures = window.significance
    let range = index == 0 ? (spec.from, spec.to) : (spec.holdOut?.from ?? 0, spec.holdOut?.to ?? 0)
    let winner = window.order.first.map { figures.deflated[$0] } ?? .nan
    var attributes: [ResultTable.Attribute] = [
      .init("challenge", spec.name), .init("window", Self.text(range.0, range.1)),
      .init("rules_sha256", spec.sha256), .init("entries_sha256", entries.sha256),
      ResultTable.Attribute(ChallengeBoardFile.hashName, rowsSHA256).inFile,
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
}
