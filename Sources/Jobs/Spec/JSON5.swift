import Kernels

/// A JSON5 value with the place where it begins.
///
/// Objects keep the order of their keys.
///
/// Foundation reads JSON5 too, but on Linux it tells neither line nor column of a mistake, takes the last of two equal
/// keys in silence, and forgets the order of keys, which is the order of parameters in a plan.
package struct JSON5: Equatable, Sendable {
  package enum Value: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSON5])
    case object([Member])
  }

  package struct Member: Equatable, Sendable {
    package var key: String
    package var value: JSON5
  }

  package struct Place: Equatable, Sendable {
    package var line: Int
    package var column: Int
  }

  package var value: Value
  package var place: Place

  /// What kind of value this is, as an error says it.
  var kind: String {
    switch value {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let value): "the number \(value.shortestText)"
    case .string(let text): "the text \"\(Self.excerpt(text))\""
    case .array: "a list"
    case .object: "an object"
    }
  }

  /// A text as an error quotes it: on one line, and not all of a long one.
  static func excerpt(_ text: String) -> String {
    let line = text.prefix(60).map { $0.isNewline ? " " : $0 }
    return String(line) + (text.count > 60 ? "…" : "")
  }

  /// Reads a document; errors name line and column.
  package static func parse(_ text: String) throws(JSON5Error) -> JSON5 {
    var reader = JSON5Reader(text)
    return try reader.document()
  }
}

/// Why a text is not JSON5.
package struct JSON5Error: Error, Equatable {
  package var found: String
  package var expected: String
  package var place: JSON5.Place
}

private struct JSON5Reader {
  private let text: [Unicode.Scalar]
  private var position = 0
  private var line = 1
  private var lineStart = 0
  private var depth = 0

  private static let depthLimit = 200

  init(_ text: String) {
    var scalars = Array(text.unicodeScalars)
    if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
    self.text = scalars
  }

  private var place: JSON5.Place {
    JSON5.Place(line: line, column: position - lineStart + 1)
  }

  private var current: Unicode.Scalar? { position < text.count ? text[position] : nil }

  private func error(_ expected: String) -> JSON5Error {
    JSON5Error(found: current.map(name) ?? "the end of the file", expected: expected, place: place)
  }

