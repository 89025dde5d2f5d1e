/// Reads a text of JSON5 front to back.
struct JSON5Reader {
  let text: [Unicode.Scalar]
  var position = 0
  var line = 1
  private var lineStart = 0
  private var depth = 0

  private static let depthLimit = 200

  init(_ text: String) {
    var scalars = Array(text.unicodeScalars)
    if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
    self.text = scalars
  }

  var place: JSON5.Place {
    JSON5.Place(line: line, column: position - lineStart + 1)
  }

  var current: Unicode.Scalar? { position < text.count ? text[position] : nil }

  func error(_ expected: String) -> JSON5Error {
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

  mutating func advance() {
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

  mutating func value() throws(JSON5Error) -> JSON5 {
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

}
