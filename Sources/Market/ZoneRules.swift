/// What a time zone adds to UTC, as a table of the instants at which that changes.
///
/// The table holds whatever its loader put in; before the first change the first offset holds, after the last
/// the last.
public struct ZoneRules: Sendable, Equatable {
  /// IANA name, for example `America/New_York`.
  public let name: String
  /// Instants from which the next offset holds, nanoseconds UTC, strictly increasing.
  public let changes: [Int64]
  /// Nanoseconds to add to UTC: one before each change and one after the last.
  public let offsets: [Int64]

  /// Universal time, which never changes.
  public static let utc = ZoneRules(name: "UTC", changes: [], offsets: [0])

  /// Takes a table.
  ///
  /// Traps unless there is one offset more than changes and changes increase strictly.
  public init(name: String, changes: [Int64], offsets: [Int64]) {
    precondition(offsets.count == changes.count + 1, "an offset around each change")
    precondition(zip(changes, changes.dropFirst()).allSatisfy { $0 < $1 }, "changes increase")
    self.name = name
    self.changes = changes
    self.offsets = offsets
  }

  /// What a time on the wall of the zone may mean.
  public enum Reading: Sendable, Equatable {
    /// One instant, as on all but a few days.
    case once(Int64)
    /// The clock shows it twice, when it is set back.
    case twice(earlier: Int64, later: Int64)
    /// The clock never shows it: it was set forward.
    case never
  }

  /// Nanoseconds to add to an instant in UTC to get the time on the wall.
  ///
  /// - Complexity: O(log changes).
  public func offset(at instant: Int64) -> Int64 { offsets[segment(at: instant)] }

  /// The instants at which the wall shows a time, given as if it were UTC.
  public func instant(wall: Int64) -> Reading {
    // Offsets stay within a day, so the changes around it are those that can matter.
    var found: [Int64] = []
    let near = segment(at: wall)
    for index in max(0, near - 2)...min(changes.count, near + 2) {
      let candidate = wall - offsets[index]
      guard index == 0 || candidate >= changes[index - 1],
        index == changes.count || candidate < changes[index]
      else { continue }
      found.append(candidate)
    }
    switch found.count {
    case 0: return .never
    case 1: return .once(found[0])
    default: return .twice(earlier: found[0], later: found[found.count - 1])
    }
  }

  /// Position of the offset that holds at an instant.
  private func segment(at instant: Int64) -> Int {
    var low = 0
    var high = changes.count
    while low < high {
      let middle = (low + high) / 2
      if changes[middle] <= instant { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
