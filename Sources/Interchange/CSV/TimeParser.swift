import Market

/// ISO 8601 dates and times to nanoseconds UTC, byte by byte.
package enum TimeParser {
  /// Reads `YYYY-MM-DD`, or with `[ T]HH:MM[:SS[.fraction]][Z|±hh:mm]` behind it; without a zone it
  /// is UTC.
  ///
  /// - Returns: nil for anything else, for days that no calendar has, and outside 1678…2261.
  package static func parse(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
    guard var cursor = text.baseAddress else { return nil }
    var end = cursor + text.count
    while cursor < end, cursor.pointee == 0x20 { cursor += 1 }
    while cursor < end, end[-1] == 0x20 { end -= 1 }
    guard end - cursor >= 10, cursor[4] == dash, cursor[7] == dash,
      let century = two(cursor), let year2 = two(cursor + 2),
      let month = two(cursor + 5), let day = two(cursor + 8)
    else { return nil }
    let year = century * 100 + year2
    guard year >= 1678, year <= 2261, month >= 1, month <= 12, day >= 1,
      day <= daysInMonth(year, month)
    else { return nil }
    let dayStart = Int64(days(year, month, day)) * Calendar.dayNs
    cursor += 10
    if cursor == end { return dayStart }
    guard let rest = timeOfDay(cursor, end) else { return nil }
    return dayStart + rest
  }

  /// Saturday or Sunday, UTC.
  package static func isWeekend(_ ns: Int64) -> Bool {
    CivilDate.weekday(daysSinceEpoch: Timestamp.split(ns).day) >= 5
  }

  /// An instant as `YYYY-MM-DD`, with ` HH:MM:SS[.fraction]` behind it unless it is midnight.
  package static func format(_ ns: Int64) -> String {
    let inDay = ((ns % Calendar.dayNs) + Calendar.dayNs) % Calendar.dayNs
    let (year, month, day) = date(Int((ns - inDay) / Calendar.dayNs))
    let text = "\(year)-\(padded(month))-\(padded(day))"
    if inDay == 0 { return text }
    let seconds = Int(inDay / 1_000_000_000)
    let clock =
      "\(padded(seconds / 3600)):\(padded(seconds / 60 % 60)):\(padded(seconds % 60))"
    let fraction = Int(inDay % 1_000_000_000)
    if fraction == 0 { return "\(text) \(clock)" }
    var digits = String(1_000_000_000 + fraction).dropFirst()
    while digits.last == "0" { digits.removeLast() }
    return "\(text) \(clock).\(digits)"
  }

  // MARK: Parts

  private static let dash = UInt8(ascii: "-")
  private static let colon = UInt8(ascii: ":")

  private static func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

  private static func two(_ cursor: UnsafePointer<UInt8>) -> Int? {
    let tens = cursor[0] &- 48
    let ones = cursor[1] &- 48
    return tens < 10 && ones < 10 ? Int(tens) * 10 + Int(ones) : nil
  }

  private static func timeOfDay(_ from: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int64?
  {
    var cursor = from
    guard cursor.pointee == UInt8(ascii: " ") || cursor.pointee == UInt8(ascii: "T"),
      end - cursor >= 6, cursor[3] == colon,
      let hour = two(cursor + 1), let minute = two(cursor + 4), hour < 24, minute < 60
    else { return nil }
    cursor += 6
    var ns = Int64(hour * 3600 + minute * 60) * 1_000_000_000
    if cursor < end, cursor.pointee == colon {
      guard end - cursor >= 3, let second = two(cursor + 1), second < 60 else { return nil }
      ns += Int64(second) * 1_000_000_000
      cursor += 3
      if cursor < end, cursor.pointee == UInt8(ascii: ".") {
        guard let fraction = fraction(&cursor, end) else { return nil }
        ns += fraction
      }
    }
    if cursor == end { return ns }
    if cursor.pointee == UInt8(ascii: "Z") { return cursor + 1 == end ? ns : nil }
    guard cursor.pointee == UInt8(ascii: "+") || cursor.pointee == dash, end - cursor == 6,
      cursor[3] == colon, let hours = two(cursor + 1), let minutes = two(cursor + 4),
      hours < 24, minutes < 60
    else { return nil }
    let offset = Int64(hours * 3600 + minutes * 60) * 1_000_000_000
    return cursor.pointee == dash ? ns + offset : ns - offset
  }

  /// One to nine digits behind a point, in nanoseconds.
  private static func fraction(_ cursor: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>)
    -> Int64?
  {
    cursor += 1
    var value: Int64 = 0
    var digits = 0
    while cursor < end, case let digit = cursor.pointee &- 48, digit < 10 {
      value = value &* 10 &+ Int64(digit)
      digits += 1
      if digits > 9 { return nil }
      cursor += 1
    }
    if digits == 0 { return nil }
    for _ in digits..<9 { value *= 10 }
    return value
  }

  private static func daysInMonth(_ year: Int, _ month: Int) -> Int {
    if month == 2 { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28 }
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
  }

  // Both after Hinnant, "chrono-compatible low-level date algorithms": years start in March, in
  // eras of 400.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let y = month <= 2 ? year - 1 : year
    let era = y / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func date(_ days: Int) -> (year: Int, month: Int, day: Int) {
    let z = days + 719_468
    let era = z / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * month + 2) / 5 + 1
    let year = yearOfEra + era * 400 + (month >= 10 ? 1 : 0)
    return (year, month < 10 ? month + 3 : month - 9, day)
  }
}
