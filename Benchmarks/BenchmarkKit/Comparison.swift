/// Two reports side by side.
public struct Comparison: Sendable, Equatable {
  /// What can be said of a difference.
  public enum Verdict: String, Sendable {
    /// At most 5 % apart.
    case same
    /// More than 5 % faster, and the rounds of the two don't overlap.
    case faster
    /// More than 5 % slower, and the rounds of the two don't overlap.
    case slower
    /// More than 5 % apart, but the rounds overlap.
    case withinNoise = "within noise"
    /// More than 5 % apart, but one of the two was disturbed.
    case disturbed
  }

  /// One contestant in both reports.
  public struct Row: Sendable, Equatable {
    /// Scenario.
    public var scenario: String
    /// Contestant.
    public var contestant: String
    /// Time in the second report over time in the first; below 1 is faster.
    public var ratio: Double
    /// Least ratio that the rounds allow.
    public var low: Double
    /// Largest ratio that the rounds allow.
    public var high: Double
    /// The same for its time over the limit's, which a slower machine does not move; nil for a limit.
    public var limitRatioChange: Double?
    /// What to make of it.
    public var verdict: Verdict
  }

  /// Difference of medians below which two times count as the same.
  public static let threshold = 0.05

  /// Contestants of both reports, in the order of the first.
  public private(set) var rows: [Row] = []
  /// Why some of them can't be compared, or need care.
  public private(set) var remarks: [String] = []

  /// Whether anything became slower beyond noise.
  public var hasRegression: Bool { rows.contains { $0.verdict == .slower } }

  /// Compares a second report with a first.
  public init(_ first: BenchmarkReport, _ second: BenchmarkReport) {
    for (name, path) in [
      ("processors", \MachineFacts.cpu), ("instruction sets", \.kernelVariant),
      ("compilers", \.swiftVersion),
    ] where first.machine[keyPath: path] != second.machine[keyPath: path] {
      remarks.append(
        "different \(name): \(first.machine[keyPath: path]), then \(second.machine[keyPath: path])")
    }
    if first.machine.threads != second.machine.threads {
      remarks.append(
        "different numbers of threads: \(first.machine.threads), then \(second.machine.threads)")
    }
    if first.isTiny || second.isTiny { remarks.append("tiny data: the numbers mean nothing") }
    for old in first.scenarios {
      guard let new = second.scenarios.first(where: { $0.name == old.name }) else {
        remarks.append("\(old.name): only in the first report")
        continue
      }
      compare(old, new)
    }
    for new in second.scenarios where !first.scenarios.contains(where: { $0.name == new.name }) {
      remarks.append("\(new.name): only in the second report")
    }
  }

  private mutating func compare(_ old: ScenarioResult, _ new: ScenarioResult) {
    if let failure = old.failure ?? new.failure {
      remarks.append("\(old.name): not measured: \(failure)")
      return
    }
    guard old.work == new.work, old.unit == new.unit else {
      remarks.append("\(old.name): different work, so times can't be compared")
      return
    }
    for contestant in old.contestants {
      guard let other = new.contestants.first(where: { $0.name == contestant.name }) else {
        remarks.append("\(old.name): '\(contestant.name)' only in the first report")
        continue
      }
      guard contestant.work == other.work else {
        remarks.append("\(old.name): '\(contestant.name)' did different work")
        continue
      }
      let (a, b) = (contestant.seconds, other.seconds)
      guard [a.min, a.median, a.max, b.min, b.median, b.max].allSatisfy({ $0 > 0 && $0.isFinite })
      else {
        remarks.append("\(old.name): '\(contestant.name)' has a time that is no time")
        continue
      }
      let change = contestant.limitRatio.flatMap { first in
        other.limitRatio.map { $0.median / first.median }
      }
      var row = Row(
        scenario: old.name, contestant: contestant.name, ratio: b.median / a.median,
        low: b.min / a.max, high: b.max / a.min, limitRatioChange: change, verdict: .same)
      row.verdict = Self.verdict(row, isClean: old.isClean && new.isClean)
      rows.append(row)
    }
  }

  private static func verdict(_ row: Row, isClean: Bool) -> Verdict {
    // Exactly 5 % is the same in either direction.
    if row.ratio <= 1 + threshold, 1 / row.ratio <= 1 + threshold { return .same }
    if !isClean { return .disturbed }
    if row.low > 1 { return .slower }
    if row.high < 1 { return .faster }
    return .withinNoise
  }
}
