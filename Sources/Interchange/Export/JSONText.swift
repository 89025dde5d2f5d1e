import Kernels

/// JSON as bytes, written front to back: for files by the ten thousand, where `JSONEncoder` would take minutes.
///
/// A number that is not finite is null. An object is on one line unless it is asked for lines; elements of lists have lines.
public struct JSONText: Sendable {
  /// What was written.
  public private(set) var bytes: [UInt8] = []
  private var isFirst = true
  private var depth = 0
  /// Whether members of the object or list that is open stand on lines of their own.
  private var breaks = false

  /// An empty text.
  public init() {}

  /// Adds an object, its members written by `body`.
  public mutating func object(
    _ key: String? = nil, lines: Bool = false, _ body: (inout JSONText) -> Void
  ) {
    open(key, "{", lines, "}", body)
  }

  /// Adds a list, its elements written by `body`, each on a line.
  public mutating func list(_ key: String? = nil, _ body: (inout JSONText) -> Void) {
    open(key, "[", true, "]", body)
  }

  /// Adds a text.
  public mutating func add(_ key: String?, _ value: String) {
    begin(key)
    Self.quote(value, into: &bytes)
  }

  /// Adds a number; null where it is not finite.
  public mutating func add(_ key: String?, _ value: Double) {
    begin(key)
    bytes.append(contentsOf: Self.number(value).utf8)
  }

  /// Adds a whole number.
  public mutating func add(_ key: String?, _ value: Int) {
    begin(key)
    bytes.append(contentsOf: "\(value)".utf8)
  }

  /// Adds true or false.
  public mutating func add(_ key: String?, _ value: Bool) {
    begin(key)
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
  }

  /// Ends the document with a line break.
  public mutating func end() { bytes.append(0x0A) }

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
      Self.quote(key, into: &bytes)
      bytes.append(UInt8(ascii: ":"))
      bytes.append(UInt8(ascii: " "))
    }
  }

  private mutating func newLine() {
    bytes.append(UInt8(ascii: "\n"))
    for _ in 0..<depth * 2 { bytes.append(UInt8(ascii: " ")) }
  }
}

// MARK: - Values

extension JSONText {
  /// A text in quotes.
  public static func quoted(_ text: String) -> String {
    var bytes: [UInt8] = []
    quote(text, into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A text in quotes as Foundation writes it, which has short forms for more control characters.
  public static func foundation(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 < 0x20 }) else { return quoted(text) }
    return (try? JSONDocument.line(text)) ?? quoted(text)
  }

  /// A number as Foundation writes it; null where it is not finite.
  public static func foundation(_ value: Double) -> String {
    guard value.isFinite else { return "null" }
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// A number, or null where it is not finite.
  static func number(_ value: Double) -> String { value.isFinite ? value.shortestText : "null" }

  private static func quote(_ text: String, into bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case UInt8(ascii: "\n"): bytes.append(contentsOf: "\\n".utf8)
      case 0..<0x20:
        let hex = String(byte, radix: 16)
        bytes.append(contentsOf: (byte < 16 ? "\\u000" : "\\u00").utf8)
        bytes.append(contentsOf: hex.utf8)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
