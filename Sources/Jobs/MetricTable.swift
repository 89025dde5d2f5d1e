import Kernels
import Metrics
import Storage

/// The metrics of all lanes while they are being simulated: workers write disjoint rows at the same time.
final class MetricTable {
  let metrics: [any Metric]
  let laneCount: Int
  private let values: AlignedBuffer<Double>
  /// 0 where a metric is defined, else one more than the position of its reason.
  private let reasons: AlignedBuffer<UInt8>
  private let states: AlignedBuffer<UInt8>

  private enum State {
    static let pending: UInt8 = 0
    static let ok: UInt8 = 1
    static let ruined: UInt8 = 2
    static let failed: UInt8 = 3
  }

  init(metrics: [any Metric], laneCount: Int) {
    self.metrics = metrics
    self.laneCount = laneCount
    values = AlignedBuffer(repeating: .nan, count: metrics.count * laneCount)
    reasons = AlignedBuffer(repeating: 0, count: metrics.count * laneCount)
    states = AlignedBuffer(repeating: State.pending, count: laneCount)
  }

  /// Takes the summary of a lane; each lane once.
  func record(lane: Int, _ summary: LaneSummary) {
    for (position, metric) in metrics.enumerated() {
      let place = position * laneCount + lane
      switch metric.value(of: summary) {
      case .defined(let value):
        values[place] = value
      case .undefined(let reason):
        reasons[place] = Self.code(reason)
      }
    }
    states[lane] = summary.isRuined ? State.ruined : State.ok
  }

  /// Marks a lane that could not be simulated: none of its metrics is defined.
  func fail(lane: Int) {
    states[lane] = State.failed
    for position in metrics.indices { values[position * laneCount + lane] = .nan }
  }

  /// Whether a lane has a row.
  func isFinished(_ lane: Int) -> Bool { states[lane] != State.pending }

  /// Status of a finished lane.
  func status(_ lane: Int) -> ResultTable.LaneStatus {
    switch states[lane] {
    case State.ruined: .ruined
    case State.failed: .failed
    default: .ok
    }
  }

  /// A metric of a lane; NaN where undefined.
  func value(metric: Int, lane: Int) -> Double { values[metric * laneCount + lane] }

  /// Why a metric of a lane is undefined; nil where it is defined.
  func reason(metric: Int, lane: Int) -> UndefinedReason? {
    let code = reasons[metric * laneCount + lane]
    return code == 0 ? nil : UndefinedReason.allCases[Int(code) - 1]
  }

  /// All undefined metrics of some lanes, as `sharpe: no_variation; win_rate: no_trades`.
  ///
  /// Lanes of a large run have few different texts, and share them.
  func reasonTexts(_ lanes: [Int]) -> [String] {
    var known: [[UInt8]: String] = [:]
    return lanes.map { lane in
      if states[lane] == State.failed { return "no_price_in_window" }
      let codes = metrics.indices.map { reasons[$0 * laneCount + lane] }
      if let text = known[codes] { return text }
      let text = metrics.indices.compactMap { position in
        reason(metric: position, lane: lane).map { "\(metrics[position].name): \($0.rawValue)" }
      }.joined(separator: "; ")
      known[codes] = text
      return text
    }
  }

  private static func code(_ reason: UndefinedReason) -> UInt8 {
    UInt8((UndefinedReason.allCases.firstIndex(of: reason) ?? 0) + 1)
  }
}

// Each lane's row is written by the one worker that simulates it; readers come after the last worker.
extension MetricTable: @unchecked Sendable {}

/// The order of a leaderboard.
///
/// Total: defined values first, best first by the metric's direction; then those of ruined lanes, however good they look;
/// then undefined ones; ties by lane id.
package func ranking(
  count: Int, direction: MetricDirection, value: (Int) -> Double, isRuined: (Int) -> Bool
) -> [Int] {
  let keys = (0..<count).map { row -> (group: Int, key: Double) in
    let value = value(row)
    if value.isNaN { return (2, 0) }
    return (isRuined(row) ? 1 : 0, direction == .lower ? value : -value)
  }
  return (0..<count).sorted {
    let (a, b) = (keys[$0], keys[$1])
    return a.group != b.group ? a.group < b.group : a.key != b.key ? a.key < b.key : $0 < $1
  }
}
