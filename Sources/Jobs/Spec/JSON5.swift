/// A JSON5 value with the place where it begins.
///
/// Objects keep the order of their keys.
///
/// Foundation reads JSON5 too, but on Linux it tells neither line nor column of a mistake, takes the last of two equal
/// keys in silence, and forgets the order of keys, which is the order of parameters in a plan.
struct JSON5: Equatable {
  enum Value: Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSON5])
    case object([Member])
  }

  struct Member: Equatable {
    var key: String
    var value: JSON5
  }

  struct Place: Equatable, Sendable {
    var line: Int
    var column: Int
  }

  var value: Value
  var place: Place

  /// What kind of value this is, as an error says it.
  var kind: String {
    switch value {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let value): "the number \(Self.text(value))"
    case .string(let text): "the text \"\(text)\""
    case .array: "a list"
    case .object: "an object"
    }
  }

  /// A number without a trailing ".0".
  static func text(_ value: Double) -> String {
    value == value.rounded() && value.magnitude < 1e15 ? "\(Int(value))" : "\(value)"
  }

  /// Reads a document; errors name line and column.
  static func parse(_ text: String) throws(JSON5Error) -> JSON5 {
    var reader = JSON5Reader(text)
    return try reader.document()
  }
}

/// Why a text is not JSON5.
struct JSON5Error: Error, Equatable {
  var found: String
  var expected: String
  var place: JSON5.Place
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
    let found =
      current.map { $0 == "\n" ? "the end of the line" : "'\($0)'" } ?? "the end of the file"
    return JSON5Error(found: found, expected: expected, place: place)
  }

  private mutating func advance() {
    if text[position] == "\n" {
      line += 1
      lineStart = position + 1
    }
    position += 1
  }

  private mutating func skipBlank() throws(JSON5Error) {
    while let scalar = current {
      if scalar.properties.isWhitespace || scalar == "\u{FEFF}" {
        advance()
      } else if scalar == "/", position + 1 < text.count, text[position + 1] == "/" {
        while let next = current, next != "\n" {
          _ = next
          advance()
        }
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
      guard !members.contains(where: { $0.key == key }) else {
        throw JSON5Error(found: "the key '\(key)' twice", expected: "each key once", place: start)
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
    var sign = 1.0
    if let first = digits.first, first == "+" || first == "-" {
      sign = first == "-" ? -1 : 1
      digits = digits.dropFirst()
    }
    switch digits {
    case "Infinity": return sign * .infinity
    case "NaN": return .nan
    default: break
    }
    if digits.hasPrefix("0x") || digits.hasPrefix("0X"),
      let value = UInt64(digits.dropFirst(2), radix: 16)
    {
      return sign * Double(value)
    }
    // Swift's own reader takes hexadecimal floats and words such as "inf" too.
    let isPlain = digits.unicodeScalars.allSatisfy {
      isDigit($0) || $0 == "." || $0 == "e" || $0 == "E" || $0 == "+" || $0 == "-"
    }
    guard isPlain, digits.contains(where: \.isNumber),
      let value = Double(
        (digits.hasPrefix(".") ? "0" : "") + digits.replacingTrailingDot())
    else {
      throw JSON5Error(found: "'\(word)'", expected: "a number", place: start)
    }
    return sign * value
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
      if scalar == "\n" { break }
      advance()
      guard scalar == "\\" else {
        result.append(scalar)
        continue
      }
      guard let escape = current else { break }
      advance()
      switch escape {
      case "n": result.append("\n")
      case "t": result.append("\t")
      case "r": result.append("\r")
      case "b": result.append("\u{8}")
      case "f": result.append("\u{C}")
      case "v": result.append("\u{B}")
      case "0": result.append("\0")
      case "\n": break
      case "\r": if current == "\n" { advance() }
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
      guard let scalar = current, let digit = Character(scalar).hexDigitValue else {
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
    guard (0xD800..<0xDC00).contains(high) else { return Unicode.Scalar(high) ?? "\u{FFFD}" }
    guard current == "\\", position + 1 < text.count, text[position + 1] == "u" else {
      return "\u{FFFD}"
    }
    advance()
    advance()
    let low = try hexadecimal(4)
    guard (0xDC00..<0xE000).contains(low) else { return "\u{FFFD}" }
    return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)) ?? "\u{FFFD}"
  }
}

extension Substring {
  /// "5." is a number in JSON5 but not in Swift.
  fileprivate func replacingTrailingDot() -> String { hasSuffix(".") ? self + "0" : String(self) }
}
