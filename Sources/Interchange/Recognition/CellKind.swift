/// What a cell looks like before anything is known about its file.
enum CellKind: Equatable {
  case empty
  /// A number, in any of the ways that a `NumberStyle` can say.
  case number
  /// A date or time in words or with separators; numbers alone are not.
  case time
  /// A time of day with colons.
  case clock
  case text

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    if bytes.isEmpty {
      self = .empty
    } else if Self.isPlainNumber(bytes) {
      self = .number
    } else if Self.plain.isMissing(bytes) {
      self = .empty
    } else if PlainShape.isDate(bytes, to: bytes.count) {
      // The commonest of times; no style takes it for a number.
      self = .time
    } else if Self.isNumber(bytes) {
      self = .number
    } else if Self.isTime(bytes) {
      self = .time
    } else {
      self = Self.isClock(bytes) ? .clock : .text
    }
  }

  private static let plain = NumberStyle()

  /// Whether it is a number with a point and nothing else, or one in words.
  static func isPlainNumber(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let outcome = NumberParser.parse(bytes).0
    return outcome == .number || outcome == .notFinite
  }

  /// Whether it carries a value.
  var isValue: Bool { self == .number || self == .time || self == .clock }

  private static func isNumber(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard bytes.count <= 64 else { return false }
    let (point, comma) = (UInt8(ascii: "."), UInt8(ascii: ","))
    for (decimal, thousands) in [(point, comma), (comma, point)] {
      var style = NumberStyle()
      style.missing = []
      style.decimal = decimal
      style.hasUnits = true
      for grouping in [thousands, 0x20, UInt8(ascii: "'")] {
        style.grouping = grouping
        let outcome = NumberParser.parse(bytes, style: style).0
        if outcome == .number || outcome == .notFinite { return true }
      }
    }
    return false
  }

  static func isTime(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard bytes.count >= 6, bytes.count <= 40 else { return false }
    let formats: [TimeFormat] = [.iso, .dayFirst, .monthFirst, .monthName]
    return formats.contains { $0.wallTime(bytes) != nil }
  }

  static func isClock(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard bytes.contains(UInt8(ascii: ":")), var wall = WallTime(year: 2000, month: 1, day: 1)
    else { return false }
    var cursor = ByteCursor(bytes)
    return DateText.timeOfDay(&cursor, &wall)
  }
}
