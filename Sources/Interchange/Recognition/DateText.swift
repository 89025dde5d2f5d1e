/// Dates and times as text, byte by byte; nil or false for anything else.
enum DateText {
  /// `2024-01-31`, `2024/1/31`, `2024.01.31`, `20240131` or `2024-01`, with or without a time.
  static func yearFirst(_ cursor: inout ByteCursor) -> WallTime? {
    switch cursor.digitCount {
    case 4:
      guard let year = cursor.digits(4) else { return nil }
      let separator = cursor.next
      guard isSeparator(separator) else { return nil }
      cursor.advance()
      guard let month = cursor.digits(1...2) else { return nil }
      if cursor.isAtEnd {
        return separator == UInt8(ascii: "-") ? WallTime(year: year, month: month, day: 1) : nil
      }
      guard cursor.next == separator else { return nil }
      cursor.advance()
      guard let day = cursor.digits(1...2) else { return nil }
      return withTime(&cursor, WallTime(year: year, month: month, day: day))
    case 8:
      return withTime(&cursor, compactDate(&cursor))
    case 12, 14, 17:
      guard var wall = compactDate(&cursor), clock(&cursor, &wall) else { return nil }
      return wall
    default: return nil
    }
  }

  /// `31/01/2024` or `01/31/2024`, also with dots and dashes, with or without a time.
  static func yearLast(_ cursor: inout ByteCursor, dayFirst: Bool) -> WallTime? {
    guard let (first, second, year) = threeNumbers(&cursor) else { return nil }
    let (day, month) = dayFirst ? (first, second) : (second, first)
    return withTime(&cursor, WallTime(year: year, month: month, day: day))
  }

  /// The numbers of a date with the year last and in full.
  static func threeNumbers(_ cursor: inout ByteCursor) -> (Int, Int, Int)? {
    guard let first = cursor.digits(1...2) else { return nil }
    let separator = cursor.next
    guard isSeparator(separator) else { return nil }
    cursor.advance()
    guard let second = cursor.digits(1...2), cursor.next == separator else { return nil }
    cursor.advance()
    guard let year = cursor.digits(4...4) else { return nil }
    return (first, second, year)
  }

  /// `Jan 31, 2024`, `31 January 2024`, `31-Jan-24`, `2024-Jan-31`, `Wed, 31 Jan 2024`, with or
  /// without a time.
  static func monthName(_ cursor: inout ByteCursor) -> WallTime? {
    var month: Int?
    var numbers: [(value: Int, digits: Int)] = []
    while month == nil || numbers.count < 2 {
      while [0x20, 0x2C, 0x2D, 0x2E, 0x2F].contains(cursor.next) { cursor.advance() }
      let digits = cursor.digitCount
      if digits > 0 {
        guard numbers.count < 2, digits <= 4, let value = cursor.digits(digits) else { return nil }
        numbers.append((value, digits))
      } else {
        let word = cursor.word()
        guard word.count >= 3 else { return nil }
        if let found = self.month(word) {
          guard month == nil else { return nil }
          month = found
        } else if month != nil || !numbers.isEmpty || !isWeekday(word) {
          return nil
        }
      }
    }
    guard let month else { return nil }
    var (day, year) = (numbers[0], numbers[1])
    if day.digits == 4 { (day, year) = (year, day) }
    guard day.digits <= 2 else { return nil }
    if year.digits == 2 { year = (fullYear(year.value), 4) }
    guard year.digits == 4 else { return nil }
    return withTime(&cursor, WallTime(year: year.value, month: month, day: day.value))
  }

  /// A year of two digits, as POSIX has it: 69…99 are of the last century.
  static func fullYear(_ twoDigits: Int) -> Int { twoDigits + (twoDigits < 69 ? 2000 : 1900) }

  /// 1 to 12 for the English name of a month, or three or more letters of it, in lower case.
  static func month(_ word: [UInt8]) -> Int? {
    guard word.count >= 3 else { return nil }
    return months.firstIndex { $0.starts(with: word) }.map { $0 + 1 }
  }

  static func isWeekday(_ word: [UInt8]) -> Bool {
    word.count >= 3 && weekdays.contains { $0.starts(with: word) }
  }

