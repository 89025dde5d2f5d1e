/// Which bars of a panel go into which longer bar.
///
/// Bars are stamped at their start, and so are bins. What each rule does stands in `Sources/Market/README.md`.
public struct BinPlan: Sendable, Equatable {
  /// Where bins within a day begin.
  public enum Anchor: String, Sendable, CaseIterable {
    /// At the open of each session.
    case open
    /// At midnight of the session's day, on the wall.
    case midnight
  }

  /// Which bars are used.
  public enum Sessions: String, Sendable, CaseIterable {
    /// Those that overlap regular hours; of daily bars, those of sessions.
    case regular
    /// All.
    case all
  }

  /// Neighbouring bars that go into one bin.
  public struct Run: Sendable, Equatable {
    /// Position of the bin.
    public var bin: Int
    /// The bars.
    public var bars: Range<Int>
  }

  /// Start of each bin, nanoseconds UTC, strictly increasing; sessions, weeks and months at midnight UTC of their first
  /// session's day.
  public private(set) var stamps: [Int64] = []
  /// Bars of each bin, in order; a bin may have several runs.
  public private(set) var runs: [Run] = []
  /// Bars left out as they lie outside regular hours.
  public private(set) var outsideCount = 0
  /// Bars left out as they reach over the end of a bin.
  public private(set) var straddlingCount = 0
  /// First day, or stamp within a day, of the last bin's period.
  private var lastKey = Int64.min

  /// Plans bins of a length.
  ///
  /// - Parameters:
  ///   - times: starts of the bars, strictly increasing.
  ///   - zone: the rules of the calendar's zone.
  /// - Throws: `MarketError.notResampled` if the lengths don't fit each other, or the bars don't fit the bins.
  public init(
    times: [Int64], from source: Frequency, to target: Frequency, calendar: Calendar,
    zone: ZoneRules, anchor: Anchor = .open, sessions: Sessions = .regular
  ) throws(MarketError) {
    func refuse(_ reason: String) -> MarketError {
      .notResampled(from: source.label, to: target.label, reason: reason)
    }
    if let reason = Self.misfit(source, target) { throw refuse(reason) }
    guard let first = times.first, let last = times.last else { return }
    if source.isIntraday {
      var walk = SessionWalk(calendar, zone: zone, over: first...last, lengthNs: source.ns)
      if target.isIntraday {
        placeInDay(times, source, target, &walk, anchor, sessions)
        if straddlingCount * 10 > times.count {
          throw refuse(
            "\(straddlingCount) of \(times.count) bars reach over the end of a bin; choose another "
              + "--anchor (open, midnight), or check the calendar's hours and zone")
        }
      } else {
        placeByDay(times, target, calendar, &walk, sessions)
      }
    } else {
      for (bar, ns) in times.enumerated() {
        let day = Timestamp.split(ns).day
        let isUsed = sessions == .all || source != .day || calendar.isSession(day: day)
        place(bar, isUsed ? Self.start(of: day, target) : nil) {
          Self.stamp($0, through: day, calendar)
        }
      }
    }
  }

  private static func misfit(_ source: Frequency, _ target: Frequency) -> String? {
    guard source.ns < target.ns else { return "they are not longer" }
    if target.isIntraday {
      return target.ns % source.ns == 0 ? nil : "the one is no multiple of the other"
    }
    let isPeriod = target == .day || target == .week || target.months.map { 12 % $0 == 0 } == true
    guard isPeriod else {
      return "beyond a day there are 1d, 1w, 1mo, 2mo, 3mo, 4mo, 6mo and 12mo"
    }
    if source.isIntraday || source == .day { return nil }
    if let months = source.months, let wanted = target.months, wanted % months == 0 { return nil }
    return "the one is no multiple of the other"
  }

  /// First day of a day's period.
  private static func start(of day: Int64, _ target: Frequency) -> Int64 {
    if target == .week { return Frequency.monday(of: day) }
    guard let months = target.months else { return day }
    let date = CivilDate(daysSinceEpoch: day)
    let month = (date.month - 1) / months * months + 1
    return CivilDate(year: date.year, month: month, day: 1)?.daysSinceEpoch ?? day
  }

