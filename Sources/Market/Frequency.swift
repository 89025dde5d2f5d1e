/// The length of a bar, and what it is called: `30s`, `5m`, `1h`, `1d`, `1w`, `1mo`.
///
/// Months differ in length, so a month is stored as a name for one: the mean month of the Gregorian calendar,
/// 2,629,746 seconds, which no other bar has.
public struct Frequency: Sendable, Equatable {
  /// Nanoseconds; nominal for months.
  public let ns: Int64

  /// A length in nanoseconds.
  public init(ns: Int64) { self.ns = ns }

  /// A day, which for an exchange is a session.
  public static let day = Frequency(ns: Calendar.dayNs)
  /// Monday to Sunday.
  public static let week = Frequency(ns: 7 * Calendar.dayNs)
  /// A month, by its nominal length.
  public static let month = Frequency(ns: 2_629_746_000_000_000)

  /// Number of months; nil for anything else.
  public var months: Int? {
    ns >= Self.month.ns && ns % Self.month.ns == 0 ? Int(ns / Self.month.ns) : nil
  }

  /// Whether bars are shorter than a day.
  public var isIntraday: Bool { ns < Calendar.dayNs }

  private static let units: [(name: String, ns: Int64)] = [
    ("mo", month.ns), ("w", week.ns), ("d", Calendar.dayNs), ("h", 3_600_000_000_000),
    ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1000), ("ns", 1),
  ]

  /// For example `1mo`, `1w`, `1d`, `4h`, `5m`, `1s`; nanoseconds if it is no whole number of seconds.
  public var label: String {
    for (unit, length) in Self.units.prefix(6) where ns >= length && ns % length == 0 {
      return "\(ns / length)\(unit)"
    }
    return "\(ns)ns"
  }

  /// A length by its label; nil for anything else.
  public init?(label: String) {
    let count = label.prefix { "0"..."9" ~= $0 }
    let name = label.dropFirst(count.count)
    guard let unit = Self.units.first(where: { $0.name == name }), let number = Int64(count),
      number > 0
    else { return nil }
    let (ns, overflow) = number.multipliedReportingOverflow(by: unit.ns)
    guard !overflow else { return nil }
    self.ns = ns
  }

  /// The length of the bars that start at these times, strictly increasing.
  ///
  /// - At least three bars, never two in a month, typically a month apart: a month; likewise 3, 6 and 12 months.
  /// - At least three bars, never two in a week, typically a week apart: a week.
  /// - All at midnight UTC, or fewer than two: a day.
  /// - Else the commonest step between neighbours, the smaller of equals.
  public static func infer(_ times: [Int64]) -> Frequency {
    // Centuries apart, a difference is beyond 64 bits.
    let steps = zip(times, times.dropFirst()).map { earlier, later in
      let (step, overflow) = later.subtractingReportingOverflow(earlier)
      return overflow ? Int64.max : step
    }
    if let period = period(times, steps) { return period }
    if times.count < 2 || times.allSatisfy({ $0 % Calendar.dayNs == 0 }) { return .day }
    var counts: [Int64: Int] = [:]
    for step in steps { counts[step, default: 0] += 1 }
    return counts.min { ($0.value, $1.key) > ($1.value, $0.key) }.map { Frequency(ns: $0.key) }
      ?? .day
  }

  /// The Monday of a day's week.
  static func monday(of day: Int64) -> Int64 {
    day - Int64(CivilDate.weekday(daysSinceEpoch: day))
  }

  private static func period(_ times: [Int64], _ steps: [Int64]) -> Frequency? {
    let total = steps.reduce(0.0) { $0 + Double($1) }
    // Most bars are shorter: it is told without sorting their steps.
    guard steps.count >= 2, total / Double(steps.count) > 5 * Double(Calendar.dayNs) else {
      return nil
    }
    // Wide enough for last weekdays and for Mondays that were holidays.
    let median = Double(steps.sorted()[(steps.count - 1) / 2]) / Double(Calendar.dayNs)
    func isOnce(_ key: (Int64) -> Int64) -> Bool {
      zip(times, times.dropFirst()).allSatisfy { key($0) != key($1) }
    }
    for (months, days) in [
      (1, 26.5...35.5), (3, 87.5...95.5), (6, 178.5...187.5), (12, 361.5...369.5),
    ]
    where days.contains(median) {
      let isSeparate = isOnce { ns in
        let date = CivilDate(daysSinceEpoch: Timestamp.split(ns).day)
        return Int64(date.year * 12 + date.month - 1) / Int64(months)
      }
      if isSeparate { return Frequency(ns: Int64(months) * month.ns) }
    }
    if (5.5...8.5).contains(median), isOnce({ Self.monday(of: Timestamp.split($0).day) }) {
      return .week
    }
    return nil
  }
}