  private static let months: [[UInt8]] = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
  ].map { Array($0.utf8) }
  private static let weekdays: [[UInt8]] = [
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
  ].map { Array($0.utf8) }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".")
  }

  private static func compactDate(_ cursor: inout ByteCursor) -> WallTime? {
    guard let year = cursor.digits(4), let month = cursor.digits(2), let day = cursor.digits(2)
    else { return nil }
    return WallTime(year: year, month: month, day: day)
  }

  // MARK: Time of day

  private static func withTime(_ cursor: inout ByteCursor, _ date: WallTime?) -> WallTime? {
    guard var wall = date else { return nil }
    if cursor.isAtEnd { return wall }
    let isMarked = cursor.skip("T") || cursor.skip("t") || cursor.skip(",")
    guard cursor.skipSpaces() || isMarked, clock(&cursor, &wall) else { return nil }
    return wall
  }

  /// The time of day that a column of its own holds.
  static func timeOfDay(_ cursor: inout ByteCursor, _ wall: inout WallTime) -> Bool {
    clock(&cursor, &wall)
  }

  /// `HH:MM[:SS[.f]]`, `HHMM` or `HHMMSS`, with AM or PM and an offset, to the end of the text.
  private static func clock(_ cursor: inout ByteCursor, _ wall: inout WallTime) -> Bool {
    var hour: Int
    var minute = 0
    var seconds: Int64 = 0
    let count = cursor.digitCount
    if count == 4 || count == 6 || count == 9 {
      guard let h = cursor.digits(2), let m = cursor.digits(2) else { return false }
      (hour, minute) = (h, m)
      if count > 4 {
        guard let s = secondsNs(&cursor, isCompact: count == 9) else { return false }
        seconds = s
      }
    } else {
      guard let h = cursor.digits(1...2) else { return false }
      hour = h
      if cursor.skip(":") {
        guard let m = cursor.digits(2) else { return false }
        minute = m
        if cursor.skip(":") {
          guard let s = secondsNs(&cursor, isCompact: false) else { return false }
          seconds = s
        }
      } else if !isHalfDay(cursor) {
        return false
      }
    }
    guard halfDay(&cursor, &hour), hour < 24, minute < 60 else { return false }
    wall.time = Int64(hour * 3600 + minute * 60) * 1_000_000_000 + seconds
    return offset(&cursor, &wall)
  }

  /// Two digits and a fraction; three more digits are milliseconds if nothing stands between.
  private static func secondsNs(_ cursor: inout ByteCursor, isCompact: Bool) -> Int64? {
    guard let second = cursor.digits(2), second < 60 else { return nil }
    var ns = Int64(second) * 1_000_000_000
    if isCompact {
      guard let ms = cursor.digits(3) else { return nil }
      return ns + Int64(ms) * 1_000_000
    }
    if cursor.next == UInt8(ascii: ".") || cursor.next == UInt8(ascii: ",") {
      cursor.advance()
      guard let fraction = nanoseconds(&cursor) else { return nil }
      ns += fraction
    }
    return ns
  }

  /// One to nine digits behind a point.
  static func nanoseconds(_ cursor: inout ByteCursor) -> Int64? {
    let count = cursor.digitCount
    guard var value = cursor.digits(1...9) else { return nil }
    for _ in count..<9 { value *= 10 }
    return Int64(value)
  }

  private static func isHalfDay(_ cursor: ByteCursor) -> Bool {
    var cursor = cursor
    cursor.skipSpaces()
    let letter = cursor.next | 0x20
    return (letter == UInt8(ascii: "a") || letter == UInt8(ascii: "p"))
      && cursor.peek(1) | 0x20 == UInt8(ascii: "m")
  }

  /// Takes AM or PM if it is there; false for an hour that does not go with it.
  static func halfDay(_ cursor: inout ByteCursor, _ hour: inout Int) -> Bool {
    guard isHalfDay(cursor) else { return true }
    cursor.skipSpaces()
    guard (1...12).contains(hour) else { return false }
    hour = hour % 12 + (cursor.next | 0x20 == UInt8(ascii: "p") ? 12 : 0)
    cursor.advance(2)
    return true
  }

  /// Nothing, `Z`, `UTC`, `GMT`, `±hh`, `±hhmm` or `±hh:mm`, and then the end.
  static func offset(_ cursor: inout ByteCursor, _ wall: inout WallTime) -> Bool {
    cursor.skipSpaces()
    if cursor.isAtEnd { return true }
    let isBehind = cursor.next == UInt8(ascii: "-")
    if isBehind || cursor.next == UInt8(ascii: "+") {
      cursor.advance()
      guard let hours = cursor.digits(2) else { return false }
      var minutes = 0
      if !cursor.isAtEnd {
        _ = cursor.skip(":")
        guard let found = cursor.digits(2) else { return false }
        minutes = found
      }
      guard hours < 24, minutes < 60 else { return false }
      wall.offset = Int64(hours * 3600 + minutes * 60) * (isBehind ? -1_000_000_000 : 1_000_000_000)
      return cursor.isAtEnd
    }
    let word = cursor.word()
    guard ["z", "utc", "gmt"].contains(String(decoding: word, as: UTF8.self)) else { return false }
    wall.offset = 0
    return cursor.isAtEnd
  }
}
