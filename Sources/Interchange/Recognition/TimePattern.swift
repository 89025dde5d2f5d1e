/// A pattern for times in the manner of `strptime`.
package struct TimePattern: Sendable, Equatable {
  /// What one sign of a pattern stands for.
  enum Part: Sendable, Equatable {
    case year, shortYear, month, monthName, day, dayOfYear, hour, halfDayHour, minute, second
    case fraction, halfDay, offset, weekdayName, epochSeconds
    case space
    case literal(UInt8)
  }

  /// As it was written.
  let text: String
  private let parts: [Part]

  /// What a pattern may hold, for a message.
  static let known = "%Y %y %m %b %d %j %H %I %M %S %f %p %z %a %s %F %T %R %D %%"

  /// Why a text is no pattern.
  package enum Fault: Error, Equatable {
    case unknown(String)
    case noDate
  }

  /// Takes a pattern.
  package init(_ text: String) throws(Fault) {
    self.text = text
    parts = try Self.compile(text)
    func has(_ part: Part) -> Bool { parts.contains(part) }
    let hasYear = has(.year) || has(.shortYear)
    guard has(.epochSeconds) || hasYear && (has(.month) || has(.monthName) || has(.dayOfYear))
    else { throw .noDate }
  }

  private static func compile(_ text: String) throws(Fault) -> [Part] {
    var parts: [Part] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == 0x20 {
        if parts.last != .space { parts.append(.space) }
        continue
      }
      guard byte == UInt8(ascii: "%") else {
        parts.append(.literal(byte))
        continue
      }
      guard let letter = rest.popFirst() else { throw .unknown("%") }
      switch Unicode.Scalar(letter) {
      case "F": parts += try compile("%Y-%m-%d")
      case "T": parts += try compile("%H:%M:%S")
      case "R": parts += try compile("%H:%M")
      case "D": parts += try compile("%m/%d/%y")
      case "%": parts.append(.literal(byte))
      case let sign:
        guard let part = signs[sign] else { throw .unknown("%\(sign)") }
        parts.append(part)
      }
    }
    return parts
  }

  private static let signs: [Unicode.Scalar: Part] = [
    "Y": .year, "y": .shortYear, "m": .month, "b": .monthName, "B": .monthName, "h": .monthName,
    "d": .day, "e": .day, "j": .dayOfYear, "H": .hour, "I": .halfDayHour, "M": .minute,
    "S": .second, "f": .fraction, "p": .halfDay, "z": .offset, "a": .weekdayName,
    "A": .weekdayName, "s": .epochSeconds,
  ]

  // What a text gave, part by part.
  private struct Found {
    var year = 0
    var month = 1
    var day = 1
    var dayOfYear: Int?
    var hour: Int?
    var halfDayHour: Int?
    var isAfternoon: Bool?
    var minute: Int?
    var ns: Int64?
    var fraction: Int64 = 0
    var offset: Int64?
    var epoch: Int?
  }

  /// Reads a text, or a date and a time of day with a space between.
  func wallTime(_ date: UnsafeBufferPointer<UInt8>, _ timeOfDay: UnsafeBufferPointer<UInt8>?)
    -> WallTime?
  {
    guard let timeOfDay else {
      var cursor = ByteCursor(date)
      return read(&cursor)
    }
    let hasClock = parts.contains(.hour) || parts.contains(.halfDayHour)
    if hasClock {
      let joined = Array(date.trimmingSpaces) + [0x20] + Array(timeOfDay.trimmingSpaces)
      return joined.withUnsafeBufferPointer {
        var cursor = ByteCursor($0)
        return read(&cursor)
      }
    }
    var cursor = ByteCursor(date)
    guard var wall = read(&cursor) else { return nil }
    var clock = ByteCursor(timeOfDay)
    return DateText.timeOfDay(&clock, &wall) ? wall : nil
  }

  private func read(_ cursor: inout ByteCursor) -> WallTime? {
    var found = Found()
    for (index, part) in parts.enumerated() {
      // Digits run together only where the next part begins with digits too.
      let isTight = index + 1 < parts.count && Self.startsWithDigits(parts[index + 1])
      guard Self.take(part, &cursor, &found, isTight: isTight) else { return nil }
    }
    return cursor.isAtEnd ? Self.wallTime(found) : nil
  }

  private static func startsWithDigits(_ part: Part) -> Bool {
    switch part {
    case .literal(let byte): byte &- 48 < 10
    case .monthName, .halfDay, .offset, .weekdayName, .space: false
    default: true
    }
  }

  private static func take(
    _ part: Part, _ cursor: inout ByteCursor, _ found: inout Found, isTight: Bool
  ) -> Bool {
    func number(_ width: Int) -> Int? {
      isTight ? cursor.digits(width) : cursor.digits(1...width)
    }
    switch part {
    case .literal(let byte):
      guard !cursor.isAtEnd, cursor.next == byte else { return false }
      cursor.advance()
    case .space: return cursor.skipSpaces() || cursor.isAtEnd
    case .year: return cursor.digits(4).map { found.year = $0 } != nil
    case .shortYear: return cursor.digits(2).map { found.year = DateText.fullYear($0) } != nil
    case .month: return number(2).map { found.month = $0 } != nil
    case .day: return number(2).map { found.day = $0 } != nil
    case .dayOfYear: return number(3).map { found.dayOfYear = $0 } != nil
    case .hour: return number(2).map { found.hour = $0 } != nil
    case .halfDayHour: return number(2).map { found.halfDayHour = $0 } != nil
    case .minute: return number(2).map { found.minute = $0 } != nil
    case .second: return number(2).map { found.ns = Int64($0) * 1_000_000_000 } != nil
    case .fraction: return DateText.nanoseconds(&cursor).map { found.fraction = $0 } != nil
    case .epochSeconds: return cursor.digits(1...10).map { found.epoch = $0 } != nil
    case .monthName: return DateText.month(cursor.word()).map { found.month = $0 } != nil
    case .weekdayName: return DateText.isWeekday(cursor.word())
    case .halfDay:
      let letter = cursor.next | 0x20
      guard letter == UInt8(ascii: "a") || letter == UInt8(ascii: "p"),
        cursor.peek(1) | 0x20 == UInt8(ascii: "m")
      else { return false }
      found.isAfternoon = letter == UInt8(ascii: "p")
      cursor.advance(2)
    case .offset: return takeOffset(&cursor, &found)
    }
    return true
  }

  private static func takeOffset(_ cursor: inout ByteCursor, _ found: inout Found) -> Bool {
    // An offset ends a time; whatever follows it in the pattern is not served.
    guard var wall = WallTime(year: 1970, month: 1, day: 1) else { return false }
    guard !cursor.isAtEnd, DateText.offset(&cursor, &wall), let offset = wall.offset else {
      return false
    }
    found.offset = offset
    return true
  }

  private static func wallTime(_ found: Found) -> WallTime? {
    if let epoch = found.epoch {
      let (ns, overflow) = Int64(epoch).multipliedReportingOverflow(by: 1_000_000_000)
      return overflow ? nil : WallTime(instant: ns)
    }
    var date = WallTime(year: found.year, month: found.month, day: found.day)
    if let dayOfYear = found.dayOfYear {
      guard let first = WallTime(year: found.year, month: 1, day: 1),
        let next = WallTime(year: found.year, month: 12, day: 31), dayOfYear >= 1,
        first.day + Int64(dayOfYear) - 1 <= next.day
      else { return nil }
      date = first
      date?.day += Int64(dayOfYear) - 1
    }
    guard var wall = date else { return nil }
    var hour = found.hour
    if let half = found.halfDayHour {
      guard (1...12).contains(half) else { return nil }
      hour = half % 12 + (found.isAfternoon == true ? 12 : 0)
    }
    guard let hour else { return wall }
    let ns = found.ns ?? 0
    guard hour < 24, (found.minute ?? 0) < 60, ns < 60_000_000_000 else { return nil }
    wall.time =
      Int64(hour * 3600 + (found.minute ?? 0) * 60) * 1_000_000_000 + ns + found.fraction
    wall.offset = found.offset
    return wall
  }
}
