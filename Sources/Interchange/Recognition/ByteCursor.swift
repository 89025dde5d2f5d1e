/// A place in a few bytes of text; it never leaves them.
struct ByteCursor {
  private var at: UnsafePointer<UInt8>
  private var end: UnsafePointer<UInt8>

  /// The text without the spaces around it.
  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    let trimmed = bytes.trimmingSpaces
    at = trimmed.baseAddress ?? Self.nothing
    end = at + trimmed.count
  }

  // An empty buffer may have no address; nothing is read from this one.
  nonisolated(unsafe) private static let nothing = UnsafePointer(
    UnsafeMutablePointer<UInt8>.allocate(capacity: 1))

  var isAtEnd: Bool { at == end }
  var remaining: Int { end - at }
  /// The next byte; 0 at the end.
  var next: UInt8 { at < end ? at.pointee : 0 }
  /// A byte further on; 0 behind the end.
  func peek(_ distance: Int) -> UInt8 { distance < end - at ? at[distance] : 0 }

  mutating func advance(_ count: Int = 1) { at += min(count, end - at) }

  /// Passes over a byte if it is the next.
  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character), !isAtEnd else { return false }
    at += 1
    return true
  }

  /// Passes over spaces; false if there are none.
  @discardableResult mutating func skipSpaces() -> Bool {
    let start = at
    while next == 0x20 || next == 0x09 { at += 1 }
    return at > start
  }

  /// Number of digits from here on.
  var digitCount: Int {
    var count = 0
    while peek(count) &- 48 < 10 { count += 1 }
    return count
  }

  /// Takes so many digits, at most 18; nil if there are fewer.
  mutating func digits(_ count: Int) -> Int? {
    guard count <= 18, count <= end - at else { return nil }
    var value = 0
    for index in 0..<count {
      let digit = at[index] &- 48
      if digit > 9 { return nil }
      value = value * 10 + Int(digit)
    }
    at += count
    return value
  }

  /// Takes all digits from here on if their number lies in a range.
  mutating func digits(_ counts: ClosedRange<Int>) -> Int? {
    let count = digitCount
    return counts.contains(count) ? digits(count) : nil
  }

  /// Takes a run of ASCII letters, in lower case and at most 16 long.
  mutating func word() -> [UInt8] {
    var word: [UInt8] = []
    while word.count < 16, case let letter = next | 0x20, letter >= 0x61, letter <= 0x7A {
      word.append(letter)
      at += 1
    }
    return word
  }
}
