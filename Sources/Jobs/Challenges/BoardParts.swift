import Books
import Kernels
import Market
import Metrics

/// What a board is made of.
struct BoardParts {
  let session: ChallengeSession
  let entries: ChallengeEntries
  let windows: [ChallengeJob.Window]

  var spec: ChallengeSpec { session.spec }
  var metrics: [any Metric] {
    spec.allMetrics.compactMap { MetricCatalog.metric(named: $0) }
  }

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

  static func text(_ from: Int64, _ to: Int64) -> String {
    "\(day(from)) to \(day(to))"
  }

  /// The day of the first or last instant of a window.
  static func day(_ ns: Int64) -> String {
    let (day, rest) = Timestamp.split(ns)
    return rest == 0 || rest == Calendar.dayNs - 1
      ? CivilDate(daysSinceEpoch: day).description : Timestamp.text(nanoseconds: ns)
  }
}
