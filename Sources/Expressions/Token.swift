/// A word of an expression, with the column where it starts (1 for the first character).
package struct Token: Equatable {
  package enum Kind: Equatable {
    case number(Double)
    case name(String)
    case text(String)
    case symbol(String)
    case end
  }

  package var kind: Kind
  package var column: Int

  /// The token as an error message quotes it.
  var quoted: String {
    switch kind {
    case .number(let value): "the number \(value.formatted)"
    case .name(let name): "'\(name.shortened)'"
    case .text(let text): "\"\(text.shortened)\""
    case .symbol(let symbol): "'\(symbol)'"
    case .end: "the end"
    }
  }
}

/// Cuts an expression into tokens.
package struct Lexer {
  private let bytes: [UInt8]
  private var position = 0
  // Columns count characters, of which some in a quoted text take several bytes.
  private var extraBytes = 0

  /// Far more than anyone writes, and few enough for the stack whatever they say.
  package static let wordLimit = 2_000

  init(_ source: String) { bytes = Array(source.utf8) }

  /// All tokens, the last being `.end`.
  package static func tokens(of source: String) throws(ExpressionError) -> [Token] {
    var lexer = Lexer(source)
    var tokens: [Token] = []
    while true {
      let token = try lexer.next()
      tokens.append(token)
      if token.kind == .end { return tokens }
      guard tokens.count <= wordLimit else {
        throw .tooLong(limit: wordLimit, column: token.column)
      }
    }
  }

  private var column: Int { position - extraBytes + 1 }

  private mutating func next() throws(ExpressionError) -> Token {
    while position < bytes.count, [32, 9, 10, 13].contains(bytes[position]) { position += 1 }
    let column = column
    guard position < bytes.count else { return Token(kind: .end, column: column) }
    let byte = bytes[position]
    if isDigit(byte) || (byte == dot && position + 1 < bytes.count && isDigit(bytes[position + 1]))
    {
      return Token(kind: .number(try number()), column: column)
    }
    if isLetter(byte) {
      let word = take { isLetter($0) || isDigit($0) }
      return Token(kind: .name(word), column: column)
    }
    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
      position += 1
      let text = take { $0 != byte }
      guard position < bytes.count else { throw .unterminatedText(column: column) }
      position += 1
      extraBytes += text.utf8.count - text.count
      return Token(kind: .text(text), column: column)
    }
    for symbol in Self.symbols where bytes[position...].starts(with: symbol.utf8) {
      position += symbol.utf8.count
      return Token(kind: .symbol(symbol), column: column)
    }
    throw .unexpectedCharacter(visible(at: position), column: column)
  }

  // Longer symbols first, so that "<=" is not read as "<".
  private static let symbols = [
    "<=", ">=", "==", "!=", "**", "&&", "||", "<", ">", "=", "!", "+", "-", "*", "/", "^", "%", "(",
    ")", ",", ".",
  ]

  private mutating func number() throws(ExpressionError) -> Double {
    let start = position
    _ = take { isDigit($0) || $0 == dot || $0 == UInt8(ascii: "_") }
    if position < bytes.count, bytes[position] | 32 == UInt8(ascii: "e") {
      var ahead = position + 1
      if ahead < bytes.count, bytes[ahead] == plus || bytes[ahead] == minus { ahead += 1 }
      if ahead < bytes.count, isDigit(bytes[ahead]) {
        position = ahead
        _ = take(while: isDigit)
      }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    guard let value = Double(text.filter { $0 != "_" }), value.isFinite else {
      throw .badNumber(text, column: start - extraBytes + 1)
    }
    return value
  }

  /// The character at a position; one that cannot be seen by its number.
  private func visible(at position: Int) -> String {
    // No character that people type is longer than this.
    let rest = String(decoding: bytes[position...].prefix(32), as: UTF8.self)
    guard let character = rest.first, let scalar = rest.unicodeScalars.first else { return "" }
    let isPlain = scalar.value > 32 && scalar.value != 127 && !scalar.properties.isWhitespace
    if isPlain { return String(character) }
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  private mutating func take(while belongs: (UInt8) -> Bool) -> String {
    let start = position
    while position < bytes.count, belongs(bytes[position]) { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }
}

private let dot = UInt8(ascii: ".")
private let plus = UInt8(ascii: "+")
private let minus = UInt8(ascii: "-")

private func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }

private func isLetter(_ byte: UInt8) -> Bool {
  (byte | 32 >= 97 && byte | 32 <= 122) || byte == UInt8(ascii: "_")
}

extension String {
  /// At most 40 characters of it.
  var shortened: String { utf8.count <= 40 ? self : prefix(40) + "…" }
}
