/// The starts of a panel's bars, in nanoseconds since 1970-01-01 UTC, strictly increasing.
public struct TimeAxis: Sendable, Equatable {
  /// Start of each bar.
  public let ns: [Int64]

  /// Takes bar starts.
  ///
  /// Traps unless they increase strictly.
  public init(ns: [Int64]) {
    precondition(zip(ns, ns.dropFirst()).allSatisfy { $0 < $1 }, "bar starts increase strictly")
    self.ns = ns
  }

  /// Number of bars.
  public var count: Int { ns.count }

  /// Index of the first bar that starts at or after `instant`; `count` if there is none.
  public func firstBar(atOrAfter instant: Int64) -> Int {
    var low = 0
    var high = ns.count
    while low < high {
      let middle = (low + high) / 2
      if ns[middle] < instant { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
