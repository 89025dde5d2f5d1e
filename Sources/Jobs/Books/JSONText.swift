/// JSON as bytes, written front to back: for files by the ten thousand, where `JSONEncoder` would take minutes.
///
/// What is not finite is null. Objects of a list stand on lines of their own.
struct JSONText {
  private(set) var bytes: [UInt8] = []
  private var isFirst = true
  private var depth = 0

  /// An object, its members written by `body`.
  mutating func object(_ key: String? = nil, lines: Bool = false, _ body: (inout JSONText) -> Void)
  {
    open(key, "{", lines, "}", body)
  }

  /// A list, its elements written by `body`, each on a line.
  mutating func list(_ key: String? = nil, _ body: (inout JSONText) -> Void) {
    open(key, "[", true, "]", body)
  }

  /// A text.
  mutating func add(_ key: String?, _ value: String) {
    begin(key)
    quote(value)
  }

  /// A number; null where it is not finite.
  mutating func add(_ key: String?, _ value: Double) {
    begin(key)
    bytes += value.isFinite ? Array("\(value + 0)".utf8) : Array("null".utf8)
  }

  /// A whole number.
  mutating func add(_ key: String?, _ value: Int) {
    begin(key)
    bytes += Array("\(value)".utf8)
  }

  /// True or false.
  mutating func add(_ key: String?, _ value: Bool) {
    begin(key)
    bytes += Array((value ? "true" : "false").utf8)
  }

  /// Whether members of the object or list that is open stand on lines of their own.
  private var breaks = false

  private mutating func open(
    _ key: String?, _ first: Unicode.Scalar, _ lines: Bool, _ last: Unicode.Scalar,
    _ body: (inout JSONText) -> Void
  ) {
    begin(key)
    bytes.append(UInt8(ascii: first))
    let outer = breaks
    (isFirst, breaks) = (true, lines)
    depth += 1
    body(&self)
    depth -= 1
    if !isFirst, breaks { newLine() }
    bytes.append(UInt8(ascii: last))
    (isFirst, breaks) = (false, outer)
  }

  private mutating func begin(_ key: String?) {
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    if breaks {
      newLine()
    } else if !isFirst {
      bytes.append(UInt8(ascii: " "))
    }
    isFirst = false
    if let key {
      quote(key)
      bytes.append(UInt8(ascii: ":"))
      bytes.append(UInt8(ascii: " "))
    }
  }

  private mutating func newLine() {
    bytes.append(UInt8(ascii: "\n"))
    for _ in 0..<depth * 2 { bytes.append(UInt8(ascii: " ")) }
  }

  private mutating func quote(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0..<0x20:
        let digits = Array("0123456789abcdef".utf8)
        bytes += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

/// CSV as bytes: a line of names, then rows; an empty cell where a number is not finite.
struct CSVText {
  private(set) var bytes: [UInt8]
  private var isFirst = true

  /// A table with columns.
  init(_ columns: [String]) { bytes = Array((columns.joined(separator: ",") + "\n").utf8) }

  /// A text.
  mutating func add(_ text: String) {
    next()
    if text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) {
      bytes.append(0x22)
      for byte in text.utf8 { bytes += byte == 0x22 ? [byte, byte] : [byte] }
      bytes.append(0x22)
    } else {
      bytes += Array(text.utf8)
    }
  }

  /// A number.
  mutating func add(_ number: Double) {
    next()
    if number.isFinite { bytes += Array("\(number + 0)".utf8) }
  }

  /// A whole number.
  mutating func add(_ number: Int) {
    next()
    bytes += Array("\(number)".utf8)
  }

  /// Ends a row.
  mutating func endRow() {
    bytes.append(0x0A)
    isFirst = true
  }

  private mutating func next() {
    if !isFirst { bytes.append(0x2C) }
    isFirst = false
  }
}