  /// A character as an error shows it.
  private func name(_ scalar: Unicode.Scalar) -> String {
    if isLineEnd(scalar) { return "the end of the line" }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .unassigned, .privateUse:
      return "the character U+" + String(scalar.value, radix: 16, uppercase: true)
    default: return "'\(scalar)'"
    }
  }

  private func isLineEnd(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\n" || scalar == "\r" || scalar == "\u{2028}" || scalar == "\u{2029}"
  }

  private mutating func advance() {
    let scalar = text[position]
    position += 1
    // A carriage return and a line feed end one line together.
    if isLineEnd(scalar), scalar != "\r" || current != "\n" {
      line += 1
      lineStart = position
    }
  }

  private mutating func skipBlank() throws(JSON5Error) {
    while let scalar = current {
      if scalar.properties.isWhitespace || scalar == "\u{FEFF}" {
        advance()
      } else if scalar == "/", position + 1 < text.count, text[position + 1] == "/" {
        while let next = current, !isLineEnd(next) { advance() }
      } else if scalar == "/", position + 1 < text.count, text[position + 1] == "*" {
        let start = place
        advance()
        advance()
        while position + 1 < text.count, !(text[position] == "*" && text[position + 1] == "/") {
          advance()
        }
        guard position + 1 < text.count else {
          throw JSON5Error(found: "a comment without end", expected: "*/", place: start)
        }
        advance()
        advance()
      } else {
        return
      }
    }
  }

  mutating func document() throws(JSON5Error) -> JSON5 {
    try skipBlank()
    let value = try self.value()
    try skipBlank()
    if current != nil { throw error("the end of the file") }
    return value
  }

  private mutating func value() throws(JSON5Error) -> JSON5 {
    let start = place
    guard let scalar = current else { throw error("a value") }
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else {
      throw JSON5Error(
        found: "brackets nested deeper than \(Self.depthLimit) levels", expected: "fewer",
        place: start)
    }
    switch scalar {
    case "{": return JSON5(value: .object(try members()), place: start)
    case "[": return JSON5(value: .array(try elements()), place: start)
    case "\"", "'": return JSON5(value: .string(try string()), place: start)
    default: break
    }
    if scalar == "+" || scalar == "-" || scalar == "." || isDigit(scalar) {
      return JSON5(value: .number(try number()), place: start)
    }
    let word = try word("a value")
    switch word {
    case "null": return JSON5(value: .null, place: start)
    case "true": return JSON5(value: .bool(true), place: start)
    case "false": return JSON5(value: .bool(false), place: start)
    case "Infinity": return JSON5(value: .number(.infinity), place: start)
    case "NaN": return JSON5(value: .number(.nan), place: start)
    default:
      throw JSON5Error(
        found: "'\(word)'", expected: "a value (text needs quotes: \"\(word)\")", place: start)
    }
  }

  private mutating func members() throws(JSON5Error) -> [JSON5.Member] {
    advance()
    var members: [JSON5.Member] = []
    var keys: Set<String> = []
    while true {
      try skipBlank()
      if current == "}" {
        advance()
        return members
      }
      let start = place
      let key: String
      if current == "\"" || current == "'" {
        key = try string()
      } else {
        key = try word("a key or '}'")
      }
      guard keys.insert(key).inserted else {
        throw JSON5Error(
          found: "the key '\(JSON5.excerpt(key))' twice", expected: "each key once", place: start)
      }
      try skipBlank()
      guard current == ":" else { throw error("':' after the key '\(key)'") }
      advance()
      try skipBlank()
      members.append(JSON5.Member(key: key, value: try value()))
      try skipBlank()
      if current == "," {
        advance()
      } else if current != "}" {
        throw error("',' or '}'")
      }
    }
  }

  private mutating func elements() throws(JSON5Error) -> [JSON5] {
    advance()
    var elements: [JSON5] = []
    while true {
      try skipBlank()
      if current == "]" {
        advance()
        return elements
      }
      elements.append(try value())
      try skipBlank()
      if current == "," {
        advance()
      } else if current != "]" {
        throw error("',' or ']'")
      }
    }
  }

  private func isDigit(_ scalar: Unicode.Scalar) -> Bool { scalar >= "0" && scalar <= "9" }

  private mutating func word(_ expected: String) throws(JSON5Error) -> String {
    var word = ""
    while let scalar = current,
      scalar == "_" || scalar == "$" || scalar.properties.isAlphabetic
        || (!word.isEmpty && isDigit(scalar))
    {
      word.unicodeScalars.append(scalar)
      advance()
    }
    if word.isEmpty { throw error(expected) }
    return word
  }

  private mutating func number() throws(JSON5Error) -> Double {
    let start = place
    var word = ""
    while let scalar = current,
      isDigit(scalar) || scalar.properties.isAlphabetic || scalar == "+" || scalar == "-"
        || scalar == "."
    {
      word.unicodeScalars.append(scalar)
      advance()
    }
    var digits = word[...]
    let isNegative = digits.hasPrefix("-")
    if isNegative || digits.hasPrefix("+") { digits = digits.dropFirst() }
    guard let size = Self.magnitude(digits) else {
      throw JSON5Error(
        found: "'\(JSON5.excerpt(word))'", expected: "a number", place: start)
    }
    return isNegative ? -size : size
  }

  /// A number without its sign, or nil.
  private static func magnitude(_ digits: Substring) -> Double? {
    if digits == "Infinity" { return .infinity }
    if digits == "NaN" { return .nan }
    if digits.hasPrefix("0x") || digits.hasPrefix("0X") {
      let hexadecimal = digits.dropFirst(2)
      guard hexadecimal.allSatisfy(\.isHexDigit) else { return nil }
      return UInt64(hexadecimal, radix: 16).map { Double($0) }
    }
    return isDecimal(digits) ? Double(digits) : nil
  }

  /// Whether a word is a decimal number of JSON5; Swift's own reader takes "inf", "0x1p3" and "007" too.
  private static func isDecimal(_ word: Substring) -> Bool {
    var rest = word.utf8
    func takeDigits() -> Int {
      let count = rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }.count
      rest = rest.dropFirst(count)
      return count
    }
    func take(_ bytes: UInt8...) -> Bool {
      guard let first = rest.first, bytes.contains(first) else { return false }
      rest = rest.dropFirst()
      return true
    }
    let hasLeadingZero = rest.first == UInt8(ascii: "0")
    var digits = takeDigits()
    if hasLeadingZero && digits > 1 { return false }
    if take(UInt8(ascii: ".")) { digits += takeDigits() }
    guard digits > 0 else { return false }
    if take(UInt8(ascii: "e"), UInt8(ascii: "E")) {
      _ = take(UInt8(ascii: "+"), UInt8(ascii: "-"))
      guard takeDigits() > 0 else { return false }
    }
    return rest.isEmpty
  }

  private mutating func string() throws(JSON5Error) -> String {
    let start = place
    guard let quote = current else { throw error("a text") }
    advance()
    var result = String.UnicodeScalarView()
    while let scalar = current {
      if scalar == quote {
        advance()
        return String(result)
      }
      if scalar == "\n" || scalar == "\r" { break }
      advance()
      guard scalar == "\\" else {
        result.append(scalar)
        continue
      }
      guard let escape = current else { break }
      if isDigit(escape), escape != "0" { throw error("a character that can be escaped") }
      advance()
      switch escape {
      case "n": result.append("\n")
      case "t": result.append("\t")
      case "r": result.append("\r")
      case "b": result.append("\u{8}")
      case "f": result.append("\u{C}")
      case "v": result.append("\u{B}")
      case "0": result.append("\0")
      case "\r": if current == "\n" { advance() }
      case "\n", "\u{2028}", "\u{2029}": break
      case "x": result.append(try escaped(2))
      case "u": result.append(try unicode())
      default: result.append(escape)
      }
    }
    throw JSON5Error(
      found: "a text without end", expected: "a closing \(quote)", place: start)
  }

  private mutating func hexadecimal(_ count: Int) throws(JSON5Error) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard let scalar = current, scalar.isASCII, let digit = Character(scalar).hexDigitValue
      else {
        throw error("\(count) hexadecimal digits")
      }
      value = value * 16 + UInt32(digit)
      advance()
    }
    return value
  }

  private mutating func escaped(_ count: Int) throws(JSON5Error) -> Unicode.Scalar {
    Unicode.Scalar(try hexadecimal(count)) ?? "\u{FFFD}"
  }

  /// A \u escape; a high surrogate takes the low one that follows.
  private mutating func unicode() throws(JSON5Error) -> Unicode.Scalar {
    let high = try hexadecimal(4)
    if let scalar = Unicode.Scalar(high) { return scalar }
    let half = "the other half of the surrogate pair \\u" + String(high, radix: 16, uppercase: true)
    guard high < 0xDC00, current == "\\", position + 1 < text.count, text[position + 1] == "u"
    else { throw error(half) }
    advance()
    advance()
    let low = try hexadecimal(4)
    guard (0xDC00..<0xE000).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    else { throw error(half) }
    return scalar
  }
}
