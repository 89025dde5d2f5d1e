/// Reading and writing instants as text: ISO 8601, UTC only, to the nanosecond.
public enum Timestamp {
  /// Nanoseconds since 1970-01-01 UTC of `YYYY-MM-DD[THH:MM[:SS[.fffffffff]]][Z]`.
  ///
  /// A space may stand for the `T`. Every part has its full width; nothing may follow. No time zone but `Z`
  /// is read, since a shift of hours belongs to the importer that knows the source.
  ///
  /// - Throws: `MarketError.invalidTimestamp`.
  public static func nanoseconds(parsing text: String) throws(MarketError) -> Int64 {
    var text = text
    let result = text.withUTF8 { parse($0.span) }
    switch result {
    case .success(let value): return value
    case .failure(let reason): throw .invalidTimestamp(text: text, reason: reason)
    }
  }

  /// The same for bytes of UTF-8, without making a string; for files of many rows.
  public static func nanoseconds(parsing text: Span<UInt8>) throws(MarketError) -> Int64 {
    switch parse(text) {
    case .success(let value): return value
    case .failure(let reason):
      let bytes = text.indices.map { text[$0] }
      throw .invalidTimestamp(text: String(decoding: bytes, as: UTF8.self), reason: reason)
    }
  }

  /// The instant as `YYYY-MM-DD`, with `THH:MM:SS` unless it is midnight and short, with as many of 3, 6 or 9 decimals
  /// as it needs, and with `Z` after a time.
  public static func text(nanoseconds: Int64, shortAtMidnight: Bool = true) -> String {
    let (day, rest) = split(nanoseconds)
    let date = CivilDate(daysSinceEpoch: day).description
    if rest == 0 && shortAtMidnight { return date }
    let seconds = Int(rest / 1_000_000_000)
    let fraction = Int(rest % 1_000_000_000)
    var time =
      digits(seconds / 3600, 2) + ":" + digits(seconds / 60 % 60, 2) + ":" + digits(seconds % 60, 2)
    if fraction % 1_000_000 == 0 {
      if fraction != 0 { time += "." + digits(fraction / 1_000_000, 3) }
    } else if fraction % 1000 == 0 {
      time += "." + digits(fraction / 1000, 6)
    } else {
      time += "." + digits(fraction, 9)
    }
    return date + "T" + time + "Z"
  }

  /// Day since 1970-01-01 on which an instant lies, and nanoseconds since its midnight.
  public static func split(_ nanoseconds: Int64) -> (day: Int64, rest: Int64) {
    let (day, rest) = nanoseconds.quotientAndRemainder(dividingBy: Calendar.dayNs)
    return rest < 0 ? (day - 1, rest + Calendar.dayNs) : (day, rest)
  }

  private enum Outcome {
    case success(Int64)
    case failure(MarketError.TimestampFault)
  }

  private static func parse(_ text: Span<UInt8>) -> Outcome {
    let count = text.count
    guard count >= 10, text[4] == 0x2D, text[7] == 0x2D else { return .failure(.form) }
    let year = number(text, 0, 4)
    let month = number(text, 5, 2)
    let day = number(text, 8, 2)
    if year < 0 || month < 0 || day < 0 { return .failure(.form) }
    guard let date = CivilDate(year: year, month: month, day: day) else {
      return .failure(.noSuchDay)
    }
    var at = 10
    var seconds = 0
    var fraction = 0
    if at < count, text[at] == 0x54 || text[at] == 0x20 {
      guard count >= 16, text[13] == 0x3A else { return .failure(.form) }
      let hour = number(text, 11, 2)
      let minute = number(text, 14, 2)
      if hour < 0 || minute < 0 { return .failure(.form) }
      guard hour < 24, minute < 60 else { return .failure(.noSuchTime) }
      seconds = hour * 3600 + minute * 60
      at = 16
      if at < count, text[at] == 0x3A {
        guard count >= 19 else { return .failure(.form) }
        let second = number(text, 17, 2)
        if second < 0 { return .failure(.form) }
        guard second < 60 else { return .failure(.noSuchTime) }
        seconds += second
        at = 19
        if at < count, text[at] == 0x2E {
          at += 1
          var unit = 100_000_000
          let start = at
          while at < count, text[at] >= 0x30, text[at] <= 0x39 {
            guard unit > 0 else { return .failure(.tooFine) }
            fraction += Int(text[at] &- 0x30) * unit
            unit /= 10
            at += 1
          }
          if at == start { return .failure(.form) }
        }
      }
    }
    if at < count, text[at] == 0x5A { at += 1 }
    guard at == count else { return .failure(.form) }
    // Midnight is multiplied before the rest is added: an early 1677 midnight may overflow alone, which only
    // narrows the range by a day.
    let (midnight, overflow) = date.daysSinceEpoch.multipliedReportingOverflow(by: Calendar.dayNs)
    let rest = Int64(seconds) * 1_000_000_000 + Int64(fraction)
    let (instant, overflow2) = midnight.addingReportingOverflow(rest)
    if overflow || overflow2 { return .failure(.outOfRange) }
    return .success(instant)
  }

  /// A number of fixed width; -1 if a byte is not a digit.
  @inline(__always)
  private static func number(_ text: Span<UInt8>, _ at: Int, _ width: Int) -> Int {
    var value = 0
    for i in at..<at + width {
      let digit = text[i] &- 0x30
      if digit > 9 { return -1 }
      value = value &* 10 &+ Int(digit)
    }
    return value
  }
}