  /// Midnight UTC of the first session from a day on; of the first bar's day if that comes before.
  private static func stamp(_ start: Int64, through day: Int64, _ calendar: Calendar) -> Int64 {
    var first = start
    while first < day && !calendar.isSession(day: first) { first += 1 }
    return Timestamp.midnight(of: first)
  }

  /// Puts a bar into the bin with a key, which begins if it has none; leaves it out without one.
  private mutating func place(_ bar: Int, _ key: Int64?, stamp: (Int64) -> Int64 = { $0 }) {
    guard let key else {
      outsideCount += 1
      return
    }
    // Hours that a calendar made overlap could step back: such bars stay in the bin before.
    if key > lastKey {
      lastKey = key
      stamps.append(stamp(key))
    } else if let run = runs.last, run.bars.upperBound == bar {
      runs[runs.count - 1].bars = run.bars.lowerBound..<bar + 1
      return
    }
    runs.append(Run(bin: stamps.count - 1, bars: bar..<bar + 1))
  }

  private mutating func placeByDay(
    _ times: [Int64], _ target: Frequency, _ calendar: Calendar, _ walk: inout SessionWalk,
    _ sessions: Sessions
  ) {
    for (bar, start) in times.enumerated() {
      var day: Int64?
      if let index = walk.regular(at: start) {
        day = walk.regular[index].day
      } else if sessions == .all {
        day = walk.extended(at: start).map { walk.extended[$0].day } ?? walk.wallDay(at: start)
      }
      place(bar, day.map { Self.start(of: $0, target) }) {
        Self.stamp($0, through: day ?? $0, calendar)
      }
    }
  }

  private mutating func placeInDay(
    _ times: [Int64], _ source: Frequency, _ target: Frequency, _ walk: inout SessionWalk,
    _ anchor: Anchor, _ sessions: Sessions
  ) {
    var midnight: (day: Int64, instant: Int64)?
    // Most bars lie in the bin of the one before, which saves a division.
    var last: (hours: Int, begin: Int64) = (-1, 0)
    for (bar, start) in times.enumerated() {
      // The stretch that the bar lies in, which its bin doesn't leave.
      var (day, opens, closes): (Int64, Int64, Int64)
      let found = walk.regular(at: start)
      if let index = found {
        let range = walk.regular[index]
        (day, opens, closes) = (range.day, range.opens, range.closes)
      } else if sessions == .regular {
        self.place(bar, nil)
        continue
      } else if let index = walk.extended(at: start) {
        let range = walk.extended[index]
        (day, opens, closes) = (range.day, range.opens, range.closes)
      } else {
        day = walk.wallDay(at: start)
        opens = max(walk.midnight(of: day), walk.lastClose)
        closes = .max
      }
      let place = max(start, opens)
      if let found, found == last.hours, place - last.begin < target.ns {
        put(bar, place, opens, closes, last.begin, start, source, target)
        continue
      }
      var base = opens
      if anchor == .midnight {
        if midnight?.day != day { midnight = (day, walk.midnight(of: day)) }
        base = midnight?.instant ?? opens
      }
      let inside = place - base
      let step = (inside >= 0 ? inside : inside - target.ns + 1) / target.ns
      let begin = base + step * target.ns
      last = (found ?? -1, begin)
      put(bar, place, opens, closes, begin, start, source, target)
    }
  }

  /// Puts a bar that counts from `place` on into the bin that begins at `begin`, if it ends there too.
  private mutating func put(
    _ bar: Int, _ place: Int64, _ opens: Int64, _ closes: Int64, _ begin: Int64, _ start: Int64,
    _ source: Frequency, _ target: Frequency
  ) {
    // What a bar holds of the time before the open and after the close is nothing.
    var length = source.ns - (place - start)
    if closes != .max { length = min(length, closes - place) }
    if place - begin + length > target.ns {
      straddlingCount += 1
    } else {
      self.place(bar, max(begin, opens))
    }
  }
}
