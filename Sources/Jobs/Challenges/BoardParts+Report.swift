import Books
import Kernels
import Market

extension BoardParts {
  func report(rowsSHA256: String) -> ChallengeReport {
    let hold = spec.holdOut.map {
      ChallengeReport.HoldOut(
        from: Self.day($0.from), to: Self.day($0.to),
        revealed: Timestamp.text(nanoseconds: $0.revealed), isScored: session.isRevealed)
    }
    let disqualified = windows[0].breaches.indices.filter { windows[0].breaches[$0] != nil }
    return ChallengeReport(
      challenge: spec.name, rulesSha256: spec.sha256, entriesSha256: entries.sha256,
      rowsSha256: rowsSHA256, dataSha256: session.dataHash, engineVersion: apusVersion,
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
