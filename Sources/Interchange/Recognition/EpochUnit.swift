import Market

/// What a count since 1970 counts.
package enum EpochUnit: String, Sendable, CaseIterable {
  case seconds, milliseconds, microseconds, nanoseconds

  /// Length in nanoseconds.
  var ns: Int64 {
    switch self {
    case .seconds: 1_000_000_000
    case .milliseconds: 1_000_000
    case .microseconds: 1000
    case .nanoseconds: 1
    }
  }

  /// The only unit that puts a count between 1973 and 2286; nil if none does.
  static func ofMagnitude(_ count: Int64) -> EpochUnit? {
    switch count {
    case 100_000_000..<10_000_000_000: .seconds
    case 100_000_000_000..<10_000_000_000_000: .milliseconds
    case 100_000_000_000_000..<10_000_000_000_000_000: .microseconds
    case 100_000_000_000_000_000...: .nanoseconds
    default: nil
    }
  }

  /// A count, with decimals or not, in a unit or the one of its magnitude.
  static func wallTime(_ cursor: inout ByteCursor, _ unit: EpochUnit?) -> WallTime? {
    let isNegative = cursor.skip("-")
    guard let whole = count(&cursor) else { return nil }
    guard let unit = unit ?? (isNegative ? nil : ofMagnitude(whole)) else { return nil }
    let (ns, overflow) = whole.multipliedReportingOverflow(by: unit.ns)
    if overflow { return nil }
    var fraction: Int64 = 0
    if cursor.skip(".") {
      guard let billionths = DateText.nanoseconds(&cursor) else { return nil }
      fraction = billionths / (1_000_000_000 / unit.ns)
    }
    guard cursor.isAtEnd else { return nil }
    let (sum, tooLarge) = ns.addingReportingOverflow(fraction)
    return tooLarge ? nil : WallTime(instant: isNegative ? -sum : sum)
  }

  private static func count(_ cursor: inout ByteCursor) -> Int64? {
    let digits = cursor.digitCount
    guard digits >= 1, digits <= 19 else { return nil }
    guard let head = cursor.digits(min(digits, 18)) else { return nil }
    if digits < 19 { return Int64(head) }
    guard let last = cursor.digits(1) else { return nil }
    let (tens, overflow) = Int64(head).multipliedReportingOverflow(by: 10)
    let (sum, tooLarge) = tens.addingReportingOverflow(Int64(last))
    return overflow || tooLarge ? nil : sum
  }

  /// The number of a day as spreadsheets count, its decimals to the millisecond.
  ///
  /// Days before 1900-03-01 are refused, as spreadsheets disagree about them.
  static func excel(_ cursor: inout ByteCursor) -> WallTime? {
    guard let whole = cursor.digits(1...6), whole >= 61 else { return nil }
    var fraction: Int64?
    if cursor.skip(".") {
      let digits = cursor.digitCount
      guard let part = cursor.digits(1...18) else { return nil }
      var scale = 1.0
      for _ in 0..<digits { scale *= 10 }
      fraction = Int64((Double(part) / scale * 86_400_000).rounded()) * 1_000_000
    }
    guard cursor.isAtEnd else { return nil }
    let rest = fraction ?? 0
    let carry = rest / Calendar.dayNs
    let date = CivilDate(daysSinceEpoch: Int64(whole) - 25_569 + carry)
    guard var wall = WallTime(year: date.year, month: date.month, day: date.day) else { return nil }
    if rest > 0 { wall.time = rest % Calendar.dayNs }
    return wall
  }

  /// Milliseconds since midnight of a day.
  static func millisecondsOfDay(_ cursor: inout ByteCursor, _ day: Int64) -> WallTime? {
    guard let ms = cursor.digits(1...8), cursor.isAtEnd, ms < 86_400_000 else { return nil }
    let date = CivilDate(daysSinceEpoch: day)
    guard var wall = WallTime(year: date.year, month: date.month, day: date.day) else { return nil }
    wall.time = Int64(ms) * 1_000_000
    return wall
  }
}
