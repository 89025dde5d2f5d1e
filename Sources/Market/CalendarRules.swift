/// A calendar file, read: hours by weekday, and the days that are different.
///
/// Immutable and shared, as many panels have the same calendar.
final class CalendarRules: Sendable {
  /// What is different on a day.
  struct Exception: Sendable, Equatable {
    var isClosed = false
    var isOpen = false
    /// Regular hours begin no earlier.
    var opensNs: Int64?
    /// Regular hours end no later.
    var closesNs: Int64?
    /// After hours of such a day end then; there are none without.
    var postClosesNs: Int64?

    mutating func merge(_ other: Exception) {
      isClosed = isClosed || other.isClosed
      isOpen = isOpen || other.isOpen
      opensNs = other.opensNs ?? opensNs
      if other.closesNs != nil { (closesNs, postClosesNs) = (other.closesNs, other.postClosesNs) }
    }
  }

  let name: String
  let aliases: [String]
  let timeZone: String
  let sessionsPerYear: Double
  /// Hours in order by weekday, from Monday.
  let week: [[TradingHours]]
  /// The file, as it was read.
  let text: String
  /// Longest regular session of a week.
  let regularNs: Int64

  // The days that 64 bits of nanoseconds reach, one bit each: most days are answered by it.
  private static let days: ClosedRange<Int64> = -106_752...106_751
  private let isSpecial: [UInt64]
  private let specialDays: [Int32]
  private let specials: [Exception]

  init(_ file: CalendarFile, text: String) {
    name = file.name
    aliases = file.aliases
    timeZone = file.timeZone
    sessionsPerYear = file.sessionsPerYear
    week = file.week
    self.text = text
    regularNs =
      week.map { day in
        day.reduce(0) { $0 + ($1.kind == .regular ? $1.closesNs - $1.opensNs : 0) }
      }.max() ?? 0
    var found = file.dated
    for year in 1677...2262 {
      for (rule, exception) in file.yearly {
        guard let day = rule.day(in: year), !(file.listed?.contains(day) ?? false) else { continue }
        found.append((day, exception))
      }
    }
    found.sort { $0.day < $1.day }
    var bits = [UInt64](repeating: 0, count: Self.days.count / 64 + 1)
    var days: [Int32] = []
    var specials: [Exception] = []
    for (day, exception) in found where Self.days.contains(day) {
      if days.last == Int32(day) {
        specials[specials.count - 1].merge(exception)
        continue
      }
      let bit = Int(day - Self.days.lowerBound)
      bits[bit / 64] |= 1 << (bit % 64)
      days.append(Int32(day))
      specials.append(exception)
    }
    isSpecial = bits
    specialDays = days
    self.specials = specials
  }

  /// What is different on a day; nil for most.
  func exception(_ day: Int64) -> Exception? {
    guard Self.days.contains(day) else { return nil }
    let bit = Int(day - Self.days.lowerBound)
    if isSpecial[bit / 64] & (1 << (bit % 64)) == 0 { return nil }
    var low = 0
    var high = specialDays.count - 1
    while low < high {
      let middle = (low + high) / 2
      if specialDays[middle] < Int32(day) { low = middle + 1 } else { high = middle }
    }
    return specials[low]
  }

  func isSession(_ day: Int64) -> Bool {
    if let exception = exception(day) {
      if exception.isOpen { return true }
      if exception.isClosed { return false }
    }
    return week[CivilDate.weekday(daysSinceEpoch: day)].contains { $0.kind == .regular }
  }

  /// The hours of a day; none if it is no session.
  func hours(_ day: Int64) -> [TradingHours] {
    let usual = week[CivilDate.weekday(daysSinceEpoch: day)]
    guard let exception = exception(day) else { return usual }
    if exception.isClosed && !exception.isOpen { return [] }
    let hours = usual.isEmpty && exception.isOpen ? week.first { !$0.isEmpty } ?? [] : usual
    return hours.compactMap { part in
      var (opens, closes) = (part.opensNs, part.closesNs)
      switch part.kind {
      case .pre: break
      case .regular:
        opens = max(opens, exception.opensNs ?? opens)
        closes = min(closes, exception.closesNs ?? closes)
      case .post:
        if let end = exception.closesNs {
          (opens, closes) = (min(opens, end), exception.postClosesNs ?? end)
        }
      }
      return opens < closes ? TradingHours(part.kind, opensNs: opens, closesNs: closes) : nil
    }
  }
}
