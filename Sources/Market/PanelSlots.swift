/// The places that a calendar has for bars of a length, numbered in order of time, and where given bars lie.
///
/// Bars shorter than a day lie on a grid in each session's regular hours: either a fixed time after the open, or fixed
/// times in UTC, whichever holds more of the bars. A first bar may begin before the open, as the hour from 09:00 does.
public struct PanelSlots: Sendable {
  /// Why a bar lies in no slot.
  public enum Fault: String, Sendable, CaseIterable {
    /// On a weekday without hours.
    case closedWeekday = "closed_weekday"
    /// On a day that the calendar closes.
    case holiday
    /// Before or after regular hours, in hours that the calendar has for that.
    case extended
    /// On a session's day, outside all hours.
    case outsideHours = "outside_hours"
    /// In regular hours, between the grid's times; of daily bars, not at midnight UTC.
    case offGrid = "off_grid"
    /// In a slot that an earlier bar of the symbol has.
    case repeated
  }

  /// What is known of a bar.
  public enum Place: Sendable, Equatable {
    /// In a slot.
    case slot(Int)
    /// In none.
    case none(Fault)
    /// In a slot, but not at its time: daily bars that are not stamped at midnight.
    case shifted(Int)
  }

  /// A session's slots; of bars of a day or longer, one slot.
  private struct Group: Sendable {
    var start: Int64
    var firstSlot: Int
    /// Position among sessions, by day.
    var session: Int
    var day: Int64
  }

  /// By bar.
  public private(set) var places: [Place] = []
  /// Number of slots from the first bar's session to the last's.
  public private(set) var slotCount = 0
  private var groups: [Group] = []
  private let frequency: Frequency

  /// Finds the slots of bars.
  ///
  /// - Parameters:
  ///   - times: starts, strictly increasing.
  ///   - zone: the rules of the calendar's zone.
  /// - Throws: `MarketError.noSlots` for bars of several days that make no week and no month.
  public init(times: [Int64], frequency: Frequency, calendar: Calendar, zone: ZoneRules)
    throws(MarketError)
  {
    self.frequency = frequency
    places.reserveCapacity(times.count)
    guard let first = times.first, let last = times.last else { return }
    if frequency.isIntraday {
      placeInDay(
        times, calendar,
        SessionWalk(calendar, zone: zone, over: first...last, lengthNs: frequency.ns))
    } else {
      try placeByPeriod(times, calendar)
    }
  }

  /// The time of a slot.
  public func time(of slot: Int) -> Int64 {
    let group = groups[index(of: slot)]
    return frequency.isIntraday
      ? group.start + Int64(slot - group.firstSlot) * frequency.ns : group.start
  }

  /// Position of a slot's session among the sessions; neighbours differ by one.
  public func session(of slot: Int) -> Int { groups[index(of: slot)].session }

