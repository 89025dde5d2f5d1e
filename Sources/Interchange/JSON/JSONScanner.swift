import Glibc

/// Walks over JSON text without making values of it.
///
/// Depth is bounded, and every byte is checked, so that a mistake is found wherever it is.
struct JSONScanner {
  /// What a value is, by its first byte.
  enum Kind { case object, array, string, number, word }

  /// Where a mistake is, in bytes.
  struct Fault: Error {
    var at: Int
    var reason: String
  }

  /// Deepest nesting.
  static let depthLimit = 64

  let bytes: UnsafeBufferPointer<UInt8>
  /// The next byte.
  var at: Int

  init(_ bytes: UnsafeBufferPointer<UInt8>, at: Int = 0) {
    self.bytes = bytes
    self.at = at
    if at == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { self.at = 3 }
  }

  /// The next byte; 0 at the end.
  var next: UInt8 { at < bytes.count ? bytes[at] : 0 }

  mutating func skipSpaces() {
    while at < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[at]) { at += 1 }
  }

  func fault(_ reason: String, at place: Int? = nil) -> Fault {
    Fault(at: place ?? at, reason: reason)
  }

  private var found: String {
    if at >= bytes.count { return "the end of the file" }
    let byte = bytes[at]
    return byte >= 0x20 && byte < 0x7F
      ? "'\(Character(UnicodeScalar(byte)))'" : "the byte 0x" + String(byte, radix: 16)
  }

  /// What the value that begins here is.
  func kind() throws(Fault) -> Kind {
    switch Unicode.Scalar(next) {
    case "{": return .object
    case "[": return .array
    case "\"": return .string
    case "-" where at + 1 < bytes.count && bytes[at + 1] == UInt8(ascii: "I"): return .word
    case "0"..."9", "-": return .number
    case "a"..."z", "A"..."Z": return .word
    default: throw fault("\(found) stands where a value is expected")
    }
  }

  /// Takes the bracket that opens a list or an object.
  mutating func open() { at += 1 }

  /// Moves to the next member or element; false, behind the bracket, if there is none.
  mutating func more(_ close: Unicode.Scalar, isFirst: Bool) throws(Fault) -> Bool {
    skipSpaces()
    if next == UInt8(ascii: close), at < bytes.count {
      at += 1
      return false
    }
    if isFirst { return true }
    guard next == UInt8(ascii: ","), at < bytes.count else {
      throw fault("\(found) stands where ',' or '\(close)' is expected")
    }
    at += 1
    skipSpaces()
    return true
  }

  /// Takes the key of a member, and the colon behind it.
  mutating func key() throws(Fault) -> String {
    guard next == UInt8(ascii: "\"") else {
      throw fault("\(found) stands where a key in quotes is expected")
    }
    let key = Self.text(bytes, try string())
    skipSpaces()
    guard next == UInt8(ascii: ":") else { throw fault("\(found) stands where ':' is expected") }
    at += 1
    skipSpaces()
    return key
  }

  /// Takes a text and gives the bytes between its quotes.
  mutating func string() throws(Fault) -> Range<Int> {
    let start = at + 1
    at = start
    while at < bytes.count {
      let byte = bytes[at]
      if byte == UInt8(ascii: "\"") {
        at += 1
        return start..<at - 1
      }
      if byte < 0x20 { break }
      at += byte == UInt8(ascii: "\\") ? 2 : 1
    }
    throw fault("a text has no end", at: start - 1)
  }

  /// Takes a number or a word.
  mutating func atom() throws(Fault) -> Range<Int> {
    let start = at
    while at < bytes.count {
      let byte = bytes[at]
      let isPart =
        byte &- 48 < 10 || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte == UInt8(ascii: "-")
        || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".")
      if !isPart { break }
      at += 1
    }
    let first = bytes[start]
    let isNumber =
      first &- 48 < 10
      || first == UInt8(ascii: "-") && at > start + 1
        && bytes[start + 1] &- 48 < 10
    if isNumber { return start..<at }
    let word = String(decoding: bytes[start..<at], as: UTF8.self)
    guard ["true", "false", "null", "NaN", "Infinity", "-Infinity"].contains(word) else {
      throw fault("'\(word.prefix(40))' is no value of JSON", at: start)
    }
    return start..<at
  }

  /// Passes over a value.
  mutating func skip(depth: Int) throws(Fault) {
    guard depth <= Self.depthLimit else {
      throw fault("brackets are nested deeper than \(Self.depthLimit) levels")
    }
    switch try kind() {
    case .string: _ = try string()
    case .number, .word: _ = try atom()
    case .array:
      open()
      var isFirst = true
      while try more("]", isFirst: isFirst) {
        isFirst = false
        try skip(depth: depth + 1)
      }
    case .object:
      open()
      var isFirst = true
      while try more("}", isFirst: isFirst) {
        isFirst = false
        _ = try key()
        try skip(depth: depth + 1)
      }
    }
  }

  /// A text between quotes with its escapes resolved.
  static func text(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> String {
    let raw = bytes[range]
    guard raw.contains(UInt8(ascii: "\\")) else { return String(decoding: raw, as: UTF8.self) }
    var units: [UInt16] = []
    let escapes: [UInt8: UInt16] = [
      0x6E: 0x0A, 0x74: 0x09, 0x72: 0x0D, 0x62: 0x08, 0x66: 0x0C, 0x22: 0x22, 0x5C: 0x5C,
      0x2F: 0x2F,
    ]
    var rest = raw[...]
    while let slash = rest.firstIndex(of: UInt8(ascii: "\\")) {
      units += Array(String(decoding: rest[..<slash], as: UTF8.self).utf16)
      rest = rest[(slash + 1)...]
      guard let sign = rest.popFirst() else { break }
      if sign == UInt8(ascii: "u"), rest.count >= 4,
        let unit = UInt16(String(decoding: rest.prefix(4), as: UTF8.self), radix: 16)
      {
        units.append(unit)
        rest = rest.dropFirst(4)
      } else {
        units.append(escapes[sign] ?? 0xFFFD)
      }
    }
    units += Array(String(decoding: rest, as: UTF8.self).utf16)
    return String(decoding: units, as: UTF16.self)
  }
}