  private func index(of slot: Int) -> Int {
    var low = 0
    var high = groups.count - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if groups[middle].firstSlot <= slot { low = middle } else { high = middle - 1 }
    }
    return low
  }

  // MARK: A day and longer

  private mutating func placeByPeriod(_ times: [Int64], _ calendar: Calendar) throws(MarketError) {
    let (from, to) = (Timestamp.split(times[0]).day, Timestamp.split(times[times.count - 1]).day)
    // Periods by their first days, in order; a session is one of a day.
    var starts: [Int64] = []
    if frequency == .day {
      starts = (from...to).filter { calendar.isSession(day: $0) }
    } else if frequency == .week {
      starts = Array(stride(from: Frequency.monday(of: from), through: to, by: 7))
    } else if let months = frequency.months, 12 % months == 0 {
      var date = CivilDate(daysSinceEpoch: from)
      var month = (date.month - 1) / months * months + 1
      var year = date.year
      while let start = CivilDate(year: year, month: month, day: 1), start.daysSinceEpoch <= to {
        starts.append(start.daysSinceEpoch)
        month += months
        if month > 12 { (year, month) = (year + 1, month - 12) }
        date = start
      }
    } else {
      throw .noSlots(frequency: frequency.label)
    }
    groups = starts.enumerated().map {
      Group(start: Timestamp.midnight(of: $1), firstSlot: $0, session: $0, day: $1)
    }
    slotCount = starts.count
    var slot = 0
    for ns in times {
      let (day, rest) = Timestamp.split(ns)
      while slot + 1 < starts.count && starts[slot + 1] <= day { slot += 1 }
      if frequency == .day && (starts.isEmpty || starts[slot] != day) {
        places.append(.none(Self.isClosedWeekday(day, calendar) ? .closedWeekday : .holiday))
      } else {
        places.append(frequency == .day && rest != 0 ? .shifted(slot) : .slot(slot))
      }
    }
  }

  private static func isClosedWeekday(_ day: Int64, _ calendar: Calendar) -> Bool {
    !calendar.usualHours(weekday: CivilDate.weekday(daysSinceEpoch: day)).contains {
      $0.kind == .regular
    }
  }

  // MARK: Within a day

  private mutating func placeInDay(_ times: [Int64], _ calendar: Calendar, _ walk: SessionWalk) {
    var walk = walk
    let ranges = times.map { walk.regular(at: $0) }
    let origin = grid(times, ranges, walk.regular)
    let used = ranges.lazy.compactMap { $0 }
    let (firstRange, lastRange) = (used.first ?? 0, ranges.last { $0 != nil } ?? nil)
    var groupOf: [Int: Int] = [:]
    if let lastRange {
      for index in firstRange...lastRange {
        let range = walk.regular[index]
        let start = origin(range)
        groupOf[index] = groups.count
        let isNew = groups.last?.day != range.day
        groups.append(
          Group(
            start: start, firstSlot: slotCount,
            session: (groups.last?.session ?? -1) + (isNew ? 1 : 0), day: range.day))
        slotCount += Int((range.closes - start + frequency.ns - 1) / frequency.ns)
      }
    }
    for (bar, ns) in times.enumerated() {
      guard let index = ranges[bar], let position = groupOf[index] else {
        places.append(.none(outside(ns, calendar, &walk)))
        continue
      }
      let group = groups[position]
      let isAtOpen = ns == walk.regular[index].opens
      let (step, rest) = (ns - group.start).quotientAndRemainder(dividingBy: frequency.ns)
      if rest != 0 && !isAtOpen {
        places.append(.none(.offGrid))
      } else {
        places.append(.slot(group.firstSlot + Int(step)))
      }
    }
  }

  private func outside(_ ns: Int64, _ calendar: Calendar, _ walk: inout SessionWalk) -> Fault {
    if walk.extended(at: ns) != nil { return .extended }
    let day = walk.wallDay(at: ns)
    if calendar.isSession(day: day) { return .outsideHours }
    return Self.isClosedWeekday(day, calendar) ? .closedWeekday : .holiday
  }

  /// Where the first slot of given hours begins.
  private func grid(_ times: [Int64], _ ranges: [Int?], _ regular: [SessionRange]) -> (SessionRange)
    -> Int64
  {
    let length = frequency.ns
    func phase(_ value: Int64) -> Int64 { ((value % length) + length) % length }
    var sinceOpen: [Int64: Int] = [:]
    var inUTC: [Int64: Int] = [:]
    for (ns, index) in zip(times, ranges) {
      guard let index else { continue }
      sinceOpen[phase(ns - regular[index].opens), default: 0] += 1
      inUTC[phase(ns), default: 0] += 1
    }
    func best(_ counts: [Int64: Int]) -> (phase: Int64, count: Int) {
      counts.min { ($0.value, $1.key) > ($1.value, $0.key) }.map { ($0.key, $0.value) } ?? (0, 0)
    }
    let (open, utc) = (best(sinceOpen), best(inUTC))
    if open.count >= utc.count {
      // A grid that begins after the open has a slot over the open.
      return { $0.opens + (open.phase == 0 ? 0 : open.phase - length) }
    }
    return { $0.opens - phase($0.opens - utc.phase) }
  }
}
